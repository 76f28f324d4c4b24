"""What ``get``, ``list`` and ``search`` ask the service, and what they print."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from netsuite.client.genes.finding import Finder
from netsuite.client.problems import ClientError
from netsuite.web import Response
from tests.client.genes.support import A1BG, A2M, FakeGenes, error_answer
from tests.client.support import NetworkTestCase, Printed

NDJSON = {"Content-Type": "application/x-ndjson"}


class FinderTestCase(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.output = Printed()
        self.err = io.StringIO()
        self.patch(sys, "stderr", self.err)
        self.text = Finder(self.server.client(), self.output, as_json=False)
        self.json = Finder(self.server.client(), self.output, as_json=True)

    def said(self) -> str:
        """Return what was printed since the last time."""
        said = self.output.bytes.decode()
        self.output.buffer.seek(0)
        self.output.buffer.truncate()
        return said

    def fill(self, count: int) -> None:
        self.server.genes = {
            str(number): {"id": str(number), "symbol": f"S{number}", "name": "a name"}
            for number in range(count)
        }


class GetTests(FinderTestCase):
    async def test_all_that_is_known(self) -> None:
        self.server.genes["1"] |= {
            "hgnc_id": "HGNC:5",
            "location": None,
            "alias_symbols": ["A", "B"],
            "previous_symbols": [],
        }
        self.assertEqual(await self.text.get(["1", "2"]), 0)
        self.assertEqual(
            self.said(),
            "id                1\n"
            "symbol            A1BG\n"
            "name              alpha-1-B glycoprotein\n"
            "hgnc_id           HGNC:5\n"
            "alias_symbols     A, B\n"
            "\n"
            "id      2\n"
            "symbol  A2M\n"
            "name    alpha-2-macroglobulin\n",
        )

    async def test_fields(self) -> None:
        await self.text.get(["1"], "symbol,id")
        self.assertEqual(self.said(), "symbol  A1BG\nid      1\n")

    async def test_json(self) -> None:
        self.assertEqual(await self.json.get(["1", "2"]), 0)
        self.assertEqual(json.loads(self.said()), [A1BG, A2M])

    async def test_some_are_not_there(self) -> None:
        self.assertEqual(await self.json.get(["3\x1b", "2"]), 1)
        self.assertEqual(json.loads(self.said()), [A2M])
        self.assertEqual(self.err.getvalue(), "netsuite genes: there is no gene 3\\x1b\n")

    async def test_an_id_that_is_no_plain_path(self) -> None:
        for gene_id in ("a/b", "a?b", "ü", "%2e", "a b"):
            self.server.genes[gene_id] = {"id": gene_id}
            self.server.revisions[gene_id] = 1
            self.assertEqual(await self.text.get([gene_id]), 0)
            self.assertEqual(self.said(), f"id  {gene_id}\n")

    async def test_safe_to_show(self) -> None:
        self.server.genes["1"] = {"a\x1b": "\x1b[2J\nx", "b": ["\r"], "c": {"d": "\x9b"}, "e": 5}
        await self.text.get(["1"])
        self.assertEqual(
            self.said(), 'a\\x1b  \\x1b[2J\\nx\nb      \\r\nc      {"d": "\\u009b"}\ne      5\n'
        )


class ListTests(FinderTestCase):
    async def test_table(self) -> None:
        await self.text.list({})
        self.assertEqual(
            self.said(),
            "ID  SYMBOL  NAME\n"
            "1   A1BG    alpha-1-B glycoprotein\n"
            "2   A2M     alpha-2-macroglobulin\n",
        )

    async def test_query(self) -> None:
        await self.json.list({"symbol": "a2m", "sort": "-id", "fields": "name,id"})
        self.assertEqual(json.loads(self.said()), [{"name": A2M["name"], "id": "2"}])
        self.assertEqual(
            self.server.asked[-1].query,
            {"symbol": "a2m", "sort": "-id", "fields": "name,id", "format": "ndjson"},
        )

    async def test_wide_characters_and_what_is_not_there(self) -> None:
        self.server.genes = {"1": {"id": "é字\u0301", "symbol": None, "name": "x"}, "2": A2M}
        await self.text.list({})
        self.assertEqual(
            self.said(),
            "ID   SYMBOL  NAME\né字\u0301          x\n2    A2M     alpha-2-macroglobulin\n",
        )

    async def test_folded_on_a_terminal(self) -> None:
        self.patch(sys, "stdout", io.StringIO())
        self.output.terminal = True
        self.server.genes["1"]["name"] = "word " * 30 + "end\x1b"
        await self.text.list({})
        lines = self.said().splitlines()
        self.assertEqual(lines[1][:17], "1   A1BG    word ")
        self.assertTrue(all(line.startswith(" " * 12 + "word") for line in lines[2:3]))
        self.assertEqual(" ".join(" ".join(lines[1:-1]).split()[2:]), "word " * 30 + "end\\x1b")
        self.assertLessEqual(max(map(len, lines)), 80)

    async def test_many(self) -> None:
        """They come as a stream: a table's columns only ever grow wider."""
        self.fill(2500)
        await self.text.list({})
        lines = self.said().splitlines()
        self.assertEqual(len(lines), 2501)
        self.assertEqual(lines[1], "0    S0      a name")
        self.assertEqual(lines[-1], "2499  S2499   a name")
        self.assertNotIn("limit", self.server.asked[-1].query)

    async def test_limit(self) -> None:
        self.fill(2500)
        for limit, requests in ((1, 1), (1000, 1), (1001, 2), (2500, 3), (2501, 3)):
            self.server.asked.clear()
            await self.json.list({}, limit)
            found = json.loads(self.said())
            self.assertEqual(
                [gene["id"] for gene in found], [str(n) for n in range(min(limit, 2500))]
            )
            self.assertEqual(len(self.server.asked), requests)
        self.assertEqual(self.server.asked[-1].query["after"], "+2000")

    async def test_none(self) -> None:
        self.server.genes.clear()
        await self.text.list({})
        await self.text.list({"symbol": "x"})
        self.assertEqual(self.said(), "")
        self.assertEqual(
            self.err.getvalue(),
            "netsuite genes: there are no genes\nnetsuite genes: there are no such genes\n",
        )
        await self.json.list({})
        self.assertEqual(json.loads(self.said()), [])

    async def fails(self, words: str) -> None:
        with self.assertRaises(ClientError) as caught:
            await self.json.list({}, 5)
        self.assertIn(words, str(caught.exception))

    async def test_wrong_streams(self) -> None:
        first = b'{"id": "1"}\n'
        for body, headers, words in (
            (first, {"Content-Type": "text/html"}, "its answer is text/html, not application/x-nd"),
            (first + b"{", NDJSON, "the last line of its answer does not end"),
            (first + b"[]\n", NDJSON, "not a JSON object"),
            (first + b"{]\n", NDJSON, "not JSON"),
            (b"\xff\n", NDJSON, "not JSON"),
            (b"[" * 100_000 + b"\n", NDJSON, "not JSON"),
            (b"x" * (2 << 20), NDJSON, "too long"),
            (first * 6, NDJSON, "more genes than it was asked for"),
            (b"", {**NDJSON, "Link": '<?after=x>; rel="next"'}, "empty and not the last"),
            (first, {**NDJSON, "Link": '<http://a:b/>; rel="next"'}, "is no URL"),
        ):
            self.server.instead["GET /genedb/gene"] = Response(body, headers=headers)
            await self.fails(words)

    async def test_refused(self) -> None:
        self.server.instead["GET /genedb/gene"] = error_answer(400, "no field \x1b[2J is known")
        await self.fails("no field \\x1b[2J is known")

    async def test_no_service_of_ours(self) -> None:
        for response in (
            Response.html("<html>", 404),
            Response.json({}, 404),
            Response.json([], 500),
            Response.json({"error": {"message": 5}}, 500),
            Response(b"[" * 100_000, 500),
        ):
            self.server.instead["GET /genedb/gene"] = response
            await self.fails(f"is no gene service: it answers {response.status}")
        self.server.instead["GET /genedb/gene"] = Response(b"", 304)
        await self.fails("it answers 304 Not Modified")


