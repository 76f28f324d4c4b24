"""Child processes and signals, while libuv waits; and how a program ends."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Any

from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import PATIENCE, ConversationTestCase, until
from tests.libuv.reactors import Told, factory_of


class Child(ProcessProtocol):
    """Keeps what a child process says, and how it ends."""

    transport: Any

    def __init__(self) -> None:
        self.said = b""
        self.complained = b""
        self.reason: Any = None

    def outReceived(self, data: bytes) -> None:
        """Keep what it says."""
        self.said += data

    def errReceived(self, data: bytes) -> None:
        """Keep what it complains about."""
        self.complained += data

    def processEnded(self, reason: Failure) -> None:
        """Keep how it ended."""
        self.reason = reason


class Echo(Told):
    """Says what it hears."""

    def dataReceived(self, data: bytes) -> None:
        """Say it."""
        self.transport.write(data)


class ChildrenTests(ConversationTestCase):
    def shell(self, reactor: LibuvReactor, script: str) -> Child:
        child = Child()
        reactor.spawnProcess(child, "/bin/sh", ["sh", "-c", script], env=os.environ)
        return child

    def test_several_while_connections_are_served(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            peer = await self.meet(reactor, Echo())
            # They end when their input does, all at once.
            children = [
                self.shell(reactor, f"cat; echo {number} >&2; exit {number}")
                for number in range(10)
            ]
            for child in children:
                child.transport.write(b"hello")
            for number in range(20):
                text = b"%06d" % number
                await peer.send(text)
                self.assertEqual(await peer.receive(6), text)
            for child in children:
                self.assertIsNone(child.reason)
                child.transport.closeStdin()
            while not all(child.reason for child in children):
                await peer.send(b"x")
                self.assertEqual(await peer.receive(1), b"x")
            for number, child in enumerate(children):
                self.assertEqual((child.said, child.complained), (b"hello", b"%d\n" % number))
                child.reason.trap(ProcessTerminated if number else ProcessDone)
                self.assertEqual(child.reason.value.exitCode, number)

        self.converse(talk)

    def test_much_output(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            child = self.shell(reactor, "yes 0123456789 | head -n 100000")
            await until(reactor, lambda: child.reason)
            child.reason.trap(ProcessDone)
            self.assertTrue(child.said == b"0123456789\n" * 100_000)

        self.converse(talk)

    def test_one_is_ended(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            child = self.shell(reactor, "echo begun; exec sleep 600")
            await until(reactor, lambda: child.said)
            child.transport.signalProcess("TERM")
            await until(reactor, lambda: child.reason)
            child.reason.trap(ProcessTerminated)
            self.assertEqual(child.reason.value.signal, signal.SIGTERM)

        self.converse(talk)

    def test_one_ends_when_nothing_else_happens(self) -> None:
        """Its end wakes the reactor."""
        reactor = self.new_reactor()

        class Last(Child):
            def processEnded(self, reason: Failure) -> None:
                super().processEnded(reason)
                reactor.stop()

        child = Last()
        # Without pipes nothing else tells of it.
        reactor.callWhenRunning(
            reactor.spawnProcess, child, "/bin/sh", ["sh", "-c", "exit 3"], childFDs={}
        )
        self.runReactor(reactor, timeout=PATIENCE)
        self.assertEqual(child.reason.value.exitCode, 3)


class StoppingTests(ConversationTestCase):
    """What ends a program."""

    def ended_by(self, number: signal.Signals) -> list[str]:
        """Run a reactor, which a signal ends; return what happened."""
        before = signal.getsignal(number)
        self.addCleanup(signal.signal, number, before)
        # What the reactor looks for before it takes SIGINT, and what SIGTERM is not to find.
        signal.signal(number, signal.default_int_handler)
        reactor = self.new_reactor()
        happened: list[str] = []
        reactor.addSystemEventTrigger("before", "shutdown", happened.append, "before")
        reactor.addSystemEventTrigger("after", "shutdown", happened.append, "after")
        # It comes while the reactor waits, and nothing else is to be done for long.
        thread = threading.Timer(0.05, os.kill, (os.getpid(), number))
        reactor.callWhenRunning(thread.start)
        self.runReactor(reactor, timeout=PATIENCE)
        thread.join()
        return happened

    def test_to_stop_upon_bytes(self) -> None:
        """Not in a turn of Twisted's, and although nothing else happens."""
        reactor = self.new_reactor()

        class Stopping(Told):
            def dataReceived(self, data: bytes) -> None:
                reactor.stop()

        port = reactor.listenTCP(0, factory_of(Stopping()), interface="127.0.0.1")
        with socket.create_connection(("127.0.0.1", port.getHost().port)) as client:
            client.sendall(b"x")
            self.runReactor(reactor, timeout=PATIENCE)

    def test_sigterm(self) -> None:
        self.assertEqual(self.ended_by(signal.SIGTERM), ["before", "after"])

    def test_sigint(self) -> None:
        self.assertEqual(self.ended_by(signal.SIGINT), ["before", "after"])
