"""What the clients of a gene service ask, and what they must get.

All services answer with the same JSON, but each in its own notation: with or without blanks, its
members sorted or not, a line end behind it. And each has its own way to name the next page, and to
order what a search finds. So a service is asked first, and what it answers is understood; then it
is known byte for byte what else it must answer.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote, urljoin

from .genes import Gene, GeneData
from .http import request
from .peers.services import HOST
from .processes import ProgramError

#: How many clients there are at once.
CLIENTS = 50

#: How many genes a page has, and the most that a search finds.
PAGE = 50

#: How many different searches there are.
SEARCHES = 300

#: How often one is thought of, at most: among few genes there are not so many.
_TRIES = 20 * SEARCHES

_PATH = "/genedb/gene"

#: How long an answer may take here, in seconds.
_PATIENCE = 30.0

_NEXT = re.compile(r'<([^>]*)>; *rel="?next"?')
_WORD = re.compile(r"[^\W_]+")


class Exchange(NamedTuple):
    """A request, and the body of the right response.

    :param request: the request's bytes.
    :param body: the body's.
    """

    request: bytes
    body: bytes


class Dialect:
    """A service that is asked now, so as to know what it must answer later.

    :param port: the port that it listens on.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(
        self, target: str, method: str = "GET", content: bytes | None = None
    ) -> tuple[bytes, str]:
        """Return the body of a response, and its ``Link`` header.

        :raises ProgramError: if there is none, or its status is not 200.
        """
        headers = {"Content-Type": "application/json"} if content is not None else {}
        try:
            self._connection.request(method, target, content, headers)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ProgramError(f"{method} {target}: no answer: {error!r}") from error
        if response.status != 200:
            raise ProgramError(f"{method} {target}: {response.status} {response.reason}")
        return body, response.headers.get("Link", "")


def _notation(body: bytes, value: object) -> Callable[[object], bytes]:
    """Return what writes JSON as the service has written this value.

    :raises ProgramError: if the body is not this value.
    """
    for separators, sort, end in itertools.product(
        ((",", ":"), (", ", ": ")), (False, True), (b"", b"\n")
    ):
        encode = json.JSONEncoder(separators=separators, sort_keys=sort).encode

        def write(
            value: object, encode: Callable[[object], str] = encode, end: bytes = end
        ) -> bytes:
            return encode(value).encode("ascii") + end

        if write(value) == body:
            return write
    raise ProgramError(f"expected {json.dumps(value)[:200]}, got {body[:200]!r}")


def _shuffled(genes: Sequence[Gene]) -> list[Gene]:
    """Return genes in no order: neighbours here are no neighbours in the store."""
    return random.Random(5).sample(genes, len(genes))


def _path(gene: Gene) -> str:
    return f"{_PATH}/{quote(gene.id, safe=':')}"


def one_gene(data: GeneData, dialect: Dialect) -> list[Exchange]:
    """Return a request for each gene."""

    def answer(gene: Gene) -> object:
        return {"gene": [gene.record]}

    genes = _shuffled(data.genes)
    write = _notation(dialect.ask(_path(genes[0]))[0], answer(genes[0]))
    return [Exchange(request("GET", _path(gene)), write(answer(gene))) for gene in genes]


def pages(data: GeneData, dialect: Dialect) -> list[Exchange]:
    """Return a request for each page.

    A response says in its ``Link`` header (RFC 8288) where the next page is. Peers without it
    take the id of the last gene for it.
    """
    exchanges = []
    first = target = f"{_PATH}?limit={PAGE}"
    write, links = None, True
    for start in range(0, len(data.genes), PAGE):
        genes = data.genes[start : start + PAGE]
        answer = {"genes": [gene.record for gene in genes]}
        link = ""
        if links:
            body, link = dialect.ask(target)
            write = write or _notation(body, answer)
            links = bool(link)
        assert write is not None
        exchanges.append(Exchange(request("GET", target), write(answer)))
        following = _NEXT.search(link)
        target = urljoin(target, following[1]) if following else f"{first}&after={genes[-1].id}"
    return random.Random(5).sample(exchanges, len(exchanges))


def updates(data: GeneData, dialect: Dialect) -> list[Exchange]:
    """Return two requests for each gene, all first ones before all second ones.

    Each gives the gene another name than it had. Because a client has every so-manieth request,
    the genes are a multiple of that many: so it has both of a gene's requests.
    """

    def update(gene: Gene, number: int) -> tuple[bytes, dict[str, object]]:
        name = f"{gene.name} ({number})"
        return (
            json.dumps({"name": name}).encode("ascii"),
            {"gene": {**gene.record, "name": name}},
        )

    genes = _shuffled(data.genes)
    genes = genes[: len(genes) // CLIENTS * CLIENTS]
    content, answer = update(genes[0], 0)
    write = _notation(dialect.ask(_path(genes[0]), "PUT", content)[0], answer)
    exchanges = []
    for number, gene in itertools.product((1, 2), genes):
        content, answer = update(gene, number)
        exchanges.append(Exchange(request("PUT", _path(gene), content), write(answer)))
    return exchanges


def searches(data: GeneData, dialect: Dialect) -> list[Exchange]:
    """Return requests that search, with the answers that the service has just given to them.

    Each finds the right genes. In what order is up to the service.

    :raises ProgramError: if it finds other ones.
    """
    exchanges = []
    for query, expected in queries(data.genes):
        target = f"{_PATH}?q={quote(query)}"
        body, _ = dialect.ask(target)
        try:
            found = json.loads(body)
            same = sorted(map(_key, found["genes"])) == sorted(map(_key, expected))
        except (ValueError, KeyError, TypeError):
            same = False
        if not same:
            raise ProgramError(f"{target}: expected {expected}, got {body[:2000]!r}")
        exchanges.append(Exchange(request("GET", target), body))
    return exchanges


def _key(record: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(record.items())


def queries(genes: Sequence[Gene]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return what is searched for, and the records that have it.

    Half are the beginning of a symbol, and half a word or two of a name. A gene has what is
    searched for if each word of it begins one in the gene's symbol, name, previous symbols or
    aliases, in any case. No search finds more than a page.
    """
    index: dict[str, set[int]] = {}
    words = [_WORD.findall(" ".join([g.symbol, g.name, *g.others]).lower()) for g in genes]
    for number, own in enumerate(words):
        for word in own:
            index.setdefault(word, set()).add(number)
    vocabulary = sorted(index)

    def beginning_with(word: str) -> set[int]:
        start, end = bisect_left(vocabulary, word), bisect_left(vocabulary, word + "~")
        return set().union(*(index[known] for known in vocabulary[start:end]))

    source = random.Random(6)
    chosen: dict[str, list[dict[str, str]]] = {}
    for _ in range(_TRIES):
        if len(chosen) == SEARCHES:
            break
        gene = source.choice(genes)
        if len(chosen) % 2:
            query = gene.symbol[: source.randint(3, 5)].lower()
        else:
            names = [word for word in _WORD.findall(gene.name.lower()) if len(word) > 3]
            query = " ".join(source.sample(names, min(len(names), source.randint(1, 2))))
        if not re.fullmatch("[a-z0-9]{3,}( [a-z0-9]+)?", query):
            continue
        found = set.intersection(*map(beginning_with, query.split()))
        if len(found) <= PAGE:
            chosen[query] = [genes[number].record for number in sorted(found)]
    return list(chosen.items())
