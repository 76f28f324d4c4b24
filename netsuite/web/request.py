"""The request, as ``twisted.web`` hands it to resources: with a bounded body, and the delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError
from twisted.internet.task import deferLater
from twisted.web import server

if TYPE_CHECKING:
    from netsuite.web.channel import Channel

__all__ = ["Request"]


class Request(server.Request):
    """A request whose body is bounded, and which may be delayed."""

    channel: Channel

    def write(self, data: bytes) -> None:
        """Write a piece of the body; with the first one, the head leaves as well."""
        with self.channel.output:
            super().write(data)

    def handleContentChunk(self, data: bytes) -> None:
        """Store a piece of the body, unless that makes the body too long."""
        assert self.content is not None
        if self.channel.takes(self.content.tell(), len(data)):
            try:
                super().handleContentChunk(data)
            except OSError as error:  # the disk is full
                self.channel.refuse_for_want_of_room(error)

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
