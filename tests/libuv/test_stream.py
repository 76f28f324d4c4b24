"""Connections whose bytes libuv moves, where Twisted's own tests do not look."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.protocol import Factory
from twisted.python import log

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import ConversationTestCase, Peer
from tests.libuv.reactors import Pausing, ReactorTestCase, Told, factory_of


def segments(client: socket.socket) -> int:
    """Return how many TCP segments with data have arrived: on loopback, one for each ``send``.

    It is ``tcpi_data_segs_in`` of ``struct tcp_info``, in ``linux/tcp.h``.
    """
    found: int = struct.unpack_from(
        "I", client.getsockopt(socket.SOL_TCP, socket.TCP_INFO, 256), 152
    )[0]
    return found


def read_all(client: socket.socket) -> bytes:
    """Return what arrives until the end."""
    return b"".join(iter(lambda: client.recv(1000), b""))


class TurnTests(ConversationTestCase):
    def test_all_are_told_before_anybody_is_answered(self) -> None:
        """Whoever waits for a reply is not woken in between."""
        peers: list[Peer] = []
        answered: list[bool] = []

        class Answering(Told):
            def dataReceived(self, data: bytes) -> None:
                self.transport.write(data)
                answered.extend(segments(peer.socket) > 0 for peer in peers)

        async def talk(reactor: LibuvReactor) -> None:
            peers.append(await self.meet(reactor, Answering()))
            peers.append(await self.meet(reactor, Answering()))
            for peer in peers:
                peer.send_some(b"x")
            for peer in peers:
                self.assertEqual(await peer.receive(1), b"x")

        self.converse(talk)
        self.assertEqual(answered, [False] * 4)


class StreamTests(ReactorTestCase):
    """One connection, and the other end of it, a socket."""

    def connected(
        self, protocol: Told, then: Callable[[LibuvReactor, socket.socket], object]
    ) -> LibuvReactor:
        """Connect to a protocol, and run the reactor until the connection is lost.

        :param then: is called in a turn of the reactor, when the connection is made.
        """
        reactor = self.new_reactor()
        port = reactor.listenTCP(0, factory_of(protocol), interface="127.0.0.1")
        client = socket.create_connection(("127.0.0.1", port.getHost().port))
        client.settimeout(10)
        self.addCleanup(client.close)

        def look() -> None:
            if protocol.made:
                then(reactor, client)
            else:
                reactor.callLater(0.001, look)

        def over() -> None:
            if protocol.reason is not None:
                reactor.stop()
            else:
                reactor.callLater(0.001, over)

        reactor.callWhenRunning(look)
        reactor.callWhenRunning(over)
        self.runReactor(reactor, timeout=10)
        return reactor

    def test_what_is_written_upon_bytes_leaves_together(self) -> None:
        class Answering(Told):
            def dataReceived(self, data: bytes) -> None:
                for _ in range(3):
                    self.transport.write(data)
                self.transport.writeSequence([b"a", b"b"])

        clients: list[socket.socket] = []

        def then(_: LibuvReactor, client: socket.socket) -> None:
            clients.append(client)
            client.sendall(b"x")
            client.shutdown(socket.SHUT_WR)

        protocol = Answering()
        self.connected(protocol, then)
        protocol.reason.trap(ConnectionDone)
        self.assertEqual(segments(clients[0]), 1)
        self.assertEqual(read_all(clients[0]), b"xxxab")

    def test_what_is_written_in_a_turn_leaves_together(self) -> None:
        protocol = Told()
        clients: list[socket.socket] = []

        def then(reactor: LibuvReactor, client: socket.socket) -> None:
            clients.append(client)
            protocol.transport.write(b"a")
            protocol.transport.write(b"b")
            reactor.callLater(0, later, reactor)

        def later(reactor: LibuvReactor) -> None:
            protocol.transport.write(b"c")
            reactor.callLater(0, protocol.transport.loseConnection)

        self.connected(protocol, then)
        self.assertEqual(segments(clients[0]), 2)
        self.assertEqual(read_all(clients[0]), b"abc")

    def test_who_pauses_at_once_misses_nothing(self) -> None:
        protocol = Pausing()
        before = []

        def then(reactor: LibuvReactor, client: socket.socket) -> None:
            client.sendall(b"one")
            client.shutdown(socket.SHUT_WR)
            reactor.callLater(0.05, resume)

        def resume() -> None:
            before.append((protocol.received, protocol.reason))
            protocol.transport.resumeProducing()

        self.connected(protocol, then)
        self.assertEqual(before, [(b"", None)])
        self.assertEqual(protocol.received, b"one")
        protocol.reason.trap(ConnectionDone)

    def test_a_reset(self) -> None:
        def then(_: LibuvReactor, client: socket.socket) -> None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()

        protocol = Told()
        self.connected(protocol, then)
        protocol.reason.trap(ConnectionLost)

    def test_the_prefix_of_log_lines(self) -> None:
        class Logging(Told):
            def dataReceived(self, data: bytes) -> None:
                log.msg("here")

        said: list[Any] = []
        log.addObserver(said.append)
        self.addCleanup(log.removeObserver, said.append)

        def then(_: LibuvReactor, client: socket.socket) -> None:
            client.sendall(b"x")
            client.shutdown(socket.SHUT_WR)

        self.connected(Logging(), then)
        log.msg("outside")
        systems = {each["message"]: each["system"] for each in said if each["message"]}
        self.assertEqual(systems[("here",)], "Logging,0,127.0.0.1")
        self.assertEqual(systems[("outside",)], "-")

    def test_a_protocol_that_raises(self) -> None:
        class Raising(Told):
            def dataReceived(self, data: bytes) -> None:
                self.transport.write(b"lost")
                raise ZeroDivisionError

        protocol = Raising()
        self.connected(protocol, lambda _, client: client.sendall(b"x"))
        protocol.reason.trap(ZeroDivisionError)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_factory_that_raises(self) -> None:
        """The client is let go, and the next one is served."""
        reactor = self.new_reactor()
        factory: Any = Factory()
        protocol = Told()
        answers: list[Any] = [None, protocol]

        def build(_: object) -> Any:
            if len(answers) == 2:
                answers.pop(0)
                raise ZeroDivisionError
            reactor.callLater(0, reactor.stop)
            return answers[0]

        factory.buildProtocol = build
        address = ("127.0.0.1", reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port)

        def come() -> None:
            with socket.create_connection(address) as client:
                client.settimeout(10)
                self.assertEqual(client.recv(1), b"")
            socket.create_connection(address).close()

        reactor.callInThread(come)
        self.runReactor(reactor, timeout=10)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertTrue(protocol.made)

    def test_its_socket_is_lent(self) -> None:
        protocol = Told()
        found: list[Any] = []

        def then(reactor: LibuvReactor, client: socket.socket) -> None:
            transport = protocol.transport
            handle = transport.getHandle()
            found.append(isinstance(handle, socket.socket))
            found.append(handle.getpeername() == client.getsockname())
            transport.setTcpKeepAlive(True)
            found.append(transport.getTcpKeepAlive())
            found.append(transport.getTcpNoDelay())
            handle.close()
            transport.write(b"still there")
            reactor.callLater(0.01, transport.loseConnection)
            reactor.callInThread(lambda: found.append(client.recv(100)))

        self.connected(protocol, then)
        self.assertEqual(found, [True, True, True, True, b"still there"])


class LoopTests(ReactorTestCase):
    """The loop below."""

    def test_asyncio_runs_beside(self) -> None:
        reactor = self.new_reactor()
        found: list[Any] = []

        async def beside() -> None:
            found.append(asyncio.get_running_loop() is reactor.loop)
            await asyncio.sleep(0.001)
            reactor.stop()

        def begin() -> None:
            found.append(reactor.loop.create_task(beside()))

        reactor.callWhenRunning(begin)
        self.runReactor(reactor, timeout=10)
        self.assertIs(found[1], True)

    def test_a_thread_wakes_it(self) -> None:
        """Although nothing else is waited for."""
        reactor = self.new_reactor()
        thread = threading.Timer(0.05, reactor.callFromThread, (reactor.stop,))
        reactor.callWhenRunning(thread.start)
        self.runReactor(reactor, timeout=10)
        thread.join()

    def test_no_timer_is_early(self) -> None:
        reactor = self.new_reactor()
        times: list[float] = []

        def begin() -> None:
            began = reactor.seconds()
            for delay in (0.0004, 0.0015, 0.0101):
                reactor.callLater(
                    delay, lambda delay=delay: times.append(reactor.seconds() - began - delay)
                )
            reactor.callLater(0.02, reactor.stop)

        reactor.callWhenRunning(begin)
        self.runReactor(reactor, timeout=10)
        self.assertEqual(len(times), 3)
        self.assertGreaterEqual(min(times), 0)
