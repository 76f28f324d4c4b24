"""What the tests of every kind of store need, and how each kind provides it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.trial.unittest import TestCase

from netsuite.storage import Rows, Store, settled
from netsuite.storage.sqlite import Connection, SqliteStore, connect
from tests.storage.postgres import Server, server

#: A mixin has a test case's assertions, but is none that could be run.
if TYPE_CHECKING:
    Base = TestCase
else:
    Base = object

ADD = "INSERT INTO secrets (service, secret) VALUES (?, ?)"

#: What the previous release made.
FIRST_RELEASE = """
    CREATE TABLE secrets (
        service TEXT PRIMARY KEY, secret TEXT NOT NULL, found {type} NOT NULL DEFAULT 0
    ) {strict}
"""


async def outcomes(waiting: Iterable[Deferred[Any]]) -> list[Any]:
    """Wait for all, and return what each brought: a result or an exception."""
    return [
        result if success else result.value
        for success, result in await DeferredList(list(waiting), consumeErrors=True)
    ]


class Kind(Base):
    """A kind of store."""

    #: The store's URL.
    url: str

    def new(self, **options: Any) -> Any:
        """Return a store, newly opened."""
        raise NotImplementedError

    def open(self, **options: Any) -> Any:
        """Return a store, newly opened; it is closed after the test."""
        store = self.new(**options)
        self.addCleanup(lambda: Deferred.fromCoroutine(store.close()))
        return store

    def witness(self, sql: str) -> list[tuple[Any, ...]]:
        """Carry out a statement on a connection of its own, as another process would."""
        raise NotImplementedError

    def commits(self) -> int:
        """Return how many commits hold what was added to ``secrets``."""
        raise NotImplementedError

    @contextmanager
    def somebody_writing(self) -> Iterator[None]:
        """Have another process be in the middle of a write."""
        raise NotImplementedError
        yield

    def first_release(self) -> None:
        """Make the store that the previous release made, with a row in it."""
        raise NotImplementedError

    def set_version(self, version: int) -> None:
        """Say that the store has taken so many steps."""
        raise NotImplementedError

    def services(self) -> list[str]:
        """Return what another process sees in ``secrets``."""
        return [service for (service,) in self.witness("SELECT service FROM secrets ORDER BY 1")]

    async def read(self, store: Store, sql: str, *parameters: object) -> Rows:
        """Return what a query finds."""
        return await settled(store.read(sql, *parameters))


class Counting:
    """A connection that counts its commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.commits = 0

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        cursor = self._connection.execute(sql, parameters)
        self.commits += sql == "COMMIT"
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class Sqlite(Kind):
    """One file."""

    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.mktemp()).absolute() / "deep" / "store.sqlite3"
        self.url = f"sqlite:{self.path}"
        self.connections: list[Any] = []

    def new(self, **options: Any) -> SqliteStore:
        return SqliteStore(self.path, **{"connect": self.connect, **options})

    def connect(self, path: Path) -> Any:
        connection = Counting(connect(path))
        self.connections.append(connection)
        return connection

    def witness(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def commits(self) -> int:
        return sum(connection.commits for connection in self.connections)

    @contextmanager
    def somebody_writing(self) -> Iterator[None]:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.close()

    def first_release(self) -> None:
        self.path.parent.mkdir(parents=True)
        self.witness("PRAGMA journal_mode = WAL")
        self.witness(FIRST_RELEASE.format(type="INTEGER", strict="STRICT"))
        self.witness("INSERT INTO secrets VALUES ('secret', '42', 1)")
        self.set_version(1)

    def set_version(self, version: int) -> None:
        self.witness(f"PRAGMA user_version = {version}")


class Postgresql(Kind):
    """A database of its own on a real server."""

    server: Server

    def setUp(self) -> None:
        super().setUp()
        self.server = server()
        self.url = self.create()

    def create(self, options: str = "", **settings: str) -> str:
        """Return the URL of a new database, which is removed after the test."""
        url = self.server.create(options, **settings)
        self.addCleanup(self.server.drop, url)
        return url

    def new(self, **options: Any) -> Any:
        from netsuite.storage.postgresql import PostgresqlStore

        return PostgresqlStore(options.pop("url", self.url), **options)

    def witness(self, sql: str) -> list[tuple[Any, ...]]:
        return self.server.execute(sql, url=self.url)

    def commits(self) -> int:
        ((count,),) = self.witness("SELECT count(DISTINCT xmin::text) FROM secrets")
        return int(count)

    @contextmanager
    def somebody_writing(self) -> Iterator[None]:
        import psycopg

        from netsuite.storage.postgresql import _TAKE_TURN

        with psycopg.connect(self.url) as connection:
            connection.execute(_TAKE_TURN)
            yield
            connection.rollback()

    def first_release(self) -> None:
        self.witness("CREATE SCHEMA netsuite")
        self.witness(FIRST_RELEASE.format(type="SMALLINT", strict=""))
        self.witness("CREATE TABLE version (steps INTEGER NOT NULL)")
        self.witness("INSERT INTO version VALUES (1)")
        self.witness("INSERT INTO secrets VALUES ('secret', '42', 1)")

    def set_version(self, version: int) -> None:
        self.witness(f"UPDATE netsuite.version SET steps = {version}")
