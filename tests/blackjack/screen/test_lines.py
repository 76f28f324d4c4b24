"""Lines: how wide they are, how they are cut and wrapped, and what reaches a terminal."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.screen.lines import (
    EMPTY,
    Ink,
    beside,
    cells,
    columns_of,
    flowed,
    foreign,
    text,
    words,
    written,
)
from netsuite.blackjack.screen.style import Style

ASCII = Style()
UNICODE = Style(unicode=True)
COLOUR = Style(unicode=True, colour=True)


class CellTests(SynchronousTestCase):
    def test_cells(self) -> None:
        for said, expected in (
            ("Ann", 3),
            ("Zoë", 3),
            ("Zoe\N{COMBINING DIAERESIS}", 3),
            ("王小明", 6),
            ("\N{COMBINING DIAERESIS}", 0),
            ("╭─♠", 3),
        ):
            self.assertEqual(cells(said), expected, said)

    def test_windows_are_taken_for_the_nearest_layout(self) -> None:
        for columns, expected in ((1, 40), (40, 40), (77, 77), (120, 120), (300, 120)):
            self.assertEqual(columns_of(Style(columns=columns)), expected)


class CutTests(SynchronousTestCase):
    def test_cut(self) -> None:
        line = text("Bob ", Ink.STRONG) + text("the Builder")
        for most, expected in (
            (15, "Bob the Builder"),
            (14, "Bob the Build…"),
            (4, "Bob…"),
            (1, "…"),
            (0, ""),
            (-3, ""),
        ):
            cut = line.cut(most)
            self.assertEqual(written(UNICODE, cut), expected)
            self.assertEqual(cut.width, len(expected))

    def test_no_letter_is_halved(self) -> None:
        for most, expected in ((6, "王小明"), (5, "王小…"), (4, "王…"), (2, "…")):
            self.assertEqual(written(UNICODE, text("王小明").cut(most)), expected)

    def test_filled(self) -> None:
        for width in range(10):
            self.assertEqual(text("王小明").filled(width).width, width)

    def test_beside(self) -> None:
        left, right = [text("a"), text("bcd")], [text("1"), EMPTY, text("3")]
        shown = [written(ASCII, line) for line in beside(left, right, gap=1)]
        self.assertEqual(shown, ["a   1", "bcd", "    3"])


class FlowTests(SynchronousTestCase):
    def test_flow(self) -> None:
        style = Style(columns=40)
        sentence = "The dealer, showing an ace or a ten, looks at once for a blackjack."
        self.assertEqual(
            flowed(style, words(sentence), indent="  "),
            ["The dealer, showing an ace or a ten,", "  looks at once for a blackjack."],
        )

    def test_what_is_wider_than_a_line_is_broken(self) -> None:
        style = Style(columns=40, unicode=True)
        lines = flowed(style, words("一" * 50), indent="  ")
        self.assertEqual("".join(line.strip() for line in lines), "一" * 50)
        self.assertEqual([cells(line) for line in lines], [38, 40, 26])

    def test_nothing(self) -> None:
        self.assertEqual(flowed(ASCII, []), [])


class ForeignTests(SynchronousTestCase):
    def test_control_characters_are_escaped(self) -> None:
        said = "\x1b[31mred\x07\r\n\u202eabc"
        self.assertEqual(foreign(UNICODE, said), r"\x1b[31mred\x07\r\n\u202eabc")

    def test_ascii(self) -> None:
        for said, expected in (
            ("Zoë", "Zoe"),
            ("王小明", "???"),
            ("Łódź", "?odz"),
            ("\uff46\uff55\uff4c\uff4c", "full"),
            ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200, None),
        ):
            shown = foreign(ASCII, said)
            self.assertTrue(shown.isascii())
            self.assertLessEqual(len(shown), 200)
            self.assertEqual(shown, expected if expected is not None else shown)

    def test_too_much(self) -> None:
        self.assertEqual(foreign(UNICODE, "a" * 300), "a" * 200 + "…")


class WritingTests(SynchronousTestCase):
    def test_colours_are_reset(self) -> None:
        line = text("a ", Ink.RED) + text("b ", Ink.RED) + text("c") + text("  ", Ink.STRONG)
        self.assertEqual(written(COLOUR, line), "\x1b[31ma b \x1b[0mc")
        self.assertEqual(written(UNICODE, line), "a b c")

    def test_a_reader_gets_no_colours(self) -> None:
        style = Style(unicode=True, colour=True, reader=True)
        self.assertEqual(written(style, text("a", Ink.RED)), "a")

    def test_ascii_takes_as_many_cells(self) -> None:
        for sign in "─│╭╮╰╯░▸·•♠♥♦♣…\N{MINUS SIGN}":
            shown = written(ASCII, text(f"a{sign}b"))
            self.assertEqual(len(shown), cells(f"a{sign}b"))
            self.assertNotIn("?", shown)

    def test_no_line_is_wider_than_the_window(self) -> None:
        self.assertEqual(written(Style(columns=40), text("x" * 50)), "x" * 39 + "~")
