"""The dealer's final totals, beside published tables."""

from __future__ import annotations

from fractions import Fraction

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.dealer import (
    BLACKJACK,
    BUST,
    CHANCES,
    FINALS,
    add_card,
    blackjack_chance,
    final_totals,
    overall_totals,
)

#: What a player may expect who stands on 16 or less, 17, … 21, by the dealer's card: an infinite
#: shoe, the dealer stands on soft 17 and has no blackjack. "Expected Returns in Infinite-Deck
#: Blackjack", https://wizardofodds.com/games/blackjack/expected-return-infinite-deck/
STANDING = """
2  -0.292784 -0.152975 0.121742 0.386305 0.639987 0.882007
3  -0.252250 -0.117216 0.148300 0.404363 0.650272 0.885300
4  -0.211063 -0.080573 0.175854 0.423179 0.661050 0.888767
5  -0.167193 -0.044941 0.199561 0.439512 0.670360 0.891754
6  -0.153699 0.011739 0.283444 0.495977 0.703959 0.902837
7  -0.475375 -0.106809 0.399554 0.615976 0.773227 0.925926
8  -0.510518 -0.381951 0.105951 0.593854 0.791815 0.930605
9  -0.543150 -0.423154 -0.183163 0.287597 0.758357 0.939176
10 -0.540430 -0.419721 -0.178301 0.063118 0.554538 0.962624
1  -0.666951 -0.478033 -0.100199 0.277636 0.655470 0.922194
"""


class CardTests(SynchronousTestCase):
    def test_an_ace_counts_eleven_while_it_can(self) -> None:
        self.assertEqual(add_card(0, False, 1), (11, True))
        self.assertEqual(add_card(11, True, 1), (12, True))
        self.assertEqual(add_card(10, False, 1), (21, True))
        self.assertEqual(add_card(11, False, 1), (12, False))
        self.assertEqual(add_card(17, True, 9), (16, False))
        self.assertEqual(add_card(16, False, 10), (26, False))

    def test_the_chances_of_all_cards_are_one(self) -> None:
        self.assertEqual(sum(CHANCES.values()), 1)


class PublishedTests(SynchronousTestCase):
    def test_an_infinite_shoe_standing_on_soft_17(self) -> None:
        published = {17: 14.51, 18: 13.95, 19: 13.35, 20: 18.03, 21: 7.27, BLACKJACK: 4.73}
        published[BUST] = 28.16
        computed = {
            final: round(float(100 * chance), 2) for final, chance in overall_totals(False).items()
        }
        self.assertEqual(computed, published)

    def test_by_the_card_shown(self) -> None:
        """The returns of standing are P(less) - P(more): the totals' chances are differences."""
        for line in STANDING.split("\n")[1:-1]:
            card, *returns = line.split()
            computed = final_totals(int(card), False, peeked=True)
            below, *rest = map(float, returns)
            self.assertApproximates(float(computed[BUST]), (1 + below) / 2, 1.1e-6)
            # From one total to the next, the return grows by the chances of both.
            last = 0.0
            for total, expected in zip(range(17, 22), rest, strict=True):
                last = expected - below - last
                below = expected
                self.assertApproximates(float(computed[total]), last, 6e-6, f"{card} to {total}")

    def test_hitting_soft_17_is_worse_for_standers_against_an_ace(self) -> None:
        """Beside eight decks, all bets lost to a blackjack: the shoe explains 0.003.

        Figures: https://wizardofodds.com/games/blackjack/appendix/9/euro-8dh17r4/, for the hands
        A 2, A 6 and A 7 against an ace.
        """
        chances = final_totals(1, True)
        for total, published in ((13, -0.722307), (17, -0.665036), (18, -0.465508)):
            computed = sum(
                chance * ((total > final) - (total < final)) for final, chance in chances.items()
            )
            self.assertApproximates(float(computed), published, 0.003)


class ExactTests(SynchronousTestCase):
    def test_all_chances_are_one(self) -> None:
        for hits in (False, True):
            self.assertEqual(sum(overall_totals(hits).values()), 1)
            for up in CHANCES:
                for peeked in (False, True):
                    chances = final_totals(up, hits, peeked=peeked)
                    self.assertEqual(tuple(chances), FINALS)
                    self.assertEqual(sum(chances.values()), 1)

    def test_blackjack(self) -> None:
        self.assertEqual(overall_totals(False)[BLACKJACK], Fraction(8, 169))
        for up in CHANCES:
            for hits in (False, True):
                self.assertEqual(final_totals(up, hits)[BLACKJACK], blackjack_chance(up))
                self.assertEqual(final_totals(up, hits, peeked=True)[BLACKJACK], 0)

    def test_a_peek_leaves_the_other_chances_in_proportion(self) -> None:
        before, after = (final_totals(1, True, peeked=peeked) for peeked in (False, True))
        for final in FINALS[:-1]:
            self.assertEqual(before[final], after[final] * Fraction(9, 13))

    def test_soft_17_matters_only_where_there_is_an_ace(self) -> None:
        """A seven with a ten stands either way; with an ace it is 18."""
        self.assertEqual(final_totals(10, True)[20], final_totals(10, False)[20])
        self.assertLess(final_totals(1, True)[17], final_totals(1, False)[17])
        self.assertGreater(overall_totals(True)[BUST], overall_totals(False)[BUST])
