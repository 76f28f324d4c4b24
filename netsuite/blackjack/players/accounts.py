"""Players whose chips and statistics are kept in a store.

Whoever signs in gets the *lease* of their name, a token in its row; every later write names it, so
that only the last one to sign in, in whichever process, changes the chips. Within a process all who
sign in by a name get the same :class:`Account`, so that a round that is in play when its player
signs in once more is not lost.

What is written is what the account comes to, not what it changes by. So a write may be repeated
when nobody knows what became of it, and what could not be written is in the next write.
"""

from __future__ import annotations

import secrets
from datetime import date
from itertools import islice
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from twisted.internet.defer import CancelledError, Deferred, DeferredList, DeferredLock
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from netsuite.blackjack.players.account import Account
from netsuite.blackjack.players.guard import Guard, TooSoonError
from netsuite.blackjack.players.names import name_key
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.players.words import Words, WordsBusyError, check_length
from netsuite.serving.kept import Kept
from netsuite.storage import Rows, StoreError, Transaction, settled

__all__ = ["Account", "AccountError", "Accounts", "Standing"]

_log = Logger(namespace="netsuite")

#: How long to wait before what could not be written is tried again, in seconds.
RETRY: Final = 5.0
#: How long to wait for what is being written before the store is closed, in seconds.
CLOSING: Final = 5.0

#: How many players are named in the log when their chips cannot be saved.
_MOST_NAMED: Final = 100
_PLAYED: Final = ", ".join(Record._fields)
_REGISTER: Final = """
    INSERT INTO players (key, name, word, lease, chips) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING RETURNING key
"""
_TAKE: Final = f"""
    UPDATE players SET lease = ? WHERE key = ? RETURNING name, chips, refilled, {_PLAYED}
"""
_WRITE: Final = f"""
    UPDATE players
    SET chips = ?, refilled = ?, {", ".join(f"{field} = ?" for field in Record._fields)}
    WHERE key = ? AND lease = ? RETURNING key
"""
_LEADERS: Final = """
    SELECT name, chips, net, rounds FROM players
    WHERE rounds > 0 ORDER BY chips DESC, key LIMIT ?
"""


class AccountError(Exception):
    """Somebody cannot have a name; the message says why."""


class Standing(NamedTuple):
    """A line of the list of those who have the most chips.

    :param name: the player's name.
    :param chips: what they have.
    :param net: what they have won, less what they have lost.
    :param rounds: how many rounds they have played.
    """

    name: str
    chips: int
    net: int
    rounds: int


