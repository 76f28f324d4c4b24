"""How far an import has come, for people only."""

from __future__ import annotations

from typing import Any

from rich.progress import BarColumn, TextColumn

from netsuite.client.cars.importing import Tally
from netsuite.client.cars.rows import Rows
from netsuite.client.progress import Bar


class ImportBar(Bar):
    """How far an import has come.

    :param clock: says when to draw it.
    :param rows: the file that is read.
    :param tally: what became of it so far.
    """

    def __init__(self, clock: Any, rows: Rows, tally: Tally) -> None:
        super().__init__(
            clock, rows.name, BarColumn(), TextColumn("{task.fields[cars]:,} cars"), cars=0
        )
        self._rows = rows
        self._tally = tally

    def state(self) -> dict[str, Any]:
        """Return how much of the file has been read, and how many cars that was."""
        rows = self._rows
        return {"total": rows.size, "completed": rows.position, "cars": self._tally.rows}
