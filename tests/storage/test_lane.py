"""One connection and its thread: groups, deadlines, and a database that comes and goes."""

from __future__ import annotations

import math
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from netsuite.storage import (
    ConstraintViolated,
    OutcomeUnknown,
    Rows,
    StoreError,
    StoreUnavailable,
    Transaction,
)
from netsuite.storage.interface import DEADLINE, Operation, Statement, StoreBusy, T
from netsuite.storage.lane import RETRY, Complaints, ConnectionLost, Lane

PATIENCE = 30.0


class Reactor(Clock):
    """A reactor whose time passes when the test says so, and which a thread may call."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: queue.SimpleQueue[tuple[Callable[..., object], Any]] = queue.SimpleQueue()

    def callFromThread(self, function: Callable[..., object], *arguments: object) -> None:
        self._calls.put((function, arguments))

    def wait(self) -> None:
        """Wait until the thread has something to say, and do it."""
        function, arguments = self._calls.get(timeout=PATIENCE)
        function(*arguments)


class Session:
    """A connection to nothing.

    A statement that names an error in :attr:`errors` raises it; ``hang`` waits to be interrupted.
    """

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.errors: dict[str, Exception] = {}
        self.lost: Exception | None = None
        self.closed = 0
        self.interrupts = 0
        self._interrupted = threading.Semaphore(0)

    def connect(self) -> None:
        self.done.append(["connect"])
        if isinstance(self.lost, TimeoutError):
            self.hang()
        if self.lost is not None:
            raise ConnectionLost(str(self.lost))

    def run(self, statements: Sequence[Statement]) -> list[Rows]:
        self.done.append([sql for sql, _ in statements])
        for sql, _ in statements:
            if sql == "hang":
                self.hang()
            if sql in self.errors:
                raise self.errors[sql]
        if self.lost is not None:
            raise ConnectionLost(str(self.lost))
        return [[(sql, *parameters)] for sql, parameters in statements]

    def transact(self, operation: Operation[T]) -> T:
        class Nothing:
            def execute(self, sql: str, *parameters: object) -> Rows:
                raise NotImplementedError

        self.done.append(["transact"])
        return operation(Nothing())

    def interrupt(self) -> None:
        self.interrupts += 1
        self._interrupted.release()

    def close(self) -> None:
        self.closed += 1

    def hang(self) -> None:
        """Wait to be interrupted."""
        assert self._interrupted.acquire(timeout=PATIENCE)


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.session = Session()
        self.complaints = Complaints("the store")
        self.lane = self.new()
        self.events: list[LogEvent] = []
        observer = cast(ILogObserver, self.events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)

    def new(self, **options: Any) -> Lane:
        lane = Lane(self.session, self.complaints, reactor=self.reactor, **options)
        self.addCleanup(lane.close_at_once)
        return lane

    def submit(self, *statements: str) -> list[Deferred[Rows]]:
        return [self.lane.run(Statement(sql, ())) for sql in statements]

    def work(self, times: int = 1) -> None:
        """Let the thread finish some pieces of work."""
        self.reactor.advance(0)
        for _ in range(times):
            self.reactor.wait()

    def failures(self, *waiting: Deferred[Any]) -> list[tuple[type[BaseException], str]]:
        """Return how each has failed."""
        failed = [self.failureResultOf(each).value for each in waiting]
        return [(type(each), str(each)) for each in failed]

    @property
    def log(self) -> list[str]:
        return [
            str(formatEvent(event)) for event in self.events if event["log_namespace"] == "netsuite"
        ]


class GroupTests(Case):
    def test_what_arrives_together_is_done_together(self) -> None:
        waiting = self.submit("a", "b")
        self.assertEqual(self.session.done, [], "not before the turn is over")
        waiting += self.submit("c")
        self.work()
        self.assertEqual(self.session.done, [["a", "b", "c"]])
        self.assertEqual([self.successResultOf(each) for each in waiting], [[(s,)] for s in "abc"])
        self.assertEqual(self.lane.load, 0)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_what_arrives_meanwhile_is_done_next(self) -> None:
        first = self.submit("a")
        self.reactor.advance(0)
        rest = self.submit("b", "c")
        self.assertEqual(self.lane.load, 3)
        self.reactor.wait()
        self.successResultOf(first[0])
        self.assertNoResult(rest[0])
        self.reactor.wait()
        self.assertEqual(self.session.done, [["a"], ["b", "c"]])

    def test_who_asks_again_on_being_answered_is_in_the_next_group(self) -> None:
        more: list[Deferred[Rows]] = []
        for each in self.submit("a", "b"):
            each.addCallback(lambda _rows: more.extend(self.submit("again")))
        self.work(2)
        self.assertEqual(self.session.done, [["a", "b"], ["again", "again"]])
        self.assertEqual([self.successResultOf(each) for each in more], [[("again",)]] * 2)

    def test_groups_are_bounded(self) -> None:
        self.lane = self.new(max_group=2)
        self.submit(*"abcde")
        self.work(3)
        self.assertEqual(self.session.done, [["a", "b"], ["c", "d"], ["e"]])

    def test_an_operation_is_alone(self) -> None:
        waiting: list[Deferred[Any]] = [*self.submit("a", "b")]
        waiting.append(self.lane.transact(lambda _transaction: "done"))
        waiting += self.submit("c", "d")
        self.work(3)
        self.assertEqual(self.session.done, [["a", "b"], ["transact"], ["c", "d"]])
        self.assertEqual(self.successResultOf(waiting[2]), "done")

    def test_who_fails_fails_alone(self) -> None:
        self.session.errors["bad"] = ConstraintViolated("it is there")
        good, bad, last = self.submit("a", "bad", "b")
        self.work()
        self.assertEqual(self.session.done, [["a", "bad", "b"], ["a"], ["bad"], ["b"]])
        self.assertEqual(self.failures(bad), [(ConstraintViolated, "it is there")])
        self.assertEqual(self.successResultOf(good), [("a",)])
        self.assertEqual(self.successResultOf(last), [("b",)])

    def test_what_is_our_fault_fails_alone(self) -> None:
        self.session.errors["bad"] = ZeroDivisionError()
        good, bad = self.submit("a", "bad")
        self.work()
        self.successResultOf(good)
        self.failureResultOf(bad, ZeroDivisionError)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_not_each_waits_in_vain(self) -> None:
        """Those behind whom the database was busy are not tried one by one."""
        self.session.errors["b"] = StoreBusy("it is locked")
        waiting = self.submit("a", "b", "c")
        self.work()
        self.assertEqual(self.session.done, [["a", "b", "c"]])
        self.assertEqual(self.failures(*waiting), [(StoreBusy, "it is locked")] * 3)
        self.submit("d")
        self.work()
        self.assertEqual(self.session.done[1:], [["d"]])

    def test_a_loss_among_those_that_are_tried_one_by_one(self) -> None:
        self.session.errors["bad"] = ConstraintViolated("it is there")
        self.session.errors["b"] = ConnectionLost("no route to host")
        good, bad, *lost = self.submit("a", "bad", "b", "c", "d")
        self.work()
        self.assertEqual(self.session.done[1:], [["a"], ["bad"], ["b"]])
        self.successResultOf(good)
        self.failureResultOf(bad, ConstraintViolated)
        self.assertEqual(self.failures(*lost), [(ConnectionLost, "no route to host")] * 3)
        self.assertEqual(self.lane.load, math.inf)

    def test_an_unknown_outcome_is_not_tried_again(self) -> None:
        self.session.errors["b"] = OutcomeUnknown("lost during the commit")
        waiting = self.submit("a", "b")
        self.work()
        self.assertEqual(self.session.done, [["a", "b"]])
        self.assertEqual(self.failures(*waiting), [(OutcomeUnknown, "lost during the commit")] * 2)
        (again,) = self.submit("c")
        self.work()
        self.assertEqual(self.successResultOf(again), [("c",)])

    def test_who_leaves_does_no_harm(self) -> None:
        self.session.errors["bad"] = StoreUnavailable("full")
        under_way, bad = self.submit("a", "bad")
        self.reactor.advance(0)
        waiting, other = self.submit("b", "c")
        for each in (under_way, bad, waiting):
            each.cancel()
            each.addErrback(lambda _failure: None)
        self.work(2)
        self.assertEqual(self.successResultOf(other), [("c",)])


class DeadlineTests(Case):
    def test_what_hangs_is_interrupted(self) -> None:
        self.session.errors["hang"] = StoreUnavailable("interrupted")
        (hanging,) = self.submit("hang")
        self.reactor.advance(0)
        self.reactor.advance(DEADLINE - 0.1)
        self.assertEqual(self.session.interrupts, 0)
        self.reactor.advance(0.1)
        self.assertEqual(self.session.interrupts, 1)
        self.reactor.wait()
        self.assertEqual(self.failures(hanging), [(StoreUnavailable, "interrupted")])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_and_whatever_hangs_next(self) -> None:
        """A group that hangs, and each of its statements when it is tried by itself."""
        self.session.errors["hang"] = StoreUnavailable("interrupted")
        waiting = self.submit("hang", "hang", "a")
        self.reactor.advance(0)
        for _ in range(3):
            self.reactor.advance(DEADLINE)
        self.reactor.wait()
        self.assertEqual(self.session.interrupts, 3)
        self.assertEqual(self.failures(*waiting[:2]), [(StoreUnavailable, "interrupted")] * 2)
        self.assertEqual(self.successResultOf(waiting[2]), [("a",)])

    def test_what_does_not_hang_is_left_alone(self) -> None:
        for _ in range(10):
            self.submit("a")
            self.work()
            self.reactor.advance(DEADLINE - 0.1)
        self.assertEqual(self.session.interrupts, 0)

    def test_an_operation_may_take_its_own_time(self) -> None:
        """Those before and behind it have the usual one."""

        def hang(_transaction: Transaction) -> str:
            self.session.hang()
            raise StoreUnavailable("interrupted")

        for deadline in (DEADLINE * 20, DEADLINE / 20):
            self.session.interrupts = 0
            self.submit("a")
            waiting = self.lane.transact(hang, deadline)
            (behind,) = self.submit("hang")
            self.work()
            self.reactor.advance(deadline * 0.9)
            self.assertEqual(self.session.interrupts, 0)
            self.reactor.advance(deadline * 0.2)
            self.assertEqual(self.session.interrupts, 1)
            self.session.errors["hang"] = StoreUnavailable("interrupted")
            self.reactor.wait()
            self.assertEqual(self.failures(waiting), [(StoreUnavailable, "interrupted")])
            self.reactor.advance(DEADLINE * 0.9)
            self.assertEqual(self.session.interrupts, 1)
            self.reactor.advance(DEADLINE * 0.2)
            self.reactor.wait()
            self.assertEqual(self.session.interrupts, 2)
            self.assertEqual(self.failures(behind), [(StoreUnavailable, "interrupted")])
            self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_a_connection_that_hangs(self) -> None:
        self.session.lost = TimeoutError("nobody answers")
        waiting = self.submit("a")
        self.work()
        self.failureResultOf(waiting[0])
        self.reactor.advance(RETRY)
        self.reactor.advance(DEADLINE)
        self.assertEqual(self.session.interrupts, 1)
        self.reactor.wait()
        self.assertEqual(len(self.reactor.getDelayedCalls()), 1)  # it is tried again


class LossTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.lane = self.new(max_group=2)

    def lose(self) -> None:
        self.session.lost = OSError("no route to host")
        self.submit("lost")[0].addErrback(lambda _failure: None)
        self.work()
        self.session.done.clear()

    def test_everything_fails_at_once(self) -> None:
        self.session.lost = OSError("no route to host")
        waiting = self.submit("a", "b", "c", "d", "e")
        waiting.append(self.lane.transact(lambda _transaction: []))
        self.work()
        waiting += self.submit("f", "g")
        waiting.append(self.lane.transact(lambda _transaction: []))
        self.assertEqual(self.failures(*waiting), [(ConnectionLost, "no route to host")] * 9)
        self.assertEqual(self.session.done, [["a", "b"]])
        self.assertEqual(self.lane.load, math.inf)  # others are to be preferred

    def test_who_asks_again_on_being_told_fails_at_once(self) -> None:
        self.session.lost = OSError("no route to host")
        again: list[object] = []
        (waiting,) = self.submit("a")
        waiting.addErrback(lambda _failure: self.failures(*self.submit("again")))
        waiting.addCallback(again.append)
        self.work()
        self.assertEqual(again, [[(ConnectionLost, "no route to host")]])

    def test_it_is_tried_again_until_it_works(self) -> None:
        self.lose()
        for number in range(1, 6):
            self.reactor.advance(RETRY - 0.1)
            self.assertEqual(len(self.session.done), number - 1)
            self.reactor.advance(0.1)
            # While it is tried, nobody waits for it.
            self.failures(*self.submit("a"))
            self.reactor.wait()
        self.session.lost = None
        self.failures(*self.submit("a"))
        self.reactor.advance(RETRY)
        self.reactor.wait()
        self.assertEqual(self.session.done, [["connect"]] * 6)
        (back,) = self.submit("b")
        self.work()
        self.assertEqual(self.successResultOf(back), [("b",)])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_it_can_be_lost_again(self) -> None:
        for _ in range(3):
            self.lose()
            self.session.lost = None
            self.reactor.advance(RETRY)
            self.reactor.wait()
            (back,) = self.submit("b")
            self.work()
            self.assertEqual(self.successResultOf(back), [("b",)])
        self.assertEqual(len(self.log), 6)

    def test_the_log_says_it_once(self) -> None:
        self.lose()
        for _ in range(10):
            self.failures(*self.submit("a", "b"))
            self.reactor.advance(RETRY)
            self.reactor.wait()
        self.assertEqual(self.log, ["the store: no route to host; trying again every 0.5 s"])
        self.session.lost = None
        self.reactor.advance(RETRY)
        self.reactor.wait()
        self.assertEqual(self.log[1:], ["the store: reached again"])

    def test_the_log_says_it_once_for_all_connections(self) -> None:
        self.session.lost = OSError("no route to host")
        lanes = [self.new() for _ in range(3)]
        for lane in lanes:
            self.failures(self.asked(lane))
        self.assertEqual(len(self.log), 1)
        self.session.lost = None
        self.reactor.advance(RETRY)
        for _ in lanes:
            self.assertEqual(len(self.log), 1)
            self.reactor.wait()
        self.assertEqual(self.log[1:], ["the store: reached again"])

    def asked(self, lane: Lane) -> Deferred[Rows]:
        waiting = lane.run(Statement("a", ()))
        self.work()
        return waiting

    def test_a_long_loss_takes_no_memory(self) -> None:
        """What is raised for each client is its own, or its traceback would grow with each."""
        self.lose()

        async def ask() -> int:
            try:
                await self.lane.run(Statement("a", ()))
            except StoreError as error:
                return len(list(traceback.walk_tb(error.__traceback__)))
            return 0

        lengths = {self.successResultOf(Deferred.fromCoroutine(ask())) for _ in range(20)}
        self.assertEqual(len(lengths), 1)

    def test_closing_while_it_is_lost(self) -> None:
        self.lose()
        self.successResultOf(Deferred.fromCoroutine(self.lane.close()))
        self.assertEqual(self.session.closed, 1)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_closing_while_it_is_tried(self) -> None:
        for works in (True, False):
            self.lane, closed = self.new(), self.session.closed
            self.lose()
            self.reactor.advance(RETRY)
            closing = Deferred.fromCoroutine(self.lane.close())
            self.assertNoResult(closing)
            if works:
                self.session.lost = None
            self.reactor.wait()
            self.successResultOf(closing)
            self.assertEqual(self.session.closed, closed + 1)
            self.assertEqual(self.reactor.getDelayedCalls(), [])


class ClosingTests(Case):
    def test_what_was_asked_for_is_finished(self) -> None:
        self.lane = self.new(max_group=2)
        waiting: list[Deferred[Any]] = [*self.submit("a", "b", "c")]
        waiting.append(self.lane.transact(lambda _transaction: "done"))
        closing = [Deferred.fromCoroutine(self.lane.close()) for _ in range(2)]
        self.assertEqual(
            self.failures(*self.submit("d")), [(StoreUnavailable, "the store is closed")]
        )
        self.work(2)
        self.assertEqual(self.session.closed, 0)
        for each in closing:
            self.assertNoResult(each)
        self.reactor.wait()
        for each in (*waiting, *closing):
            self.successResultOf(each)
        self.assertEqual(self.session.closed, 1)
        self.lane.close_at_once()
        self.assertEqual(self.session.closed, 1)

    def test_a_lane_that_was_never_used(self) -> None:
        threads = threading.active_count()
        self.successResultOf(Deferred.fromCoroutine(self.lane.close()))
        self.assertEqual(self.session.closed, 1)
        self.assertEqual(threading.active_count(), threads)


class LogTests(Case):
    def fail_with(self, error: Exception) -> None:
        self.session.errors["bad"] = error
        self.submit("bad")[0].addErrback(lambda _failure: None)
        self.work()

    def test_no_more_than_a_line_a_second(self) -> None:
        for number in range(40):
            self.fail_with(StoreUnavailable(f"full {number}"))
            self.reactor.advance(0.1)
        self.assertEqual(len(self.log), 4)
        self.assertEqual(self.log[0], "the store: full 0")

    def test_a_group_is_a_line(self) -> None:
        self.session.errors["bad"] = StoreUnavailable("{full} %s")
        for each in self.submit(*["bad"] * 20):
            each.addErrback(lambda _failure: None)
        self.work()
        self.assertEqual(self.log, ["the store: {full} %s"])

    def test_what_is_an_answer_is_not_logged(self) -> None:
        self.fail_with(ConstraintViolated("it is there"))
        self.assertEqual(self.log, [])

    def test_an_operation_that_fails(self) -> None:
        def operation(_transaction: Transaction) -> None:
            raise ZeroDivisionError

        self.lane.transact(operation).addErrback(lambda _failure: None)
        self.work()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
