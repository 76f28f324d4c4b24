"""Importing a file: all of it, or nothing.

A file is read and checked in a thread of its own, so that others are served meanwhile, and not in a
transaction, so that others can write meanwhile. What it holds is laid down in a second file. If all
of it is right, it is written to the store in one transaction. Neither file is ever in memory as a
whole, nor are the ids, which are compared to find out those that are there twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from threading import Event
from typing import BinaryIO, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.threads import deferToThread

from netsuite.genes.reading import MAX_ROW, READABLE, BadRow, Row, read
from netsuite.genes.records import FIELDS, LIST_FIELDS, Gene
from netsuite.genes.repository import Counts, Genes
from netsuite.genes.writing import FORMATS
from netsuite.web.bodies import Upload
from netsuite.web.responses import BadRequest

T = TypeVar("T")

__all__ = ["MAX_TOLD", "BadRows", "format_of", "import_file"]

#: How many bad rows are told one by one.
MAX_TOLD = 100


class BadRows(BadRequest):
    """400: some rows of a file are no genes, and nothing was imported.

    :param number: how many.
    :param first: the first of them.
    """

    def __init__(self, number: int, first: list[BadRow]) -> None:
        what = "one row is" if number == 1 else f"{number} rows are"
        super().__init__(
            f"nothing was imported: {what} not right; the first is in line {first[0].line}: "
            f"{first[0].message}"
        )
        self.number = number
        self.first = first


class _Stopped(Exception):  # noqa: N818 - it is no error
    """Nobody waits for the file any more."""


def format_of(upload: Upload) -> str:
    """Return the format that a file is in, by its media type or, if that says nothing, by its look.

    What begins with a brace is NDJSON; of the tables, one has a tab in its header.
    """
    for name in READABLE:
        if FORMATS[name].media_type == upload.media_type:
            return name
    start = upload.file.readline(MAX_ROW)
    upload.file.seek(0)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return "ndjson"
    return "tsv" if b"\t" in start else "csv"


async def import_file(
    genes: Genes,
    file: BinaryIO,
    format_name: str,
    *,
    source: str | None,
    version: str | None,
    replace: bool,
) -> Counts:
    """Import a file.

    When it is cancelled while the file is being checked, nothing is written. Once it is being
    written, it is written in any case.

    :param file: the file, which is closed here.
    :param format_name: its format.
    :param source: where it comes from.
    :param version: which version of it it is.
    :param replace: whether it becomes all there is.
    :raises BadRows: if it does not hold genes in all its rows.
    :raises BadRequest: if all there is would be replaced by nothing.
    :raises StoreError: when it cannot be written.
    """
    stop = Event()
    try:
        checked = await deferToThread(_check, file, format_name, stop)
    except CancelledError:
        stop.set()
        raise
    if replace and not checked.rows:
        checked.close()
        raise BadRequest(
            "the file holds no genes, and would replace all there are: to remove them, use "
            "DELETE /genedb/gene"
        )
    writing = Deferred.fromCoroutine(
        genes.import_genes(checked, source=source, version=version, replace=replace)
    )
    return await _to_the_end(writing, checked)


def _to_the_end(writing: Deferred[Counts], checked: _Checked) -> Deferred[Counts]:
    """Return a Deferred of what comes of writing, which can be cancelled without stopping it."""

    def close(result: T) -> T:
        checked.close()
        return result

    waiting: Deferred[Counts] = Deferred()
    writing.addBoth(close)
    writing.chainDeferred(waiting)
    return waiting


# In the thread


class _Checked:
    """The genes of a file, laid down for another look at them.

    They are in a database of SQLite's that is in no folder and goes when it is closed; what of it
    is in memory is bounded (``PRAGMA cache_size``).
    """

    def __init__(self) -> None:
        # Threads use it one after the other.
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000"):
            self._database.execute(f"PRAGMA {setting}")
        columns = ", ".join(f"{field} TEXT" for field in FIELDS[1:])
        self._database.execute(
            "CREATE TABLE genes ("
            f"number INTEGER PRIMARY KEY, line INTEGER, id TEXT UNIQUE, {columns})"
        )
        self.rows = 0

    def add(self, row: Row) -> BadRow | None:
        """Lay down a gene.

        :returns: what is wrong, if its id is there already.
        """
        gene = row.gene
        values = [getattr(gene, field) for field in FIELDS]
        values[_LISTS] = ["|".join(symbols) for symbols in values[_LISTS]]
        number = self._database.execute(_INSERT, (row.line, *values)).rowcount
        if number:
            self.rows += 1
            return None
        ((line,),) = self._database.execute("SELECT line FROM genes WHERE id = ?", (gene.id,))
        return BadRow(row.line, f"the id {gene.id} is that of line {line} too: each has its own")

    def __iter__(self) -> Iterator[Gene]:
        """Yield the genes in their order, as often as they are asked for."""
        for row in self._database.execute(f"SELECT {', '.join(FIELDS)} FROM genes ORDER BY number"):
            lists = (tuple(symbols.split("|")) if symbols else () for symbols in row[_LISTS])
            yield Gene(*row[: _LISTS.start], *lists)

    def close(self) -> None:
        """Forget them."""
        self._database.close()


_LISTS = slice(len(FIELDS) - len(LIST_FIELDS), len(FIELDS))
_INSERT = (
    f"INSERT INTO genes (line, {', '.join(FIELDS)}) VALUES ({', '.join('?' * (len(FIELDS) + 1))}) "
    "ON CONFLICT (id) DO NOTHING"
)


def _check(file: BinaryIO, format_name: str, stop: Event) -> _Checked:
    """Read a file.

    :param stop: when to give up.
    :raises BadRows: if it does not hold genes in all its rows.
    """
    checked = _Checked()
    try:
        number, first = 0, list[BadRow]()
        with file:
            for row in read(format_name, file):
                if stop.is_set():
                    raise _Stopped()
                bad = row if isinstance(row, BadRow) else checked.add(row)
                if bad is not None:
                    number += 1
                    if len(first) < MAX_TOLD:
                        first.append(bad)
        if number:
            raise BadRows(number, first)
    except BaseException:
        checked.close()
        raise
    return checked
