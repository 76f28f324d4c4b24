"""The command line, and the program as a process."""

from __future__ import annotations

import argparse
import io
import json
import sys
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.arguments import parse
from netsuite.client.genes import configure
from netsuite.client.genes.command import COMMANDS, read, server
from netsuite.client.problems import WrongUsage
from tests.client.genes.support import A2M, FakeGenes
from tests.client.support import NetworkTestCase, Running, netsuite, new_folder


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="netsuite genes", allow_abbrev=False)
    configure(parser)
    return parse(parser, arguments)


class ReadTests(SynchronousTestCase):
    def test_commands(self) -> None:
        for arguments, name, words in (
            (("list",), "list", []),
            (("--json", "list", "--limit", "5", "--sort=-id"), "list", []),
            (("get", "1", "--port", "5", "2"), "get", ["1", "2"]),
            (("search", "a", "--fields=all", "b"), "search", ["a", "b"]),
            (("resolve", "A", "-"), "resolve", ["A", "-"]),
            (("resolve", "--file", "x"), "resolve", []),
            (("add", "3", "A2MP1", "a name", "--location", "x"), "add", ["3", "A2MP1", "a name"]),
            (("update", "1", "--clear", "location"), "update", ["1"]),
            (("update", "1", "--alias-symbol=A", "--alias-symbol", "B"), "update", ["1"]),
            (("delete", "1", "--yes", "--force"), "delete", ["1"]),
            (("clear", "--yes"), "clear", []),
            (("import", "-", "--format", "csv", "--replace"), "import", ["-"]),
            (("export",), "export", []),
            (("export", "a.csv", "--force"), "export", ["a.csv"]),
            (("get", "--", "--json"), "get", ["--json"]),
        ):
            self.assertEqual(read(parsed(*arguments)), (name, words), arguments)

    def test_wrong_usage(self) -> None:
        for arguments, words in (
            ((), "type a command; (netsuite genes --help lists them)"),
            (("lst",), "did you mean 'list'?"),
            (("\x1b",), "there is no command '\\\\x1b'"),
            (("list", "x"), "type: netsuite genes list"),
            (("get",), "type: netsuite genes get ID…"),
            (("search",), "type: netsuite genes search WORD…"),
            (("add", "3", "A2MP1"), "type: netsuite genes add ID SYMBOL NAME"),
            (("add", "3", "A2MP1", "a", "name"), "what has a space in it goes in quotes"),
            (("export", "a", "b"), "type: netsuite genes export [FILE]"),
            (("get", "1", "--symbol", "x"), "--symbol is for list and update"),
            (("list", "--data-version", "x"), "--data-version is for import"),
            (("list", "--yes"), "--yes is for delete and clear"),
            (("list", "--alias-symbols", "x"), None),
            (("list", "--alias-symbol", "x"), "--alias-symbol is for add and update"),
            (("update", "1"), "say what to change"),
            (("update", "1", "--clear", "symbol"), None),
            (("update", "1", "--clear", "location", "--location", "x"), "exclude each other"),
            (("resolve",), "type symbols, or --file FILE, or -"),
            (("resolve", "A", "--file", "x"), "type symbols, or --file FILE, or -"),
            (("export", "--json"), "--format json writes JSON"),
            (("list", "--limit", "0"), None),
            (("get", "\udcff"), "is not UTF-8 text"),
            (("update", "1", "--alias-symbol", "\udcff"), "is not UTF-8 text"),
        ):
            if words is None:
                self.patch(sys, "stderr", io.StringIO())
                self.assertRaises(SystemExit, parsed, *arguments)
                continue
            with self.assertRaises(WrongUsage, msg=arguments) as caught:
                read(parsed(*arguments))
            self.assertIn(words, str(caught.exception))

    def test_servers(self) -> None:
        for arguments, url, name in (
            ((), "http://localhost:5000", "tcp:localhost:5000"),
            (("--host=::1", "--port=5"), "http://[::1]:5", "tcp:[::1]:5"),
            (("--connect=unix:/x",), "http://localhost", "unix:/x"),
            (("--url=localhost:5000",), "http://localhost:5000", "http://localhost:5000"),
            (("--url=https://a.example/b/",), "https://a.example/b/", "https://a.example"),
        ):
            base, target = server(parsed("list", *arguments))
            self.assertEqual((base.to_text(), str(target)), (url, name))
            self.assertEqual(target.start, "twistd -n genes")

    def test_no_servers(self) -> None:
        for arguments in (
            ("--url=http://h", "--port=5"),
            ("--url=http://h?x=1",),
            ("--url=http://h#x",),
            ("--url=ftp://h",),
            ("--host=h", "--connect=unix:/x"),
        ):
            self.assertRaises(WrongUsage, server, parsed("list", *arguments))


