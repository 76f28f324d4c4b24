"""FastAPI on uvicorn, with models for what is asked and answered."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from .gene_store import GeneStore
from .services import parse_arguments
from .uvicorn_server import serve


class Gene(BaseModel):
    """A gene."""

    id: str
    symbol: str
    name: str


class Changes(BaseModel):
    """What is to be changed."""

    symbol: str | None = None
    name: str | None = None


class OneGene(BaseModel):
    """What a gene is answered with."""

    gene: list[Gene]


class ChangedGene(BaseModel):
    """What a change is answered with."""

    gene: Gene


class Genes(BaseModel):
    """What a page or a search is answered with."""

    genes: list[Gene]


def make_app(store: GeneStore) -> FastAPI:
    """Return the application."""
    app = FastAPI()

    @app.get("/genedb/gene", response_model=Genes)
    async def find(q: str | None = None, limit: int = 50, after: str | None = None) -> Any:
        if q is not None:
            return {"genes": store.search(q)}
        return {"genes": store.page(limit, after)}

    @app.get("/genedb/gene/{gene_id}", response_model=OneGene)
    async def get(gene_id: str) -> Any:
        record = store.gene(gene_id)
        if record is None:
            raise HTTPException(404)
        return {"gene": [record]}

    @app.put("/genedb/gene/{gene_id}", response_model=ChangedGene)
    async def update(gene_id: str, changes: Changes) -> Any:
        record = store.update(gene_id, changes.model_dump(exclude_unset=True))
        if record is None:
            raise HTTPException(404)
        return {"gene": record}

    return app


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    serve(make_app(GeneStore(arguments.gene_data.genes)), arguments)


if __name__ == "__main__":
    main()
