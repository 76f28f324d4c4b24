"""What every store does, whichever database it is."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from netsuite.storage import (
    ConstraintViolated,
    StoreError,
    StoreUnavailable,
    Transaction,
    check,
    open_store,
    settled,
)
from netsuite.storage.lane import MAX_GROUP
from netsuite.storage.schema import MIGRATIONS
from tests.storage.contract import ADD, Kind, Postgresql, Sqlite, outcomes
from tests.storage.second import COUNT_UP, Second

REGISTER = "INSERT INTO cars (license, seats, mileage, owner) VALUES (?, ?, ?, ?)"


async def turn() -> None:
    """Let the reactor do what was asked for before."""
    await deferLater(IReactorTime(reactor), 0)


class Statements(Kind):
    """What is written can be read."""

    async def test_writes_and_reads(self) -> None:
        store = self.open()
        self.assertEqual(await self.read(store, "SELECT * FROM secrets"), [])
        self.assertEqual(await store.write(ADD, "a", "1"), [])
        rows = await store.write("UPDATE secrets SET found = 1 WHERE service = ?", "a")
        self.assertEqual(rows, [])
        for each in (store, self.open()):
            rows = await self.read(each, "SELECT * FROM secrets WHERE service = ?", "a")
            self.assertEqual(rows, [("a", "1", 1)])
        self.assertEqual(self.witness("SELECT * FROM secrets"), [("a", "1", 1)])

    async def test_returning(self) -> None:
        store = self.open()
        rows = await store.write(ADD + ", (?, ?) RETURNING secret, service", "a", "1", "b", "2")
        self.assertEqual(rows, [("1", "a"), ("2", "b")])
        change = "UPDATE secrets SET found = found + 1 WHERE service >= ? RETURNING service, found"
        self.assertEqual(await store.write(change, "b"), [("b", 1)])
        self.assertEqual(await store.write(change, "c"), [])

    async def test_parameters(self) -> None:
        store = self.open()
        cars: list[Sequence[Any]] = [
            ("%s ? %(x)s ?1 :x $1 %", 2, 2**63 - 1, "100 % of O'Brien; DROP TABLE cars; --"),
            ("\U0001f697 naïve ﷽ \u200b\x01\r\n\x7f\ufffe", 4, -(2**63), '"\\x00\\'),
            (" ", 9, 0, "x" * 100_000),
            ("", 9, 2**31, ""),
        ]
        await gatherResults([store.write(REGISTER, *car) for car in cars])
        for car in cars:
            query = "SELECT license, seats, mileage, owner FROM cars WHERE license = ?"
            self.assertEqual(await self.read(store, query, car[0]), [tuple(car)])
        found = await self.read(
            store,
            "SELECT license FROM cars WHERE license LIKE '\\%s%' ESCAPE '\\' AND mileage > ?",
            0,
        )
        self.assertEqual(found, [(cars[0][0],)])
        rows = await store.write(
            "UPDATE cars SET owner = COALESCE(?, 'nobody') WHERE license = ? RETURNING owner",
            None,
            " ",
        )
        self.assertEqual(rows, [("nobody",)])
        await self.assertFailure(store.write(REGISTER, "x", 2, None, "y"), ConstraintViolated)

    async def test_texts_sort_by_their_code_points(self) -> None:
        store = self.open()
        licenses = ["", " ", "A", "B", "Z", "a", "b", "\u00c4", "\u00e4", "\uffff", "\U00010000"]
        await gatherResults([store.write(REGISTER, each, 2, 0, "x") for each in licenses[::-1]])
        rows = await self.read(store, "SELECT license FROM cars ORDER BY license")
        self.assertEqual([license for (license,) in rows], licenses)
        rows = await self.read(store, "SELECT license FROM cars WHERE license >= ?", "a")
        self.assertEqual({license for (license,) in rows}, set(licenses[5:]))

    async def test_transactions(self) -> None:
        store = self.open()

        def operation(transaction: Transaction) -> str:
            self.assertEqual(transaction.execute(ADD, "a", "1"), [])
            rows = transaction.execute("SELECT secret FROM secrets WHERE service = ?", "a")
            transaction.execute(ADD, "b", rows[0][0])
            return "done"

        self.assertEqual(await store.transact(operation), "done")
        self.assertEqual(self.witness("SELECT * FROM secrets"), [("a", "1", 0), ("b", "1", 0)])
        self.assertEqual(
            store.transact_now(
                lambda transaction: transaction.execute(ADD + "RETURNING 1", "c", "")
            ),
            [(1,)],
        )
        self.assertEqual(self.services(), ["a", "b", "c"])

    async def test_what_an_operation_raises_rolls_it_back(self) -> None:
        store = self.open()

        def divide(transaction: Transaction) -> None:
            transaction.execute(ADD, "a", "1")
            raise ZeroDivisionError

        def repeat(transaction: Transaction) -> None:
            transaction.execute(ADD, "a", "1")
            transaction.execute(ADD, "a", "2")

        before = store.write(ADD, "before", "")
        failing = outcomes([store.transact(divide), store.transact(repeat)])
        behind = store.write(ADD, "behind", "")
        self.assertEqual(
            [type(each) for each in await failing], [ZeroDivisionError, ConstraintViolated]
        )
        await gatherResults([before, behind])
        for operation, error in ((divide, ZeroDivisionError), (repeat, ConstraintViolated)):
            self.assertRaises(error, store.transact_now, operation)
        self.assertEqual(self.services(), ["before", "behind"])
        self.flushLoggedErrors(ZeroDivisionError)

    async def test_who_hides_a_failure_is_told_no_success(self) -> None:
        """A transaction in which a statement failed is committed in full, or reported as failed."""
        store = self.open()
        await store.write(ADD, "a", "1")

        def hide(transaction: Transaction) -> None:
            transaction.execute(ADD, "b", "1")
            with contextlib.suppress(StoreError):
                transaction.execute(ADD, "a", "2")

        (outcome,) = await outcomes([store.transact(hide)])
        self.assertEqual(self.services(), ["a"] if isinstance(outcome, StoreError) else ["a", "b"])
        await store.write(ADD, "c", "1")


class Groups(Kind):
    """What arrives together shares a commit, and nothing else."""

    async def test_writes_of_one_turn_share_a_commit(self) -> None:
        store = self.open()
        before = self.commits()
        await gatherResults([store.write(ADD, str(number), "") for number in range(100)])
        self.assertEqual(self.commits() - before, 1)
        self.assertEqual(len(self.services()), 100)

    async def test_writes_during_a_commit_share_the_next(self) -> None:
        store = self.open()
        before = self.commits()
        with self.somebody_writing():
            writing = [store.write(ADD, "first", "")]
            await turn()
            for number in range(10):
                writing += [store.write(ADD, f"{number} {each}", "") for each in range(10)]
                await turn()
            self.assertFalse(any(each.called for each in writing))
            self.assertEqual(self.services(), [])
        await gatherResults(writing)
        self.assertEqual(self.commits() - before, 2)
        self.assertEqual(len(self.services()), 101)

    async def test_the_size_of_groups_is_bounded(self) -> None:
        for options, size in (({"max_group": 10}, 10), ({}, MAX_GROUP)):
            store = self.open(**options)
            before = self.commits()
            await gatherResults(
                [store.write(ADD, f"{size} {number}", "") for number in range(3 * size)]
            )
            self.assertEqual(self.commits() - before, 3)

    async def test_each_is_acknowledged_after_its_commit_and_in_order(self) -> None:
        store = self.open(max_group=5)
        acknowledged: list[int] = []

        def acknowledge(_result: object, number: int) -> None:
            # At this moment others see it.
            self.assertIn(str(number), self.services())
            acknowledged.append(number)

        def operation(transaction: Transaction, number: int) -> None:
            transaction.execute(ADD, str(number), "")

        await gatherResults(
            [
                (
                    store.transact(
                        lambda transaction, number=number: operation(transaction, number)
                    )
                    if number % 7 == 0
                    else store.write(ADD, str(number), "")
                ).addCallback(acknowledge, number)
                for number in range(50)
            ]
        )
        self.assertEqual(acknowledged, list(range(50)))

    async def test_what_is_acknowledged_is_read(self) -> None:
        """By the same process and by another, at once."""
        stores = [self.open(), self.open()]

        async def one(number: int) -> None:
            await stores[number % 2].write(ADD, str(number), "")
            for store in stores:
                query = "SELECT 1 FROM secrets WHERE service = ?"
                self.assertEqual(await self.read(store, query, str(number)), [(1,)])

        await gatherResults([Deferred.fromCoroutine(one(number)) for number in range(100)])

    async def test_a_write_that_fails_fails_alone(self) -> None:
        store = self.open()
        results = await outcomes(
            [
                store.write(ADD, "a", "1"),
                store.write(ADD, "b", None),
                store.write(ADD, "a", "2"),
                store.write(ADD + " RETURNING service", "c", "1"),
            ]
        )
        self.assertEqual(
            [each if isinstance(each, list) else type(each) for each in results],
            [[], ConstraintViolated, ConstraintViolated, [("c",)]],
        )
        rows = self.witness("SELECT service, secret FROM secrets ORDER BY 1")
        self.assertEqual(rows, [("a", "1"), ("c", "1")])

    async def test_a_read_that_fails_fails_alone(self) -> None:
        """And leaves nothing behind, such as a view of the store as it was."""
        store = self.open()
        await gatherResults([store.write(REGISTER, str(each), 2, each, "x") for each in range(3)])

        async def read(sql: str) -> list[tuple[Any, ...]]:
            return await self.read(store, sql)

        # The second row overflows an integer.
        bad = "SELECT ABS(mileage - 9223372036854775807 - 2) FROM cars ORDER BY mileage DESC"
        waiting = [
            Deferred.fromCoroutine(read(sql)) for sql in ("SELECT count(*) FROM cars", bad) * 3
        ]
        results = await outcomes(waiting)
        self.assertEqual(results[::2], [[(3,)]] * 3)
        self.assertTrue(all(isinstance(each, Exception) for each in results[1::2]), results)
        await store.write(REGISTER, "more", 2, 0, "x")
        self.assertEqual(await read("SELECT count(*) FROM cars"), [(4,)])
        self.flushLoggedErrors()

    async def test_a_write_may_not_be_read(self) -> None:
        """What goes the way of reads changes nothing."""
        store = self.open()

        async def read() -> object:
            return await self.read(store, ADD, "a", "1")

        (error,) = await outcomes([Deferred.fromCoroutine(read())])
        self.assertIsInstance(error, Exception)
        self.assertEqual(self.services(), [])
        self.flushLoggedErrors()

    async def test_who_leaves_does_no_harm(self) -> None:
        store = self.open(max_group=10)
        with self.somebody_writing():
            writing = [store.write(ADD, str(number), "") for number in range(30)]
            await turn()
            for number in (0, 5, 9, 10, 15, 29):  # under way, and waiting
                writing[number].cancel()
            results = await outcomes([writing[0], writing[29]])
            self.assertEqual([type(each) for each in results], [CancelledError] * 2)
        results = await outcomes(writing)
        self.assertEqual(sum(each == [] for each in results), 24)
        done = self.services()
        self.assertEqual(
            {str(number) for number in range(30) if results[number] == []} - {*done}, set()
        )
        await store.write(ADD, "another", "")

    async def test_a_long_backlog(self) -> None:
        store = self.open()
        before = self.commits()
        await gatherResults([store.write(ADD, str(number), "") for number in range(10_000)])
        self.assertEqual(self.witness("SELECT count(*) FROM secrets"), [(10_000,)])
        self.assertEqual(self.commits() - before, -(-10_000 // MAX_GROUP))

    async def test_somebody_writes_for_too_long(self) -> None:
        """All fail when one of them could wait no longer: not each after a wait of its own."""
        store = self.open(busy_timeout=0.3)
        with self.somebody_writing():
            began = IReactorTime(reactor).seconds()
            results = await outcomes([store.write(ADD, str(number), "") for number in range(100)])
            took = IReactorTime(reactor).seconds() - began
            self.assertTrue(all(isinstance(each, StoreUnavailable) for each in results), results)
            self.assertGreater(took, 0.25)
            self.assertLess(took, 5)  # one by one it would be 30 s
            self.assertEqual(await self.read(store, "SELECT * FROM secrets"), [])
        self.assertEqual(self.services(), [])
        await store.write(ADD, "afterwards", "")


class Sharing(Kind):
    """Several processes use one store."""

    async def test_two_stores_at_once(self) -> None:
        stores = [self.open(), self.open()]
        await stores[0].write(COUNT_UP)
        told: list[int] = []

        async def count_up(number: int) -> None:
            for _ in range(20):
                ((found,),) = await stores[number % 2].write(COUNT_UP)
                told.append(found)

        await gatherResults([Deferred.fromCoroutine(count_up(number)) for number in range(10)])
        self.assertEqual(sorted(told), list(range(1, 201)), "every one counts, and counts once")

    def test_several_processes_start_at_once_and_write(self) -> None:
        """On a store that is not there yet."""
        processes = [Second(self.url, str(number), 50) for number in range(4)]
        for process in processes:
            process.wait_until_ready()
        for process in processes:
            process.go()
        told = sorted(number for process in processes for number in process.end())
        self.assertEqual(told, list(range(40)), "no update is lost")
        rows = self.witness("SELECT secret, count(*) FROM secrets GROUP BY 1 ORDER BY 1")
        self.assertEqual(rows, [("", 1), *[(str(number), 50) for number in range(4)]])


class Lives(Kind):
    """How a store is made, kept and closed."""

    def test_what_is_there_is_kept(self) -> None:
        self.first_release()
        store = self.open()
        self.assertEqual(self.witness("SELECT * FROM secrets"), [("secret", "42", 1)])
        store.transact_now(lambda transaction: transaction.execute(REGISTER, "x", 2, 0, "y"))
        store.close_at_once()
        store = self.open()
        self.assertEqual(self.witness("SELECT license, owner FROM cars"), [("x", "y")])
        self.assertEqual(self.witness("SELECT * FROM secrets"), [("secret", "42", 1)])

    def test_a_newer_store_is_refused(self) -> None:
        self.open().close_at_once()
        self.set_version(len(MIGRATIONS) + 1)
        self.witness(ADD.replace("?, ?", "'a', '1'"))
        for _ in range(2):
            with self.assertRaisesRegex(
                StoreError, "newer netsuite; update netsuite, or .*--store"
            ):
                open_store(self.url)
        self.assertEqual(self.services(), ["a"])
        self.set_version(len(MIGRATIONS))
        self.open()

    async def test_closing_finishes_what_was_asked_for(self) -> None:
        store = self.new(max_group=10)
        writing = [store.write(ADD, str(number), "") for number in range(50)]
        reading = Deferred.fromCoroutine(self.read(store, "SELECT count(*) FROM secrets"))
        searching = [store.search("SELECT count(*) FROM secrets") for _ in range(20)]
        closing = [Deferred.fromCoroutine(store.close()) for _ in range(2)]
        self.assertFalse(any(each.called for each in closing))
        await gatherResults(closing)
        waiting = (*writing, reading, *searching)
        self.assertTrue(all(each.called for each in waiting))
        await gatherResults([*waiting])
        self.assertEqual(len(self.services()), 50)

    async def test_closed_is_closed(self) -> None:
        store = self.new()
        await store.write(ADD, "a", "")
        for _ in range(2):
            await store.close()
        store.close_at_once()

        async def read() -> None:
            await settled(store.read("SELECT 1"))

        for asking in (
            store.write(ADD, "b", ""),
            store.transact(lambda transaction: transaction.execute(ADD, "b", "")),
            store.search("SELECT 1"),
            Deferred.fromCoroutine(read()),
        ):
            error = await self.assertFailure(asking, StoreError)
            self.assertEqual(str(error), "the store is closed")
        self.assertEqual(self.services(), ["a"])

    def test_check(self) -> None:
        self.open().close_at_once()
        self.assertEqual(check(self.url), self.url)


class SqliteStatementTests(Sqlite, Statements, TestCase):
    pass


class SqliteGroupTests(Sqlite, Groups, TestCase):
    pass


class SqliteSharingTests(Sqlite, Sharing, TestCase):
    pass


class SqliteLifeTests(Sqlite, Lives, TestCase):
    pass


class PostgresqlStatementTests(Postgresql, Statements, TestCase):
    pass


class PostgresqlGroupTests(Postgresql, Groups, TestCase):
    pass


class PostgresqlSharingTests(Postgresql, Sharing, TestCase):
    pass


class PostgresqlLifeTests(Postgresql, Lives, TestCase):
    pass
