"""The site that the web services stand on."""

from __future__ import annotations

from twisted.internet.interfaces import IAddress
from twisted.web import http, server
from twisted.web.resource import IResource

from netsuite.serving.connections import Connections
from netsuite.web.channel import Channel


class Site(server.Site):
    """Serves a tree of resources over HTTP/1.1.

    :param root: the root of the tree.
    :param connections: the service's books.
    :param delay: how long each request takes, in seconds.
    """

    noisy = False

    def __init__(
        self,
        root: IResource,
        connections: Connections,
        *,
        delay: float = 0.0,
    ) -> None:
        # Forms are read by those who want them, from the body; twisted.web would read all of them.
        super().__init__(root, reactor=connections.reactor, parsePOSTFormSubmission=False)
        self.connections = connections
        self.delay = delay

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

    def log(self, request: http.Request) -> None:
        """Write no line about a finished request: what is logged is connections and faults."""
