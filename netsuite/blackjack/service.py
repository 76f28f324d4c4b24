"""The game on a connection: bytes in and out, deadlines, and the end.

What is typed is handed to a :class:`~netsuite.blackjack.session.session.Session`, which says what
to show. Here it is seen to that bytes arrive in any pieces, that what is typed ahead waits its
turn, that nobody who pours in input keeps the others waiting, that one who does not read is not
read from, and that one who has gone to sleep leaves at last.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IPushProducer,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from netsuite.blackjack.house import House
from netsuite.blackjack.session.session import Session
from netsuite.blackjack.telnet.codes import IAC, Command, Option
from netsuite.blackjack.telnet.input import MAX_LINE, Echo, Input, Mode, Typed
from netsuite.blackjack.telnet.negotiation import (
    AS_TYPED,
    Commanded,
    Event,
    OptionChanged,
    Telnet,
    Text,
)
from netsuite.blackjack.telnet.options import Side
from netsuite.serving.connections import Connection, Connections
from netsuite.serving.limits import LINGER
from netsuite.serving.transports import IStreamTransport, finish, prepare, writer

__all__ = ["BlackjackConnection", "BlackjackFactory"]

_log = Logger(namespace="netsuite")

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

_KEEP_ALIVE: Final = bytes([IAC, Command.NOP])


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
        self._telnet = Telnet()
        self._input = Input(min(MAX_LINE, self._limits.max_message))
        self._session = Session(factory.house, self)
        self._write: Callable[[bytes], None]
        # What has been read and not been dealt with: events, and what is typed in the first.
        self._events: deque[Event] = deque()
        self._typed: Iterator[Typed] | None = None
        self._pumping = False
        self._next: IDelayedCall | None = None
        self._handshake: IDelayedCall | None = None
        self._keys_wanted = False
        self._hidden = False
        self._begun = False
        self._half_closed = False
        self._ending = False
        self._reading = True
        self._unread: int | None = None
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
        self._handshake = self._reactor.callLater(HANDSHAKE, self._begin)
        self._keep_alive_due = self._reactor.seconds() + KEEP_ALIVE
        self._here()
        self._send(self._telnet.start())

    def dataReceived(self, data: bytes) -> None:
        """Take what has been typed, and what the client tells."""
        if self._ending:
            return  # it is read, lest it provoke a reset, and dropped
        happened, answer = self._telnet.receive(data)
        self._events += happened
        self._send(answer)
        self._pump()

    def readConnectionLost(self) -> None:
        """Deal with all that was typed, and then leave: the client may still be reading."""
        self._half_closed = True
        if self._ending:
            self.transport.loseConnection()
        else:
            self._pump()

    def writeConnectionLost(self) -> None:
        """Give the client a moment to close: all that it was sent is on its way."""
        self.deadline = self._reactor.seconds() + LINGER

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Leave the service's books, and the table."""
        self._ending = True
        self.deadline = math.inf
        for call in (self._handshake, self._next):
            if call is not None and call.active():
                call.cancel()
        self._events.clear()
        self._typed = None
        self.connections.leave(self)
        self._session.cut_off()

    def pauseProducing(self) -> None:
        """Stop reading from a client that does not read."""
        if self._unread is None:
            self._unread = 0
            self._unread_due = self._reactor.seconds() + self._limits.idle_timeout
            self._pace()

    def resumeProducing(self) -> None:
        """Go on: the client has read what was buffered for it."""
        self._unread = None
        self._unread_due = math.inf
        self._pump()

    def stopProducing(self) -> None:
        """Do nothing: ``connectionLost`` follows."""

    # What the service's books call.

    def expired(self) -> None:
        """Do what is due: keep the connection alive, ask a sleeper, or end it."""
        now = self._reactor.seconds()
        if self._ending:
            self.abort()
            return
        if self._unread_due <= now:
            self.connections.log(
                self, f"left its screen unread for {self._limits.idle_timeout:g} s"
            )
            self.abort()
            return
        if self._keep_alive_due <= now:
            self._keep_alive_due = now + KEEP_ALIVE
            if self._telnet.speaks_telnet:
                self._send(_KEEP_ALIVE)
        if self._idle_due <= now:
            if self._asked_whether_there or not self._begun:
                self._session.leave("You have been away for too long.")
            else:
                self._asked_whether_there = True
                last_call = min(LAST_CALL, self._limits.idle_timeout)
                self._idle_due = now + last_call
                self._session.nudge(last_call)
        self._pace()

    def drain(self) -> None:
        """Leave when the round in play is over."""
        if not self._ending:
            self._session.stop()

    def abort(self) -> None:
        """Close at once."""
        self.transport.abortConnection()

    # What the session calls.

    @property
    def where(self) -> str:
        """What tells one client's address from another's; the same for all on this machine."""
        return self.host or ""

    @property
    def character_mode(self) -> bool:
        """Whether the client sends single keys and leaves it to us to echo them."""
        return self._telnet.character_mode

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that is not ended, as far as it was shown."""
        shown = self._input.echo and not self._input.hidden
        return self._input.unfinished if shown else ""

    def send(self, text: str, *, prompt: bool) -> None:
        """Send text.

        :param prompt: whether it ends with a prompt.
        """
        preferences = self._session.preferences
        data = text.encode("utf-8" if preferences.style.unicode else "ascii", "replace")
        if prompt and preferences.prompts:
            data += self._telnet.prompt_mark()
        self._send(data)

    def expect(self, *, keys: bool, hidden: bool) -> None:
        """Say how what is typed next is to be taken.

        :param keys: as single keys, and not as a line.
        :param hidden: without showing it.
        """
        self._input.mode = Mode.KEYS if keys else Mode.LINES
        self._input.hidden = hidden
        if hidden is not self._hidden:
            self._hidden = hidden
            self._agree()

    def want_keys(self, wanted: bool) -> None:
        """Ask the client for single keys, or for lines."""
        self._keys_wanted = wanted
        self._agree()

    def resume(self) -> None:
        """Go on with what has been typed ahead."""
        self._pump()

    def close(self) -> None:
        """Close the connection when all has been sent."""
        if self._ending:
            return
        self._ending = True
        self._events.clear()
        self.transport.unregisterProducer()
        self.deadline = self._reactor.seconds() + self._limits.idle_timeout
        if not self._reading:
            self.transport.resumeProducing()
        finish(self.transport, half_closed=self._half_closed)

    # The work.

    def _begin(self) -> None:
        if self._begun or self._ending:
            return
        self._begun = True
        if not self._telnet.speaks_telnet:
            # What nc shows of the questions is written over by what follows.
            self._send(b"\r")
        self._session.begin()
        self._pump()

    def _pump(self) -> None:
        """Deal with some of what has been read, in order, and see when to go on."""
        if self._pumping or self._ending:
            return
        self._pumping = True
        try:
            self._deal_with(MAX_TURN)
            self._session.show()
        finally:
            self._pumping = False
        if self._ending:
            return
        if self._idle_hands:
            if self._half_closed and self._next is None:
                self._session.leave()
        elif self._may_go_on and self._next is None:
            self._next = self._reactor.callLater(0, self._go_on)
        self._pace()

    @property
    def _idle_hands(self) -> bool:
        """Whether all that has been read has been dealt with."""
        return not self._events and self._typed is None and not self._session.busy

    @property
    def _may_go_on(self) -> bool:
        return not self._session.busy and self._unread is None

    def _go_on(self) -> None:
        self._next = None
        self._pump()

    def _deal_with(self, most: int) -> None:
        while most and self._may_go_on and self._next is None and not self._ending:
            if self._typed is None:
                if not self._events:
                    break
                self._happened(self._events.popleft())
                continue
            typed = next(self._typed, None)
            if typed is None:
                self._typed = None
                continue
            if isinstance(typed, Echo):
                self._session.take(typed)
                continue
            self._here()
            if self._delay:
                self._next = self._reactor.callLater(self._delay, self._take_late, typed)
            else:
                self._take(typed)
                most -= 1

    def _take_late(self, typed: Typed) -> None:
        self._next = None
        self._take(typed)
        self._pump()

    def _take(self, typed: Typed) -> None:
        self._session.take(typed)
        # How the next character is to be taken depends on it.
        self._session.show()

    def _happened(self, event: Event) -> None:
        preferences = self._session.preferences
        if isinstance(event, Commanded):
            typed = AS_TYPED.get(event.command)
            if typed is None:
                self._answer(event.command)
            else:
                event = Text(typed)
        if isinstance(event, Text):
            self._begin()
            self._typed = self._input.feed(event.data)
        elif isinstance(event, OptionChanged):
            self._input.echo = self._telnet.options.on(Side.US, Option.ECHO)
        elif preferences.learn(event):
            self._session.prefer()
        if not self._begun and self._telnet.settled:
            self._begin()

    def _answer(self, command: Command) -> None:
        # A question is two bytes long; the answer is not to be much longer.
        if command is Command.ARE_YOU_THERE and not self._events:
            self._send(b"\r\n[yes]\r\n")

    def _agree(self) -> None:
        """Ask for what is wanted of the client: single keys, or that it does not echo."""
        telnet = self._telnet
        if not telnet.speaks_telnet:
            return
        if self._keys_wanted or not self._hidden:
            self._send(telnet.ask_character_mode(self._keys_wanted))
        else:
            self._send(telnet.ask(Side.US, Option.SGA, False))
            self._send(telnet.ask(Side.US, Option.ECHO, True))
        self._input.echo = telnet.options.on(Side.US, Option.ECHO)

    def _send(self, data: bytes) -> None:
        if not data:
            return
        if self._unread is not None:
            self._unread += len(data)
            if self._unread > MAX_UNREAD:
                self.connections.log(self, f"left more than {MAX_UNREAD} bytes unread")
                self.abort()
                return
        self._write(data)

    def _here(self) -> None:
        """Note that somebody is there."""
        self._asked_whether_there = False
        self._idle_due = self._reactor.seconds() + self._limits.idle_timeout

    def _pace(self) -> None:
        """Read or not, and set the deadline, as the state of affairs demands."""
        if self._ending:
            return
        wanted = self._unread is None and self._idle_hands
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
