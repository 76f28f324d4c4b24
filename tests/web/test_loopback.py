"""What only real sockets can show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import treq
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import Protocol
from twisted.python.filepath import FilePath
from twisted.trial.unittest import TestCase
from twisted.web.http_headers import Headers
from twisted.web.iweb import IRequest
from twisted.web.server import Site
from twisted.web.static import File

from netsuite.web import Router


class LoopbackTests(TestCase):
    timeout = 20

    async def serve(self, router: Router) -> int:
        """Listen, and return the port."""
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port = await endpoint.listen(Site(router.resource()))
        self.addCleanup(port.stopListening)
        return int(port.getHost().port)

    async def test_a_client_that_does_not_read(self) -> None:
        """The stream stands still, and ends when the client leaves."""
        chunks, size = 4096, 64 * 1024
        made = 0
        begun: Deferred[None] = Deferred()
        closed: Deferred[None] = Deferred()
        router = Router()

        @router.get("/")
        def much(request: IRequest) -> Iterator[bytes]:
            nonlocal made
            try:
                for made in range(1, chunks + 1):
                    if made == 1:
                        begun.callback(None)
                    yield bytes(size)
            finally:
                closed.callback(None)

        port = await self.serve(router)
        client = await connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port), Protocol())
        transport: Any = client.transport
        IPushProducer(transport).pauseProducing()
        transport.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await begun
        transport.abortConnection()
        await closed
        # Without backpressure all 256 MiB are made in one go. What the sockets of the loopback
        # hold is a few MiB.
        self.assertLess(made, chunks)

    async def test_a_file_in_place(self) -> None:
        folder = FilePath(self.mktemp())
        folder.makedirs()
        folder.child("a.txt").setContent(b"0123456789")
        router = Router()
        router.get("/f/<name>")(lambda request, name: File(folder.child(name).path))
        port = await self.serve(router)
        response = await treq.get(
            f"http://127.0.0.1:{port}/f/a.txt",
            headers=Headers({"Range": ["bytes=2-4"]}),
            persistent=False,
        )
        self.assertEqual((response.code, await response.content()), (206, b"234"))
