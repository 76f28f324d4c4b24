"""The shoes of a table: what is committed to, and what is revealed."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import DECK, card_name
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.table.shoes import Shoes
from tests.blackjack.table.people import VEGAS, Stacked


class ShoesTests(SynchronousTestCase):
    def test_before_the_first(self) -> None:
        shoes = Shoes(VEGAS, None)
        self.assertEqual((shoes.number, shoes.left, shoes.spent), (0, 0, False))
        self.assertIsNone(shoes.commitment)
        self.assertIsNone(shoes.reveal())

    def test_commitment(self) -> None:
        shoes = Shoes(VEGAS, None)
        started = shoes.start()
        assert started is not None
        self.assertEqual((started.number, started.seed), (1, None))
        self.assertEqual((shoes.number, shoes.left), (1, 234))
        self.assertEqual(started.commitment, shoes.commitment)
        self.assertIsNone(shoes.start())
        # As long as nothing is dealt from it, it is kept.
        self.assertIsNone(shoes.reveal())
        self.assertEqual(started.commitment, shoes.commitment)
        shoes.begin_round().draw()
        revealed = shoes.reveal()
        assert revealed is not None
        text = " ".join([revealed.reveal.nonce, *map(card_name, revealed.reveal.order)])
        self.assertEqual(sha256(text.encode()).hexdigest(), started.commitment)
        self.assertEqual(Counter(revealed.reveal.order), Counter(DECK * 6))
        self.assertIsNone(shoes.commitment)
        self.assertEqual(shoes.left, 0)

    def test_a_revealed_shoe_is_not_dealt_from(self) -> None:
        shoes = Shoes(VEGAS, None)
        first = shoes.start()
        old = shoes.begin_round()
        old.draw()
        shoes.reveal()
        second = shoes.start()
        assert first is not None
        assert second is not None
        self.assertEqual(second.number, 2)
        self.assertNotEqual(first.commitment, second.commitment)
        self.assertIsNot(shoes.begin_round(), old)

    def test_rounds(self) -> None:
        shoes = Shoes(VEGAS, None, Stacked("AS 2S 3S 4S 5S"))
        shoes.start()
        for _ in range(2):
            for number, first, cards in ((1, 1, (0, 1)), (2, 3, (2, 3, 4))):
                shoe = shoes.begin_round()
                for _ in cards:
                    shoe.draw()
                over = shoes.end_round()
                self.assertEqual((over.number, over.first, over.cards), (number, first, cards))
            shoes.reveal()
            shoes.start()

    def test_seed(self) -> None:
        """The same seed brings the same shoes, the second ones too, and others than the first."""
        seen = []
        for _ in range(2):
            shoes = Shoes(VEGAS, 7)
            orders = []
            for _ in range(2):
                started = shoes.start()
                assert started is not None
                self.assertEqual(started.seed, 7)
                shoes.begin_round().draw()
                revealed = shoes.reveal()
                assert revealed is not None
                orders.append(revealed.reveal.order)
            self.assertNotEqual(*orders)
            seen.append(orders)
        self.assertEqual(*seen)

    def test_cards_dealt_again(self) -> None:
        """They are revealed apart, since nothing binds the house to them."""
        rules = Rules(decks=1, penetration=0.9)
        shoes = Shoes(rules, None)
        shoes.start()
        for _ in range(46):
            shoes.begin_round().draw()
        self.assertEqual(shoes.left, 0)
        shoe = shoes.begin_round()
        shoe.begin_round()  # As a round does.
        for _ in range(10):
            shoe.draw()
        over = shoes.end_round()
        revealed = shoes.reveal()
        assert revealed is not None
        order, again = revealed.reveal.order, revealed.reveal.again
        self.assertEqual((len(order), len(again)), (52, 46))
        self.assertEqual((over.number, over.first), (47, 47))
        self.assertEqual(over.cards, order[46:] + again[:4])
        text = " ".join([revealed.reveal.nonce, *map(card_name, order)])
        self.assertEqual(sha256(text.encode()).hexdigest(), revealed.reveal.commitment)
