"""The values of the actions and the strategy beside published ones, and the house edge.

Published house edges are in :mod:`tests.blackjack.published`.

"WoO" is "Expected Returns in Infinite-Deck Blackjack",
https://wizardofodds.com/games/blackjack/expected-return-infinite-deck/. "Red Dog" is
http://www.red-dog-poker.info/blackjack_basic_strategy3.html: how the chart changes with the rules.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

import attrs
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.dealer import BLACKJACK, final_totals
from netsuite.blackjack.round import Action, Phase, Round
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.strategy import Situation, Solution


def game(**changes: Any) -> Rules:
    """Return WoO's rules, with changes."""
    return attrs.evolve(_WOO, **changes)


_WOO: Final = Rules(dealer_hits_soft_17=False)
WOO: Final = Solution(_WOO)

#: The dealer's cards in the order of the tables.
CARDS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 1)

LETTERS: Final = {
    Action.HIT: "H",
    Action.STAND: "S",
    Action.DOUBLE: "D",
    Action.SPLIT: "P",
    Action.SURRENDER: "R",
}

#: Four to eight decks, the dealer stands on soft 17, double after split, late surrender.
#: https://en.wikipedia.org/wiki/Blackjack#Basic_strategy, but for two hands whose best action
#: changes on the way from eight decks to an infinite shoe: see :data:`CLOSE`.
CHART: Final = """
2 3   HHHHHHHHHH
2 4   HHHHHHHHHH
3 4   HHHHHHHHHH
3 5   HHHHHHHHHH
4 5   HDDDDHHHHH
4 6   DDDDDDDDHH
5 6   DDDDDDDDDH
2 10  HHSSSHHHHH
3 10  SSSSSHHHHH
4 10  SSSSSHHHHH
5 10  SSSSSHHHRH
6 10  SSSSSHHRRR
7 10  SSSSSSSSSS
8 10  SSSSSSSSSS
9 10  SSSSSSSSSS
1 2   HHHHDHHHHH
1 3   HHHDDHHHHH
1 4   HHHDDHHHHH
1 5   HHDDDHHHHH
1 6   HDDDDHHHHH
1 7   SDDDDSSHHH
1 8   SSSSSSSSSS
1 9   SSSSSSSSSS
2 2   PPPPPPHHHH
3 3   PPPPPPHHHH
4 4   HHHPPHHHHH
5 5   DDDDDDDDHH
6 6   PPPPPHHHHH
7 7   PPPPPPHHHH
8 8   PPPPPPPPPP
9 9   PPPPPSPPSS
10 10 SSSSSSSSSS
1 1   PPPPPPPPPP
"""


#: The hands and the dealer's cards where the published chart doubles and we hit.
CLOSE: Final = (((1, 2), 5), ((1, 4), 4))


def chart(solution: Solution, hands: str) -> str:
    """Return the best action for each of the hands of a chart, in its form."""
    lines = [""]
    for line in hands.split("\n")[1:-1]:
        first, second, _ = line.split()
        hand = Situation.of(int(first), int(second))
        row = "".join(LETTERS[solution.best(hand, up)] for up in CARDS)
        lines.append(f"{first + ' ' + second:<6}{row}")
    return "\n".join([*lines, ""])


