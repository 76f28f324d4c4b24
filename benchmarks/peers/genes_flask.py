"""The seed's gene service: Flask, on its development server, which has a thread a connection."""

from __future__ import annotations

import logging

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import make_server

from .gene_store import GeneStore
from .services import HOST, announce, parse_arguments


def make_app(store: GeneStore) -> Flask:
    """Return the application."""
    app = Flask(__name__)

    @app.get("/genedb/gene")
    def find() -> Response:
        query = request.args.get("q")
        if query is not None:
            return jsonify(genes=store.search(query))
        limit = request.args.get("limit", 50, type=int)
        return jsonify(genes=store.page(limit, request.args.get("after")))

    @app.get("/genedb/gene/<gene_id>")
    def get(gene_id: str) -> Response:
        record = store.gene(gene_id)
        if record is None:
            abort(404)
        return jsonify(gene=[record])

    @app.put("/genedb/gene/<gene_id>")
    def update(gene_id: str) -> Response:
        record = store.update(gene_id, request.get_json())
        if record is None:
            abort(404)
        return jsonify(gene=record)

    return app


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request
    app = make_app(GeneStore(arguments.gene_data.genes))
    server = make_server(HOST, arguments.port, app, threaded=True)
    announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
