"""Who plays? The first questions of a session, as one dialogue."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from twisted.internet.defer import Deferred

from netsuite.blackjack.house import House
from netsuite.blackjack.players.accounts import AccountError
from netsuite.blackjack.players.names import player_name
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.players.words import check_length
from netsuite.blackjack.screen.wording import chips
from netsuite.storage import StoreError

__all__ = ["Asking", "Question", "sign_in"]

_REFUSALS: Final = (ValueError, AccountError, StoreError)

_UNREACHABLE: Final = "The store of players is out of reach. Try again later, or play as a guest."


class Question(NamedTuple):
    """What the next line answers.

    :param hidden: whether the answer is a secret word.
    :param answer: fires with it.
    """

    text: str
    hidden: bool
    answer: Deferred[str]


class Asking(Protocol):
    """Whoever is asked."""

    @property
    def where(self) -> str:
        """Where they are, to tell those who guess words from others."""

    async def ask(self, question: str, *, hidden: bool = False) -> str:
        """Ask for a line.

        :param hidden: whether it is a secret word.
        """

    def tell(self, sentence: str) -> None:
        """Say something."""


async def sign_in(asking: Asking, house: House) -> Player:
    """Find out who plays, where that matters.

    :returns: the player: one that has a name, or a guest.
    """
    if not house.asks_names:
        await asking.ask("Press Enter to begin:")
        return house.guest()
    while True:
        text = await asking.ask("Your name, or Enter to play as a guest:")
        if not text.strip():
            return house.guest()
        try:
            name = player_name(text)
            known = await house.accounts.known(name)
        except _REFUSALS as error:
            asking.tell(_why(error))
            continue
        player = await (_old if known else _new)(asking, house, name)
        if player is not None:
            return player


# Whatever is wrong with a word, the same is asked again. Whoever tries once more would otherwise
# type it where it is taken for a name, and shown.


async def _old(asking: Asking, house: House, name: str) -> Player | None:
    question = f"Secret word of {name}, or Enter for another name:"
    while word := await asking.ask(question, hidden=True):
        try:
            player = await house.accounts.sign_in(name, word, asking.where)
        except _REFUSALS as error:
            asking.tell(_why(error))
        else:
            has = f" You have {chips(player.chips)} chips." if house.rules.bets else ""
            asking.tell(f"Welcome back, {player.name}.{has}")
            return player
    return None


async def _new(asking: Asking, house: House, name: str) -> Player | None:
    asking.tell(f"Nobody is called {name} yet. Choose a secret word, and the name is yours.")
    while word := await asking.ask("Secret word, or Enter for another name:", hidden=True):
        try:
            check_length(word)
            if await asking.ask("The same again:", hidden=True) != word:
                asking.tell("These were two different words.")
                continue
            player = await house.accounts.register(name, word, house.rules.bankroll)
        except _REFUSALS as error:
            asking.tell(_why(error))
        else:
            asking.tell(f"Welcome, {player.name}.")
            return player
    return None


def _why(error: Exception) -> str:
    """Say in a sentence why something was refused."""
    if isinstance(error, StoreError):
        return _UNREACHABLE
    reason = str(error)
    return f"{reason[:1].upper()}{reason[1:]}."
