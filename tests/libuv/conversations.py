"""What the tests of whole conversations stand on: both ends are in one thread, in turns."""

from __future__ import annotations

import socket
from collections.abc import Callable, Coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import ClientFactory, Protocol
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.reactors import ReactorTestCase, factory_of

#: How long a conversation may take, in seconds. A busy machine has it too.
PATIENCE = 25

#: How long nothing must happen before somebody is believed to be stuck, in turns.
STUCK = 20


async def turn(reactor: LibuvReactor) -> None:
    """Let the reactor deal with what there is."""
    await deferLater(reactor, 0.001)


async def until(
    reactor: LibuvReactor, condition: Callable[..., object], *arguments: object
) -> None:
    """Wait until something is true.

    :param arguments: what it is asked about.
    """
    while not condition(*arguments):
        await turn(reactor)


class Peer:
    """The other end of a connection: a socket that never waits.

    :param own: the socket, connected.
    """

    def __init__(self, reactor: LibuvReactor, own: socket.socket) -> None:
        self.reactor = reactor
        self.socket = own
        own.setblocking(False)

    async def send(self, data: bytes) -> None:
        """Send all of it."""
        unsent = memoryview(data)
        while unsent:
            unsent = unsent[self.send_some(unsent) :]
            await turn(self.reactor)

    def send_some(self, data: bytes | memoryview) -> int:
        """Send what the kernel takes; return how much that is."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    async def receive(self, size: int) -> bytes:
        """Wait for so many bytes; return them, or less at the end."""
        pieces = []
        while size:
            try:
                piece = self.socket.recv(min(size, 65536))
            except BlockingIOError:
                await turn(self.reactor)
            else:
                if not piece:
                    break
                pieces.append(piece)
                size -= len(piece)
        return b"".join(pieces)

    async def rest(self) -> bytes:
        """Return what arrives until the end."""
        return await self.receive(1 << 40)


class Asking(ClientFactory):
    """Asks for a connection, and keeps what becomes of it.

    :param protocol: what is to be connected; None if there is to be no protocol after all.
    """

    noisy = False

    def __init__(self, protocol: Protocol | None) -> None:
        self.answer = protocol
        self.asked = False
        self.failed: Failure | None = None
        self.lost: Failure | None = None

    def buildProtocol(self, addr: object) -> Protocol | None:
        """Hand it out."""
        self.asked = True
        return self.answer

    def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
        """Keep why there is no connection."""
        assert self.failed is None
        self.failed = reason

    def clientConnectionLost(self, connector: object, reason: Failure) -> None:
        """Keep why there is none any more."""
        assert self.lost is None
        self.lost = reason


class ConversationTestCase(ReactorTestCase):
    """Tests that are conversations."""

    def converse(self, talk: Callable[[LibuvReactor], Coroutine[Any, Any, None]]) -> None:
        """Run a reactor until a conversation has ended."""
        reactor = self.new_reactor()
        failures: list[Failure] = []

        def begin() -> None:
            talking = Deferred.fromCoroutine(talk(reactor))
            talking.addErrback(failures.append)
            talking.addBoth(lambda _: reactor.stop())

        reactor.callWhenRunning(begin)
        # uvloop tells there what it makes of errors.
        with self.assertNoLogs("asyncio"):
            self.runReactor(reactor, timeout=PATIENCE)
        for failure in failures:
            failure.raiseException()

    def a_socket(
        self, family: socket.AddressFamily = socket.AF_INET, kind: int = socket.SOCK_STREAM
    ) -> socket.socket:
        """Return a socket that does not wait, and is closed behind the test."""
        made = socket.socket(family, kind)
        self.addCleanup(made.close)
        made.setblocking(False)
        return made

    def a_listener(self, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
        """Return a socket that listens on a port of the loopback interface."""
        listener = self.a_socket(family)
        listener.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        listener.listen()
        return listener

    def come(self, reactor: LibuvReactor, port: Any, buffer: int = 0) -> Peer:
        """Connect to a TCP port of a reactor's.

        :param buffer: how many bytes wait at most to be read by the peer, roughly.
        """
        client = self.a_socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.setblocking(True)  # The kernel accepts at once.
        client.connect(("127.0.0.1", port.getHost().port))
        return Peer(reactor, client)

    async def meet(self, reactor: LibuvReactor, protocol: Any, buffer: int = 0) -> Peer:
        """Have a peer connect to a protocol.

        :param buffer: how many bytes wait at most to be read by the peer, roughly.
        """
        port = reactor.listenTCP(0, factory_of(protocol), interface="127.0.0.1")
        peer = self.come(reactor, port, buffer)
        await until(reactor, lambda: protocol.made)
        return peer
