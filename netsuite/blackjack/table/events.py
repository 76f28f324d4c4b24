"""What happens at a table, as its members are told."""

from __future__ import annotations

import attrs

from netsuite.blackjack.fairness import Reveal
from netsuite.blackjack.stages import Action

__all__ = [
    "Acted",
    "BetPlaced",
    "BettingOpened",
    "CutOff",
    "Dealt",
    "Event",
    "Joined",
    "Left",
    "Returned",
    "RoundOver",
    "Said",
    "SatDown",
    "SatOut",
    "ShoeRevealed",
    "ShoeStarted",
    "StoodUp",
    "Stopping",
    "TakenOver",
    "TimeShort",
    "TurnCame",
]


@attrs.frozen
class ShoeStarted:
    """A new shoe has been shuffled; nothing has been dealt from it.

    :param number: counts the table's shoes, from 1.
    :param commitment: binds the house to its order, in hexadecimal: see
        :mod:`netsuite.blackjack.fairness`.
    :param seed: the seed of the shuffles, if they are not random.
    """

    number: int
    commitment: str
    seed: int | None


@attrs.frozen
class ShoeRevealed:
    """A shoe is over, and what its commitment bound the house to can be checked.

    :param number: the shoe's.
    """

    number: int
    reveal: Reveal


@attrs.frozen
class BettingOpened:
    """Bets may be placed for the next round.

    :param seconds: for how long, from now on; None when there is no hurry. A table that waits for
        the first bet tells a second time, when that has been placed; and once more, that there is
        no hurry, should all bets be withdrawn.
    """

    seconds: float | None


@attrs.frozen
class BetPlaced:
    """A seat has bet, or has asked for cards where there are no bets.

    :param chips: the bet; 0 where there are no bets.
    """

    seat: int
    chips: int


@attrs.frozen
class SatOut:
    """A seat does not play the next round."""

    seat: int


@attrs.frozen
class Dealt:
    """A round has begun: everybody who plays has two cards."""


@attrs.frozen
class TurnCame:
    """A seat is asked what to do.

    :param hand: which of its hands.
    :param seconds: how long it has; None when there is no hurry.
    """

    seat: int
    hand: int
    seconds: float | None


@attrs.frozen
class TimeShort:
    """The seat that is asked has little time left.

    :param seconds: how much.
    """

    seat: int
    seconds: float


@attrs.frozen
class Acted:
    """A seat has answered.

    :param hand: which of its hands.
    :param cards: the cards drawn for it, in order; after a split, the second card of the first
        hand.
    :param total: what the hand is worth now.
    :param bust: whether that is too much.
    :param late: whether its time was up, and the table answered for it.
    """

    seat: int
    hand: int
    action: Action
    cards: tuple[int, ...]
    total: int
    bust: bool
    late: bool


@attrs.frozen
class RoundOver:
    """The dealer has played, and all is paid. The round stays in the scene until the next.

    :param number: counts the rounds dealt from this shoe, from 1.
    :param first: the number of the first card dealt in this round, counted from 1 in the shoe.
    :param cards: all cards of this round, in the order in which they were dealt.
    """

    number: int
    first: int
    cards: tuple[int, ...]


@attrs.frozen
class Joined:
    """Somebody has come to the table, to watch."""

    name: str


@attrs.frozen
class SatDown:
    """Somebody has taken a seat."""

    seat: int
    name: str


@attrs.frozen
class StoodUp:
    """Somebody has given up their seat, and watches.

    :param seat: the seat that is free now; None if its hand is played still: the table answers for
        it, and the seat is free when the round is over.
    :param reason: why, if it was not their wish.
    """

    seat: int | None
    name: str
    reason: str = ""


@attrs.frozen
class Left:
    """Somebody has left the table.

    :param seat: the seat that is free now; None if it was a watcher, or its hand is played still:
        the table answers for it, and the seat is free when the round is over.
    :param reason: why, if it was not their wish.
    """

    seat: int | None
    name: str
    reason: str = ""


@attrs.frozen
class CutOff:
    """The connection of somebody who is seated was lost.

    :param seconds: how long the seat is kept.
    """

    seat: int
    name: str
    seconds: float


@attrs.frozen
class Returned:
    """Somebody whose connection was lost is back."""

    seat: int
    name: str


@attrs.frozen
class Said:
    """Somebody says something.

    :param text: one line, without control characters.
    """

    name: str
    text: str


@attrs.frozen
class TakenOver:
    """To one member only: somebody has signed in by the same name, and has the seat now."""


@attrs.frozen
class Stopping:
    """The service is stopping: the round is played to its end, and there will be no other."""


Event = (
    ShoeStarted
    | ShoeRevealed
    | BettingOpened
    | BetPlaced
    | SatOut
    | Dealt
    | TurnCame
    | TimeShort
    | Acted
    | RoundOver
    | Joined
    | SatDown
    | StoodUp
    | Left
    | CutOff
    | Returned
    | Said
    | TakenOver
    | Stopping
)
