"""A fake transport that knows of half-closes, for the protocols' unit tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHalfCloseableDescriptor, ITCPTransport
from twisted.internet.testing import StringTransport
from zope.interface import directlyProvides, providedBy

CLIENT = IPv4Address("TCP", "127.0.0.1", 50544)
REMOTE = IPv4Address("TCP", "192.0.2.7", 50544)


class Transport(StringTransport):
    """As :class:`StringTransport`, and with what TCP transports have besides.

    :param limit: how many bytes it takes before it asks its producer to pause; None for any.
    """

    def __init__(self, limit: int | None = None) -> None:
        super().__init__()
        directlyProvides(self, providedBy(self), IHalfCloseableDescriptor, ITCPTransport)
        self.limit = limit
        self.writes: list[bytes] = []
        self.write_closed = False
        self.options: dict[str, object] = {}

    def write(self, data: bytes) -> None:
        if self.write_closed or self.disconnecting:
            return
        self.writes.append(data)
        super().write(data)
        if self.limit is not None and self.producer is not None and len(self.value()) > self.limit:
            self.producer.pauseProducing()

    def writeSequence(self, data: Iterable[bytes]) -> None:
        self.write(b"".join(data))

    def read(self) -> bytes:
        """Return what was written since the last time, as a client that reads it would."""
        data: bytes = self.value()
        self.clear()
        if self.limit is not None and len(data) > self.limit and self.producer is not None:
            self.producer.resumeProducing()
        return data

    def loseWriteConnection(self) -> None:
        self.write_closed = True

    def setTcpNoDelay(self, enabled: Any) -> None:
        self.options["nodelay"] = enabled

    def setTcpKeepAlive(self, enabled: Any) -> None:
        self.options["keepalive"] = enabled
