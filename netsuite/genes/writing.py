"""Writing genes as JSON, NDJSON, CSV and TSV, batch by batch.

What is written with all fields is read back as the same records by :mod:`netsuite.genes.reading`.

In CSV (RFC 4180) and TSV (IANA's text/tab-separated-values) there is a header line with the names
of the fields; an empty cell stands for null or an empty list; the symbols of a list are joined by
``|``, which no symbol holds; and a match is written as ``field:type:value``. IANA's TSV has no
quoting. But HGNC's files, spreadsheets, pandas and R take a cell that begins with a quote for a
quoted one, so a value that begins with a quote is quoted as in CSV. All other cells are as IANA
has them: what a record may hold excludes tabs and line breaks.

**Formulas.** A spreadsheet may take a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a
formula. The usual remedy, an apostrophe before it, would change the data: aliases may begin with
``+``, and what is exported would not be what is imported again. So values are written as they are.
Who opens a file from others in a spreadsheet should import its columns as text. That keeps the
spreadsheet from computing formulas, and from making dates of symbols such as ``SEPT1``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol

import attrs

from netsuite.genes.records import LIST_FIELDS, Gene
from netsuite.genes.search import Match

__all__ = ["FORMATS", "MATCH", "Format", "Found", "Writer"]

#: What may be chosen besides the fields of a record: what a search found it by.
MATCH = "match"


class Found(Protocol):
    """What is used of a gene that was found."""

    @property
    def gene(self) -> Gene:
        """The record."""

    @property
    def match(self) -> Match | None:
        """What it was found by, if it was searched for."""


class Writer(Protocol):
    """Makes one document: its head, any number of batches, and its tail, in this order."""

    def head(self) -> bytes:
        """Return what stands before the first record."""

    def rows(self, found: Sequence[Found], /) -> bytes:
        """Return some records, as they follow upon those before."""

    def tail(self) -> bytes:
        """Return what stands after the last record."""


@attrs.frozen
class Format:
    """A way to write genes.

    :param name: what the client asks for by ``?format=``, and how a file's name would end.
    :param media_type: what the client asks for by ``Accept``.
    :param content_type: the value of the ``Content-Type`` field.
    :param writer: makes the writer of a document, for some fields of a record and :data:`MATCH`.
    """

    name: str
    media_type: str
    content_type: str
    writer: Callable[[Sequence[str]], Writer]


def _values(fields: Sequence[str]) -> Callable[[Found], tuple[Any, ...]]:
    """Return what fetches the values of the fields from what was found."""
    fetch = attrgetter(*(field if field == MATCH else f"gene.{field}" for field in fields))
    if len(fields) == 1:
        return lambda found: (fetch(found),)
    return fetch


# JSON


# A match is the only value that JSON does not know.
_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=attrs.asdict
).encode


class _JSONWriter:
    """One object, ``{"genes": […]}``."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._values = _values(fields)
        self._begun = False

    def head(self) -> bytes:
        return b'{"genes":['

    def rows(self, found: Sequence[Found], /) -> bytes:
        if not found:
            return b""
        fields, values = self._fields, self._values
        # The encoder is called once for a batch: for each record, it took twice as long.
        text = _encode([dict(zip(fields, values(one), strict=True)) for one in found])[1:-1]
        if self._begun:
            text = "," + text
        self._begun = True
        return text.encode()

    def tail(self) -> bytes:
        return b"]}"


class _NDJSONWriter:
    """An object a line."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._values = _values(fields)

    def head(self) -> bytes:
        return b""

    def rows(self, found: Sequence[Found], /) -> bytes:
        fields, values = self._fields, self._values
        return "".join(
            [_encode(dict(zip(fields, values(one), strict=True))) + "\n" for one in found]
        ).encode()

    def tail(self) -> bytes:
        return b""


# Tables


def _match_cell(match: Match | None) -> str:
    return "" if match is None else f"{match.field}:{match.type}:{match.value}"


#: How to write the values that are no texts.
_CELLS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(LIST_FIELDS, "|".join),
    MATCH: _match_cell,
}


def _cells(fields: Sequence[str]) -> Callable[[Found], list[str | None]]:
    """Return what makes a row's cells of what was found."""
    values = _values(fields)
    others = [(index, _CELLS[field]) for index, field in enumerate(fields) if field in _CELLS]

    def cells(found: Found) -> list[str | None]:
        row = list(values(found))
        for index, cell in others:
            row[index] = cell(row[index])
        return row

    return cells


class _CSVWriter:
    """Comma-separated values, with CRLF at the end of each line."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._cells = _cells(fields)

    def head(self) -> bytes:
        return ",".join(self._fields).encode() + b"\r\n"

    def rows(self, found: Sequence[Found], /) -> bytes:
        lines = StringIO()
        csv.writer(lines).writerows(map(self._cells, found))
        return lines.getvalue().encode()

    def tail(self) -> bytes:
        return b""


class _TSVWriter:
    """Tab-separated values, with LF at the end of each line."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._cells = _cells(fields)

    def head(self) -> bytes:
        return "\t".join(self._fields).encode() + b"\n"

    def rows(self, found: Sequence[Found], /) -> bytes:
        return "".join([self._line(one) for one in found]).encode()

    def _line(self, found: Found) -> str:
        cells = [cell or "" for cell in self._cells(found)]
        line = "\t".join(cells) + "\n"
        return line if '"' not in line else "\t".join(map(_quoted, cells)) + "\n"

    def tail(self) -> bytes:
        return b""


def _quoted(cell: str) -> str:
    """Return a cell in quotes if its reader would otherwise take it for a quoted one."""
    return '"' + cell.replace('"', '""') + '"' if cell.startswith('"') else cell


#: The formats by name, those that are preferred first.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("json", "application/json", "application/json", _JSONWriter),
            Format("ndjson", "application/x-ndjson", "application/x-ndjson", _NDJSONWriter),
            Format("csv", "text/csv", "text/csv; charset=utf-8; header=present", _CSVWriter),
            Format(
                "tsv",
                "text/tab-separated-values",
                "text/tab-separated-values; charset=utf-8",
                _TSVWriter,
            ),
        )
    }
)
