"""UNIX sockets, and the file descriptors that are sent over them."""

from __future__ import annotations

import array
import os
import socket
import tempfile
from typing import Any

from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IFileDescriptorReceiver
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol
from zope.interface import implementer

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import ConversationTestCase, Peer, turn, until
from tests.libuv.reactors import Pausing, Told, factory_of


@implementer(IFileDescriptorReceiver)
class Receiving(Told):
    """Keeps what file descriptors it receives, and how many bytes came before each."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptors: list[tuple[int, int]] = []

    def fileDescriptorReceived(self, descriptor: int) -> None:
        """Keep it."""
        self.descriptors.append((descriptor, len(self.received)))


class UNIXTestCase(ConversationTestCase):
    """A protocol that listens, or connects, and the other end."""

    def setUp(self) -> None:
        """Make a folder for the sockets; trial's own have long names."""
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/socket"

    async def come_to(self, reactor: LibuvReactor, protocol: Told) -> Peer:
        """Listen, and have a peer connect."""
        reactor.listenUNIX(self.path, factory_of(protocol))
        client = self.a_socket(socket.AF_UNIX)
        client.connect(self.path)
        await until(reactor, lambda: protocol.made)
        return Peer(reactor, client)

    async def go_to(self, reactor: LibuvReactor, protocol: Told) -> Peer:
        """Connect to a peer."""
        listener = self.a_socket(socket.AF_UNIX)
        listener.bind(self.path)
        listener.listen()
        await UNIXClientEndpoint(reactor, self.path).connect(factory_of(protocol))
        peer, _ = listener.accept()
        self.addCleanup(peer.close)
        return Peer(reactor, peer)

    def a_pipe(self) -> tuple[int, int]:
        """Return the ends of a pipe."""
        ends = os.pipe()
        for each in ends:
            self.addCleanup(os.close, each)
        return ends


class StreamTests(UNIXTestCase):
    def both_ends(self, meet: Any) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await meet(reactor, protocol)
            await peer.send(b"question")
            await until(reactor, lambda: protocol.received == b"question")
            answer = bytes(range(256)) * 4096
            protocol.transport.write(answer)
            self.assertTrue(await peer.receive(len(answer)) == answer)
            peer.socket.shutdown(socket.SHUT_WR)
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)
            self.assertEqual(await peer.rest(), b"")

        self.converse(talk)

    def test_who_listens(self) -> None:
        self.both_ends(self.come_to)

    def test_who_connects(self) -> None:
        self.both_ends(self.go_to)

    def test_the_path_goes_with_the_port(self) -> None:
        """And not before: a port that pauses keeps it."""

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            port = reactor.listenUNIX(self.path, factory_of(protocol))
            port.pauseProducing()
            for _ in range(3):
                await turn(reactor)
            self.assertTrue(os.path.exists(self.path))  # noqa: PTH110
            port.resumeProducing()
            client = self.a_socket(socket.AF_UNIX)
            client.connect(self.path)
            await until(reactor, lambda: protocol.made)
            await port.stopListening()
            self.assertFalse(os.path.exists(self.path))  # noqa: PTH110
            # A connection outlives the port.
            protocol.transport.write(b"still there")
            self.assertEqual(await Peer(reactor, client).receive(11), b"still there")

        self.converse(talk)


