"""The standard error of scripts, in the log: line by line, escaped, and never too much of it."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from netsuite.text import printable

__all__ = ["ErrorBudget", "ErrorStream"]

_log = Logger(namespace="netsuite")

#: Characters of a line that are logged.
_LINE = 500


class ErrorBudget:
    """How many lines all scripts together may log.

    :param seconds: returns the time, in seconds.
    :param lines: lines in each period.
    :param period: the length of a period in seconds.
    """

    def __init__(
        self, seconds: Callable[[], float], lines: int = 200, period: float = 60.0
    ) -> None:
        self._seconds = seconds
        self._lines = lines
        self._period = period
        self._started = seconds()
        self._used = 0

    def spend(self) -> bool:
        """Tell whether one more line may be logged."""
        now = self._seconds()
        if now - self._started >= self._period:
            if self._used > self._lines:
                _log.warn(
                    "{count} lines of scripts' standard error were left out",
                    count=self._used - self._lines,
                )
            self._started, self._used = now, 0
        self._used += 1
        return self._used <= self._lines


class ErrorStream:
    """Logs the lines that one script writes.

    :param script: the script's name, printable.
    :param budget: shared by all scripts.
    """

    def __init__(self, script: str, budget: ErrorBudget) -> None:
        self._script = script
        self._budget = budget
        self._line = b""

    def feed(self, data: bytes) -> None:
        """Take the next piece, and log the lines that it completes.

        :param data: any number of bytes.
        """
        *lines, rest = (self._line + data).split(b"\n")
        for line in lines:
            self._write(line)
        # Of a line that does not end, only as much is kept as would be logged.
        self._line = rest[: 4 * _LINE + 4]

    def end(self) -> None:
        """Log what there is of a last line without an end."""
        if self._line:
            self._write(self._line)
            self._line = b""

    def _write(self, line: bytes) -> None:
        if line.strip() and self._budget.spend():
            _log.warn(
                "{script}: {line}",
                script=self._script,
                line=printable(line.rstrip(), _LINE),
            )
