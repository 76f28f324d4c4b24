"""HTTP over one connection: twisted.web's channel, with bounds on everything.

twisted.web's own channel drops the responses to a client that has shut down its sending side,
waits for ever for one that sends a byte now and then, stores bodies of any size, and resets
connections with responses that the client has not read yet. This one does not; the rules are those
of :mod:`netsuite.exchange`.
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol
from twisted.internet.protocol import connectionDone
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.web import http, server
from twisted.web.http_headers import Headers
from zope.interface import implementer

from netsuite.serving.connections import Connection
from netsuite.serving.limits import LINGER
from netsuite.serving.liveness import acknowledged
from netsuite.serving.transports import IStreamTransport, finish, prepare

if TYPE_CHECKING:
    from netsuite.web.site import Site

#: How long after a half-close a watched client is asked for the first time whether it is still
#: there, in seconds. Each further pause is twice as long.
FIRST_PROBE = 0.5


class Request(server.Request):
    """A request whose body is bounded, and which may be delayed."""

    channel: Channel

    def handleContentChunk(self, data: bytes) -> None:
        """Store a piece of the body, unless that makes the body too long."""
        assert self.content is not None
        if self.content.tell() + len(data) > self.channel.limits.max_message:
            self.channel.refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request's body is too long"
            )
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Take a complete request; its target may be an absolute URL (RFC 9112, 3.2.2)."""
        scheme, separator, rest = path.partition(b"://")
        if separator and scheme.lower() in (b"http", b"https"):
            authority, _slash, rest = rest.partition(b"/")
            self.requestHeaders.setRawHeaders(b"host", [authority])
            path = b"/" + rest
        super().requestReceived(command, path, version)

    def process(self) -> None:
        """Answer the request, after the service's delay."""
        site = self.channel.site
        if not site.delay:
            super().process()
            return
        waiting = deferLater(site.connections.reactor, site.delay, super().process)
        waiting.addErrback(lambda failure: failure.trap(CancelledError))
        self.notifyFinish().addErrback(lambda _: waiting.cancel())

    def watch_client(self) -> None:
        """Find out if the client leaves, even though it may only have stopped sending.

        The errback of ``notifyFinish`` tells. For responses that cost something as long as they
        are waited for, such as a script: after a half-close the client is asked whether it is there
        by a ``100 Continue``, which every HTTP/1.1 client has to accept at any time
        (RFC 9110, 15.2).
        """
        self.channel.watch_client()


