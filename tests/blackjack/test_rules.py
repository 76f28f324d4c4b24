"""Rules, and those that make no sense."""

from __future__ import annotations

import pickle
from typing import Any

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import MAX_NAME, MAX_SEATS, PRESETS, Rules, RulesError, settings


class RulesTests(SynchronousTestCase):
    def test_presets(self) -> None:
        self.assertEqual(list(PRESETS), ["simple", "vegas", "european"])
        for name, rules in PRESETS.items():
            self.assertEqual(rules.name, name)
            self.assertEqual(rules.max_seats, MAX_SEATS)

    def test_vegas(self) -> None:
        """Each setting, as the sources have it that are named beside the preset."""
        expected: dict[str, Any] = {
            "name": "vegas",
            "decks": 6,
            "penetration": 0.75,
            "dealer_hits_soft_17": True,
            "blackjack_pays": "3:2",
            "double": "any",
            "double_after_split": True,
            "max_hands": 4,
            "resplit_aces": False,
            "hit_split_aces": False,
            "split_tens": "value",
            "surrender": "none",
            "insurance": True,
            "hole_card": "peek",
            "original_bets_only": False,
            "bets": True,
            "min_bet": 10,
            "max_bet": 500,
            "bankroll": 1000,
        }
        self.assertEqual(tuple(expected), settings())
        self.differs("vegas", **expected)

    def test_european(self) -> None:
        self.differs(
            "european", dealer_hits_soft_17=False, double="9-11", max_hands=2, hole_card="none"
        )

    def test_simple_is_the_seeds(self) -> None:
        self.differs(
            "simple",
            dealer_hits_soft_17=False,
            blackjack_pays="none",
            double="none",
            double_after_split=False,
            max_hands=1,
            insurance=False,
            bets=False,
        )
        self.assertFalse(PRESETS["simple"].naturals)

    def differs(self, preset: str, **expected: Any) -> None:
        """Check a preset: these settings, and all others as in ``vegas``."""
        for setting in settings():
            others = preset if setting == "name" else getattr(PRESETS["vegas"], setting)
            self.assertEqual(
                getattr(PRESETS[preset], setting), expected.get(setting, others), (preset, setting)
            )

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
            ("name", " ", none),
            ("name", "x" * (MAX_NAME + 1), none),
            ("min_bet", 0, none),
            ("max_bet", 5, none),
            ("bankroll", 9, none),
            ("resplit_aces", True, {"max_hands": 2}),
            ("resplit_aces", True, {"max_hands": 1}),
            ("hit_split_aces", True, {"max_hands": 1}),
            ("insurance", True, {"blackjack_pays": "none"}),
            ("original_bets_only", True, none),
            (
                "original_bets_only",
                True,
                {"hole_card": "none", "blackjack_pays": "none", "insurance": False},
            ),
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

    def test_what_is_just_allowed(self) -> None:
        for changes in (
            {"decks": 1},
            {"decks": 8},
            {"penetration": 0.1},
            {"penetration": 0.95},
            {"max_hands": 1},
            {"max_hands": 4},
            {"min_bet": 1, "max_bet": 1},
            {"min_bet": 500},
            {"bankroll": 10},
            {"max_bet": 10**12},
            {"bankroll": 10**12},
            {"name": "x" * MAX_NAME},
            {"resplit_aces": True, "max_hands": 3},
            {"hit_split_aces": True, "max_hands": 2},
        ):
            changed: dict[str, Any] = changes
            rules = Rules(**changed)
            self.assertEqual({name: getattr(rules, name) for name in changed}, changed)

    def test_the_reasons(self) -> None:
        """Some of them, whole."""
        for changes, reason in (
            ({"decks": 9}, "decks: expected 1 to 8, not 9"),
            ({"decks": 1.5}, "decks: expected a whole number, not 1.5"),
            ({"penetration": "half"}, "penetration: expected a number, not 'half'"),
            (
                {"bets": False},
                "double: must be 'none': it is about the bet, and there are no bets",
            ),
            (
                {"bets": False, "double": "none"},
                "insurance: must be false: it is about the bet, and there are no bets",
            ),
            ({"max_bet": 5}, "max_bet: 5 is below min_bet, 10"),
        ):
            changed: dict[str, Any] = changes
            with self.assertRaises(RulesError) as caught:
                Rules(**changed)
            self.assertEqual(str(caught.exception), reason)

    def test_how_many_seats_the_shoe_has_cards_for(self) -> None:
        """For one to eight decks, worked out by hand for the first two.

        Such as five seats of two hands, and the dealer: eleven hands of 20 points, for which the
        smallest 40 cards of a deck are needed, and one card more each, 51 in all.
        """
        for hands, seats in ((1, "77777777"), (2, "57777777"), (3, "37777777"), (4, "25777777")):
            found = [Rules(decks=decks, max_hands=hands).max_seats for decks in range(1, 9)]
            self.assertEqual("".join(map(str, found)), seats)

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
