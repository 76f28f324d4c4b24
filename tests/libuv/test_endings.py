"""What comes last, and what comes first: the order of things, and errors on the way out."""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IHalfCloseableProtocol, ILoggingContext
from twisted.internet.protocol import Protocol
from twisted.python import context, log
from zope.interface import implementer

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import Asking, ConversationTestCase, Peer, turn, until
from tests.libuv.reactors import Told


class AskingTestCase(ConversationTestCase):
    """Tests in which protocols connect to peers."""

    async def ask(self, reactor: LibuvReactor, protocol: Protocol, said: bytes = b"") -> Peer:
        """Have a protocol connect to a peer.

        :param said: what the peer has sent before the protocol is told that it is connected.
        """
        listener = self.a_listener()
        accepted: list[socket.socket] = []

        class Accepting(Asking):
            def buildProtocol(self, addr: object) -> Protocol | None:
                accepted.append(listener.accept()[0])
                accepted[0].send(said)
                return super().buildProtocol(addr)

        reactor.connectTCP("127.0.0.1", listener.getsockname()[1], Accepting(protocol))
        await until(reactor, lambda: accepted)
        self.addCleanup(accepted[0].close)
        return Peer(reactor, accepted[0])


class EndingTests(AskingTestCase):
    """Connections that end in one way or another."""

    def test_what_the_peer_said_before_it_left_is_heard(self) -> None:
        """Although something is written first, which the kernel refuses."""

        async def talk(reactor: LibuvReactor) -> None:
            told = Told()
            peer = await self.ask(reactor, told)
            told.transport.write(b"not to be read")
            await turn(reactor)
            peer.send_some(b"413")
            peer.socket.close()
            told.transport.write(b"refused")
            await until(reactor, lambda: told.reason)
            self.assertEqual(told.received, b"413")
            told.reason.trap(ConnectionLost)

        self.converse(talk)

    def test_a_producer_that_cannot_be_stopped(self) -> None:
        """The connection is let go of: its file descriptor will be somebody else's."""

        class Producing:
            def stopProducing(self) -> None:
                raise ZeroDivisionError

        async def talk(reactor: LibuvReactor) -> None:
            told = Told()
            peer = await self.meet(reactor, told)
            transport = told.transport
            transport.registerProducer(Producing(), True)
            peer.socket.close()
            await until(reactor, lambda: not transport.connected)
            self.assertNotIn(transport, reactor.getReaders())
            self.assertEqual(transport.fileno(), -1)

        self.converse(talk)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_protocol_that_raises_twice(self) -> None:
        """What is logged later is not said to be of the connection."""

        class Raising(Told):
            def dataReceived(self, data: bytes) -> None:
                raise ZeroDivisionError

            def connectionLost(self, reason: Any = None) -> None:
                super().connectionLost(reason)
                raise KeyError

        contexts = context.theContextTracker.currentContext().contexts
        before = len(contexts)

        async def talk(reactor: LibuvReactor) -> None:
            told = Raising()
            peer = await self.meet(reactor, told)
            await peer.send(b"x")
            await until(reactor, lambda: told.reason)

        self.converse(talk)
        self.assertEqual(len(contexts), before)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_what_a_prefix_cannot_be_made_of(self) -> None:
        @implementer(ILoggingContext)
        class Nameless(Told):
            def logPrefix(self) -> str:
                if self.made:
                    raise ZeroDivisionError
                return "nameless"

            def dataReceived(self, data: bytes) -> None:
                log.msg("here")

        said: list[Any] = []
        log.addObserver(said.append)
        self.addCleanup(log.removeObserver, said.append)

        async def talk(reactor: LibuvReactor) -> None:
            told = Nameless()
            peer = await self.meet(reactor, told)
            await peer.send(b"x")
            peer.socket.close()
            await until(reactor, lambda: told.reason)

        self.converse(talk)
        (event,) = [each for each in said if each["message"] == ("here",)]
        self.assertEqual((event["system"], event["isError"]), ("TCPServer", 0))

    def test_to_resume_after_the_end_is_to_be_told_again(self) -> None:
        """As elsewhere in Twisted."""
        told: list[str] = []

        @implementer(IHalfCloseableProtocol)
        class Half(Told):
            def readConnectionLost(self) -> None:
                told.append("read")

            def writeConnectionLost(self) -> None:
                told.append("write")

        async def talk(reactor: LibuvReactor) -> None:
            half = Half()
            peer = await self.meet(reactor, half)
            peer.socket.shutdown(1)
            await until(reactor, lambda: told == ["read"])
            self.assertNotIn(half.transport, reactor.getReaders())
            half.transport.resumeProducing()
            await until(reactor, lambda: told == ["read", "read"])
            half.transport.loseWriteConnection()
            self.assertEqual(await peer.rest(), b"")
            await until(reactor, lambda: told[2:])
            self.assertEqual((told[2], half.reason), ("write", None))

        self.converse(talk)

    def test_all_is_removed(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            told, paused = Told(), Told()
            await self.meet(reactor, told)
            await self.meet(reactor, paused)
            paused.transport.pauseProducing()
            removed = reactor.removeAll()
            self.assertIn(told.transport, removed)
            self.assertNotIn(paused.transport, removed)
            self.assertEqual(reactor.removeAll(), [])

        self.converse(talk)


class OrderTests(AskingTestCase):
    """What is due, and what arrives."""

    def test_what_is_due_is_done_before_anything_is_read(self) -> None:
        """So that who hands a new connection over by ``callLater`` does so in time."""
        happened: list[str] = []

        class Handing(Told):
            reactor: LibuvReactor

            def connectionMade(self) -> None:
                self.reactor.callLater(0, happened.append, "due")

            def dataReceived(self, data: bytes) -> None:
                happened.append("read")

        async def talk(reactor: LibuvReactor) -> None:
            handing = Handing()
            handing.reactor = reactor
            await self.ask(reactor, handing, b"already there")
            await until(reactor, lambda: len(happened) == 2)
            self.assertEqual(happened, ["due", "read"])

        self.converse(talk)

    def test_newcomers_do_not_hold_up_what_is_due(self) -> None:
        class Crowded(LibuvReactor):
            # Somebody comes all the time.
            accepted = property(lambda _: True, lambda _, value: None)

        reactor = Crowded()
        self.addCleanup(reactor.loop.close)
        reactor.callLater(0, reactor.callFromThread, reactor.stop)
        self.runReactor(reactor, timeout=10)

    def test_a_flood_of_threads_calls(self) -> None:
        """Has one turn, and not one for each call."""

        class Counting(LibuvReactor):
            turns = 0

            def runUntilCurrent(self) -> None:
                self.turns += 1
                super().runUntilCurrent()

        reactor = Counting()
        self.addCleanup(reactor.loop.close)
        called: list[int] = []

        def flood() -> None:
            for number in range(1000):
                reactor.callFromThread(called.append, number)
            reactor.callLater(0.001, reactor.stop)

        reactor.callWhenRunning(flood)
        self.runReactor(reactor, timeout=10)
        self.assertEqual(called, [*range(1000)])
        self.assertLess(reactor.turns, 10)
