"""How long things may take at a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from twisted.internet.interfaces import IDelayedCall, IReactorTime

__all__ = ["TIMES", "Countdown", "Pace", "Times"]


@attrs.frozen(kw_only=True)
class Times:
    """How long things may take, in seconds.

    :param turn: for an answer, at a shared table. Each question has this time anew.
    :param short: how long before its end the seat that is asked is warned.
    :param betting: for the bets of the others, from the first one on.
    :param kept: how long the seat of somebody is kept whose connection was lost.
    """

    turn: float = 25.0
    short: float = 5.0
    betting: float = 20.0
    kept: float = 30.0


#: The usual times.
TIMES: Final = Times()


class Countdown:
    """The time that is left for what is asked. There is one at a time.

    :param clock: the time.
    :param up: called when it is up.
    :param short: called with what is left when there is little.
    """

    __slots__ = ("_call", "_clock", "_end", "_short", "_tell_short", "_up")

    def __init__(
        self, clock: IReactorTime, up: Callable[[], None], short: Callable[[float], None]
    ) -> None:
        self._clock = clock
        self._up = up
        self._tell_short = short
        self._call: IDelayedCall | None = None
        self._end = 0.0
        self._short = 0.0

    @property
    def left(self) -> float | None:
        """The seconds that are left; None when nothing is counted."""
        return None if self._call is None else max(0.0, self._end - self._clock.seconds())

    def start(self, seconds: float, short: float = 0.0) -> None:
        """Count from now on, and nothing else any more.

        :param seconds: how long.
        :param short: how long before the end to warn; 0 for no warning.
        """
        self.stop()
        self._end = self._clock.seconds() + seconds
        self._short = short
        if 0 < short < seconds:
            self._call = self._clock.callLater(seconds - short, self._warn)
        else:
            self._call = self._clock.callLater(seconds, self._finish)

    def extend(self, end: float) -> bool:
        """Have the time that is counted, if any is, end no earlier than a certain time.

        :param end: the time, by the clock.
        :returns: whether it ends later than before.
        """
        if self._call is None or end <= self._end:
            return False
        self.start(end - self._clock.seconds(), self._short)
        return True

    def stop(self) -> None:
        """Count no more."""
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _warn(self) -> None:
        self._call = self._clock.callLater(self._short, self._finish)
        self._tell_short(self._short)

    def _finish(self) -> None:
        self._call = None
        self._up()


class Pace:
    """Bounds how often something is done: so many times in so many seconds.

    :param most: how many times.
    :param seconds: in which time.
    """

    __slots__ = ("_done", "_most", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._done: list[float] = []

    def wait(self, now: float) -> float:
        """Count it as done now, if it may be done.

        :param now: what time it is.
        :returns: 0; otherwise after how many seconds it may be done.
        """
        self._done = [then for then in self._done if now - then < self._seconds]
        if len(self._done) < self._most:
            self._done.append(now)
            return 0.0
        return self._seconds - (now - self._done[0])
