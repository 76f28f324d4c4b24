"""The resource: one request's way through a router, from its path to the end of its answer.

Here, and in :mod:`netsuite.web.streaming`, the router meets ``twisted.web``; what decides about
the answer is elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Iterable, Sequence
from functools import partial
from types import CoroutineType
from typing import TYPE_CHECKING, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import ITCPTransport
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.error import UnsupportedMethod
from twisted.web.http import NO_BODY_CODES
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request
from zope.interface import Interface, implementer

from netsuite.web.responses import (
    BadRequest,
    Body,
    Headers,
    HTTPError,
    MethodNotAllowed,
    Response,
    reason_phrase,
)
from netsuite.web.streaming import ChunkProducer, close

if TYPE_CHECKING:
    from netsuite.web.router import Handler, Router

__all__ = ["IBodyLimits", "RouterResource"]

_log = Logger()

#: What a client is told of an unforeseen error.
_INTERNAL_ERROR = HTTPError(500).response()


class IBodyLimits(Interface):
    """A resource that knows, from the head of a request, how long its body may be."""

    def max_body(method: bytes, segments: Sequence[bytes]) -> int | None:  # noqa: N805
        """Return how long a body may be, in bytes; None for what the service allows anyway.

        :param method: as it was sent.
        :param segments: what stands between the slashes of the path, each decoded once.
        """


@implementer(IBodyLimits)
class RouterResource(Resource):
    """A router as a leaf of a ``twisted.web`` tree. Made by ``Router.resource``.

    The path that is matched is what the tree above has left over (``request.postpath``).
    Headers that are set on the request before it is rendered stay, so that a resource around
    this one can add what belongs on every answer.

    :param router: the table.
    :param leading: what the handlers receive before the request: nothing, or their instance.
    """

    isLeaf = True

    def __init__(self, router: Router, leading: tuple[object, ...]) -> None:
        super().__init__()
        self._router = router
        self._leading = leading

    def max_body(self, method: bytes, segments: Sequence[bytes]) -> int | None:
        """Return what the route of a request allows. See ``IBodyLimits``."""
        try:
            route, _parameters = self._router.match(method, segments)
        except HTTPError:
            return None  # what is wrong will be said when the request is answered
        limit = route.max_body
        return limit(*self._leading) if callable(limit) else limit

    def render(self, request: Request) -> int:
        """Answer a request, now or later.

        :returns: always ``NOT_DONE_YET``; the request is written to and finished from here.
        """
        _Answering(self._router, self._leading, request).start()
        return NOT_DONE_YET


class _Answering:
    """One request on its way.

    A handler's result is settled: written if it is an answer, waited for if it will be one. A
    failure is handed to an error handler, whose result is settled in turn. When the client
    leaves, what is waited for is cancelled, and what comes of it all the same is thrown away.

    :param router: the table.
    :param leading: what the handlers receive before the request.
    :param request: the request.
    """

    #: What is waited for.
    _pending: Deferred[object] | None = None
    #: What writes the body, if it is streamed.
    _producer: ChunkProducer | None = None
    #: Whether the client's leaving will be noticed. It need not, while nothing takes time.
    _watching = False
    #: Whether the client has left.
    _gone = False
    #: The error handlers that have had their turn.
    _asked: tuple[Handler, ...] = ()

    def __init__(self, router: Router, leading: tuple[object, ...], request: Request) -> None:
        self._router = router
        self._leading = leading
        self._request = request

    def start(self) -> None:
        """Find the handler, call it, and see to what it returns."""
        request = self._request
        try:
            # Twisted drops the first character of a target, whatever it is. Only the asterisk
            # form (which never comes here), CONNECT's and the absolute form start otherwise.
            if not request.path.startswith(b"/"):
                raise BadRequest("the request's target is not a path")
            route, parameters = self._router.match(request.method, request.postpath or ())
            self._settle(route.handler(*self._leading, request, **parameters))
        except Exception as error:
            self._fail(error)

    # Answers

    def _settle(self, result: object) -> None:
        """See to what a handler returned, or what was waited for.

        :raises TypeError: if it is nothing that a handler may return.
        """
        if isinstance(result, Response):
            self._send(result.body, result)
        elif isinstance(result, (bytes, str)):
            self._send(result)
        elif isinstance(result, CoroutineType):
            self._wait(Deferred.fromCoroutine(result))
        elif isinstance(result, Deferred):
            self._wait(result)
        elif result is NOT_DONE_YET:
            pass
        elif IResource.providedBy(result):
            self._render(result)
        elif isinstance(result, Awaitable):
            self._wait(Deferred.fromCoroutine(_await(result)))
        elif isinstance(result, (Iterable, AsyncIterable)):
            self._send(result)
        else:
            raise TypeError(
                f"the handler returned {type(result).__name__}, which is no answer: "
                "see netsuite.web.router.Result for what is"
            )

    def _send(self, body: Body, response: Response | None = None) -> None:
        """Write a whole answer, or begin to stream one.

        :param body: the body.
        :param response: the status and headers. None leaves those that the request has.
        """
        if isinstance(body, str):
            encoded = body.encode()
            self._begin(response, b"text/plain; charset=utf-8")
            self._write_whole(encoded)
        elif isinstance(body, bytes):
            self._begin(response, b"application/octet-stream" if body else None)
            self._write_whole(body)
        else:
            begin = partial(self._begin, response, b"application/octet-stream")
            self._producer = ChunkProducer(self._request, body, begin, self._leave)
            self._wait(Deferred.fromCoroutine(self._producer.run()))

    def _begin(self, response: Response | None, default_type: bytes | None) -> None:
        """Set the status and headers of an answer."""
        if response is not None:
            self._set_status(response.status)
            self._set_headers(response.headers)
        if default_type is not None:
            headers = self._request.responseHeaders
            if not headers.hasHeader(b"Content-Type"):
                headers.setRawHeaders(b"Content-Type", [default_type])

    def _set_status(self, status: int) -> None:
        self._request.setResponseCode(status, reason_phrase(status))

    def _set_headers(self, headers: Headers) -> None:
        for name, value in headers.items():
            values = [value] if isinstance(value, str) else value
            self._request.responseHeaders.setRawHeaders(name, values)

    def _write_whole(self, body: bytes) -> None:
        request = self._request
        # RFC 9110, section 8.6: a 204 has no Content-Length, and a 304 not that of its own.
        if request.code not in NO_BODY_CODES:
            request.responseHeaders.setRawHeaders(b"Content-Length", [b"%d" % len(body)])
        request.write(body)
        request.finish()

    def _render(self, resource: IResource) -> None:
        """Let a resource answer."""
        request = self._request
        # The route has taken the whole path: that is where the resource stands.
        request.prepath = [*(request.prepath or ()), *(request.postpath or ())]
        request.postpath = []
        try:
            body = resource.render(request)
        except UnsupportedMethod as error:
            allowed: Sequence[bytes] = error.allowedMethods
            raise MethodNotAllowed(method.decode("latin-1") for method in allowed) from None
        if body is NOT_DONE_YET:
            return
        if not body and request.method == b"HEAD":
            # It knows about HEAD, and has said itself how long the body would be.
            request.finish()
        else:
            self._write_whole(body)

    # Waiting

    def _wait(self, deferred: Deferred[object]) -> None:
        """Settle what a Deferred brings, unless the client leaves first."""
        self._pending = deferred
        if not self._watching and (not deferred.called or deferred.paused):
            self._watching = True
            self._request.notifyFinish().addErrback(self._leave)
        deferred.addCallbacks(self._arrive, self._break)

    def _arrive(self, result: object) -> None:
        self._pending = None
        if self._gone:
            unwanted = result.body if isinstance(result, Response) else result
            Deferred.fromCoroutine(close(unwanted)).addErrback(self._break)
            return
        try:
            self._settle(result)
        except Exception as error:
            self._fail(error)

    def _break(self, failure: Failure) -> None:
        self._pending = None
        if not self._gone:
            self._fail(cast(BaseException, failure.value))  # a Deferred's failure has one
        elif failure.check(CancelledError) is None:
            self._log_failure(failure, "failed after its client had left")

    def _leave(self, _reason: object = None) -> None:
        """Give up: the client has left, and nobody needs the answer."""
        self._gone = True
        if self._producer is not None:
            self._producer.stop()
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()

    # Failures

    def _fail(self, error: BaseException) -> None:
        """Answer with an error.

        :param error: what a handler, an error handler or the writing of an answer raised.
        """
        request = self._request
        if request.startedWriting:
            self._break_off(error)
            return
        handler = self._router.error_handler(error)
        if handler is None or handler in self._asked:
            self._fail_by_default(error)
            return
        self._asked += (handler,)
        try:
            if isinstance(error, HTTPError):
                self._set_status(error.status)
                self._set_headers(error.headers)
            else:
                self._set_status(500)
            self._settle(handler(*self._leading, request, error))
        except Exception as another:
            self._fail(another)

    def _fail_by_default(self, error: BaseException) -> None:
        """Answer with the plain page of an error; that of an unforeseen one gives nothing away."""
        if isinstance(error, HTTPError):
            page = error.response()
        else:
            self._log_failure(Failure(error), "failed")
            page = _INTERNAL_ERROR
        try:
            self._send(page.body, page)
        except Exception as another:
            if page is _INTERNAL_ERROR:
                self._break_off(another)
            else:
                self._fail(another)

    def _break_off(self, error: BaseException) -> None:
        """Close the connection: it is all that can still be said.

        The client sees that the answer is not complete, because its end is missing, or (where
        the end of the connection is the end of the body) because the connection is reset.
        """
        self._log_failure(Failure(error), "failed in the midst of its answer, now broken off")
        # Whatever carries HTTP has this method: TCP, TLS and Unix sockets.
        cast(ITCPTransport, self._request.transport).abortConnection()

    def _log_failure(self, failure: Failure, happened: str) -> None:
        # repr() of bytes is ASCII without control characters, whatever the client sent.
        _log.failure(
            "{method!r} {path!r} {happened}",
            failure=failure,
            method=self._request.method,
            path=self._request.path,
            happened=happened,
        )


async def _await(awaitable: Awaitable[object]) -> object:
    return await awaitable
