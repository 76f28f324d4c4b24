"""The repository: genes in a store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple, TypeVar

import attrs
from twisted.internet.defer import Deferred

from netsuite.genes import statements
from netsuite.genes.records import Gene, Value, is_id, storable
from netsuite.genes.resolution import Candidate, Kind, Resolution, resolve
from netsuite.genes.search import key_of
from netsuite.genes.selection import Found, Selection
from netsuite.serving.kept import Kept
from netsuite.storage import (
    Rows,
    Transaction,
    after,
    settled,
)

T = TypeVar("T")

#: How many records are read at once.
PAGE = 500
#: The most candidates for a symbol, of each kind.
MAX_CANDIDATES = 100
#: How many rows are written by one statement, and how many symbols are looked up by one.
_ROWS, _SYMBOLS = 100, 30
#: How long an import may keep the store to itself, in seconds.
IMPORT_DEADLINE = 300.0

#: What there is at the very first start.
SAMPLES = (
    Gene("1", "A1BG", "alpha-1-B glycoprotein"),
    Gene("2", "A2M", "alpha-2-macroglobulin"),
)


class UnknownGene(Exception):  # noqa: N818 - it names what was found
    """There is no gene with this id."""


class Changed(Exception):  # noqa: N818 - as above
    """The record is not of the revision that was asked for: somebody else has changed it."""


class Stored(NamedTuple):
    """A record as it is stored.

    :param gene: the gene.
    :param revision: a number that no other state of this record has or had, even under another
        record with its id; those that were imported together share it.
    """

    gene: Gene
    revision: int


@attrs.frozen
class Page:
    """Some records of a list.

    :param records: the records.
    :param next: the cursor of the next page; None when there is none.
    """

    records: list[Found]
    next: str | None


@attrs.frozen
class Meta:
    """What is stored, and since when.

    :param genes: how many records there are.
    :param previous_symbols: how many previous symbols they have: those of several genes counted for
        each, those of one that differ in case only counted once.
    :param alias_symbols: the same of aliases.
    :param source: where the last import came from, as the importer said.
    :param version: its version.
    :param imported: when it was, as RFC 3339 has it, in UTC.
    :param changed: when anything was changed last.
    :param revision: how often anything was changed; it only grows.
    """

    genes: int
    previous_symbols: int
    alias_symbols: int
    source: str | None
    version: str | None
    imported: str | None
    changed: str | None
    revision: int


@attrs.frozen
class Counts:
    """What an import did, in records."""

    rows: int
    added: int
    updated: int
    unchanged: int
    removed: int


class Genes(Kept):
    """Genes by their ids.

    Every change is on the disk before it is acknowledged. What cannot be done fails with a
    :class:`~netsuite.storage.interface.StoreError`.

    :param store_url: the store's URL; None for the default store.
    :param samples: whether a store that never had genes gets two.
    """

    def __init__(self, store_url: str | None = None, *, samples: bool = True) -> None:
        super().__init__("genes", store_url)
        self._samples = SAMPLES if samples else ()

    def prepare(self, transaction: Transaction) -> None:
        """See to the first start."""
        if transaction.execute("SELECT 1 FROM gene_state"):
            return
        transaction.execute("INSERT INTO gene_state (one) VALUES (1)")
        for gene in self._samples:
            transaction.execute(statements.INSERT, *statements.row_of(gene))

    # One record

    def get(self, gene_id: str) -> Deferred[Stored | None] | Stored | None:
        """Return a record, or None if there is none with this id."""

        def found(rows: Rows) -> Stored | None:
            return _stored(rows[0]) if rows else None

        if not is_id(gene_id):
            return None
        query = f"SELECT {statements.COLUMNS}, revision FROM genes WHERE id = ?"
        return after(self.store.read(query, gene_id), found)

    async def add(self, gene: Gene) -> Stored | None:
        """Add a record.

        :returns: None if there is one with this id.
        """
        rows = await self.store.write(statements.INSERT, *statements.row_of(gene))
        return Stored(gene, rows[0][0]) if rows else None

    async def update(
        self,
        gene_id: str,
        changes: Mapping[str, Value],
        revisions: Collection[int] | None = None,
    ) -> Stored:
        """Change a record.

        :param changes: the new values of some fields, other than the id.
        :param revisions: of which revisions it may be; None for any.
        :raises UnknownGene: when there is none.
        :raises Changed: when it is of another revision.
        """
        if not changes:
            stored = await settled(self.get(gene_id))
            if stored is None:
                raise UnknownGene(gene_id)
            if revisions is not None and stored.revision not in revisions:
                raise Changed(gene_id)
            return stored
        columns = statements.columns_of(changes)
        sql = statements.update([*columns], _number(revisions))
        parameters = (*columns.values(), gene_id, *(revisions or ()))
        return _stored((await self._write_to(gene_id, sql, parameters))[0])

    async def remove(self, gene_id: str, revisions: Collection[int] | None = None) -> None:
        """Remove a record; see :meth:`update`."""
        sql = statements.delete(_number(revisions))
        await self._write_to(gene_id, sql, (gene_id, *(revisions or ())))

    async def _write_to(self, gene_id: str, sql: str, parameters: Sequence[object]) -> Rows:
        """Change a record, and find out why if it was not."""
        if not is_id(gene_id):
            raise UnknownGene(gene_id)
        rows = await self.store.write(sql, *parameters)
        if rows:
            return rows
        # Another process may have removed it, or added it, in between; that is still an answer.
        raise Changed(gene_id) if await settled(self.get(gene_id)) else UnknownGene(gene_id)

    async def remove_all(self) -> None:
        """Remove all records, and forget where they came from."""

        def empty(transaction: Transaction) -> None:
            transaction.execute("DELETE FROM genes")
            transaction.execute(
                "UPDATE gene_state SET source = NULL, version = NULL, imported = NULL"
            )

        await self.store.transact(empty, IMPORT_DEADLINE)

    # Many

    async def page(self, selection: Selection, limit: int, cursor: str | None = None) -> Page:
        """Return some records of a list.

        :param limit: how many, at most.
        :param cursor: that of the page, from the one before; None for the first.
        :raises ValueError: when the cursor is none of this list.
        """
        after = selection.position(cursor) if cursor is not None else None
        if selection.is_empty:
            return Page([], None)
        store = self.store
        # One more tells whether anything follows.
        sql, parameters = selection.statement(store.database, after, limit + 1)
        look = store.search if selection.query is not None else store.read
        rows = await settled(look(sql, *parameters))
        following = None
        if len(rows) > limit:
            rows.pop()
            following = selection.cursor(selection.position_of(rows[-1]))
        return Page([selection.found(row) for row in rows], following)

    async def pages(
        self, selection: Selection, cursor: str | None = None
    ) -> AsyncIterator[list[Found]]:
        """Yield all records of a list, some at a time.

        Nothing keeps others from writing meanwhile: a record that is there all the time is yielded
        once, unless the list is sorted by what changes in it.

        :param cursor: where to begin; None for the beginning.
        :raises ValueError: when the cursor is none of this list.
        """
        while True:
            page = await self.page(selection, PAGE, cursor)
            if page.records:
                yield page.records
            cursor = page.next
            if cursor is None:
                return

    async def resolve(self, symbols: Sequence[str]) -> list[Resolution]:
        """Return which genes some symbols mean, in the order of the symbols."""
        keys = [*dict.fromkeys(key_of(symbol) for symbol in symbols if storable(symbol))]
        known: dict[str, list[Candidate]] = {}
        for some in _groups(keys, _SYMBOLS):
            sql = statements.known_by(len(some), MAX_CANDIDATES)
            parameters = [key for key in some for _ in range(statements.KINDS)]
            look = self.store.read if len(symbols) == 1 else self.store.search
            for row in await settled(look(sql, *parameters)):
                known.setdefault(row[0], []).append((Kind(row[1]), statements.gene_of(row[2:])))
        for found in known.values():
            found.sort(key=_kind)
        return [resolve(symbol, known.get(key_of(symbol), [])) for symbol in symbols]

    # The whole

    def revision(self) -> int | Deferred[int]:
        """Return how often anything was changed."""

        def found(rows: Rows) -> int:
            revision: int = rows[0][0]
            return revision

        return after(self.store.read("SELECT revision FROM gene_state"), found)

    async def meta(self) -> Meta:
        """Return what is stored, and since when."""
        rows = await self.store.search(
            """
            SELECT (SELECT count(*) FROM genes),
                (SELECT count(*) FROM gene_symbols WHERE kind = 1),
                (SELECT count(*) FROM gene_symbols WHERE kind = 2),
                source, version, imported, changed, revision
            FROM gene_state
            """
        )
        return Meta(*rows[0])

    async def import_genes(
        self,
        genes: Iterable[Gene],
        *,
        source: str | None = None,
        version: str | None = None,
        replace: bool = False,
    ) -> Counts:
        """Add records, and bring those up to date that there are already: all, or none.

        :param genes: the records, each id once. It is iterated over in another thread, and again
            from its beginning if the connection to the database was lost.
        :param source: where they come from.
        :param version: which version of it they are.
        :param replace: remove all other records.
        """

        def write(transaction: Transaction) -> Counts:
            ((revision,),) = transaction.execute("SELECT revision + 1 FROM gene_state")
            ids: set[str] = set()
            rows = known = written = 0
            for some in _groups(genes, _ROWS):
                rows += len(some)
                if replace:
                    ids.update(gene.id for gene in some)
                sql = statements.known_ids(len(some))
                known += transaction.execute(sql, *(gene.id for gene in some))[0][0]
                values: list[object] = []
                for gene in some:
                    values += statements.row_of(gene)
                    values.append(revision)
                sql = statements.upsert(database, len(some))
                written += len(transaction.execute(sql, *values))
            added = rows - known
            counts = Counts(
                rows=rows,
                added=added,
                updated=written - added,
                unchanged=known - (written - added),
                removed=_remove_others(transaction, ids) if replace else 0,
            )
            now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            transaction.execute(
                "UPDATE gene_state SET source = ?, version = ?, imported = ?", source, version, now
            )
            return counts

        database = self.store.database
        return await self.store.transact(write, IMPORT_DEADLINE)


def _remove_others(transaction: Transaction, ids: set[str]) -> int:
    """Remove the records whose ids are not among some; return how many."""
    removed, last = 0, 0
    while True:
        rows = transaction.execute(
            f"SELECT number, id FROM genes WHERE number > ? ORDER BY number LIMIT {PAGE}", last
        )
        if not rows:
            return removed
        last = rows[-1][0]
        others = [gene_id for _number, gene_id in rows if gene_id not in ids]
        if others:
            transaction.execute(statements.delete_all(len(others)), *others)
            removed += len(others)


def _stored(row: Sequence[int | str]) -> Stored:
    revision = row[-1]
    assert isinstance(revision, int)
    return Stored(statements.gene_of(row), revision)


def _number(revisions: Collection[int] | None) -> int | None:
    return None if revisions is None else len(revisions)


def _kind(candidate: Candidate) -> Kind:
    return candidate[0]


def _groups(values: Iterable[T], size: int) -> Iterable[list[T]]:
    """Yield some values at a time."""
    iterator = iter(values)
    while group := list(islice(iterator, size)):
        yield group
