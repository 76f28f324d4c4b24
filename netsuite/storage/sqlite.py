"""The embedded store: one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")

#: The schema, as the steps that lead to it. A step is never changed once it has been released: a
#: store's ``user_version`` is the number of steps that it has taken.
MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE secrets (
        service TEXT PRIMARY KEY,
        secret TEXT NOT NULL,
        found INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
)

#: How long to wait for another process that is writing to the same file, in seconds.
BUSY_TIMEOUT = 5.0


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class SqliteStore:
    """A store in one file.

    Reads of a few records are answered on the spot, from the page cache. Writes are done by a
    thread, one after the other, and are on the disk when their Deferred fires: the reactor never
    waits for the disk.

    :param path: the file; it and its folder are made where they are missing.
    :raises StoreError: when the file cannot be used.
    """

    def __init__(self, path: Path, *, reactor: Any = None) -> None:
        if reactor is None:
            from twisted.internet import reactor
        self._reactor = reactor
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._reader = self._connect()
            self._writer = self._connect()
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the store sqlite:{path} cannot be used: {error}; "
                "mend it, or name another with --store sqlite:PATH"
            ) from error
        # The thread starts with the first write, so that a process that fails to start ends.
        self._thread = ThreadPool(minthreads=0, maxthreads=1, name="store")
        self._thread.start()

    def read(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds, with every write in them that is done."""
        return self._reader.execute(query, parameters).fetchall()

    def write(self, operation: Callable[[sqlite3.Connection], T]) -> Deferred[T]:
        """Do something in a transaction of its own.

        :param operation: is called in another thread, with the connection to work on. What it
            raises rolls the transaction back and comes out of the Deferred.
        :returns: a Deferred of the operation's result, which fires when it is on the disk.
        """
        return deferToThreadPool(self._reactor, self._thread, self._in_transaction, operation)

    def write_now(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Do the same and wait for the disk: before the first client, while nobody is kept waiting.

        :returns: the operation's result.
        """
        return self._in_transaction(operation)

    async def close(self) -> None:
        """Finish the writes that were asked for, and close the file; a second time does nothing."""
        if self._thread.joined:
            return
        await deferToThreadPool(self._reactor, self._thread, lambda: None)
        self.close_at_once()

    def close_at_once(self) -> None:
        """Close the file, once the write that is under way is done."""
        self._thread.stop()
        self._writer.close()
        self._reader.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        # A commit is on the disk when it returns, and readers never wait for a writer.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _in_transaction(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = operation(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    def _migrate(self) -> None:
        def steps(connection: sqlite3.Connection) -> None:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"the store sqlite:{self._path} was written by a newer netsuite; "
                    "update netsuite, or name another with --store sqlite:PATH"
                )
            for step in MIGRATIONS[version:]:
                connection.execute(step)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

        self.write_now(steps)
