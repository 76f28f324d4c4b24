"""HTTP over one connection: twisted.web's channel, with bounds on everything.

twisted.web's own channel drops the responses to a client that has shut down its sending side,
waits for ever for one that sends a byte now and then, stores bodies of any size, and resets
connections with responses that the client has not read yet. This one does not; the rules are those
of :mod:`netsuite.exchange`. It is also stricter about what a request is: see
:mod:`netsuite.web.heads`.

When the head of a request is there, and before its body is, it is decided whether the request is
received at all: by its host, by the page that it comes from, and by the length of its body.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol
from twisted.internet.protocol import connectionDone
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.http_headers import Headers
from zope.interface import implementer

from netsuite.serving.connections import Connection
from netsuite.serving.limits import LINGER
from netsuite.serving.liveness import acknowledged
from netsuite.serving.transports import IStreamTransport, finish, prepare
from netsuite.text import printable
from netsuite.web.heads import MAX_HEAD, Head, RequestLine
from netsuite.web.hosts import Host, host_of
from netsuite.web.output import Output
from netsuite.web.request import Request
from netsuite.web.responses import BadRequest, HTTPError, reason_phrase
from netsuite.web.uploads import MAX_UPLOADS, MIN_RATE

if TYPE_CHECKING:
    from netsuite.web.site import Site

#: How long after a half-close a watched client is asked for the first time whether it is still
#: there, in seconds. Each further pause is twice as long.
FIRST_PROBE = 0.5

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@implementer(IHalfCloseableProtocol)
class Channel(http.HTTPChannel, Connection):
    """Reads requests from one connection, one after the other, and writes their responses.

    :param site: what all connections of the service share.
    :param address: the client's address. It is not asked of the transport, which behind a proxy
        knows only the proxy's.
    """

    transport: IStreamTransport
    MAX_LENGTH = MAX_HEAD  # LineReceiver's

    def __init__(self, site: Site, address: IAddress) -> None:
        super().__init__()
        self.site = site
        self.address = address
        self.connections = site.connections
        self.limits = site.connections.limits
        self._seconds = site.connections.reactor.seconds
        self._request_due = math.inf  # when the request that is arriving must be complete
        self._unread_due = math.inf  # when the client must have made room for more
        self._head = Head()  # of the request that is arriving
        self._known_host: tuple[bytes, Host] | None = None  # the last that was let through
        self._max_body = self.limits.max_message  # of the request that is arriving
        self._has_long_body = False  # it may have: more than others of the service
        self._secure = False  # whether it is TLS
        self._half_closed = False
        self._draining = False
        self._watched = False
        self._probing: Deferred[None] | None = None
        self._over = False  # nothing more is read, nor written

    # What Twisted calls

    def connectionMade(self) -> None:
        """Enter the service's books."""
        self.connections.enter(self, self.address)
        self.output = Output(self.transport)
        super().connectionMade()
        # Each request asks; the kernel is asked once.
        self._arrived: IAddress = self.transport.getHost()
        self._secure = self.isSecure()
        prepare(self.transport)
        self._set_deadline()

    def dataReceived(self, data: bytes) -> None:
        """Take a piece of a request."""
        if self._over:
            return  # it is read, lest it provoke a reset, and dropped
        with self.output:
            super().dataReceived(data)
        self._set_deadline()

    def lineReceived(self, line: bytes) -> None:
        """Take a line of the head; with the last, begin to receive the request."""
        head = self._head
        try:
            if not head.take(line):
                return
            self._begin(head)
        except HTTPError as error:
            self.refuse(error)
        else:
            if self.length == 0:
                self.allContentReceived()
            else:
                self.setRawMode()

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a request whose head has a line that is too long."""
        self.refuse(self._head.too_long())

    def checkPersistence(self, request: http.Request, version: bytes) -> bool:
        """Tell whether there may be another request after this one."""
        values = request.requestHeaders.getRawHeaders(b"connection")
        if values is None and version == b"HTTP/1.1":
            return True
        options = [option.strip(b" \t").lower() for option in b",".join(values or ()).split(b",")]
        if version == b"HTTP/1.1" and b"close" not in options:
            return True
        request.responseHeaders.setRawHeaders(b"connection", [b"close"])
        return False

    def allContentReceived(self) -> None:
        """Have a complete request answered, unless it has been refused."""
        self._request_due = math.inf
        self._watched = False
        self._head = Head()
        self._has_long_body = False
        if not self._over:
            super().allContentReceived()

    def requestDone(self, request: http.Request) -> None:
        """Go on after a response: with the next request, or with the end."""
        self._stop_probing()
        self.site.uploads.discard(self)
        if self._draining:
            self.persistent = 0
        super().requestDone(request)
        if self._half_closed and not self._handlingRequest:
            self.loseConnection()
        self._set_deadline()

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Headers) -> None:
        """Write a response's head, with what belongs on all of them."""
        if self._draining:  # so this is the last one
            headers.setRawHeaders(b"connection", [b"close"])
        if code in (b"204", b"304"):
            # RFC 9110, 8.6: it must not be in a 204, and in a 304 it would be that of the 200.
            headers.removeHeader(b"content-length")
        if self.site.cross_origin is not None and self.requests:
            request = self.requests[0]
            self.site.cross_origin.add_to(headers, request.method, request.requestHeaders)
        pieces = [version, b" ", code, b" ", reason, b"\r\n"]
        for name, values in headers.getAllRawHeaders():
            for value in values:
                pieces += (name, b": ", value, b"\r\n")
        pieces.append(b"\r\n")
        self.output.write_all(pieces)

    def write(self, data: bytes) -> None:
        """Write a piece of a response's body."""
        self.output.write(data)

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        """Write several pieces of a response's body."""
        self.output.write_all(iovec)

    def _send100Continue(self) -> None:
        self.output.write(_CONTINUE)

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
        self.site.uploads.discard(self)
        self.connections.leave(self)
        super().connectionLost(reason)

    def loseConnection(self) -> None:
        """Close, but so that the client can read all that it was sent."""
        if self._over:
            return
        self._over = True
        self.output.flush()
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

    def getHost(self) -> IAddress:
        """Return the address that the connection arrived at."""
        return self._arrived

    def _respondToBadRequestAndDisconnect(self) -> None:
        # twisted.web calls this for whatever it cannot parse; its own says nothing of why.
        self.refuse(BadRequest("the request is malformed"))

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
            if self._has_long_body:
                reason += f", and its body came slower than {MIN_RATE} bytes a second"
            self.refuse(HTTPError(HTTPStatus.REQUEST_TIMEOUT, reason))
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

    def takes(self, before: int, more: int) -> bool:
        """Decide whether to take another piece of a body, or else refuse the request.

        :param before: how many bytes there are already.
        :param more: how many this piece has.
        """
        if before + more > self._max_body:
            self.refuse(self._body_too_long())
        elif self._has_long_body:
            self._request_due += more / MIN_RATE
        return not self._over

    def refuse_for_want_of_room(self, error: OSError) -> None:
        """Refuse a request whose body cannot be kept."""
        self.connections.log(self, f"the request's body cannot be kept: {error}")
        self.refuse(HTTPError(507, "there is no room for the request's body; try again later"))

    def refuse(self, error: HTTPError) -> None:
        """Answer a request that is not going to be received in full, and end the connection.

        :param error: what is wrong, for the client and the log.
        """
        if self._over:
            return
        self.connections.log(self, f"{error.status}: {printable(error.message)}")
        page = self.site.error_page(error)
        assert isinstance(page.body, (bytes, str))
        body = page.body.encode() if isinstance(page.body, str) else page.body
        headers = Headers()
        for name, value in {**error.headers, **page.headers}.items():
            headers.setRawHeaders(name, [value] if isinstance(value, str) else value)
        headers.setRawHeaders(b"date", [http.datetimeToString()])
        headers.setRawHeaders(b"connection", [b"close"])
        headers.setRawHeaders(b"content-length", [b"%d" % len(body)])
        self.writeHeaders(b"HTTP/1.1", b"%d" % page.status, reason_phrase(page.status), headers)
        if self._head.line is None or self._head.line.method != b"HEAD":
            self.output.write(body)
        for request in self.requests:  # the one that is refused
            if request.content is not None:
                request.content.seek(0)
                request.content.truncate()
        self.site.uploads.discard(self)
        self.loseConnection()

    def watch_client(self) -> None:
        """Ask whether the client is there, should it close its sending side."""
        self._watched = True
        if self._half_closed:
            self._start_probing()

    # The rest

    def _begin(self, head: Head) -> None:
        """Make a request of its head, and decide whether to receive its body.

        :raises HTTPError: if it is refused.
        """
        request = Request(self, len(self.requests))
        self.requests.append(request)
        line = head.line
        assert line is not None
        self._command, self._path, self._version = line.method, line.target, line.version
        for name, value in head.fields:
            request.requestHeaders.addRawHeader(name, value)
        self.length = head.length
        self._admit(request)
        # twisted.web's decoders, which have no public names.
        if self.length is None:
            self._transferDecoder = http._ChunkedTransferDecoder(
                request.handleContentChunk, self._finishRequestBody
            )
        elif self.length:
            self._transferDecoder = http._IdentityTransferDecoder(
                self.length, request.handleContentChunk, self._finishRequestBody
            )
        self.allHeadersReceived()

    def _admit(self, request: Request) -> None:
        """Decide by its head whether to receive a request.

        :raises HTTPError: if it is refused.
        """
        site, line, headers = self.site, self._head.line, request.requestHeaders
        assert line is not None
        request.method = line.method
        host = self._host(request, line)
        if site.cross_origin is not None:
            site.cross_origin.check(line.method, headers, host, secure=self._secure)
        if self.length == 0:
            return
        self._max_body = site.max_body(line.method, line.path)
        if self.length is not None and self.length > self._max_body:
            raise self._body_too_long()
        # A body in chunks may be of any length.
        if (self._max_body if self.length is None else self.length) > self.limits.max_message:
            if len(site.uploads) >= MAX_UPLOADS:
                reason = "too many long bodies are being received: try again later"
                raise HTTPError(503, reason, headers={"Retry-After": "10"})
            site.uploads.add(self)
            self._has_long_body = True

    def _host(self, request: Request, line: RequestLine) -> Host | None:
        """Return the host that a request is for.

        :raises HTTPError: if it names none properly, or one that the service does not answer for.
        """
        headers = request.requestHeaders
        fields = headers.getRawHeaders(b"host", ())
        if self._known_host is not None and line.authority is None:
            field, known = self._known_host
            if list(fields) == [field]:  # as it is for all requests of most connections
                return known
        host = host_of(fields, line.authority, line.version)
        if line.authority is not None:  # RFC 9112, 3.2.2
            headers.setRawHeaders(b"host", [line.authority])
        if self.site.hosts is not None:
            self.site.hosts.check(host, request.host)
        if host is not None and line.authority is None:
            self._known_host = fields[0], host
        return host

    def _body_too_long(self) -> HTTPError:
        return HTTPError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the request's body is longer than {self._max_body} bytes",
        )

    def _set_deadline(self) -> None:
        if self._over:
            return
        if self._unread_due != math.inf:
            self.deadline = self._unread_due
        elif self._handlingRequest:
            self.deadline = math.inf
        elif self.requests or self._buffer or self._head.line is not None:
            if self._request_due == math.inf:
                self._request_due = self._seconds() + self.limits.request_timeout
            self.deadline = self._request_due
        else:
            self.deadline = self._seconds() + self.limits.idle_timeout

    @property
    def _response_begun(self) -> bool:
        return bool(cast(Request, self.requests[0]).startedWriting)

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
                self.output.write(_CONTINUE)
            if not await acknowledged(self.transport, reactor):
                self.abort()
                return
            pause *= 2
