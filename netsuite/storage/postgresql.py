"""The store in a PostgreSQL database, through psycopg 3."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
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
from netsuite.storage.lane import MAX_GROUP, Complaints, ConnectionLost, Lane, LaneStore
from netsuite.storage.schema import MIGRATIONS, newer
from netsuite.storage.urls import redacted

# What psycopg warns of, it raises besides; without a handler it would be printed.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

#: How long to wait for a connection, in seconds.
CONNECT_TIMEOUT = 3
#: How long to wait for another process that is writing, in seconds.
BUSY_TIMEOUT = 5.0
#: How many queries may be under way at once.
READERS = 2
#: Where the tables live, out of the way of others in the same database.
SCHEMA = "netsuite"
#: The advisory lock of whoever writes: any number will do that nobody else uses.
_LOCK = 0x6E657473756974

_DEFAULTS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT,
    "application_name": "netsuite",
    "client_encoding": "UTF8",
    # A server that vanished without a word is noticed within some ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class PostgresqlStore(LaneStore):
    """A store in a PostgreSQL database; see :class:`~netsuite.storage.interface.Store`.

    Reads take a round trip to the server, which a thread waits for; those that arrive meanwhile
    share the next one.

    :param url: the database, as libpq's connection URI.
    :param max_group: the most statements that share a commit.
    :param busy_timeout: how long to wait for another process that is writing, in seconds.
    :raises StoreError: when the database cannot be used.
    """

    database = "postgresql"

    def __init__(
        self,
        url: str,
        *,
        max_group: int = MAX_GROUP,
        busy_timeout: float = BUSY_TIMEOUT,
        reactor: Any = None,
    ) -> None:
        name = redacted(url)
        sessions: list[PostgresqlSession] = []
        try:
            for writes in (True, *[False] * READERS):
                sessions.append(PostgresqlSession(url, busy_timeout, writes=writes))
                sessions[-1].connect()
            sessions[0].transact(lambda transaction: _migrate(transaction, name))
        except BaseException as error:
            for session in sessions:
                session.close()
            if not isinstance(error, StoreUnavailable | psycopg.Error):
                raise
            raise StoreError(
                f"the store {name} cannot be used: {_text(error)}; "
                "mend that, or name another with --store"
            ) from error
        complaints = Complaints(name)
        lane, *self._read_lanes = (
            Lane(session, complaints, max_group=max_group, reactor=reactor) for session in sessions
        )
        super().__init__(sessions[0], lane)

    def read(self, sql: str, *parameters: object) -> Deferred[Rows]:
        """Return a Deferred of the rows that a query finds."""
        lane = min(self._read_lanes, key=lambda lane: lane.load)
        return lane.run(Statement(sql, parameters))

    search = read

    async def close(self) -> None:
        """Finish what was asked for, and close the connections; a second time does nothing."""
        for lane in (self._lane, *self._read_lanes):
            await lane.close()

    def close_at_once(self) -> None:
        """Close the connections where no reactor runs."""
        for lane in (self._lane, *self._read_lanes):
            lane.close_at_once()


class PostgresqlSession:
    """A connection, made when it is first needed; see :class:`~netsuite.storage.lane.Session`.

    What is lost before its commit is done once more on a new connection, if there is one to be had.

    :param url: the database.
    :param busy_timeout: how long to wait for another process that is writing, in seconds.
    :param writes: whether it writes: then what it does is one transaction, and one process writes
        at a time. Otherwise statements may only read.
    """

    def __init__(self, url: str, busy_timeout: float, *, writes: bool) -> None:
        # What the URL says goes before our defaults.
        self._conninfo = make_conninfo(**{**_DEFAULTS, **conninfo_to_dict(url)})
        self._busy_timeout = busy_timeout
        self._writes = writes
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect, again if need be.

        :raises ConnectionLost: when the database cannot be reached.
        """
        self.close()
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True)
            # A second descriptor of the same socket, to interrupt what waits for the first.
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            self._connection = connection
            connection.execute(f"SET search_path = {SCHEMA}")
            connection.execute(f"SET lock_timeout = {round(self._busy_timeout * 1000)}")
            # Each statement is to see what was committed while it waited for its turn.
            connection.execute("SET default_transaction_isolation = 'read committed'")
            connection.execute(_DURABLE)
            connection.execute(
                "SELECT set_config('default_transaction_read_only', %s, false)",
                ["off" if self._writes else "on"],
            )
            connection.autocommit = not self._writes
        except (psycopg.Error, OSError) as error:
            self.close()
            raise ConnectionLost(_text(error)) from error

    def run(self, statements: Sequence[Statement]) -> list[Rows]:
        """Carry out statements in two round trips: theirs, and the commit."""

        def pipelined(connection: psycopg.Connection[tuple[Any, ...]]) -> list[Rows]:
            with connection.pipeline():
                if self._writes:
                    connection.execute(_TAKE_TURN)
                cursors = []
                # Those that differ in their parameters only are prepared and packed as one.
                for sql, alike in groupby(statements, key=itemgetter(0)):
                    cursor = connection.cursor()
                    cursor.executemany(
                        _native(sql), [each.parameters for each in alike], returning=True
                    )
                    cursors.append(cursor)
            return [_rows(each) for cursor in cursors for each in cursor.results()]

        return self._carry_out(pipelined)

    def transact(self, operation: Operation[T]) -> T:
        """Carry out an operation in a transaction of its own."""

        def alone(connection: psycopg.Connection[tuple[Any, ...]]) -> T:
            connection.execute(_TAKE_TURN)
            return operation(_Transaction(connection))

        return self._carry_out(alone)

    def interrupt(self) -> None:
        """Cut the connection, so that whoever waits for it sees it lost."""
        second = self._socket
        if second is not None:
            with suppress(OSError):  # it is lost already
                second.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _carry_out(self, work: Callable[[psycopg.Connection[tuple[Any, ...]]], T]) -> T:
        """Do some work and commit it."""
        once_more = self._connection is not None
        while True:
            if self._connection is None:
                self.connect()
            connection = self._connection
            assert connection is not None
            try:
                with _translated():
                    result = work(connection)
                    if connection.info.transaction_status is TransactionStatus.INERROR:
                        # It would be rolled back by a commit that reports success.
                        raise StoreError("an earlier statement of the transaction failed")
                break
            except BaseException as error:
                if not connection.broken:
                    with suppress(psycopg.OperationalError):  # whoever is next finds out
                        connection.rollback()
                    raise
                self.close()
                if not once_more:
                    raise ConnectionLost(_text(error)) from error
            once_more = False
        try:
            with _translated():
                connection.commit()
        except StoreError as error:
            if not connection.broken:
                raise
            self.close()
            raise OutcomeUnknown(f"the connection was lost during a commit: {error}") from error
        return result


