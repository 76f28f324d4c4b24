"""``netsuite genes``, and the real service."""

from __future__ import annotations

import csv
import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.daemon import CHECKOUT, PATIENCE, Daemon, Daemons, environment, netsuite
from tests.end_to_end.programs import Client

#: All human genes, in the layout of HGNC's complete set. They lie beside the checkout.
ALL_GENES = CHECKOUT.parent / "shared" / "data" / "hgnc_genes.tsv"

SAMPLES = (
    "ID  SYMBOL  NAME\n1   A1BG    alpha-1-B glycoprotein\n2   A2M     alpha-2-macroglobulin\n"
)

#: Some of the columns of HGNC's complete set, in its order.
COLUMNS = (
    *("hgnc_id", "symbol", "name", "locus_group", "locus_type", "status", "location"),
    *("alias_symbol", "alias_name", "prev_symbol", "entrez_id", "ensembl_gene_id"),
)


class GeneClient(Client):
    """Runs ``netsuite genes``."""

    command = "genes"

    def fails(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run it to its failure; return the only line that it prints."""
        status, out, err = self.run(*arguments, stdin=stdin)
        assert (status, out, err.count("\n")) == (1, "", 1), (out, err)
        return err.removeprefix("netsuite genes: ").removesuffix("\n")

    def importing(self) -> subprocess.Popen[bytes]:
        """Start an import from a pipe."""
        ready = ("--ready-file", str(self.daemon.ready_file))
        return subprocess.Popen(
            [sys.executable, "-m", "netsuite", "genes", "import", "-", "--format=tsv", *ready],
            env=environment(self.folder / "state"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def json(self, *arguments: str) -> Any:
        """Run it to its success; return the JSON that it prints."""
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def genes(start: Daemons) -> Daemon:
    """Run the service, with its samples."""
    return start("genes")


@pytest.fixture
def client(genes: Daemon, tmp_path: Path) -> GeneClient:
    """Run the client with the service and its samples."""
    return GeneClient(genes, tmp_path)


def write_genes(path: Path, numbers: range) -> None:
    """Write genes as HGNC does."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, dialect="excel-tab", restval="", lineterminator="\n")
        writer.writeheader()
        for number in numbers:
            writer.writerow(
                {
                    "hgnc_id": f"HGNC:{number}",
                    "symbol": f"GENE{number}",
                    "name": f"gene number {number}, Zoë's",
                    "status": "Approved",
                    "location": "" if number % 3 else f"{number % 22 + 1}q13",
                    "alias_symbol": f"AL{number}|SHARED{number // 2}",
                    "prev_symbol": f"OLD{number}|OLDER{number}" if number % 2 else "",
                    "entrez_id": number,
                }
            )


class TestCommands:
    def test_finding(self, client: GeneClient) -> None:
        assert client("list") == SAMPLES
        assert (
            client("list", "--limit", "1", "--sort=-symbol", "--fields=symbol") == "SYMBOL\nA2M\n"
        )
        assert client.json("list", "--symbol", "a2m")[0]["id"] == "2"
        assert "symbol  A2M\n" in client("get", "2").replace("            A2M", "  A2M")
        assert client.json("get", "2", "1", "--fields=id") == [{"id": "2"}, {"id": "1"}]
        found = client("search", "macroglobulin").splitlines()
        assert found[1].startswith("2   A2M ")
        assert found[1].endswith("name (words)")
        assert client.json("search", "a1b")[0]["match"]["value"] == "A1BG"

    def test_editing(self, client: GeneClient) -> None:
        said = client("add", "3", "A2MP1", "alpha-2-macroglobulin pseudogene 1", "--location=12p13")
        assert said == "Gene 3 (A2MP1) added\n"
        client("update", "3", "--clear=location", "--alias-symbol=A2MP", "--alias-symbol=ä B")
        (gene,) = client.json("get", "3")
        assert (gene["location"], gene["alias_symbols"]) == (None, ["A2MP", "ä B"])
        assert client("delete", "2", "3", "--yes") == "Gene 2 deleted\nGene 3 deleted\n"
        assert client("clear", "--yes") == "All genes deleted (1)\n"
        assert client.json("list") == []

    def test_refusals(self, client: GeneClient) -> None:
        for arguments, words in (
            (("get", "9"), "there is no gene 9"),
            (("get", "a/../b"), "there is no gene a/../b"),
            (("update", "9", "--symbol=X"), "there is no gene 9"),
            (("update", "9", "--symbol=X", "--force"), "there is no gene 9"),
            (("delete", "9", "--yes"), "there is no gene 9"),
            (("add", "1", "X", "y"), "there is a gene 1 already"),
            (("add", "a/b", "X", "y"), "id must be"),
            (("update", "1", "--symbol", "\x1b"), "symbol must be"),
            (("list", "--fields=nonsense"), "fields"),
            (("list", "--sort=nonsense"), "sort"),
            (("search", " "), "q"),
        ):
            assert words in client.fails(*arguments)
        assert client("list") == SAMPLES

    def test_resolving(self, client: GeneClient) -> None:
        client("update", "1", "--previous-symbol=OLD", "--alias-symbol=BOTH")
        client("update", "2", "--alias-symbol=BOTH")
        status, out, err = client.run("resolve", "old", "A2M", "BOTH", "none")
        assert (status, err) == (
            1,
            "netsuite genes: of 4 symbols: 1 not found, 1 ambiguous\n",
        )
        assert [line.split()[:4] for line in out.splitlines()] == [
            ["QUERY", "MATCH", "ID", "SYMBOL"],
            ["old", "previous", "1", "A1BG"],
            ["A2M", "current", "2", "A2M"],
            ["BOTH", "ambiguous"],
            ["alias", "1", "A1BG", "alpha-1-B"],
            ["alias", "2", "A2M", "alpha-2-macroglobulin"],
            ["none", "not", "found"],
        ]
        # What a file may hold that no symbol does.
        odd = "\x00\n\x1b[2J\n|\n\u2028\n%\n_\n'\n\"\n".encode()
        status, out, _ = client.run("resolve", "-", "--json", stdin=odd)
        assert status == 1
        assert {result["match_type"] for result in json.loads(out)} == {None}

    def test_other_servers(self, start: Daemons, client: GeneClient, tmp_path: Path) -> None:
        host, port = client.daemon.address("genes")
        for where in (f"--url=http://{host}:{port}", f"--url=localhost:{port}", f"--port={port}"):
            assert netsuite(tmp_path, "genes", "list", where).stdout.decode() == SAMPLES
        start("genes", "--listen", "unix:genes.sock", "--store=sqlite:other", ephemeral=False)
        where = f"--connect=unix:{start.folder}/daemon-1/genes.sock"
        assert netsuite(tmp_path, "genes", where, "list").stdout.decode() == SAMPLES
        home = start("home")
        ended = netsuite(tmp_path, "genes", "list", f"--port={home.address('home')[1]}")
        assert (ended.returncode, ended.stdout, ended.stderr.count(b"\n")) == (1, b"", 1)
        assert b"is no gene service: it answers 404" in ended.stderr


class TestFiles:
    def test_round_trip(self, client: GeneClient, start: Daemons) -> None:
        write_genes(client.folder / "hgnc.tsv", range(1, 3001))
        said = client("import", "hgnc.tsv", "--source", "HGNC", "--data-version", "2026-11")
        assert said == "3,000 rows: 2,998 added, 2 updated, 0 unchanged, 0 removed\n"
        said = client(
            "import", "-", "--format=tsv", stdin=(client.folder / "hgnc.tsv").read_bytes()
        )
        assert said == "3,000 rows: 0 added, 0 updated, 3,000 unchanged, 0 removed\n"
        assert len(client.json("list")) == 3000
        assert len(client("list").splitlines()) == 3001
        assert len({gene["id"] for gene in client.json("list", "--limit=2500")}) == 2500
        (gene,) = client.json("get", "2999")
        assert gene["previous_symbols"] == ["OLD2999", "OLDER2999"]
        genes = client.json("list", "--fields=all", "--sort=id")
        other = GeneClient(start("genes", "--no-samples", "--store=sqlite:other"), client.folder)
        for name in ("a.tsv", "a.csv", "a.ndjson"):
            assert client("export", name) == ""
            said = other("import", name, "--replace")
            assert said.startswith("3,000 rows: ")
            assert other.json("list", "--fields=all", "--sort=id") == genes
            assert (
                other("export", "--format", name[2:])
                == (client.folder / name).read_bytes().decode()
            )
        client("export", "a.json", "--fields=all")
        exported = json.loads((client.folder / "a.json").read_text())["genes"]
        assert sorted(exported, key=lambda gene: gene["id"]) == genes
        assert "a.json exists; --force replaces it" in client.fails("export", "a.json")

    def test_symbols_of_a_file(self, client: GeneClient) -> None:
        write_genes(client.folder / "hgnc.tsv", range(1, 3001))
        client("import", "hgnc.tsv")
        numbers = random.Random(4).sample(range(1, 3000, 2), 1100)
        (client.folder / "symbols").write_text("".join(f"old{number}\r\n" for number in numbers))
        results = client.json("resolve", "--file", "symbols")
        assert [result["gene"]["id"] for result in results] == [str(number) for number in numbers]
        assert {result["match_type"] for result in results} == {"previous"}
        status, out, err = client.run("resolve", "SHARED50")
        assert (status, len(out.splitlines())) == (1, 4)
        assert "0 not found, 1 ambiguous" in err

    def test_bad_rows(self, client: GeneClient) -> None:
        contents = b"id\tsymbol\tname\n3\tA\tb\n4\t\tc\n3\tB\t\n"
        status, out, err = client.run("import", "-", "--format=tsv", stdin=contents)
        assert (status, out) == (1, "")
        first, second, last = err.splitlines()
        assert first.startswith("standard input: line 3: ")
        assert second.startswith("standard input: line 4: ")
        assert last.startswith("netsuite genes: nothing was imported: 2 rows")
        assert client("list") == SAMPLES
        status, out, _ = client.run("import", "-", "--format=tsv", "--json", stdin=contents)
        assert (status, [row["line"] for row in json.loads(out)["error"]["rows"]]) == (1, [3, 4])

    def test_a_file_that_is_too_long(self, start: Daemons, tmp_path: Path) -> None:
        client = GeneClient(start("genes", "--max-import=100000"), tmp_path)
        write_genes(tmp_path / "hgnc.tsv", range(1, 200_000))
        said = client.fails("import", "hgnc.tsv")
        assert "100000" in said.replace(",", ""), said
        assert client("list") == SAMPLES

    def test_an_import_that_is_interrupted(self, client: GeneClient) -> None:
        write_genes(client.folder / "hgnc.tsv", range(1, 20_000))
        process = client.importing()
        assert process.stdin is not None
        process.stdin.write((client.folder / "hgnc.tsv").read_bytes())
        process.stdin.flush()  # more than a pipe holds: the client has read some of it
        assert client("list") == SAMPLES
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.communicate() == (b"", b"")
        assert client("list") == SAMPLES

    def test_a_server_that_is_killed(self, client: GeneClient, start: Daemons) -> None:
        process = client.importing()
        assert process.stdin is not None
        process.stdin.write(b"id\tsymbol\tname\n3\tA\tb\n" + b"\n" * 1_000_000)
        process.stdin.flush()
        client.daemon.process.kill()
        client.daemon.wait()
        start.forget(client.daemon)
        out, err = process.communicate(b"\n", timeout=PATIENCE)
        assert (process.returncode, out, err.count(b"\n")) == (1, b"", 1)
        assert client.fails("list").startswith("cannot reach tcp:127.0.0.1:")
        assert GeneClient(start("genes"), client.folder)("list") == SAMPLES


@pytest.fixture(scope="module")
def all_genes(
    start_once: Daemons, tmp_path_factory: pytest.TempPathFactory
) -> tuple[GeneClient, str]:
    """Import all human genes; return the client, and what it said."""
    if not ALL_GENES.is_file():
        pytest.skip(f"the human genes are not in {ALL_GENES}")
    client = GeneClient(start_once("genes"), tmp_path_factory.mktemp("genes"))
    return client, client("import", str(ALL_GENES), "--source=HGNC", "--data-version=2026-11")


class TestAllGenes:
    def test_imported(self, all_genes: tuple[GeneClient, str]) -> None:
        client, said = all_genes
        assert said == "39,914 rows: 39,912 added, 2 updated, 0 unchanged, 0 removed\n"
        said = client("import", str(ALL_GENES), "--replace")
        assert said == "39,914 rows: 0 added, 0 updated, 39,914 unchanged, 0 removed\n"

    def test_found(self, all_genes: tuple[GeneClient, str]) -> None:
        client, _ = all_genes
        row = client("resolve", "NCRNA00181").splitlines()[1].split()
        assert row[:4] == ["NCRNA00181", "previous", "503538", "A1BG-AS1"]
        found = client("search", "alpha-2-macroglobulin").splitlines()
        assert found[1].split()[:2] == ["2", "A2M"]
        assert client.json("search", "NCRNA00181")[0]["match"]["field"] == "previous_symbols"

    def test_exported(self, all_genes: tuple[GeneClient, str]) -> None:
        client, _ = all_genes
        client("export", "all.ndjson")
        with (client.folder / "all.ndjson").open(encoding="utf-8") as file:
            exported = {gene["symbol"]: gene for gene in map(json.loads, file)}
        with ALL_GENES.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, dialect="excel-tab"))
        assert len(exported) == len(rows)
        for row in rows:
            gene = exported[row["symbol"]]
            assert gene["hgnc_id"] == row["hgnc_id"]
            assert (gene["entrez_id"] or "") == row["entrez_id"]
            assert "|".join(gene["alias_symbols"]) == row["alias_symbol"]
            assert "|".join(gene["previous_symbols"]) == row["prev_symbol"]
        listed = client.json("list", "--fields=id")
        assert len(listed) == len(rows)
