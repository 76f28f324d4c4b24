"""Connections that are asked for, and those that were made elsewhere."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import (
    ConnectBindError,
    ConnectError,
    ConnectingCancelledError,
    ConnectionDone,
    UserError,
)
from twisted.internet.error import (
    ConnectionRefusedError as Refused,
)
from twisted.internet.error import (
    TimeoutError as TookTooLong,
)
from twisted.internet.protocol import Factory, Protocol

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import Asking, ConversationTestCase, Peer, turn, until
from tests.libuv.reactors import Told, factory_of


def at(listener: socket.socket) -> tuple[str, int]:
    """Return where a socket listens."""
    host, port = listener.getsockname()[:2]
    return host, port


def opened() -> list[str]:
    """Return what this process has open, as Linux names it."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the folder
            found.append(str(each.readlink()))
    return found


class ConnectingTests(ConversationTestCase):
    def unanswered(self) -> tuple[str, int]:
        """Return an address that does not answer: there, too many wait to be accepted."""
        listener = self.a_socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address: tuple[str, int] = listener.getsockname()
        for _ in range(3):
            self.a_socket().connect_ex(address)
        return address

    def unused(self) -> tuple[str, int]:
        """Return an address that refuses: nobody listens, and nobody else can."""
        taken = self.a_socket()
        taken.bind(("127.0.0.1", 0))
        address: tuple[str, int] = taken.getsockname()
        return address

    async def accept(self, reactor: LibuvReactor, listener: socket.socket) -> Peer:
        """Wait for somebody to connect."""
        found: list[socket.socket] = []

        def look() -> bool:
            try:
                found.append(listener.accept()[0])
            except BlockingIOError:
                return False
            return True

        await until(reactor, look)
        (peer,) = found
        self.addCleanup(peer.close)
        return Peer(reactor, peer)

    def test_both_ways(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            protocol = Told()
            asking = Asking(protocol)
            connector = reactor.connectTCP(*at(listener), asking)
            await until(reactor, lambda: protocol.made)
            self.assertEqual(connector.state, "connected")
            peer = await self.accept(reactor, listener)
            protocol.transport.write(b"question")
            self.assertEqual(await peer.receive(8), b"question")
            await peer.send(b"answer")
            await until(reactor, lambda: protocol.received == b"answer")
            address = IPv4Address("TCP", *at(listener))
            self.assertEqual(protocol.transport.getPeer(), address)
            address = IPv4Address("TCP", *peer.socket.getpeername())
            self.assertEqual(protocol.transport.getHost(), address)
            protocol.transport.loseConnection()
            self.assertEqual(await peer.rest(), b"")
            await until(reactor, lambda: asking.lost)
            protocol.reason.trap(ConnectionDone)
            self.assertIsNone(asking.failed)

        self.converse(talk)

    def test_again(self) -> None:
        """A connector connects once more after the connection is lost."""

        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            first, second = Told(), Told()
            asking = Asking(first)
            connector = reactor.connectTCP(*at(listener), asking)
            await until(reactor, lambda: first.made)
            connector.disconnect()
            await until(reactor, lambda: asking.lost)
            asking.lost, asking.answer = None, second
            connector.connect()
            await until(reactor, lambda: second.made)
            self.assertIsNone(asking.lost)

        self.converse(talk)

    def test_nobody_listens(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            asking = Asking(Told())
            connector = reactor.connectTCP(*self.unused(), asking)
            await until(reactor, lambda: asking.failed)
            assert asking.failed is not None
            asking.failed.trap(Refused)
            self.assertEqual((connector.state, asking.asked), ("disconnected", False))

        self.converse(talk)

    def test_nobody_answers(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            asking = Asking(Told())
            connector = reactor.connectTCP(*self.unanswered(), asking, timeout=0.1)
            transport = connector.transport
            await until(reactor, lambda: asking.failed)
            assert asking.failed is not None
            asking.failed.trap(TookTooLong)
            self.assertEqual((connector.state, asking.asked), ("disconnected", False))
            self.assertNotIn(transport, reactor.getWriters())

        self.converse(talk)

    def test_to_stop_before_there_is_an_answer(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            at_once, later = Asking(Told()), Asking(Told())
            address = self.unanswered()
            reactor.connectTCP(*address, at_once).stopConnecting()
            connector = reactor.connectTCP(*address, later)
            transport = connector.transport
            await until(reactor, lambda: transport in reactor.getWriters())
            connector.stopConnecting()
            for asking in (at_once, later):
                await until(reactor, lambda asking: asking.failed, asking)
                assert asking.failed is not None
                asking.failed.trap(UserError)
            self.assertNotIn(transport, reactor.getWriters())

        self.converse(talk)

    def stopped_while_it_is_handed_over(self, rounds: int) -> None:
        """Stop when it is connected, and libuv is about to say so.

        :param rounds: how often the loop goes round in between.
        """

        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            asking = Asking(Told())
            connector = reactor.connectTCP(*at(listener), asking)
            transport: Any = connector.transport
            inode = os.fstat(transport.fileno()).st_ino
            seen: list[str] = []

            def look() -> None:
                # Each time that the loop goes round.
                if transport in reactor.getWriters():
                    seen[:] = ["connecting"]
                elif seen:
                    seen.append(connector.state)
                if len(seen) == rounds + 2:
                    connector.stopConnecting()
                else:
                    reactor.loop.call_soon(look)

            look()
            await until(reactor, lambda: asking.failed)
            self.assertEqual(set(seen), {"connecting"})
            assert asking.failed is not None
            asking.failed.trap(UserError)
            await until(reactor, lambda: f"socket:[{inode}]" not in opened())
            peer = await self.accept(reactor, listener)
            self.assertEqual(await peer.rest(), b"")
            self.assertFalse(asking.asked)
            self.assertNotIn(transport, reactor.getReaders())

        self.converse(talk)

    def test_to_stop_before_libuv_has_it(self) -> None:
        self.stopped_while_it_is_handed_over(0)

    def test_to_stop_before_libuv_says_that_it_has_it(self) -> None:
        self.stopped_while_it_is_handed_over(1)

    def test_there_is_to_be_no_protocol(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            asking = Asking(None)
            connector = reactor.connectTCP(*at(listener), asking)
            await until(reactor, lambda: asking.lost)
            assert asking.lost is not None
            asking.lost.trap(ConnectionDone)
            self.assertEqual(connector.state, "disconnected")
            peer = await self.accept(reactor, listener)
            self.assertEqual(await peer.rest(), b"")

        self.converse(talk)

    def test_the_protocol_cannot_be_built(self) -> None:
        class Raising(Asking):
            def buildProtocol(self, addr: object) -> Protocol | None:
                raise ZeroDivisionError

        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            asking = Raising(None)
            transport: Any = reactor.connectTCP(*at(listener), asking).transport
            peer = await self.accept(reactor, listener)
            self.assertEqual(await peer.rest(), b"")
            await until(reactor, lambda: asking.failed)
            assert asking.failed is not None
            asking.failed.trap(ConnectError)
            self.assertEqual(transport.fileno(), -1)

        self.converse(talk)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_protocol_that_raises_when_it_is_connected(self) -> None:
        class Raising(Told):
            def connectionMade(self) -> None:
                raise ZeroDivisionError

        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            protocol = Raising()
            asking = Asking(protocol)
            reactor.connectTCP(*at(listener), asking)
            peer = await self.accept(reactor, listener)
            self.assertEqual(await peer.rest(), b"")
            await until(reactor, lambda: asking.lost)
            protocol.reason.trap(ZeroDivisionError)
            self.assertIsNone(asking.failed)

        self.converse(talk)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_endpoints(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            host, port = at(listener)
            for endpoint in (
                TCP4ClientEndpoint(reactor, host, port),
                HostnameEndpoint(reactor, "localhost", port),
            ):
                protocol: Any = await endpoint.connect(factory_of(Told()))
                peer = await self.accept(reactor, listener)
                await peer.send(b"hello")
                await until(reactor, lambda told: told.received == b"hello", protocol)
                protocol.transport.loseConnection()
                self.assertEqual(await peer.rest(), b"")

        self.converse(talk)

    def test_an_endpoint_is_cancelled(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            endpoint = TCP4ClientEndpoint(reactor, *self.unanswered())
            connecting = endpoint.connect(Factory.forProtocol(Told))
            before = set(reactor.getWriters())
            await until(reactor, lambda: set(reactor.getWriters()) - before)
            connecting.cancel()
            with self.assertRaises(ConnectingCancelledError):
                await connecting
            self.assertEqual(set(reactor.getWriters()), before)

        self.converse(talk)

    def test_ipv6(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener(socket.AF_INET6)
            host, port = at(listener)
            endpoint = TCP6ClientEndpoint(reactor, host, port)
            protocol: Any = await endpoint.connect(factory_of(Told()))
            peer = await self.accept(reactor, listener)
            self.assertEqual(protocol.transport.getPeer(), IPv6Address("TCP", "::1", port))
            address = IPv6Address("TCP", *peer.socket.getpeername()[:2])
            self.assertEqual(protocol.transport.getHost(), address)
            protocol.transport.write(b"hello")
            self.assertEqual(await peer.receive(5), b"hello")

        self.converse(talk)

    def test_an_ipv6_client(self) -> None:
        """What the port says of it."""

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            port = reactor.listenTCP(0, factory_of(protocol), interface="::1")
            client = self.a_socket(socket.AF_INET6)
            client.connect_ex(("::1", port.getHost().port))
            await until(reactor, lambda: protocol.made)
            address = IPv6Address("TCP", "::1", client.getsockname()[1])
            self.assertEqual(protocol.transport.getPeer(), address)
            self.assertEqual(protocol.transport.getHost(), port.getHost())

        self.converse(talk)

    def test_from_an_address_of_ones_own(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            address = at(listener)
            protocol = Told()
            reactor.connectTCP(*address, Asking(protocol), bindAddress=("127.0.0.2", 0))
            await until(reactor, lambda: protocol.made)
            peer = await self.accept(reactor, listener)
            self.assertEqual(peer.socket.getpeername()[0], "127.0.0.2")
            # One that is taken.
            asking = Asking(Told())
            reactor.connectTCP(*address, asking, bindAddress=self.unused())
            await until(reactor, lambda: asking.failed)
            assert asking.failed is not None
            asking.failed.trap(ConnectBindError)

        self.converse(talk)


class AdoptingTests(ConversationTestCase):
    """Sockets that others have made."""

    def test_a_connection(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            one, other = socket.socketpair()
            for each in (one, other):
                self.addCleanup(each.close)
                each.setblocking(False)
            protocol = Told()
            reactor.adoptStreamConnection(one.fileno(), one.family, factory_of(protocol))
            one.close()
            peer = Peer(reactor, other)
            await peer.send(b"question")
            await until(reactor, lambda: protocol.received == b"question")
            protocol.transport.write(b"answer")
            protocol.transport.loseConnection()
            self.assertEqual(await peer.rest(), b"answer")
            await until(reactor, lambda: protocol.reason)

        self.converse(talk)

    def test_a_port(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            listener = self.a_listener()
            address = listener.getsockname()
            protocols = [Told(), Told()]
            factory = factory_of(*protocols)
            port = reactor.adoptStreamPort(listener.fileno(), listener.family, factory)
            listener.close()
            self.assertEqual(port.getHost(), IPv4Address("TCP", *address))
            for protocol in protocols:
                peer = self.come(reactor, port)
                await until(reactor, lambda each: each.made, protocol)
                protocol.transport.write(b"hello")
                protocol.transport.loseConnection()
                self.assertEqual(await peer.rest(), b"hello")
            await port.stopListening()
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(address)

        self.converse(talk)

    def test_a_port_pauses(self) -> None:
        """Who comes meanwhile waits, and is not refused."""

        async def talk(reactor: LibuvReactor) -> None:
            protocol = Told()
            port = reactor.listenTCP(0, factory_of(protocol), interface="127.0.0.1")
            port.pauseProducing()
            await turn(reactor)
            self.assertNotIn(port, reactor.getReaders())
            self.come(reactor, port)
            for _ in range(5):
                await turn(reactor)
            self.assertFalse(protocol.made)
            port.resumeProducing()
            await until(reactor, lambda: protocol.made)

        self.converse(talk)
