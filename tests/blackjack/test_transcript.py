"""Statements are found in whatever a person saved, and nothing hides one."""

from __future__ import annotations

import random
import textwrap
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.fairness import commitment_lines, round_lines
from netsuite.blackjack.players.names import one_line
from netsuite.blackjack.transcript import (
    Again,
    Committed,
    Played,
    Revealed,
    Statement,
    Transcript,
    Unreadable,
)
from tests.blackjack.sessions import played, saved, statements

SHOE = played(3, decks=6, sizes=(4, 9, 5))
#: One that ran out.
SPENT = played(4, sizes=(20, 20, 20))
DIGITS = "0123456789abcdef" * 4


def told(found: list[Statement]) -> list[object]:
    """What is said, wherever it stands."""
    told: list[object] = []
    for each in found:
        match each:
            case Committed(_, shoe, commitment):
                told.append((shoe, commitment))
            case Revealed(_, shoe, nonce, order):
                told.append((shoe, nonce, order))
            case Again(_, shoe, cards):
                told.append((shoe, cards))
            case Played(_, shoe, number, first, last, cards):
                told.append((shoe, number, first, last, cards))
            case Unreadable(_, text):
                told.append(text)
    return told


class ReadingTests(SynchronousTestCase):
    def test_all_kinds(self) -> None:
        reveal = SPENT.reveal
        expected = [
            (4, SPENT.commitment),
            *((4, n, first, first + 19, bytes(cards)) for n, first, cards in SPENT.rounds),
            (4, reveal.nonce, bytes(reveal.order)),
            (4, bytes(reveal.again)),
        ]
        for columns in (40, 80, 120):
            self.assertEqual(told(statements(saved(SPENT.lines(columns)))), expected)

    def test_cut_anywhere(self) -> None:
        data = b"\x1b[2J\xff\xfb\x01" + saved(SPENT.lines(40)).replace(b"\r\n", b"\x1b[K\r\n")
        whole = statements(data)
        self.assertEqual(len(whole), 6)
        for size in (1, 2, 3, 7, 100):
            self.assertEqual(statements(data, size), whole)

    def test_lines(self) -> None:
        data = saved(["Welcome!", "", *SHOE.lines(80)])
        lines = data.decode().split("\r\n")
        for statement in statements(data):
            self.assertIn("[Shoe 3", lines[statement.line - 1])
        self.assertEqual(statements(data)[0].line, 3)

    def test_what_does_not_belong_to_it(self) -> None:
        for text in (
            "",
            "[h]it or [s]tand?",
            'Script started on 2026-01-31 [TERM="xterm" COLUMNS="80"]',
            "Escape character is '^]'.",
            "Shoe 1 revealed: AS",
            "[Shoe",
            "[Shoe 1 commitment (SHA-256):",
            "]]][[[",
        ):
            self.assertEqual(statements(saved([text])), [], text)

    def test_what_cannot_be_read(self) -> None:
        for text in (
            "[Shoe 1]",
            "[Shoe round 1, cards 1-2: AS 2S]",
            "[Shoe 0 round 1, cards 1-2: AS 2S]",
            "[Shoe 1 round 0, cards 1-2: AS 2S]",
            "[Shoe 01 round 1, cards 1-2: AS 2S]",
            "[Shoe 1 round 1, cards 1-2: AS 1S]",
            "[Shoe 1 round 1, cards 1-2: AS 2s]",
            "[Shoe 1 round 1, cards 1-2: AS x 2S]",
            "[Shoe 1 round 1, cards 1-2:]",
            "[Shoe 1 round 1234567890, cards 1-2: AS]",
            f"[Shoe 1 commitment (SHA-256): {DIGITS[1:]}]",
            f"[Shoe 1 commitment (SHA-256): {DIGITS}0]",
            f"[Shoe 1 commitment (SHA-256): {DIGITS.upper()}]",
            f"[Shoe 1 commitment (MD5): {DIGITS}]",
            "[Shoe 1 revealed: AS 2S]",
            f"[Shoe 1 revealed: {DIGITS[:32]}]",
        ):
            (found,) = statements(saved(["", text]))
            self.assertIsInstance(found, Unreadable, text)
            self.assertEqual(found.line, 2)

    def test_what_is_told_of_it_is_safe(self) -> None:
        (found,) = statements(b"[Shoe 1 \x1b[2J\x07\xe2\x80\xae" + b"x" * 500 + b"]")
        assert isinstance(found, Unreadable)
        self.assertEqual(found.text, "Shoe1" + "x" * 35 + "…")