class Accounts(Kept):
    """The players who have a name.

    :param store_url: the store's URL; None for the default store.
    :param clock: the time.
    :param words: works on secret words.
    """

    def __init__(
        self, store_url: str | None = None, *, clock: Any = None, words: Words | None = None
    ) -> None:
        if clock is None:
            from twisted.internet import reactor as clock
        super().__init__("blackjack", store_url)
        self._clock = clock
        self._words = Words() if words is None else words
        self._guard = Guard(clock)
        # Those of this process, as long as anybody plays by them.
        self._accounts: WeakValueDictionary[str, Account] = WeakValueDictionary()
        # Those whose last state is not in the store, whether anybody plays by them or not.
        self._unwritten: set[Account] = set()
        self._taking = DeferredLock()
        self._retry: IDelayedCall | None = None
        self._closing = False

    def prepare(self, transaction: Transaction) -> None:
        """Do nothing: there need not be any players."""

    async def known(self, name: str) -> bool:
        """Return whether somebody has a name.

        :param name: the name, as :func:`~netsuite.blackjack.players.names.player_name` reads it.
        :raises StoreError: when the store cannot be asked.
        """
        query = "SELECT 1 FROM players WHERE key = ?"
        return bool(await settled(self.store.read(query, name_key(name))))

    async def register(self, name: str, word: str, chips: int) -> Account:
        """Add a player.

        :param name: a name that nobody has.
        :param word: the secret word.
        :param chips: what they have to begin with.
        :returns: the player, signed in.
        :raises ValueError: when the word is too short or too long.
        :raises AccountError: when somebody has the name, or too many are signing in.
        :raises StoreError: when the store cannot be written.
        """
        check_length(word)
        key, lease = name_key(name), secrets.token_hex(16)
        try:
            kept = await self._words.keep(word)
        except WordsBusyError as error:
            raise AccountError(str(error)) from error
        if not await self.store.write(_REGISTER, key, name, kept, lease, chips):
            raise AccountError(f"somebody else has just taken the name {name}; choose another")
        return self._opened(key, lease, name, chips, "", Record())

    async def sign_in(self, name: str, word: str, address: str = "") -> Account:
        """Find a player, who from now on plays here and nowhere else.

        :param name: the name.
        :param word: the secret word.
        :param address: where the player is, to tell those who guess words from the others.
        :returns: the player.
        :raises ValueError: when the word is too short or too long.
        :raises AccountError: when the word is wrong, or cannot be checked now.
        :raises StoreError: when the store cannot be used.
        """
        check_length(word)
        key = name_key(name)
        rows = await settled(self.store.read("SELECT word FROM players WHERE key = ?", key))
        if not rows:
            raise AccountError(f"nobody is called {name}")
        try:
            self._guard.admit(key, address)
            checking = self._words.check(word, rows[0][0])
        except (TooSoonError, WordsBusyError) as error:
            raise AccountError(str(error)) from error
        self._guard.count(key, address)
        if not await checking:
            raise AccountError(f"that is not the secret word of {name}")
        self._guard.forgive(key, address)
        return await self._taking.run(lambda: Deferred.fromCoroutine(self._take(key)))

    async def refill(self, account: Account, chips: int, today: date) -> bool:
        """Fill up a player's chips, once a day.

        :param chips: up to how many.
        :param today: the day, in UTC.
        :returns: whether there were fewer, and none were free today.
        """
        day = today.isoformat()
        if account.lost or account.chips >= chips or account.refilled >= day:
            return False
        account.fill_up(chips, day)
        return True

    async def leaderboard(self, count: int) -> list[Standing]:
        """Return those who have the most chips, and have played at all.

        :param count: how many.
        :raises StoreError: when the store cannot be asked.
        """
        return [Standing(*row) for row in await settled(self.store.read(_LEADERS, count))]

    async def close(self) -> None:
        """Write what is not written, as far as that can be done in a few seconds, and close the
        store."""
        self._closing = True
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        last = [Deferred.fromCoroutine(self._write(each)) for each in list(self._unwritten)]
        await DeferredList(last, consumeErrors=True).addTimeout(CLOSING, self._clock)
        if self._unwritten:
            _log.error(
                "blackjack: the store of players is out of reach; these chips are not saved:"
                " {players}",
                players=", ".join(
                    f"{account.name} has {account.chips}"
                    for account in islice(self._unwritten, _MOST_NAMED)
                ),
            )
        await super().close()

    # Who plays.

    def _opened(
        self, key: str, lease: str, name: str, chips: int, refilled: str, record: Record
    ) -> Account:
        account = Account(key, name, lease, chips, refilled, record, self._changed)
        self._accounts[key] = account
        return account

    async def _take(self, key: str) -> Account:
        """Return the player whose name has a key, with the lease."""
        account = self._accounts.get(key)
        if account is not None:
            # Whether its lease is still good, only a write can tell.
            await self._write(account, confirm=True)
            if not account.lost:
                account.hear_nothing()
                return account
        lease = secrets.token_hex(16)
        rows = await self.store.write(_TAKE, lease, key)
        if not rows:
            raise AccountError("nobody has that name any more")
        ((name, chips, refilled, *played),) = rows
        return self._opened(key, lease, name, chips, refilled, Record(*played))

    # What is written.

    def _changed(self, account: Account) -> None:
        if account.lost:
            return
        self._unwritten.add(account)
        if not account.writing.locked:
            self._begin(account)

    def _begin(self, account: Account) -> None:
        Deferred.fromCoroutine(self._write(account)).addErrback(_complain)

    async def _write(self, account: Account, *, confirm: bool = False) -> None:
        """Write an account, until nothing is left to be written.

        :param confirm: write it even if nothing is, to find out whether the lease is good.
        :raises StoreError: when the store cannot be written; it is tried again later.
        """
        await account.writing.acquire()
        try:
            while not account.lost and (confirm or account in self._unwritten):
                confirm = False
                changes = account.changes
                rows = await self._write_once(account)
                if not rows:
                    self._unwritten.discard(account)
                    account.lose()
                elif account.changes == changes:
                    self._unwritten.discard(account)
                    account.written()
        finally:
            account.writing.release()

    async def _write_once(self, account: Account) -> Rows:
        try:
            return await self.store.write(_WRITE, *account.state, account.key, account.lease)
        except Exception:
            if account in self._unwritten:
                account.not_written()
                if self._retry is None and not self._closing:
                    self._retry = self._clock.callLater(RETRY, self._try_again)
            raise

    def _try_again(self) -> None:
        self._retry = None
        for account in list(self._unwritten):
            if not account.writing.locked:
                self._begin(account)


def _complain(failure: Failure) -> None:
    """Say in the log what is our own fault; the store tells of its own."""
    if not failure.check(StoreError, CancelledError):
        _log.failure("blackjack: the chips of a player could not be written", failure)
