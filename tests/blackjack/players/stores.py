"""Players on real databases that answer at once, or fail, when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, execute, fail, succeed
from twisted.internet.task import Clock

from netsuite.blackjack.players.accounts import Account, Accounts
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.players.words import Words, keep_word
from netsuite.storage import OutcomeUnknown, Rows, Store, StoreUnavailable, open_store
from netsuite.storage.lane import Session
from netsuite.storage.sqlite import SqliteSession, connect
from tests.genes.stores import InstantStore, Synchronous
from tests.storage.contract import Kind, Postgresql, Sqlite

#: How many chips everybody begins with.
CHIPS = 1_000
WORD = "open sesame"


def plain_words(function: Callable[..., Any], /, *arguments: str) -> Deferred[Any]:
    """Keep and check words without scrypt, and at once."""
    if function is keep_word:
        return succeed(f"kept {arguments[0]}")
    return succeed(arguments[1] == f"kept {arguments[0]}")


def unavailable() -> StoreUnavailable:
    """The error of a store that is out of reach."""
    return StoreUnavailable("it is out of reach")


class Fickle(InstantStore):
    """A store whose writes fail, or take their time.

    :param database: which database it is.
    :param session: the connection.
    """

    def __init__(self, database: str, session: Session) -> None:
        super().__init__(database, session)
        #: What becomes of a write: "done", "not done", "unknown, but done", "unknown, and not
        #: done", or "later".
        self.fate = "done"
        #: The writes that were asked for to be done later.
        self.held: list[Callable[[str], None]] = []
        #: How many writes were asked for.
        self.writes = 0
        #: Whether it was closed.
        self.closed = False

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        self.writes += 1
        if self.fate != "later":
            return self._write(self.fate, sql, parameters)
        done: Deferred[Rows] = Deferred()

        def finish(fate: str) -> None:
            if not done.called:
                self._write(fate, sql, parameters).chainDeferred(done)
            else:
                # Whoever waited for it has given up, and does not know whether it is done.
                self._write(fate, sql, parameters).addErrback(lambda _: [])

        self.held.append(finish)
        return done

    def _write(self, fate: str, sql: str, parameters: tuple[object, ...]) -> Deferred[Rows]:
        if fate == "not done":
            return fail(unavailable())
        if fate == "unknown, and not done":
            return fail(OutcomeUnknown("lost"))
        done = execute(self.execute, sql, *parameters)
        if fate == "unknown, but done":
            return done.addCallback(_forget)
        return done

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        if self.fate == "done":
            return super().read(sql, *parameters)
        if self.fate == "later":
            return succeed(None).addCallback(lambda _: self.execute(sql, *parameters))
        raise unavailable()

    def release(self, fate: str = "done") -> None:
        """Have the writes that are held come to an end."""
        held, self.held = self.held, []
        for finish in held:
            finish(fate)

    async def close(self) -> None:
        self.closed = True


def _forget(_rows: Rows) -> Rows:
    raise OutcomeUnknown("lost")


class AccountsOn(Accounts):
    """Players in a store that is open already.

    :param given: the store.
    :param clock: the time.
    """

    def __init__(self, given: Store, clock: Clock) -> None:
        super().__init__(clock=clock, words=Words(plain_words))
        self._store = given


class Row(NamedTuple):
    """What is in the store of a player."""

    name: str
    chips: int
    refilled: str
    record: Record


class Players(Kind, Synchronous):
    """Test cases with players in a store, and other processes that use it too."""

    def setUp(self) -> None:
        super().setUp()
        open_store(self.url).close_at_once()  # it makes the tables
        self.clock = Clock()
        self.store, self.accounts = self.process()

    def process(self) -> tuple[Fickle, AccountsOn]:
        """Return what another process has: a store of its own, and the players in it."""
        store = Fickle(*self.session())
        self.addCleanup(store.close_at_once)
        return store, AccountsOn(store, self.clock)

    def session(self) -> tuple[str, Session]:
        """Return the name of the database, and a connection to it."""
        raise NotImplementedError

    def start(self, work: Any) -> Deferred[Any]:
        """Begin something."""
        return Deferred.fromCoroutine(work)

    def done(self, work: Any) -> Any:
        """Return what comes of something that has nothing to wait for."""
        return self.successResultOf(self.start(work))

    def registered(self, name: str = "Ada") -> Account:
        """Return a new player."""
        account: Account = self.done(self.accounts.register(name, WORD, CHIPS))
        return account

    def signed_in(self, accounts: Accounts | None = None, name: str = "Ada") -> Account:
        """Return a player who was there."""
        account: Account = self.done((accounts or self.accounts).sign_in(name, WORD))
        return account

    def row(self, name: str = "Ada") -> Row:
        """Return what is in the store, as another process sees it."""
        fields = ", ".join(Record._fields)
        ((shown, chips, refilled, *played),) = self.witness(
            f"SELECT name, chips, refilled, {fields} FROM players WHERE name = '{name}'"
        )
        return Row(shown, chips, refilled, Record(*played))


class OnSqlite(Players, Sqlite):
    """One file."""

    def session(self) -> tuple[str, Session]:
        return "sqlite", SqliteSession(connect(Path(self.path)), 5.0, writes=True)


class OnPostgresql(Players, Postgresql):
    """A database of its own on a real server."""

    def session(self) -> tuple[str, Session]:
        from netsuite.storage.postgresql import PostgresqlSession

        session = PostgresqlSession(self.url, 5.0, writes=True)
        session.connect()
        return "postgresql", session


class Heard:
    """Keeps what an account tells its session."""

    def __init__(self, account: Account) -> None:
        self.trouble: list[str] = []
        self.lost = 0
        account.on_trouble = self.trouble.append
        account.on_lost = self._lose

    def _lose(self) -> None:
        self.lost += 1


def a_round(net: int) -> Record:
    """A round that brought so many chips."""
    return Record(
        rounds=1,
        hands=1,
        won=int(net > 0),
        pushed=int(net == 0),
        lost=int(net < 0),
        staked=50,
        net=net,
    )
