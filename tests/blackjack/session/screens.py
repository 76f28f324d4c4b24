"""Terminals, as far as they show what they are sent."""

from __future__ import annotations

import pyte


class Paper:
    """A terminal that remembers what has scrolled off it.

    :param columns: the window's width.
    :param rows: its height.
    """

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.columns, self.rows = columns, rows
        self._screen = pyte.HistoryScreen(columns, rows, history=10_000)
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> None:
        """Show text."""
        self._stream.feed(text)

    @property
    def visible(self) -> list[str]:
        """The lines in the window, without spaces at their ends, and those that are empty at the
        bottom."""
        return _trimmed([line.rstrip() for line in self._screen.display])

    @property
    def lines(self) -> list[str]:
        """All lines that there ever were."""
        past = [
            "".join(line[column].data for column in range(self.columns)).rstrip()
            for line in self._screen.history.top
        ]
        return _trimmed([*past, *(line.rstrip() for line in self._screen.display)])

    def resized(self, columns: int, rows: int) -> Paper:
        """The same terminal with another window, which is empty."""
        return Paper(columns, rows)

    @property
    def cursor(self) -> tuple[int, int]:
        """The row and the column of the cursor, from 0."""
        return self._screen.cursor.y, self._screen.cursor.x


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    return lines
