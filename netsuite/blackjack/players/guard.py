"""How often somebody may guess a secret word.

Wrong words are counted for each name and address together, so that whoever guesses keeps only
themselves waiting:

- Two wrong words cost nothing. The third costs a wait of a second, and each one after it twice as
  long as the one before, up to a quarter of an hour. Whoever tries earlier is refused, and nothing
  is checked.
- A name for which twenty words were wrong within an hour, from wherever they came, is being
  guessed: from then on each wrong word from an address costs the whole quarter of an hour at once.
  A thousand addresses get four thousand guesses an hour, and the owner, at an address of their own,
  gets in at the first right word.

Nobody can keep the owner out from another address. Somebody at the same address can make them wait.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final

import attrs
from twisted.internet.interfaces import IReactorTime

__all__ = ["Guard", "TooSoonError"]

#: How many wrong words cost nothing.
_FREE: Final = 2
#: The longest wait, in seconds.
_LONGEST: Final = 900.0
#: How many wrong words for a name, from wherever they came, are guessing.
_GUESSING: Final = 20
#: After how long without a wrong word all is forgotten, in seconds.
_FORGOTTEN: Final = 3600.0
#: How much is remembered; what is oldest is forgotten first.
_MAX_REMEMBERED: Final = 20_000


class TooSoonError(Exception):
    """Too many words were wrong, and it is too soon for another; the message says how long."""


@attrs.define
class _Count:
    """Wrong words: how many, when the last came, and until when there may be none."""

    wrong: int
    last: float
    until: float = 0.0


class Guard:
    """Counts wrong words, in memory.

    :param clock: the time.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        # By name and address; with None for the address, by name.
        self._counts: OrderedDict[tuple[str, str | None], _Count] = OrderedDict()

    def admit(self, key: str, address: str) -> None:
        """See to it that a word for a name may be checked.

        :param key: the name's key.
        :param address: where the word comes from.
        :raises TooSoonError: when it may not, yet.
        """
        count = self._counts.get((key, address))
        left = 0.0 if count is None else count.until - self._clock.seconds()
        if left > 0:
            raise TooSoonError(
                f"too many wrong words; wait {_in_words(left)} before you try that name again"
            )

    def count(self, key: str, address: str) -> None:
        """Count a word as wrong. It is done before the word is checked, so that many at once do not
        slip through; :meth:`forgive` takes it back."""
        everybody = self._add(key, None)
        mine = self._add(key, address)
        wait = 0.0
        if everybody.wrong > _GUESSING:
            wait = _LONGEST
        elif mine.wrong > _FREE:
            wait = min(2.0 ** (min(mine.wrong, 20) - _FREE - 1), _LONGEST)
        mine.until = self._clock.seconds() + wait

    def forgive(self, key: str, address: str) -> None:
        """Take back what was counted from an address: the word was right."""
        mine = self._counts.pop((key, address), None)
        everybody = self._counts.get((key, None))
        if mine is not None and everybody is not None:
            everybody.wrong = max(0, everybody.wrong - mine.wrong)

    def _add(self, key: str, address: str | None) -> _Count:
        now = self._clock.seconds()
        count = self._counts.pop((key, address), None)
        if count is None or now - count.last > _FORGOTTEN:
            count = _Count(0, now)
        count.wrong += 1
        count.last = now
        self._counts[key, address] = count
        if len(self._counts) > _MAX_REMEMBERED:
            self._counts.popitem(last=False)
        return count


def _in_words(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole < 120:
        return "1 second" if whole == 1 else f"{whole} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
