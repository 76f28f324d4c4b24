"""Who gets which table, and a seat back."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.table.clocks import TIMES, Times
from netsuite.blackjack.table.news import Member
from netsuite.blackjack.table.table import MOST_WATCHERS, Table, TableError

__all__ = ["Lobby", "LobbyFull"]


class LobbyFull(TableError):  # noqa: N818 - it names a state of affairs
    """Nobody else is let in; the message says why, in words for a player."""


class Lobby:
    """Lets players in: each to a table of their own, or all to one.

    :param rules: the rules of every table.
    :param clock: the time.
    :param shared: whether all come to one table.
    :param seed: what the shoes are shuffled by; None for the operating system's entropy. All
        private tables have the same shoes with it.
    :param times: how long things may take.
    """

    def __init__(
        self,
        rules: Rules,
        clock: IReactorTime,
        *,
        shared: bool = False,
        seed: int | None = None,
        times: Times = TIMES,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._seed = seed
        self._times = times
        # The private tables that somebody is at, or can come back to; and those of players who have
        # names of their own.
        self._private: set[Table] = set()
        self._by_name: dict[str, Table] = {}
        self._shared = self._table(private=False) if shared else None
        self._at: dict[Member, Table] = {}

    def enter(self, member: Member) -> Table:
        """Let somebody in, to what they have at a table already, if it is so.

        :param member: the member. If its player has a name of their own, that is spelt as when they
            came before.
        :returns: the table.
        :raises LobbyFull: when nobody else is let in.
        """
        name = member.player.name if member.player.named else None
        known = self._shared if name is None or self._shared else self._by_name.get(name)
        if known is not None and known.come_back(member):
            self._at[member] = known
            return known
        table = self._shared or self._open(name)
        if table.full:
            raise LobbyFull(
                f"all seats are taken, and {MOST_WATCHERS} watch already; come back later"
            )
        self._at[member] = table
        table.join(member)
        return table

    def leave(self, member: Member) -> None:
        """Let somebody go who wants to.

        :param member: the member; nothing happens if it is at no table.
        """
        table = self._at.pop(member, None)
        if table is not None:
            table.leave(member)

    def cut_off(self, member: Member) -> None:
        """Note that a connection was lost.

        :param member: the member; nothing happens if it is at no table.
        """
        table = self._at.pop(member, None)
        if table is not None:
            table.cut_off(member)

    def close(self) -> None:
        """Have everybody leave. Rounds that are played are played to their end at once, and nothing
        waits for time any more."""
        self._at.clear()
        for table in [*self._private, *([self._shared] if self._shared else [])]:
            table.close()

    def _open(self, name: str | None) -> Table:
        """Open a private table.

        :param name: its player's, if it is one of their own.
        """

        def emptied() -> None:
            self._private.discard(table)
            if name is not None and self._by_name.get(name) is table:
                del self._by_name[name]

        table = self._table(private=True, emptied=emptied)
        self._private.add(table)
        if name is not None:
            self._by_name[name] = table
        return table

    def _table(self, *, private: bool, emptied: Callable[[], None] = lambda: None) -> Table:
        return Table(
            self._rules,
            self._clock,
            private=private,
            seed=self._seed,
            times=self._times,
            emptied=emptied,
        )
