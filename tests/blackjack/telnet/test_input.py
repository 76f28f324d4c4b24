"""Lines and keys out of what is typed."""

from __future__ import annotations

import random

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.telnet.input import (
    Button,
    Echo,
    Input,
    Key,
    Line,
    Mode,
    Pressed,
    Typed,
)

ENTER = Pressed(Button.ENTER)


def lines(*texts: str) -> list[Typed]:
    return [Line(text, False) for text in texts]


def keys(text: str) -> list[Typed]:
    return [Key(character) for character in text]


def typed(data: bytes, mode: Mode = Mode.LINES, echo: bool = False) -> list[Typed]:
    source = Input()
    source.mode = mode
    source.echo = echo
    return list(source.feed(data))


class LineTests(SynchronousTestCase):
    def test_ends(self) -> None:
        for end in (b"\r\n", b"\r\0", b"\r", b"\n"):
            data = b"hit" + end + end + b"stand" + end
            self.assertEqual(typed(data), lines("hit", "", "stand"), end)

    def test_mixed_ends(self) -> None:
        self.assertEqual(typed(b"a\nb\r\nc\rd\r\0\n"), lines("a", "b", "c", "d", ""))

    def test_a_line_end_first(self) -> None:
        self.assertEqual(typed(b"\nhit\n"), lines("", "hit"))
        self.assertEqual(typed(b"\x00hit\n"), lines("hit"))

    def test_a_line_that_is_begun(self) -> None:
        """It was one key, and becomes the first of a line."""
        source = Input()
        source.mode = Mode.KEYS
        self.assertEqual(list(source.feed(b"/")), keys("/"))
        source.begin("/")
        self.assertIs(source.mode, Mode.LINES)
        self.assertEqual(source.unfinished, "/")
        self.assertEqual(list(source.feed(b"top\n")), lines("/top"))
        self.assertEqual(source.unfinished, "")

    def test_a_mode_that_stays(self) -> None:
        """The line that was begun goes on; only a change drops it, however long it was."""
        source = Input(limit=3)
        self.assertEqual(list(source.feed(b"abcd")), [])
        source.mode = Mode.LINES
        self.assertEqual(source.unfinished, "abc")
        source.mode = Mode.KEYS
        self.assertEqual(source.unfinished, "")
        source.mode = Mode.LINES
        self.assertEqual(list(source.feed(b"x\n")), lines("x"))
        list(source.feed(b"abcd"))
        source.begin("/")
        self.assertEqual(list(source.feed(b"\n")), lines("/"))

    def test_end_cut(self) -> None:
        source = Input()
        self.assertEqual(list(source.feed(b"a\r")), lines("a"))
        self.assertEqual(list(source.feed(b"\nb\r")), lines("b"))
        self.assertEqual(list(source.feed(b"\0\n")), lines(""))

    def test_utf_8(self) -> None:
        self.assertEqual(typed("Zoë ♠ 🂡\n".encode()), lines("Zoë ♠ 🂡"))
        self.assertEqual(typed(b"a\xffb\xc3\n"), lines("a�b�"))

    def test_controls_dropped(self) -> None:
        noise = bytes(set(range(32)) - set(b"\b\t\n\r\x03\x04\x15\x1b"))
        self.assertEqual(typed(b"a" + noise + "\x9b\u202e\u2028".encode() + b"\tb\n"), lines("a b"))

    def test_limit(self) -> None:
        source = Input(limit=3)
        self.assertEqual(
            list(source.feed(b"abc\nabcd\nx\n")),
            [Line("abc", False), Line("abc", True), Line("x", False)],
        )
        self.assertEqual(list(source.feed(b"y" * 100_000)), [])
        self.assertEqual(list(source.feed(b"\n")), [Line("yyy", True)])

    def test_editing(self) -> None:
        self.assertEqual(typed(b"\x7fhot\x7f\x08it\n"), lines("hit"))
        self.assertEqual(typed(b"stand\x15hit\n"), lines("hit"))

    def test_a_bracket_that_ends_a_sequence(self) -> None:
        self.assertEqual(typed(b"\x1b[1[hit\x1b[[Ax\n"), lines("hitx"))

    def test_interrupt_and_end(self) -> None:
        interrupt, end = Pressed(Button.INTERRUPT), Pressed(Button.END)
        self.assertEqual(typed(b"abc\x03\n"), [interrupt, *lines("")])
        self.assertEqual(typed(b"\x04a\x04\n"), [end, *lines("a")])

    def test_echo(self) -> None:
        def shown(data: bytes, hidden: bool = False) -> str:
            source = Input(limit=4)
            source.echo = True
            source.hidden = hidden
            return "".join(event.text for event in source.feed(data) if isinstance(event, Echo))

        self.assertEqual(shown(b"hit\r\n"), "hit\r\n")
        self.assertEqual(shown(b"ab\x7f"), "ab\b \b")
        self.assertEqual(shown(b"\x7f\x15\x1b[A\x07"), "")
        self.assertEqual(shown("日e\u0301\x15".encode()), "日e\u0301" + "\b \b" * 3)
        self.assertEqual(shown(b"abcdef\x7f"), "abcd\b \b")
        self.assertEqual(shown(b"word\x7f\r\n", hidden=True), "\r\n")


