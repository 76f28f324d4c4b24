"""A store of players that answers at once, later or not at all, as a test says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, execute, fail, succeed
from twisted.internet.task import Clock

from netsuite.blackjack.players.accounts import Accounts
from netsuite.blackjack.players.words import Words, keep_word
from netsuite.storage import Rows, StoreUnavailable
from tests.cars.stores import InstantStore

__all__ = ["AccountsOn", "PlayersStore"]


def plain_words(function: Callable[..., Any], /, *arguments: str) -> Deferred[Any]:
    """Keep and check words without scrypt, and at once."""
    if function is keep_word:
        return succeed(f"kept {arguments[0]}")
    return succeed(arguments[1] == f"kept {arguments[0]}")


class PlayersStore(InstantStore):
    """A real database in memory."""

    def __init__(self) -> None:
        super().__init__()
        #: Whether it is out of reach.
        self.down = False
        #: Whether it answers only when :meth:`release` is called.
        self.slow = False
        #: What it was asked for and has not answered.
        self.held: list[Callable[[], None]] = []

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        if self.slow or self.down:
            return self.write(sql, *parameters)
        return self.execute(sql, *parameters)

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        if not self.slow:
            return self._write(sql, *parameters)
        done: Deferred[Rows] = Deferred()

        def finish() -> None:
            result = self._write(sql, *parameters)
            if done.called:  # Whoever waited has given up.
                result.addErrback(lambda _: None)
            else:
                result.chainDeferred(done)

        self.held.append(finish)
        return done

    def _write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        if self.down:
            return fail(StoreUnavailable("it is out of reach"))
        return execute(self.execute, sql, *parameters)

    def release(self) -> None:
        """Answer what it was asked for, and what it is asked for upon that."""
        while self.held:
            self.held.pop(0)()


class AccountsOn(Accounts):
    """Players in a store that is open already.

    :param given: the store.
    :param clock: the time.
    """

    def __init__(self, given: PlayersStore, clock: Clock) -> None:
        super().__init__(clock=clock, words=Words(plain_words))
        self._store = given
        self.closed = False

    def open(self) -> None:
        """Do nothing: it is open."""

    async def close(self) -> None:
        self.closed = True
        await super().close()
