"""What may be done with a hand, and why something else may not: each reason there is."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack import choices
from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.hand import Hand
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.stages import Action

VEGAS = PRESETS["vegas"]


def vegas(**changes: Any) -> Rules:
    return evolve(VEGAS, **changes)


def hand(names: str, *, split: bool = False) -> Hand:
    """A hand on which 10 chips are bet."""
    made = Hand(10, split)
    for name in names.split():
        made.add(parse_card(name))
    return made


class Cases(SynchronousTestCase):
    """The dealer shows a six, unless told otherwise; the seat has one hand, and chips enough."""

    def allowed(
        self,
        rules: Rules,
        held: Hand,
        *,
        hands: int = 1,
        left: int | None = None,
        up: str = "6S",
    ) -> set[str]:
        options = choices.playing(rules, held, hands, left, parse_card(up))
        return {action.name for action in choices.ACTIONS[options]}

    def refused(
        self,
        action: Action,
        reason: str,
        rules: Rules,
        held: Hand,
        *,
        hands: int = 1,
        left: int | None = None,
        up: str = "6S",
    ) -> None:
        """See that it may not be done, and why."""
        self.assertNotIn(action.name, self.allowed(rules, held, hands=hands, left=left, up=up))
        self.assertEqual(choices.why_not(action, rules, held, hands, left), reason)


class PlayingTests(Cases):
    def test_later_cards(self) -> None:
        """However good the total is to double, and whatever else is allowed."""
        rules = vegas(surrender="late", resplit_aces=True)
        for names in ("2S 3H 6D", "AS AH AD", "10S 2H 3D"):
            self.assertEqual(self.allowed(rules, hand(names)), {"HIT", "STAND"})

    def test_split_aces(self) -> None:
        self.assertEqual(self.allowed(VEGAS, hand("8H AS", split=True), hands=2) & {"HIT"}, {"HIT"})
        rules = vegas(resplit_aces=True)
        self.refused(
            Action.HIT,
            "split aces get one card each",
            rules,
            hand("AH AS", split=True),
            hands=2,
        )


class DoublingTests(Cases):
    def test_on_which_totals(self) -> None:
        for double, totals in (
            ("any", range(4, 22)),
            ("9-11", (9, 10, 11)),
            ("10-11", (10, 11)),
            ("none", ()),
        ):
            rules = vegas(double=double)
            for names in ("2S 2H", "5S 3H", "5S 4H", "6S 4H", "6S 5H", "10S 2H", "AS 8H", "AS 9H"):
                held = hand(names)
                self.assertEqual(
                    "DOUBLE" in self.allowed(rules, held), held.total in totals, (double, names)
                )

    def test_why_not(self) -> None:
        for reason, rules, held in (
            ("doubling is not allowed at this table", vegas(double="none"), hand("6S 5H")),
            ("only a hand of two cards may be doubled", VEGAS, hand("6S 3H 2D")),
            ("split aces get one card each", VEGAS, hand("AH AS", split=True)),
            (
                "doubling is not allowed after a split",
                vegas(double_after_split=False),
                hand("8S 3H", split=True),
            ),
            (
                "only 10 to 11 may be doubled; this hand is 9",
                vegas(double="10-11"),
                hand("6S 3H"),
            ),
            # These aces are not split yet.
            ("only 9 to 11 may be doubled; this hand is 12", vegas(double="9-11"), hand("AH AS")),
            (
                "only 10 to 11 may be doubled; this hand is 12",
                vegas(double="10-11"),
                hand("8S 4H", split=True),
            ),
        ):
            self.refused(Action.DOUBLE, reason, rules, held, hands=2 if held.split else 1)
        self.refused(
            Action.DOUBLE, "doubling costs 10 chips; you have 9 left", VEGAS, hand("6S 5H"), left=9
        )
        self.assertIn("DOUBLE", self.allowed(VEGAS, hand("6S 5H"), left=10))

    def test_after_a_split(self) -> None:
        held = hand("8S 3H", split=True)
        self.assertIn("DOUBLE", self.allowed(VEGAS, held, hands=2))
        # Of aces only if they are played on, and an ace that comes later is none of a split.
        aces = hand("AH 5S", split=True)
        self.assertIn("DOUBLE", self.allowed(vegas(hit_split_aces=True), aces, hands=2))
        self.assertIn("DOUBLE", self.allowed(VEGAS, hand("8S AH", split=True), hands=2))


class SplittingTests(Cases):
    def test_why_not(self) -> None:
        for reason, rules, held, hands in (
            ("splitting is not allowed at this table", vegas(max_hands=1), hand("8S 8H"), 1),
            ("only a pair may be split", VEGAS, hand("8S 9H"), 1),
            ("only a pair may be split", VEGAS, hand("8S 8H 2D"), 1),
            (
                "only tens of the same rank may be split",
                vegas(split_tens="rank"),
                hand("KS 10H"),
                1,
            ),
            ("a seat may have 3 hands at most", vegas(max_hands=3), hand("8S 8H", split=True), 3),
            ("aces may be split once only", VEGAS, hand("AH AS", split=True), 2),
            (
                "aces may be split once only",
                vegas(hit_split_aces=True),
                hand("AH AS", split=True),
                2,
            ),
        ):
            if rules.hit_split_aces or not (held.split and held.cards[0] % 13 == 0):
                self.refused(Action.SPLIT, reason, rules, held, hands=hands)
            else:
                # It is never asked: such a hand is done.
                self.assertFalse(choices.can_split(rules, held, hands, None))
                self.assertEqual(choices.why_not(Action.SPLIT, rules, held, hands, None), reason)
        self.refused(
            Action.SPLIT, "splitting costs 10 chips; you have 9 left", VEGAS, hand("8S 8H"), left=9
        )
        self.assertIn("SPLIT", self.allowed(VEGAS, hand("8S 8H"), left=10))

    def test_again(self) -> None:
        for names in ("8S 8H", "KS 10H", "2S 2H"):
            held = hand(names, split=True)
            for hands in range(2, 5):
                self.assertEqual("SPLIT" in self.allowed(VEGAS, held, hands=hands), hands < 4)
        rules = vegas(resplit_aces=True)
        self.assertEqual(
            self.allowed(rules, hand("AH AS", split=True), hands=2), {"STAND", "SPLIT"}
        )


class SurrenderTests(Cases):
    def test_when(self) -> None:
        held = hand("10S 6H")
        for surrender, hole_card, pays, up, may in (
            ("late", "peek", "3:2", "AS", True),
            ("late", "peek", "3:2", "6S", True),
            ("early", "none", "3:2", "AS", True),
            # These were asked before the dealer looked.
            ("early", "peek", "3:2", "AS", False),
            ("early", "peek", "3:2", "KS", False),
            ("early", "peek", "3:2", "9S", True),
            # Where nothing is looked for, nobody was asked before.
            ("early", "peek", "none", "AS", True),
        ):
            rules = vegas(
                surrender=surrender,
                hole_card=hole_card,
                blackjack_pays=pays,
                insurance=pays != "none",
            )
            self.assertEqual("SURRENDER" in self.allowed(rules, held, up=up), may, (rules, up))
            self.assertEqual(choices.asks_early(rules, parse_card(up)), not may)

    def test_why_not(self) -> None:
        late = vegas(surrender="late")
        for reason, rules, held, up in (
            ("surrendering is not allowed at this table", VEGAS, hand("10S 6H"), "6S"),
            ("a hand that was split cannot be surrendered", late, hand("8S 7H", split=True), "6S"),
            (
                "a hand can be surrendered only before it takes a card",
                late,
                hand("8S 4H 3D"),
                "6S",
            ),
            (
                "it was your choice to play on, before the dealer looked for a blackjack",
                vegas(surrender="early"),
                hand("10S 6H"),
                "AS",
            ),
        ):
            self.refused(Action.SURRENDER, reason, rules, held, up=up)


class InsuranceTests(SynchronousTestCase):
    def test_why_not(self) -> None:
        for bet, left, reason in (
            (1, None, "a bet of one chip cannot be insured: insurance costs half of it"),
            (2, None, None),
            (5, 2, None),
            (5, 1, "insurance costs 2 chips; you have 1 left"),
        ):
            found = choices.ACTIONS[choices.insurance(Hand(bet), left)]
            self.assertEqual(Action.INSURE in found, reason is None)
            self.assertIn(Action.NO_INSURANCE, found)
            self.assertEqual(choices.why_not(Action.INSURE, VEGAS, Hand(bet), 1, left), reason)
