"""Cards, drawn and named."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK, parse_card
from netsuite.blackjack.screen.cards import LARGE, SMALL, Face, art, fitting, name, names, spoken
from netsuite.blackjack.screen.lines import width_of, written
from netsuite.blackjack.screen.style import Style

UNICODE = Style(columns=120, unicode=True)


def cards(said: str) -> list[Face]:
    return [None if each == "??" else parse_card(each) for each in said.split()]


def drawn(hand: Sequence[Face], height: int, most: int, style: Style = UNICODE) -> str:
    step = fitting([hand], height, most)
    assert step is not None
    return "\n".join(written(style, line) for line in art(hand, height, step))


class ArtTests(SynchronousTestCase):
    def test_side_by_side(self) -> None:
        self.assertEqual(
            drawn(cards("10H ??"), LARGE, 80),
            "╭─────╮ ╭─────╮\n│10   │ │░░░░░│\n│  ♥  │ │░░░░░│\n│   10│ │░░░░░│\n╰─────╯ ╰─────╯",
        )

    def test_closer(self) -> None:
        self.assertEqual(
            drawn(cards("10H ?? AS"), LARGE, 13),
            "╭──╭──╭─────╮\n│10│░░│A    │\n│♥ │░░│  ♠  │\n│  │░░│    A│\n╰──╰──╰─────╯",
        )

    def test_small(self) -> None:
        self.assertEqual(drawn(cards("10H KC"), SMALL, 9), "╭───╭───╮\n│10♥│K♣ │\n╰───╰───╯")

    def test_ascii(self) -> None:
        self.assertEqual(
            drawn(cards("10H ??"), SMALL, 80, Style()), ".---. .---.\n|10H| |:::|\n'---' '---'"
        )

    def test_they_take_no_more_than_there_is(self) -> None:
        for count in range(1, 22):
            hand = cards("KD ?? 10S AH 7C".replace("??", "2D")) * 5
            hand = hand[:count]
            for height in (LARGE, SMALL):
                for most in range(100):
                    step = fitting([hand], height, most)
                    if step is not None:
                        lines = art(hand, height, step)
                        self.assertLessEqual(width_of(lines), most)
                        self.assertEqual(len(lines), height)

    def test_several_hands(self) -> None:
        hands = [cards("8H 3C 8S"), cards("8D 10D")]
        self.assertEqual(fitting(hands, LARGE, 38), 8)
        self.assertEqual(fitting(hands, LARGE, 37), 4)
        self.assertEqual(fitting(hands, LARGE, 23), 3)
        self.assertIsNone(fitting(hands, LARGE, 22))


class NameTests(SynchronousTestCase):
    def test_names(self) -> None:
        self.assertEqual(written(UNICODE, names(cards("AS 10H ??"))), "A♠ 10♥ ??")
        self.assertEqual(written(Style(), names(cards("AS 10H ??"))), "AS 10H ??")

    def test_the_last_cards_are_kept(self) -> None:
        hand = cards("AS 10H 2C")
        for most, expected in (
            (9, "A♠ 10♥ 2♣"),
            (8, "… 10♥ 2♣"),
            (7, "… 2♣"),
            (3, "…"),
            (1, "…"),
        ):
            self.assertEqual(written(UNICODE, names(hand, most)), expected)

    def test_suits_are_red_or_black(self) -> None:
        style = Style(unicode=True, colour=True)
        shown = [written(style, name(parse_card(each))) for each in ("AS", "AH", "AD", "AC")]
        self.assertEqual(shown, ["A♠", "\x1b[31mA♥\x1b[0m", "\x1b[31mA♦\x1b[0m", "A♣"])

    def test_spoken(self) -> None:
        said = [spoken(parse_card(each)) for each in ("AS", "10H", "JD", "QC", "KS", "2H")]
        self.assertEqual(
            said,
            [
                "ace of spades",
                "10 of hearts",
                "jack of diamonds",
                "queen of clubs",
                "king of spades",
                "2 of hearts",
            ],
        )
        self.assertEqual(len({spoken(card) for card in DECK}), 52)