class TerminalTests(SynchronousTestCase):
    """The same, as terminals and programs pass it on."""

    def setUp(self) -> None:
        self.lines = SHOE.lines(80)
        self.expected = told(statements(saved(self.lines)))
        self.assertEqual(len(self.expected), 5)

    def finds(self, data: bytes) -> None:
        self.assertEqual(told(statements(data)), self.expected)

    def test_line_ends(self) -> None:
        for end in ("\n", "\r\n", "\r\0\r\n", "\r", "  \t \r\n", "\r\r\n", "\n\n"):
            self.finds(end.join(self.lines).encode())

    def test_wrapped_by_a_narrow_window(self) -> None:
        """The server was not told how wide it is."""
        for columns in (20, 39, 40, 53, 79):
            wrapped = [
                line[start : start + columns].ljust(columns)
                for line in self.lines
                for start in range(0, len(line), columns)
            ]
            self.finds(saved(wrapped))

    def test_in_a_frame(self) -> None:
        for left, right in (("| ", " |"), ("│ ", " │"), ("\x1b(0x\x1b(B ", " \x1b(0x\x1b(B")):
            framed = [f"{left}{line.ljust(80)}{right}" for line in self.lines]
            self.finds(saved(["┌──────┐", *framed, "+------+"]))

    def test_colours_and_moves(self) -> None:
        for before, after in (
            ("\x1b[1;38;5;208m", "\x1b[0m"),
            ("\x1b[H\x1b[2J\x1b[3J", "\x1b[K"),
            ("\x1b[12;1H", "\x1b[?25h"),
            ("\x1b]0;Blackjack [Shoe 9]\x07", "\x1b]8;;\x1b\\"),
            ("\x1bP+q544e\x1b\\", "\x1bM\x1b7\x1b8\x1b="),
            ("\x07\x08", "\x0e\x0f\x00"),
        ):
            self.finds(saved(f"{before}{line}{after}" for line in self.lines))

    def test_within_a_line(self) -> None:
        for noise in (b"\x1b[m", b"\xff\xf1", b"\xff\xfb\x01", b"\xc2\xa0", b"\0"):
            data = b"\r\n".join(
                noise.join([line.encode()[:9], line.encode()[9:]]) for line in self.lines
            )
            self.finds(data)

    def test_telnet(self) -> None:
        for noise in (
            b"\xff\xfd\x18\xff\xfb\x03",
            b"\xff\xfd'\xff\xfe[\xff\xfbU\xff\xfcV",
            b"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0",
            b"\xff\xfa\x18\x00[Shoe 7]\xff\xf0",
            b"\xff\xfa\x1f\xff\xff\x00\x18\xff\xf0",
            b"\xff\xef",
            b"\xff\xf9",
            b"\xff\xff",
        ):
            self.finds(noise + noise.join(line.encode() + b"\r\n" for line in self.lines))

    def test_prompts_in_between(self) -> None:
        spoken = [
            part
            for line in self.lines
            for part in ([f"hit (h), stand (s): {line}"] if line.startswith("[") else [line])
        ]
        self.finds(saved(spoken))

    def test_a_screen_drawn_again_in_the_middle(self) -> None:
        """What was cut off is forgotten; the whole of it follows."""
        first = self.lines.index("[Shoe 3 revealed:")
        half = [*self.lines[: first + 4], self.lines[first + 4][:17] + "\x1b[2J"]
        self.assertEqual(told(statements(saved([*half, *self.lines[first:]]))), self.expected)


class HidingTests(SynchronousTestCase):
    """What a terminal would show is not passed over."""

    def shown(self, data: bytes) -> None:
        line = f"[Shoe 1 commitment (SHA-256): {DIGITS}]".encode()
        self.assertEqual(told(statements(data + line + b"\r\n" * 3)), [(1, DIGITS)])

    def test_behind_what_begins_a_sequence(self) -> None:
        self.shown(b"\xff\xfa\x18" + b"x" * 2000)
        self.shown(b"\x1b]0;" + b"x" * 2000)
        self.shown(b"\x1b[" + b"0" * 200)
        self.shown(b"\xff")
        self.shown(b"\x1b(0 \x1b(B")

    def test_in_the_lines_of_a_terminal(self) -> None:
        """Capitals and digits are letters there too."""
        found = statements(b"\x1b(0[Shoe 1 AS]\x1b(B [Shoe 2]")
        self.assertEqual(told(found), ["Shoe2"])

    def test_nobody_else_can_say_it(self) -> None:
        text = round_lines(1, 1, 1, (0, 1), 80)[0]
        self.assertNotEqual(statements(saved([f"Eve: {text}"])), [])
        self.assertEqual(statements(saved([f"Eve: {one_line(text)}"])), [])


class HostileTests(SynchronousTestCase):
    @given(st.binary(max_size=300), st.integers(1, 300))
    @settings(max_examples=300)
    def test_any_bytes(self, data: bytes, size: int) -> None:
        data = data.replace(b"A", b"[Shoe 1 round 2, cards 3-4: AS 2S]").replace(b"B", b"\x1b[")
        self.assertEqual(statements(data, size), statements(data))

    def test_memory(self) -> None:
        chance = random.Random(1)
        pieces = [
            b"[Shoe 1 " + b"x" * 1000,
            b"x" * 65_536,
            b"\xff\xfa" + b"\xff\xff" * 30_000,
            b"\x1b]" + b"x" * 65_536,
            b"\x1b[" + b"0;" * 30_000,
            b"[" * 65_536,
            b"\n" * 65_536,
            chance.randbytes(65_536),
            b"[Shoe 1]" * 8_000,
        ]
        transcript = Transcript()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        peak = 0
        for index in range(60):
            for _ in transcript.feed(pieces[index % len(pieces)]):
                pass
            if index == len(pieces):
                peak = tracemalloc.get_traced_memory()[1]
        self.assertLess(tracemalloc.get_traced_memory()[1], peak * 1.2)

    def test_endless_statements(self) -> None:
        (found,) = statements(b"[Shoe 1 revealed: " + b"AS" * 50_000)
        self.assertIsInstance(found, Unreadable)
        self.assertEqual(
            told(statements(b"[Shoe 1" + b"x" * 5000 + saved(commitment_lines(2, DIGITS, 80)))),
            [f"Shoe1{'x' * 35}…", (2, DIGITS)],
        )

    def test_the_longest(self) -> None:
        shoe = played(99_999, decks=8, sizes=(400, 30))
        found = told(statements(saved(textwrap.wrap(" ".join(shoe.lines(40)), 40))))
        self.assertEqual(len(found), 5)
        self.assertEqual(found[-2], (99_999, shoe.reveal.nonce, bytes(shoe.reveal.order)))