class _Transaction:
    """A transaction, as operations see it."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def execute(self, sql: str, *parameters: object) -> Rows:
        with _translated():
            return _rows(self._connection.execute(_native(sql), parameters, prepare=True))


#: Wait until no other process writes: groups that lock the same rows in different orders would
#: block each other.
_TAKE_TURN = f"SELECT pg_advisory_xact_lock({_LOCK})"
#: An acknowledged write is on the disk, although the database's default may be otherwise.
_DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'
"""


@lru_cache(maxsize=256)
def _native(sql: str) -> str:
    """Return a statement of ours as psycopg writes it. None of ours holds a literal ``?``."""
    return sql.replace("%", "%%").replace("?", "%s")


def _rows(cursor: psycopg.Cursor[tuple[Any, ...]]) -> Rows:
    return cursor.fetchall() if cursor.description else []


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what went wrong in the database as a :class:`StoreError`."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise ConstraintViolated(_text(error)) from error
    except psycopg.errors.LockNotAvailable as error:
        raise StoreBusy(_text(error)) from error
    except (psycopg.OperationalError, psycopg.InternalError) as error:
        raise StoreUnavailable(_text(error)) from error


def _text(error: BaseException) -> str:
    """Return an error's text in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _migrate(transaction: Transaction, name: str) -> None:
    """Take the steps that the database has not taken."""
    ((encoding,),) = transaction.execute("SHOW server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"the store {name} is encoded in {encoding}; create a database WITH ENCODING 'UTF8'"
        )
    if not transaction.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", SCHEMA):
        transaction.execute(f"CREATE SCHEMA {SCHEMA}")
    transaction.execute("CREATE TABLE IF NOT EXISTS version (steps INTEGER NOT NULL)")
    rows = transaction.execute("SELECT steps FROM version")
    version = rows[0][0] if rows else 0
    if version > len(MIGRATIONS):
        raise StoreError(newer(name))
    for step in MIGRATIONS[version:]:
        for statement in step.postgresql:
            transaction.execute(statement)
    transaction.execute("DELETE FROM version")
    transaction.execute("INSERT INTO version (steps) VALUES (?)", len(MIGRATIONS))
