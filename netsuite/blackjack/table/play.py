"""A round, as the seats of a table play it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from twisted.logger import Logger

from netsuite.blackjack.hand import Outcome
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import Action, Phase
from netsuite.blackjack.table.events import Acted
from netsuite.blackjack.table.seats import Seat

__all__ = ["ANSWERS", "Play", "record"]

_log = Logger(namespace="netsuite")

#: What the table answers for whoever does not, by the phase of the round.
ANSWERS: Final[Mapping[Phase, Action]] = MappingProxyType(
    {
        Phase.EARLY: Action.PLAY_ON,
        Phase.INSURANCE: Action.NO_INSURANCE,
        Phase.PLAYING: Action.STAND,
    }
)

_WON: Final = (Outcome.WIN, Outcome.BLACKJACK)
_LOST: Final = (Outcome.LOSS, Outcome.BUST, Outcome.SURRENDERED)


class Play:
    """A round. It is dealt at once.

    :param rules: the rules.
    :param shoe: the shoe.
    :param seats: who plays; each has a bet that its player can afford.
    """

    __slots__ = ("_seats", "round")

    def __init__(self, rules: Rules, shoe: Shoe, seats: Sequence[Seat]) -> None:
        self._seats = tuple(seats)
        bets = [seat.bet or 0 for seat in seats]
        funds = [seat.player.chips - bet for seat, bet in zip(seats, bets, strict=True)]
        for position, seat in enumerate(seats):
            seat.position = position
        #: The round.
        self.round = Round(rules, shoe, bets, funds)

    @property
    def turn(self) -> tuple[Seat, int] | None:
        """The seat that is asked, and which of its hands; None when the round is over."""
        turn = self.round.turn
        return None if turn is None else (self._seats[turn[0]], turn[1])

    @property
    def asked(self) -> Seat | None:
        """The seat that is asked; None when the round is over."""
        turn = self.turn
        return None if turn is None else turn[0]

    def answer(self, action: Action | None = None, *, late: bool = False) -> Acted:
        """Answer for the seat that is asked.

        :param action: what it does; None for what :data:`ANSWERS` has for those who do not answer.
        :param late: whether its time is up.
        :returns: what is to be told of it.
        :raises netsuite.blackjack.round.NotAllowedError: when it may not be done now.
        """
        turn = self.turn
        assert turn is not None
        seat, index = turn
        hand = self.round.hand
        held = len(hand.cards)
        if action is None:
            action = ANSWERS[self.round.phase]
        self.round.act(action)
        # Of a pair that is split, one card stays.
        drawn = tuple(hand.cards[1 if action is Action.SPLIT else held :])
        return Acted(seat.number, index, action, drawn, hand.total, hand.bust, late)

    def settle(self) -> None:
        """Have all players count the round, which is over."""
        for position, seat in enumerate(self._seats):
            try:
                seat.player.settle(record(self.round, position))
            except Exception:
                # The others are to get theirs.
                _log.failure("blackjack: a player's round could not be counted")


def record(game: Round, position: int) -> Record:
    """Return what a seat has played in a round that is over.

    :param game: the round.
    :param position: which seat of the round.
    """
    outcomes = [hand.outcome for hand in game.hands[position]]
    staked = game.staked(position)
    return Record(
        rounds=1,
        hands=len(outcomes),
        won=sum(outcome in _WON for outcome in outcomes),
        pushed=outcomes.count(Outcome.PUSH),
        lost=sum(outcome in _LOST for outcome in outcomes),
        blackjacks=outcomes.count(Outcome.BLACKJACK),
        staked=staked,
        net=game.payout(position) - staked,
    )
