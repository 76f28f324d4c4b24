"""The phases of a round and what can be done in them, as a table: :data:`STAGES`.

:class:`~netsuite.blackjack.round.Round` is the machine that goes by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["STAGES", "Action", "Phase", "Stage"]


class Phase(IntEnum):
    """Where a round is."""

    #: Seats may surrender before the dealer looks for a blackjack.
    EARLY = 0
    #: Seats may insure their bets.
    INSURANCE = 1
    #: The dealer looks for a blackjack.
    PEEK = 2
    #: Seats play their hands.
    PLAYING = 3
    #: The dealer plays.
    DEALER = 4
    #: All is paid.
    OVER = 5


class Action(IntEnum):
    """What a seat can do."""

    #: Take a card.
    HIT = 0
    #: Take no more cards.
    STAND = 1
    #: Double the bet, take one card, and no more.
    DOUBLE = 2
    #: Make two hands of a pair, with a bet on each.
    SPLIT = 3
    #: Give the hand up for half of the bet.
    SURRENDER = 4
    #: Stake half of the bet on the dealer's having a blackjack. On a blackjack of one's own this is
    #: even money.
    INSURE = 5
    #: Do not insure.
    NO_INSURANCE = 6
    #: Do not surrender before the dealer looks for a blackjack.
    PLAY_ON = 7


class Stage(NamedTuple):
    """What happens in a phase.

    :param asks: what seats may be asked for; empty when nobody is asked.
    :param then: the phase that follows when all seats have answered.
    :param ends: the phase that follows when the dealer has looked and has a blackjack.
    """

    asks: frozenset[Action]
    then: Phase
    ends: Phase


def _stage(then: Phase, *asks: Action, ends: Phase | None = None) -> Stage:
    return Stage(frozenset(asks), then, then if ends is None else ends)


#: The phases of a round. A phase that does not apply is passed: nobody is asked.
STAGES: Final[Mapping[Phase, Stage]] = MappingProxyType(
    {
        Phase.EARLY: _stage(Phase.INSURANCE, Action.SURRENDER, Action.PLAY_ON),
        Phase.INSURANCE: _stage(Phase.PEEK, Action.INSURE, Action.NO_INSURANCE),
        Phase.PEEK: _stage(Phase.PLAYING, ends=Phase.DEALER),
        Phase.PLAYING: _stage(
            Phase.DEALER,
            Action.HIT,
            Action.STAND,
            Action.DOUBLE,
            Action.SPLIT,
            Action.SURRENDER,
        ),
        Phase.DEALER: _stage(Phase.OVER),
        Phase.OVER: _stage(Phase.OVER),
    }
)
