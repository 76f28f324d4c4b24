"""A PostgreSQL that goes away, comes back, hangs, or is not what one would wish for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import implementer

from netsuite.storage import (
    OutcomeUnknown,
    Store,
    StoreError,
    StoreUnavailable,
    Transaction,
    open_store,
    settled,
)
from tests.storage.contract import ADD, Postgresql, outcomes
from tests.storage.postgres import frozen
from tests.storage.second import COUNT_UP

PATIENCE = 60.0

#: Ends the connection that carries it out, the first time.
END_ONCE = "SELECT CASE WHEN nextval('once') = 1 THEN pg_terminate_backend(pg_backend_pid()) END"


class Hurried:
    """The reactor, in a hurry: what is to happen later happens a lot sooner."""

    def callLater(self, seconds: float, *call: Any) -> Any:
        return IReactorTime(reactor).callLater(seconds / 30, *call)

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)


@implementer(ILogObserver)
class Listener:
    """Keeps what our services log."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        if event["log_namespace"] == "netsuite":
            self.lines.append(str(formatEvent(event)))


class Case(Postgresql, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.listener = Listener()
        globalLogPublisher.addObserver(self.listener)
        self.addCleanup(globalLogPublisher.removeObserver, self.listener)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        waiting_until = time.monotonic() + PATIENCE
        while not is_so():
            self.assertLess(time.monotonic(), waiting_until, "it never came to that")
            await deferLater(IReactorTime(reactor), 0.01)

    async def until_it_works(self, store: Store, name: str) -> None:
        """Write until that succeeds, and then read until that succeeds, on each connection."""
        waiting_until = time.monotonic() + PATIENCE
        while True:
            asking = [store.write(ADD, name, ""), *(self.reading(store) for _ in range(4))]
            results = await outcomes(asking)
            if not any(isinstance(each, StoreUnavailable) for each in results):
                break
            self.assertLess(time.monotonic(), waiting_until, "it never came back")
            name += "'"
            await deferLater(IReactorTime(reactor), 0.01)

    def reading(self, store: Store) -> Deferred[Any]:
        async def read() -> Any:
            return await settled(store.read("SELECT count(*) FROM secrets"))

        return Deferred.fromCoroutine(read())


class ConnectionTests(Case):
    """A connection is lost, and there is another one to be had."""

    async def test_while_nothing_is_done(self) -> None:
        store = self.open()
        await store.write(ADD, "a", "")
        self.assertEqual(self.server.terminate(self.url), 3)
        await store.write(ADD, "b", "")
        self.assertEqual(self.server.terminate(self.url), 1)
        self.assertEqual(await self.reading(store), [(2,)])
        await store.transact(lambda transaction: transaction.execute(ADD, "c", ""))
        store.transact_now(lambda transaction: transaction.execute(ADD, "d", ""))
        self.assertEqual(self.services(), ["a", "b", "c", "d"])
        self.assertEqual(self.listener.lines, [], "nobody need know")

    async def test_in_the_middle_of_a_group(self) -> None:
        """It is done once more, and so exactly once."""
        store = self.open()
        self.witness("CREATE SEQUENCE once")
        results = await gatherResults(
            [
                store.write(COUNT_UP),
                store.write(ADD, "a", ""),
                store.write(END_ONCE),
                store.write(COUNT_UP),
                store.write(ADD, "b", ""),
            ]
        )
        self.assertEqual(results, [[(0,)], [], [(None,)], [(1,)], []])
        self.assertEqual(self.services(), ["a", "b", "shared"])
        self.assertEqual(self.commits(), 1)

    async def test_in_the_middle_of_an_operation(self) -> None:
        store = self.open()
        self.witness("CREATE SEQUENCE once")
        calls: list[int] = []

        def operation(transaction: Transaction) -> str:
            calls.append(len(calls))
            transaction.execute(ADD, f"a{len(calls)}", "")
            transaction.execute(END_ONCE)
            transaction.execute(ADD, f"b{len(calls)}", "")
            return "done"

        self.assertEqual(await store.transact(operation), "done")
        self.assertEqual(calls, [0, 1])
        self.assertEqual(self.services(), ["a2", "b2"])

    async def test_in_the_middle_of_a_query(self) -> None:
        store = self.open()
        reading = Deferred.fromCoroutine(self.read(store, "SELECT 1, pg_sleep(0.3)::text"))
        await self.until(lambda: "pg_sleep" in str(self.server.backends(self.url)))
        self.assertEqual(self.server.terminate(self.url), 3)
        self.assertEqual(await reading, [(1, "")])

    async def test_in_the_middle_of_a_commit(self) -> None:
        """It may be done, or not, and is not done again."""
        store = self.open()
        self.witness("CREATE SEQUENCE once")
        self.witness(f"""
            CREATE FUNCTION end_once() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM * FROM ({END_ONCE}) AS it; RETURN NULL; END $$
        """)
        self.witness("""
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON secrets
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_once()
        """)
        results = await outcomes([store.write(ADD, "a", ""), store.write(ADD, "b", "")])
        self.assertEqual([type(each) for each in results], [OutcomeUnknown] * 2)
        self.assertIn("lost during a commit", str(results[0]))
        self.assertEqual(self.services(), [])  # this time
        await store.write(ADD, "c", "")
        self.assertEqual(self.services(), ["c"])


class ServerTests(Case):
    """The server goes away."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.server.start)

    async def lose(self, end: Callable[[], None]) -> None:
        store = self.open()
        acknowledged: set[str] = set()
        failed: list[str] = []

        async def write(client: int) -> None:
            for number in range(100_000):
                name = f"{client} {number}"
                try:
                    await store.write(ADD, name, "")
                except (StoreUnavailable, OutcomeUnknown) as error:
                    failed.append(str(error))
                    return
                acknowledged.add(name)

        writing = [Deferred.fromCoroutine(write(client)) for client in range(8)]
        await self.until(lambda: len(acknowledged) > 100)
        end()
        await gatherResults(writing)
        # Each connection finds out.
        await outcomes([store.write(ADD, "x", ""), *(self.reading(store) for _ in range(4))])
        # All that comes now fails at once, and says why.
        for waiting in (
            *(store.write(ADD, str(number), "") for number in range(100)),
            store.transact(lambda transaction: transaction.execute(ADD, "b", "")),
            *(self.reading(store) for _ in range(4)),
        ):
            error = self.failureResultOf(waiting, StoreUnavailable).value
            # The second is said by a server that is just ending.
            self.assertRegex(str(error), "Is the server running|server closed the connection")
        for _ in range(3):  # what fails meanwhile is not told
            await deferLater(IReactorTime(reactor), 0.1)
            await outcomes([store.write(ADD, "c", ""), self.reading(store)])
        told = [line for line in self.listener.lines if "trying again every" in line]
        self.assertEqual(len(told), 1, self.listener.lines)
        self.server.start()
        await self.until_it_works(store, "afterwards")
        rows = {*self.services()}
        self.assertEqual(acknowledged - rows, set(), "nothing that was acknowledged is lost")
        # What was under way during the commit may be there; of each client it is one at most.
        others = {name for name in rows - acknowledged if not name.startswith("afterwards")}
        self.assertLessEqual(len(others), 8)
        # The log says so when all connections are there again.
        await self.until(lambda: "reached again" in self.listener.lines[-1])
        self.assertLessEqual(len(self.listener.lines), 3)

    async def test_it_is_stopped(self) -> None:
        await self.lose(self.server.stop)

    async def test_it_is_killed(self) -> None:
        await self.lose(self.server.kill)

    async def test_closing_meanwhile(self) -> None:
        store = self.new()
        self.server.kill()
        await outcomes([store.write(ADD, "a", ""), *(self.reading(store) for _ in range(3))])
        await store.close()
        await self.assertFailure(store.write(ADD, "b", ""), StoreError)

    def test_starting_meanwhile(self) -> None:
        self.server.kill()
        with self.assertRaisesRegex(StoreError, "cannot be used: .*Is the server running.*--store"):
            self.open()


class HangingTests(Case):
    """Something does not answer, and does not say that it will not."""

    async def test_a_connection(self) -> None:
        store = self.open(reactor=Hurried())
        await store.write(ADD, "a", "")
        ((pid,),) = await store.write("SELECT pg_backend_pid()")
        with frozen(pid):
            await gatherResults([store.write(COUNT_UP), store.write(ADD, "b", "")])
        self.assertEqual(self.services(), ["a", "b", "shared"])
        self.assertEqual(await store.write(COUNT_UP), [(1,)])

    async def test_the_server(self) -> None:
        """Nobody waits for long, and nothing is done behind anybody's back."""
        store, other = (
            self.open(url=f"{self.url}&connect_timeout=2", reactor=Hurried()) for _ in range(2)
        )
        await store.write(ADD, "a", "")
        with self.server.frozen():
            # One that is closed meanwhile takes no longer.
            lost = other.write(ADD, "b", "")
            closing = Deferred.fromCoroutine(other.close())
            results = await outcomes(
                [store.write(ADD, "b", ""), *(self.reading(store) for _ in range(4))]
            )
            for error in results:
                self.assertIsInstance(error, StoreUnavailable)
                self.assertIn("timeout", str(error))
            self.failureResultOf(store.write(ADD, "c", ""), StoreUnavailable)
            self.failureResultOf(self.reading(store), StoreUnavailable)
            await closing
            self.failureResultOf(lost, StoreUnavailable)
        await self.until_it_works(store, "d")
        self.assertEqual(self.services(), ["a", *(s for s in self.services() if s[0] == "d")])


class SettingsTests(Case):
    """What a database, or its URL, says."""

    async def setting(self, store: Store, name: str) -> str:
        """Return a setting, as those who write have it."""
        ((value,),) = await store.write("SELECT current_setting(?)", name)
        return str(value)

    async def test_commits_that_are_not_durable(self) -> None:
        self.url = self.create(synchronous_commit="off")
        store = self.open()
        self.assertEqual(await self.setting(store, "synchronous_commit"), "on")
        self.server.terminate(self.url)
        self.assertEqual(await self.setting(store, "synchronous_commit"), "on")
        # Others are stricter than that, or somebody has thought about them.
        self.url = self.create(synchronous_commit="remote_apply")
        self.assertEqual(await self.setting(self.open(), "synchronous_commit"), "remote_apply")

    async def test_isolation(self) -> None:
        """Whatever it is by default, those who write in turn see what was written before."""
        self.url = self.create(default_transaction_isolation="serializable")
        stores = [self.open(), self.open()]
        await stores[0].write(COUNT_UP)

        async def count_up(number: int) -> None:
            for _ in range(10):
                await stores[number % 2].write(COUNT_UP)

        await gatherResults([Deferred.fromCoroutine(count_up(number)) for number in range(10)])
        self.assertEqual(self.witness("SELECT found FROM secrets"), [(100,)])

    async def test_a_database_that_is_read_only_by_default(self) -> None:
        self.url = self.create(default_transaction_read_only="on")
        store = self.open()
        await store.write(ADD, "a", "")
        self.assertEqual(self.services(), ["a"])

    def test_an_encoding_that_lacks_most_characters(self) -> None:
        self.url = self.create("ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        with self.assertRaisesRegex(StoreError, "encoded in LATIN1; create .* ENCODING 'UTF8'"):
            self.open()
        namespaces = self.witness("SELECT 1 FROM pg_namespace WHERE nspname = 'netsuite'")
        self.assertEqual(namespaces, [], "nothing was made in it")

    async def test_what_the_url_says_comes_first(self) -> None:
        url = f"{self.url}&application_name=mine&options=-c%20statement_timeout%3D12345"
        store = self.open(url=url)
        self.assertEqual(await self.setting(store, "application_name"), "mine")
        self.assertEqual(await self.setting(store, "statement_timeout"), "12345ms")
        self.assertEqual(await self.setting(self.open(), "application_name"), "netsuite")

    async def test_tables_of_others(self) -> None:
        self.witness("CREATE TABLE public.secrets (mine INTEGER)")
        store = self.open()
        await store.write(ADD, "a", "")
        self.assertEqual(self.witness("SELECT * FROM public.secrets"), [])

    async def test_who_may_do_nothing_else(self) -> None:
        """The schema can be made beforehand, and then no other rights are needed."""
        self.witness("CREATE ROLE somebody LOGIN")
        self.addCleanup(self.server.execute, "DROP ROLE somebody")
        url = self.url.replace("postgres@", "somebody@")
        with self.assertRaisesRegex(StoreError, "permission denied for database"):
            self.open(url=url)
        self.witness("CREATE SCHEMA netsuite AUTHORIZATION somebody")
        store = self.open(url=url)
        await store.write(ADD, "a", "")
        await store.close()
        self.witness("DROP SCHEMA netsuite CASCADE")


class RefusalTests(Postgresql, SynchronousTestCase):
    """A store that cannot be opened is one clear error."""

    def test_a_database_that_is_not_there(self) -> None:
        for url, reason in (
            (self.url.replace("/test", "/no-test"), 'database "no-test.*" does not exist'),
            (self.url.replace("postgres@", "nobody@"), 'role "nobody" does not exist'),
            ("postgresql:///base?host=/no-such-folder", "Is the server running"),
            ("postgresql://user:w0rd@127.0.0.1:1/base", "Connection refused"),
            ("postgresql://host/base?no_such_option=1&password=w0rd", "no_such_option"),
        ):
            with self.assertRaisesRegex(StoreError, "^the store postgres.* cannot be used: ") as it:
                open_store(url)
            message = str(it.exception)
            self.assertRegex(message, reason)
            self.assertTrue(message.endswith("; mend that, or name another with --store"), message)
            self.assertNotIn("w0rd", message)
            self.assertNotIn("\n", message)

    def test_the_driver_is_missing(self) -> None:
        without = {"psycopg": None, "netsuite.storage.postgresql": None}
        with mock.patch.dict(sys.modules, without):
            del sys.modules["netsuite.storage.postgresql"]
            with self.assertRaisesRegex(StoreError, r"pip install 'netsuite\[postgres\]'") as it:
                open_store("postgresql://user:w0rd@host/base")
        self.assertIn("postgresql://user:***@host/base needs psycopg", str(it.exception))
