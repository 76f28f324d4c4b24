"""Who writes much, and who reads slowly: backpressure, order, and the ways in which it ends."""

from __future__ import annotations

import socket
from typing import Any

import trustme
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol, IPullProducer, IPushProducer
from twisted.internet.ssl import (
    Certificate,
    PrivateCertificate,
    optionsForClientTLS,
)
from zope.interface import implementer

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import STUCK, Asking, ConversationTestCase, Peer, turn, until
from tests.libuv.reactors import Pausing, Told, factory_of

#: How much the kernel may keep for a peer, on each side; it takes a few times as much.
BUFFER = 64 * 1024

#: More than the kernel and a well-behaved transport ever keep.
MUCH = 4 * 1024 * 1024


def pattern(size: int) -> bytes:
    """Return so many bytes, none of which can be swapped with a neighbour unnoticed."""
    numbers = b"".join(b"%d," % number for number in range(size // 6 + 1))
    return (numbers * (size // len(numbers) + 1))[:size]


@implementer(IPushProducer)
class Pushing:
    """Writes as fast as it may, until so many bytes are written."""

    piece = pattern(16 * 1024)

    def __init__(self, protocol: Told, total: int) -> None:
        self.transport = protocol.transport
        self.left = total
        self.written = 0
        self.paused = self.stopped = False
        self.pauses = 0

    def begin(self) -> None:
        """Register, and write the first."""
        self.transport.registerProducer(self, True)
        self.push()

    def push(self) -> None:
        """Write as much as it may."""
        while self.left and not self.paused and not self.stopped:
            piece = self.piece[: self.left]
            self.left -= len(piece)
            self.written += len(piece)
            self.transport.write(piece)
        if not self.left:
            self.transport.unregisterProducer()

    def resumeProducing(self) -> None:
        """Go on."""
        self.paused = False
        self.push()

    def pauseProducing(self) -> None:
        """Wait."""
        self.paused = True
        self.pauses += 1

    def stopProducing(self) -> None:
        """Write no more."""
        self.stopped = True


@implementer(IPullProducer)
class Pulling:
    """Writes one piece after the other, whenever it is asked to.

    :param pieces: the pieces; in the place of one, an error may be raised.
    """

    def __init__(self, protocol: Told, pieces: list[Any]) -> None:
        self.transport = protocol.transport
        self.pieces = pieces
        self.stopped = False

    def resumeProducing(self) -> None:
        """Write the next."""
        piece = self.pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        self.transport.write(piece)
        if not self.pieces:
            self.transport.unregisterProducer()

    def stopProducing(self) -> None:
        """Keep that it is over."""
        self.stopped = True


class SlowReaderTestCase(ConversationTestCase):
    """A peer for which little waits, and a protocol that writes to it."""

    async def meet_slow(self, reactor: LibuvReactor, protocol: Told) -> Peer:
        peer = await self.meet(reactor, protocol, BUFFER)
        handle = protocol.transport.getHandle()
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        return peer

    async def stuck(self, reactor: LibuvReactor, pushing: Pushing) -> None:
        """Wait until a producer is paused, and stays so."""
        quiet = 0
        while quiet < STUCK:
            before = pushing.written
            await turn(reactor)
            quiet = quiet + 1 if pushing.paused and pushing.written == before else 0


class ProducerTests(SlowReaderTestCase):
    def test_a_push_producer_waits_for_who_does_not_read(self) -> None:
        total = 8 * MUCH

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            pushing = Pushing(protocol, total)
            pushing.begin()
            await self.stuck(reactor, pushing)
            self.assertIn(protocol.transport, reactor.getWriters())
            received = 0
            while received < total:
                self.assertLess(pushing.written - received, MUCH)
                received += len(await peer.receive(min(BUFFER, total - received)))
            self.assertEqual(pushing.left, 0)
            self.assertGreater(pushing.pauses, 5)
            await until(reactor, lambda: protocol.transport not in reactor.getWriters())
            # All is as before.
            protocol.transport.write(b"more")
            self.assertEqual(await peer.receive(4), b"more")

        self.converse(talk)

    def test_what_libuv_has_counts(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            await self.meet_slow(reactor, protocol)
            protocol.transport.write(bytes(MUCH))
            await turn(reactor)
            pushing = Pushing(protocol, MUCH)
            pushing.begin()
            self.assertEqual(pushing.written, len(Pushing.piece))

        self.converse(talk)

    def test_it_is_stopped_with_the_connection(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            pushing = Pushing(protocol, 8 * MUCH)
            pushing.begin()
            await self.stuck(reactor, pushing)
            peer.socket.close()  # with something unread: a reset
            await until(reactor, lambda: protocol.reason)
            self.assertTrue(pushing.stopped)
            self.assertGreater(pushing.left, 0)

        self.converse(talk)

    def test_a_pull_producer(self) -> None:
        pieces = [b"%d;" % number * 50 for number in range(3000)]

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            pulling = Pulling(protocol, list(pieces))
            protocol.transport.registerProducer(pulling, False)
            data = b"".join(pieces)
            self.assertEqual(await peer.receive(len(data)), data)
            self.assertFalse(pulling.stopped)
            self.assertIsNone(protocol.reason)

        self.converse(talk)

    def test_the_connection_is_not_closed_before_the_producer_is_done(self) -> None:
        pieces = [pattern(size) for size in (10, 300_000, 1, 500_000, 20)]

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            protocol.transport.registerProducer(Pulling(protocol, list(pieces)), False)
            protocol.transport.loseConnection()
            self.assertEqual(await peer.rest(), b"".join(pieces))
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)

        self.converse(talk)

    def test_nor_before_one_that_was_paused(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            pushing = Pushing(protocol, MUCH)
            pushing.begin()
            protocol.transport.loseConnection()
            self.assertEqual(len(await peer.rest()), MUCH)

        self.converse(talk)

    def test_a_producer_that_raises(self) -> None:
        """Its connection is lost, and no other."""

        async def talk(reactor: LibuvReactor) -> None:
            raising, other = Told(), Told()
            peers = [await self.meet(reactor, each) for each in (raising, other)]
            pulling = Pulling(raising, [b"one", b"two", ZeroDivisionError()])
            raising.transport.registerProducer(pulling, False)
            other.transport.write(b"still")
            self.assertEqual(await peers[0].rest(), b"onetwo")
            await until(reactor, lambda: raising.reason)
            raising.reason.trap(ZeroDivisionError)
            self.assertTrue(pulling.stopped)
            other.transport.write(b" there")
            self.assertEqual(await peers[1].receive(11), b"still there")
            self.assertIsNone(other.reason)

        self.converse(talk)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_the_order_of_odd_pieces(self) -> None:
        """What is sent at once, what libuv keeps, and what is kept from it come in order."""
        data = pattern(3 * 1024 * 1024)
        sizes = (1, 70_001, 7, 262_145, 999, 65_537, 3, 500_009)

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            at = number = 0
            received = b""
            while at < len(data):
                size = sizes[number % len(sizes)]
                number += 1
                protocol.transport.write(data[at : at + size])
                at += size
                if number % 3 == 0:
                    received += await peer.receive(1000)
                    await turn(reactor)
            protocol.transport.loseConnection()
            received += await peer.rest()
            self.assertTrue(received == data)

        self.converse(talk)


class PausingTests(ConversationTestCase):
    """Protocols that do not want to be told anything for a while."""

    def test_to_pause_and_resume_keeps_every_byte(self) -> None:
        data = pattern(MUCH)

        class Hesitant(Told):
            def __init__(self, reactor: LibuvReactor) -> None:
                super().__init__()
                self.reactor = reactor
                self.pieces: list[bytes] = []
                self.resting = False

            def dataReceived(self, piece: bytes) -> None:
                assert not self.resting
                self.pieces.append(piece)
                self.transport.pauseProducing()
                if len(self.pieces) % 3 == 0:
                    self.transport.resumeProducing()
                else:
                    self.resting = True
                    self.reactor.callLater(0, self.go_on)

            def go_on(self) -> None:
                self.resting = False
                self.transport.resumeProducing()
                if len(self.pieces) % 2:
                    self.transport.pauseProducing()
                    self.transport.resumeProducing()

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Hesitant(reactor)
            peer = await self.meet(reactor, protocol)
            await peer.send(data)
            peer.socket.shutdown(socket.SHUT_WR)
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)
            self.assertTrue(b"".join(protocol.pieces) == data)

        self.converse(talk)

    def test_who_pauses_at_once_is_not_flooded(self) -> None:
        """The peer has to wait: nothing is read for a protocol that does not want it."""

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Pausing()
            peer = await self.meet(reactor, protocol, BUFFER)
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            piece = bytes(BUFFER)
            sent = quiet = 0
            while quiet < STUCK:
                some = peer.send_some(piece)
                sent += some
                self.assertLess(sent, 8 * MUCH)
                quiet = 0 if some else quiet + 1
                await turn(reactor)
            self.assertEqual(protocol.received, b"")
            protocol.transport.resumeProducing()
            await until(reactor, lambda: len(protocol.received) == sent)
            await peer.send(b"end")
            await until(reactor, lambda: protocol.received.endswith(b"end"))

        self.converse(talk)

    def test_another_protocol_takes_over(self) -> None:
        class First(Told):
            def dataReceived(self, data: bytes) -> None:
                super().dataReceived(data)
                self.transport.protocol = second
                second.makeConnection(self.transport)

        second = Told()

        async def talk(reactor: LibuvReactor) -> None:
            first = First()
            peer = await self.meet(reactor, first)
            await peer.send(b"to the first")
            await until(reactor, lambda: second.made)
            await peer.send(b"to the second")
            await until(reactor, lambda: second.received)
            second.transport.loseConnection()
            self.assertEqual(await peer.rest(), b"")
            self.assertEqual((first.received, second.received), (b"to the first", b"to the second"))
            self.assertIsNone(first.reason)
            second.reason.trap(ConnectionDone)

        self.converse(talk)


@implementer(IHalfCloseableProtocol)
class Halves(Told):
    """Keeps which side is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: list[str] = []

    def readConnectionLost(self) -> None:
        """Keep that nothing more will arrive."""
        self.lost.append("read")

    def writeConnectionLost(self) -> None:
        """Keep that nothing more can be sent."""
        self.lost.append("write")


class EndTests(SlowReaderTestCase):
    def test_to_abort_drops_what_is_unsent(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            peer = await self.meet_slow(reactor, protocol)
            protocol.transport.write(bytes(2 * MUCH))
            await until(reactor, lambda: protocol.transport in reactor.getWriters())
            await turn(reactor)
            protocol.transport.write(b"even more")
            protocol.transport.abortConnection()
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionAborted)
            with self.assertRaises(ConnectionResetError):
                await peer.rest()

        self.converse(talk)

    def test_the_peer_closes_its_half_first(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Halves()
            peer = await self.meet(reactor, protocol)
            await peer.send(b"question")
            peer.socket.shutdown(socket.SHUT_WR)
            await until(reactor, lambda: protocol.lost)
            self.assertEqual((protocol.received, protocol.lost), (b"question", ["read"]))
            answer = pattern(MUCH)
            protocol.transport.write(answer)
            protocol.transport.loseWriteConnection()
            self.assertTrue(await peer.rest() == answer)
            await until(reactor, lambda: len(protocol.lost) == 2)
            protocol.transport.write(b"too late")
            # Nobody has asked for the end.
            for _ in range(STUCK):
                await turn(reactor)
                self.assertIsNone(protocol.reason)
            protocol.transport.loseConnection()
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)
            self.assertEqual(protocol.lost, ["read", "write"])

        self.converse(talk)

    def test_we_close_our_half_first(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            protocol = Halves()
            peer = await self.meet(reactor, protocol)
            protocol.transport.write(b"all")
            protocol.transport.loseWriteConnection()
            self.assertEqual(await peer.rest(), b"all")
            await until(reactor, lambda: protocol.lost)
            await peer.send(b"still heard")
            await until(reactor, lambda: protocol.received)
            self.assertEqual((protocol.received, protocol.lost), (b"still heard", ["write"]))
            peer.socket.close()
            await until(reactor, lambda: len(protocol.lost) == 2)
            protocol.transport.loseConnection()
            await until(reactor, lambda: protocol.reason)
            protocol.reason.trap(ConnectionDone)

        self.converse(talk)


class Upgrading(Told):
    """Says a line in clear, and goes on over TLS once it has received one.

    :param context: makes its side of TLS.
    """

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.context = context
        self.clear = b""

    def connectionMade(self) -> None:
        """Say a line."""
        super().connectionMade()
        self.transport.write(b"STARTTLS\n")

    def dataReceived(self, data: bytes) -> None:
        """Keep it, and upgrade."""
        if self.clear:
            super().dataReceived(data)
            return
        self.clear = data
        self.transport.startTLS(self.context)
        self.transport.write(pattern(500_000))


class UpgradeTests(ConversationTestCase):
    def test_to_tls(self) -> None:
        """In the middle of a connection; both ends are the reactor's, and much is sent each way."""
        authority = trustme.CA()
        issued = authority.issue_cert("localhost").private_key_and_cert_chain_pem
        certificate = PrivateCertificate.loadPEM(issued.bytes())
        trusted = Certificate.loadPEM(authority.cert_pem.bytes())
        server = Upgrading(certificate.options())
        client = Upgrading(optionsForClientTLS("localhost", trustRoot=trusted))

        async def talk(reactor: LibuvReactor) -> None:
            port = reactor.listenTCP(0, factory_of(server), interface="127.0.0.1")
            reactor.connectTCP("127.0.0.1", port.getHost().port, Asking(client))
            for each in (server, client):
                await until(reactor, lambda each: len(each.received) >= 500_000, each)
                self.assertTrue(each.received == pattern(500_000))
                self.assertEqual(each.clear, b"STARTTLS\n")
            peer = client.transport.getPeerCertificate()
            self.assertEqual(Certificate(peer), certificate)
            client.transport.loseConnection()
            for each in (server, client):
                await until(reactor, lambda each: each.reason, each)
                each.reason.trap(ConnectionDone)

        self.converse(talk)
