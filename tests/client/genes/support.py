"""A small gene service that does what the client's tests need, on the loopback interface."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from hyperlink import DecodedURL
from twisted.web.iweb import IRequest
from twisted.web.server import Site

from netsuite.client.genes.service import Service
from netsuite.client.web import new_agent
from netsuite.web import HTTPError, NotFound, Response, Router
from tests.client.support import NetworkTestCase, reactor, target

A1BG = {"id": "1", "symbol": "A1BG", "name": "alpha-1-B glycoprotein"}
A2M = {"id": "2", "symbol": "A2M", "name": "alpha-2-macroglobulin"}


@attrs.frozen
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes


class _Instead(Exception):  # noqa: N818 - it is none
    """What is answered instead of what is right."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class FakeGenes:
    """The service.

    :param test: it is stopped when this ends.
    """

    router = Router()

    def __init__(self, test: NetworkTestCase) -> None:
        self.genes: dict[str, dict[str, Any]] = {"1": {**A1BG}, "2": {**A2M}}
        self.revisions = {"1": 1, "2": 1}
        #: What is answered, by method and path, instead of what is right.
        self.instead: dict[str, Any] = {}
        #: What is done before a request is answered, by method.
        self.before: dict[str, Callable[[], object]] = {}
        #: What symbols mean; others are not found.
        self.meanings: dict[str, dict[str, Any]] = {}
        self.asked: list[Asked] = []
        self.page = 1000
        root = self.router.resource(self)
        port = reactor.listenTCP(0, Site(root), interface="127.0.0.1")
        test.addCleanup(port.stopListening)
        self.port: int = port.getHost().port

    def client(self, timeout: float = 10) -> Service:
        """Return a client of it."""
        base = DecodedURL.from_text(f"http://127.0.0.1:{self.port}")
        return Service(reactor, new_agent(reactor, 5), base, target(self.port), timeout)

    def change(self, gene_id: str, **values: str) -> None:
        """Change a gene, as somebody else would."""
        self.genes[gene_id].update(values)
        self.revisions[gene_id] += 1

    def _note(self, request: Any) -> Asked:
        asked = Asked(
            request.method.decode(),
            request.path.decode(),
            {name.decode(): value.decode() for name, (value,) in request.args.items()},
            request.requestHeaders,
            request.content.read(),
        )
        self.asked.append(asked)
        self.before.get(asked.method, lambda: None)()
        instead = self.instead.get(f"{asked.method} {asked.path}")
        if instead is not None:
            raise _Instead(instead)
        return asked

    def _found(self, gene_id: str, asked: Asked) -> dict[str, Any]:
        if gene_id not in self.genes:
            raise NotFound(f"there is no gene {gene_id}")
        wanted = asked.headers.getRawHeaders("If-Match")
        if wanted is not None and wanted != [self._tag(gene_id)]:
            raise HTTPError(412, "the gene has changed")
        return self.genes[gene_id]

    def _tag(self, gene_id: str) -> str:
        return f'"{self.revisions[gene_id]}"'

    @router.get("/genedb/gene")
    def all(self, request: IRequest) -> Response:
        asked = self._note(request)
        genes = list(self.genes.values())
        query = asked.query
        if "symbol" in query:
            genes = [gene for gene in genes if gene["symbol"] == query["symbol"].upper()]
        if "q" in query:
            genes = [gene for gene in genes if query["q"] in gene["name"]]
        fields = query.get("fields", "id,symbol,name").split(",")
        if fields != ["all"]:
            genes = [{field: gene.get(field) for field in fields} for gene in genes]
        headers = {}
        if "limit" in query:
            size = min(int(query["limit"]), self.page)
            start = int(query.get("after", "+0").removeprefix("+"))
            if start + size < len(genes):
                link = f"http://elsewhere.example/genedb/gene?limit=1&after=%2B{start + size}"
                headers["Link"] = f'<{link}>; rel="next", <http://x/>; rel="first"'
            genes = genes[start : start + size]
        if query.get("format") == "ndjson":
            headers["Content-Type"] = "application/x-ndjson"
            return Response(self._lines(genes), headers=headers)
        if query.get("format") == "tsv":
            headers["Content-Type"] = "text/tab-separated-values; charset=utf-8"
            return Response("id\n" + "".join(f"{gene['id']}\n" for gene in genes), headers=headers)
        return Response.json({"genes": genes}, headers=headers)

    def _lines(self, genes: list[dict[str, Any]]) -> Iterator[bytes]:
        for gene in genes:
            # Each comes in two pieces.
            line = json.dumps(gene, ensure_ascii=False).encode() + b"\n"
            yield line[:7]
            yield line[7:]

    @router.post("/genedb/gene")
    def add(self, request: IRequest) -> Response:
        gene = json.loads(self._note(request).body)
        if gene["id"] in self.genes:
            raise HTTPError(409, f"there is a gene {gene['id']} already")
        self.genes[gene["id"]] = gene
        self.revisions[gene["id"]] = 1
        return Response.json(gene)

    @router.delete("/genedb/gene")
    def clear(self, request: IRequest) -> Response:
        self._note(request)
        self.genes.clear()
        return Response.json({"response": "Success"})

    @router.get("/genedb/gene/<gene_id>")
    def one(self, request: IRequest, gene_id: str) -> Response:
        asked = self._note(request)
        gene = self._found(gene_id, asked)
        if asked.query.get("fields", "all") != "all":
            gene = {field: gene.get(field) for field in asked.query["fields"].split(",")}
        return Response.json({"gene": [gene]}, headers={"ETag": self._tag(gene_id)})

    @router.patch("/genedb/gene/<gene_id>")
    def update(self, request: IRequest, gene_id: str) -> Response:
        asked = self._note(request)
        gene = self._found(gene_id, asked)
        self.change(gene_id, **json.loads(asked.body))
        return Response.json({"gene": gene})

    @router.delete("/genedb/gene/<gene_id>")
    def delete(self, request: IRequest, gene_id: str) -> Response:
        self._found(gene_id, self._note(request))
        del self.genes[gene_id]
        return Response.json({"response": "Success"})

    @router.post("/genedb/resolve")
    def resolve(self, request: IRequest) -> Response:
        symbols = json.loads(self._note(request).body)["symbols"]
        nothing: dict[str, Any] = {
            "match_type": None,
            "gene": None,
            "candidates": [],
            "other_matches": [],
        }
        return Response.json(
            {
                "results": [
                    {"query": symbol, **nothing, **self.meanings.get(symbol, {})}
                    for symbol in symbols
                ]
            }
        )

    @router.get("/genedb/meta")
    def meta(self, request: IRequest) -> Response:
        self._note(request)
        return Response.json({"genes": len(self.genes)})

    @router.post("/genedb/import")
    def load(self, request: IRequest) -> Response:
        rows = self._note(request).body.count(b"\n") - 1
        counts = {"added": rows, "updated": 0, "unchanged": 0, "removed": 0}
        return Response.json({"rows": rows, **counts})

    @router.errors(HTTPError)
    def failed(self, request: IRequest, error: HTTPError) -> Response:
        return error_answer(error.status, error.message)

    @router.errors(_Instead)
    def instead_of_it(self, request: IRequest, error: _Instead) -> Response:
        return error.response


def error_answer(status: int, message: str, **more: Any) -> Response:
    """Return an error as the service answers it."""
    return Response.json({"error": {"status": status, "message": message, **more}}, status)
