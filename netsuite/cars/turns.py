"""The order in which one client's requests take effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, maybeDeferred

T = TypeVar("T")


class Turns:
    """Has a client's look-ups wait for its earlier changes, and its changes for earlier look-ups.

    A store answers look-ups while changes wait for the disk: a client that sends both without
    waiting in between would not find what it has just registered. Requests of one kind go on side
    by side; the store keeps the changes in order.
    """

    __slots__ = ("_changing", "_queue", "_under_way")

    def __init__(self) -> None:
        self._under_way = 0
        self._changing = False  # what is under way
        # The client's next requests; the exchange bounds how many.
        self._queue: list[tuple[bool, Callable[[], Any], Deferred[Any]]] = []

    def take(self, changes: bool, work: Callable[[], T | Deferred[T]]) -> T | Deferred[T]:
        """Carry out the client's next request, as soon as it is its turn.

        :param changes: whether it is a change; else it is a look-up.
        :param work: carries it out.
        :returns: what it returns; a Deferred of that if it has to wait.
        """
        if not self._under_way or (changes is self._changing and not self._queue):
            return self._begin(changes, work)
        waiting: Deferred[T] = Deferred()
        self._queue.append((changes, work, waiting))
        return waiting

    def _begin(self, changes: bool, work: Callable[[], T | Deferred[T]]) -> T | Deferred[T]:
        result = work()
        if isinstance(result, Deferred):
            self._changing = changes
            self._under_way += 1
            result.addBoth(self._done)
        return result

    def _done(self, result: T) -> T:
        self._under_way -= 1
        while self._queue:
            changes, work, waiting = self._queue[0]
            if self._under_way and changes is not self._changing:
                break
            del self._queue[0]
            if not waiting.called:  # the client is there still
                maybeDeferred(self._begin, changes, work).chainDeferred(waiting)
        return result
