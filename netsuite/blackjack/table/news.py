"""Telling the members of a table what happens: all of them the same, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from twisted.logger import Logger

from netsuite.blackjack.players.player import Player
from netsuite.blackjack.table.events import Event

__all__ = ["Member", "News"]

_log = Logger(namespace="netsuite")


class Member(Protocol):
    """Somebody at a table. Members are told apart by identity."""

    #: Who it is. It does not change as long as they are at a table.
    player: Player

    def see(self, event: Event) -> None:
        """Learn what has happened.

        The table may be used from here; what comes of it is told later. The scene is that of now:
        where much happens at once, it can be ahead of the event.

        :param event: what has happened.
        """


class News:
    """What is to be told, and done once it has been told.

    Nothing is told in the middle of a change: whoever changes something notes what there is to
    tell, and calls :meth:`run` when done. If that happens while others are being told, the new
    is told after the old.

    :param told: called whenever everything has been told.
    """

    __slots__ = ("_pending", "_running", "_told")

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._pending: list[tuple[Event, tuple[Member, ...]] | Callable[[], None]] = []
        self._running = False

    def tell(self, event: Event, members: Iterable[Member]) -> None:
        """Note something to be told.

        :param event: what has happened.
        :param members: who is to learn it.
        """
        self._pending.append((event, tuple(members)))

    def then(self, step: Callable[[], None]) -> None:
        """Note something to be done when all that has been noted so far has been told.

        :param step: does it; it may note more.
        """
        self._pending.append(step)

    def run(self) -> None:
        """Tell and do what has been noted, unless that is going on already."""
        if self._running:
            return
        self._running = True
        try:
            while self._pending:
                pending, self._pending = self._pending, []
                for each in pending:
                    if isinstance(each, tuple):
                        _tell(*each)
                    else:
                        each()
        finally:
            self._running = False
        self._told()


def _tell(event: Event, members: tuple[Member, ...]) -> None:
    for member in members:
        try:
            member.see(event)
        except Exception:
            # One member's fault is not to be the others'.
            _log.failure(
                "blackjack: a member of a table failed to see {event}", event=type(event).__name__
            )
