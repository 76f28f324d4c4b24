"""Klein on Twisted's epoll reactor."""

from __future__ import annotations

import json
from typing import Any

from klein import Klein
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IReactorTCP
from twisted.web.http import NOT_FOUND
from twisted.web.iweb import IRequest
from twisted.web.server import Site

from .gene_store import GeneStore
from .services import BACKLOG, HOST, announce, parse_arguments


class Genes:
    """The application.

    :param store: the genes.
    """

    app = Klein()

    def __init__(self, store: GeneStore) -> None:
        self._store = store

    @app.route("/genedb/gene", methods=["GET"])
    def find(self, request: Any) -> str:
        """Answer with what a search finds, or with a page."""
        arguments = {name.decode(): values[0].decode() for name, values in request.args.items()}
        if "q" in arguments:
            return _as_json(request, {"genes": self._store.search(arguments["q"])})
        page = self._store.page(int(arguments.get("limit", "50")), arguments.get("after"))
        return _as_json(request, {"genes": page})

    @app.route("/genedb/gene/<gene_id>", methods=["GET"])
    def get(self, request: IRequest, gene_id: str) -> str:
        """Answer with a gene."""
        record = self._store.gene(gene_id)
        if record is None:
            request.setResponseCode(NOT_FOUND)
            return ""
        return _as_json(request, {"gene": [record]})

    @app.route("/genedb/gene/<gene_id>", methods=["PUT"])
    def update(self, request: Any, gene_id: str) -> str:
        """Change a gene."""
        changes = json.loads(request.content.read())
        record = self._store.update(gene_id, changes)
        if record is None:
            request.setResponseCode(NOT_FOUND)
            return ""
        return _as_json(request, {"gene": record})


def _as_json(request: IRequest, value: object) -> str:
    request.setHeader(b"Content-Type", b"application/json")
    return json.dumps(value)


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    from twisted.internet import reactor

    genes = Genes(GeneStore(arguments.gene_data.genes))
    site: Any = Site(genes.app.resource())  # whose protocols are typed as no factory's are
    port = IReactorTCP(reactor).listenTCP(arguments.port, site, BACKLOG, HOST)
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    announce(address.port)
    reactor.run()


if __name__ == "__main__":
    main()
