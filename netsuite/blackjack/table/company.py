"""Who is at a table: in which seat, or watching, or waiting for a seat."""

from __future__ import annotations

from collections.abc import Iterator

from netsuite.blackjack.players.player import Player
from netsuite.blackjack.table.clocks import Pace
from netsuite.blackjack.table.news import Member
from netsuite.blackjack.table.seats import Seat
from netsuite.blackjack.table.states import Change

__all__ = ["Company"]

# How often a member may do in how many seconds what others have to read, beyond playing.
_LINES, _LINES_SECONDS = 5, 10.0


class Company:
    """Who is at a table.

    :param seats: how many seats there are.
    """

    __slots__ = ("_parting", "_places", "members", "queue")

    def __init__(self, seats: int) -> None:
        #: Who is connected, in the order in which they came; and how much they may say.
        self.members: dict[Member, Pace] = {}
        #: Those of them who wait for a seat, in order.
        self.queue: list[Member] = []
        self._places: list[Seat | None] = [None] * seats
        # Those who have left, and have yet to be told how that ended.
        self._parting: list[Member] = []

    @property
    def places(self) -> tuple[Seat | None, ...]:
        """Each seat; None for one that is free."""
        return tuple(self._places)

    @property
    def seats(self) -> list[Seat]:
        """The seats that are not free."""
        return [seat for seat in self._places if seat is not None]

    @property
    def watchers(self) -> list[Member]:
        """The members who have no seat."""
        return [member for member in self.members if self.seat_of(member) is None]

    @property
    def audience(self) -> Iterator[Member]:
        """Who is told what happens."""
        yield from self.members
        yield from self._parting

    @property
    def empty(self) -> bool:
        """Whether nobody is there, and nobody can come back."""
        return not self.members and not self.seats and not self._parting

    def seat_of(self, member: Member) -> Seat | None:
        """Find the seat of a member, also when it was given up in the midst of a round.

        :param member: the member, who may have left.
        """
        for seat in self._places:
            if seat is not None and seat.player is member.player:
                return seat
        return None

    def known(self, player: Player) -> tuple[Member | None, Seat | None]:
        """Find who is at the table by the name that a player has, if it is one's own.

        :param player: the player.
        :returns: the member, if connected, and the seat, if there is one.
        """
        if not player.named:
            return None, None
        member = next((one for one in self.members if _same(one.player, player)), None)
        return member, next((seat for seat in self.seats if _same(seat.player, player)), None)

    def add(self, member: Member) -> None:
        """Let somebody in.

        :param member: the member.
        """
        self.members[member] = Pace(_LINES, _LINES_SECONDS)

    def replace(self, old: Member, new: Member) -> None:
        """Put somebody in the place of another.

        :param old: who was there.
        :param new: who is there now.
        """
        # In the same place, since it is in this order that watchers are shown.
        self.members = {new if one is old else one: pace for one, pace in self.members.items()}
        self.queue = [new if one is old else one for one in self.queue]

    def remove(self, member: Member) -> None:
        """Let somebody out; their seat stays as it is.

        :param member: the member.
        """
        del self.members[member]
        if member in self.queue:
            self.queue.remove(member)

    def part(self, member: Member) -> None:
        """Let somebody out who is to be told how that ended.

        :param member: the member.
        """
        self.remove(member)
        self._parting.append(member)

    def parted(self, member: Member) -> None:
        """Tell somebody who has left nothing more.

        :param member: who it was.
        """
        self._parting.remove(member)

    def fill(self) -> list[Seat]:
        """Give the free seats to those who wait for one.

        :returns: the seats that were taken.
        """
        taken = []
        for number, place in enumerate(self._places):
            if place is None and self.queue:
                seat = Seat(number, self.queue.pop(0).player)
                self._places[number] = seat
                taken.append(seat)
        return taken

    def free(self, seat: Seat) -> None:
        """Take a seat from whoever has it.

        :param seat: the seat.
        """
        seat.change(Change.FREED)
        self._places[seat.number] = None


def _same(one: Player, other: Player) -> bool:
    return one.named and one.name == other.name
