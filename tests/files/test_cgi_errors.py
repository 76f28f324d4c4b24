from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.cgi_errors import ErrorBudget, ErrorStream

from .served import events


class ErrorsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events = events(self)
        self.clock = Clock()

    def stream(self, lines: int = 100) -> ErrorStream:
        return ErrorStream("cgi-bin/x", ErrorBudget(self.clock.seconds, lines, 60.0))

    def test_lines_in_any_pieces(self) -> None:
        data = b"one\ntwo\r\n\n  \nthree"
        for cut in range(len(data) + 1):
            self.events.clear()
            stream = self.stream()
            stream.feed(data[:cut])
            stream.feed(data[cut:])
            stream.end()
            stream.end()
            expected = ["cgi-bin/x: one", "cgi-bin/x: two", "cgi-bin/x: three"]
            self.assertEqual(self.events, expected)

    def test_escaped(self) -> None:
        self.stream().feed(b"\x1b[2J {reactor.stop!r} \xff \r x\n")
        self.assertEqual(self.events, [r"cgi-bin/x: \x1b[2J {reactor.stop!r} \xff \r x"])

    def test_long_line(self) -> None:
        stream = self.stream()
        for _ in range(100):
            stream.feed(b"x" * 1000)
        stream.end()
        self.assertEqual(len(self.events), 1)
        self.assertLess(len(self.events[0]), 600)

    def test_budget(self) -> None:
        stream = self.stream(lines=3)
        stream.feed(b"x\n" * 10)
        self.assertEqual(len(self.events), 3)
        self.clock.advance(60)
        stream.feed(b"y\n")
        self.assertEqual(
            self.events[3:],
            ["7 lines of scripts' standard error were left out", "cgi-bin/x: y"],
        )
