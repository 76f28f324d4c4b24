"""Cards and their names."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK, POINTS, card_name, parse_card


class CardsTests(SynchronousTestCase):
    def test_names(self) -> None:
        self.assertEqual(
            [card_name(card) for card in (0, 9, 13 + 1, 26 + 10, 51)],
            ["AS", "10S", "2H", "JD", "KC"],
        )

    def test_points(self) -> None:
        self.assertEqual(POINTS[:13], (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10))
        self.assertEqual(sum(POINTS), 4 * 85)

    def test_every_name_is_read(self) -> None:
        self.assertEqual([parse_card(card_name(card)) for card in DECK], list(DECK))
        self.assertEqual(len({card_name(card) for card in DECK}), 52)
        self.assertEqual(parse_card("10h"), parse_card("10H"))

    def test_no_names(self) -> None:
        for name in ("", "A", "S", "1S", "11H", "AX", "ASH", "A SH", "10HD", "AHD"):
            with self.assertRaises(ValueError, msg=name) as caught:
                parse_card(name)
            self.assertIn("is no card; expected a rank", str(caught.exception))
