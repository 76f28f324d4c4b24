"""How the end of a child process is noticed."""

from __future__ import annotations

import signal
from collections.abc import Callable

from twisted.internet import process

__all__ = ["ReapsChildren"]


class ReapsChildren:
    """Has the handler of SIGCHLD look after child processes that have ended.

    Elsewhere Twisted has the signal's number written to a pipe by ``signal.set_wakeup_fd``. While
    uvloop runs, that is a pipe of uvloop's: it wakes up, and has Python call the handler.

    It provides ``twisted.internet._signals.SignalHandling``.

    :param soon: has a function called in a turn of the reactor, from a signal handler.
    """

    def __init__(self, soon: Callable[[Callable[[], object]], object]) -> None:
        self._soon = soon

    def install(self) -> None:
        """Look after them from now on, and after those that have ended already."""
        signal.signal(signal.SIGCHLD, lambda *_: self._soon(process.reapAllProcesses))
        signal.siginterrupt(signal.SIGCHLD, False)
        process.reapAllProcesses()

    def uninstall(self) -> None:
        """Do so no more."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
