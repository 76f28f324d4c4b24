"""Files of all genes, complete or not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netsuite.client.genes.exporting import export_genes
from netsuite.client.genes.files import format_of
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.web import Response
from tests.client.genes.support import FakeGenes, error_answer
from tests.client.support import NetworkTestCase, Printed, new_folder


class ExportTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.folder = new_folder(self)
        self.path = self.folder / "genes.tsv"
        self.output = Printed()

    async def export(self, path: Path | None, force: bool = False) -> None:
        client = self.server.client(timeout=1)
        await export_genes(client, self.output, path, "tsv", "all", force)

    async def fails(self, words: str, force: bool = False) -> None:
        with self.assertRaises(ClientError) as caught:
            await self.export(self.path, force)
        self.assertIn(words, str(caught.exception))

    async def test_file(self) -> None:
        await self.export(self.path)
        self.assertEqual(self.path.read_bytes(), b"id\n1\n2\n")
        self.assertEqual(self.server.asked[-1].query, {"format": "tsv", "fields": "all"})
        await self.fails("genes.tsv exists; --force replaces it")
        self.assertEqual(len(self.server.asked), 1)
        self.server.genes.clear()
        await self.export(self.path, force=True)
        self.assertEqual(self.path.read_bytes(), b"id\n")
        self.assertEqual(self.output.bytes, b"")

    async def test_standard_output(self) -> None:
        await self.export(None)
        self.assertEqual(self.output.bytes, b"id\n1\n2\n")

    async def test_a_terminal_is_safe(self) -> None:
        self.output.terminal = True
        self.server.genes = {"1": {"id": "\x1b[2J"}}
        await self.export(None)
        self.assertEqual(self.output.bytes, b"id\n\\x1b[2J\n")

    async def test_what_is_no_export(self) -> None:
        self.server.instead["GET /genedb/gene"] = Response.html("<html>")
        await self.fails("its answer is text/html, not text/tab-separated-values")
        self.server.instead["GET /genedb/gene"] = error_answer(503, "try again")
        await self.fails("try again")
        self.assertEqual(list(self.folder.iterdir()), [])

    async def test_broken_off(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/tab-separated-values\r\n"
        body = head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nid\n\r\n"
        self.path.write_bytes(b"old")

        def leave(transport: Any, data: bytes) -> None:
            transport.write(body)
            transport.loseConnection()

        def stall(transport: Any, data: bytes) -> None:
            transport.write(body)

        for server, words in ((leave, "cut short after 3 bytes"), (stall, "stalled")):
            self.server.port = self.serve(server)
            await self.fails(words, force=True)
            self.assertEqual(list(self.folder.iterdir()), [self.path])
            self.assertEqual(self.path.read_bytes(), b"old")


class FormatTests(NetworkTestCase):
    def test_suffixes(self) -> None:
        for name, file_format in (
            ("a.tsv", "tsv"),
            ("hgnc_complete_set.txt", "tsv"),
            ("A.CSV", "csv"),
            ("a.b.ndjson", "ndjson"),
            ("a.jsonl", "ndjson"),
            ("a.json", "json"),
        ):
            self.assertEqual(format_of(name), file_format)

    def test_no_suffixes(self) -> None:
        for name in ("-", "a", "a.xlsx", ".tsv", "a.tsv.gz", "a."):
            with self.assertRaises(WrongUsage):
                format_of(name)
