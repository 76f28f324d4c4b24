"""Running a coroutine on the reactor until it ends, or somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

#: A client's main function: it takes the reactor and returns the exit status.
Main = Callable[[Any], Coroutine[Deferred[Any], Any, int]]


def run(main: Main) -> int:
    """Run *main* until it ends. It can be done once in a process, as the reactor runs once.

    SIGINT and SIGTERM cancel what *main* waits for, so that it can tidy up and say its last
    word; a second signal ends the process at once.

    :returns: what *main* returns.
    :raises KeyboardInterrupt: at SIGINT.
    :raises SystemExit: with status 143 at SIGTERM.
    :raises Exception: whatever *main* raises.
    """
    from twisted.internet import reactor as installed

    reactor: Any = installed
    outcome: list[int | Failure] = []
    signals: list[int] = []
    work: Deferred[int] = Deferred()

    def begin() -> None:
        nonlocal work
        work = Deferred.fromCoroutine(main(reactor))
        work.addBoth(end)

    def end(result: int | Failure) -> None:
        outcome.append(result)
        reactor.stop()

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if signals:
            os._exit(128 + number)
        signals.append(number)
        reactor.callFromThread(lambda: work.cancel())

    handled = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, interrupt) for number in handled]
    try:
        reactor.callWhenRunning(begin)
        # Our handlers cancel; Twisted's would stop the reactor under the coroutine's feet.
        reactor.run(installSignalHandlers=False)
    finally:
        for number, handler in zip(handled, previous, strict=True):
            signal.signal(number, handler)
    if signals == [signal.SIGINT]:
        raise KeyboardInterrupt
    if signals:
        raise SystemExit(128 + signals[0])
    (result,) = outcome
    if isinstance(result, Failure):
        result.raiseException()
    assert isinstance(result, int)
    return result
