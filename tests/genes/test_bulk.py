"""Importing files through the API."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from tempfile import TemporaryFile
from threading import Event
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.genes import bulk
from netsuite.genes.bulk import BadRows, import_file
from netsuite.genes.records import Gene
from netsuite.genes.repository import Counts, Genes
from netsuite.genes.writing import FORMATS
from netsuite.storage import StoreUnavailable
from tests.genes.served import Answer, Served
from tests.genes.stores import Repositories
from tests.storage.contract import Sqlite

HEADER = "id\tsymbol\tname\talias_symbols\n"
HGNC = (
    "hgnc_id\tsymbol\tname\tlocus_type\tlocation\tstatus\talias_symbol\tprev_symbol\tentrez_id\t"
    "ensembl_gene_id\n"
    'HGNC:37133\tA1BG-AS1\tA1BG antisense RNA 1\t\t\tApproved\tFLJ23569\t"NCRNA00181|A1BGAS"\t'
    "503538\tENSG00000268895\n"
)


def tsv(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def later(function: Callable[..., object], *arguments: object) -> None:
    """Call a function from the reactor, soon."""
    from twisted.internet import reactor

    IReactorFromThreads(reactor).callFromThread(function, *arguments)


def plain(number: int) -> str:
    return f"{number}\tS{number}\tname {number}\t"


class ImportTests(Repositories, Sqlite, TestCase):
    """Files that arrive, on the store that the service uses."""

    def setUp(self) -> None:
        super().setUp()
        self.repository = self.genes(samples=True)
        self.served = Served(self.repository)

    async def send(
        self, body: bytes, query: str = "", media_type: str = "text/tab-separated-values"
    ) -> Answer:
        headers = {"Content-Type": media_type}
        return await self.served.send("POST", f"/genedb/import{query}", body, headers)

    async def all(self, fields: str = "id") -> list[Any]:
        answer = await self.served.send("GET", f"/genedb/gene?fields={fields}")
        return [gene if "," in fields else gene[fields] for gene in answer.json["genes"]]

    def counts(self, **expected: int) -> dict[str, int]:
        names = ("rows", "added", "updated", "unchanged", "removed")
        return {name: expected.get(name, 0) for name in names}

    async def test_add_and_bring_up_to_date(self) -> None:
        body = tsv("1\tA1BG\talpha-1-B glycoprotein\t", "2\tA2M\tnew\t", plain(3))
        answer = await self.send(body)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json, self.counts(rows=3, added=1, updated=1, unchanged=1))
        self.assertEqual(await self.all("name"), ["alpha-1-B glycoprotein", "new", "name 3"])
        again = await self.send(body)
        self.assertEqual(again.json, self.counts(rows=3, unchanged=3))

    async def test_replace(self) -> None:
        answer = await self.send(tsv("2\tA2M\tnew\t", plain(3)), "?replace=true")
        self.assertEqual(answer.json, self.counts(rows=2, added=1, updated=1, removed=1))
        self.assertEqual(await self.all(), ["2", "3"])
        self.assertEqual((await self.send(tsv(plain(4)), "?replace=false")).json["removed"], 0)

    async def test_replace_by_nothing(self) -> None:
        answer = await self.send(tsv(), "?replace=true")
        self.assertEqual(answer.status, 400)
        self.assertIn("DELETE /genedb/gene", answer.message)
        self.assertEqual(await self.all(), ["1", "2"])
        self.assertEqual((await self.send(tsv())).json, self.counts())

    async def test_hgnc(self) -> None:
        await self.send(HGNC.encode(), "?source=HGNC%20complete%20set&version=2026-11")
        answer = await self.served.send("GET", "/genedb/gene/503538?fields=all")
        (gene,) = answer.json["gene"]
        self.assertEqual(gene["previous_symbols"], ["NCRNA00181", "A1BGAS"])
        self.assertEqual((gene["hgnc_id"], gene["location"]), ("HGNC:37133", None))
        meta = (await self.served.send("GET", "/genedb/meta")).json
        self.assertEqual((meta["source"], meta["version"]), ("HGNC complete set", "2026-11"))
        self.assertRegex(meta["imported"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        await self.served.send("DELETE", "/genedb/gene")
        meta = (await self.served.send("GET", "/genedb/meta")).json
        self.assertEqual([meta[name] for name in ("source", "version", "imported")], [None] * 3)

    async def test_every_format(self) -> None:
        everything = await self.all("all,id")
        for name in ("tsv", "csv", "ndjson"):
            media_type = FORMATS[name].media_type
            exported = await self.served.send("GET", f"/genedb/gene?format={name}&fields=all")
            for query, sent_as in (
                ("", media_type),
                ("", f"{media_type}; charset=utf-8"),
                ("", "application/octet-stream"),
                (f"?format={name}", "application/octet-stream"),
                (f"?format={name}", "text/csv"),
            ):
                answer = await self.send(exported.body, query, sent_as)
                self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(answer.json, self.counts(rows=2, unchanged=2))
        self.assertEqual(await self.all("all,id"), everything)

    async def test_other_media_types(self) -> None:
        for media_type in (
            "text/plain",
            "application/json",
            "multipart/form-data",
            "text/csv; charset=x",
        ):
            answer = await self.send(tsv(plain(3)), "", media_type)
            self.assertEqual(answer.status, 415)
            self.assertIn("text/tab-separated-values", answer["Accept"] or "")
        self.assertEqual(await self.all(), ["1", "2"])

    async def test_malformed_parameters(self) -> None:
        for query in (
            "source=",
            f"source={'x' * 201}",
            "version=a%0Ab",
            "replace=yes",
            "format=json",
        ):
            answer = await self.send(tsv(plain(3)), f"?{query}")
            self.assertEqual(answer.status, 400)
            self.assertIn(query.partition("=")[0], answer.message)

    async def test_bad_rows(self) -> None:
        body = tsv(plain(3), "4\t\tno symbol\t", plain(5), "bad id\tS\tn\t", "3\tAGAIN\tx\t")
        answer = await self.send(body)
        self.assertEqual(answer.status, 400)
        error = answer.json["error"]
        self.assertEqual(error["bad_rows"], 3)
        self.assertEqual([row["line"] for row in error["rows"]], [3, 5, 6])
        for row, told in zip(error["rows"], ("symbol", "id", "line 2"), strict=True):
            self.assertIn(told, row["message"])
        self.assertIn("nothing was imported", answer.message)
        self.assertEqual(await self.all(), ["1", "2"])

    async def test_many_bad_rows(self) -> None:
        answer = await self.send(tsv(*("x" for _ in range(250))))
        error = answer.json["error"]
        self.assertEqual((error["bad_rows"], len(error["rows"])), (250, 100))

    async def test_a_header_that_is_none(self) -> None:
        answer = await self.send(b"\x89PNG\r\n\x1a\n\0\0")
        self.assertEqual((answer.status, answer.json["error"]["bad_rows"]), (400, 1))
        self.assertEqual(answer.json["error"]["rows"][0]["line"], 1)

    async def test_too_long(self) -> None:
        self.served = Served(self.repository, max_import=200)
        self.assertEqual((await self.send(tsv(plain(3)))).status, 200)
        self.assertEqual((await self.send(tsv(*map(plain, range(100))))).status, 413)

    async def test_longer_than_messages_are(self) -> None:
        body = tsv(*map(plain, range(10, 10_010)))
        self.assertGreater(len(body), self.served.connections.limits.max_message)
        answer = await self.send(body)
        self.assertEqual(answer.json, self.counts(rows=10_000, added=10_000))

    async def test_half_a_file(self) -> None:
        body = tsv(*map(plain, range(3, 100)))
        channel, _wire = self.served.connect()
        head = (
            b"POST /genedb/import HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: text/tab-separated-values\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        channel.dataReceived(head + body[:-10])
        channel.readConnectionLost()
        self.assertEqual(await self.all(), ["1", "2"])

    async def test_others_go_on(self) -> None:
        importing = self.send(tsv(*map(plain, range(10, 3_010))))
        work = Deferred.fromCoroutine(importing)
        answered = 0
        while not work.called:
            answer = await self.served.send("GET", "/genedb/gene/1")
            self.assertEqual(answer.status, 200)
            answered += 1
            turn: Deferred[None] = Deferred()
            later(turn.callback, None)
            await turn
        self.assertEqual((await work).status, 200)
        self.assertGreater(answered, 10)


class WaitingGenes(Genes):
    """A repository whose import takes until the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.importing: Deferred[None] = Deferred()
        self.begun: Deferred[list[Gene]] = Deferred()
        self.written: list[Gene] = []

    async def import_genes(self, genes: Iterable[Gene], **_about: object) -> Counts:
        later(self.begun.callback, [*genes])
        await self.importing
        # As after a lost connection: from the beginning.
        self.written = [*genes]
        return Counts(len(self.written), 0, 0, 0, 0)


