"""A player whose chips and statistics are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.internet.defer import DeferredLock

from netsuite.blackjack.players.player import Player, Record

__all__ = ["Account"]

#: The most chips that both databases can hold.
_MOST: Final = 2**63 - 1

_TROUBLE: Final = (
    "Your chips cannot be saved just now. They are safe as long as this server runs, and are saved"
    " as soon as that is possible."
)
_RELIEF: Final = "Your chips are saved again."


def _ignore(*_: object) -> None:
    """Do nothing."""


class Account(Player):
    """A player who has a name. :class:`~netsuite.blackjack.players.accounts.Accounts` makes them.

    :param key: the key of the name.
    :param name: the name, as it is shown.
    :param lease: what allows to write.
    :param chips: what they have.
    :param refilled: the day of the last free chips, such as ``2026-01-31``; empty if there were
        none.
    :param record: what they have played.
    :param changed: is called with the account when there is something to write.
    """

    named = True

    def __init__(
        self,
        key: str,
        name: str,
        lease: str,
        chips: int,
        refilled: str,
        record: Record,
        changed: Callable[[Account], None],
    ) -> None:
        super().__init__(name, chips)
        self.record = record
        self.key = key
        self.lease = lease
        self.refilled = refilled
        #: Whether somebody has signed in elsewhere by this name: nothing is written any more.
        self.lost = False
        self.hear_nothing()
        #: Held while the account is written: one write at a time, so that the last one is last.
        self.writing = DeferredLock()
        #: Counts the changes.
        self.changes = 0
        self._changed = changed
        self._trouble = False

    @property
    def state(self) -> tuple[int | str, ...]:
        """What is to be written."""
        return (self.chips, self.refilled, *self.record)

    def hear_nothing(self) -> None:
        """Forget who wants to be told of trouble: somebody else plays by this account now."""
        #: Is called with a sentence when what was played cannot be saved, and when it is again.
        self.on_trouble: Callable[[str], object] = _ignore
        #: Is called when the lease is lost.
        self.on_lost: Callable[[], object] = _ignore

    def settle(self, played: Record) -> None:
        """Count a round that is over. It is written in the background."""
        super().settle(played)
        self.chips = min(self.chips, _MOST)
        self.record = Record(*(max(-_MOST, min(count, _MOST)) for count in self.record))
        self._change()

    def fill_up(self, chips: int, day: str) -> None:
        """Have so many chips, free, on that day."""
        self.chips = chips
        self.refilled = day
        self._change()

    def _change(self) -> None:
        self.changes += 1
        self._changed(self)

    def written(self) -> None:
        """Note that all is written."""
        if self._trouble:
            self._trouble = False
            self.on_trouble(_RELIEF)

    def not_written(self) -> None:
        """Note that something is not."""
        if not self._trouble:
            self._trouble = True
            self.on_trouble(_TROUBLE)

    def lose(self) -> None:
        """Note that the lease is lost."""
        self.lost = True
        self.on_lost()