class KeyTests(SynchronousTestCase):
    def test_keys(self) -> None:
        self.assertEqual(
            typed(b"h\r\n\x7f\x08\x15\x03\x04?\n", Mode.KEYS),
            [
                Key("h"),
                ENTER,
                Pressed(Button.ERASE),
                Pressed(Button.ERASE),
                Pressed(Button.ERASE_LINE),
                Pressed(Button.INTERRUPT),
                Pressed(Button.END),
                Key("?"),
                ENTER,
            ],
        )

    SEQUENCES = (
        b"\x1b[A",  # up
        b"\x1bOP",  # F1
        b"\x1b[3~",  # delete
        b"\x1b[1;5C",  # control and right
        b"\x1b[[A",  # F1, Linux console
        b"\x1b[?1;2c",  # a terminal's answer
        b"\x1b[200~",
        b"\x1bx",  # alt and x
        b"\x1b\x1b[A",  # alt and up
        b"\x1b(B",
        b"\x1b]0;title\x07",
        b"\x1b]0;title\x1b\\",
        b"\x1bPdata\x1b\\",
    )

    def test_sequences_swallowed_wherever_cut(self) -> None:
        for mode, expected in (
            (Mode.KEYS, [Key("a"), Key("b"), ENTER]),
            (Mode.LINES, lines("ab")),
        ):
            for sequence in self.SEQUENCES:
                data = b"a" + sequence + b"b\r\n"
                for at in range(len(data) + 1):
                    source = Input()
                    source.mode = mode
                    got = [*source.feed(data[:at]), *source.feed(data[at:])]
                    self.assertEqual(got, expected, (sequence, at))

    def test_sequences_do_not_swallow_the_line_end(self) -> None:
        for start in (b"\x1b", b"\x1b[", b"\x1b[12;", b"\x1bO", b"\x1b]0;x", b"\x1b[["):
            self.assertEqual(typed(start + b"\r\nhit\n"), lines("", "hit"), start)
            self.assertEqual(typed(start + b"\x03")[0], Pressed(Button.INTERRUPT), start)


class AnyTests(SynchronousTestCase):
    def test_mode_changes_between_results(self) -> None:
        source = Input()
        got: list[Typed] = []
        for event in source.feed(b"ann\r\nhs100\r\n"):
            got.append(event)
            if isinstance(event, Line):
                source.mode = Mode.KEYS
            elif event == Key("s"):
                source.mode = Mode.LINES
        self.assertEqual(got, [*lines("ann"), *keys("hs"), *lines("100")])

    def test_mode_change_drops_the_unfinished_line(self) -> None:
        source = Input()
        self.assertEqual(list(source.feed(b"abc")), [])
        source.mode = Mode.KEYS
        source.mode = Mode.LINES
        self.assertEqual(list(source.feed(b"d\n")), lines("d"))

    def test_fragments(self) -> None:
        data = "hé♠🂡\x1b[A\x7fx\r\nab\x15c\r\0日\x1bOPd\n\x03\x04".encode() + b"\xe2\x99\n"
        for mode in Mode:
            whole = typed(data, mode, echo=True)
            for at in range(len(data) + 1):
                source = Input()
                source.mode = mode
                source.echo = True
                got = [*source.feed(data[:at]), *source.feed(data[at:])]
                self.assertEqual(got, whole, (mode, at))
            source = Input()
            source.mode = mode
            source.echo = True
            self.assertEqual([e for byte in data for e in source.feed(bytes([byte]))], whole)

    def test_storms(self) -> None:
        rng = random.Random(20)
        for _ in range(100):
            source = Input(limit=20)
            source.echo = rng.random() < 0.5
            shown = fed = 0
            for _ in range(30):
                source.mode = rng.choice(list(Mode))
                data = rng.randbytes(30) + bytes(rng.choices(b"\x1b[O]\r\n\0\x7f\x15ab", k=30))
                fed += len(data)
                for event in source.feed(data):
                    if isinstance(event, Echo):
                        shown += len(event.text)
                    elif isinstance(event, Line):
                        self.assertLessEqual(len(event.text), 20)
                        self.assertTrue(event.text.isprintable())
                    elif isinstance(event, Key):
                        self.assertTrue(event.character.isprintable())
            # A wide character takes three bytes, and six more to erase.
            self.assertLessEqual(shown, 4 * fed)