class ChartTests(SynchronousTestCase):
    def check(self, rules: Rules, changes: str) -> None:
        """Check the chart, with some of its lines replaced."""
        expected = CHART
        for line in changes.split("\n")[1:-1]:
            hand = line[:6]
            start = expected.index("\n" + hand) + 1
            expected = expected[:start] + line + expected[start + len(line) :]
        self.assertEqual(chart(Solution(rules), CHART), expected)

    def test_standing_on_soft_17(self) -> None:
        self.check(game(surrender="late"), "\n")

    def test_hands_that_are_close(self) -> None:
        """Where the chart for decks is not followed, little is at stake."""
        for cards, up in CLOSE:
            (best, value), (second, less), *_ = WOO.values(Situation.of(*cards), up).items()
            self.assertEqual((best, second), (Action.HIT, Action.DOUBLE))
            self.assertLess(value - less, 0.008)

    def test_hitting_soft_17(self) -> None:
        """Both sources name these changes; the pair is from "Red Dog"."""
        solution = Solution(game(dealer_hits_soft_17=True, surrender="late"))
        for cards, up, action in (
            ((5, 6), 1, Action.DOUBLE),
            ((5, 10), 1, Action.SURRENDER),
            ((7, 10), 1, Action.SURRENDER),
            ((8, 8), 1, Action.SURRENDER),
            ((1, 7), 2, Action.DOUBLE),
            ((1, 8), 6, Action.DOUBLE),
        ):
            self.assertIs(solution.best(Situation.of(*cards), up), action, (cards, up))

    def test_no_surrender(self) -> None:
        self.check(game(), "\n5 10  SSSSSHHHHH\n6 10  SSSSSHHHHH\n")

    def test_no_double_after_split(self) -> None:
        """ "Red Dog" has a table of pairs for it."""
        self.check(
            game(double_after_split=False, surrender="late"),
            "\n2 2   HHPPPPHHHH\n3 3   HHPPPPHHHH\n4 4   HHHHHHHHHH\n6 6   HPPPPHHHHH\n",
        )

    def test_no_hole_card(self) -> None:
        """Less is risked against a card that may become a blackjack that takes all bets.

        "Red Dog" names these changes.
        """
        self.check(
            game(hole_card="none"),
            "\n5 6   DDDDDDDDHH\n8 8   PPPPPPPPHH\n1 1   PPPPPPPPPH\n"
            "5 10  SSSSSHHHHH\n6 10  SSSSSHHHHH\n",
        )

    def test_original_bets_only_is_played_as_if_peeked(self) -> None:
        unpeeked = Solution(game(hole_card="none", original_bets_only=True))
        self.assertEqual(chart(unpeeked, CHART), chart(WOO, CHART))
        self.assertAlmostEqual(unpeeked.house_edge(), WOO.house_edge())


class ValueTests(SynchronousTestCase):
    def test_a_pair_of_eights_against_a_ten(self) -> None:
        """WoO's example."""
        values = WOO.values(Situation.of(8, 8), 10)
        for action, published in (
            (Action.STAND, -0.5404),
            (Action.HIT, -0.5398),
            (Action.DOUBLE, -1.0797),
            (Action.SPLIT, -0.4807),
        ):
            self.assertApproximates(values[action], published, 0.000051)
        self.assertEqual(next(iter(values)), Action.SPLIT)

    def test_hitting(self) -> None:
        """WoO's table, hard 4 to 6."""
        table = """
        4 -0.114913 -0.082613 -0.049367 -0.012380 0.011130 -0.088279 -0.159334 -0.240666 -0.289198 -0.253077
        5 -0.128216 -0.095310 -0.061479 -0.023979 -0.001186 -0.119447 -0.188093 -0.266615 -0.313412 -0.278575
        6 -0.140759 -0.107291 -0.072917 -0.034916 -0.013006 -0.151933 -0.217242 -0.292641 -0.337749 -0.304147
        """  # noqa: E501 -- the published table's lines
        for line in table.strip().split("\n"):
            total, *row = line.split()
            for up, published in zip(CARDS, row, strict=True):
                value = WOO.values(Situation(int(total), False), up)[Action.HIT]
                self.assertApproximates(value, float(published), 1e-6)

    def test_surrender(self) -> None:
        hand = Situation.of(10, 6)
        late = Solution(game(surrender="late")).values(hand, 10)
        self.assertEqual(late[Action.SURRENDER], -0.5)
        # Saved before the peek: half of each bet, where 1/13 would be lost whole.
        early = Solution(game(surrender="early")).values(hand, 10)
        self.assertAlmostEqual(12 / 13 * early[Action.SURRENDER] - 1 / 13, -0.5)
        unpeeked = Solution(game(surrender="early", hole_card="none")).values(hand, 10)
        self.assertEqual(unpeeked[Action.SURRENDER], -0.5)

    def test_insurance_never_pays(self) -> None:
        self.assertAlmostEqual(WOO.insurance(1), -1 / 13)


