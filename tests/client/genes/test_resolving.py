"""What ``resolve`` asks the service, and how it shows the answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from netsuite.client.genes.resolving import given, read_symbols, resolve
from netsuite.client.problems import ClientError
from netsuite.web import Response
from tests.client.genes.support import A1BG, A2M, FakeGenes
from tests.client.support import NetworkTestCase, Printed, new_folder, reactor


class ResolveTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.output = Printed()
        self.server.meanings = {
            "A1BG": {"match_type": "current", "gene": A1BG},
            "CPAMD5": {"match_type": "alias", "gene": A2M},
            "AB": {
                "match_type": "ambiguous",
                "candidates": [
                    {"match_type": "alias", "gene": A1BG},
                    {"match_type": "alias", "gene": A2M},
                ],
            },
        }

    async def resolve(self, symbols: Iterable[str], as_json: bool = False) -> str:
        await resolve(self.server.client(), self.output, as_json, given(symbols))
        return self.output.bytes.decode()

    async def fails(self, symbols: Iterable[str], as_json: bool = False) -> str:
        with self.assertRaises(ClientError) as caught:
            await self.resolve(symbols, as_json)
        self.assertEqual(caught.exception.status, 1)
        return str(caught.exception)

    async def test_found(self) -> None:
        self.assertEqual(
            await self.resolve(["A1BG", " CPAMD5\t", "", "A1BG"]),
            "QUERY   MATCH    ID  SYMBOL  NAME\n"
            "A1BG    current  1   A1BG    alpha-1-B glycoprotein\n"
            "CPAMD5  alias    2   A2M     alpha-2-macroglobulin\n"
            "A1BG    current  1   A1BG    alpha-1-B glycoprotein\n",
        )

    async def test_not_found_and_ambiguous(self) -> None:
        said = await self.fails(["A1BG", "X\x1b", "AB"])
        self.assertEqual(said, "of 3 symbols: 1 not found, 1 ambiguous")
        self.assertEqual(
            self.output.bytes.decode(),
            "QUERY  MATCH      ID  SYMBOL  NAME\n"
            "A1BG   current    1   A1BG    alpha-1-B glycoprotein\n"
            "X\\x1b  not found\n"
            "AB     ambiguous\n"
            "       alias      1   A1BG    alpha-1-B glycoprotein\n"
            "       alias      2   A2M     alpha-2-macroglobulin\n",
        )

    async def test_json(self) -> None:
        await self.fails(["AB", "X"], as_json=True)
        ambiguous, nothing = json.loads(self.output.bytes)
        self.assertEqual((nothing["query"], nothing["match_type"]), ("X", None))
        self.assertEqual(ambiguous["candidates"][1]["gene"], A2M)

    async def test_batches(self) -> None:
        for count, sizes in ((999, [999]), (1000, [1000]), (2001, [1000, 1000, 1])):
            self.server.asked.clear()
            self.output.buffer.truncate(0)
            await self.resolve(["A1BG"] * count)
            self.assertEqual(
                [len(json.loads(asked.body)["symbols"]) for asked in self.server.asked], sizes
            )
            self.assertEqual(self.output.bytes.count(b"current"), count)

    async def test_none(self) -> None:
        self.assertEqual(json.loads(await self.resolve([], as_json=True)), [])
        self.assertEqual(self.server.asked, [])

    async def test_strange_answers(self) -> None:
        strange: list[Any] = [[], [{}, {}], None, {}, [5]]
        for results in strange:
            self.server.instead["POST /genedb/resolve"] = Response.json({"results": results})
            self.assertIn("is no gene service", await self.fails(["A"]))
        odd: list[dict[str, Any]] = [
            {"query": ["\x1b"], "match_type": {}, "gene": "no"},
            {"query": "A", "match_type": "ambiguous", "candidates": 5},
            {"query": "A", "match_type": "ambiguous", "candidates": [5, {"gene": 6}]},
        ]
        for result in odd:
            self.server.instead["POST /genedb/resolve"] = Response.json({"results": [result]})
            if result["match_type"] == "ambiguous":
                await self.fails(["A"])
            else:
                await self.resolve(["A"])
        self.assertTrue(self.output.bytes.decode().replace("\n", "").isprintable())


class SymbolsTests(NetworkTestCase):
    async def read(self, name: str) -> list[str]:
        return [symbol async for symbol in read_symbols(reactor, name)]

    async def test_file(self) -> None:
        path = new_folder(self) / "symbols"
        path.write_bytes("\ufeffA1BG\r\n\nü 2\nlast".encode())
        self.assertEqual(await self.read(str(path)), ["A1BG", "", "ü 2", "last"])

    async def test_what_cannot_be_read(self) -> None:
        folder = new_folder(self)
        (folder / "latin").write_bytes(b"A\n\xfc\n")
        (folder / "long").write_bytes(b"%b\n%b\n" % (b"A" * 200, b"A" * 201))
        for name, words in (
            ("latin", "line 2 is not UTF-8 text"),
            ("long", "line 2 is longer than 200 characters, which no symbol is"),
            ("missing\x1b", "cannot read .*missing\\\\x1b: No such file"),
            (".", "cannot read .*: Is a directory"),
        ):
            with self.assertRaises(ClientError) as caught:
                await self.read(os.fspath(folder / name))
            self.assertRegex(str(caught.exception), words)
