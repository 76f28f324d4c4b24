"""Stores for the registry's tests: one that answers at once, others that do as they are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, execute

from netsuite.cars.registry import Registry
from netsuite.storage import Rows, Store
from netsuite.storage.interface import DEADLINE, Operation, T
from netsuite.storage.schema import MIGRATIONS


class FakeStore:
    """A store all of whose methods a test has to say something about."""

    database = "sqlite"

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        raise NotImplementedError

    def search(self, sql: str, *parameters: object) -> Deferred[Rows]:
        raise NotImplementedError

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        raise NotImplementedError

    def transact(self, operation: Operation[T], deadline: float = DEADLINE) -> Deferred[T]:
        raise NotImplementedError

    def transact_now(self, operation: Operation[T]) -> T:
        raise NotImplementedError

    async def close(self) -> None:
        """Do nothing."""

    def close_at_once(self) -> None:
        """Do nothing."""


class InstantStore(FakeStore):
    """A real database in memory, without a thread: everything is done when it is asked for.

    :param late: whether reads are answered with Deferreds, as PostgreSQL's are.
    """

    def __init__(self, *, late: bool = False) -> None:
        self._late = late
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        for step in MIGRATIONS:
            for statement in step.sqlite:
                self.execute(statement)

    def execute(self, sql: str, *parameters: Any) -> Rows:
        """Carry out a statement."""
        return self._connection.execute(sql, parameters).fetchall()

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        return self.write(sql, *parameters) if self._late else self.execute(sql, *parameters)

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        return execute(self.execute, sql, *parameters)

    def transact_now(self, operation: Operation[T]) -> T:
        self.execute("BEGIN")
        result = operation(self)
        self.execute("COMMIT")
        return result

    def close_at_once(self) -> None:
        self._connection.close()


class FailingStore(FakeStore):
    """A store that can do nothing.

    :param new_error: makes the error that everything fails with.
    :param late: whether reads fail with Deferreds; else they raise.
    """

    def __init__(self, new_error: Callable[[], Exception], *, late: bool) -> None:
        self._new_error = new_error
        self._late = late

    def _fail(self) -> Rows:
        raise self._new_error()

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        return execute(self._fail) if self._late else self._fail()

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        return execute(self._fail)


class LaterStore(FakeStore):
    """A store whose answers the test gives, when it likes."""

    def __init__(self) -> None:
        #: The statements that were asked for, and what fires when they are done.
        self.asked: list[tuple[str, tuple[object, ...], Deferred[Rows]]] = []
        self.cancelled = 0

    def read(self, sql: str, *parameters: object) -> Deferred[Rows]:
        return self.write(sql, *parameters)

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        def cancel(_waiting: Deferred[Rows]) -> None:
            self.cancelled += 1

        waiting: Deferred[Rows] = Deferred(cancel)
        self.asked.append((sql.split()[0], parameters, waiting))
        return waiting

    def answer(self, index: int, *rows: tuple[object, ...]) -> None:
        """Say what came of a statement."""
        self.asked[index][2].callback(list(rows))


class RegistryOn(Registry):
    """A registry on a store that is open already.

    :param given: the store.
    """

    def __init__(self, given: Store) -> None:
        super().__init__()
        self._given = given

    @property
    def store(self) -> Store:
        return self._given
