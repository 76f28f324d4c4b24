"""A player at a table: chips, and a record of what was won and lost."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Player", "Record"]


class Record(NamedTuple):
    """What somebody has played: one round, or all of them. Chips are whole.

    :param rounds: rounds played.
    :param hands: hands played; a split makes one more.
    :param won: hands won, those with a blackjack included.
    :param pushed: hands that nobody won.
    :param lost: hands lost, those that were surrendered included.
    :param blackjacks: blackjacks that won.
    :param staked: chips staked, on doubles, splits and insurance too.
    :param net: chips won less chips lost.
    """

    rounds: int = 0
    hands: int = 0
    won: int = 0
    pushed: int = 0
    lost: int = 0
    blackjacks: int = 0
    staked: int = 0
    net: int = 0

    def plus(self, other: Record) -> Record:
        """Return the record of both together."""
        return Record(*map(sum, zip(self, other, strict=True)))


class Player:
    """Somebody who plays as a guest: nothing is kept beyond the connection.

    :param name: how the others know them.
    :param chips: what they have.
    """

    #: Whether they have a name of their own, by which they get their seat back.
    named = False

    def __init__(self, name: str, chips: int) -> None:
        self.name = name
        #: What they have, apart from what a round that has begun brings or takes.
        self.chips = chips
        #: What they have played so far.
        self.record = Record()

    def settle(self, played: Record) -> None:
        """Count a round that is over.

        :param played: the round; its ``net`` is what the player's chips change by.
        """
        self.chips += played.net
        self.record = self.record.plus(played)
