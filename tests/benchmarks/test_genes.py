"""The genes that are served, and what is known of their services' answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from benchmarks import gene_requests
from benchmarks.gene_requests import CLIENTS, PAGE, Dialect, Exchange
from benchmarks.genes import COUNT, Gene, GeneData
from benchmarks.processes import ProgramError

from .folders import temporary_folder
from .genes import some_genes


class DataTests(SynchronousTestCase):
    def test_made_up_genes(self) -> None:
        folder = temporary_folder(self)
        data = GeneData(folder, folder / "no such file")
        self.assertEqual(len(data.genes), COUNT)
        for distinct in ("id", "symbol"):
            self.assertEqual(len({getattr(gene, distinct) for gene in data.genes}), COUNT)
        content = data.file.read_bytes()
        data.file.unlink()
        self.assertEqual(GeneData(folder, folder / "no such file").file.read_bytes(), content)

    def test_hgncs_columns(self) -> None:
        folder = temporary_folder(self)
        file = folder / "hgnc.tsv"
        file.write_text(
            "hgnc_id\tsymbol\tname\tlocation\talias_symbol\tprev_symbol\tentrez_id\n"
            'HGNC:1\tA1\tone\t\t"B|C D"\tE\t7\n'
            "HGNC:2\tA2\ttwo\t\t\t\t\n"
        )
        data = GeneData(folder, file)
        self.assertEqual(data.file, file)
        self.assertEqual(
            data.genes, [Gene("7", "A1", "one", ("E", "B", "C D")), Gene("HGNC:2", "A2", "two")]
        )
        self.assertEqual(data.genes[0].record, {"id": "7", "symbol": "A1", "name": "one"})


class Scripted(Dialect):
    """A service that is not there.

    :param answers: the body and the ``Link`` header that a request is answered with.
    """

    def __init__(self, answers: Mapping[str, tuple[bytes, str]]) -> None:
        self._answers = answers

    def ask(
        self, target: str, method: str = "GET", content: bytes | None = None
    ) -> tuple[bytes, str]:
        key = f"{method} {target}"
        return self._answers[key if content is None else f"{key} {content.decode()}"]


class Always(Scripted):
    """A service that answers each request alike."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def ask(
        self, target: str, method: str = "GET", content: bytes | None = None
    ) -> tuple[bytes, str]:
        return self._body, ""


class RequestTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.data = some_genes(temporary_folder(self))
        self.records = [gene.record for gene in self.data.genes]

    def targets(self, exchanges: list[Exchange]) -> list[str]:
        return [exchange.request.split(b" ")[1].decode() for exchange in exchanges]

    def test_notations(self) -> None:
        first = gene_requests.one_gene(self.data, self.echo({}))[0]
        for options, end in (
            ({}, ""),
            ({"separators": (",", ":")}, ""),
            ({"separators": (",", ":"), "sort_keys": True}, "\n"),
        ):
            exchanges = gene_requests.one_gene(self.data, self.echo(options, end))
            self.assertEqual(len(exchanges), len(self.records))
            self.assertEqual(exchanges[0].request, first.request)
            by_target = dict(zip(self.targets(exchanges), exchanges, strict=True))
            for record in self.records:
                body = json.dumps({"gene": [record]}, **options) + end
                self.assertEqual(by_target[f"/genedb/gene/{record['id']}"].body, body.encode())

    def echo(self, options: Mapping[str, Any], end: str = "") -> Dialect:
        """Return a service that knows each gene, and writes JSON in its own way."""
        answers = {}
        for record in self.records:
            body = json.dumps({"gene": [record]}, **options) + end
            answers[f"GET /genedb/gene/{record['id']}"] = body.encode(), ""
        return Scripted(answers)

    def test_another_answer(self) -> None:
        for body in (b"", b'{"gene":[]}', b'{"genes":[]}', b"["):
            for ask in (
                gene_requests.one_gene,
                gene_requests.pages,
                gene_requests.searches,
                gene_requests.updates,
            ):
                error = self.assertRaises(ProgramError, ask, self.data, Always(body))
                self.assertIn("expected", str(error))

    def pages(self) -> list[bytes]:
        starts = range(0, len(self.records), PAGE)
        return [
            json.dumps({"genes": self.records[start : start + PAGE]}).encode() for start in starts
        ]

    def test_pages_by_their_links(self) -> None:
        first, second, third = self.pages()
        service = Scripted(
            {
                "GET /genedb/gene?limit=50": (
                    first,
                    '</genedb/gene?limit=50>; rel="first", </genedb/gene?after=x>; rel="next"',
                ),
                "GET /genedb/gene?after=x": (second, '<?after=y>; rel="next"'),
                "GET /genedb/gene?after=y": (third, ""),
            }
        )
        exchanges = gene_requests.pages(self.data, service)
        self.assertEqual(
            dict(zip(self.targets(exchanges), [e.body for e in exchanges], strict=True)),
            {
                "/genedb/gene?limit=50": first,
                "/genedb/gene?after=x": second,
                "/genedb/gene?after=y": third,
            },
        )

    def test_pages_by_the_last_id(self) -> None:
        first, second, third = self.pages()
        service = Scripted({"GET /genedb/gene?limit=50": (first, "")})
        exchanges = gene_requests.pages(self.data, service)
        ids = [self.records[PAGE * number - 1]["id"] for number in (1, 2)]
        self.assertEqual(
            dict(zip(self.targets(exchanges), [e.body for e in exchanges], strict=True)),
            {
                "/genedb/gene?limit=50": first,
                f"/genedb/gene?limit=50&after={ids[0]}": second,
                f"/genedb/gene?limit=50&after={ids[1]}": third,
            },
        )

    def test_each_update_changes_something(self) -> None:
        """A client has every so-manieth request; its genes' names differ each time."""

        class Updated(Scripted):
            def ask(
                self, target: str, method: str = "GET", content: bytes | None = None
            ) -> tuple[bytes, str]:
                assert content is not None
                return json.dumps({"gene": {**found[target], **json.loads(content)}}).encode(), ""

        found = {f"/genedb/gene/{record['id']}": record for record in self.records}
        exchanges = gene_requests.updates(self.data, Updated({}))
        self.assertEqual(len(exchanges), 2 * (len(found) // CLIENTS * CLIENTS))
        for client in range(CLIENTS):
            names = {target: record["name"] for target, record in found.items()}
            own = exchanges[client::CLIENTS]
            for exchange in own * 2:
                head, _, content = exchange.request.partition(b"\r\n\r\n")
                self.assertIn(b"Content-Length: %d\r\n" % len(content), head + b"\r\n")
                target, name = head.split(b" ")[1].decode(), json.loads(content)["name"]
                self.assertNotEqual(names[target], name)
                names[target] = name
                answer = {"gene": {**found[target], "name": name}}
                self.assertEqual(json.loads(exchange.body), answer)

    def test_searches_in_any_order(self) -> None:
        queries = gene_requests.queries(self.data.genes)
        answers = {
            f"GET /genedb/gene?q={query.replace(' ', '%20')}": (
                json.dumps({"genes": records[::-1]}).encode(),
                "",
            )
            for query, records in queries
        }
        exchanges = gene_requests.searches(self.data, Scripted(answers))
        self.assertEqual([e.body for e in exchanges], [body for body, _ in answers.values()])
        fault = f"GET /genedb/gene?q={queries[-1][0].replace(' ', '%20')}"
        answers[fault] = json.dumps({"genes": queries[-1][1][1:]}).encode(), ""
        self.assertRaises(ProgramError, gene_requests.searches, self.data, Scripted(answers))

    def test_what_searches_find(self) -> None:
        genes = [
            Gene("1", "ABCD1", "alpha binding"),
            Gene("2", "XYZ2", "beta alphabet", ("OLD-ABCDE",)),
            Gene("3", "XYZ3", "gamma"),
        ]
        found = {
            query: [record["id"] for record in records]
            for query, records in gene_requests.queries(genes)
        }
        self.assertEqual(found["abc"], ["1", "2"])
        self.assertEqual(found["alpha"], ["1", "2"])
        self.assertEqual(found["xyz2"], ["2"])
        self.assertEqual(found["beta alphabet"], ["2"])
        self.assertEqual(found["gamma"], ["3"])
