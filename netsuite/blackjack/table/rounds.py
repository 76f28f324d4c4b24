"""One round after the other, at a table."""

from __future__ import annotations

from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.clocks import Countdown, Times
from netsuite.blackjack.table.company import Company
from netsuite.blackjack.table.news import News
from netsuite.blackjack.table.play import Play
from netsuite.blackjack.table.seats import Seat
from netsuite.blackjack.table.shoes import Shoes
from netsuite.blackjack.table.states import STATES, Cause, Change, Hold, State

__all__ = ["MOST_MISSED", "Rounds"]

#: Who sits out so many rounds in a row gives the seat up.
MOST_MISSED: Final = 3

_BETTING: Final = (State.OPEN, State.CLOSING)
_PLAYING: Final = (State.PLAYING, State.LAST)
_STOPPING: Final = (State.LAST, State.ENDING, State.CLOSED)


class Rounds:
    """The rounds of a table: the machine of :data:`~netsuite.blackjack.table.states.STATES`.

    What its methods note to be told, their caller has told.

    :param rules: the rules.
    :param clock: the time.
    :param company: who plays.
    :param news: what is to be told.
    :param shoes: what is dealt from.
    :param times: how long bets and answers may take; None where there is no hurry.
    """

    __slots__ = (
        "_company",
        "_countdown",
        "_news",
        "_rules",
        "_shoes",
        "_state",
        "_stopped",
        "_times",
        "last_reveal",
        "play",
    )

    def __init__(
        self,
        rules: Rules,
        clock: IReactorTime,
        company: Company,
        news: News,
        shoes: Shoes,
        times: Times | None,
    ) -> None:
        #: The round that is played, or was played last; None before the first.
        self.play: Play | None = None
        #: The last shoe that is over; None before.
        self.last_reveal: events.ShoeRevealed | None = None
        self._rules = rules
        self._company = company
        self._news = news
        self._shoes = shoes
        self._times = times
        self._countdown = Countdown(clock, self._time_is_up, self._time_is_short)
        self._state = State.OPEN
        self._stopped: list[Deferred[None]] = []

    # What can be seen.

    @property
    def betting(self) -> bool:
        """Whether bets may be placed."""
        return self._state in _BETTING

    @property
    def playing(self) -> bool:
        """Whether a round is played."""
        return self._state in _PLAYING

    @property
    def stopping(self) -> bool:
        """Whether no further round will begin."""
        return self._state in _STOPPING

    @property
    def seconds(self) -> float | None:
        """How much time is left for what is asked; None when there is no hurry."""
        return self._countdown.left

    @property
    def turn(self) -> tuple[Seat, int] | None:
        """The seat that is asked, and which of its hands; None when nobody is."""
        return self.play.turn if self.play is not None and self.playing else None

    def plays(self, seat: Seat) -> bool:
        """Whether a seat has a hand in the round that is played.

        :param seat: the seat.
        """
        return self.playing and seat.position is not None

    def keeps(self, seat: Seat) -> bool:
        """Whether a seat would be kept for somebody whose connection is lost.

        :param seat: the seat.
        """
        return seat.hold is Hold.TAKEN and not self.stopping

    # Bets.

    def bets_changed(self) -> None:
        """Look at the bets, of which one has been placed or withdrawn, or is waited for no more."""
        if not self.betting:
            return
        seats = self._company.seats
        first = self._state is State.OPEN
        if all(seat.bet is None for seat in seats):
            if not first:
                self._move(Cause.WITHDRAWN)
                self._countdown.stop()
                self._tell(events.BettingOpened(None))
            return
        if first:
            self._move(Cause.BET)
        if not any(seat.undecided for seat in seats):
            self._begin()
        elif first and self._times is not None:
            self._countdown.start(self._times.betting)
            self._tell(events.BettingOpened(self._times.betting))

    # A round.

    def act(self, action: Action) -> None:
        """Answer for the seat that is asked.

        :param action: what it does.
        :raises netsuite.blackjack.round.NotAllowedError: when it may not be done now.
        """
        assert self.play is not None
        self._tell(self.play.answer(action))
        self._ask()

    def put_off(self, seat: Seat) -> None:
        """Give a seat that is kept for somebody more time for what it is asked, once in a round.

        :param seat: the seat.
        """
        if self.turn is not None and self.turn[0] is seat and seat.kept and not seat.put_off:
            seat.put_off = self._countdown.extend(seat.kept.getTime())

    def _begin(self) -> None:
        self._move(Cause.DEALT)
        seats = self._company.seats
        for seat in seats:
            if seat.undecided:
                self._tell(events.SatOut(seat.number))
            seat.missed = seat.missed + 1 if seat.bet is None else 0
            seat.position = None
            seat.put_off = False
        seats = [seat for seat in seats if seat.bet is not None]
        self.play = Play(self._rules, self._shoes.begin_round(), seats)
        self._tell(events.Dealt())
        self._ask()

    def _ask(self) -> None:
        """Ask the next seat that somebody plays for."""
        self._countdown.stop()
        assert self.play is not None
        while (turn := self.play.turn) is not None:
            seat, hand = turn
            if seat.hold is not Hold.GIVEN_UP:
                if self._times is not None:
                    self._countdown.start(self._times.turn, self._times.short)
                    self.put_off(seat)
                self._tell(events.TurnCame(seat.number, hand, self.seconds))
                return
            self._tell(self.play.answer())
        self._move(Cause.PAID)
        self.play.settle()
        self._tell(self._shoes.end_round())
        self._news.then(self._clear)

    def _clear(self) -> None:
        """Go on when it has been told how a round ended, or that there is no other."""
        self._move(Cause.TOLD)
        closed = self._state is State.CLOSED
        for seat in self._company.seats:
            seat.bet, seat.passes = None, False
        for seat in self._company.seats:
            if seat.hold is Hold.GIVEN_UP:
                self._free(seat)
            elif closed and seat.hold is Hold.KEPT:
                self.leave(seat, events.Left, "did not come back in time")
            elif seat.missed >= MOST_MISSED and self._times is not None:
                what = events.Left if seat.hold is Hold.KEPT else events.StoodUp
                self.leave(seat, what, f"sat out {MOST_MISSED} rounds")
        if closed or self._shoes.spent:
            self._reveal()
        if closed:
            self._news.then(self._tell_stopped)
        elif self._company.seats:
            self._start_shoe()
            self._tell(events.BettingOpened(None))

    # Time.

    def _time_is_up(self) -> None:
        if self.betting:
            self._begin()
        else:
            assert self.play is not None
            self._tell(self.play.answer(late=True))
            self._ask()
        self._news.run()

    def _time_is_short(self, seconds: float) -> None:
        assert self.turn is not None
        self._tell(events.TimeShort(self.turn[0].number, seconds))
        self._news.run()

    # Seats.

    def fill_seats(self) -> None:
        """Give the free seats to those who wait for one."""
        for seat in self._company.fill():
            self._tell(events.SatDown(seat.number, seat.player.name))
        if self.betting and self._company.seats:
            # The house is bound to the shoe before any bet.
            self._start_shoe()

    def leave(
        self, seat: Seat, what: type[events.Left] | type[events.StoodUp], reason: str = ""
    ) -> None:
        """Have the player of a seat leave it. The table answers for a hand that is played still.

        :param seat: the seat.
        :param what: as what to tell it.
        :param reason: why, if it was not their wish.
        """
        plays = self.plays(seat)
        self._tell(what(None if plays else seat.number, seat.player.name, reason))
        if plays:
            asked = self.turn is not None and self.turn[0] is seat
            seat.change(Change.LEFT)
            if asked:
                self._ask()
        else:
            self._free(seat)
            self.bets_changed()

    def _free(self, seat: Seat) -> None:
        self._company.free(seat)
        if not self.stopping:
            self.fill_seats()
        if not self._company.seats:
            self._reveal()
            self.play = None

    # Shoes.

    def _start_shoe(self) -> None:
        started = self._shoes.start()
        if started is not None:
            self._tell(started)

    def _reveal(self) -> None:
        revealed = self._shoes.reveal()
        if revealed is not None:
            self.last_reveal = revealed
            self._tell(revealed)

    # The end.

    def stop(self) -> Deferred[None]:
        """Begin no further round.

        :returns: a Deferred that fires when the one that is played, if any, is over and told.
        """
        stopped = Deferred[None]()
        self._stopped.append(stopped)
        if Cause.STOP in STATES[self._state]:
            self._tell(events.Stopping())
            if self.betting:
                self._countdown.stop()
                self._news.then(self._clear)
            self._move(Cause.STOP)
            for seat in self._company.seats:
                # Nobody is let in any more who could come back; and when nobody is waited for, the
                # others are shown how the round has ended for them.
                if self.playing and seat.hold is Hold.KEPT:
                    self.leave(seat, events.Left, "did not come back in time")
        elif self._state is State.CLOSED:
            self._tell_stopped()
        return stopped

    def _tell_stopped(self) -> None:
        stopped, self._stopped = self._stopped, []
        for each in stopped:
            each.callback(None)

    def _tell(self, event: events.Event) -> None:
        self._news.tell(event, self._company.audience)

    def _move(self, cause: Cause) -> None:
        self._state = STATES[self._state][cause]
