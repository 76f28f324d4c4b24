"""Reading from bytes, for tests."""

from __future__ import annotations

from io import BytesIO

from netsuite.genes.reading import BadRow, Row, read
from netsuite.genes.records import Gene


def rows(name: str, data: bytes) -> list[Row | BadRow]:
    """Return all rows."""
    return list(read(name, BytesIO(data)))


def bad(name: str, data: bytes) -> list[tuple[int, str]]:
    """Return line and message of each bad row."""
    return [(row.line, row.message) for row in rows(name, data) if isinstance(row, BadRow)]


def good(name: str, data: bytes) -> list[tuple[int, str]]:
    """Return line and symbol of each good row."""
    return [(row.line, row.gene.symbol) for row in rows(name, data) if isinstance(row, Row)]


def seed(symbol: str, id_: str = "1") -> Gene:
    """Return a gene of the seed's three fields."""
    return Gene(id_, symbol, "n")
