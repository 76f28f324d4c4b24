"""What somebody at a table sees, at one moment."""

from __future__ import annotations

import attrs

from netsuite.blackjack.hand import Hand
from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import Rules

__all__ = ["Place", "Scene"]


@attrs.frozen(kw_only=True)
class Place:
    """A seat that somebody has.

    :param name: whose it is.
    :param chips: what they have beyond what is staked.
    :param bet: the bet on the next round, or the first bet on this one; None before there is one.
    :param hands: the hands of the round that is played, or was played last; empty without.
    :param insured: the chips staked on insurance.
    :param won: once the round is over, what it brought beyond what was staked; below 0 for a loss.
    :param present: whether they are connected.
    :param sits_out: whether they let a round pass.
    """

    name: str
    chips: int
    bet: int | None
    hands: tuple[Hand, ...]
    insured: int
    won: int
    present: bool
    sits_out: bool


@attrs.frozen(kw_only=True)
class Scene:
    """A table, as one of its members sees it. It is looked at at once, and not kept: the hands in
    it are those being played.

    :param name: who looks.
    :param rules: the table's rules.
    :param private: whether nobody else can come.
    :param places: each seat; None for one that is free.
    :param me: the seat of whoever looks; None for a watcher.
    :param round: the round that is played, or was played last; None before the first.
    :param turn: the seat that is asked, and which of its hands; None when nobody is.
    :param betting: whether bets may be placed.
    :param seconds: how much time is left for what is asked; None when there is no hurry.
    :param left: the cards left in the shoe before the cut card; 0 when it has come.
    :param cards: the cards of a full shoe.
    :param shoe: the number of the shoe, from 1; 0 before the first.
    :param watchers: the names of those who watch.
    :param stopping: whether this is the last round.
    """

    name: str
    rules: Rules
    private: bool
    places: tuple[Place | None, ...]
    me: int | None
    round: Round | None
    turn: tuple[int, int] | None
    betting: bool
    seconds: float | None
    left: int
    cards: int
    shoe: int
    watchers: tuple[str, ...]
    stopping: bool

    @property
    def mine(self) -> Place | None:
        """The seat of whoever looks."""
        return None if self.me is None else self.places[self.me]

    @property
    def my_turn(self) -> bool:
        """Whether whoever looks is asked."""
        return self.turn is not None and self.turn[0] == self.me