class SendingTests(UNIXTestCase):
    """File descriptors that a protocol sends."""

    async def read(self, peer: Peer) -> tuple[bytes, list[tuple[int, int]]]:
        """Read to the end.

        :returns: the bytes, and the file descriptors with how many bytes had come by then.
        """
        data = b""
        descriptors: list[tuple[int, int]] = []
        space = socket.CMSG_SPACE(4)
        while True:
            try:
                piece, ancillary, _, _ = peer.socket.recvmsg(65536, space)
            except BlockingIOError:
                await turn(peer.reactor)
                continue
            data += piece
            for _, _, carried in ancillary:
                (descriptor,) = array.array("i", carried)
                self.addCleanup(os.close, descriptor)
                descriptors.append((descriptor, len(data)))
            if not piece:
                return data, descriptors

    def sent(self, meet: Any) -> None:
        unsent = bytes(range(256)) * 8192

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await meet(reactor, protocol)
            reading, writing = self.a_pipe()
            protocol.transport.write(unsent)
            await turn(reactor)
            self.assertIn(protocol.transport, reactor.getWriters())
            protocol.transport.sendFileDescriptor(reading)
            protocol.transport.write(b"one and ")
            await turn(reactor)
            protocol.transport.write(b"two")
            await peer.send(b"heard meanwhile")
            data = await peer.receive(1000)  # before there can be a file descriptor
            await until(reactor, lambda: protocol.received == b"heard meanwhile")
            protocol.transport.loseConnection()
            rest, descriptors = await self.read(peer)
            self.assertTrue(data + rest == unsent + b"one and two")
            ((descriptor, at),) = descriptors
            # It came with the first byte of what was written next.
            self.assertEqual(len(data) + at, len(unsent) + 1)
            os.write(writing, b"the same")
            self.assertEqual(os.read(descriptor, 100), b"the same")
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)

        self.converse(talk)

    def test_behind_what_is_unsent(self) -> None:
        self.sent(self.come_to)

    def test_behind_what_a_client_has_not_sent(self) -> None:
        self.sent(self.go_to)

    def test_several(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.come_to(reactor, protocol)
            ends = self.a_pipe()
            for end in ends:
                protocol.transport.sendFileDescriptor(end)
            protocol.transport.write(b"xyz")
            protocol.transport.loseConnection()
            data, descriptors = await self.read(peer)
            self.assertEqual(data, b"xyz")
            reading, writing = (descriptor for descriptor, _ in descriptors)
            os.write(writing, b"the same")
            self.assertEqual(os.read(reading, 100), b"the same")

        self.converse(talk)

    def test_nothing_that_came_early_is_lost(self) -> None:
        """A protocol that has paused at once sends one before it reads anything."""

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Pausing()
            peer = await self.come_to(reactor, protocol)
            await peer.send(b"early, ")
            for _ in range(5):
                await turn(reactor)
            protocol.transport.sendFileDescriptor(self.a_pipe()[0])
            protocol.transport.write(b"x")
            self.assertEqual(await peer.receive(1), b"x")
            await peer.send(b"late")
            for _ in range(5):
                await turn(reactor)
            self.assertEqual(protocol.received, b"")
            protocol.transport.resumeProducing()
            await until(reactor, lambda: protocol.received == b"early, late")

        self.converse(talk)


class ReceivingTests(UNIXTestCase):
    """File descriptors that a protocol receives."""

    def received(self, meet: Any) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Receiving()
            peer = await meet(reactor, protocol)
            reading, writing = self.a_pipe()
            await peer.send(b"before, ")
            socket.send_fds(peer.socket, [b"with, "], [reading])
            await peer.send(b"after")
            await until(reactor, lambda: len(protocol.received) == len(b"before, with, after"))
            ((descriptor, at),) = protocol.descriptors
            self.addCleanup(os.close, descriptor)
            self.assertEqual(protocol.received, b"before, with, after")
            self.assertLessEqual(at, len(b"before, "))
            os.write(writing, b"the same")
            self.assertEqual(os.read(descriptor, 100), b"the same")
            protocol.transport.write(b"thanks")
            self.assertEqual(await peer.receive(6), b"thanks")
            peer.socket.close()
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)

        self.converse(talk)

    def test_who_listens(self) -> None:
        self.received(self.come_to)

    def test_who_connects(self) -> None:
        self.received(self.go_to)


class DatagramTests(UNIXTestCase):
    def test_both_ways(self) -> None:
        class Answering(DatagramProtocol):
            transport: Any

            def datagramReceived(self, datagram: bytes, addr: Any) -> None:
                self.transport.write(datagram.upper(), addr)

        class Asking(ConnectedDatagramProtocol):
            transport: Any

            def __init__(self) -> None:
                self.received: list[bytes] = []

            def datagramReceived(self, datagram: bytes, addr: object = None) -> None:
                self.received.append(datagram)

        async def talk(reactor: LibuvReactor) -> None:
            reactor.listenUNIXDatagram(self.path, Answering())
            asking = Asking()
            reactor.connectUNIXDatagram(self.path, asking, bindAddress=f"{self.path}-own")
            for data in (b"one", b"two"):
                asking.transport.write(data)
            await until(reactor, lambda: asking.received == [b"ONE", b"TWO"])

        self.converse(talk)