class AllowedTests(SynchronousTestCase):
    def allowed(self, rules: Rules, hand: Situation) -> set[Action]:
        return set(Solution(rules).values(hand, 6))

    def test_later_cards_are_hit_or_stood_on(self) -> None:
        self.assertEqual(
            self.allowed(game(surrender="late"), Situation.of(2, 3, 4)),
            {Action.HIT, Action.STAND},
        )

    def test_doubling(self) -> None:
        for double, totals in (("any", range(5, 12)), ("9-11", {9, 10, 11}), ("none", ())):
            for total in range(5, 12):
                found = self.allowed(game(double=double), Situation(total, False))
                self.assertEqual(Action.DOUBLE in found, total in totals)
        self.assertNotIn(
            Action.DOUBLE, self.allowed(game(double_after_split=False), Situation.of(8, 3, hands=2))
        )

    def test_splitting_ends_at_the_limit(self) -> None:
        for hands in range(1, 6):
            found = self.allowed(game(), Situation.of(8, 8, hands=hands))
            self.assertEqual(Action.SPLIT in found, hands < 4)

    def test_split_aces(self) -> None:
        aces = Situation.of(1, 1, hands=2)
        self.assertEqual(self.allowed(game(), aces), {Action.STAND})
        self.assertEqual(self.allowed(game(resplit_aces=True), aces), {Action.STAND, Action.SPLIT})
        self.assertIn(Action.HIT, self.allowed(game(hit_split_aces=True), aces))

    def test_no_surrender_after_a_split(self) -> None:
        rules = game(surrender="late")
        self.assertNotIn(Action.SURRENDER, self.allowed(rules, Situation.of(8, 7, hands=2)))


class HouseEdgeTests(SynchronousTestCase):
    def test_each_favour_to_the_player_lowers_it(self) -> None:
        edge = WOO.house_edge()
        for better in (
            game(surrender="late"),
            game(resplit_aces=True),
            game(hit_split_aces=True),
        ):
            self.assertLess(Solution(better).house_edge(), edge)
        for worse in (
            game(dealer_hits_soft_17=True),
            game(double="9-11"),
            game(double="10-11"),
            game(double="none"),
            game(max_hands=3),
            game(max_hands=1),
            game(hole_card="none"),
        ):
            self.assertGreater(Solution(worse).house_edge(), edge)

    def test_what_a_blackjack_pays(self) -> None:
        """Of all hands, 8/169 are blackjacks, and as many of those meet another one."""
        times = 8 / 169 * (1 - 8 / 169)
        for pays, less in (("6:5", 0.3), ("1:1", 0.5)):
            edge = Solution(game(blackjack_pays=pays)).house_edge()
            self.assertAlmostEqual(edge - WOO.house_edge(), times * less)

    def test_tens_are_never_split_so_that_their_rank_does_not_matter(self) -> None:
        self.assertAlmostEqual(Solution(game(split_tens="rank")).house_edge(), WOO.house_edge())

    def test_splitting_again_is_decided_by_the_hand_alone(self) -> None:
        """A player who plays by :meth:`Solution.best` loses nothing by not seeing the others."""
        for rules in (game(), game(double_after_split=False), game(hole_card="none")):
            solution = Solution(rules)
            for up in CARDS:
                for card in range(2, 11):
                    again = {
                        solution.best(Situation.of(card, card, hands=hands), up) is Action.SPLIT
                        for hands in (2, 3)
                    }
                    self.assertEqual(len(again), 1, (rules, card, up))


