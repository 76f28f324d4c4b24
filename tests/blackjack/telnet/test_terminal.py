"""Reading what clients tell about their terminals."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.telnet.terminal import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_VALUE,
    MAX_VARIABLES,
    Mtts,
    environment,
    environment_request,
    mtts,
    terminal_type,
    window_size,
)


class WindowTests(SynchronousTestCase):
    def test_sizes(self) -> None:
        self.assertEqual(window_size(b"\x00\x50\x00\x18"), (80, 24))
        self.assertEqual(window_size(b"\x01\x00\x00\xff"), (256, 255))

    def test_zero_is_unknown(self) -> None:
        self.assertEqual(window_size(b"\0\0\0\x18"), (None, 24))
        self.assertEqual(window_size(b"\0\x50\0\0"), (80, None))

    def test_huge_is_bounded(self) -> None:
        self.assertEqual(window_size(b"\xff\xff\xff\xff"), (MAX_COLUMNS, MAX_ROWS))

    def test_malformed(self) -> None:
        for payload in (b"", b"\0", b"\0\x50\0", b"\0\x50\0\x18\0"):
            self.assertIsNone(window_size(payload))


class TypeTests(SynchronousTestCase):
    def test_names(self) -> None:
        self.assertEqual(terminal_type(b"\0xterm-256color"), "XTERM-256COLOR")
        self.assertEqual(terminal_type(b"\0\x1b[2Jansi\xff"), "[2JANSI")
        self.assertEqual(terminal_type(b"\0" + b"x" * 100), "X" * 40)

    def test_malformed(self) -> None:
        for payload in (b"", b"\0", b"\x01", b"\x01ansi", b"\0\x1b"):
            self.assertIsNone(terminal_type(payload))

    def test_mtts(self) -> None:
        self.assertEqual(mtts("MTTS 137"), Mtts.ANSI | Mtts.COLOURS_256 | Mtts.PROXY)
        self.assertEqual(mtts("MTTS 64"), Mtts.SCREEN_READER)
        self.assertEqual(mtts("MTTS 0"), Mtts(0))
        self.assertEqual(mtts("MTTS 9999999999"), Mtts(9999999999 & 4095))

    def test_not_mtts(self) -> None:
        for name in (
            "MTTS",
            "MTTS ",
            "MTTS -1",
            "MTTS 1 2",
            "XTERM",
            "MTTS ²",
            "MUDLET 4",
            "MTTS " + "9" * 5000,
        ):
            self.assertIsNone(mtts(name))
        self.assertIsNone(mtts("MTTS " + "9" * 5000))


class EnvironmentTests(SynchronousTestCase):
    def test_values(self) -> None:
        self.assertEqual(
            environment(b"\0\x03LANG\x01de_DE.UTF-8\0MTTS\x01137\x03NO_COLOR"),
            {"LANG": "de_DE.UTF-8", "MTTS": "137"},
        )
        self.assertEqual(environment(b"\x02\x03LANG\x01"), {"LANG": ""})
        self.assertEqual(environment(b"\0"), {})

    def test_escapes(self) -> None:
        self.assertEqual(environment(b"\0\0A\x02\x01B\x01x\x02\x02y\x02"), {"A\x01B": "x\x02y"})

    def test_exchanged_codes(self) -> None:
        self.assertEqual(
            environment(b"\0\x01LANG\0C\x01TERM\0vt100"), {"LANG": "C", "TERM": "vt100"}
        )

    def test_malformed(self) -> None:
        for payload in (b"", b"\x01", b"\x05\0A\x01b", b"\0A", b"\0\x02\0A"):
            self.assertIsNone(environment(payload), payload)

    def test_bounds(self) -> None:
        values = environment(b"\0" + b"".join(b"\0n%d\x01v" % n for n in range(100)))
        assert values is not None
        self.assertEqual(len(values), MAX_VARIABLES)
        self.assertEqual(environment(b"\0\0A\x01" + b"v" * 1000), {"A": "v" * MAX_VALUE})
        self.assertEqual(environment(b"\0\0" + b"A" * 65 + b"\x01v"), {})

    def test_request(self) -> None:
        request = environment_request()
        self.assertEqual(request[0], 1)
        self.assertIn(b"\x03LANG", request)
        self.assertNotIn(b"USER\x03", request)
        self.assertNotIn(b"\xff", request)
