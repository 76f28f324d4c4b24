"""What can be typed, as a table: :data:`COMMANDS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from netsuite.blackjack.stages import Action

__all__ = ["ACTIONS", "COMMANDS", "Command", "command_of"]


class Command(NamedTuple):
    """Something that can be typed.

    :param word: the word. As many of its first letters as tell it from the others will do.
    :param key: the single key that stands for it; empty if there is none.
    :param takes: what is typed behind the word, for the help; empty for nothing.
    :param summary: what it does.
    """

    word: str
    key: str
    takes: str
    summary: str


_PLAY: Final = {
    Action.HIT: Command("hit", "h", "", "take a card"),
    Action.STAND: Command("stand", "s", "", "take no more cards"),
    Action.DOUBLE: Command("double", "d", "", "double the bet and take exactly one card"),
    Action.SPLIT: Command("split", "p", "", "make two hands of a pair"),
    Action.SURRENDER: Command("surrender", "r", "", "give the hand up for half of the bet"),
    Action.INSURE: Command("insure", "y", "", "bet half as much on a blackjack of the dealer's"),
    Action.NO_INSURANCE: Command("decline", "n", "", "take no insurance"),
    Action.PLAY_ON: Command("play", "p", "", "do not surrender, play on"),
}

_OTHERS: Final = (
    Command("bet", "", "CHIPS", "bet on the next round; a number alone does too"),
    Command("deal", "", "", "bet as before, or ask for cards; Enter alone does too"),
    Command("pass", "", "", "let the next round pass"),
    Command("sit", "", "", "take a seat"),
    Command("watch", "", "", "give the seat up, and watch"),
    Command("say", "", "TEXT", "say something to everybody at the table"),
    Command("?", "?", "", "which choice is best, and by how much"),
    Command("look", "", "", "show the table again"),
    Command("help", "", "", "what can be typed"),
    Command("rules", "", "", "the rules of this table"),
    Command("stats", "", "", "what you have won and lost"),
    Command("top", "", "", "who has the most chips"),
    Command("refill", "", "", "fill up your chips, free, once a day"),
    Command("fair", "", "", "how to check that the shoe was not tampered with"),
    Command("tutor", "", "on|off", "be told whenever another choice was better"),
    Command("keys", "", "on|off", "single keys, without Enter"),
    Command("colour", "", "on|off", "colours"),
    Command("unicode", "", "on|off", "cards such as A♠, or AS"),
    Command("reader", "", "on|off", "plain sentences, for a screen reader"),
    Command("prompts", "", "on|off", "marks at the ends of prompts, for programs"),
    Command("quit", "", "", "leave"),
)

#: For each action its command.
ACTIONS: Final[Mapping[Action, Command]] = MappingProxyType(_PLAY)

#: Everything that can be typed, by its word.
COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {command.word: command for command in (*_PLAY.values(), *_OTHERS)}
)


def command_of(word: str) -> tuple[Command, ...]:
    """Find what a word may stand for.

    :param word: what was typed, in any case: a whole word, its first letters, or a key.
    :returns: the command; several if the letters do not tell them apart; none if there is none.
    """
    word = word.casefold()
    if not word:
        return ()
    if word in COMMANDS:
        return (COMMANDS[word],)
    keys = tuple(command for command in COMMANDS.values() if command.key == word)
    return keys or tuple(command for name, command in COMMANDS.items() if name.startswith(word))
