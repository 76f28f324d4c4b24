"""Half-closed, or gone? Asked of real sockets: the answer is the kernel's."""

from __future__ import annotations

import socket

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, UNIXServerEndpoint
from twisted.internet.interfaces import IHalfCloseableProtocol, IReactorTime, IStreamServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from netsuite.serving.liveness import acknowledged, has_left


@implementer(IHalfCloseableProtocol)
class HalfClosed(Protocol):
    """Says when the client has closed its sending side."""

    def connectionMade(self) -> None:
        assert isinstance(self.factory, HalfClosedFactory)
        self.closed = self.factory.closed

    def readConnectionLost(self) -> None:
        self.closed.callback(self)

    def writeConnectionLost(self) -> None:
        pass


class HalfClosedFactory(Factory):
    protocol = HalfClosed
    noisy = False

    def __init__(self) -> None:
        self.closed: Deferred[HalfClosed] = Deferred()


class LivenessTests(TestCase):
    async def tried(self, family: socket.AddressFamily, *, leave: bool) -> tuple[bool, bool]:
        """Write to a client that is half-closed, or has left; return what is found out."""
        factory = HalfClosedFactory()
        endpoint: IStreamServerEndpoint
        if family == socket.AF_UNIX:
            endpoint = UNIXServerEndpoint(reactor, "socket")
        else:
            endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port = await endpoint.listen(factory)
        self.addCleanup(port.stopListening)
        client = socket.socket(family)
        self.addCleanup(client.close)
        host = port.getHost()
        client.connect(host.name if family == socket.AF_UNIX else (host.host, host.port))
        if leave:
            client.close()
        else:
            client.shutdown(socket.SHUT_WR)
        protocol = await factory.closed
        transport = protocol.transport
        assert transport is not None
        before = has_left(transport)
        transport.write(b"still there?")
        there = await acknowledged(transport, IReactorTime(reactor))
        if there:
            self.assertEqual(client.recv(100), b"still there?")
        transport.loseConnection()
        return before, there

    async def test_half_closed(self) -> None:
        self.assertEqual(await self.tried(socket.AF_INET, leave=False), (False, True))

    async def test_gone(self) -> None:
        """Before something is written nothing tells; afterwards the reset does."""
        self.assertEqual(await self.tried(socket.AF_INET, leave=True), (False, False))

    async def test_half_closed_unix(self) -> None:
        self.assertEqual(await self.tried(socket.AF_UNIX, leave=False), (False, True))

    async def test_gone_unix(self) -> None:
        self.assertEqual((await self.tried(socket.AF_UNIX, leave=True))[1], False)
