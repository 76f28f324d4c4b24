"""What can be typed at a table, as a table: :data:`COMMANDS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from netsuite.blackjack.stages import Action

__all__ = ["ACTIONS", "COMMANDS", "COMMAND_KEY", "Command", "command_named", "command_of"]


class Command(NamedTuple):
    """Something that can be typed.

    :param word: the word. As many of its first letters as tell it from the others will do.
    :param key: the single key that stands for it; empty if there is none.
    :param takes: what is typed behind the word, for the help; empty for nothing.
    :param summary: what it does.
    :param also: other words for it.
    """

    word: str
    key: str
    takes: str
    summary: str
    also: tuple[str, ...] = ()


# A summary is at most 26 characters long, so that the help has room for two columns.
_PLAY: Final = {
    Action.HIT: Command("hit", "h", "", "take a card"),
    Action.STAND: Command("stand", "s", "", "take no more cards", ("stay",)),
    Action.DOUBLE: Command("double", "d", "", "double the bet, one card"),
    Action.SPLIT: Command("split", "p", "", "make two hands of a pair"),
    Action.SURRENDER: Command("surrender", "r", "", "give up for half the bet"),
    Action.INSURE: Command("yes", "y", "", "insure for half the bet", ("insure",)),
    Action.NO_INSURANCE: Command("no", "n", "", "take no insurance", ("decline",)),
    Action.PLAY_ON: Command("play", "p", "", "play on, do not surrender"),
}

_OTHERS: Final = (
    Command("bet", "", "CHIPS", "a number alone will do"),
    Command("deal", "", "", "bet as before, like Enter"),
    Command("pass", "", "", "let the next round pass"),
    Command("sit", "", "", "take a seat"),
    Command("watch", "", "", "give the seat up, watch"),
    Command("say", "", "TEXT", "speak to the whole table"),
    Command("?", "?", "", "which choice is best", ("advice",)),
    Command("look", "", "", "show the table again"),
    Command("help", "", "", "what can be typed"),
    Command("rules", "", "", "the rules of this table"),
    Command("stats", "", "", "what you won and lost"),
    Command("top", "", "", "who has the most chips"),
    Command("refill", "", "", "free chips, once a day"),
    Command("fair", "", "", "how to check the shoes"),
    Command("tutor", "", "on|off", "hear of better choices"),
    Command("keys", "", "on|off", "single keys, no Enter"),
    Command("colour", "", "on|off", "colours", ("color",)),
    Command("unicode", "", "on|off", "suits as signs"),
    Command("reader", "", "on|off", "sentences, to be read out"),
    Command("prompts", "", "on|off", "mark ends, for programs"),
    Command("quit", "", "", "leave", ("exit", "bye")),
)

#: For each action its command.
ACTIONS: Final[Mapping[Action, Command]] = MappingProxyType(_PLAY)

#: Everything that can be typed, by its word.
COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {command.word: command for command in (*_PLAY.values(), *_OTHERS)}
)

#: Begins a command where single keys are taken; elsewhere it does no harm.
COMMAND_KEY: Final = "/"

_WORDS: Final = {
    word: command for command in COMMANDS.values() for word in (command.word, *command.also)
}


def command_named(word: str) -> Command | None:
    """Find the command of a whole word.

    :param word: what was typed, in any case.
    """
    return _WORDS.get(word.casefold())


def command_of(word: str) -> tuple[Command, ...]:
    """Find what a word may stand for.

    :param word: what was typed, in any case: a whole word, its first letters, or a key.
    :returns: the command; several if the letters do not tell them apart; none if there is none.
    """
    word = word.casefold()
    if not word:
        return ()
    named = command_named(word)
    if named is not None:
        return (named,)
    commands = COMMANDS.values()
    # The first of these that are any: the other words for a command stand back behind its own.
    return (
        tuple(command for command in commands if command.key == word)
        or tuple(command for command in commands if command.word.startswith(word))
        or tuple(
            command for command in commands if any(also.startswith(word) for also in command.also)
        )
    )