class SearchTests(FinderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.genes["1"] |= {
            "match": {"field": "alias_symbols", "type": "prefix", "value": "FLJ23569"},
            "hgnc_id": "HGNC:5",
        }
        self.server.genes["2"]["match"] = {"field": "name", "type": "words", "value": A2M["name"]}

    async def test_why(self) -> None:
        await self.text.search({"q": "alpha"})
        self.assertEqual(
            self.said(),
            "ID  SYMBOL  NAME                    FOUND BY\n"
            "1   A1BG    alpha-1-B glycoprotein  alias symbol FLJ23569 (prefix)\n"
            "2   A2M     alpha-2-macroglobulin   name (words)\n",
        )
        self.assertEqual(
            self.server.asked[-1].query,
            {"q": "alpha", "fields": "id,symbol,name,match", "limit": "50", "format": "ndjson"},
        )
        self.assertEqual(self.err.getvalue(), "")

    async def test_fields(self) -> None:
        await self.text.search({"q": "1-B"}, fields="hgnc_id")
        self.assertEqual(
            self.said(), "HGNC_ID  FOUND BY\nHGNC:5   alias symbol FLJ23569 (prefix)\n"
        )
        await self.json.search({"q": "1-B"}, fields="all")
        (found,) = json.loads(self.said())
        self.assertEqual((found["hgnc_id"], found["match"]["type"]), ("HGNC:5", "prefix"))
        self.assertEqual(len(found), 11)

    async def test_json(self) -> None:
        await self.json.search({"q": "macro"})
        match = {"field": "name", "type": "words", "value": A2M["name"]}
        self.assertEqual(json.loads(self.said()), [{**A2M, "match": match}])

    async def test_nothing(self) -> None:
        await self.text.search({"q": "nothing"})
        self.assertEqual(self.said(), "")
        self.assertEqual(self.err.getvalue(), "netsuite genes: no gene fits that\n")

    async def test_more(self) -> None:
        await self.text.search({"q": "alpha"}, 1)
        self.assertEqual(len(self.said().splitlines()), 2)
        self.assertIn("these are the best 1; --limit shows more", self.err.getvalue())

    async def test_a_strange_reason(self) -> None:
        strange: list[Any] = [None, [], {}, {"field": ["\x1b"], "type": 5}]
        for match in strange:
            self.server.genes["1"]["match"] = match
            await self.text.search({"q": "alpha"})
            self.assertTrue(self.said().replace("\n", "").isprintable())
