"""The pages that the files service makes itself, and how a response is broken off."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, cast

from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from twisted.web.http import RESPONSES
from twisted.web.server import Request

__all__ = ["break_off", "page", "refuse"]

#: Seconds for which a broken-off response may still be read.
_LINGER = 2.0


def page(request: Request, content: str) -> bytes:
    """Return an HTML page as the body of a response, and set the headers that describe it.

    :param content: the whole page.
    :returns: what the resource's ``render`` returns: nothing for HEAD.
    """
    body = content.encode()
    request.setHeader(b"content-type", b"text/html; charset=utf-8")
    request.setHeader(b"x-content-type-options", b"nosniff")
    request.setHeader(b"content-length", b"%d" % len(body))
    return b"" if request.method == b"HEAD" else body


def refuse(request: Request, status: int, why: str) -> bytes:
    """Return a page that says why there is nothing else to see, and set the status.

    :param status: the HTTP status.
    :param why: a sentence or two for the user.
    :returns: what the resource's ``render`` returns.
    """
    request.setResponseCode(status)
    title = escape(f"{status} {RESPONSES.get(status, b'Error').decode()}")
    return page(
        request,
        f"<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n"
        f"<h1>{title}</h1>\n<p>{escape(why)}</p>\n</html>\n",
    )


def break_off(request: Request, reactor: IReactorTime) -> None:
    """End a response that cannot be completed, so that the client sees that it is not complete.

    What has been written still goes out. A response that has neither a Content-Length nor chunks
    ends where the connection does, so only a reset tells the client that it was cut.

    :param request: a request of which at least the headers have been sent.
    :param reactor: for the deadline after which a client that does not read is dropped.
    """
    request.unregisterProducer()
    channel = request.channel
    # Present on Twisted's TCP, TLS and Unix transports, and through its wrappers.
    abort: Callable[[], None] = cast(Any, channel.transport).abortConnection
    if not request.chunked and not request.responseHeaders.hasHeader(b"content-length"):
        abort()
        return
    dropping = reactor.callLater(_LINGER, abort)

    def gone(_: Failure | None) -> None:
        if dropping.active():
            dropping.cancel()

    request.notifyFinish().addBoth(gone)
    channel.loseConnection()
