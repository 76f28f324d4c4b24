"""Rules in files."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rulefile import MAX_SIZE, RuleFileError, find_rules, parse_rules, read_rules
from netsuite.blackjack.rules import PRESETS, RulesError


class RuleFileTests(SynchronousTestCase):
    def refused(self, content: bytes) -> str:
        path = Path(self.mktemp())
        path.write_bytes(content)
        with self.assertRaises(RuleFileError) as caught:
            read_rules(path)
        return str(caught.exception)

    def test_a_file(self) -> None:
        path = Path(self.mktemp()).with_suffix(".toml")
        path.write_text('base = "european"\ndecks = 8\nsurrender = "early"\n')
        rules = find_rules(str(path))
        self.assertEqual(rules.name, path.stem)
        self.assertEqual((rules.decks, rules.surrender, rules.hole_card), (8, "early", "none"))

    def test_what_a_file_does_not_say_is_as_in_vegas(self) -> None:
        self.assertEqual(parse_rules("", "vegas"), PRESETS["vegas"])
        self.assertEqual(parse_rules('name = "ours"').name, "ours")

    def test_the_example(self) -> None:
        """That of the documentation."""
        rules = read_rules(Path(__file__).parents[2] / "docs" / "examples" / "blackjack.toml")
        self.assertEqual((rules.name, rules.decks, rules.surrender), ("our club", 8, "early"))

    def test_presets(self) -> None:
        self.assertIs(find_rules("simple"), PRESETS["simple"])

    def test_an_unknown_key_names_the_nearest(self) -> None:
        for key, near in (("deks", "decks"), ("Surender", "surrender"), ("bse", "base")):
            with self.assertRaises(RulesError) as caught:
                parse_rules(f"{key} = 1")
            self.assertIn(f"did you mean '{near}'?", str(caught.exception))

    def test_what_is_wrong(self) -> None:
        self.assertIn("decks: expected 1 to 8", self.refused(b"decks = 99"))
        self.assertIn("base: expected one of simple", self.refused(b'base = "reno"'))
        self.assertIn("base: expected one of simple", self.refused(b"base = []"))
        self.assertIn("name: expected a name", self.refused(b"name = 3"))
        self.assertIn("line 2, column 9", self.refused(b"\ndecks = x"))
        self.assertIn("not UTF-8", self.refused(b"\xff"))
        self.assertIn(f"larger than {MAX_SIZE} bytes", self.refused(b"#" * (MAX_SIZE + 1)))
        self.assertIn("nested too deeply", self.refused(b"decks = " + b"[" * 20_000))
        self.assertIn("4300 digits", self.refused(b"min_bet = " + b"9" * 5_000))
        self.assertIn("name: expected at most 40 characters", self.refused(b"name = '%41d'" % 1))

    def test_the_largest_file(self) -> None:
        path = Path(self.mktemp())
        path.write_bytes(b"#" * MAX_SIZE)
        self.assertEqual(read_rules(path).decks, PRESETS["vegas"].decks)

    def test_a_game_without_bets_has_no_limits_for_them(self) -> None:
        for key in ("min_bet", "max_bet", "bankroll"):
            with self.assertRaises(RulesError) as caught:
                parse_rules(f'base = "simple"\n{key} = 10')
            self.assertEqual(str(caught.exception), f"{key}: must be left out: there are no bets")
            self.assertEqual(getattr(parse_rules(f"{key} = 100"), key), 100)

    def test_no_file(self) -> None:
        with self.assertRaises(RuleFileError) as caught:
            find_rules("vegass")
        self.assertIn("neither a file nor one of the rules simple, vegas", str(caught.exception))
        with self.assertRaises(RuleFileError):
            find_rules(".")
