"""One connection to a database and the thread that waits for it, in place of the reactor.

All statements that arrive while the thread is at work are its next piece of work: they share one
transaction and one commit, and so one wait for the disk (group commit; see DeWitt et al.,
"Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from netsuite.storage.interface import (
    DEADLINE,
    ConstraintViolated,
    Operation,
    OutcomeUnknown,
    Rows,
    Statement,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    T,
)

_log = Logger(namespace="netsuite")

#: The most statements that share a commit: a bound to how long the first one waits for the rest.
MAX_GROUP = 256
#: How long to wait before a lost connection is tried again, in seconds.
RETRY = 0.5


class ConnectionLost(StoreUnavailable):
    """The database cannot be reached, and will be tried again. Nothing was done."""


class Session(Protocol):
    """A connection to a database. All but :meth:`interrupt` block, and are called by one thread."""

    def connect(self) -> None:
        """Connect again.

        :raises ConnectionLost: when the database cannot be reached.
        """

    def run(self, statements: Sequence[Statement]) -> list[Rows]:
        """Carry out statements and make their effects durable: all of them, or none.

        :returns: the rows of each.
        :raises StoreError: what is wrong with one of them, or with the store.
        """

    def transact(self, operation: Operation[T]) -> T:
        """Carry out an operation in a transaction of its own."""

    def interrupt(self) -> None:
        """Make what is under way fail soon. It may be called from any thread."""

    def close(self) -> None:
        """Close the connection."""


class _Job:
    """A statement or an operation, and who waits for it."""

    __slots__ = ("deadline", "done", "work")

    def __init__(self, work: Statement | Operation[Any], deadline: float = DEADLINE) -> None:
        self.work = work
        self.deadline = deadline
        self.done: Deferred[Any] = Deferred()


class Complaints:
    """Says in the log what a store could not do, but no more than a line a second.

    The connections of a store share them: what is wrong with one is mostly wrong with all.

    :param store: what the log calls the store.
    """

    def __init__(self, store: str) -> None:
        self.store = store
        self._last = -math.inf
        self._lost: set[Lane] = set()

    def failed(self, failure: Failure, now: float) -> None:
        """Tell why something was not done.

        :param now: what time it is, in seconds.
        """
        error = failure.value
        if isinstance(error, ConstraintViolated | ConnectionLost):
            return  # the first is an answer, and the second is told below
        if self._last > now - 1:
            return
        self._last = now
        if isinstance(error, StoreError):
            _log.error("{store}: {error}", store=self.store, error=str(error))
        else:
            _log.failure("{store}: an operation failed", failure, store=self.store)

    def lost(self, lane: Lane, error: ConnectionLost) -> None:
        """Tell that the database is out of reach, when the first connection to it is lost."""
        if not self._lost:
            _log.error(
                "{store}: {error}; trying again every {retry} s",
                store=self.store,
                error=str(error),
                retry=RETRY,
            )
        self._lost.add(lane)

    def found(self, lane: Lane) -> None:
        """Tell that it is within reach again, when the last connection is there."""
        self._lost.remove(lane)
        if not self._lost:
            _log.info("{store}: reached again", store=self.store)


class Lane:
    """Carries out statements and operations one after the other, in groups.

    While the database is out of reach everything fails at once, and the connection is tried again
    in the background.

    :param session: the connection.
    :param complaints: say what goes wrong.
    :param max_group: the most statements in a group.
    """

    def __init__(
        self,
        session: Session,
        complaints: Complaints,
        *,
        max_group: int = MAX_GROUP,
        reactor: Any = None,
    ) -> None:
        if reactor is None:
            from twisted.internet import reactor
        self._reactor = reactor
        self._session = session
        self._complaints = complaints
        self._max_group = max_group
        self._waiting: deque[_Job] = deque()
        self._busy = False
        self._lost: ConnectionLost | None = None
        self._retry: IDelayedCall | None = None
        self._watchdog: IDelayedCall | None = None
        self._closing: Deferred[None] | None = None
        # The thread starts with the first job, so that a process that fails to start ends.
        self._thread = ThreadPool(minthreads=0, maxthreads=1, name=complaints.store)
        self._thread.start()

    @property
    def load(self) -> float:
        """How many jobs wait, besides those under way; infinite when they could not be done."""
        return len(self._waiting) + self._busy if self._lost is None else math.inf

    def run(self, statement: Statement) -> Deferred[Rows]:
        """Carry out a statement, in one transaction with those that arrive meanwhile.

        :returns: a Deferred of its rows; it fails, alone, with a
            :class:`~netsuite.storage.interface.StoreError`.
        """
        return self._submit(_Job(statement))

    def transact(self, operation: Operation[T], deadline: float = DEADLINE) -> Deferred[T]:
        """Carry out an operation in a transaction of its own.

        :param deadline: how long it may take before it is cut off, in seconds.
        """
        return self._submit(_Job(operation, deadline))

    async def close(self) -> None:
        """Finish all jobs, then close the connection; a second time does nothing."""
        if self._closing is None:
            self._closing = Deferred()
            if self._retry is not None:
                self._retry.cancel()
                self._retry = None
            if not self._busy:
                self._closing.callback(None)
        await self._closing
        self.close_at_once()

    def close_at_once(self) -> None:
        """Close the connection, once the job that is under way is done."""
        if not self._thread.joined:
            self._thread.stop()
            self._session.close()

    def _submit(self, job: _Job) -> Deferred[Any]:
        if self._closing is not None:
            return fail(StoreUnavailable("the store is closed"))
        if self._lost is not None:
            # Not the same one again: each time that it is raised it would grow by a traceback.
            return fail(ConnectionLost(*self._lost.args))
        self._waiting.append(job)
        if not self._busy:
            self._busy = True
            # Not at once: what else arrives in this turn of the reactor comes along.
            self._reactor.callLater(0, self._next)
        return job.done

    def _next(self) -> None:
        """Hand the next group to the thread."""
        waiting = self._waiting
        if not waiting:
            self._rest()
            return
        group = [waiting.popleft()]
        if isinstance(group[0].work, Statement):
            while (
                waiting and len(group) < self._max_group and isinstance(waiting[0].work, Statement)
            ):
                group.append(waiting.popleft())
        work, then = partial(self._carry_out, group), partial(self._done, group)
        self._in_thread(work, then, group[0].deadline)

    def _rest(self) -> None:
        self._busy = False
        if self._closing is not None and not self._closing.called:
            self._closing.callback(None)

    def _done(self, group: list[_Job], outcomes: list[Any]) -> None:
        again = bool(self._waiting)
        error = _lost(outcomes)
        if error is not None:
            self._lost = error  # and so it is for whoever asks again on being told
        elif again:
            self._next()  # before anything else: the disk shall not wait for the clients
        for job, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Failure):
                self._complaints.failed(outcome, self._reactor.seconds())
            job.done.callback(outcome)
        if error is not None:
            self._lose(error)
        elif not again:
            self._next()

    # In the thread

    def _in_thread(
        self, work: Callable[[], T], then: Callable[[T], None], deadline: float = DEADLINE
    ) -> None:
        def finish(result: T) -> None:
            assert self._watchdog is not None
            self._watchdog.cancel()
            then(result)

        def report(_success: bool, result: T) -> None:
            self._reactor.callFromThread(finish, result)

        self._watch(deadline)
        self._thread.callInThreadWithCallback(report, work)

    def _carry_out(self, group: list[_Job]) -> list[Any]:
        """Return what comes of each job: a result, or a Failure."""
        work = group[0].work
        try:
            if not isinstance(work, Statement):
                return [self._session.transact(work)]
            return self._session.run([cast("Statement", job.work) for job in group])
        except (ConnectionLost, OutcomeUnknown, StoreBusy):
            return [Failure()] * len(group)  # one by one they would only wait as long again
        except Exception:
            if len(group) == 1:
                return [Failure()]
        # One of them spoilt it for all. Each gets another chance, by itself.
        outcomes: list[Any] = []
        for job in group:
            outcomes += self._carry_out([job])
            if _lost(outcomes):
                # Nor can the rest be done.
                return outcomes + outcomes[-1:] * (len(group) - len(outcomes))
        return outcomes

    # What goes wrong

    def _watch(self, deadline: float) -> None:
        # Again and again: what is interrupted may be tried once more, and hang once more.
        self._watchdog = self._reactor.callLater(deadline, self._interrupt, deadline)

    def _interrupt(self, deadline: float) -> None:
        self._watch(deadline)
        self._session.interrupt()

    def _lose(self, error: ConnectionLost) -> None:
        """Fail what waits, and whatever comes until the database can be reached again."""
        self._complaints.lost(self, error)
        self._lost = error
        waiting = list(self._waiting)
        self._waiting.clear()
        self._rest()
        if self._closing is None:
            self._retry = self._reactor.callLater(RETRY, self._try_again)
        for job in waiting:
            job.done.errback(ConnectionLost(*error.args))

    def _try_again(self) -> None:
        def connect() -> ConnectionLost | None:
            try:
                self._session.connect()
            except ConnectionLost as error:
                return error
            return None

        def then(error: ConnectionLost | None) -> None:
            if error is not None:
                self._lose(error)
                return
            self._lost = None
            self._complaints.found(self)
            self._next()

        self._retry = None
        self._busy = True
        self._in_thread(connect, then)


class LaneStore:
    """The half of a store that writes, which is the same for all databases.

    :param session: the connection that writes.
    :param lane: carries out what is written.
    """

    def __init__(self, session: Session, lane: Lane) -> None:
        self._session = session
        self._lane = lane

    def write(self, sql: str, *parameters: object) -> Deferred[Rows]:
        """Carry out one statement that writes, in one commit with those that arrive with it."""
        return self._lane.run(Statement(sql, parameters))

    def transact(self, operation: Operation[T], deadline: float = DEADLINE) -> Deferred[T]:
        """Carry out several statements in a transaction of their own, in another thread."""
        return self._lane.transact(operation, deadline)

    def transact_now(self, operation: Operation[T]) -> T:
        """Do the same and wait for it."""
        return self._session.transact(operation)


def _lost(outcomes: Sequence[Any]) -> ConnectionLost | None:
    """Return why a group could not reach the database, if it could not."""
    last = outcomes[-1]
    lost = isinstance(last, Failure) and isinstance(last.value, ConnectionLost)
    return cast("ConnectionLost", last.value) if lost else None
