"""A resource behind real HTTP, without a network: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Iterable
from http.client import HTTPMessage, HTTPResponse
from io import BytesIO
from math import inf
from socket import socket
from typing import cast

import attrs
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IProtocol, IPushProducer
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import IResource
from twisted.web.server import Site


@attrs.frozen
class Answer:
    """A response as the standard library's parser understands it."""

    status: int
    reason: str
    headers: HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


class _Received:
    """As much of a socket as HTTPResponse wants."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._data)


def parse(data: bytes, method: str = "GET") -> Answer:
    """Parse a complete response.

    :raises http.client.HTTPException: if it is malformed or truncated.
    """
    response = HTTPResponse(cast(socket, _Received(data)), method=method)
    response.begin()
    return Answer(response.status, response.reason, response.headers, response.read())


class Transport(StringTransport):
    """One that pauses its producer when enough waits to be sent, as Twisted's own do.

    :param capacity: how many bytes are just not enough.
    """

    def __init__(self, capacity: float) -> None:
        super().__init__()
        self._capacity = capacity
        self._waiting = 0

    def write(self, data: bytes) -> None:
        super().write(data)
        self._waiting += len(data)
        if self.producer is not None and self._waiting > self._capacity:
            self.producer.pauseProducing()

    def writeSequence(self, data: Iterable[bytes]) -> None:
        self.write(b"".join(data))

    @property
    def pushing(self) -> IPushProducer:
        """The producer, for saying things to it."""
        return cast(IPushProducer, self.producer)

    def drain(self) -> None:
        """Send all that waits."""
        self._waiting = 0
        self.pushing.resumeProducing()


class Wire:
    """One connection to a server of a resource.

    :param capacity: how many bytes the transport takes before it pauses its producer.
    """

    def __init__(self, resource: IResource, capacity: float = inf) -> None:
        self.site = Site(resource, reactor=Clock())
        self.channel = cast(IProtocol, self.site.buildProtocol(IPv4Address("TCP", "127.0.0.1", 9)))
        self.transport = Transport(capacity)
        self.channel.makeConnection(self.transport)

    def send(self, method: str, target: bytes, version: str = "1.1") -> None:
        self.channel.dataReceived(
            b"%s %s HTTP/%s\r\nHost: localhost\r\n\r\n"
            % (method.encode("ascii"), target, version.encode("ascii"))
        )

    def received(self) -> bytes:
        return bytes(self.transport.value())

    def leave(self) -> None:
        """The client closes the connection."""
        self.channel.connectionLost(Failure(ConnectionLost()))


def ask(resource: IResource, method: str, target: bytes) -> Answer:
    """Send one request, and return the answer, which must be there at once."""
    wire = Wire(resource)
    wire.send(method, target)
    return parse(wire.received(), method)
