"""Klein-style routing as a ``twisted.web`` resource: the HTTP services' common ground.

A service declares its functions with path patterns and gets a resource that answers for them::

    router = Router()

    @router.get("/")
    def index(request: IRequest) -> Response:
        return Response.html("<!DOCTYPE html><title>Genes</title><h1>Genes</h1>")

    @router.get("/genes/<int:number>")
    async def gene(request: IRequest, number: int) -> Response:
        if (found := await look_up(number)) is None:
            raise NotFound(f"there is no gene {number}")
        return Response.json(found)

    @router.errors(HTTPError)
    def refused(request: IRequest, error: HTTPError) -> Response:
        return Response.json({"error": error.message}, error.status)

    root = router.resource()

A request passes through the modules of this room in this order:

:mod:`~netsuite.web.site` and :mod:`~netsuite.web.channel`
    carry HTTP: connections, deadlines, drain. They know no routes. What a request must look like is
    in :mod:`~netsuite.web.heads`, which host it may be for in :mod:`~netsuite.web.hosts`, from
    which page it may come in :mod:`~netsuite.web.cors`; the three are pure. How long bodies are
    kept is in :mod:`~netsuite.web.uploads`.
:mod:`~netsuite.web.patterns`
    finds the pattern that a path fits. Pure.
:mod:`~netsuite.web.router`
    is the table of routes: what answers which method, and what answers an error. Pure too, but
    for making the resource.
:mod:`~netsuite.web.resource`
    calls the handler, waits for it, gives up when the client leaves, and writes the answer. An
    HTTP engine other than ``twisted.web`` would have its own.
:mod:`~netsuite.web.responses`
    are what a handler returns and raises. Pure.
:mod:`~netsuite.web.streaming`
    sends a body chunk by chunk, no faster than the client reads.

Handlers find help with what a request asks for in :mod:`~netsuite.web.conditions` (entity tags) and
:mod:`~netsuite.web.negotiation` (media types).

What a client may count on, whatever it sends: HEAD is GET without the body; OPTIONS gives the
methods in ``Allow`` (204); a method that the path does not take is 405 with ``Allow``, one that
nobody knows 501; an unknown path is 404, one that is not UTF-8 is 400. Slashes are significant,
and nothing redirects. An answer that fails after its start is broken off, never ended as if it
were whole. ``OPTIONS *`` is answered by ``twisted.web`` before any resource is asked; a request
that is malformed, too long, or for a host that the service does not answer for, by the channel,
which then ends the connection.
"""

from netsuite.web.patterns import Parameter, Pattern
from netsuite.web.responses import BadRequest, HTTPError, MethodNotAllowed, NotFound, Response
from netsuite.web.router import Handler, Result, Route, Router

__all__ = [
    "BadRequest",
    "HTTPError",
    "Handler",
    "MethodNotAllowed",
    "NotFound",
    "Parameter",
    "Pattern",
    "Response",
    "Result",
    "Route",
    "Router",
]
