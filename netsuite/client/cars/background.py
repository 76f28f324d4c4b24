"""Iterating over what blocks, such as a file or a pipe, without holding up the reactor."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

import attrs
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

_T = TypeVar("_T")

#: How many items are fetched before they are asked for.
AHEAD = 256


@attrs.frozen
class _End:
    """What follows the last item: why there are no more, unless all have come."""

    failure: Failure | None


class InBackground(Generic[_T]):
    """Yields what an iterable yields, which is iterated over in a thread of its own.

    It is a daemon thread: the process may end while a pipe is being waited for.

    :param reactor: the reactor.
    :param items: what to iterate over.
    """

    def __init__(self, reactor: Any, items: Iterable[_T]) -> None:
        self._reactor = reactor
        self._items = items
        self._ready: queue.Queue[_T | _End] = queue.Queue(AHEAD)
        self._waiting: Deferred[None] | None = None
        threading.Thread(target=self._fetch, daemon=True).start()

    def __aiter__(self) -> InBackground[_T]:
        return self

    async def __anext__(self) -> _T:
        while True:
            # The thread looks for who waits after it has put an item. So who waits must look
            # for an item after it has said so.
            self._waiting = waiting = Deferred[None]()
            try:
                item = self._ready.get_nowait()
            except queue.Empty:
                await waiting
                continue
            self._waiting = None
            break
        if not isinstance(item, _End):
            return item
        self._ready.put(item)  # for whoever asks again; there is room, as the thread has ended
        if item.failure is not None:
            item.failure.raiseException()
        raise StopAsyncIteration

    def _fetch(self) -> None:
        """Run in the thread."""
        end = _End(None)
        try:
            for item in self._items:
                self._put(item)
        except BaseException:
            end = _End(Failure())
        self._put(end)

    def _put(self, item: _T | _End) -> None:
        self._ready.put(item)
        if self._waiting is not None:
            self._reactor.callFromThread(self._wake)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.called:
            waiting.callback(None)
