"""The reactor: libuv's loop, and what Twisted asks of one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet import base
from twisted.internet._signals import SignalHandling, _MultiSignalHandling
from twisted.python import log

from netsuite.libuv.children import ReapsChildren
from netsuite.libuv.connecting import TCPConnector, UNIXConnector
from netsuite.libuv.datagrams import UDPPort
from netsuite.libuv.ports import TCPPort, UNIXPort
from netsuite.libuv.stream import Stream

try:
    from twisted.internet.epollreactor import EPollReactor
except ImportError as error:
    raise ImportError("the reactor on libuv needs Linux's epoll") from error
try:
    import uvloop
except ImportError as error:
    raise ImportError("uvloop is not installed: pip install 'netsuite[fast]'") from error

__all__ = ["LibuvReactor", "install"]


class Watched(Protocol):
    """What libuv waits for in a reactor's name."""

    @property
    def reads(self) -> bool:
        """Whether it waits for something to be read, or accepted."""

    @property
    def writes(self) -> bool:
        """Whether something is to be sent."""

    def startReading(self) -> None:
        """Wait for something to be read."""

    def stopReading(self) -> None:
        """Wait no more."""


class LibuvReactor(EPollReactor):
    """A reactor whose streams are libuv's.

    All else is Twisted's own: an epoll, which libuv's loop watches as one file descriptor of its
    own.
    """

    def __init__(self) -> None:
        #: The loop. It is asyncio's, too, so that what is written for that runs beside.
        self.loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self._watched: set[Any] = set()
        # Those who have written something in this turn, beside what they were told.
        self._dirty: list[Stream] = []
        #: Whether libuv has accepted a connection that may not know of it yet.
        self.accepted = False
        # Whether a turn has been asked for that has not begun.
        self._woken = False
        # When timers are to be looked at, and what will do so.
        self._due = math.inf
        self._timer: asyncio.TimerHandle | None = None
        super().__init__()
        self.loop.add_reader(self._poller.fileno(), self._polled)

    # Turns.

    def mainLoop(self) -> None:
        """Run until it is stopped."""
        while self._started:
            try:
                self._turn()
                if self._started:
                    self.loop.run_forever()
            except BaseException:
                log.msg("Unexpected error in main loop.")
                log.err()
            else:
                log.msg("Main loop terminated.")

    def doIteration(self, delay: float | None) -> None:
        """Deal with what there is, and with what comes in some time.

        :param delay: how long, in seconds; None until the reactor is stopped.
        """
        timer = None
        if delay is not None:
            timer = self.loop.call_later(_rounded(delay), self.loop.stop)
        self.loop.run_forever()
        if timer is not None:
            timer.cancel()

    def stop(self) -> None:
        """Stop in the next turn."""
        super().stop()
        self.wakeUp()

    def crash(self) -> None:
        """Stop, and tell nobody."""
        super().crash()
        self.loop.stop()

    def wakeUp(self) -> None:
        """Have a turn; from any thread, or a signal's handler."""
        if not self._woken:
            self._woken = True
            self.loop.call_soon_threadsafe(self._turn)

    def _polled(self) -> None:
        """Deal with the file descriptors that are Twisted's."""
        self.doPoll(0)
        self._turn()

    def _turn(self) -> None:
        """Do what is due, and see when more is."""
        if self.accepted:
            # Who came before, is let in before: what is due may be the end of all service.
            self.accepted = False
            self.loop.call_soon(self._turn_now)
        else:
            self._turn_now()

    def _turn_now(self) -> None:
        # In this order: who asks for a turn from now on has another one.
        self._woken = False
        self._due = math.inf
        try:
            self.runUntilCurrent()
        finally:
            self._schedule()

    def turn_if_due(self) -> None:
        """Do what is due, if anything is, before libuv reads anything."""
        if self._due <= self.seconds():
            self._turn_now()

    def _schedule(self) -> None:
        delay = self.timeout()
        if delay is None:
            return
        due = self.seconds() + delay
        if due < self._due:
            self._due = due
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if delay:
                self._timer = self.loop.call_later(_rounded(delay), self._turn)
            else:
                self.loop.call_soon(self._turn)

    # Timers.

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],  # noqa: A002 - what Twisted calls it
        *args: object,
        **kw: object,
    ) -> base.DelayedCall:
        """Call a function later."""
        call = super().callLater(delay, callable, *args, **kw)
        if call.getTime() < self._due:
            self._schedule()
        return call

    def _moveCallLaterSooner(self, call: base.DelayedCall) -> None:
        super()._moveCallLaterSooner(call)
        self._schedule()

    # Signals.

    def _signalsFactory(self) -> SignalHandling:
        stopping = base.ReactorBase._signalsFactory(self)
        return _MultiSignalHandling((stopping, ReapsChildren(self.callFromThread)))

    # Streams.

    def listenTCP(self, port: Any, factory: Any, backlog: int = 50, interface: str = "") -> TCPPort:
        """Listen on a TCP port."""
        made = TCPPort(port, factory, backlog, interface, self)
        made.startListening()
        return made

    def listenUNIX(
        self, address: Any, factory: Any, backlog: int = 50, mode: int = 0o666, wantPID: int = 0
    ) -> UNIXPort:
        """Listen on a UNIX socket."""
        made = UNIXPort(address, factory, backlog, mode, self, wantPID)
        made.startListening()
        return made

    def connectTCP(
        self, host: str, port: Any, factory: Any, timeout: float = 30.0, bindAddress: Any = None
    ) -> TCPConnector:
        """Connect to a TCP port."""
        made = TCPConnector(host, port, factory, timeout, bindAddress, self)
        made.connect()
        return made

    def connectUNIX(
        self, address: Any, factory: Any, timeout: float = 30.0, checkPID: int = 0
    ) -> UNIXConnector:
        """Connect to a UNIX socket."""
        made = UNIXConnector(address, factory, timeout, self, checkPID)
        made.connect()
        return made

    # Datagrams.

    def listenUDP(
        self, port: int, protocol: Any, interface: str = "", maxPacketSize: int = 8192
    ) -> UDPPort:
        """Listen on a UDP port."""
        made = UDPPort(port, protocol, interface, maxPacketSize, self)
        made.startListening()
        return made

    # The end of a turn.

    def flush_soon(self, stream: Stream) -> None:
        """Have a stream send what was written to it, at the end of this turn."""
        if not self._dirty:
            self.loop.call_soon(self._flush)
        self._dirty.append(stream)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for stream in dirty:
            try:
                stream.flush()
            except BaseException:
                # The others are to send theirs.
                log.err()

    # What libuv watches is, for those who ask, watched by the reactor.

    def watch(self, one: Watched) -> None:
        """Note that libuv watches something."""
        self._watched.add(one)

    def forget(self, one: Watched) -> None:
        """Note that it watches it no more."""
        self._watched.discard(one)

    def addReader(self, reader: Any) -> None:
        """Watch whether something can be read."""
        if reader in self._watched:
            reader.startReading()
        else:
            super().addReader(reader)

    def addWriter(self, writer: Any) -> None:
        """Watch whether something can be sent."""
        if writer in self._watched:  # A connection: ports do not send.
            writer.startWriting()
        else:
            super().addWriter(writer)

    def removeReader(self, reader: Any) -> None:
        """Watch no more whether something can be read."""
        if reader in self._watched:
            reader.stopReading()
        else:
            super().removeReader(reader)

    def removeWriter(self, writer: Any) -> None:
        """Watch no more whether something can be sent."""
        if writer not in self._watched:
            super().removeWriter(writer)

    def getReaders(self) -> list[Any]:
        """Return who waits for something to be read."""
        return [*super().getReaders(), *(one for one in self._watched if one.reads)]

    def getWriters(self) -> list[Any]:
        """Return who waits for something to be sent."""
        return [*super().getWriters(), *(one for one in self._watched if one.writes)]

    def removeAll(self) -> list[Any]:
        """Watch nothing any more.

        :returns: what was watched.
        """
        watched = [one for one in self._watched if one.reads or one.writes]
        for one in watched:
            one.stopReading()
        return [*super().removeAll(), *watched]


def _rounded(delay: float) -> float:
    """Round up to whole milliseconds, which libuv's timers count: none is to be early."""
    return math.ceil(delay * 1000) / 1000


def install() -> LibuvReactor:
    """Make it the reactor of this process.

    :raises twisted.internet.error.ReactorAlreadyInstalledError: when there is one.
    """
    from twisted.internet.main import installReactor

    reactor = LibuvReactor()
    installReactor(reactor)
    return reactor
