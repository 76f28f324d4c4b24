"""A tree on a loopback port, and a client that sends exactly what it is told to."""

from __future__ import annotations

import http.client
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import attrs
from twisted.internet import reactor as global_reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater
from twisted.internet.tcp import Connection
from twisted.logger import ILogObserver, LogEvent, eventAsText, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase
from twisted.web.server import Site
from zope.interface import implementer

from netsuite.files import CgiLimits, FileTree, file_tree

clock = cast(IReactorTime, global_reactor)

#: Seconds after which a test that still waits has failed.
PATIENCE = 20.0


@attrs.frozen
class Response:
    """What came back, and how it ended."""

    status: int
    headers: dict[str, str]
    body: bytes
    complete: bool
    rest: bytes = b""


class _Reply(io.BytesIO):
    """What http.client takes for a socket. What it has not read can still be."""

    def makefile(self, mode: str) -> io.BytesIO:
        return self

    def close(self) -> None:
        """Stay open."""


def parse(data: bytes, method: str = "GET") -> Response:
    """Read a response with a parser that is not ours."""
    reply = _Reply(data)
    response = http.client.HTTPResponse(reply, method=method)  # type: ignore[arg-type] # duck type
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        body, complete = response.read(), True
    except http.client.IncompleteRead as error:
        body, complete = error.partial, False
    return Response(response.status, headers, body, complete, reply.read())


class Client(Protocol):
    """Collects what comes until the connection ends."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.reason: Failure | None = None
        self.ended: Deferred[bytes] = Deferred()

    @property
    def link(self) -> Connection:
        assert self.transport is not None
        return cast(Connection, self.transport)

    def dataReceived(self, data: bytes) -> None:
        self.data += data

    def connectionLost(self, reason: Failure = Failure(Exception())) -> None:  # noqa: B008
        self.reason = reason
        self.ended.callback(bytes(self.data))


def folder(case: SynchronousTestCase) -> Path:
    """Return a new folder that goes when the test does."""
    temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    case.addCleanup(temporary.cleanup)
    return Path(temporary.name).resolve()


def events(case: SynchronousTestCase) -> list[str]:
    """Return a list to which the text of what netsuite logs is added during a test."""
    texts: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event.get("log_namespace") == "netsuite":
            texts.append(eventAsText(event, includeTimestamp=False, includeSystem=False))

    globalLogPublisher.addObserver(observe)
    case.addCleanup(globalLogPublisher.removeObserver, observe)
    return texts


class ServedTestCase(TestCase):
    """Has a folder of its own, and serves it."""

    timeout = 60

    def setUp(self) -> None:
        self.root = folder(self)
        self.scripts = self.root / "cgi-bin"
        self.scripts.mkdir()

    def serve(self, make_site: Callable[[FileTree], Site] = Site, **limits: float) -> FileTree:
        """Start the server; the keywords are those of CgiLimits."""
        tree = file_tree(self.root, cgi_limits=CgiLimits(**limits))  # type: ignore[arg-type] # int
        port = cast(Any, global_reactor).listenTCP(0, make_site(tree), interface="127.0.0.1")
        self.port = cast(IPv4Address, port.getHost()).port
        self.addCleanup(port.stopListening)
        self.addCleanup(tree.stop)
        return tree

    async def connect(self) -> Client:
        endpoint = TCP4ClientEndpoint(global_reactor, "127.0.0.1", self.port)
        client = cast(Client, await connectProtocol(endpoint, Client()))
        self.addCleanup(client.link.abortConnection)
        return client

    async def send(self, data: bytes) -> Client:
        client = await self.connect()
        client.link.write(data)
        return client

    async def ask(
        self,
        path: str,
        *headers: str,
        method: str = "GET",
        body: bytes | None = None,
        version: str = "1.1",
    ) -> Response:
        """Send one request, and return the response once the connection has ended."""
        lines = [f"{method} {path} HTTP/{version}", "Host: files.example", "Connection: close"]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join([*lines, *headers, "", ""]).encode("latin-1")
        client = await self.send(head + (body or b""))
        client.ended.addTimeout(PATIENCE, clock)
        return parse(await client.ended, method)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = clock.seconds() + PATIENCE
        while not condition():
            self.assertLess(clock.seconds(), deadline, "waited in vain")
            await deferLater(clock, 0.01)

    def file(self, name: str, content: bytes = b"content\n") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def script(self, name: str, source: str, interpreter: str = "/bin/sh") -> Path:
        """Write a script; `interpreter` may be "python"."""
        if interpreter == "python":
            interpreter = f"{sys.executable} -IS"
        path = self.file(f"cgi-bin/{name}", f"#!{interpreter}\n{source}".encode())
        path.chmod(0o755)
        return path
