"""The site that the web services stand on."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from twisted.internet.interfaces import IAddress
from twisted.web import http, server
from twisted.web.resource import IResource, Resource

from netsuite.serving.connections import Connections
from netsuite.web.channel import Channel
from netsuite.web.cors import CrossOrigin
from netsuite.web.hosts import AllowedHosts
from netsuite.web.resource import IBodyLimits
from netsuite.web.responses import HTTPError, Response
from netsuite.web.uploads import spool


class Site(server.Site):
    """Serves a tree of resources over HTTP/1.1.

    :param root: the root of the tree. If it provides
        ``netsuite.web.resource.IBodyLimits``, as routers' resources do, it is asked how long
        the body of a request may be; otherwise that is the service's longest message.
    :param connections: the service's books.
    :param delay: how long each request takes, in seconds.
    :param hosts: the hosts that it answers for; None for any.
    :param cross_origin: what pages of other origins may do; None for what browsers let them.
    :param error_page: makes the page for a request that is refused before any resource sees it, as
        one that is malformed or too long. Its body is whole, not streamed; the error's own header
        fields are added.
    """

    noisy = False

    def __init__(
        self,
        root: IResource,
        connections: Connections,
        *,
        delay: float = 0.0,
        hosts: AllowedHosts | None = None,
        cross_origin: CrossOrigin | None = None,
        error_page: Callable[[HTTPError], Response] = HTTPError.response,
    ) -> None:
        # Forms are read by those who want them, from the body; twisted.web would read all of them.
        super().__init__(root, reactor=connections.reactor, parsePOSTFormSubmission=False)
        self.connections = connections
        self.delay = delay
        self.hosts = hosts
        self.cross_origin = cross_origin
        self.error_page = error_page
        self._body_limits = IBodyLimits(root, None)
        #: The connections whose requests have long bodies, until they are answered.
        self.uploads: set[Channel] = set()

    def logPrefix(self) -> str:
        """Return what Twisted's own log lines call the service."""
        return self.connections.service

    # twisted.web's factories choose between HTTP versions with a protocol of their own.
    def buildProtocol(  # type: ignore[override]
        self, addr: IAddress | None
    ) -> Channel | None:
        """Return the protocol for a client, or None if it is not let in."""
        assert addr is not None
        return Channel(self, addr) if self.connections.admits(addr) else None

    def max_body(self, method: bytes, path: bytes) -> int:
        """Return how long the body of a request may be, in bytes.

        :param method: as it was sent.
        :param path: as it was sent, without the query.
        """
        limit = None
        if self._body_limits is not None:
            # As twisted.web does when it looks for the resource.
            limit = self._body_limits.max_body(
                method, [unquote_to_bytes(segment) for segment in path[1:].split(b"/")]
            )
        return self.connections.limits.max_message if limit is None else limit

    def getContentFile(self, length: int | None) -> BinaryIO:
        """Return where the body of a request is kept; twisted.web asks."""
        return spool(length)

    def getResourceFor(self, request: server.Request) -> IResource:
        """Return the resource that answers a request; twisted.web asks."""
        if self.cross_origin is not None and self.cross_origin.is_preflight(
            request.method, request.requestHeaders
        ):
            return _PREFLIGHT
        resource: IResource = super().getResourceFor(request)
        return resource

    def log(self, request: http.Request) -> None:
        """Write no line about a finished request: what is logged is connections and faults."""


class _Preflight(Resource):
    """The answer to a browser's question what a page may do; what it may is added to the head."""

    def render(self, request: server.Request) -> int:
        """Answer with nothing but a head."""
        request.setResponseCode(http.NO_CONTENT)
        request.finish()
        return server.NOT_DONE_YET


_PREFLIGHT = _Preflight()
