"""Small servers, and the client program as a process."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor as installed
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, ProcessProtocol, Protocol
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.client.address import Target
from netsuite.client.terminal import Output

reactor: Any = installed

CHECKOUT = Path(__file__).parents[2]

#: What a server does with bytes: it is handed its transport and the bytes that came.
Received = Callable[[Any, bytes], None]


class Scripted(Protocol):
    """A server's end, which does what the test says."""

    def __init__(self, received: Received, connected: Callable[[Any], None]) -> None:
        self._received = received
        self._connected = connected

    def connectionMade(self) -> None:
        self._connected(self.transport)

    def dataReceived(self, data: bytes) -> None:
        self._received(self.transport, data)


def ignore(*_: object) -> None:
    """Do nothing."""


def echo(transport: Any, data: bytes) -> None:
    """Send back what came."""
    transport.write(data)


class Piecemeal(Protocol):
    """Answers each chunk with a function of it, a byte at a time."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer

    def dataReceived(self, data: bytes) -> None:
        self._send(self._answer(data))

    def _send(self, data: bytes) -> None:
        transport: Any = self.transport
        if data and transport.connected:
            transport.write(data[:1])
            reactor.callLater(0, self._send, data[1:])


class NetworkTestCase(TestCase):
    """A test with servers on the loopback interface."""

    timeout = 60

    def serve(self, received: Received = ignore, connected: Callable[[Any], None] = ignore) -> int:
        """Start a server; return its port."""
        return self.serve_protocol(lambda: Scripted(received, connected))

    def serve_protocol(self, build: Callable[[], Protocol]) -> int:
        """Start a server of any protocol; return its port."""
        ends: list[Any] = []

        class Server(Factory):
            noisy = False

            def buildProtocol(self, addr: object) -> Protocol:
                protocol = build()
                ends.append(protocol)
                return protocol

        port = reactor.listenTCP(0, Server(), interface="127.0.0.1")

        def stop() -> Any:
            for end in ends:
                if end.transport is not None:
                    end.transport.abortConnection()
            return port.stopListening()

        self.addCleanup(stop)
        number: int = port.getHost().port
        return number

    def closed_port(self) -> Any:
        """Return a port on which nobody listens."""
        port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
        number = port.getHost().port
        return port.stopListening().addCallback(lambda _: number)


def new_folder(test: SynchronousTestCase) -> Path:
    """Return an empty folder, which is removed when the test ends."""
    folder = tempfile.mkdtemp(prefix="netsuite-")
    test.addCleanup(shutil.rmtree, folder)
    return Path(folder)


def target(port: int, transport: str = "tcp") -> Target:
    """Return a server on the loopback interface."""
    return Target(f"{transport}:127.0.0.1:{port}", transport, "127.0.0.1", port, "twistd -n it")


class Printed(Output):
    """Keeps what is printed."""

    def __init__(self, terminal: bool = False) -> None:
        self.buffer = io.BytesIO()
        super().__init__(self.buffer, terminal)

    @property
    def bytes(self) -> bytes:
        return self.buffer.getvalue()


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a client process."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8", **more}


async def netsuite(*arguments: str, stdin: bytes = b"", cwd: str | None = None) -> Any:
    """Run the client program with pipes; return its output, errors and status."""
    return await getProcessOutputAndValue(
        sys.executable,
        ["-m", "netsuite", *arguments],
        env=environment(),
        path=cwd or str(CHECKOUT),
        stdinBytes=stdin,
    )


class Running(ProcessProtocol):
    """A client process that the test talks to while it runs.

    :param terminals: child descriptors that are a pseudo-terminal, by descriptor.
    """

    def __init__(self) -> None:
        self.out: dict[int, bytes] = {1: b"", 2: b""}
        self.ended: Deferred[int] = Deferred()
        self._waiting: list[tuple[int, bytes, Deferred[None]]] = []

    @classmethod
    def start(
        cls, *arguments: str, files: dict[int, Any] | None = None, cwd: str | None = None
    ) -> Running:
        """Start the program; *files* are as in ``spawnProcess``."""
        running = cls()
        reactor.spawnProcess(
            running,
            sys.executable,
            [sys.executable, "-m", "netsuite", *arguments],
            env=environment(TERM="xterm", COLUMNS="100", LINES="30"),
            path=cwd or str(CHECKOUT),
            childFDs=files or {0: "w", 1: "r", 2: "r"},
        )
        return running

    def until(self, text: bytes, descriptor: int = 1) -> Deferred[None]:
        """Wait until the process has written something."""
        seen: Deferred[None] = Deferred()
        self._waiting.append((descriptor, text, seen))
        self._look()
        return seen

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self.out[childFD] += data
        self._look()

    def processEnded(self, reason: Any) -> None:
        value = reason.value
        self.ended.callback(value.exitCode if value.exitCode is not None else -value.signal)

    def _look(self) -> None:
        for entry in self._waiting[:]:
            descriptor, text, seen = entry
            if text in self.out[descriptor]:
                self._waiting.remove(entry)
                seen.callback(None)
