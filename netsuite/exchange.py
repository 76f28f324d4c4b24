"""One request, one reply, in order: the protocol that most services share.

A service is a *rule*, a function from a request to its reply. This module carries rules over
connections and answers for everything that has nothing to do with what they say: that bytes arrive
in any pieces, that replies leave in the order of the requests even when the rules take their time,
that a client that has shut down its sending side still gets its replies, that one that does not
read them is not read from, and that nobody holds a connection for ever.

>>> from netsuite.framing import Nul
>>> factory = ExchangeFactory(bytes.swapcase, Nul, Connections("swapcase", Limits()))
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum, auto
from typing import Any, Final, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IPushProducer,
    IReactorTime,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from netsuite.framing import Framing, FramingError
from netsuite.serving.connections import Connection, Connections
from netsuite.serving.limits import LINGER, Limits
from netsuite.serving.liveness import acknowledged
from netsuite.serving.transports import IStreamTransport, finish, prepare, writer

__all__ = ["Exchange", "ExchangeFactory", "Last", "Limits", "Reply", "Rule", "complaint", "delayed"]

_log = Logger(namespace="netsuite")


class Last(bytes):
    """A reply after which the service ends the session."""


#: What a request is answered with. None ends the session without a reply.
Reply = bytes | None
#: What a service does: the reply to a request, at once or later.
Rule = Callable[[bytes], Reply | Awaitable[Reply]]

#: How many requests of one connection may be under way at once. The next ones wait, and nothing
#: more is read, until some are answered.
MAX_IN_HAND = 64


def delayed(rule: Rule, seconds: float, reactor: IReactorTime | None = None) -> Rule:
    """Return a rule that does the same, but only after a while: a service at work.

    :param seconds: how long each request takes; requests wait side by side. For 0, the rule
        itself is returned.
    """
    if not seconds:
        return rule
    if reactor is None:
        from twisted.internet import reactor as default

        reactor = IReactorTime(default)
    clock = reactor

    async def later(request: bytes) -> Reply:
        await deferLater(clock, seconds)
        answer = rule(request)
        return answer if answer is None or isinstance(answer, bytes) else await answer

    return later


def complaint(reason: str) -> bytes:
    """Return a message that tells a person what was wrong with what was sent."""
    return b"error: " + reason.encode("ascii")


class _Phase(Enum):
    """How far a connection has come; it only ever moves down this list."""

    OPEN = auto()  # requests are taken
    ENDING = auto()  # no more are taken; the replies in hand are still due
    LINGERING = auto()  # everything is said; the client may read it in peace
    CLOSED = auto()


# Members of an enumeration are looked up slowly, and these are asked for with each request.
_OPEN, _ENDING = _Phase.OPEN, _Phase.ENDING
_LINGERING, _CLOSED = _Phase.LINGERING, _Phase.CLOSED
_NEVER = math.inf

#: The backlog of whoever has none, which is almost everybody: a deque takes 760 bytes.
_NO_BACKLOG: Final[deque[bytes]] = deque(maxlen=0)


class _Slot:
    """A place in the order of the replies."""

    __slots__ = ("dropped", "pending", "reply", "request", "settled")

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.reply: Reply = None
        self.settled = False
        self.dropped = False
        self.pending: Deferred[None] | None = None


@implementer(IHalfCloseableProtocol, IPushProducer)
class Exchange(Protocol, Connection):
    """Carries a rule over one connection.

    :param factory: what all connections of the service share.
    :param address: the client's address. It is not asked of the transport, which behind a proxy
        knows only the proxy's.
    """

    transport: IStreamTransport

    def __init__(self, factory: ExchangeFactory, address: IAddress) -> None:
        self.address = address
        self.connections = factory.connections
        self._speaks_first = factory.speaks_first
        self._complain = factory.complain
        self._limits = factory.connections.limits
        self._idle_timeout = self._limits.idle_timeout
        self._seconds = factory.connections.reactor.seconds
        self._framing = factory.new_framing(self._limits.max_message)
        self._rule = factory.rule_for(self)
        self._phase = _OPEN
        # Requests that have been cut out of the stream but not begun.
        self._backlog = _NO_BACKLOG
        # The requests that have been begun, in order, from the first one unanswered.
        self._in_hand: list[_Slot] = []
        self._request_due = _NEVER  # when the request that is arriving must be complete
        self._unread_due = _NEVER  # when the client must have made room for more replies
        # Whether nothing is held, in hand, or waits to be read: what comes is answered at once.
        self._at_rest = False
        self._reading = True
        self._working = False
        self._half_closed = False
        self._write: Callable[[bytes], None]
        self._reason: str | None = None  # why the client is refused

    @property
    def half_closed(self) -> bool:
        """Whether the client has ended its sending side, or left: TCP says the same of both."""
        return self._half_closed

    def complaint(self, reason: str) -> bytes | None:
        """Return the message that tells the client why it is refused, if there is one."""
        return self._complain(reason) if self._complain is not None else None

    # What Twisted calls

    def connectionMade(self) -> None:
        """Enter the service's books and announce this end as a producer."""
        self.connections.enter(self, self.address)
        prepare(self.transport)
        self._write = writer(self.transport)
        self.transport.registerProducer(self, True)
        if self._speaks_first:
            self._put_off([b""])
        self._work()

    def dataReceived(self, data: bytes) -> None:
        """Answer the requests that *data* completes.

        Where nothing waits, and the replies are there at once and short, this is all that happens.
        Otherwise the rest goes the longer way.
        """
        if self._phase is not _OPEN:
            return  # whatever comes after the end is read, lest it provoke a reset, and dropped
        framing = self._framing
        try:
            requests = framing.feed(data)
        except FramingError as error:
            self._take(error.messages)
            self._refuse(str(error))
            self._work()
            return
        if not self._at_rest or framing.partial:
            self._take(requests)
            self._work()
            return
        # A function that is an attribute is called faster by a name of its own.
        rule, write, seconds = self._rule, self._write, self._seconds
        replies: list[bytes] = []
        size = 0
        self._working = True
        for request in requests:
            try:
                answer = rule(request)
            except Exception:
                self._blunder(Failure())
                answer = None
            if type(answer) is not bytes:
                self._at_rest = False
                self._wait(request, answer)
                self._put_off(requests[len(replies) + 1 :])
                break
            replies.append(answer)
            size += len(answer)
            if size >= _WRITE_SIZE:
                self._at_rest = False
                self._put_off(requests[len(replies) :])
                break
        self._working = False
        if len(replies) == 1:
            write(framing.encode(replies[0], requests[0]))
        elif replies:
            write(framing.encode_all(replies, requests))
        if self._at_rest:
            self.deadline = seconds() + self._idle_timeout
        else:
            self._work()

    def readConnectionLost(self) -> None:
        """Take no more requests, but answer those in hand: the client may still be reading."""
        self._half_closed = True
        if self._phase is _LINGERING:
            self.transport.loseConnection()
        elif self._phase is _OPEN:
            self._end()
            self._work()

    def writeConnectionLost(self) -> None:
        """Give the client a moment to close: all that it was sent is on its way."""
        self.deadline = self._seconds() + LINGER

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Leave the service's books, and tell the rules that nobody waits for them any more."""
        self._phase = _CLOSED
        self._at_rest = False
        self.deadline = _NEVER
        self.connections.leave(self)
        self._forget()

    def pauseProducing(self) -> None:
        """Stop reading from a client that does not read."""
        self._at_rest = False
        self._unread_due = self._seconds() + self._limits.idle_timeout
        self._pace()

    def resumeProducing(self) -> None:
        """Go on: the client has read what was buffered for it."""
        self._unread_due = _NEVER
        self._work()

    def stopProducing(self) -> None:
        """Do nothing: ``connectionLost`` follows."""

    # What the service's books call

    def expired(self) -> None:
        """Close a connection whose time is over."""
        limits = self._limits
        if self._phase is _LINGERING:
            self.abort()
        elif self._unread_due != _NEVER:
            self.connections.log(self, f"left its replies unread for {limits.idle_timeout:g} s")
            self.abort()
        elif self._request_due != _NEVER:
            self._refuse(f"a request took longer than {limits.request_timeout:g} s to arrive")
            self._work()
        else:
            self.drain()

    def drain(self) -> None:
        """Answer the requests in hand, take no new ones, and close."""
        if self._phase is _OPEN:
            self._end()
            self._work()

    def abort(self) -> None:
        """Close at once, whatever is in hand."""
        self.transport.abortConnection()

    async def confirm(self, reply: bytes, like: bytes) -> bool:
        """Send a reply at once, and find out whether the client is still there to get it.

        This is for rules that must know, and are free to answer out of turn because the
        connection carries one request only.

        :param like: the request.
        :returns: False if the client turns out to have left.
        """
        self._write(self._framing.encode(reply, like))
        return await acknowledged(self.transport, self.connections.reactor)

    # The work

    def _take(self, requests: list[bytes]) -> None:
        """Put requests in their place, and see until when the rest of the next one must come."""
        self._at_rest = False
        if not self._framing.partial:
            self._request_due = _NEVER
        elif requests or self._request_due == _NEVER:
            self._request_due = self._seconds() + self._limits.request_timeout
        self._put_off(requests)

    def _put_off(self, requests: list[bytes]) -> None:
        if self._backlog:
            self._backlog.extend(requests)
        elif requests:
            self._backlog = deque(requests)

    def _work(self) -> None:
        """Begin the requests that may begin, send the replies that are due, and see what is next.

        Replies that are ready together leave in one write, and thus in one packet.
        """
        if self._working:
            return  # a rule has answered an earlier request; the loop below will find it
        if self._phase in (_OPEN, _ENDING):
            self._working = True
            try:
                self._answer()
            finally:
                self._working = False
            if self._phase is _ENDING and not self._in_hand and not self._backlog:
                self._say_goodbye()
        self._pace()

    def _answer(self) -> None:
        in_hand, rule = self._in_hand, self._rule
        # What is ready to be sent, and what each of them replies to.
        replies: list[bytes] = []
        requests: list[bytes] = []
        size = 0
        while self._unread_due == _NEVER:
            if not in_hand:
                if not self._backlog:
                    break
                request = self._backlog.popleft()
                try:
                    answer = rule(request)
                except Exception:
                    self._blunder(Failure())
                    answer = None
                if answer is not None and not isinstance(answer, bytes):
                    self._wait(request, answer)
                    continue
                reply = answer
            elif in_hand[0].settled:
                slot = in_hand.pop(0)
                request, reply = slot.request, slot.reply
            elif self._backlog and len(in_hand) < MAX_IN_HAND:
                request = self._backlog.popleft()
                self._wait(request, self._apply(request))
                continue
            else:
                break
            if reply is not None:
                replies.append(reply)
                requests.append(request)
                size += len(reply)
            if reply is None or type(reply) is Last:
                self._end()
                self._forget()
            elif size >= _WRITE_SIZE:
                self._write(self._framing.encode_all(replies, requests))
                replies, requests, size = [], [], 0
        if len(replies) == 1:
            self._write(self._framing.encode(replies[0], requests[0]))
        elif replies:
            self._write(self._framing.encode_all(replies, requests))

    def _apply(self, request: bytes) -> Reply | Awaitable[Reply]:
        try:
            return self._rule(request)
        except Exception:
            self._blunder(Failure())
            return None

    def _wait(self, request: bytes, answer: Reply | Awaitable[Reply]) -> None:
        """Keep a place for a reply that is not there, or whose turn has not come."""
        slot = _Slot(request)
        self._in_hand.append(slot)
        if answer is None or isinstance(answer, bytes):
            self._settle(answer, slot)
            return
        waiting = (
            answer
            if isinstance(answer, Deferred)
            else Deferred.fromCoroutine(cast("Coroutine[Deferred[Any], Any, Reply]", answer))
        )
        slot.pending = waiting.addCallbacks(self._settle, self._fail, (slot,), {}, (slot,))
        if slot.settled:
            slot.pending = None

    def _settle(self, reply: Reply, slot: _Slot) -> None:
        slot.reply, slot.settled = reply, True
        if slot.pending is not None:
            slot.pending = None
            self._work()

    def _fail(self, failure: Failure, slot: _Slot) -> None:
        if slot.dropped and failure.check(CancelledError):
            return
        self._blunder(failure)
        self._settle(None, slot)

    def _blunder(self, failure: Failure) -> None:
        """Report a rule that raised: the fault is ours, and costs this connection only."""
        _log.failure(
            "{service} #{number} {peer}: the rule failed; the connection is closed",
            failure,
            service=self.connections.service,
            number=self.number,
            peer=self.peer,
        )

    # The end

    def _refuse(self, reason: str) -> None:
        """End the session because of what the client did, once it has its earlier replies."""
        self.connections.log(self, reason)
        self._reason = reason
        self._end()

    def _end(self) -> None:
        """Take no more requests."""
        if self._phase is _OPEN:
            self._phase = _ENDING
        self._at_rest = False
        self._request_due = _NEVER

    def _forget(self) -> None:
        """Drop the requests that will get no answer."""
        self._backlog = _NO_BACKLOG
        slots = list(self._in_hand)
        self._in_hand.clear()
        for slot in slots:
            slot.dropped = True
            pending, slot.pending = slot.pending, None
            if pending is not None:
                pending.cancel()

    def _say_goodbye(self) -> None:
        """Close, with a last word where there is one to say."""
        self._phase = _LINGERING
        self._unread_due = _NEVER
        transport = self.transport
        complaint = self.complaint(self._reason) if self._reason is not None else None
        if complaint is not None:
            self._write(self._framing.encode(complaint))
        transport.unregisterProducer()
        self.deadline = self._seconds() + self._limits.idle_timeout  # to send what is buffered
        finish(transport, half_closed=self._half_closed)

    def _pace(self) -> None:
        """Read or not, and set the deadline, as the state of affairs demands."""
        if self._phase is _CLOSED:
            return
        wanted = self._unread_due == _NEVER and not self._backlog
        if wanted is not self._reading and not self._half_closed:
            self._reading = wanted
            if wanted:
                self.transport.resumeProducing()
            else:
                self.transport.pauseProducing()
        if self._phase is _LINGERING:
            return
        if self._unread_due != _NEVER:
            self.deadline = self._unread_due
        elif self._request_due != _NEVER:
            self.deadline = self._request_due
        elif self._in_hand:
            self.deadline = _NEVER
        else:
            self.deadline = self._seconds() + self._idle_timeout
            if not self._backlog:
                self._backlog = _NO_BACKLOG
                self._at_rest = self._phase is _OPEN


