"""A progress bar for a download that takes its time, for people only."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from twisted.internet.task import LoopingCall

from netsuite.text import printable

#: A download that takes longer than this, in seconds, is long.
LONG_TIME = 1.0

#: So is one of more bytes than this.
LONG_SIZE = 1 << 20

#: How often the bar is drawn, in seconds.
REFRESH = 0.1


class Bar:
    """Draws a bar on standard error once a download proves to be long.

    :param clock: says when to draw it.
    :param name: what is downloaded.
    :param total: its length in bytes, or None.
    """

    def __init__(self, clock: Any, name: str, total: int | None) -> None:
        self.received = 0
        self._clock = clock
        self._began = clock.seconds()
        self._total = total
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            auto_refresh=False,
        )
        self._task = self._progress.add_task(printable(name, 40), total=total)
        self._visible = False
        self._timer = LoopingCall(self._draw)
        self._timer.clock = clock

    def __enter__(self) -> Bar:
        # A terminal that went away is no reason to end a download.
        self._timer.start(REFRESH, now=False).addErrback(lambda _: None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer.running:
            self._timer.stop()
        if self._visible:
            self._draw()
            self._progress.stop()

    def add(self, size: int) -> None:
        """Note that so many more bytes have come."""
        self.received += size

    def _draw(self) -> None:
        size = max(self.received, self._total or 0)
        if not self._visible:
            if size <= LONG_SIZE and self._clock.seconds() - self._began <= LONG_TIME:
                return
            self._visible = True
            self._progress.start()
        self._progress.update(self._task, completed=self.received)
        self._progress.refresh()
