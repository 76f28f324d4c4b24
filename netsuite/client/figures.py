"""What a crowd of clients does, in figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import attrs


class Durations:
    """Counts durations in buckets, each 2 % wider than the one before.

    However many there are, they take a few thousand integers at most, and a percentile is off
    by 1 % at most. (The idea is that of G. Tene's HdrHistogram.)
    """

    _FINEST = 1e-6  # seconds
    _GROWTH = math.log(1.02)

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.longest = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        bucket = round(math.log(max(seconds, self._FINEST) / self._FINEST) / self._GROWTH)
        self._buckets[bucket] += 1
        self.longest = max(self.longest, seconds)

    def percentile(self, percent: float) -> float:
        """Return the duration that so many percent do not exceed, in seconds; 0 if there is none.

        :param percent: above 0, up to 100.
        """
        rank = math.ceil(self._buckets.total() * percent / 100)
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                return min(self._FINEST * math.exp(bucket * self._GROWTH), self.longest)
        return 0.0


@attrs.define
class Figures:
    """How a crowd is doing.

    :param clients: how many clients it has.
    :param connected: how many are connected now.
    :param reached: how many have been connected at any time.
    :param requests: how many requests were sent.
    :param answers: how many answers came.
    :param durations: how long the answers took.
    :param failures: how many clients failed, by reason.
    """

    clients: int
    connected: int = 0
    reached: int = 0
    requests: int = 0
    answers: int = 0
    durations: Durations = attrs.Factory(Durations)
    failures: Counter[str] = attrs.Factory(Counter)

    def rows(self) -> list[tuple[str, str]]:
        """Return the figures with their names, for people."""
        return [
            ("clients connected", f"{self.connected:,} of {self.clients:,}"),
            ("requests", f"{self.requests:,}"),
            ("answers", f"{self.answers:,}"),
            ("answer time, median", self._time(50)),
            ("answer time, p99", self._time(99)),
            ("answer time, longest", self._time(100)),
            ("failures", f"{self.failures.total():,}"),
        ]

    def line(self, final: bool = False) -> str:
        """Return the figures as one line.

        :param final: all is over: count the clients that were connected at any time.
        """
        connected = self.reached if final else self.connected
        return (
            f"{connected:,} of {self.clients:,} clients connected, "
            f"{self.requests:,} requests, {self.answers:,} answers, answer time median "
            f"{self._time(50)}, p99 {self._time(99)}, longest {self._time(100)}, "
            f"{self.failures.total():,} failures"
        )

    def to_json(self) -> Mapping[str, object]:
        """Return the figures at the end, for machines; times are in seconds, or None."""
        times = {
            name: self.durations.percentile(percent) if self.answers else None
            for name, percent in (("median", 50), ("p99", 99), ("max", 100))
        }
        return {
            "clients": self.clients,
            "connected": self.reached,
            "requests": self.requests,
            "answers": self.answers,
            "answer_seconds": times,
            "failures": dict(self.failures),
        }

    def _time(self, percent: float) -> str:
        if not self.answers:
            return "none yet"
        seconds = self.durations.percentile(percent)
        return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
