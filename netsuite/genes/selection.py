"""Which records a list shows, and in which order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import attrs

from netsuite.genes import cursors
from netsuite.genes.cursors import Position
from netsuite.genes.records import FIELDS, Gene, storable
from netsuite.genes.search import Match, Query, key_of
from netsuite.genes.statements import COLUMNS, gene_of, matching

#: What a list can be sorted by.
SORT_FIELDS = ("id", "symbol", "name")

#: Where in a row the level stands, behind the record and before its place in the list.
_LEVEL = len(FIELDS)


@attrs.frozen
class Sort:
    """An order; records that are equal in it come in the order in which they were added.

    :param field: one of :data:`SORT_FIELDS`.
    :param descending: whether the greatest comes first.
    """

    field: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> Sort:
        """Return the order that is written ``symbol``, or ``-symbol`` for the descending one.

        :raises ValueError: when it is none.
        """
        field = text.removeprefix("-")
        if field not in SORT_FIELDS:
            raise ValueError(f"expected {', '.join(SORT_FIELDS)}, or one of them with - before it")
        return cls(field, field != text)

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


class Found(NamedTuple):
    """A record of a list.

    :param gene: the gene.
    :param level: how closely it matches the search; None where nothing was searched for.
    :param match: why it was found; None where that was not asked for either.
    """

    gene: Gene
    level: int | None = None
    match: Match | None = None


@attrs.frozen
class Selection:
    """A list of records.

    :param symbol: the current symbol that they have, in any case of its letters; None for all.
    :param query: what is searched for; None for all.
    :param sort: the order. None is that in which they were added, and that of how closely they
        match for a search.
    :param explain: whether to tell why they were found.
    """

    symbol: str | None = None
    query: Query | None = None
    sort: Sort | None = None
    explain: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it cannot have any records."""
        return self.symbol is not None and not storable(self.symbol)

    def position(self, cursor: str) -> Position:
        """Return the place in the list that a cursor stands for.

        :raises ValueError: when it is a cursor of another list, or none.
        """
        return cursors.decode(cursor, self._identity, self._shape)

    def cursor(self, position: Position) -> str:
        """Return the cursor that stands for a place in the list."""
        return cursors.encode(position, self._identity)

    def statement(
        self, database: str, after: Position | None, limit: int
    ) -> tuple[str, list[object]]:
        """Return the query for some of the records, and its parameters.

        :param database: whose SQL to write.
        :param after: where to go on; None for the beginning.
        :param limit: the most records.
        """
        source, level = "genes", "NULL"
        parameters: list[object] = []
        if self.query is not None:
            ranked, parameters = matching(database, self.query)
            source, level = f"({ranked}) AS found", "level"
        conditions: list[str] = []
        if self.symbol is not None:
            # The index is that of all symbols; the current ones are of kind 0.
            conditions.append(
                "number IN (SELECT number FROM gene_symbols WHERE key = ? AND kind = 0)"
            )
            parameters.append(key_of(self.symbol))
        order, direction = self._order
        if after is not None:
            places = ", ".join("?" * len(order))
            conditions.append(f"({', '.join(order)}) {'<' if direction else '>'} ({places})")
            parameters += after
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        by = ", ".join(f"{column}{direction}" for column in order)
        columns = f"{COLUMNS}, {level}, {', '.join(order)}"
        return f"SELECT {columns} FROM {source} {where} ORDER BY {by} LIMIT {limit}", parameters

    def found(self, row: Sequence[Any]) -> Found:
        """Return the record of a row."""
        gene, level = gene_of(row), row[_LEVEL]
        if not self.explain or self.query is None:
            return Found(gene, level)
        return Found(gene, level, self.query.match(gene, level))

    def position_of(self, row: Sequence[Any]) -> Position:
        """Return the place of a row in the list."""
        return tuple(row[_LEVEL + 1 :])

    @property
    def _order(self) -> tuple[tuple[str, ...], str]:
        """The columns that order the list, and the direction of all of them."""
        if self.sort is not None:
            return (self.sort.field, "number"), " DESC" if self.sort.descending else ""
        if self.query is not None:
            return ("level", "weight", "symbol", "number"), ""
        return ("number",), ""

    @property
    def _shape(self) -> tuple[type, ...]:
        if self.sort is not None:
            return (str, int)
        return (int, int, str, int) if self.query is not None else (int,)

    @property
    def _identity(self) -> str:
        query = self.query.text if self.query is not None else None
        sort = str(self.sort) if self.sort is not None else None
        return json.dumps([self.symbol, query, sort])
