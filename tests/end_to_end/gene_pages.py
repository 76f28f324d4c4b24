"""The gene service, for the tests of its pages: another program at it, and people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.end_to_end.chromium import Person
from tests.end_to_end.daemon import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["CROWD", "FULL", "PHONE", "Meet", "Service", "meeting"]

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}

#: A gene with all its fields.
FULL: dict[str, Any] = {
    "id": "503538",
    "symbol": "A1BG-AS1",
    "name": "A1BG antisense RNA 1",
    "hgnc_id": "HGNC:37133",
    "entrez_id": "503538",
    "ensembl_gene_id": "ENSG00000268895",
    "location": "19q13.43",
    "locus_type": "RNA, long non-coding",
    "previous_symbols": ["NCRNA00181", "A1BGAS", "A1BG-AS"],
    "alias_symbols": ["FLJ23569"],
}

#: More genes than one page of results holds.
CROWD: list[dict[str, Any]] = [
    {"id": f"crowd-{n}", "symbol": f"CRWD{n}", "name": f"crowded {n}"} for n in range(1, 61)
]


class Service:
    """The service, as another program would use it.

    :param root: its URL, without a path.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Send a request and return the answer's JSON."""
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = Request(f"{self.root}/genedb/{path}", content, headers, method=method)
        with urlopen(request, timeout=PATIENCE) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def description(self) -> dict[str, Any]:
        """Return the API's description."""
        with urlopen(f"{self.root}/openapi.json", timeout=PATIENCE) as response:
            described: dict[str, Any] = json.load(response)
            return described

    def gene(self, gene_id: str) -> dict[str, Any]:
        """Return all of a gene."""
        found: dict[str, Any] = self("GET", f"gene/{quote(gene_id)}?fields=all")["gene"][0]
        return found

    def add(self, gene: dict[str, Any]) -> None:
        """Add a gene; replace it if it is there."""
        with suppress(OSError):
            self("DELETE", f"gene/{quote(gene['id'])}")
        self("POST", "gene", gene)


#: Let a person come: see :class:`Person` for what the person may prefer.
Meet = Callable[..., Person]


@contextmanager
def meeting(browser: Browser, service: Service) -> Iterator[Meet]:
    """Let people come to the service, and ask each of them afterwards whether all was well."""
    people: list[Person] = []

    def come(**preferences: Any) -> Person:
        people.append(Person(browser, service.root, **preferences))
        return people[-1]

    yield come
    for person in people:
        person.close()
