"""Progress bars for work that takes its time, for people only."""

from __future__ import annotations

import sys
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from twisted.internet.task import LoopingCall

from netsuite.text import printable

#: Work that takes longer than this, in seconds, is long.
LONG_TIME = 1.0

#: So is a download of more bytes than this.
LONG_SIZE = 1 << 20

#: How often the bar is drawn, in seconds.
REFRESH = 0.1


class Bar:
    """Draws a bar on standard error once some work proves to be long.

    :param clock: says when to draw it.
    :param name: what the work is about.
    :param columns: what stands in the line behind the name.
    :param fields: what the columns are to know from the beginning.
    """

    def __init__(self, clock: Any, name: str, *columns: ProgressColumn, **fields: Any) -> None:
        self._clock = clock
        self._began = clock.seconds()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            *columns,
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            auto_refresh=False,
        )
        self._task = self._progress.add_task(name, total=None, **fields)
        self._visible = False
        self._timer = LoopingCall(self._draw)
        self._timer.clock = clock

    def is_long(self) -> bool:
        """Return whether the work has proved to be long."""
        return bool(self._clock.seconds() - self._began > LONG_TIME)

    def state(self) -> dict[str, Any]:
        """Return how far the work has come, as what rich's ``Progress.update`` takes."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        # A terminal that went away is no reason to end the work.
        self._timer.start(REFRESH, now=False).addErrback(lambda _: None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer.running:
            self._timer.stop()
        if self._visible:
            self._draw()
            self._progress.stop()

    def _draw(self) -> None:
        if not self._visible:
            if not self.is_long():
                return
            self._visible = True
            self._progress.start()
        self._progress.update(self._task, **self.state())
        self._progress.refresh()


class DownloadBar(Bar):
    """How far a download has come.

    :param clock: says when to draw it.
    :param name: what is downloaded.
    :param total: its length in bytes, or None.
    """

    def __init__(self, clock: Any, name: str, total: int | None) -> None:
        columns = BarColumn(), DownloadColumn(), TransferSpeedColumn()
        super().__init__(clock, printable(name, 40), *columns)
        self.received = 0
        self._total = total

    def add(self, size: int) -> None:
        """Note that so many more bytes have come."""
        self.received += size

    def is_long(self) -> bool:
        """Return whether it has proved to be long: by its time, or by its size."""
        return max(self.received, self._total or 0) > LONG_SIZE or super().is_long()

    def state(self) -> dict[str, Any]:
        """Return how much has come."""
        return {"total": self._total, "completed": self.received}
