"""What hands are worth."""

from __future__ import annotations

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.hand import Hand


def hand(names: str, *, split: bool = False) -> Hand:
    made = Hand(split=split)
    for name in names.split():
        made.add(parse_card(name))
    return made


class HandTests(SynchronousTestCase):
    def test_totals(self) -> None:
        for names, total, soft in (
            ("10S 7H", 17, False),
            ("AS 6H", 17, True),
            ("AS 6H KD", 17, False),
            ("AS AH", 12, True),
            ("AS AH 9D", 21, True),
            ("AS AH 9D KC", 21, False),
            ("AS KH", 21, True),
            ("KS QH 2D", 22, False),
            ("5S", 5, False),
        ):
            each = hand(names)
            self.assertEqual((each.total, each.soft), (total, soft), names)
            self.assertEqual(each.bust, total > 21, names)

    def test_totals_are_those_of_the_definition(self) -> None:
        # The largest sum that is not over 21, with each ace one or eleven; else the smallest.
        random = Random(5)
        for _ in range(2000):
            made = Hand()
            sums = {0}
            for _ in range(random.randint(1, 6)):
                card = random.randrange(52)
                made.add(card)
                counts = (1, 11) if card % 13 == 0 else (min(card % 13 + 1, 10),)
                sums = {each + count for each in sums for count in counts}
            fitting = [each for each in sums if each <= 21]
            self.assertEqual(made.total, max(fitting) if fitting else min(sums))

    def test_blackjack(self) -> None:
        self.assertTrue(hand("AS 10H").blackjack)
        self.assertTrue(hand("QS AH").blackjack)
        self.assertFalse(hand("AS 10H", split=True).blackjack)
        self.assertFalse(hand("AS 5H 5D").blackjack)
        self.assertFalse(hand("AS 9H").blackjack)
        self.assertFalse(hand("6S 5H").blackjack)

    def test_pairs(self) -> None:
        self.assertTrue(hand("8S 8H").is_pair(by_value=False))
        self.assertTrue(hand("KS 10H").is_pair(by_value=True))
        self.assertFalse(hand("KS 10H").is_pair(by_value=False))
        self.assertFalse(hand("KS 9H").is_pair(by_value=True))
        self.assertFalse(hand("8S 8H 8D").is_pair(by_value=True))
