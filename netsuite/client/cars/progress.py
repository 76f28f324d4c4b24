"""How far an import has come, for people only."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from twisted.internet.task import LoopingCall

from netsuite.client.cars.importing import Tally
from netsuite.client.cars.rows import Rows
from netsuite.client.progress import LONG_TIME, REFRESH


class Bar:
    """Draws a bar on standard error once an import proves to be long.

    :param clock: says when to draw it.
    :param rows: the file that is read.
    :param tally: what became of it so far.
    :param visible: whether to draw it at all.
    """

    def __init__(self, clock: Any, rows: Rows, tally: Tally, visible: bool) -> None:
        self._rows = rows
        self._tally = tally
        self._clock = clock
        self._visible = visible
        self._began = clock.seconds()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[cars]:,} cars"),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            auto_refresh=False,
        )
        self._task = self._progress.add_task(rows.name, total=None, cars=0)
        self._timer = LoopingCall(self._draw)
        self._timer.clock = clock
        self._drawn = False

    def __enter__(self) -> Bar:
        if self._visible:
            # A terminal that went away is no reason to end an import.
            self._timer.start(REFRESH, now=False).addErrback(lambda _: None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer.running:
            self._timer.stop()
        if self._drawn:
            self._draw()
            self._progress.stop()

    def _draw(self) -> None:
        if not self._drawn:
            if self._clock.seconds() - self._began <= LONG_TIME:
                return
            self._drawn = True
            self._progress.start()
        self._progress.update(
            self._task,
            total=self._rows.size,
            completed=self._rows.position,
            cars=self._tally.rows,
        )
        self._progress.refresh()
