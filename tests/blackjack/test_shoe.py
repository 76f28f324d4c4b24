"""The shoe."""

from __future__ import annotations

from collections import Counter
from random import Random

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK
from netsuite.blackjack.shoe import Shoe, ShoeEmptyError


class ShoeTests(SynchronousTestCase):
    def test_each_card_is_dealt_once(self) -> None:
        shoe = Shoe(6, 0.75, Random(1))
        self.assertEqual(Counter(shoe.draw() for _ in range(312)), Counter(DECK * 6))
        self.assertEqual(shoe.remaining, 0)
        self.assertRaises(ShoeEmptyError, shoe.draw)

    def test_the_order_is_that_of_the_source(self) -> None:
        order = [Shoe(1, 0.5, Random(seed)).order for seed in (1, 1, 2)]
        self.assertEqual(order[0], order[1])
        self.assertNotEqual(order[0], order[2])

    def test_the_system_shuffles_by_default(self) -> None:
        self.assertNotEqual(Shoe(6, 0.5).order, Shoe(6, 0.5).order)

    def test_the_cut_card(self) -> None:
        shoe = Shoe(2, 0.75, Random(1))
        for _ in range(77):
            shoe.draw()
        self.assertFalse(shoe.spent)
        shoe.draw()
        self.assertTrue(shoe.spent)

    def test_shuffling_takes_all_cards_back(self) -> None:
        shoe = Shoe(1, 0.75, Random(1))
        first = shoe.order
        kept = list(first)
        for _ in range(50):
            shoe.draw()
        shoe.shuffle()
        self.assertEqual((shoe.position, shoe.remaining, shoe.spent), (0, 52, False))
        self.assertEqual(Counter(shoe.order), Counter(DECK))
        self.assertNotEqual(shoe.order, kept)
        self.assertEqual(first, kept)

    def test_the_last_card_goes_in_a_round(self) -> None:
        shoe = Shoe(1, 0.95, Random(1))
        for _ in range(45):
            shoe.draw()
        shoe.begin_round()
        on_the_table = [shoe.draw() for _ in range(52)]
        self.assertEqual(Counter(on_the_table), Counter(DECK))
        self.assertEqual(shoe.reused, 45)
        self.assertRaises(ShoeEmptyError, shoe.draw)
        self.assertTrue(shoe.spent)
        # Nobody shuffled: the next round still gets cards that are not on the table.
        shoe.begin_round()
        self.assertEqual(Counter(shoe.draw() for _ in range(52)), Counter(DECK))
        shoe.shuffle()
        self.assertEqual(Counter(shoe.order), Counter(DECK))
        self.assertEqual(shoe.reused, 0)

    def test_what_is_dealt_again_is_shuffled_before(self) -> None:
        """Whoever remembers the cards must not know what comes."""
        again = []
        for seed in (1, 1, 2):
            shoe = Shoe.stacked(DECK, Random(seed))
            for _ in range(48):
                shoe.draw()
            shoe.begin_round()
            cards = [shoe.draw() for _ in range(52)]
            self.assertEqual(cards[:4], list(DECK[48:]))
            again.append(cards[4:])
        self.assertEqual(sorted(again[0]), list(DECK[:48]))
        self.assertNotEqual(again[0], list(DECK[:48]))
        self.assertEqual(again[0], again[1])
        self.assertNotEqual(again[0], again[2])

    def test_a_stacked_shoe_is_shuffled_by_the_system(self) -> None:
        shoe = Shoe.stacked(DECK)
        shoe.shuffle()
        self.assertEqual(Counter(shoe.order), Counter(DECK))
        self.assertNotEqual(shoe.order, list(DECK))

    def test_a_stacked_shoe(self) -> None:
        shoe = Shoe.stacked([3, 1, 2])
        self.assertEqual([shoe.draw() for _ in range(3)], [3, 1, 2])
        self.assertTrue(shoe.spent)
        self.assertRaises(ShoeEmptyError, shoe.draw)
