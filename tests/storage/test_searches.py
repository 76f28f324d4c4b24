"""Searches: queries that take a while, and that nobody else waits for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from netsuite.storage import StoreError, StoreUnavailable
from netsuite.storage.interface import DEADLINE
from netsuite.storage.sqlite import Connection, connect
from tests.storage.contract import ADD, Kind, Postgresql, Sqlite, outcomes

COUNT = "SELECT count(*) FROM secrets"


class Hurried:
    """The reactor, in a hurry: what is to happen later happens a lot sooner."""

    def callLater(self, seconds: float, *call: Any) -> Any:
        return IReactorTime(reactor).callLater(seconds / 30, *call)

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)


class Searches(Kind):
    #: A query that takes longer than anybody waits.
    endless: str

    async def test_what_is_found(self) -> None:
        store = self.open()
        self.assertEqual(await store.search(COUNT), [(0,)])
        await store.write(ADD, "a", "1")
        rows = await store.search("SELECT secret, found FROM secrets WHERE service = ?", "a")
        self.assertEqual(rows, [("1", 0)])
        waiting = store.search(COUNT)
        self.assertIsInstance(waiting, Deferred)
        self.assertFalse(waiting.called)
        self.assertEqual(await waiting, [(1,)])

    async def test_what_is_acknowledged_is_found(self) -> None:
        """By the same process and by another, at once; and nothing is seen in halves."""
        stores = [self.open(), self.open()]

        async def one(number: int) -> None:
            await stores[number % 2].write(ADD + ", (?, '')", str(number), "", f"{number}'")
            for store in stores:
                found = await store.search("SELECT 1 FROM secrets WHERE service = ?", str(number))
                self.assertEqual(found, [(1,)])
                ((count,),) = await store.search(COUNT)
                self.assertEqual(count % 2, 0)

        await gatherResults([Deferred.fromCoroutine(one(number)) for number in range(50)])

    async def test_one_that_fails_fails_alone(self) -> None:
        store = self.open()
        results = await outcomes(
            [
                store.search(COUNT),
                store.search("SELECT * FROM nothing_of_the_kind"),
                store.search(ADD, "a", "1"),
                store.search("SELECT ?", "x"),
            ]
        )
        self.assertEqual([results[0], results[3]], [[(0,)], [("x",)]])
        for each in results[1:3]:
            self.assertIsInstance(each, Exception)
        self.assertEqual(self.services(), [], "who searches changes nothing")
        await store.write(ADD, "a", "1")
        self.assertEqual(await store.search(COUNT), [(1,)])
        self.flushLoggedErrors()

    async def test_nobody_waits_for_it_and_it_is_cut_off(self) -> None:
        store = self.open(reactor=Hurried())
        searching = store.search(self.endless)
        # Reads and writes of others are done meanwhile, again and again.
        for number in range(5):
            await store.write(ADD, str(number), "")
            await store.transact(lambda transaction: transaction.execute(COUNT))
            self.assertEqual(await self.read(store, COUNT), [(number + 1,)])
        self.assertFalse(searching.called)
        await self.assertFailure(searching, StoreUnavailable)
        await self.until_it_works(store)

    async def until_it_works(self, store: Any) -> None:
        """Search until that succeeds: a connection that was cut has to be made again."""
        until = IReactorTime(reactor).seconds() + 60
        while True:
            (outcome,) = await outcomes([store.search(COUNT)])
            if not isinstance(outcome, StoreError):
                break
            self.assertLess(IReactorTime(reactor).seconds(), until, "it never came back")
            await deferLater(IReactorTime(reactor), 0.01)
        self.assertEqual(outcome, [(5,)])

    async def test_who_leaves_does_no_harm(self) -> None:
        store = self.open()
        searching = [store.search(COUNT) for _ in range(10)]
        for each in searching[::2]:
            each.addErrback(lambda _failure: None)
            each.cancel()
        self.assertEqual(await gatherResults(searching[1::2]), [[(0,)]] * 5)

    async def test_closing_while_one_is_under_way(self) -> None:
        """It is waited for, but no longer than until its deadline."""
        store = self.new(reactor=Hurried())
        searching = store.search(self.endless)
        await deferLater(IReactorTime(reactor), DEADLINE / 30 / 5)
        closing = Deferred.fromCoroutine(store.close())
        self.assertFalse(closing.called)
        (error,) = await outcomes([searching])
        self.assertIsInstance(error, StoreUnavailable)
        await closing


class Watched:
    """A connection that notes which threads use it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.threads: dict[str, set[threading.Thread]] = {}

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        self.threads.setdefault(sql, set()).add(threading.current_thread())
        return self._connection.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class SqliteSearchTests(Sqlite, Searches, TestCase):
    endless = """
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
        SELECT max(n) FROM numbers
    """

    async def test_it_is_in_another_thread(self) -> None:
        connections: list[Watched] = []

        def watched(path: Path) -> Any:
            connections.append(Watched(connect(path)))
            return connections[-1]

        store = self.open(connect=watched)
        writing, searching, reading = connections
        await store.write(ADD, "a", "")
        await store.search(COUNT)
        await self.read(store, COUNT)
        (thread,) = searching.threads[COUNT]
        self.assertIsNot(thread, threading.current_thread())
        self.assertNotIn(thread, writing.threads[ADD], "writes need not wait for it")
        self.assertEqual(reading.threads[COUNT], {threading.current_thread()})
        self.assertNotIn(ADD, {*searching.threads, *reading.threads})

    async def test_one_that_sees_the_store_as_it_was(self) -> None:
        """A search keeps nobody from writing, and what is written keeps nobody from searching."""
        store = self.open()
        with self.somebody_writing():
            self.assertEqual(await store.search(COUNT), [(0,)])

    async def test_reads_do_not_wait_for_the_thread(self) -> None:
        store = self.open(reactor=Hurried())
        searching = store.search(self.endless)
        await store.write(ADD, "a", "")
        self.assertEqual(store.read(COUNT), [(1,)])
        await self.assertFailure(searching, StoreUnavailable)


class PostgresqlSearchTests(Postgresql, Searches, TestCase):
    # It ends some time: the server learns only then that nobody waits for it.
    endless = "SELECT pg_sleep(3)"
