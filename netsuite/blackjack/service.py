"""The game on a connection: bytes in and out, deadlines, and the end.

What is typed is handed to a :class:`~netsuite.blackjack.session.session.Session`, which says what
to show. Here it is seen to that what is typed ahead waits its turn, that nobody who pours in input
keeps the others waiting, that one who does not read is not read from, and that one who has gone to
sleep leaves at last.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IPushProducer,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from netsuite.blackjack.house import House
from netsuite.blackjack.session.session import Session
from netsuite.blackjack.session.terminal import Signal, Terminal
from netsuite.blackjack.telnet.input import MAX_LINE, Echo, Typed
from netsuite.serving.connections import Connection, Connections
from netsuite.serving.limits import LINGER
from netsuite.serving.transports import IStreamTransport, finish, prepare, writer

__all__ = ["BlackjackConnection", "BlackjackFactory"]

#: How long to wait for a client to tell about its terminal, before it is greeted without, in
#: seconds. One that speaks telnet answers within a round trip; ``nc`` never does.
HANDSHAKE: Final = 0.4
#: How often a client that speaks telnet is sent something, so that no firewall in between takes
#: the connection for dead, in seconds.
KEEP_ALIVE: Final = 30.0
#: How long somebody who has been idle may take to say that they are still there, in seconds.
LAST_CALL: Final = 60.0
#: How much of what is typed is dealt with before others have their turn, in lines or keys.
MAX_TURN: Final = 16
#: How much may be waiting for a client that does not read, beyond what its transport buffers
#: before it complains, in bytes.
MAX_UNREAD: Final = 256 * 1024

#: How many characters echoed, or words about the terminal, take as long as a line.
_LIGHT: Final = 16


class _Phase(Enum):
    """How far a connection has come; it only ever moves down this list."""

    #: The client has been asked about its terminal, and has not been greeted.
    HANDSHAKE = auto()
    #: What is typed is dealt with.
    OPEN = auto()
    #: All is said; the client may read it in peace.
    LINGERING = auto()
    #: It is closed, or about to be.
    CLOSED = auto()


@implementer(IHalfCloseableProtocol, IPushProducer)
class BlackjackConnection(Protocol, Connection):
    """The connection of one player.

    :param factory: what all connections share.
    :param address: the client's address.
    """

    transport: IStreamTransport

    def __init__(self, factory: BlackjackFactory, address: IAddress) -> None:
        self.address = address
        self.connections = factory.connections
        self._limits = factory.connections.limits
        self._reactor = factory.connections.reactor
        self._delay = factory.delay
        self._terminal = Terminal(min(MAX_LINE, self._limits.max_message))
        self.preferences = self._terminal.preferences
        self._session = Session(factory.house, self)
        self._phase = _Phase.HANDSHAKE
        self._write: Callable[[bytes], None]
        self._handshake: IDelayedCall | None = None
        # Goes on with what has been read; while there is such a call, nobody else does.
        self._next: IDelayedCall | None = None
        self._pumping = False
        self._reading = True
        self._half_closed = False
        # How much was sent since the client stopped reading.
        self._unread = 0
        self._asked_whether_there = False
        self._keep_alive_due = math.inf
        self._idle_due = math.inf
        self._unread_due = math.inf

    # What Twisted calls.

    def connectionMade(self) -> None:
        """Enter the service's books, and ask the client about its terminal."""
        self.connections.enter(self, self.address)
        prepare(self.transport)
        self._write = writer(self.transport)
        self.transport.registerProducer(self, True)
        self._handshake = self._reactor.callLater(HANDSHAKE, self._not_answered)
        self._keep_alive_due = self._reactor.seconds() + KEEP_ALIVE
        self._here()
        self._pace()
        self._send(self._terminal.start())

    def dataReceived(self, data: bytes) -> None:
        """Take what has been typed, and what the client tells."""
        if self._live:  # otherwise it is read, lest it provoke a reset, and dropped
            self._send(self._terminal.receive(data))
            self._pump()

    def readConnectionLost(self) -> None:
        """Deal with all that was typed, and then leave: the client may still be reading."""
        self._half_closed = True
        if self._live:
            self._terminal.hang_up()
            self._pump()
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Give the client a moment to close: all that it was sent is on its way."""
        self.deadline = self._reactor.seconds() + LINGER

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Leave the service's books, and the table."""
        self._phase = _Phase.CLOSED
        self.deadline = math.inf
        for call in (self._handshake, self._next):
            if call is not None:
                call.cancel()
        self._handshake = self._next = None
        self._terminal.forget()
        self.connections.leave(self)
        self._session.cut_off()

    def pauseProducing(self) -> None:
        """Stop reading from a client that does not read. Transports say so again and again."""
        if self._unread_due == math.inf:
            self._unread = 0
            self._unread_due = self._reactor.seconds() + self._limits.idle_timeout
            self._pace()

    def resumeProducing(self) -> None:
        """Go on: the client has read what was buffered for it."""
        self._unread_due = math.inf
        self._pump()

    def stopProducing(self) -> None:
        """Do nothing: ``connectionLost`` follows."""

    # What the service's books call.

    def expired(self) -> None:
        """Do what is due: keep the connection alive, ask a sleeper, or end it."""
        now = self._reactor.seconds()
        if not self._live:
            self.abort()
        elif self._unread_due <= now:
            self._give_up(f"left its screen unread for {self._limits.idle_timeout:g} s")
        elif self._idle_due <= now:
            self._idle(now)
        elif self._keep_alive_due <= now:
            self._keep_alive_due = now + KEEP_ALIVE
            self._send(self._terminal.keep_alive())
        self._pace()

    def drain(self) -> None:
        """Leave when the round in play is over."""
        if self._live:
            self._session.stop()

    def abort(self) -> None:
        """Close at once."""
        self._phase = _Phase.CLOSED
        self.transport.abortConnection()

    # What the session calls: see Desk.

    @property
    def where(self) -> str:
        """What tells one client's address from another's; the same for all on this machine."""
        return self.host or ""

    @property
    def character_mode(self) -> bool:
        """Whether the client sends single keys and leaves it to us to echo them."""
        return self._terminal.character_mode

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that is not ended, as far as it was shown."""
        return self._terminal.unfinished

    @property
    def typed_ahead(self) -> bool:
        """Whether what is typed has been shown above the last prompt, before that was sent."""
        return self._terminal.typed_ahead

    def send(self, text: str, *, prompt: bool) -> None:
        """Send text."""
        self._send(self._terminal.write(text, prompt=prompt))

    def expect(self, *, keys: bool, hidden: bool) -> None:
        """Say how what is typed next is to be taken."""
        self._send(self._terminal.expect(keys=keys, hidden=hidden))

    def begin_line(self, text: str) -> None:
        """Have what is typed next be the rest of a line, although single keys were expected."""
        self._terminal.begin_line(text)

    def want_keys(self, wanted: bool) -> None:
        """Ask the client for single keys, or for lines."""
        self._send(self._terminal.want_keys(wanted))

    def resume(self) -> None:
        """Go on with what has been typed ahead."""
        self._pump()

    def close(self) -> None:
        """Close the connection when all has been sent."""
        if not self._live:
            return
        self._phase = _Phase.LINGERING
        self._terminal.forget()
        self.transport.unregisterProducer()
        self.deadline = self._reactor.seconds() + self._limits.idle_timeout
        if not self._reading:
            self.transport.resumeProducing()
        finish(self.transport, half_closed=self._half_closed)

    # The work.

    @property
    def _live(self) -> bool:
        return self._phase in (_Phase.HANDSHAKE, _Phase.OPEN)

    @property
    def _waits(self) -> bool:
        """Whether nothing more is dealt with now."""
        return (
            not self._live
            or self._session.busy
            or self._next is not None
            or self._unread_due != math.inf
        )

    def _not_answered(self) -> None:
        self._handshake = None
        self._begin()
        self._pump()

    def _begin(self) -> None:
        """Greet the player, if that has not been done."""
        if self._phase is not _Phase.HANDSHAKE:
            return
        self._phase = _Phase.OPEN
        if self._handshake is not None:
            self._handshake.cancel()
            self._handshake = None
        if not self._terminal.speaks_telnet:
            # What nc shows of the questions is written over by what follows.
            self._send(b"\r")
        self._session.begin()

    def _pump(self) -> None:
        """Deal with some of what has been read, in order, and see when to go on."""
        if self._pumping:
            return
        self._pumping = True
        try:
            self._deal_with()
            self._session.show()
        finally:
            self._pumping = False
        if not self._waits:
            if not self._terminal.exhausted:
                self._next = self._reactor.callLater(0, self._go_on)
            elif self._half_closed:
                self._session.leave()
        self._pace()

    def _go_on(self) -> None:
        self._next = None
        self._pump()

    def _deal_with(self) -> None:
        done = 0
        while done < MAX_TURN * _LIGHT and not self._waits:
            if self._terminal.exhausted:
                if self._terminal.settled:
                    self._begin()
                break
            done += 1
            match self._terminal.read():
                case None | Signal.NOTHING:
                    pass
                case Signal.TOLD:
                    self._session.learn()
                case Signal.ASKED:
                    self._session.reassure()
                case Echo() as echo:
                    self._here()
                    self._begin()
                    self._session.take(echo)
                case typed:
                    done += _LIGHT - 1
                    self._here()
                    self._begin()
                    self._take_in_time(typed)

    def _take_in_time(self, typed: Typed) -> None:
        if self._delay:
            self._next = self._reactor.callLater(self._delay, self._take_late, typed)
        else:
            self._session.take(typed)

    def _take_late(self, typed: Typed) -> None:
        self._next = None
        self._session.take(typed)
        self._pump()

    def _send(self, data: bytes) -> None:
        if not data or self._phase is _Phase.CLOSED:
            return
        if self._unread_due != math.inf:
            self._unread += len(data)
            if self._unread > MAX_UNREAD:
                self._give_up(f"left more than {MAX_UNREAD} bytes unread")
                return
        self._write(data)

    def _give_up(self, reason: str) -> None:
        self.connections.log(self, reason)
        self.abort()

    def _here(self) -> None:
        """Note that somebody is there."""
        self._asked_whether_there = False
        self._idle_due = self._reactor.seconds() + self._limits.idle_timeout

    def _idle(self, now: float) -> None:
        """Ask whether somebody is there; if that has been done, there is nobody."""
        if self._asked_whether_there:
            self._session.leave("You have been away for too long.")
        else:
            self._asked_whether_there = True
            last_call = min(LAST_CALL, self._limits.idle_timeout)
            self._idle_due = now + last_call
            self._session.nudge(last_call)

    def _pace(self) -> None:
        """Read or not, and set the deadline, as the state of affairs demands."""
        if not self._live:
            return
        wanted = self._unread_due == math.inf and self._terminal.exhausted
        if wanted is not self._reading and not self._half_closed:
            self._reading = wanted
            if wanted:
                self.transport.resumeProducing()
            else:
                self.transport.pauseProducing()
        self.deadline = min(self._keep_alive_due, self._idle_due, self._unread_due)


class BlackjackFactory(ServerFactory):
    """Builds the connections of the game.

    :param house: what all sessions share.
    :param connections: the service's books.
    :param delay: how long the house takes over each line or key, in seconds.
    """

    noisy = False

    def __init__(self, house: House, connections: Connections, *, delay: float = 0.0) -> None:
        self.house = house
        self.connections = connections
        self.delay = delay

    def logPrefix(self) -> str:
        """Return what Twisted's own log lines call the service."""
        return self.connections.service

    def buildProtocol(self, addr: IAddress | None) -> BlackjackConnection | None:
        """Return the protocol for a client, or None if it is not let in."""
        assert addr is not None
        return BlackjackConnection(self, addr) if self.connections.admits(addr) else None
