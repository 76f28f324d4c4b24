"""Reading genes from tables: HGNC's complete set and other TSV files, and CSV files.

A table begins with a header, which names the columns in any order: as we write them
(:data:`~netsuite.genes.records.FIELDS`), or as HGNC does, which calls two of them ``alias_symbol``
and ``prev_symbol``. Other columns are ignored. There must be ``symbol``, ``name`` and one of
``id``, ``entrez_id`` and ``hgnc_id``. In a file without a column ``id``, a gene's id is its Entrez
id, or else its HGNC id. An empty cell stands for nothing, and ``|`` stands between the symbols of
a list. Blank lines are passed over.

A column ``status`` is taken for HGNC's. Its withdrawn entries are no genes any more, and are passed
over; any other row must be ``Approved``.

TSV is as HGNC and spreadsheets write it: a cell that begins with a quote ends with one, a quote
between the two is written twice, and a line is a row in any case. CSV is that of RFC 4180, with LF
or CRLF; a row may have several lines, where a cell in quotes has.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from netsuite.genes.records import (
    FIELDS,
    LIST_FIELDS,
    SEED_FIELDS,
    Gene,
    InvalidGene,
    changes_from,
    gene_from,
)
from netsuite.genes.rows import BadLineError, BadRow, Lines, Row
from netsuite.text import printable

__all__ = ["CSV", "TSV", "Notation", "read_table"]

#: What a gene's id is taken from in a file without a column for it.
_IDS = ("entrez_id", "hgnc_id")

_STATUS = "status"
_APPROVED = "Approved"
_WITHDRAWN = ("Entry Withdrawn", "Symbol Withdrawn")

#: What a column holds, by its name.
_COLUMNS = {
    **{field: field for field in FIELDS},
    "alias_symbol": "alias_symbols",
    "prev_symbol": "previous_symbols",
    _STATUS: _STATUS,
}


@attrs.frozen
class _Cells:
    """A row of a table, before it is known what the columns mean."""

    line: int
    cells: list[str]


@attrs.frozen
class Notation:
    """How rows and cells are marked in a table.

    :param split: makes rows of lines.
    :param separator: what to call what stands between two cells.
    :param quoted: whether the cells come in their quotes.
    """

    split: Callable[[Lines], Iterator[_Cells | BadRow]]
    separator: str
    quoted: bool


def _split_tsv(lines: Lines) -> Iterator[_Cells | BadRow]:
    while True:
        number = lines.next_row()
        try:
            line = next(lines)
        except StopIteration:
            return
        except BadLineError as error:
            yield error.row()
            continue
        if line := line.removesuffix("\n").removesuffix("\r"):
            yield _Cells(number, line.split("\t"))


def _split_csv(lines: Lines) -> Iterator[_Cells | BadRow]:
    # After any error the reader begins another row with the next line. So what a quote that is not
    # closed takes away ends with the limit that Python sets to a cell (csv.field_size_limit), and
    # in any case with the limit of a row.
    rows = csv.reader(lines, strict=True)
    while True:
        number = lines.next_row()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except BadLineError as error:
            yield error.row()
        except csv.Error as error:
            # What stands behind a dash is advice on how to call Python's open().
            told = str(error).partition(" - ")[0]
            yield BadRow(
                number,
                f"this is not CSV ({told}): a cell with a comma or a quote in it must begin and "
                "end with a quote, and the quotes in between must be written twice",
            )
        else:
            if cells:
                yield _Cells(number, cells)


CSV = Notation(_split_csv, "comma", quoted=False)
TSV = Notation(_split_tsv, "tab", quoted=True)


def _unquoted(column: str, cell: str) -> str:
    """Return what a cell holds that begins with a quote.

    :raises InvalidGene: if its quotes are not as they must be.
    """
    inner = cell[1:-1]
    if len(cell) < 2 or not cell.endswith('"') or '"' in inner.replace('""', ""):
        raise InvalidGene(
            f"column {column} begins with a quote: it must end with one too, and the quotes in "
            "between must be written twice"
        )
    return inner.replace('""', '"')


@attrs.frozen
class _Column:
    """A column that is read.

    :param name: what it is called.
    :param index: where it stands, from 0.
    :param field: what it holds: a field of a record, or the status.
    :param several: whether it holds a list.
    """

    name: str
    index: int
    field: str
    several: bool


def _columns(names: Sequence[str], separator: str) -> list[_Column]:
    """Return the columns that are read.

    :raises ValueError: if they do not describe genes.
    """
    columns: dict[str, _Column] = {}
    for index, name in enumerate(names):
        if (field := _COLUMNS.get(name)) is not None:
            if field in columns:
                raise ValueError(
                    f"the columns {columns[field].index + 1} ({columns[field].name}) and "
                    f"{index + 1} ({name}) mean the same; leave one out"
                )
            columns[field] = _Column(name, index, field, field in LIST_FIELDS)
    lacking = [field for field in ("symbol", "name") if field not in columns]
    if columns.keys().isdisjoint(("id", *_IDS)):
        lacking.append(f"id (or {', or '.join(_IDS)})")
    if lacking:
        raise ValueError(
            f"the header lacks the column {', and '.join(lacking)}: expected the names of the "
            f"columns with a {separator} between them, "
            f"and found {printable(' '.join(names), 100) or 'nothing'}"
        )
    return list(columns.values())


class _Header:
    """What the columns of a table mean.

    :param names: what they are called.
    :param notation: how the table is written.
    :raises ValueError: if they do not describe genes.
    """

    def __init__(self, names: Sequence[str], notation: Notation) -> None:
        self._width = len(names)
        self._quoted = notation.quoted
        self._columns = _columns(names, notation.separator)
        fields = {column.field for column in self._columns}
        self._has_status = _STATUS in fields
        #: What a gene's id is taken from: the first of these that a row has.
        self._ids = ("id",) if "id" in fields else tuple(one for one in _IDS if one in fields)

    def gene(self, cells: list[str]) -> Gene | None:
        """Return the gene that a row describes; None if it has been withdrawn.

        :raises InvalidGene: if it does not describe one; the message names the column.
        """
        if len(cells) != self._width:
            raise InvalidGene(
                f"expected {self._width} cells, as the header has, and found {len(cells)}"
            )
        values: dict[str, object] = {}
        for column in self._columns:
            cell = cells[column.index]
            if self._quoted and cell[:1] == '"':
                cell = _unquoted(column.name, cell)
            if cell:
                values[column.field] = cell.split("|") if column.several else cell
        if self._has_status:
            status = values.pop(_STATUS, None)
            if status in _WITHDRAWN:
                return None
            if status != _APPROVED:
                raise InvalidGene(
                    f"column {_STATUS} must be {_APPROVED} or, for a row to be passed over, "
                    f"{' or '.join(_WITHDRAWN)}"
                )
        source = next((field for field in self._ids if field in values), None)
        if source is None:
            raise InvalidGene(
                f"nothing stands in column {' or '.join(self._ids)}: a gene has an id"
            )
        try:
            return gene_from({"id": values[source], **values})
        except InvalidGene as error:
            raise self._fault(values) or InvalidGene(
                f"column {source}, of which the id is made: {error}"
            ) from None

    def _fault(self, values: Mapping[str, object]) -> InvalidGene | None:
        """Return what is wrong with the first column that is at fault."""
        for column in self._columns:
            if column.field in values:
                try:
                    changes_from({column.field: values[column.field]})
                except InvalidGene as error:
                    return InvalidGene(f"column {column.name}: {error}")
            elif column.field in SEED_FIELDS:
                return InvalidGene(f"column {column.name} is empty: a gene has a {column.field}")
        return None


def read_table(notation: Notation, lines: Lines) -> Iterator[Row | BadRow]:
    """Read a table.

    When its header cannot be used, the only row is a bad one, and says so.

    :param notation: how it is written.
    :param lines: its lines.
    :returns: its rows, in their order.
    """
    rows = notation.split(lines)
    first = next(rows, None)
    if isinstance(first, BadRow):
        yield first
        return
    try:
        header = _Header([] if first is None else first.cells, notation)
    except ValueError as error:
        yield BadRow(1 if first is None else first.line, str(error))
        return
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        try:
            gene = header.gene(row.cells)
        except InvalidGene as error:
            yield BadRow(row.line, str(error))
        else:
            if gene is not None:
                yield Row(row.line, gene)
