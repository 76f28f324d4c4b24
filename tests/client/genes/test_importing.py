"""Sending files to the service, and what is said about it."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport
from twisted.web.iweb import UNKNOWN_LENGTH

from netsuite.client.genes.importing import import_genes
from netsuite.client.genes.upload import CHUNK, Upload, UploadBar
from netsuite.client.problems import ClientError
from tests.client.genes.support import FakeGenes, error_answer
from tests.client.support import NetworkTestCase, Printed, ignore, new_folder, reactor

ROWS = b"id\tsymbol\tname\n1\tA1BG\tx\n2\tA2M\ty\n"


class ImportTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.path = new_folder(self) / "genes.tsv"
        self.path.write_bytes(ROWS)
        self.err = io.StringIO()
        self.patch(sys, "stderr", self.err)

    async def load(self, as_json: bool = False, **query: str) -> str:
        self.output = Printed()
        client = self.server.client()
        await import_genes(client, self.output, as_json, str(self.path), "tsv", query, 5)
        return self.output.bytes.decode()

    async def fails(self, as_json: bool = False) -> str:
        with self.assertRaises(ClientError) as caught:
            await self.load(as_json)
        self.assertEqual(caught.exception.status, 1)
        return str(caught.exception)

    async def test_imported(self) -> None:
        said = await self.load(source="HGNC", version="2026-11", replace="true")
        self.assertEqual(said, "2 rows: 2 added, 0 updated, 0 unchanged, 0 removed\n")
        (asked,) = self.server.asked
        self.assertEqual((asked.path, asked.body), ("/genedb/import", ROWS))
        self.assertEqual(asked.query, {"source": "HGNC", "version": "2026-11", "replace": "true"})
        headers = asked.headers
        self.assertEqual(headers.getRawHeaders("Content-Type"), ["text/tab-separated-values"])
        self.assertEqual(headers.getRawHeaders("Content-Length"), [str(len(ROWS))])
        self.assertEqual(self.err.getvalue(), "")

    async def test_json(self) -> None:
        counts = {"rows": 2, "added": 2, "updated": 0, "unchanged": 0, "removed": 0}
        self.assertEqual(json.loads(await self.load(as_json=True)), counts)

    async def test_large_and_empty(self) -> None:
        for size in (0, CHUNK - 1, CHUNK, CHUNK + 1, 5_000_000):
            self.path.write_bytes(os.urandom(size))
            await self.load()
            self.assertEqual(self.server.asked[-1].body, self.path.read_bytes())

    def refuse(self, rows: Any, **more: Any) -> None:
        message = "2 rows are wrong; nothing was imported"
        self.server.instead["POST /genedb/import"] = error_answer(400, message, rows=rows, **more)

    async def test_bad_rows(self) -> None:
        rows = [{"line": 17, "message": "no id"}, {"line": 18, "message": "\x1b[2J"}]
        self.refuse(rows, bad_rows=1234)
        said = await self.fails()
        self.assertEqual(said, "2 rows are wrong; nothing was imported")
        self.assertEqual(
            self.err.getvalue(),
            f"{self.path}: line 17: no id\n"
            f"{self.path}: line 18: \\x1b[2J\n"
            f"{self.path}: and 1,232 more\n",
        )
        self.assertEqual(self.output.bytes, b"")

    async def test_bad_rows_as_json(self) -> None:
        self.refuse([{"line": 17, "message": "no id"}], bad_rows=1)
        await self.fails(as_json=True)
        error = json.loads(self.output.bytes)["error"]
        self.assertEqual((error["bad_rows"], error["rows"][0]["line"]), (1, 17))
        self.assertEqual(self.err.getvalue(), "")

    async def test_strange_rows(self) -> None:
        strange: list[Any] = [5, [5], [{}], [{"line": ["\x1b"]}]]
        for rows in strange:
            self.refuse(rows, bad_rows="many")
            await self.fails()
        self.assertTrue(self.err.getvalue().replace("\n", "").isprintable())

    async def test_other_refusals(self) -> None:
        self.server.instead["POST /genedb/import"] = error_answer(413, "at most 5 bytes")
        self.assertEqual(await self.fails(), "at most 5 bytes")

    async def test_refused_before_all_is_sent(self) -> None:
        answer = json.dumps({"error": {"status": 413, "message": "too large"}}).encode()
        head = b"HTTP/1.1 413 x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

        def refuse(transport: Any, data: bytes) -> None:
            if data.startswith(b"POST"):
                transport.pauseProducing()
                transport.write(head % len(answer) + answer)

        self.server.port = self.serve(refuse)
        self.path.write_bytes(b"x" * (32 << 20))
        self.assertEqual(await self.fails(), "too large")

    async def test_server_that_goes_away(self) -> None:
        self.server.port = self.serve(lambda transport, data: transport.abortConnection())
        self.path.write_bytes(b"x" * (32 << 20))
        said = await self.fails()
        self.assertRegex(said, "the connection to .* was lost while the request was being sent: ")
        self.assertNotIn("nevertheless", said)

    async def test_answer_that_does_not_come(self) -> None:
        """Nobody knows what the service has done."""

        def leave(transport: Any, data: bytes) -> None:
            if data.endswith(ROWS):
                transport.loseConnection()

        self.server.port = self.serve(leave)
        said = await self.fails()
        self.assertIn("sent no valid HTTP response", said)
        self.assertTrue(
            said.endswith("; it may have been imported nevertheless (an import can be repeated)")
        )

    async def test_server_that_does_not_read(self) -> None:
        def pause(transport: Any) -> None:
            transport.pauseProducing()

        self.server.port = self.serve(ignore, pause)
        self.path.write_bytes(b"x" * (32 << 20))
        with self.assertRaises(ClientError) as caught:
            await import_genes(
                self.server.client(), Printed(), False, str(self.path), "tsv", {}, 0.3
            )
        self.assertRegex(str(caught.exception), "no answer from .* within 0.3 s; --timeout")

    async def test_what_cannot_be_read(self) -> None:
        self.path = self.path.with_name("no\x1b.tsv")
        self.assertIn("no\\x1b.tsv: No such file or directory", await self.fails())
        self.path.mkdir()
        self.assertIn("Is a directory", await self.fails())
        self.assertEqual(self.server.asked, [])


class UploadTests(NetworkTestCase):
    def setUp(self) -> None:
        self.path = new_folder(self) / "file"
        self.path.write_bytes(b"x" * (3 * CHUNK + 1))

    def consumer(self) -> Any:
        return StringTransport()

    async def test_paused(self) -> None:
        consumer = self.consumer()
        with Upload(reactor, str(self.path)) as upload:
            self.assertEqual(upload.length, 3 * CHUNK + 1)
            upload.pauseProducing()
            done = upload.startProducing(consumer)
            while not upload.sent:
                await turn()
            for _ in range(20):
                await turn()
            self.assertEqual((upload.sent, len(consumer.value())), (CHUNK, CHUNK))
            upload.resumeProducing()
            await done
            self.assertTrue(upload.ended)
            self.assertEqual(len(consumer.value()), 3 * CHUNK + 1)

    async def test_stopped(self) -> None:
        with Upload(reactor, str(self.path)) as upload:
            upload.pauseProducing()
            done = upload.startProducing(self.consumer())
            upload.stopProducing()
            self.assertFalse(done.called)
        self.assertEqual((upload.sent, upload.ended), (0, False))

    async def test_changed(self) -> None:
        for change in (b"x" * (4 * CHUNK), b"x" * 5):
            self.setUp()
            with Upload(reactor, str(self.path)) as upload:
                upload.pauseProducing()
                done = upload.startProducing(self.consumer())
                while not upload.sent:
                    await turn()
                with self.path.open("r+b") as file:
                    file.write(change)
                    file.truncate()
                upload.resumeProducing()
                with self.assertRaises(ClientError) as caught:
                    await done
                self.assertIn("changed while it was being sent", str(caught.exception))

    async def test_file_that_changes(self) -> None:
        """The server gets no request that looks complete."""
        ended: Deferred[bytes] = Deferred()
        came = b""

        def receive(transport: Any, data: bytes) -> None:
            nonlocal came
            if not came:
                # It is longer than what can be under way at once.
                self.path.write_bytes(b"short")
            came += data
            transport.protocol.connectionLost = lambda reason: ended.callback(came)

        self.path.write_bytes(b"x" * (32 << 20))
        server = FakeGenes(self)
        server.port = self.serve(receive)
        with self.assertRaises(ClientError) as caught:
            await import_genes(server.client(), Printed(), False, str(self.path), "tsv", {}, 5)
        self.assertIn("changed while it was being sent", str(caught.exception))
        self.assertLess(len(await ended), 32 << 20)

    async def test_broken(self) -> None:
        # There is nothing at the address 0 of a process.
        with Upload(reactor, "/proc/self/mem") as upload:
            done = upload.startProducing(self.consumer())
            with self.assertRaises(ClientError) as caught:
                await done
            self.assertIn("cannot read /proc/self/mem: Input/output error", str(caught.exception))

    async def test_pipe(self) -> None:
        path = self.path.with_name("pipe")
        os.mkfifo(path)
        descriptor = os.open(path, os.O_RDWR)
        self.addCleanup(os.close, descriptor)
        with Upload(reactor, str(path)) as upload:
            self.assertIs(upload.length, UNKNOWN_LENGTH)

    async def test_bar(self) -> None:
        with Upload(reactor, str(self.path)) as upload:
            bar = UploadBar(reactor, upload)
            self.assertFalse(bar.is_long())
            state = bar.state()
            self.assertEqual((state["total"], state["completed"]), (3 * CHUNK + 1, 0))
            self.assertTrue(state["description"].endswith(": sending"))
            await upload.startProducing(self.consumer())
            self.assertIn("sent; the server is writing", bar.state()["description"])
            upload.sent = 2 << 20
            self.assertTrue(bar.is_long())


def turn() -> Deferred[None]:
    """Let the reactor do what it has to do."""
    done: Deferred[None] = Deferred()
    reactor.callLater(0.001, done.callback, None)
    return done
