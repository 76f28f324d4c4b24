"""The gene service as a process: all human genes, many clients, and one that reads nothing."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.end_to_end.daemon import CHECKOUT, PATIENCE, Daemon, Daemons
from tests.end_to_end.wire import connect, resident, until_idle

MIB = 1 << 20

#: All human genes, in the layout of HGNC's complete set. They lie beside the checkout.
ALL_GENES = CHECKOUT.parent / "shared" / "data" / "hgnc_genes.tsv"

TSV = {"Content-Type": "text/tab-separated-values"}
JSON = {"Content-Type": "application/json"}


@attrs.frozen
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    daemon: Daemon,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Make a request on a connection of its own."""
    connection = http.client.HTTPConnection(*daemon.address("genes"), timeout=2 * PATIENCE)
    try:
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def table(rows: int) -> bytes:
    """Return a file of so many genes."""
    lines = (
        f"{n}\tGENE{n}\tgene number {n} of this table\tALIAS{n}|SHARED{n // 2}\n"
        for n in range(1, rows + 1)
    )
    return ("id\tsymbol\tname\talias_symbols\n" + "".join(lines)).encode()


@pytest.fixture(scope="module")
def all_genes(start_once: Daemons) -> Daemon:
    """Run the service with all human genes in its store."""
    if not ALL_GENES.is_file():
        pytest.skip(f"the human genes are not in {ALL_GENES}")
    daemon = start_once("genes")
    target = "/genedb/import?source=HGNC&version=2026-11"
    answer = ask(daemon, "POST", target, ALL_GENES.read_bytes(), TSV)
    counts = {"rows": 39914, "added": 39912, "updated": 2, "unchanged": 0, "removed": 0}
    assert (answer.status, answer.json) == (200, counts)
    return daemon


class TestAllGenes:
    """The whole of HGNC's data."""

    def test_meta(self, all_genes: Daemon) -> None:
        meta = ask(all_genes, "GET", "/genedb/meta").json
        assert (meta["genes"], meta["source"], meta["version"]) == (39914, "HGNC", "2026-11")
        assert meta["previous_symbols"] > 10_000
        assert meta["alias_symbols"] > 30_000

    def test_resolved(self, all_genes: Daemon) -> None:
        answer = ask(all_genes, "GET", "/genedb/resolve/NCRNA00181").json
        assert (answer["match_type"], answer["gene"]["symbol"]) == ("previous", "A1BG-AS1")

    def test_found(self, all_genes: Daemon) -> None:
        answer = ask(all_genes, "GET", "/genedb/gene?q=alpha-2-macroglobulin").json
        assert answer["genes"][0]["symbol"] == "A2M"

    def test_a_thousand_at_once(self, all_genes: Daemon) -> None:
        genes = ask(all_genes, "GET", "/genedb/gene?limit=1000&sort=-symbol").json["genes"]
        symbols = [gene["symbol"] for gene in genes]
        body = json.dumps({"symbols": symbols}).encode()
        answer = ask(all_genes, "POST", "/genedb/resolve", body, JSON).json
        assert [each["query"] for each in answer["results"]] == symbols
        assert {each["match_type"] for each in answer["results"]} == {"current"}

    def test_exported_and_imported_again(self, all_genes: Daemon) -> None:
        for name, media_type in (
            ("ndjson", "application/x-ndjson"),
            ("csv", "text/csv"),
            ("tsv", "text/tab-separated-values"),
        ):
            exported = ask(all_genes, "GET", f"/genedb/gene?format={name}&fields=all")
            assert exported.status == 200
            headers = {"Content-Type": media_type}
            target = "/genedb/import?replace=true"
            answer = ask(all_genes, "POST", target, exported.body, headers)
            assert answer.json["unchanged"] == answer.json["rows"] == 39914

    def test_a_reader_that_does_not_read(self, all_genes: Daemon) -> None:
        request = b"GET /genedb/gene?fields=all HTTP/1.1\r\nHost: localhost\r\n\r\n"
        whole = len(ask(all_genes, "GET", "/genedb/gene?fields=all").body)
        assert whole > 5 * MIB
        until_idle(all_genes.pid)
        before = resident(all_genes.pid)
        readers = []
        for _ in range(8):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(PATIENCE)
            reader.connect(all_genes.address("genes"))
            reader.sendall(request)
            readers.append(reader)
        until_idle(all_genes.pid)
        # Eight readers would take eight times the list; each may have its buffer and a page.
        assert resident(all_genes.pid) - before < 8 * MIB
        assert ask(all_genes, "GET", "/genedb/gene/2").status == 200
        for reader in readers:
            reader.close()


