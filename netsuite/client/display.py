"""Live figures: refreshed in place on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from twisted.internet.task import LoopingCall

from netsuite.client.figures import Figures
from netsuite.client.terminal import Output

#: How often a terminal is refreshed, in seconds.
REFRESH = 0.25

#: How often a line is written to a pipe, in seconds.
EVERY = 5.0


class Display:
    """Shows a crowd's figures while it runs, and a summary when it has ended.

    :param clock: says when to show them again.
    :param figures: what to show.
    :param output: standard output.
    :param as_json: show nothing but the summary, as JSON.
    """

    def __init__(self, clock: Any, figures: Figures, output: Output, as_json: bool) -> None:
        self._figures = figures
        self._output = output
        self._json = as_json
        self._began = clock.seconds()
        self._clock = clock
        self._live: Live | None = None
        console = Console()
        if not as_json and output.terminal and not console.is_dumb_terminal:
            self._live = Live(self._table(), console=console, auto_refresh=False, transient=True)
        self._timer = LoopingCall(self._show)
        self._timer.clock = clock

    def start(self, failed: Callable[[Any], None]) -> None:
        """Begin to show the figures.

        :param failed: is called with a Failure if they cannot be shown any more.
        """
        if self._live is not None:
            self._live.start()
        if not self._json:
            every = EVERY if self._live is None else REFRESH
            self._timer.start(every, now=self._live is not None).addErrback(failed)

    def stop(self) -> None:
        """Stop showing them."""
        if self._timer.running:
            self._timer.stop()
        if self._live is not None:
            self._live.stop()

    def summary(self) -> None:
        """Print the figures for the last time, with the reasons of failures."""
        if self._json:
            self._output.text(json.dumps(self._figures.to_json()))
            return
        self._output.text(self._line(final=True))
        for reason, times in self._figures.failures.most_common():
            self._output.text(f"{times:,} times: {reason}")

    def _show(self) -> None:
        if self._live is None:
            self._output.text(self._line())
        else:
            self._live.update(self._table(), refresh=True)

    def _line(self, final: bool = False) -> str:
        return f"{self._elapsed():.0f} s: {self._figures.line(final)}"

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column()
        table.add_column(justify="right")
        table.add_row("running for", f"{self._elapsed():.0f} s")
        for name, value in self._figures.rows():
            table.add_row(name, value)
        return table

    def _elapsed(self) -> float:
        elapsed: float = self._clock.seconds() - self._began
        return elapsed
