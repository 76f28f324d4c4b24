"""Records for people, as a table or a list of their fields, and for programs, as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from netsuite.client.genes.service import Record
from netsuite.client.terminal import Output
from netsuite.text import printable

#: So many rows decide how wide the columns are, before the first of them is printed.
PAGE = 200

#: The narrowest that the last column becomes when a terminal is too narrow, in cells.
_NARROW = 20

#: More than a field can hold, in characters.
_MOST = 1 << 20


def note(text: str) -> None:
    """Tell people something, on standard error, which may be closed."""
    if sys.stderr is not None:
        print(f"netsuite genes: {text}", file=sys.stderr)


def cell(value: object) -> str:
    """Return a field's value as a text in one line that is safe to show."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value)
    return printable(value if isinstance(value, str) else json.dumps(value), _MOST)


class Table:
    """Prints rows below each other, a page at a time; no more than a page is held.

    On a terminal the last column is folded; in a pipe each row is one line.

    :param output: where to print.
    :param columns: what the columns are called.
    """

    def __init__(self, output: Output, columns: Sequence[str]) -> None:
        self._output = output
        self._rows: list[Sequence[str]] = [[column.upper() for column in columns]]
        self._widths = [0] * len(columns)
        self._console = Console() if output.terminal else None

    def add(self, values: Iterable[object]) -> None:
        """Add a row."""
        self._rows.append([cell(value) for value in values])
        if len(self._rows) > PAGE:
            self.flush()

    def flush(self) -> None:
        """Print what has not been printed yet."""
        for row in self._rows:
            for place, text in enumerate(row):
                self._widths[place] = max(self._widths[place], cell_len(text))
        self._output.piece("".join(self._line(row) for row in self._rows).encode())
        self._rows.clear()

    def _line(self, row: Sequence[str]) -> str:
        *texts, last = row
        line = "".join(
            text + " " * (width + 2 - cell_len(text))
            for text, width in zip(texts, self._widths, strict=False)
        )
        if self._console is not None:
            indent = cell_len(line)
            room = max(_NARROW, self._console.width - indent)
            if cell_len(last) > room:
                pieces = Text(last).wrap(self._console, room)
                last = f"\n{' ' * indent}".join(piece.plain.rstrip() for piece in pieces)
        return f"{line}{last}".rstrip() + "\n"


class Records:
    """Prints records as a table with a column for each of their fields.

    :param output: where to print.
    """

    def __init__(self, output: Output) -> None:
        self.count = 0
        self._output = output
        self._table: Table | None = None

    def add(self, record: Record) -> None:
        """Add a record; all have the fields of the first."""
        self.count += 1
        if self._table is None:
            self._fields = list(record)
            self._table = Table(self._output, [printable(field) for field in record])
        self._table.add(record.get(field) for field in self._fields)

    def end(self) -> None:
        """Print what is left."""
        if self._table is not None:
            self._table.flush()


class JSONArray:
    """Prints JSON objects as an array, a line each, so that neither side must hold them all.

    :param output: where to print.
    """

    def __init__(self, output: Output) -> None:
        self.count = 0
        self._output = output

    def add(self, record: Record) -> None:
        """Add an object."""
        before = ",\n" if self.count else "[\n"
        self._output.piece(f"{before}{json.dumps(record)}".encode())
        self.count += 1

    def end(self) -> None:
        """End the array."""
        self._output.piece(b"\n]\n" if self.count else b"[]\n")


def described(record: Record) -> list[str]:
    """Return a record's fields, a line each; those without a value are left out."""
    shown = {printable(field): cell(value) for field, value in record.items()}
    width = max(map(len, shown), default=0)
    return [f"{field:{width}}  {text}" for field, text in shown.items() if text]