class TestImporting:
    """Imports among other clients."""

    def test_others_go_on(self, start: Daemons) -> None:
        daemon = start("genes")
        done = threading.Event()
        waits: list[float] = []

        def read() -> None:
            connection = http.client.HTTPConnection(*daemon.address("genes"), timeout=PATIENCE)
            while not done.is_set():
                began = time.perf_counter()
                connection.request("GET", "/genedb/gene/1")
                assert connection.getresponse().read().startswith(b'{"gene":[{"id":"1"')
                waits.append(time.perf_counter() - began)
            connection.close()

        with ThreadPoolExecutor() as pool:
            reading = pool.submit(read)
            try:
                answer = ask(daemon, "POST", "/genedb/import", table(20_000), TSV)
            finally:
                done.set()
            reading.result(PATIENCE)
        assert (answer.status, answer.json["rows"]) == (200, 20_000)
        assert len(waits) > 20
        # What they wait is a small part of what the import takes.
        assert statistics.median(waits) < 0.25
        assert max(waits) < 2.0

    def test_memory(self, start: Daemons) -> None:
        daemon = start("genes", "--no-samples")
        row = "{0}\tGENE{0}\tone gene of many\tALIAS{0}\tnothing\n"
        bad = row.replace("one gene", "one | gene\x01")
        head = "id\tsymbol\tname\talias_symbols\tlong\n"
        small = (head + "".join(bad.format(n) for n in range(1000))).encode()
        ask(daemon, "POST", "/genedb/import", small, TSV)
        before = resident(daemon.pid)
        large = (head + "".join(row.format(n) for n in range(300_000)) + bad.format("x")).encode()
        assert len(large) > 10 * MIB
        answer = ask(daemon, "POST", "/genedb/import", large, TSV)
        assert (answer.status, answer.json["error"]["bad_rows"]) == (400, 1)
        # The file itself, or its ids, would be far more.
        assert resident(daemon.pid) - before < 12 * MIB
        assert ask(daemon, "GET", "/genedb/meta").json["genes"] == 0

    def test_a_client_that_leaves(self, start: Daemons) -> None:
        daemon = start("genes", "--log-connections")
        body = table(1000)
        head = (
            f"POST /genedb/import?replace=true HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: text/tab-separated-values\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        for cut in (0, 30, len(body) // 2, len(body) - 1):
            seen = len(daemon.lines)
            with connect(daemon.address("genes")) as client:
                client.sendall(head + body[:cut])
            daemon.wait_for("closed", since=seen)
        genes = ask(daemon, "GET", "/genedb/gene").json["genes"]
        assert [gene["id"] for gene in genes] == ["1", "2"]

    def test_too_long(self, start: Daemons) -> None:
        daemon = start("genes", "--max-import", "1000")
        assert ask(daemon, "POST", "/genedb/import", table(10), TSV).status == 200
        answer = ask(daemon, "POST", "/genedb/import", table(30), TSV)
        assert answer.status == 413
        assert "1000" in answer.json["error"]["message"]


class TestEditors:
    """Editors of one gene, each of whom reads it, changes it, and tries again if he must."""

    def test_no_change_is_lost(self, start: Daemons) -> None:
        daemon = start("genes")
        editors, changes = 6, 10
        refused = itertools.count()

        def edit(_editor: int) -> None:
            for _ in range(changes):
                while True:
                    read = ask(daemon, "GET", "/genedb/gene/1")
                    (gene,) = read.json["gene"]
                    number = int(gene["name"]) + 1 if gene["name"].isdigit() else 1
                    body = json.dumps({"name": str(number)}).encode()
                    headers = {**JSON, "If-Match": read.headers["ETag"]}
                    answer = ask(daemon, "PUT", "/genedb/gene/1", body, headers)
                    if answer.status == 200:
                        break
                    assert answer.status == 412
                    next(refused)

        with ThreadPoolExecutor(editors) as pool:
            list(pool.map(edit, range(editors)))
        (gene,) = ask(daemon, "GET", "/genedb/gene/1").json["gene"]
        assert gene["name"] == str(editors * changes)
        assert next(refused) > 0


class TestKills:
    """A service that is killed while clients write."""

    def test_nothing_acknowledged_is_lost(self, start: Daemons) -> None:
        first = start("genes", "--no-samples")
        acknowledged: list[str] = []

        def write(ids: Iterator[str]) -> None:
            connection = http.client.HTTPConnection(*first.address("genes"), timeout=PATIENCE)
            for gene_id in ids:
                body = json.dumps({"id": gene_id, "symbol": "S", "name": "n"})
                try:
                    connection.request("POST", "/genedb/gene", body, JSON)
                    if connection.getresponse().read():
                        acknowledged.append(gene_id)
                except (OSError, http.client.HTTPException):
                    return
                if len(acknowledged) == 500:
                    first.process.kill()

        with ThreadPoolExecutor() as pool:
            writers = [
                pool.submit(write, (f"w{writer}.{n}" for n in itertools.count()))
                for writer in range(4)
            ]
            for writer in writers:
                writer.result(2 * PATIENCE)
        first.wait()
        start.forget(first)
        second = start("genes", "--no-samples")
        stored = {gene["id"] for gene in ask(second, "GET", "/genedb/gene").json["genes"]}
        assert len(acknowledged) >= 500
        assert set(acknowledged) <= stored
        # One more for each writer may have been made.
        assert len(stored) <= len(acknowledged) + 4


class TestOptions:
    """Who may ask: hosts and origins."""

    def test_hosts(self, start: Daemons) -> None:
        daemon = start("genes", "--allow-host", "genes.example.org")
        for host, status in (
            *(("localhost", 200), ("127.0.0.1:5000", 200), ("genes.example.org:80", 200)),
            *(("evil.example", 421), ("192.0.2.1", 421), ("a b", 400)),
        ):
            answer = ask(daemon, "GET", "/genedb/gene/1", None, {"Host": host})
            assert answer.status == status, host
            assert answer.headers["Content-Type"] == "application/json"
            if status == 421:
                assert "--allow-host" in answer.json["error"]["message"]

    def test_origins(self, start: Daemons) -> None:
        daemon = start("genes", "--cors-origin", "https://lab.example")
        body = b'{"name": "changed"}'
        ours = {"Origin": "https://lab.example", **JSON}
        answer = ask(daemon, "PUT", "/genedb/gene/1", body, ours)
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "https://lab.example"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        other = {"Origin": "https://evil.example", **JSON}
        answer = ask(daemon, "PUT", "/genedb/gene/1", body, other)
        assert answer.status == 403
        assert answer.json["error"]["status"] == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
        answer = ask(
            daemon,
            "OPTIONS",
            "/genedb/gene/1",
            None,
            {"Origin": "https://lab.example", "Access-Control-Request-Method": "PATCH"},
        )
        assert answer.status == 204
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]

    def test_errors_of_the_channel(self, start: Daemons, tmp_path: Path) -> None:
        daemon = start("genes")
        for request, status in (
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"rubbish\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: %b\r\n\r\n" % (b"x" * 20_000), 431),
            (
                b"POST /genedb/gene HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n",
                413,
            ),
        ):
            with connect(daemon.address("genes")) as client:
                client.sendall(request)
                response = http.client.HTTPResponse(client)
                response.begin()
                assert response.status == status
                error = json.loads(response.read())["error"]
                assert error["status"] == status
                assert error["message"]
