"""Questions before something is deleted, and progress bars, on a terminal."""

from __future__ import annotations

import os
import pty
import tty
from typing import Any

from twisted.internet.defer import Deferred

from netsuite.web import Response
from tests.client.genes.support import FakeGenes
from tests.client.support import NetworkTestCase, Running, new_folder
from tests.client.test_processes import TerminalEnd

#: More than the megabyte from which a transfer counts as long.
LONG = b"x" * (3 << 20)


class TerminalTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.folder = new_folder(self)
        ours, self.theirs = pty.openpty()
        tty.setraw(self.theirs)
        self.addCleanup(os.close, self.theirs)
        self.end = TerminalEnd(ours)
        self.addCleanup(self.end.close)

    def start(self, *arguments: str, files: dict[int, Any]) -> Running:
        url = f"--url=127.0.0.1:{self.server.port}"
        return Running.start("genes", url, *arguments, files=files, cwd=str(self.folder))

    async def answer(self, text: bytes, *arguments: str) -> tuple[int, bytes]:
        """Answer the question; return the status and what is printed."""
        self.end.data = b""
        files = {0: self.theirs, 1: "r", 2: self.theirs}
        client = self.start(*arguments, files=files)
        await self.end.until(b"? [y/N] ")
        os.write(self.end.descriptor, text)
        return await client.ended, client.out[1]

    async def test_questions(self) -> None:
        for answer in (b"\n", b"yesterday\n"):
            self.assertEqual(await self.answer(answer, "delete", "1"), (1, b""))
            await self.end.until(b"netsuite genes: nothing was deleted\n")
        self.assertIn(
            b"  1 (A1BG)  alpha-1-B glycoprotein\nDelete this gene? [y/N] ", self.end.data
        )
        self.assertEqual(len(self.server.genes), 2)
        self.assertEqual(await self.answer(b"y\n", "delete", "1"), (0, b"Gene 1 deleted\n"))
        self.assertEqual(await self.answer(b" YES \n", "clear"), (0, b"All genes deleted (1)\n"))
        self.assertEqual(self.server.genes, {})

    async def test_import(self) -> None:
        asked: Deferred[Any] = Deferred()
        request = bytearray()

        def receive(transport: Any, data: bytes) -> None:
            request.extend(data)
            _, _, body = request.partition(b"\r\n\r\n")
            if len(body) == len(LONG):
                asked.callback(transport)

        self.server.port = self.serve(receive)
        (self.folder / "genes.tsv").write_bytes(LONG)
        client = self.start("import", "genes.tsv", files={0: "r", 1: "r", 2: self.theirs})
        server = await asked
        await self.end.until(b"genes.tsv: sent; the server is writing")
        self.assertIn(b"3.1/3.1 MB", self.end.data)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
        server.write(head + b'{"rows":1}')
        self.assertEqual(await client.ended, 0)
        self.assertEqual(client.out[1], b"1 rows: ? added, ? updated, ? unchanged, ? removed\n")

    async def test_export(self) -> None:
        asked: Deferred[Any] = Deferred()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/tab-separated-values\r\n"

        def answer(transport: Any, data: bytes) -> None:
            transport.write(head + b"Content-Length: %d\r\n\r\n" % len(LONG))
            transport.write(LONG[: len(LONG) // 2])
            asked.callback(transport)

        self.server.port = self.serve(answer)
        client = self.start("export", "genes.tsv", files={0: "r", 1: "r", 2: self.theirs})
        server = await asked
        await self.end.until(b"1.6/3.1 MB")
        self.assertFalse((self.folder / "genes.tsv").exists())
        server.write(LONG[len(LONG) // 2 :])
        self.assertEqual(await client.ended, 0)
        self.assertEqual((self.folder / "genes.tsv").read_bytes(), LONG)

    async def test_no_bars_in_pipes(self) -> None:
        headers = {"Content-Type": "text/tab-separated-values"}
        self.server.instead["GET /genedb/gene"] = Response(LONG, headers=headers)
        client = self.start("export", files={0: "r", 1: self.theirs, 2: "r"})
        self.assertEqual(await client.ended, 0)
        await self.end.until(LONG)
        self.assertEqual(client.out[2], b"")
