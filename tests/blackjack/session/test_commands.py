"""What can be typed."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.session.commands import ACTIONS, COMMANDS, command_of
from netsuite.blackjack.stages import STAGES, Action


def found(word: str) -> list[str]:
    return [command.word for command in command_of(word)]


class CommandTests(SynchronousTestCase):
    def test_every_action_has_a_command(self) -> None:
        self.assertEqual(set(ACTIONS), set(Action))
        for command in ACTIONS.values():
            self.assertIs(COMMANDS[command.word], command)

    def test_keys_tell_actions_apart_that_are_asked_together(self) -> None:
        for stage in STAGES.values():
            keys = [ACTIONS[action].key for action in stage.asks]
            self.assertEqual(len(set(keys)), len(keys))
            self.assertNotIn(COMMANDS["?"].key, keys)
        self.assertEqual({len(command.key) for command in ACTIONS.values()}, {1})

    def test_words_are_found(self) -> None:
        for word, command in COMMANDS.items():
            self.assertEqual(command_of(word), (command,))
            self.assertEqual(command_of(word.upper()), (command,))
            for other in command.also:
                self.assertEqual(command_of(other), (command,))

    def test_no_word_stands_for_two_commands(self) -> None:
        words = [word for each in COMMANDS.values() for word in (each.word, *each.also)]
        self.assertEqual(len(set(words)), len(words))

    def test_first_letters(self) -> None:
        for word, expected in (
            ("hi", ["hit"]),
            ("stan", ["stand"]),
            ("ins", ["yes"]),
            ("q", ["quit"]),
            ("colo", ["colour"]),
            ("re", ["refill", "reader"]),
            ("x", []),
            ("", []),
            ("hits", []),
        ):
            self.assertEqual(found(word), expected, word)

    def test_a_key_comes_before_first_letters(self) -> None:
        self.assertEqual(found("s"), ["stand"])
        self.assertEqual(found("H"), ["hit"])
        self.assertEqual(found("p"), ["split", "play"])

    def test_the_help_has_room(self) -> None:
        for command in COMMANDS.values():
            self.assertLessEqual(len(command.summary), 26, command.word)