class CancelTests(TestCase):
    """Clients that leave."""

    def start(self, genes: Genes, file: Any) -> Deferred[Counts]:
        importing = import_file(genes, file, "tsv", source=None, version=None, replace=False)
        return Deferred.fromCoroutine(importing)

    async def test_while_it_is_written(self) -> None:
        genes = WaitingGenes()
        waiting = self.start(genes, BytesIO(tsv(plain(1), plain(2))))
        self.assertEqual([gene.id for gene in await genes.begun], ["1", "2"])
        waiting.cancel()
        with self.assertRaises(CancelledError):
            await waiting
        genes.importing.callback(None)
        self.assertEqual([gene.id for gene in genes.written], ["1", "2"])

    async def test_while_it_is_checked(self) -> None:
        class Slow:
            """A file that goes on as long as it is read."""

            def __init__(self) -> None:
                self.reading: Deferred[None] = Deferred()
                self.lines = self.endless()
                self.closed: Deferred[None] = Deferred()

            def endless(self) -> Iterator[bytes]:
                yield HEADER.encode()
                number = 0
                later(self.reading.callback, None)
                while True:
                    number += 1
                    yield f"{plain(number)}\n".encode()

            def readline(self, _size: int) -> bytes:
                return next(self.lines)

            def __enter__(self) -> Slow:
                return self

            def __exit__(self, *_error: object) -> None:
                later(self.closed.callback, None)

        genes, file = WaitingGenes(), Slow()
        waiting = self.start(genes, file)
        await file.reading
        waiting.cancel()
        with self.assertRaises(CancelledError):
            await waiting
        await file.closed
        self.assertFalse(genes.begun.called)

    async def test_a_store_that_fails(self) -> None:
        genes = WaitingGenes()
        waiting = self.start(genes, BytesIO(tsv(plain(1))))
        await genes.begun
        genes.importing.errback(StoreUnavailable("gone"))
        with self.assertRaises(StoreUnavailable):
            await waiting


