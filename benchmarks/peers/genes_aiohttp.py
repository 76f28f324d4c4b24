"""aiohttp, on asyncio's loop or on uvloop."""

from __future__ import annotations

import asyncio

from aiohttp import web

from .gene_store import GeneStore
from .services import announce, listen, parse_arguments


def make_app(store: GeneStore) -> web.Application:
    """Return the application."""
    routes = web.RouteTableDef()

    @routes.get("/genedb/gene")
    async def find(request: web.Request) -> web.Response:
        query = request.query.get("q")
        if query is not None:
            return web.json_response({"genes": store.search(query)})
        limit = int(request.query.get("limit", "50"))
        return web.json_response({"genes": store.page(limit, request.query.get("after"))})

    @routes.get("/genedb/gene/{gene_id}")
    async def get(request: web.Request) -> web.Response:
        record = store.gene(request.match_info["gene_id"])
        if record is None:
            raise web.HTTPNotFound
        return web.json_response({"gene": [record]})

    @routes.put("/genedb/gene/{gene_id}")
    async def update(request: web.Request) -> web.Response:
        changes = await request.json()
        record = store.update(request.match_info["gene_id"], changes)
        if record is None:
            raise web.HTTPNotFound
        return web.json_response({"gene": record})

    app = web.Application()
    app.add_routes(routes)
    return app


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, uvloop=True)
    app = make_app(GeneStore(arguments.gene_data.genes))
    if arguments.uvloop:
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    with listen(arguments.port) as socket:
        announce(socket.getsockname()[1])
        web.run_app(app, sock=socket, loop=loop, print=None, access_log=None)


if __name__ == "__main__":
    main()
