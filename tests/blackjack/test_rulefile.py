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
        self.assertTrue(str(caught.exception).startswith(f"{path}: "))
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
        self.assertIn("larger than", self.refused(b"#" * (MAX_SIZE + 1)))

    def test_no_file(self) -> None:
        with self.assertRaises(RuleFileError) as caught:
            find_rules("vegass")
        self.assertIn("neither a file nor one of the rules simple, vegas", str(caught.exception))
        with self.assertRaises(RuleFileError):
            find_rules(".")
