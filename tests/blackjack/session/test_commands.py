"""Words, their first letters, and keys."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.session.commands import ACTIONS, COMMANDS, command_named, command_of
from netsuite.blackjack.session.deeds import _ASIDES, _DEEDS
from netsuite.blackjack.stages import STAGES, Action


def words(typed: str) -> list[str]:
    """What something that is typed may stand for."""
    return [command.word for command in command_of(typed)]


class CommandTests(SynchronousTestCase):
    def test_each_has_a_deed(self) -> None:
        self.assertEqual(set(_DEEDS), set(COMMANDS))
        self.assertLessEqual(set(_ASIDES), set(COMMANDS))

    def test_each_by_its_word(self) -> None:
        for word, command in COMMANDS.items():
            for each in (word, *command.also):
                self.assertEqual(command_of(each), (command,))
                self.assertEqual(command_of(each.upper()), (command,))
                self.assertIs(command_named(each.title()), command)

    def test_no_word_is_used_twice(self) -> None:
        used = [each for command in COMMANDS.values() for each in (command.word, *command.also)]
        self.assertEqual(len(used), len(set(used)))

    def test_every_action_has_a_key_of_its_own_where_it_is_asked(self) -> None:
        self.assertEqual(set(ACTIONS), set(Action))
        for phase, stage in STAGES.items():
            keys = [ACTIONS[action].key for action in stage.asks]
            self.assertEqual(len(keys), len(set(keys)), phase)
            self.assertNotIn("", keys)
            self.assertNotIn("/", keys)
            self.assertNotIn("?", keys)

    def test_keys(self) -> None:
        for key, found in (("h", ["hit"]), ("S", ["stand"]), ("p", ["split", "play"])):
            self.assertEqual(words(key), found)

    def test_first_letters(self) -> None:
        for typed, found in (
            ("ru", ["rules"]),
            ("q", ["quit"]),
            ("dea", ["deal"]),
            ("st", ["stand", "stats"]),
            ("re", ["refill", "reader"]),
            ("su", ["surrender"]),
            ("pa", ["pass"]),
            ("b", ["bet"]),
            ("c", ["colour"]),
        ):
            self.assertEqual(words(typed), found, typed)

    def test_other_words_stand_back(self) -> None:
        """``b`` is no bye as long as there are bets; but where nothing else is meant they are."""
        for typed, found in (
            ("stay", ["stand"]),
            ("bye", ["quit"]),
            ("by", ["quit"]),
            ("color", ["colour"]),
            ("ex", ["quit"]),
            ("adv", ["?"]),
            ("ins", ["yes"]),
        ):
            self.assertEqual(words(typed), found, typed)

    def test_none(self) -> None:
        for typed in ("", "x", "hits", "betting", "?!", "\N{KELVIN SIGN}eyz"):
            self.assertEqual(words(typed), [], typed)
            self.assertIsNone(command_named(typed))
