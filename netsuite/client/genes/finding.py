"""``netsuite genes get``, ``list`` and ``search``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netsuite.client.genes.printing import JSONArray, Records, cell, described, note
from netsuite.client.genes.service import MAX_PAGE, NOT_FOUND, Query, Record, Refused, Service
from netsuite.client.terminal import Output
from netsuite.genes.records import FIELDS, LIST_FIELDS, SEED_FIELDS

#: How many genes a search shows unless told otherwise.
FOUND = 50


class Finder:
    """Finds genes; each method returns when they are printed.

    :param service: the service.
    :param output: where to print.
    :param as_json: print an array of JSON objects.
    """

    def __init__(self, service: Service, output: Output, as_json: bool) -> None:
        self._service = service
        self._output = output
        self._as_json = as_json

    async def get(self, ids: Sequence[str], fields: str = "") -> int:
        """Print genes with all that is known of them.

        :param fields: print these fields only; empty prints all.
        :returns: the exit status: 1 if one of them is not there.
        """
        status = 0
        array = JSONArray(self._output) if self._as_json else None
        before = ""
        for gene_id in ids:
            try:
                gene, _ = await self._service.gene(gene_id, fields or "all")
            except Refused as refused:
                if refused.code != NOT_FOUND:
                    raise
                note(str(refused))
                status = 1
                continue
            if array is not None:
                array.add(gene)
            else:
                self._output.piece((before + "\n".join(described(gene)) + "\n").encode())
                before = "\n"
        if array is not None:
            array.end()
        return status

    async def list(self, query: Query, limit: int | None = None) -> None:
        """Print genes, in a table.

        :param query: which ones, in what order, and which fields of them.
        :param limit: how many at most; None prints all.
        """
        printer = JSONArray(self._output) if self._as_json else Records(self._output)
        if limit is None:
            await self._service.stream(query, printer.add)
        else:
            await self._pages(query, limit, printer.add)
        printer.end()
        if not printer.count and not self._as_json:
            note("there are no such genes" if "symbol" in query else "there are no genes")

    async def search(self, query: Query, limit: int = FOUND, fields: str = "") -> None:
        """Print the genes that fit some words, the best first, and why each does.

        :param query: the words, as ``q``, and how to sort.
        :param limit: how many at most.
        :param fields: which fields of each; empty prints the usual ones.
        """
        printer = JSONArray(self._output) if self._as_json else Records(self._output)

        def show(gene: Record) -> None:
            if not self._as_json:
                gene["found by"] = _why(gene.pop("match", None), gene)
            printer.add(gene)

        # "all" cannot be named together with others.
        chosen = ",".join(FIELDS) if fields == "all" else fields or ",".join(SEED_FIELDS)
        more = await self._pages({**query, "fields": f"{chosen},match"}, limit, show)
        printer.end()
        if self._as_json:
            return
        if not printer.count:
            note("no gene fits that")
        elif more:
            note(f"these are the best {printer.count:,}; --limit shows more")

    async def _pages(self, query: Query, limit: int, take: Callable[[Record], None]) -> bool:
        """Hand on the genes of as many pages as it takes.

        :returns: whether there are more.
        """
        cursor = ""
        came = 0

        def count(gene: Record) -> None:
            nonlocal came
            came += 1
            if came > limit:
                raise self._service.stranger("it sends more genes than it was asked for")
            take(gene)

        while came < limit:
            page = {**query, "limit": str(min(limit - came, MAX_PAGE))}
            before = came
            cursor = await self._service.stream(
                {**page, "after": cursor} if cursor else page, count
            )
            if not cursor:
                break
            if came == before:
                # It would keep us busy for ever.
                raise self._service.stranger("its page is empty and not the last one")
        return bool(cursor)


def _why(match: object, gene: Record) -> str:
    """Return why a gene was found, in words: ``alias symbol FLJ23569 (prefix)``."""
    if not isinstance(match, dict):
        return ""
    field, value = cell(match.get("field")), cell(match.get("value"))
    name = field.replace("_", " ")
    if field in LIST_FIELDS:
        name = name.removesuffix("s")
    # What stands in the same line already is not said twice.
    text = "" if value == cell(gene.get(field)) else f" {value}"
    return f"{name}{text} ({cell(match.get('type'))})"