class ProcessTests(NetworkTestCase):
    """Each command once, from its words to its request."""

    def setUp(self) -> None:
        self.server = FakeGenes(self)
        self.folder = new_folder(self)

    @property
    def url(self) -> str:
        return f"--url=127.0.0.1:{self.server.port}"

    async def genes(self, *arguments: str, stdin: bytes = b"") -> tuple[str, str, int]:
        """Run the program; return what it prints and its status."""
        out, err, status = await netsuite(
            *("genes", self.url, *arguments), stdin=stdin, cwd=str(self.folder)
        )
        return out.decode(), err.decode(), status

    async def does(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run the program to its success; return what it prints."""
        out, err, status = await self.genes(*arguments, stdin=stdin)
        self.assertEqual((err, status), ("", 0))
        return out

    async def test_finding(self) -> None:
        self.assertEqual(
            await self.does("list", "--limit=1"),
            "ID  SYMBOL  NAME\n1   A1BG    alpha-1-B glycoprotein\n",
        )
        self.assertEqual(json.loads(await self.does("list", "--symbol=a2m", "--json")), [A2M])
        self.assertEqual(await self.does("get", "2", "--fields", "name"), f"name  {A2M['name']}\n")
        self.assertIn("A1BG", await self.does("search", "alpha-1-B", "glyco", "--sort=id"))
        query = self.server.asked[-1].query
        self.assertEqual((query["q"], query["sort"]), ("alpha-1-B glyco", "id"))

    async def test_resolving(self) -> None:
        self.server.meanings = {"A": {"match_type": "alias", "gene": A2M}}
        (self.folder / "symbols").write_bytes(b"A\nA\n")
        table = "QUERY  MATCH  ID  SYMBOL  NAME\n"
        row = "A      alias  2   A2M     alpha-2-macroglobulin\n"
        self.assertEqual(await self.does("resolve", "A"), table + row)
        self.assertEqual(await self.does("resolve", "--file=symbols"), table + row * 2)
        self.assertEqual(await self.does("resolve", "-", stdin=b"A\n\nA"), table + row * 2)
        self.assertEqual(await self.does("resolve", "--file=-", stdin=b"A"), table + row)
        _, err, status = await self.genes("resolve", "A", "B")
        self.assertEqual(
            (err, status), ("netsuite genes: of 2 symbols: 1 not found, 0 ambiguous\n", 1)
        )

    async def test_editing(self) -> None:
        said = await self.does("add", "3", "X", "a name", "--previous-symbol=Y", "--location=1q")
        self.assertEqual(said, "Gene 3 (X) added\n")
        await self.does("update", "3", "--symbol=Z", "--clear=location", "--alias-symbol=W")
        self.assertEqual(
            self.server.genes["3"],
            {
                "id": "3",
                "symbol": "Z",
                "name": "a name",
                "location": None,
                "previous_symbols": ["Y"],
                "alias_symbols": ["W"],
            },
        )
        self.assertEqual(await self.does("delete", "3", "--yes"), "Gene 3 deleted\n")
        self.assertEqual(await self.does("clear", "--yes"), "All genes deleted (2)\n")
        for command in (("delete", "1"), ("clear",)):
            _, err, status = await self.genes(*command)
            self.assertEqual(status, 2)
            self.assertIn("there is no terminal; --yes agrees", err)

    async def test_files(self) -> None:
        (self.folder / "a.csv").write_bytes(b"id\n1\n2\n")
        options = "--source=here", "--data-version=5", "--replace"
        counts = "2 rows: 2 added, 0 updated, 0 unchanged, 0 removed\n"
        self.assertEqual(await self.does("import", "a.csv", *options), counts)
        asked = self.server.asked[-1]
        self.assertEqual(asked.query, {"source": "here", "version": "5", "replace": "true"})
        self.assertEqual(asked.headers.getRawHeaders("Content-Type"), ["text/csv"])
        await self.does("import", "a.csv")
        self.assertEqual(self.server.asked[-1].query, {"source": "a.csv"})
        # A pipe's length is not known beforehand.
        contents = b"id\n" + b"x" * 1_000_000 + b"\n1\n"
        self.assertEqual(await self.does("import", "-", "--format=tsv", stdin=contents), counts)
        self.assertEqual(self.server.asked[-1].body, contents)
        self.assertEqual(await self.does("export"), "id\n1\n2\n")
        self.assertEqual(await self.does("export", "b", "--format=json", "--fields=id"), "")
        self.assertEqual(
            json.loads((self.folder / "b").read_bytes()), {"genes": [{"id": "1"}, {"id": "2"}]}
        )
        for arguments, words in (
            (("import", "-"), "a pipe does not tell which format"),
            (("import", "a.json"), "json cannot be imported"),
            (("export", "x"), "'x' does not tell which format"),
        ):
            _, err, status = await self.genes(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(words, err)

    async def test_no_server(self) -> None:
        self.server.port = await self.closed_port()
        out, err, status = await self.genes("list")
        self.assertEqual((out, status), ("", 1))
        self.assertEqual(
            err,
            f"netsuite genes: cannot reach http://127.0.0.1:{self.server.port}: connection "
            "refused; is the service running? (twistd -n genes)\n",
        )

    async def test_another_service(self) -> None:
        self.server.port = self.serve(lambda transport, data: transport.write(b"Qapla'!\n"))
        out, err, status = await self.genes("list", "--timeout=1")
        self.assertEqual((out, status, err.count("\n")), ("", 1, 1))
        self.assertIn("no valid HTTP response", err)

    async def test_interrupted_import(self) -> None:
        """A pipe is being waited for."""
        asked: Deferred[None] = Deferred()

        def answer(transport: Any, data: bytes) -> None:
            if not asked.called:
                asked.callback(None)

        self.server.port = self.serve(answer)
        client = Running.start("genes", "import", "-", "--format=tsv", self.url)
        transport: Any = client.transport
        transport.write(b"id\n")
        await asked
        transport.signalProcess("INT")
        self.assertEqual(await client.ended, 130)
        self.assertEqual(client.out, {1: b"", 2: b""})

    async def test_help(self) -> None:
        said = await self.does("--help")
        for name in COMMANDS:
            self.assertIn(f"\n  {name}", said)
