"""What a store can do, whichever database it is, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from twisted.internet.defer import Deferred

T = TypeVar("T")
U = TypeVar("U")

#: How long a piece of work may take before it is cut off, in seconds.
DEADLINE = 15.0

#: What a statement found, or what its ``RETURNING`` clause says of the rows that it changed.
Rows = list[tuple[Any, ...]]


class StoreError(Exception):
    """The store did not do it; the message says why, and where it can be said, what to do."""


class StoreUnavailable(StoreError):  # noqa: N818 - it names a state of affairs
    """Not now: the disk is full or fails, the database is busy or out of reach.

    Nothing was done, and the same may succeed later.
    """


class StoreBusy(StoreUnavailable):
    """Another process kept the database to itself for too long."""


class OutcomeUnknown(StoreError):  # noqa: N818 - as above
    """The connection, or the disk, failed during the commit: it may have been done, or not."""


class ConstraintViolated(StoreError):  # noqa: N818 - as above
    """A rule of the schema forbids it, such as that of a unique key. Nothing was done."""


class Statement(NamedTuple):
    """One statement of SQL, with a ``?`` for each parameter, whichever the database."""

    sql: str
    parameters: tuple[object, ...]


class Transaction(Protocol):
    """A transaction that is under way, for work that takes more than one statement."""

    def execute(self, sql: str, *parameters: object) -> Rows:
        """Carry out a statement. After one that fails nothing more can be done here.

        :param sql: with a ``?`` for each parameter.
        :returns: its rows; none where it returns none.
        :raises StoreError: when it cannot be done; the operation is not to catch it.
        """


#: Work in a transaction of its own. It may be called again when the connection was lost before the
#: commit, and so has no effects but those on the store.
Operation = Callable[[Transaction], T]


class Store(Protocol):
    """Where state lives that survives a restart and that several processes may share.

    The reactor never waits for a disk or a network here. A Deferred that fires with a result means
    that what was written is on the disk; one that fails with a :class:`StoreError` means that it is
    not, except for :class:`OutcomeUnknown`.
    """

    #: Whose SQL it understands where they differ: ``"sqlite"`` or ``"postgresql"``.
    database: str

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        """Return what a query finds, with every write in it that has been acknowledged.

        It is for some records, not for all: the answer is held in memory, and the embedded store
        gives it at once.

        :returns: the rows, or a Deferred of them where they take a while.
        :raises StoreError: when that cannot be done; a Deferred fails with the same.
        """

    def search(self, sql: str, *parameters: object) -> Deferred[Rows]:
        """Do the same with a query that takes a while, since it looks at many records.

        :returns: a Deferred of the rows, which another thread waits for.
        """

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        """Carry out one statement that writes. Those that arrive together share a commit.

        :returns: a Deferred of the rows of its ``RETURNING`` clause.
        """

    def transact(self, operation: Operation[T], deadline: float = DEADLINE) -> Deferred[T]:
        """Carry out several statements in a transaction of their own, in another thread.

        :param operation: is called with the transaction; what it raises rolls it back.
        :param deadline: how long it may take before it is cut off, in seconds.
        :returns: a Deferred of its result.
        """

    def transact_now(self, operation: Operation[T]) -> T:
        """Do the same and wait for it: before the first client, when nobody is kept waiting."""

    async def close(self) -> None:
        """Finish what was asked for, and close the store; a second time does nothing."""

    def close_at_once(self) -> None:
        """Close the store where no reactor runs, and so nothing can be under way."""


def after(value: T | Deferred[T], function: Callable[[T], U]) -> U | Deferred[U]:
    """Return what a function makes of a value that is there, or will be.

    Of a value that is there it is made at once, and no Deferred is spent on it.
    """
    return value.addCallback(function) if isinstance(value, Deferred) else function(value)


async def settled(value: T | Deferred[T]) -> T:
    """Return a value that is there, or wait for one that will be."""
    return await value if isinstance(value, Deferred) else value
