"""A table: bets are placed, rounds are played, and nobody has to wait for long.

Here is what its members can do. What becomes of it, :mod:`~netsuite.blackjack.table.rounds` has,
and :mod:`~netsuite.blackjack.table.states` declares.

- Betting is open between rounds. There is no hurry until the first bet; then the others have some
  time. The cards are dealt as soon as nobody is waited for: at a private table, with the bet.
- A bet may be changed, or withdrawn, until the cards are dealt. It is withdrawn when the connection
  is lost: nobody's chips are staked while they are away.
- Who sits out :data:`~netsuite.blackjack.table.rounds.MOST_MISSED` rounds in a row, whether they
  said so or not, watches from then on.
- What others have to read of a member is bounded: lines said, bets changed, seats given up.
- Each question at a shared table has its time. When that is up, and for whoever does not play on,
  the table answers as :data:`~netsuite.blackjack.table.play.ANSWERS` has it.
- While a connection is lost, the question that its seat is asked may be put off, to the end of the
  time for which the seat is kept; but only once in a round.
- Who comes back by name, or sits down again, while the round is played in which they gave up their
  seat, has seat and hand again.
- A shoe is begun, and committed to, before any bet on it: the first one when somebody sits down.
- A shoe is over when its cut card has come, when nobody has a seat any more, and when the table
  stops.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from netsuite.blackjack.cards import DECK
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.shoe import Shuffler
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.clocks import TIMES, Times
from netsuite.blackjack.table.company import Company
from netsuite.blackjack.table.news import Member, News
from netsuite.blackjack.table.refusals import TableError, check_bet
from netsuite.blackjack.table.rounds import Rounds
from netsuite.blackjack.table.scene import Scene
from netsuite.blackjack.table.seats import Seat
from netsuite.blackjack.table.shoes import Shoes
from netsuite.blackjack.table.states import Change, Hold

__all__ = ["MOST_WATCHERS", "Member", "Table", "TableError"]

#: How many may watch a table.
MOST_WATCHERS: Final = 100


class Table:
    """A table.

    Its methods are called by its members, and by whoever has let them in. What comes of a call has
    been told to all members when it returns, unless it came from :meth:`Member.see`.

    :param rules: the rules.
    :param clock: the time.
    :param private: whether it is for one player only, who has all the time in the world.
    :param seed: what its shoes are shuffled by; None for the operating system's entropy.
    :param shuffler: shuffles its shoes instead; a test's, which knows the order.
    :param times: how long things may take.
    :param emptied: called when nobody is at the table any more, and nobody can come back to it.
    """

    __slots__ = (
        "_clock",
        "_company",
        "_emptied",
        "_news",
        "_rounds",
        "_shoes",
        "_times",
        "private",
        "rules",
    )

    def __init__(
        self,
        rules: Rules,
        clock: IReactorTime,
        *,
        private: bool = True,
        seed: int | None = None,
        shuffler: Shuffler | None = None,
        times: Times = TIMES,
        emptied: Callable[[], None] = lambda: None,
    ) -> None:
        #: The rules.
        self.rules = rules
        #: Whether it is for one player only.
        self.private = private
        self._clock = clock
        self._times = times
        self._emptied = emptied
        self._company = company = Company(1 if private else rules.max_seats)
        self._news = news = News(self._told)
        self._shoes = shoes = Shoes(rules, seed, shuffler)
        self._rounds = Rounds(rules, clock, company, news, shoes, None if private else times)

    # What can be seen.

    @property
    def idle(self) -> bool:
        """Whether no round is played."""
        return not self._rounds.playing

    @property
    def full(self) -> bool:
        """Whether nobody else can come: all seats are taken, and many watch already."""
        if None in self._company.places:
            return False
        return self.private or len(self._company.watchers) >= MOST_WATCHERS

    @property
    def shoe_number(self) -> int:
        """The number of the shoe, from 1; 0 before the first."""
        return self._shoes.number

    @property
    def commitment(self) -> str | None:
        """What binds the house to the order of the current shoe, in hexadecimal; None when the last
        one is over, and no other has been begun."""
        return self._shoes.commitment

    @property
    def last_reveal(self) -> events.ShoeRevealed | None:
        """The last shoe that is over; None before."""
        return self._rounds.last_reveal

    def scene(self, member: Member) -> Scene:
        """Return what somebody sees.

        :param member: who looks; also somebody who has just left.
        """
        company, rounds = self._company, self._rounds
        game = None if rounds.play is None else rounds.play.round
        turn, mine = rounds.turn, company.seat_of(member)
        return Scene(
            name=member.player.name,
            rules=self.rules,
            private=self.private,
            places=tuple(
                None
                if seat is None
                else seat.place(game, playing=rounds.playing, betting=rounds.betting)
                for seat in company.places
            ),
            me=None if mine is None else mine.number,
            round=game,
            turn=None if turn is None else (turn[0].number, turn[1]),
            betting=rounds.betting,
            seconds=rounds.seconds,
            left=self._shoes.left,
            cards=self.rules.decks * len(DECK),
            shoe=self._shoes.number,
            watchers=tuple(one.player.name for one in company.watchers),
            stopping=rounds.stopping,
        )

    # Coming and going.

    def join(self, member: Member) -> None:
        """Let somebody come, who takes the next free seat.

        :param member: the member.
        :raises TableError: when it is full.
        """
        if self.full:
            raise TableError(f"the table is full, and {MOST_WATCHERS} watch already")
        self._company.add(member)
        self._company.queue.append(member)
        self._rounds.fill_seats()
        if self._company.seat_of(member) is None:
            self._tell(events.Joined(member.player.name))
        self._news.run()

    def come_back(self, member: Member) -> bool:
        """Give somebody who has a name of their own what they have at the table.

        If they are still connected, the old member sees
        :class:`~netsuite.blackjack.table.events.TakenOver`, and is a member no more.

        :param member: the member.
        :returns: whether they were at the table; otherwise nothing has changed.
        """
        company = self._company
        old, seat = company.known(member.player)
        if old is None and seat is None:
            return False
        if old is None:
            company.add(member)
        else:
            company.replace(old, member)
            self._news.tell(events.TakenOver(), (old,))
        if seat is not None:
            # Whoever signed in last counts what is played for.
            seat.player = member.player
            self._withdraw(seat)
            if seat.hold is not Hold.TAKEN:
                seat.change(Change.BACK)
                self._tell(events.Returned(seat.number, seat.player.name))
        self._rounds.bets_changed()
        self._news.run()
        return True

    def leave(self, member: Member) -> None:
        """Let somebody go who wants to. The table answers for a hand that is played still.

        :param member: the member. It sees what comes of its leaving. Nothing happens if it is none.
        """
        if member not in self._company.members:
            return
        self._company.part(member)
        self._leave(member, "")
        self._news.then(partial(self._company.parted, member))
        self._news.run()

    def cut_off(self, member: Member) -> None:
        """Note that a connection was lost. Who has a name of their own may come back for a while.

        :param member: the member, which is told nothing more. Nothing happens if it is none.
        """
        company, rounds = self._company, self._rounds
        if member not in company.members:
            return
        company.remove(member)
        seat = company.seat_of(member)
        if seat is None or not member.player.named or not rounds.keeps(seat):
            self._leave(member, "lost the connection")
        else:
            kept = self._times.kept
            seat.change(Change.LOST)
            seat.kept = self._clock.callLater(kept, self._kept_long_enough, seat)
            self._withdraw(seat)
            self._tell(events.CutOff(seat.number, seat.player.name, kept))
            rounds.put_off(seat)
            rounds.bets_changed()
        self._news.run()

    def sit(self, member: Member) -> int:
        """Give somebody who watches a seat, or have them wait for one.

        :param member: the member.
        :returns: 0 when they have a seat; otherwise which seat that becomes free is theirs: 1 for
            the next.
        :raises TableError: when they are not at the table, or have a seat.
        """
        company = self._company
        self._check(member)
        seat = company.seat_of(member)
        if seat is not None:
            if seat.hold is Hold.TAKEN:
                raise TableError("you have a seat already")
            seat.change(Change.BACK)
            self._tell(events.SatDown(seat.number, seat.player.name))
        elif member not in company.queue:
            company.queue.append(member)
            self._rounds.fill_seats()
        waiting = company.queue.index(member) + 1 if member in company.queue else 0
        self._news.run()
        return waiting

    def watch(self, member: Member) -> None:
        """Have somebody give the seat up, or wait for none any more.

        :param member: the member.
        :raises TableError: when they watch already, or nobody else plays here.
        """
        self._check(member)
        if self.private:
            raise TableError("nobody else plays at this table; quit leaves it")
        seat = self._company.seat_of(member)
        if seat is not None and seat.hold is Hold.TAKEN:
            self._pace(member)
            self._rounds.leave(seat, events.StoodUp)
        elif member in self._company.queue:
            self._company.queue.remove(member)
        else:
            raise TableError("you are watching already")
        self._news.run()

    def _leave(self, member: Member, reason: str) -> None:
        seat = self._company.seat_of(member)
        if seat is None or seat.hold is Hold.GIVEN_UP:
            self._tell(events.Left(None, member.player.name, reason))
        else:
            self._rounds.leave(seat, events.Left, reason)

    def _withdraw(self, seat: Seat) -> None:
        if self._rounds.betting:
            seat.bet = None

    def _kept_long_enough(self, seat: Seat) -> None:
        self._rounds.leave(seat, events.Left, "did not come back in time")
        self._news.run()

    # Playing.

    def bet(self, member: Member, chips: int) -> None:
        """Bet on the next round, instead of what was bet on it before.

        :param member: the member.
        :param chips: the bet; 0 where there are no bets.
        :raises TableError: when that is no bet here, or there is no betting now.
        """
        seat = self._betting_seat(member)
        check_bet(self.rules, seat.player.chips, chips)
        if seat.bet is not None:
            self._pace(member)
        seat.bet, seat.passes = chips, False
        self._tell(events.BetPlaced(seat.number, chips))
        self._rounds.bets_changed()
        self._news.run()

    def sit_out(self, member: Member) -> None:
        """Let the next round pass, and withdraw what was bet on it.

        :param member: the member.
        :raises TableError: when there is no betting now, or nobody else plays here.
        """
        seat = self._betting_seat(member)
        if self.private:
            raise TableError("nobody waits for you here; bet when you like")
        if seat.passes:
            raise TableError("you let the next round pass already")
        if seat.bet is not None:
            self._pace(member)
        seat.bet, seat.passes = None, True
        self._tell(events.SatOut(seat.number))
        self._rounds.bets_changed()
        self._news.run()

    def act(self, member: Member, action: Action) -> None:
        """Answer what is asked.

        :param member: the member.
        :param action: what it does.
        :raises TableError: when it is not asked.
        :raises netsuite.blackjack.round.NotAllowedError: when it may not do that.
        """
        self._check(member)
        turn = self._rounds.turn
        if turn is None:
            raise TableError("no round is played just now")
        if turn[0] is not self._company.seat_of(member):
            raise TableError(f"it is not your turn: {turn[0].player.name} is asked")
        self._rounds.act(action)
        self._news.run()

    def say(self, member: Member, text: str) -> None:
        """Say something to everybody at the table.

        :param member: the member.
        :param text: one line, without control characters.
        :raises TableError: when there is nothing to say, nobody to hear it, or it is too much.
        """
        self._check(member)
        if not text:
            raise TableError("say what? Type it behind the word, such as: say hello")
        if self.private:
            raise TableError("nobody else is at this table")
        self._pace(member)
        self._tell(events.Said(member.player.name, text))
        self._news.run()

    def _check(self, member: Member) -> None:
        if member not in self._company.members:
            raise TableError("you are not at this table any more")

    def _pace(self, member: Member) -> None:
        """Bound how much others have to read of somebody."""
        wait = self._company.members[member].wait(self._clock.seconds())
        if wait:
            raise TableError(f"that is a lot at once; wait {ceil(wait)} s")

    def _betting_seat(self, member: Member) -> Seat:
        self._check(member)
        rounds, seat = self._rounds, self._company.seat_of(member)
        if seat is None or seat.hold is not Hold.TAKEN:
            raise TableError("you are watching; sit down first")
        if rounds.stopping:
            raise TableError("there is no further round: the server is being stopped")
        if not rounds.betting:
            raise TableError("a round is being played; bets are placed when it is over")
        return seat

    # The end.

    def stop(self) -> Deferred[None]:
        """Begin no further round.

        :returns: a Deferred that fires when the one that is played, if any, is over.
        """
        stopped = self._rounds.stop()
        self._news.run()
        return stopped

    def close(self) -> None:
        """Have everybody leave. The table answers for the hands that are played still."""
        self.stop()
        for member in tuple(self._company.members):
            self.leave(member)

    def _told(self) -> None:
        if self._company.empty:
            self._emptied()

    def _tell(self, event: events.Event) -> None:
        self._news.tell(event, self._company.audience)
