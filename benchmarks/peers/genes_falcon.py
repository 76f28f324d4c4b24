"""Falcon on uvicorn."""

from __future__ import annotations

import falcon.asgi

from .gene_store import GeneStore
from .services import parse_arguments
from .uvicorn_server import serve


class Genes:
    """All genes.

    :param store: the genes.
    """

    def __init__(self, store: GeneStore) -> None:
        self._store = store

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer with what a search finds, or with a page."""
        query = req.get_param("q")
        if query is not None:
            resp.media = {"genes": self._store.search(query)}
        else:
            limit = req.get_param_as_int("limit", default=50)
            resp.media = {"genes": self._store.page(limit, req.get_param("after"))}


class Gene:
    """One gene.

    :param store: the genes.
    """

    def __init__(self, store: GeneStore) -> None:
        self._store = store

    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, gene_id: str
    ) -> None:
        """Answer with the gene."""
        record = self._store.gene(gene_id)
        if record is None:
            raise falcon.HTTPNotFound
        resp.media = {"gene": [record]}

    async def on_put(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, gene_id: str
    ) -> None:
        """Change the gene."""
        changes = await req.get_media()
        record = self._store.update(gene_id, changes)
        if record is None:
            raise falcon.HTTPNotFound
        resp.media = {"gene": record}


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    store = GeneStore(arguments.gene_data.genes)
    app = falcon.asgi.App()
    app.add_route("/genedb/gene", Genes(store))
    app.add_route("/genedb/gene/{gene_id}", Gene(store))
    serve(app, arguments)


if __name__ == "__main__":
    main()
