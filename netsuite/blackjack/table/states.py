"""The states of a table and of a seat, and what leads from one to the next, as two tables.

:mod:`~netsuite.blackjack.table.rounds` and :mod:`~netsuite.blackjack.table.seats` go by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

__all__ = ["HOLDS", "STATES", "Cause", "Change", "Hold", "State"]


class State(Enum):
    """What is going on at a table."""

    #: Bets may be placed; there are none, and no hurry.
    OPEN = auto()
    #: Somebody has bet, and the others may for some time.
    CLOSING = auto()
    #: A round is played.
    PLAYING = auto()
    #: A round is over and paid; those who are told see it as it ended.
    OVER = auto()
    #: A round is played, and there will be no other.
    LAST = auto()
    #: The last round is over and paid, or none was played; it is told that it ends.
    ENDING = auto()
    #: There is no round any more.
    CLOSED = auto()


class Cause(Enum):
    """What leads a table from one state to another."""

    #: The first bet is placed.
    BET = auto()
    #: The last bet is withdrawn.
    WITHDRAWN = auto()
    #: Nobody is waited for any more; the cards are dealt.
    DEALT = auto()
    #: The dealer has played, and all is paid.
    PAID = auto()
    #: Everybody has been told of it.
    TOLD = auto()
    #: There shall be no further round.
    STOP = auto()


#: For each state of a table, what may happen in it and which state follows.
STATES: Final[Mapping[State, Mapping[Cause, State]]] = MappingProxyType(
    {
        State.OPEN: {
            Cause.BET: State.CLOSING,
            Cause.STOP: State.ENDING,
        },
        State.CLOSING: {
            Cause.WITHDRAWN: State.OPEN,
            Cause.DEALT: State.PLAYING,
            Cause.STOP: State.ENDING,
        },
        State.PLAYING: {
            Cause.PAID: State.OVER,
            Cause.STOP: State.LAST,
        },
        State.OVER: {
            Cause.TOLD: State.OPEN,
            Cause.STOP: State.ENDING,
        },
        State.LAST: {
            Cause.PAID: State.ENDING,
        },
        State.ENDING: {
            Cause.TOLD: State.CLOSED,
        },
        State.CLOSED: {},
    }
)


class Hold(Enum):
    """How somebody has a seat."""

    #: They are connected, and play.
    TAKEN = auto()
    #: Their connection was lost; the seat is kept for them, for a while.
    KEPT = auto()
    #: They play no more. The table answers for the hand that is still played; when that round is
    #: over, the seat is free.
    GIVEN_UP = auto()
    #: Somebody else may have it.
    FREE = auto()


class Change(Enum):
    """What leads from one way of having a seat to another."""

    #: The connection of somebody who can come back is lost.
    LOST = auto()
    #: They are back.
    BACK = auto()
    #: They leave, watch, or have not come back in time, with a hand that is still played.
    LEFT = auto()
    #: The same without such a hand; or the round is over that it was played in.
    FREED = auto()


#: For each way of having a seat, what may happen and what follows.
HOLDS: Final[Mapping[Hold, Mapping[Change, Hold]]] = MappingProxyType(
    {
        Hold.TAKEN: {
            Change.LOST: Hold.KEPT,
            Change.LEFT: Hold.GIVEN_UP,
            Change.FREED: Hold.FREE,
        },
        Hold.KEPT: {
            Change.BACK: Hold.TAKEN,
            Change.LEFT: Hold.GIVEN_UP,
            Change.FREED: Hold.FREE,
        },
        Hold.GIVEN_UP: {
            Change.BACK: Hold.TAKEN,
            Change.FREED: Hold.FREE,
        },
        Hold.FREE: {},
    }
)
