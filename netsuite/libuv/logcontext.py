"""What log lines are told of whose turn it is."""

from __future__ import annotations

from typing import Any, Protocol

from twisted.python import context
from twisted.python.log import ILogContext

__all__ = ["LogContext"]


class Prefixed(Protocol):
    """Whose turn it is."""

    def logPrefix(self) -> str:
        """Return the prefix of log lines."""


class LogContext:
    """What lies on Twisted's stack of contexts while it is somebody's turn.

    Twisted makes the prefix for each turn. Here it is made when something is logged.

    :param whose: whose turn it is.
    """

    __slots__ = ("_prefix", "_whose")

    def __init__(self, whose: Prefixed) -> None:
        self._whose: Prefixed | None = whose
        self._prefix = ""

    def keep(self) -> None:
        """Make the prefix now: later it cannot be made."""
        self._prefix = self._made()
        self._whose = None

    def _made(self) -> str:
        if self._whose is None:
            return self._prefix
        try:
            return self._whose.logPrefix()
        except Exception:
            return type(self._whose).__name__

    def __contains__(self, key: object) -> bool:
        return key is ILogContext

    def __getitem__(self, key: object) -> dict[str, Any]:
        if key is not ILogContext:
            raise KeyError(key)
        contexts = context.theContextTracker.currentContext().contexts
        below = contexts[: contexts.index(self)] if self in contexts else contexts
        said = next((each[key] for each in reversed(below) if key in each), None)
        return {**(said or context.defaultContextDict[key]), "system": self._made()}
