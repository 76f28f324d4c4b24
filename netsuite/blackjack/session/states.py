"""How far a session has come, and what leads from there to where, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

__all__ = ["TRANSITIONS", "State"]


class State(Enum):
    """How far a session has come."""

    #: Nothing has been said.
    NEW = auto()
    #: The player is asked who they are.
    SIGNING_IN = auto()
    #: The player is at a table.
    AT_TABLE = auto()
    #: The player leaves when the round is over: the service stops.
    LAST_ROUND = auto()
    #: The player leaves, and sees what comes of it.
    LEAVING = auto()
    #: It is over.
    GONE = auto()


#: What may follow upon what.
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.NEW: frozenset({State.SIGNING_IN, State.LEAVING, State.GONE}),
        State.SIGNING_IN: frozenset({State.AT_TABLE, State.LEAVING, State.GONE}),
        State.AT_TABLE: frozenset({State.LAST_ROUND, State.LEAVING, State.GONE}),
        State.LAST_ROUND: frozenset({State.LEAVING, State.GONE}),
        State.LEAVING: frozenset({State.GONE}),
        State.GONE: frozenset(),
    }
)