class CheckTests(SynchronousTestCase):
    """What is done in the thread."""

    def check(self, body: bytes, format_name: str = "tsv") -> list[Gene]:
        checked = bulk._check(BytesIO(body), format_name, Event())
        self.addCleanup(checked.close)
        genes = [*checked]
        self.assertEqual(genes, [*checked])
        self.assertEqual(checked.rows, len(genes))
        return genes

    def test_all_that_a_record_holds(self) -> None:
        lists = ("A|B", "")
        for aliases in lists:
            body = f"{HEADER}1\tS\t'name \U0001f9ec\t{aliases}\n".encode()
            (gene,) = self.check(body)
            expected = tuple(aliases.split("|")) if aliases else ()
            self.assertEqual(gene, Gene("1", "S", "'name \U0001f9ec", alias_symbols=expected))

    def test_in_their_order(self) -> None:
        ids = [str(number * 7919 % 1000) for number in range(1000)]
        body = tsv(*(f"{gene_id}\tS\tn\t" for gene_id in ids))
        self.assertEqual([gene.id for gene in self.check(body)], ids)

    def test_ids_are_compared_exactly(self) -> None:
        self.assertEqual(len(self.check(tsv("a\tS\tn\t", "A\tS\tn\t"))), 2)
        error = self.assertRaises(
            BadRows, bulk._check, BytesIO(tsv("a\tS\tn\t", "a\tT\tn\t")), "tsv", Event()
        )
        self.assertEqual((error.number, error.first[0].line), (1, 3))

    def test_memory(self) -> None:
        """A file twenty times as long takes no more memory."""

        def peak(rows: int) -> int:
            with TemporaryFile() as file:
                file.write(HEADER.encode())
                for number in range(rows):
                    file.write(f"{plain(number)}\n".encode())
                file.seek(0)
                tracemalloc.start()
                try:
                    checked = bulk._check(file, "tsv", Event())
                    for _gene in checked:
                        pass
                    checked.close()
                    return tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()

        peak(100)  # what is made once
        few, many = peak(500), peak(10_000)
        self.assertLess(many, few + 200_000)
