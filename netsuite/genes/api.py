"""The gene API: which request is answered how.

A handler is called with what its declaration has read out of the request
(:mod:`netsuite.web.operations`). It asks the repository, and hands what it gets to what writes it:
:mod:`~netsuite.genes.rendering` for a record, :mod:`~netsuite.genes.listing` for many.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import attrs
from twisted.internet.defer import Deferred
from twisted.web.iweb import IRequest

from netsuite.genes import declarations as declared
from netsuite.genes.assets import Assets
from netsuite.genes.bulk import format_of, import_file
from netsuite.genes.declarations import error, ok
from netsuite.genes.errors import error_response
from netsuite.genes.listing import answer_list
from netsuite.genes.records import Gene, Value, as_json
from netsuite.genes.rendering import json_response, resolution_json, revisions_wanted, tag_of
from netsuite.genes.repository import Genes, Stored, UnknownGene
from netsuite.genes.search import Query
from netsuite.genes.selection import Selection, Sort
from netsuite.genes.writing import MATCH
from netsuite.storage import after, settled
from netsuite.web import HTTPError, NotFound, Response, Router
from netsuite.web.bodies import Upload
from netsuite.web.conditions import ANY, EntityTag, matching, not_modified
from netsuite.web.openapi import describe
from netsuite.web.operations import operation

__all__ = ["MAX_IMPORT", "GeneAPI"]

#: The longest file that is imported unless told otherwise, in bytes.
MAX_IMPORT = 256 * 1024 * 1024

_SUCCESS = {"response": "Success"}


class GeneAPI:
    """The gene service over HTTP.

    :param genes: the records.
    :param max_import: the longest file that is imported, in bytes.
    """

    router: ClassVar[Router] = Router()

    def __init__(self, genes: Genes, *, max_import: int = MAX_IMPORT) -> None:
        self._genes = genes
        self.max_import = max_import
        self._assets = Assets(Path(__file__).with_name("pages"))

    # Records

    @router.get("/")
    @operation(
        answers={
            200: declared.PATTERNS,
        },
        tags=["service"],
    )
    def list_routes(self, _request: IRequest) -> Response:
        """List the paths that there are."""
        return json_response([*dict.fromkeys(str(route.pattern) for route in self.router.routes)])

    @router.get("/genedb/gene")
    @operation(
        query=[
            declared.FOUND_FIELDS_CHOSEN,
            declared.SYMBOL,
            declared.SEARCH,
            declared.SORT,
            declared.LIMIT,
            declared.AFTER,
            declared.FORMAT,
        ],
        headers=declared.IF_NONE_MATCH,
        answers={
            200: declared.LISTED,
            304: declared.LIST_NOT_MODIFIED,
            404: error("`after` is no cursor of this list."),
            **declared.STORE,
        },
        tags=["genes"],
    )
    async def list_genes(
        self,
        request: IRequest,
        fields: Sequence[str],
        symbol: str | None,
        search: Query | None,
        sort: Sort | None,
        limit: int | None,
        cursor: str | None,
        format_name: str | None,
    ) -> Response:
        """List, find or export genes.

        Without `limit`, all genes are answered, as a stream: `?format=tsv&fields=all` exports them.
        """
        if limit is None and search is not None:
            limit = declared.SEARCH_LIMIT
        return await answer_list(
            self._genes,
            request,
            Selection(symbol, search, sort, explain=MATCH in fields),
            fields=fields,
            format_name=format_name,
            limit=limit,
            cursor=cursor,
        )

    # The seed's last command asks for this path, by a slip.
    router.get("/gededb/gene")(list_genes.renamed("list_genes_misspelt", deprecated=True))

    @router.post("/genedb/gene")
    @operation(
        query=[declared.FIELDS_CHOSEN],
        body=declared.NEW_GENE,
        answers={
            200: ok("Gene", "The gene, as it was added.", {**declared.ETAG, **declared.LOCATION}),
            409: error("There is a gene with this id already."),
            **declared.WITH_BODY,
            **declared.STORE,
        },
        tags=["genes"],
    )
    async def add_gene(self, _request: IRequest, fields: Sequence[str], body: Gene) -> Response:
        """Add a gene."""
        stored = await self._genes.add(body)
        path = f"/genedb/gene/{body.id}"
        if stored is None:
            raise HTTPError(409, f"there is a gene {body.id} already: PUT {path} changes it")
        headers = {"ETag": str(tag_of(stored, fields)), "Location": path}
        return json_response(as_json(stored.gene, fields), headers)

    @router.delete("/genedb/gene")
    @operation(
        answers={
            200: ok("Success", "There are no genes now."),
            412: declared.PRECONDITION,
            **declared.STORE,
        },
        tags=["genes"],
    )
    async def delete_all_genes(self, request: IRequest) -> Response:
        """Delete all genes."""
        if matching(request) not in (None, ANY):
            raise HTTPError(412, "the tag of a list does not protect it: leave If-Match out")
        await self._genes.remove_all()
        return json_response(_SUCCESS)

    @router.get("/genedb/gene/<geneId>")
    @operation(
        path=[declared.GENE_ID],
        query=[declared.FIELDS_CHOSEN],
        headers=declared.IF_NONE_MATCH,
        answers={
            200: ok("GeneInList", "The gene, in a list of one.", declared.ETAG),
            304: declared.NOT_MODIFIED,
            404: declared.NO_SUCH_GENE,
            **declared.STORE,
        },
        tags=["genes"],
    )
    def get_gene(
        self, request: IRequest, gene_id: str, fields: Sequence[str]
    ) -> Response | Deferred[Response]:
        """Read a gene."""

        def answer(stored: Stored | None) -> Response:
            if stored is None:
                raise UnknownGene(gene_id)
            tag = tag_of(stored, fields)
            if not_modified(request, tag):
                return tag.not_modified()
            return json_response({"gene": [as_json(stored.gene, fields)]}, {"ETag": str(tag)})

        return after(self._genes.get(gene_id), answer)

    @router.put("/genedb/gene/<geneId>")
    @operation(
        path=[declared.GENE_ID],
        query=[declared.FIELDS_CHOSEN],
        headers=declared.IF_MATCH,
        body=declared.CHANGES,
        answers={
            200: ok("ChangedGene", "The gene, as it is now.", declared.ETAG),
            404: declared.NO_SUCH_GENE,
            412: declared.PRECONDITION,
            **declared.WITH_BODY,
            **declared.STORE,
        },
        tags=["genes"],
    )
    async def update_gene(
        self,
        request: IRequest,
        gene_id: str,
        fields: Sequence[str],
        body: Mapping[str, Value],
    ) -> Response:
        """Change some fields of a gene.

        Those that are left out stay as they are.
        """
        changes = dict(body)
        if changes.pop("id", gene_id) != gene_id:
            raise HTTPError(400, "id must be the one in the path: a gene keeps its id")
        wanted = await self._revisions_wanted(request, gene_id)
        stored = await self._genes.update(gene_id, changes, wanted)
        headers = {"ETag": str(tag_of(stored, fields))}
        return json_response({"gene": as_json(stored.gene, fields)}, headers)

    router.patch("/genedb/gene/<geneId>")(
        update_gene.renamed(
            "patch_gene",
            body=declared.PATCH,
            answers={**update_gene.declaration.answers, **declared.WITH_PATCH},
        )
    )

    @router.delete("/genedb/gene/<geneId>")
    @operation(
        path=[declared.GENE_ID],
        headers=declared.IF_MATCH,
        answers={
            200: ok("Success", "The gene is deleted."),
            404: declared.NO_SUCH_GENE,
            412: declared.PRECONDITION,
            **declared.STORE,
        },
        tags=["genes"],
    )
    async def delete_gene(self, request: IRequest, gene_id: str) -> Response:
        """Delete a gene."""
        wanted = await self._revisions_wanted(request, gene_id)
        await self._genes.remove(gene_id, wanted)
        return json_response(_SUCCESS)

    # Symbols

    @router.get("/genedb/resolve/<symbol>")
    @operation(
        path=[declared.RESOLVED_SYMBOL],
        query=[declared.FIELDS_CHOSEN],
        answers={
            200: ok("Resolution", "What the symbol means."),
            404: error("No gene is known by this symbol."),
            **declared.STORE,
        },
        tags=["symbols"],
    )
    async def resolve_symbol(
        self, _request: IRequest, symbol: str, fields: Sequence[str]
    ) -> Response:
        """Tell which gene a symbol means.

        Current symbols come first, then previous ones, then aliases. A symbol that means several
        genes is ambiguous: none is picked, and all are listed.
        """
        (resolution,) = await self._genes.resolve([symbol])
        if resolution.match_type is None:
            raise NotFound("no gene is known by this symbol; GET /genedb/gene?q=… searches for one")
        return json_response(resolution_json(resolution, fields))

    @router.post("/genedb/resolve")
    @operation(
        query=[declared.FIELDS_CHOSEN],
        body=declared.SYMBOLS,
        answers={
            200: ok("Resolutions", "What the symbols mean, in their order."),
            **declared.WITH_BODY,
            **declared.STORE,
        },
        tags=["symbols"],
    )
    async def resolve_symbols(
        self, _request: IRequest, fields: Sequence[str], body: Sequence[str]
    ) -> Response:
        """Tell which genes several symbols mean, and which mean none, or more than one."""
        resolutions = await self._genes.resolve(body)
        results = [resolution_json(resolution, fields) for resolution in resolutions]
        by_type = {
            match_type: [each.query for each in resolutions if each.match_type == match_type]
            for match_type in (None, "ambiguous")
        }
        return json_response(
            {"results": results, "not_found": by_type[None], "ambiguous": by_type["ambiguous"]}
        )

    # The data

    @router.get("/genedb/meta")
    @operation(
        answers={200: ok("Meta", "What is known about the data."), **declared.STORE}, tags=["data"]
    )
    async def get_meta(self, _request: IRequest) -> Response:
        """Tell how many genes there are, where they come from, and when they changed last."""
        return json_response(attrs.asdict(await self._genes.meta()))

    @router.post("/genedb/import", max_body=lambda api: api.max_import)
    @operation(
        query=[declared.FILE_FORMAT, declared.SOURCE, declared.VERSION, declared.REPLACE],
        body=declared.FILE,
        answers={
            200: ok("Imported", "The file was imported: how many rows did what."),
            400: declared.BAD_ROWS,
            **declared.WITH_BODY,
            **declared.STORE,
        },
        tags=["data"],
    )
    async def import_genes(
        self,
        _request: IRequest,
        format_name: str | None,
        source: str | None,
        version: str | None,
        replace: bool,
        body: Upload,
    ) -> Response:
        """Import a file: all of its rows, or none.

        HGNC's complete set is understood as it is. Without a column `id`, a gene's id is its Entrez
        id, or else its HGNC id.
        """
        counts = await import_file(
            self._genes,
            body.file,
            format_name or format_of(body),
            source=source,
            version=version,
            replace=replace,
        )
        return json_response(attrs.asdict(counts))

    # The description, and pages for people

    @router.get("/openapi.json")
    @operation(
        answers={200: declared.DESCRIPTION, 304: declared.NOT_MODIFIED},
        headers=declared.IF_NONE_MATCH,
        tags=["service"],
    )
    def describe_api(self, request: IRequest) -> Response:
        """Describe the API, in OpenAPI 3.1."""
        text, tag = _description()
        if not_modified(request, tag):
            return tag.not_modified()
        return Response(text, headers={"Content-Type": declared.JSON, "ETag": str(tag)})

    @router.get("/docs")
    def docs(self, request: IRequest) -> Response:
        """Answer with the documentation, which can be tried out."""
        return self._assets.serve(request, "docs.html")

    @router.get("/browse")
    def browse(self, request: IRequest) -> Response:
        """Answer with the gene browser."""
        return self._assets.serve(request, "browse.html")

    @router.get("/docs/<name>")
    @router.get("/browse/<name>")
    def asset(self, request: IRequest, name: str) -> Response:
        """Answer with a file of a page."""
        if name.endswith(".html"):
            raise NotFound("the pages are /browse and /docs")  # their links are relative to these
        return self._assets.serve(request, name)

    # The rest

    @router.errors(Exception)
    def answer_error(self, request: IRequest, error: Exception) -> Response:
        """Answer with an error, in JSON."""
        return error_response(request, error)

    async def _revisions_wanted(self, request: IRequest, gene_id: str) -> Collection[int] | None:
        """Return of which revisions a gene may be that is to be written; see there."""

        async def get() -> Stored | None:
            return await settled(self._genes.get(gene_id))

        return await revisions_wanted(request, get)


@cache
def _description() -> tuple[bytes, EntityTag]:
    """Return the description of the API, and what names it."""
    text = json.dumps(describe(GeneAPI.router, declared.ABOUT)).encode()
    return text, EntityTag(hashlib.sha256(text).hexdigest()[:32])
