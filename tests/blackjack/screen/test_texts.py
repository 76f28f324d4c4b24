"""What is shown when a session begins, and whenever somebody asks for it."""

from __future__ import annotations

from typing import Any

import attrs
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.fairness import Reveal
from netsuite.blackjack.players.accounts import Standing
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.session.commands import ACTIONS, COMMANDS
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table.events import ShoeRevealed

WIDE = Style(columns=120)
READER = Style(columns=120, reader=True)
VEGAS = PRESETS["vegas"]


def joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


class GreetingTests(SynchronousTestCase):
    def test_it_is_the_same_for_everybody(self) -> None:
        # Nothing is known of the client when it is sent.
        style = Style(unicode=True, colour=True)
        lines = texts.greeting(style, VEGAS, False, None)
        self.assertEqual(lines, texts.greeting(Style(reader=True), VEGAS, False, None))
        self.assertIn("If you use a screen reader, type reader.", lines)
        self.assertIn("a table of your own", joined(lines))

    def test_what_is_special_about_the_tables(self) -> None:
        said = joined(texts.greeting(WIDE, VEGAS, True, 7))
        self.assertIn("a table with others", said)
        self.assertIn("shuffled with the seed 7", said)


class HelpTests(SynchronousTestCase):
    def test_it_names_all_commands(self) -> None:
        for columns in (40, 80, 120):
            lines = texts.help(Style(columns=columns))
            said = joined(lines)
            for command in COMMANDS.values():
                key = command.key or command.word
                shown = command.word.replace(key, f"[{key}]", 1)
                self.assertEqual(said.count(shown), 1, shown)
                self.assertIn(command.summary.replace("♠", "S"), said)
        for command in COMMANDS.values():
            self.assertEqual(joined(texts.help(READER)).count(f"{command.summary}."), 1)

    def test_it_fits_into_a_window(self) -> None:
        self.assertLessEqual(len(texts.help(Style(columns=80))), 20)


class RulesTests(SynchronousTestCase):
    def test_each_setting_is_told(self) -> None:
        base = Rules(max_hands=3, surrender="late", split_tens="rank", hit_split_aces=True)
        said = texts.rules(WIDE, base, 0.01)
        others: dict[str, Any] = {
            "name": "other",
            "decks": 1,
            "penetration": 0.5,
            "dealer_hits_soft_17": False,
            "blackjack_pays": "6:5",
            "double": "9-11",
            "double_after_split": False,
            "max_hands": 4,
            "resplit_aces": True,
            "hit_split_aces": False,
            "split_tens": "value",
            "surrender": "early",
            "insurance": False,
            "min_bet": 20,
            "max_bet": 400,
            "bankroll": 2000,
        }
        for name, value in others.items():
            other = attrs.evolve(base, **{name: value})
            self.assertNotEqual(texts.rules(WIDE, other, 0.01), said, name)
        open_card = attrs.evolve(base, hole_card="none", surrender="early")
        original = attrs.evolve(open_card, original_bets_only=True)
        self.assertNotEqual(texts.rules(WIDE, open_card, 0.01), said)
        self.assertNotEqual(texts.rules(WIDE, original, 0.01), texts.rules(WIDE, open_card, 0.01))

    def test_payouts_are_those_of_the_settlement(self) -> None:
        for rules, expected in (
            (VEGAS, "pays 3 to 2: 15 on a bet of 10."),
            (VEGAS, "what is less the house keeps: a blackjack on 11 pays 16."),
            (Rules(blackjack_pays="6:5"), "pays 6 to 5: 12 on a bet of 10."),
            (Rules(blackjack_pays="6:5"), "a blackjack on 11 pays 13."),
            (Rules(blackjack_pays="6:5", min_bet=7), "pays 6 to 5: 12 on a bet of 10."),
            (Rules(blackjack_pays="1:1", surrender="late"), "surrendering 11 returns 5."),
        ):
            self.assertIn(expected, joined(texts.rules(WIDE, rules, 0.01)))
        self.assertNotIn("whole", joined(texts.rules(WIDE, Rules(blackjack_pays="1:1"), 0.01)))

    def test_no_example_is_a_bet_that_cannot_be(self) -> None:
        said = joined(texts.rules(WIDE, Rules(min_bet=10, max_bet=10), 0.01))
        self.assertIn("pays 3 to 2: 15 on a bet of 10.", said)
        self.assertNotIn("whole", said)
        said = joined(texts.rules(WIDE, Rules(min_bet=11, max_bet=11), 0.01))
        self.assertIn("A blackjack pays 3 to 2.", said)
        self.assertIn("a blackjack on 11 pays 16", said)

    def test_no_blackjack_is_spoken_of_where_there_is_none(self) -> None:
        rules = Rules(blackjack_pays="none", insurance=False, surrender="late")
        said = joined(texts.rules(WIDE, rules, 0.01))
        self.assertIn("surrendered for half the bet.", said)
        self.assertNotIn("blackjack", said)

    def test_edge(self) -> None:
        for rules, edge, expected in (
            (VEGAS, 0.00734, "the house wins 0.73% of each first bet"),
            (VEGAS, -0.002, "the player wins 0.20% of each first bet"),
            (PRESETS["simple"], 0.0466, "dealer wins 4.66 of 100 rounds more than the player"),
        ):
            self.assertIn(expected, joined(texts.rules(WIDE, rules, edge)))

    def test_the_simple_game(self) -> None:
        said = joined(texts.rules(WIDE, PRESETS["simple"], 0.0466))
        self.assertIn("There are no bets: hit or stand.", said)
        for word in ("split", "insurance", "surrender", "doubled"):
            self.assertNotIn(word, said.lower())


