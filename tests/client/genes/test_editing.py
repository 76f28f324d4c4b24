"""What ``add``, ``update``, ``delete`` and ``clear`` do to the service, and what they say."""

from __future__ import annotations

import io
import json
import sys

from netsuite.client.genes.editing import Editor
from netsuite.client.genes.service import Refused
from netsuite.client.problems import ClientError
from netsuite.web import Response
from tests.client.genes.support import A1BG, A2M, FakeGenes
from tests.client.support import NetworkTestCase, Printed


class EditorTests(NetworkTestCase):
    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.output = Printed()
        self.err = io.StringIO()
        self.patch(sys, "stderr", self.err)
        self.text = Editor(self.server.client(), self.output, as_json=False)
        self.json = Editor(self.server.client(), self.output, as_json=True)
        self.questions: list[str] = []

    def asking(self, answer: bool, as_json: bool = False) -> Editor:
        """Return an editor whose questions are all answered so."""

        async def ask(question: str) -> bool:
            self.questions.append(question)
            return answer

        return Editor(self.server.client(), self.output, as_json, ask)

    def said(self) -> str:
        """Return what was printed since the last time."""
        said = self.output.bytes.decode()
        self.output.buffer.seek(0)
        self.output.buffer.truncate()
        return said

    async def test_add(self) -> None:
        gene = {"id": "3", "symbol": "A2MP1", "name": "ü", "alias_symbols": ["A"]}
        await self.text.add(gene)
        self.assertEqual(self.said(), "Gene 3 (A2MP1) added\n")
        self.assertEqual(self.server.genes["3"], gene)
        (asked,) = self.server.asked
        self.assertEqual(asked.headers.getRawHeaders("Content-Type"), ["application/json"])
        with self.assertRaises(Refused) as caught:
            await self.text.add(gene)
        self.assertEqual(str(caught.exception), "there is a gene 3 already")
        await self.json.add({**gene, "id": "4"})
        self.assertEqual(json.loads(self.said()), {**gene, "id": "4"})

    async def test_update(self) -> None:
        await self.text.update("1", {"symbol": "HYST2477", "location": None})
        self.assertEqual(self.said(), "Gene 1 (HYST2477) updated\n")
        read, written = self.server.asked
        self.assertEqual((read.method, written.method), ("GET", "PATCH"))
        self.assertEqual(written.headers.getRawHeaders("If-Match"), ['"1"'])
        self.assertEqual(
            written.headers.getRawHeaders("Content-Type"), ["application/merge-patch+json"]
        )
        self.assertEqual(json.loads(written.body), {"symbol": "HYST2477", "location": None})
        await self.json.update("2", {"name": "x"})
        self.assertEqual(json.loads(self.said()), {**A2M, "name": "x"})

    async def test_update_of_what_others_change(self) -> None:
        self.server.before["PATCH"] = lambda: self.server.change("1", name="theirs")
        with self.assertRaises(ClientError) as caught:
            await self.text.update("1", {"name": "ours"})
        self.assertEqual(
            str(caught.exception),
            "gene 1 was changed by somebody else meanwhile, and stays as it is; look at it "
            "(netsuite genes get 1) and try again, or overwrite it with --force",
        )
        self.assertEqual((caught.exception.status, self.said()), (1, ""))
        self.assertEqual(self.server.genes["1"]["name"], "theirs")
        await self.text.update("1", {"name": "ours"}, force=True)
        self.assertEqual(self.server.genes["1"]["name"], "ours")
        self.assertEqual(self.server.asked[-2].method, "PATCH")

    async def test_update_of_what_is_not_there(self) -> None:
        for force in (False, True):
            with self.assertRaises(Refused) as caught:
                await self.text.update("9", {"name": "x"}, force)
            self.assertEqual(str(caught.exception), "there is no gene 9")

    async def test_update_without_entity_tags(self) -> None:
        self.server.instead["GET /genedb/gene/1"] = Response.json({"gene": [A1BG]})
        with self.assertRaises(ClientError) as caught:
            await self.text.update("1", {"name": "x"})
        self.assertIn("its answer has no ETag", str(caught.exception))
        self.assertEqual(self.server.genes["1"], A1BG)

    async def test_delete(self) -> None:
        self.assertEqual(await self.text.delete(["1", "9", "1"]), 1)
        self.assertEqual(self.said(), "Gene 1 deleted\n")
        self.assertEqual(self.err.getvalue(), "netsuite genes: there is no gene 9\n")
        self.assertEqual(await self.json.delete(["2"]), 0)
        self.assertEqual(json.loads(self.said()), {"deleted": ["2"]})
        self.assertEqual(self.server.genes, {})

    async def test_delete_after_asking(self) -> None:
        self.server.genes["1"]["name"] = "\x1b[2J"
        self.assertEqual(await self.asking(True).delete(["1", "9", "2"]), 1)
        self.assertEqual(self.questions, ["Delete these 2 genes?"])
        self.assertEqual(
            self.err.getvalue(),
            "  1 (A1BG)  \\x1b[2J\n"
            "netsuite genes: there is no gene 9\n"
            "  2 (A2M)  alpha-2-macroglobulin\n",
        )
        self.assertEqual(self.said(), "Gene 1 deleted\nGene 2 deleted\n")
        self.assertEqual(self.server.asked[-1].headers.getRawHeaders("If-Match"), ['"1"'])

    async def test_no(self) -> None:
        for work in (self.asking(False).delete(["1"]), self.asking(False).clear()):
            with self.assertRaises(ClientError) as caught:
                await work
            self.assertEqual(str(caught.exception), "nothing was deleted")
        self.assertEqual(len(self.server.genes), 2)
        self.assertEqual(self.questions[0], "Delete this gene?")
        self.assertRegex(self.questions[1], r"Delete all genes of tcp:127\.0\.0\.1:\d+ \(2\)\?")
        self.assertEqual(await self.asking(True, as_json=True).delete(["9"]), 1)
        self.assertEqual(json.loads(self.said()), {"deleted": []})
        self.assertEqual(len(self.questions), 2)

    async def test_delete_of_what_others_change(self) -> None:
        self.server.before["DELETE"] = lambda: self.server.change("1", name="theirs")
        self.assertEqual(await self.asking(True, as_json=True).delete(["1"]), 1)
        self.assertEqual(json.loads(self.said()), {"deleted": []})
        self.assertIn("or delete it with --force\n", self.err.getvalue())
        self.assertEqual(await self.asking(True).delete(["1"], force=True), 0)
        self.assertNotIn("1", self.server.genes)

    async def test_clear(self) -> None:
        await self.asking(True).clear()
        self.assertEqual((self.said(), self.server.genes), ("All genes deleted (2)\n", {}))
        await self.json.clear()
        self.assertEqual(json.loads(self.said()), {"deleted": 0})