class RoundTests(SynchronousTestCase):
    """The solver and the engine agree on what may be done, wherever play may lead."""

    def play(self, rules: Rules, rounds: int) -> set[Phase]:
        """Play at random, and return the phases in which there was a choice."""
        solution = Solution(rules)
        chance = Random(5)
        shoe = Shoe(rules.decks, rules.penetration, Random(6))
        bet = rules.min_bet if rules.bets else 0
        phases = set()
        for _ in range(rounds):
            if shoe.spent:
                shoe.shuffle()
            play = Round(rules, shoe, [bet])
            while not play.over:
                advice = solution.advice(play)
                self.assertEqual(set(advice), set(play.allowed()))
                self.assertEqual(list(advice.values()), sorted(advice.values(), reverse=True))
                phases.add(play.phase)
                # Split whatever can be split, to get to the rare hands.
                split = Action.SPLIT in advice
                play.act(Action.SPLIT if split else chance.choice(list(advice)))
        return phases

    def test_presets(self) -> None:
        for rules in PRESETS.values():
            self.play(rules, 2000)

    def test_other_rules(self) -> None:
        early = game(surrender="early", split_tens="rank", resplit_aces=True)
        self.assertEqual(self.play(early, 3000), {Phase.EARLY, Phase.INSURANCE, Phase.PLAYING})
        self.play(game(surrender="late", resplit_aces=True, hit_split_aces=True), 3000)
        self.play(game(surrender="early", hole_card="none", original_bets_only=True), 3000)

    def test_early_surrender_is_half_the_bet(self) -> None:
        rules = game(surrender="early")
        shoe = Shoe(rules.decks, rules.penetration, Random(7))
        while True:
            play = Round(rules, shoe, [10])
            if play.phase is Phase.EARLY:
                break
            shoe.shuffle()
        self.assertAlmostEqual(Solution(rules).advice(play)[Action.SURRENDER], -0.5)

    def test_insurance_takes_half_the_bet(self) -> None:
        cards = [parse_card(name) for name in ("9S", "AH", "9D", "8C")]
        found = WOO.advice(Round(_WOO, Shoe.stacked(cards), [10]))
        self.assertEqual(list(found), [Action.NO_INSURANCE, Action.INSURE])
        self.assertEqual(found[Action.NO_INSURANCE], 0)
        self.assertAlmostEqual(found[Action.INSURE], -1 / 26)

    def test_original_bets_only_counts_the_blackjack_in(self) -> None:
        """What a peek would tell is not known yet: the first bet may be lost, and no other."""
        rules = game(hole_card="none", original_bets_only=True, surrender="early")
        solution = Solution(rules)
        cards = ["8S", "KH", "8D", "3H", "10C", "10D"]
        play = Round(rules, Shoe.stacked([parse_card(name) for name in cards]), [10])
        found = solution.advice(play)
        self.assertAlmostEqual(found[Action.SURRENDER], -0.5)
        # WoO's values for a pair of eights against a ten, when there is no blackjack.
        for action, published in ((Action.SPLIT, -0.4807), (Action.HIT, -0.5398)):
            self.assertApproximates(found[action], 12 / 13 * published - 1 / 13, 0.000051)
        play.act(Action.SPLIT)
        for second, lost in ((3, 1), (10, 0)):
            known = solution.values(Situation.of(8, second, hands=2), 10)
            found = solution.advice(play)
            self.assertEqual(list(found), list(known))
            for action, value in known.items():
                self.assertAlmostEqual(found[action], 12 / 13 * value - lost / 13)
            play.act(Action.STAND)

    def test_simple_has_no_blackjacks(self) -> None:
        """An ace and a ten tie with the dealer's: both are 21."""
        values = Solution(PRESETS["simple"]).values(Situation.of(1, 10), 1)
        self.assertEqual(list(values), [Action.STAND, Action.HIT])
        dealer = final_totals(1, False)
        most = dealer[21] + dealer[BLACKJACK]
        self.assertAlmostEqual(values[Action.STAND], float(1 - most))
        twenty = Solution(PRESETS["simple"]).values(Situation.of(10, 10), 1)
        self.assertAlmostEqual(twenty[Action.STAND], float(1 - 2 * most - dealer[20]))