class StatisticsTests(SynchronousTestCase):
    def test_stats(self) -> None:
        record = Record(12, 14, 6, 2, 6, 1, 700, -50)
        said = joined(texts.stats(WIDE, "Zoë", 950, record))
        self.assertEqual(
            said,
            "Zoe rounds 12 hands 14 won 6 (43%) pushed 2 (14%) lost 6 (43%) blackjacks 1"
            " staked 700 in all 50 lost chips 950",
        )

    def test_nothing_played(self) -> None:
        said = joined(texts.stats(READER, "Ann", 1000, Record()))
        self.assertEqual(
            said,
            "Ann. rounds: 0. hands: 0. won: 0. pushed: 0. lost: 0. blackjacks: 0. chips: 1,000.",
        )

    def test_leaders(self) -> None:
        rows = [Standing("Bob", 1_250_000, 124_000, 81), Standing("Ann", 20, -980, 3)]
        lines = texts.leaderboard(WIDE, rows, "Ann")
        self.assertEqual(
            [line.split() for line in lines],
            [
                ["chips", "rounds", "won"],
                ["1.", "Bob", "1.2M", "81", "+124,000"],
                [">", "2.", "Ann", "20", "3", "-980"],
            ],
        )
        self.assertEqual(
            texts.leaderboard(READER, rows, "Ann"),
            ["1: Bob, 1,250,000 chips.", "2: Ann, 20 chips."],
        )

    def test_no_leaders(self) -> None:
        self.assertEqual(texts.leaderboard(WIDE, [], "Ann"), ["Nobody with a name has played yet."])


class AdviceTests(SynchronousTestCase):
    VALUES = {Action.STAND: -0.2, Action.HIT: -0.5412, Action.DOUBLE: -1.0824}

    def test_advice(self) -> None:
        self.assertEqual(
            texts.advice(WIDE, self.VALUES),
            ["Best: stand -0.20 of the bet on average. hit -0.54, double -1.08."],
        )
        self.assertEqual(
            texts.advice(READER, self.VALUES),
            [
                "Best: stand. On average it loses 0.20 of the bet.",
                "Hit loses 0.54.",
                "Double loses 1.08.",
            ],
        )

    def test_all_actions_have_names(self) -> None:
        values = dict.fromkeys(Action, 0.5)
        said = joined(texts.advice(WIDE, values))
        for action, command in ACTIONS.items():
            if action not in (Action.INSURE, Action.NO_INSURANCE):
                self.assertIn(command.word, said)
        self.assertIn("insurance +0.50, no insurance +0.50", said)

    def test_only_one_choice(self) -> None:
        self.assertEqual(
            texts.advice(WIDE, {Action.NO_INSURANCE: 0.0}),
            ["Best: no insurance 0.00 of the bet on average."],
        )

    def test_tutor(self) -> None:
        self.assertEqual(texts.tutor(WIDE, Action.STAND, self.VALUES), [])
        self.assertEqual(
            texts.tutor(WIDE, Action.HIT, self.VALUES),
            ["Better: stand, by 0.34 of the bet on average."],
        )
        close = {Action.HIT: 0.1, Action.STAND: 0.099}
        self.assertEqual(
            texts.tutor(WIDE, Action.STAND, close),
            ["Better: hit, by less than 0.01 of the bet on average."],
        )
        even = {Action.HIT: 0.3 - 0.1, Action.STAND: 0.2}
        self.assertEqual(texts.tutor(WIDE, Action.STAND, even), [])


class FairTests(SynchronousTestCase):
    def test_what_is_known(self) -> None:
        reveal = Reveal("0123456789abcdef" * 2, (0, 1, 2))
        said = joined(texts.fair(WIDE, 3, "ab" * 32, ShoeRevealed(2, reveal)))
        self.assertIn(f"[Shoe 3 commitment (SHA-256): {'ab' * 32}]", said)
        self.assertIn(f"[Shoe 2 revealed: {reveal.nonce} AS 2S 3S]", said)
        self.assertIn("netsuite blackjack verify FILE", said)
        self.assertNotIn("[", joined(texts.fair(WIDE, 0, None, None)))


class WrappingTests(SynchronousTestCase):
    def test_sentences(self) -> None:
        style = Style(columns=40)
        self.assertEqual(
            texts.wrapped(style, "Expected on or off, not \x1b[2J in any of the words that came."),
            ["Expected on or off, not \\x1b[2J in any", "of the words that came."],
        )