#: Replies are handed to the transport in pieces of about this size, so that it can say stop.
_WRITE_SIZE = 64 * 1024


class ExchangeFactory(ServerFactory):
    """Builds the protocol of each client of a service.

    :param rule: what the service does.
    :param new_framing: makes a framing, for each connection its own, of the longest message's
        length; such as one of :data:`~netsuite.framing.FRAMINGS`.
    :param connections: the service's books.
    :param speaks_first: whether the rule is asked once as soon as a client connects, with an empty
        request.
    :param complain: turns the reason for which a client is refused into a message for it, where
        the service's protocol has a way to say such a thing.
    """

    noisy = False
    #: What carries the rule over a connection.
    exchange: type[Exchange] = Exchange

    def __init__(
        self,
        rule: Rule,
        new_framing: Callable[[int], Framing],
        connections: Connections,
        *,
        speaks_first: bool = False,
        complain: Callable[[str], bytes] | None = None,
    ) -> None:
        self.speaks_first = speaks_first
        self.connections = connections
        self.new_framing = new_framing
        self.complain = complain
        self._rule = rule

    def logPrefix(self) -> str:
        """Return what Twisted's own log lines call the service."""
        return self.connections.service

    def rule_for(self, exchange: Exchange) -> Rule:
        """Return the rule for one connection; a service that tells them apart overrides this."""
        return self._rule

    def buildProtocol(self, addr: IAddress | None) -> Exchange | None:
        """Return the protocol for a client, or None if it is not let in."""
        assert addr is not None
        return self.exchange(self, addr) if self.connections.admits(addr) else None
