"""The embedded store: one SQLite file."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from twisted.internet.defer import Deferred

from netsuite.storage.interface import (
    ConstraintViolated,
    Operation,
    OutcomeUnknown,
    Rows,
    Statement,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    T,
    Transaction,
)
from netsuite.storage.lane import MAX_GROUP, Complaints, Lane, LaneStore
from netsuite.storage.schema import MIGRATIONS, newer

#: How long to wait for another process that is writing to the same file, in seconds.
BUSY_TIMEOUT = 5.0


class Connection(Protocol):
    """What is used of ``sqlite3.Connection``."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any:
        """Carry out a statement; returns its cursor."""

    def interrupt(self) -> None:
        """Make what is under way fail."""

    def close(self) -> None:
        """Close the connection."""


def connect(path: Path) -> Connection:
    """Open a file with Python's own SQLite, without a wait for locks."""
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


class SqliteStore(LaneStore):
    """A store in one file; see :class:`~netsuite.storage.interface.Store`.

    Reads are answered on the spot, from the page cache.

    :param path: the file; it and its folder are made where they are missing.
    :param max_group: the most statements that share a commit.
    :param busy_timeout: how long to wait for another process that is writing, in seconds.
    :param connect: opens a connection.
    :raises StoreError: when the file cannot be used.
    """

    database = "sqlite"

    def __init__(
        self,
        path: Path,
        *,
        max_group: int = MAX_GROUP,
        busy_timeout: float = BUSY_TIMEOUT,
        connect: Callable[[Path], Connection] = connect,
        reactor: Any = None,
    ) -> None:
        name = f"sqlite:{path}"
        connections: list[Connection] = []
        try:
            _make_folder(path.parent)
            for _ in range(3):
                connections.append(connect(path))
            session = SqliteSession(connections[0], busy_timeout, writes=True)
            session.transact(lambda transaction: _migrate(transaction, name))
            searching = SqliteSession(connections[1], busy_timeout, writes=False)
            self._reader = connections[2]
            self._reader.execute("PRAGMA query_only = ON")
        except BaseException as error:
            for connection in connections:
                connection.close()
            if not isinstance(error, OSError | sqlite3.Error | StoreUnavailable):
                raise
            raise StoreError(
                f"the store {name} cannot be used: {error}; mend that, or name another with --store"
            ) from error
        self._closed = False
        complaints = Complaints(name)
        lane, self._search_lane = (
            Lane(each, complaints, max_group=max_group, reactor=reactor)
            for each in (session, searching)
        )
        super().__init__(session, lane)

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        """Return the rows that a query finds, at once unless the file is locked."""
        try:
            return _rows(self._reader, sql, parameters)
        except sqlite3.ProgrammingError:
            if self._closed:
                raise StoreUnavailable("the store is closed") from None
            raise
        except StoreBusy:
            # Another process recovers or closes the file: the thread can wait for it.
            return self.search(sql, *parameters)

    def search(self, sql: str, *parameters: object) -> Deferred[Rows]:
        """Return a Deferred of the rows that a query finds."""
        return self._search_lane.run(Statement(sql, parameters))

    async def close(self) -> None:
        """Finish what was asked for, and close the file; a second time does nothing."""
        for lane in (self._lane, self._search_lane):
            await lane.close()
        self._close_reader()

    def close_at_once(self) -> None:
        """Close the file where no reactor runs."""
        for lane in (self._lane, self._search_lane):
            lane.close_at_once()
        self._close_reader()

    def _close_reader(self) -> None:
        self._closed = True
        self._reader.close()


class SqliteSession:
    """A connection; see :class:`~netsuite.storage.lane.Session`.

    :param connection: the connection.
    :param busy_timeout: how long to wait for another process that is writing, in seconds.
    :param writes: whether it may write.
    """

    def __init__(self, connection: Connection, busy_timeout: float, *, writes: bool) -> None:
        self._connection = connection
        self._busy_timeout = busy_timeout
        self._writes = writes
        if not writes:
            self._patiently("PRAGMA query_only = ON")
            return
        # A commit is on the disk when it returns, and readers never wait for a writer.
        self._patiently("PRAGMA journal_mode = WAL")
        self._patiently("PRAGMA synchronous = FULL")

    def connect(self) -> None:
        """Do nothing: a file is always there."""

    def run(self, statements: Sequence[Statement]) -> list[Rows]:
        """Carry out statements in one transaction."""
        return self.transact(
            lambda transaction: [
                transaction.execute(sql, *parameters) for sql, parameters in statements
            ]
        )

    def transact(self, operation: Operation[T]) -> T:
        """Carry out an operation in a transaction of its own."""
        connection = self._connection
        self._patiently("BEGIN IMMEDIATE" if self._writes else "BEGIN")
        try:
            if not self._writes:
                self._patiently("PRAGMA schema_version")  # begins to read in fact
            result = operation(self)
            self._commit()
        except BaseException:
            # SQLite has rolled back already where the disk was full, or failed.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def execute(self, sql: str, *parameters: object) -> Rows:
        """Carry out a statement of the transaction that is under way."""
        return _rows(self._connection, sql, parameters)

    def _commit(self) -> None:
        try:
            _rows(self._connection, "COMMIT")
        except StoreUnavailable as error:
            code = getattr(error.__cause__, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_IOERR_FSYNC:
                raise
            # All of it is in the journal, and on the disk or not. The next commit overwrites it;
            # but if the process ends before, whoever opens the file next may find it done.
            raise OutcomeUnknown(f"the disk failed during a commit: {error}") from error

    def interrupt(self) -> None:
        """Make what is under way fail soon."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _patiently(self, sql: str) -> None:
        """Carry out a statement as soon as no other process has locked the file."""
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                self.execute(sql)
                return
            except StoreBusy:
                if time.monotonic() > deadline:
                    raise
            # SQLite's own waits grow to 100 ms, so that a busy neighbour would always be first.
            time.sleep(random.uniform(0.0002, 0.002))


def _make_folder(folder: Path) -> None:
    """Make a folder where there is none, such that it is there after a power cut too."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rows(connection: Connection, sql: str, parameters: Sequence[object] = ()) -> Rows:
    """Carry out a statement, and raise what goes wrong in the database as a :class:`StoreError`."""
    try:
        rows: Rows = connection.execute(sql, parameters).fetchall()
        return rows
    except sqlite3.IntegrityError as error:
        raise ConstraintViolated(str(error)) from error
    except sqlite3.ProgrammingError:
        raise  # the fault is ours
    except sqlite3.DatabaseError as error:
        # What Python itself has to complain of, such as text that is no UTF-8, has no code.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        locked = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        raise (StoreBusy if locked else StoreUnavailable)(str(error)) from error


def _migrate(transaction: Transaction, name: str) -> None:
    """Take the steps that the file has not taken."""
    ((version,),) = transaction.execute("PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise StoreError(newer(name))
    for step in MIGRATIONS[version:]:
        for statement in step.sqlite:
            transaction.execute(statement)
    transaction.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