@implementer(IHalfCloseableProtocol)
class Channel(http.HTTPChannel, Connection):
    """Reads requests from one connection, one after the other, and writes their responses.

    :param site: what all connections of the service share.
    :param address: the client's address. It is not asked of the transport, which behind a proxy
        knows only the proxy's.
    """

    transport: IStreamTransport
    requestFactory = Request

    def __init__(self, site: Site, address: IAddress) -> None:
        super().__init__()
        self.site = site
        self.address = address
        self.connections = site.connections
        self.limits = site.connections.limits
        self._seconds = site.connections.reactor.seconds
        self._request_due = math.inf  # when the request that is arriving must be complete
        self._unread_due = math.inf  # when the client must have made room for more
        self._half_closed = False
        self._draining = False
        self._watched = False
        self._probing: Deferred[None] | None = None
        self._over = False  # nothing more is read, nor written

    # What Twisted calls

    def connectionMade(self) -> None:
        """Enter the service's books."""
        self.connections.enter(self, self.address)
        super().connectionMade()
        prepare(self.transport)
        self._set_deadline()

    def dataReceived(self, data: bytes) -> None:
        """Take a piece of a request."""
        if self._over:
            return  # it is read, lest it provoke a reset, and dropped
        super().dataReceived(data)
        self._set_deadline()

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a request whose head has a line that is too long."""
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "a line of the request is too long")

    def allHeadersReceived(self) -> None:
        """Refuse a body that is announced to be too long before it is sent."""
        if self.length is not None and self.length > self.limits.max_message:
            self.refuse_body()
        else:
            super().allHeadersReceived()

    def allContentReceived(self) -> None:
        """Have a complete request answered, unless it has been refused."""
        self._request_due = math.inf
        self._watched = False
        if not self._over:
            super().allContentReceived()

    def requestDone(self, request: http.Request) -> None:
        """Go on after a response: with the next request, or with the end."""
        self._stop_probing()
        if self._draining:
            self.persistent = 0
        super().requestDone(request)
        if self._half_closed and not self._handlingRequest:
            self.loseConnection()
        self._set_deadline()

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Headers) -> None:
        """Write a response's head; when the service is stopping, it announces the end."""
        if self._draining:
            headers.setRawHeaders(b"connection", [b"close"])
        super().writeHeaders(version, code, reason, headers)

    def pauseProducing(self) -> None:
        """Stop everything for a client that does not read, further requests included."""
        if self.paused:
            return  # transports ask at every write; twisted.web would count, and resume once
        self._unread_due = self._seconds() + self.limits.idle_timeout
        super().pauseProducing()
        self._networkProducer.pauseProducing()
        self.paused = True  # LineReceiver's: the requests that are here already have to wait
        self._set_deadline()

    def resumeProducing(self) -> None:
        """Go on: the client has read what was buffered for it."""
        self._unread_due = math.inf
        self.paused = False
        super().resumeProducing()
        if self.paused:  # the response has filled the buffer again already
            self._networkProducer.pauseProducing()
        else:
            self.dataReceived(b"")

    def readConnectionLost(self) -> None:
        """Take no more requests, but answer those in hand: the client may still be reading."""
        self._half_closed = True
        if self._over or not self._handlingRequest:
            self._over = True
            self.transport.loseConnection()
        elif self._watched and self._response_begun:
            # One that only has nothing more to say has said so long before.
            self.abort()
        elif self._watched:
            self._start_probing()

    def writeConnectionLost(self) -> None:
        """Give the client a moment to close: all that it was sent is on its way."""
        self.deadline = self._seconds() + LINGER

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Leave the service's books, and tell the handlers that nobody waits for them any more."""
        self._over = True
        self.deadline = math.inf
        self._stop_probing()
        self.connections.leave(self)
        super().connectionLost(reason)

    def loseConnection(self) -> None:
        """Close, but so that the client can read all that it was sent."""
        if self._over:
            return
        self._over = True
        self.clearLineBuffer()
        self.transport.unregisterProducer()
        self._unread_due = math.inf
        self.deadline = self._seconds() + self.limits.idle_timeout  # to send what is buffered
        finish(self.transport, half_closed=self._half_closed)
        if not self._half_closed:
            self._networkProducer.resumeProducing()

    def getPeer(self) -> IAddress:
        """Return the client's address."""
        return self.address

    def _respondToBadRequestAndDisconnect(self) -> None:
        # twisted.web calls this for whatever it cannot parse; its own says nothing of why.
        self.refuse(HTTPStatus.BAD_REQUEST, "the request is malformed")

    # What the service's books call

    def expired(self) -> None:
        """Close a connection whose time is over."""
        limits = self.limits
        if self._over:
            self.abort()
        elif self._unread_due != math.inf:
            self.connections.log(self, f"left its response unread for {limits.idle_timeout:g} s")
            self.abort()
        elif self._request_due != math.inf:
            reason = f"the request took longer than {limits.request_timeout:g} s to arrive"
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, reason)
        else:
            self.loseConnection()

    def drain(self) -> None:
        """Finish the response in hand, take no further request, and close."""
        self._draining = True
        if not self._handlingRequest:
            self.loseConnection()

    def abort(self) -> None:
        """Close at once, whatever is in hand."""
        self.transport.abortConnection()

    # For requests

    def refuse(self, status: HTTPStatus, reason: str) -> None:
        """Answer a request that is not going to be received in full, and end the connection.

        :param status: the response's status.
        :param reason: what is wrong, for the client and the log; it never quotes what was sent.
        """
        if self._over:
            return
        self.connections.log(self, f"{status:d}: {reason}")
        body = reason.encode("ascii") + b"\n"
        self.transport.write(
            b"HTTP/1.1 %d %b\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (status, status.phrase.encode(), len(body), body)
        )
        self.loseConnection()

    def refuse_body(self) -> None:
        """Refuse a request whose body is longer than the service accepts."""
        most = self.limits.max_message
        reason = f"the request's body is longer than {most} bytes"
        self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)

    def watch_client(self) -> None:
        """Ask whether the client is there, should it close its sending side."""
        self._watched = True
        if self._half_closed:
            self._start_probing()

    # The rest

    def _set_deadline(self) -> None:
        if self._over:
            return
        if self._unread_due != math.inf:
            self.deadline = self._unread_due
        elif self._handlingRequest:
            self.deadline = math.inf
        elif self.requests or self._buffer:
            if self._request_due == math.inf:
                self._request_due = self._seconds() + self.limits.request_timeout
            self.deadline = self._request_due
        else:
            self.deadline = self._seconds() + self.limits.idle_timeout

    @property
    def _response_begun(self) -> bool:
        return bool(cast(server.Request, self.requests[0]).startedWriting)

    def _start_probing(self) -> None:
        if self._probing is None:
            self._probing = Deferred.fromCoroutine(self._probe())
            self._probing.addErrback(lambda failure: failure.trap(CancelledError))

    def _stop_probing(self) -> None:
        probing, self._probing = self._probing, None
        if probing is not None:
            probing.cancel()

    async def _probe(self) -> None:
        """Abort the connection when a client that has stopped sending proves to have left."""
        reactor = self.connections.reactor
        pause = FIRST_PROBE
        while True:
            await deferLater(reactor, pause)
            if not self._response_begun and self.requests[0].clientproto == b"HTTP/1.1":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if not await acknowledged(self.transport, reactor):
                self.abort()
                return
            pause *= 2
