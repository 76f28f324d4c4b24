"""Rules, and those that make no sense."""

from __future__ import annotations

import pickle
from typing import Any

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import MAX_SEATS, PRESETS, Rules, RulesError, settings


class RulesTests(SynchronousTestCase):
    def test_presets(self) -> None:
        self.assertEqual(list(PRESETS), ["simple", "vegas", "european"])
        for name, rules in PRESETS.items():
            self.assertEqual(rules.name, name)
            self.assertEqual(rules.max_seats, MAX_SEATS)

    def test_simple_is_the_seeds(self) -> None:
        simple = PRESETS["simple"]
        self.assertFalse(simple.bets)
        self.assertFalse(simple.dealer_hits_soft_17)
        self.assertFalse(simple.naturals)

    def test_rules_that_make_no_sense(self) -> None:
        none: dict[str, Any] = {}
        without = {"double": "none", "insurance": False, "max_hands": 1, "blackjack_pays": "1:1"}
        cases: tuple[tuple[str, object, dict[str, Any]], ...] = (
            ("decks", 0, none),
            ("decks", 9, none),
            ("decks", True, none),
            ("decks", 6.0, none),
            ("penetration", 0.0, none),
            ("penetration", 1.0, none),
            ("penetration", float("nan"), none),
            ("penetration", "half", none),
            ("dealer_hits_soft_17", 1, none),
            ("blackjack_pays", "2:1", none),
            ("double", ["any"], none),
            ("max_hands", 5, none),
            ("name", "", none),
            ("name", "a\x1b[2J", none),
            ("min_bet", 0, none),
            ("max_bet", 5, none),
            ("bankroll", 9, none),
            ("resplit_aces", True, {"max_hands": 2}),
            ("resplit_aces", True, {"max_hands": 1}),
            ("hit_split_aces", True, {"max_hands": 1}),
            ("insurance", True, {"blackjack_pays": "none"}),
            ("original_bets_only", True, none),
            ("surrender", "late", {"hole_card": "none"}),
            ("double", "any", {**without, "bets": False}),
            ("insurance", True, {**without, "bets": False}),
            ("surrender", "late", {**without, "bets": False}),
            ("max_hands", 2, {**without, "bets": False}),
            ("blackjack_pays", "3:2", {**without, "bets": False}),
        )
        for name, value, others in cases:
            with self.assertRaises(RulesError, msg=f"{name} = {value!r}") as caught:
                Rules(**{**others, name: value})
            self.assertEqual(caught.exception.setting, name)
            self.assertTrue(str(caught.exception).startswith(f"{name}: "))
            self.assertTrue(str(caught.exception).isprintable())

    def test_how_many_seats_the_shoe_has_cards_for(self) -> None:
        self.assertEqual(Rules(decks=1).max_seats, 2)
        self.assertEqual(Rules(decks=1, max_hands=1).max_seats, MAX_SEATS)
        self.assertEqual(Rules(decks=2).max_seats, 5)

    def test_what_is_derived_follows(self) -> None:
        rules = evolve(PRESETS["vegas"], double="10-11", double_after_split=False)
        self.assertEqual(rules.double_totals, (10, 11))
        low, high = rules.split_double_totals
        self.assertGreater(low, high)
        self.assertEqual(evolve(rules, blackjack_pays="6:5").pays, (6, 5))

    def test_rules_go_to_other_processes(self) -> None:
        for rules in PRESETS.values():
            again = pickle.loads(pickle.dumps(rules))
            self.assertEqual(again, rules)
            self.assertEqual(again.pays, rules.pays)
        error = pickle.loads(pickle.dumps(RulesError("decks", "too few")))
        self.assertEqual(str(error), "decks: too few")

    def test_settings(self) -> None:
        self.assertIn("decks", settings())
        self.assertNotIn("naturals", settings())
