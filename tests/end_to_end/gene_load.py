"""Clients that keep a gene service busy over HTTP, and remember what they were told."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any

import attrs

from tests.end_to_end.busy import BusyClient, until_gone
from tests.end_to_end.wire import Address, talk

#: How many requests each client has under way.
WINDOW = 8
#: How many clients there are. Each changes a gene of its own, again and again.
CLIENTS = 6

_HEAD = re.compile(rb"HTTP/1.1 (\d{3}) [^\r]*\r\n(.*?)\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(rb'^etag: *"(\d+)"', re.IGNORECASE | re.MULTILINE)


@attrs.define
class Known:
    """What the clients know about a store of genes."""

    #: The ids that they asked to have added, and those that were, as they were told.
    asked: set[str] = attrs.Factory(set)
    added: set[str] = attrs.Factory(set)
    #: The ids that they asked to have deleted, and those that were, as they were told.
    unwanted: set[str] = attrs.Factory(set)
    deleted: set[str] = attrs.Factory(set)
    #: Which change of each client's own gene was the last that it asked for, and was told of.
    sent: list[int] = attrs.Factory(lambda: [0] * CLIENTS)
    changed: list[int] = attrs.Factory(lambda: [0] * CLIENTS)
    #: The latest revision that they were told of.
    revision: int = 0

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged."""
        return len(self.added) + len(self.deleted) + sum(self.changed)

    def check(self, address: Address) -> None:
        """Check that a service has what was acknowledged, and nothing that was not asked for."""
        genes = {gene["id"]: gene for gene in get(address, "/genedb/gene?fields=all")["genes"]}
        own = {_own(number) for number in range(CLIENTS)}
        assert not self.added - self.unwanted - {*genes}, "a gene was lost"
        assert not self.deleted & {*genes}, "a deletion was lost"
        assert not {*genes} - self.asked - own, "nobody asked for that"
        for gene_id, gene in genes.items():
            name = gene["name"]
            assert gene["symbol"] == gene_id.upper()
            if gene_id in own:
                number = int(gene_id.removeprefix("own"))
                change = int(name.removeprefix("change "))
                assert self.changed[number] <= change <= self.sent[number], "a change was lost"
                # Both fields were changed by one request.
                assert gene["alias_symbols"] == ([f"C{change}"] if change else [])
            else:
                assert name == f"name of {gene_id}"
        meta = get(address, "/genedb/meta")
        assert meta["genes"] == len(genes)
        assert meta["revision"] >= self.revision, "a tag may come to stand for two states"


def get(address: Address, target: str) -> Any:
    """Return what a JSON resource is."""
    answer = talk(address, f"GET {target} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"200", answer
    return json.loads(body)


def _own(number: int) -> str:
    return f"own{number}"


def _request(method: str, gene_id: str = "", body: object = None) -> bytes:
    target = f"/genedb/gene/{gene_id}" if gene_id else "/genedb/gene"
    content = b"" if body is None else json.dumps(body).encode()
    of_content = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{of_content if content else ''}\r\n"
    return head.encode() + content


class _Client(BusyClient):
    """One of them.

    :param number: which.
    """

    def __init__(self, address: Address, number: int, known: Known, names: Iterator[int]) -> None:
        self._number = number
        self._known = known
        self._names = names
        self._under_way: deque[tuple[str, str | int]] = deque([("own", "")])
        self._deletable: deque[str] = deque()
        super().__init__(address, WINDOW)

    def first(self) -> bytes:
        """Return the addition of its own gene."""
        own = _own(self._number)
        return _request("POST", body={"id": own, "symbol": own.upper(), "name": "change 0"})

    def next(self) -> bytes:
        """Return one to add, one to change and one to delete, by turns."""
        known, name = self._known, next(self._names)
        if name % 4 < 2:
            gene_id = f"n{name}"
            known.asked.add(gene_id)
            self._under_way.append(("add", gene_id))
            gene = {"id": gene_id, "symbol": gene_id.upper(), "name": f"name of {gene_id}"}
            return _request("POST", body=gene)
        if name % 4 == 2 and self._deletable:
            gene_id = self._deletable.popleft()
            known.unwanted.add(gene_id)
            self._under_way.append(("delete", gene_id))
            return _request("DELETE", gene_id)
        known.sent[self._number] += 1
        change = known.sent[self._number]
        self._under_way.append(("change", change))
        changes = {"name": f"change {change}", "alias_symbols": [f"C{change}"]}
        return _request("PUT", _own(self._number), changes)

    def hear(self, data: bytes) -> int:
        """Take a response."""
        head = _HEAD.match(data)
        if head is None:
            return 0
        length = _LENGTH.search(head[2])
        assert length is not None, head[0]
        end = head.end() + int(length[1])
        if len(data) < end:
            return 0
        self._take(int(head[1]), head[2], data[head.end() : end])
        return end

    def _take(self, status: int, head: bytes, body: bytes) -> None:
        known = self._known
        what, which = self._under_way.popleft()
        if what == "own":
            assert status in (200, 409), body  # it may have been there before
            return
        assert status == 200, (what, which, status, body)
        tag = _TAG.search(head)
        if tag is not None:
            known.revision = max(known.revision, int(tag[1]))
        if isinstance(which, int):
            known.changed[self._number] = which
        elif what == "add":
            known.added.add(which)
            self._deletable.append(which)
        else:
            known.deleted.add(which)


def keep_busy(address: Address, known: Known, names: Iterator[int]) -> Generator[None]:
    """Keep a service busy until it is gone, bit by bit: each step of this generator is one.

    :param known: what the clients learn is added to it.
    :param names: numbers for new genes.
    """
    return until_gone(CLIENTS, lambda number: _Client(address, number, known, names))
