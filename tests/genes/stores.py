"""Gene repositories for tests: as the service opens them, and such as answer at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.internet.defer import Deferred, execute
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.records import Gene
from netsuite.genes.repository import Genes, Stored
from netsuite.genes.selection import Found, Selection
from netsuite.storage import Rows, Store, open_store
from netsuite.storage.interface import DEADLINE, Operation, Statement
from netsuite.storage.lane import Session
from netsuite.storage.sqlite import SqliteSession, connect
from tests.genes.walk import everything
from tests.storage.contract import Kind, Postgresql, Sqlite

T = TypeVar("T")

#: A mixin has a synchronous test case's assertions, but is none that could be run.
if TYPE_CHECKING:
    Synchronous = SynchronousTestCase
else:
    Synchronous = object


class Repositories(Kind):
    """Test cases that open repositories as the service does: with threads."""

    def genes(self, *, samples: bool = False) -> Genes:
        """Return a repository, newly opened; it is closed after the test."""
        genes = Genes(self.url, samples=samples)
        genes.open()
        self.addCleanup(lambda: Deferred.fromCoroutine(genes.close()))
        return genes


class InstantStore:
    """A real database without a thread: everything has been done when it was asked for.

    :param database: which database it is.
    :param session: the connection.
    """

    def __init__(self, database: str, session: Session) -> None:
        self.database = database
        self._session = session

    def read(self, sql: str, *parameters: object) -> Rows | Deferred[Rows]:
        return self.execute(sql, *parameters)

    def search(self, sql: str, *parameters: object) -> Deferred[Rows]:
        return execute(self.execute, sql, *parameters)

    write = search

    def transact(self, operation: Operation[T], deadline: float = DEADLINE) -> Deferred[T]:
        return execute(self.transact_now, operation)

    def transact_now(self, operation: Operation[T]) -> T:
        return self._session.transact(operation)

    def execute(self, sql: str, *parameters: object) -> Rows:
        """Carry out a statement."""
        return self._session.run([Statement(sql, parameters)])[0]

    async def close(self) -> None:
        self.close_at_once()

    def close_at_once(self) -> None:
        self._session.close()


class GenesOn(Genes):
    """A repository on a store that is open already.

    :param given: the store.
    """

    def __init__(self, given: Store) -> None:
        super().__init__(samples=False)
        self._given = given
        given.transact_now(self.prepare)

    @property
    def store(self) -> Store:
        return self._given


class Instant(Kind, Synchronous):
    """Synchronous test cases with a repository on a real database that answers at once."""

    def setUp(self) -> None:
        super().setUp()
        open_store(self.url).close_at_once()  # it makes the tables
        self.instant = InstantStore(*self.session())
        self.addCleanup(self.instant.close_at_once)
        self.repository = GenesOn(self.instant)

    def session(self) -> tuple[str, Session]:
        """Return the name of the database, and a connection to it."""
        raise NotImplementedError

    def done(self, work: Any) -> Any:
        """Return what comes of a coroutine that has nothing to wait for."""
        return self.successResultOf(Deferred.fromCoroutine(work))

    def fill(self, genes: Iterable[Gene]) -> None:
        """Have these genes and no others, added in this order."""
        self.done(self.repository.remove_all())
        self.done(self.repository.import_genes([*genes]))

    def page(self, selection: Selection, limit: int = 1000) -> list[Found]:
        """Return the first records of a list."""
        page = self.done(self.repository.page(selection, limit))
        records: list[Found] = page.records
        return records

    def pages(
        self, selection: Selection, limit: int, between: Callable[[], object] = lambda: None
    ) -> list[Found]:
        """Return a list, page after page.

        :param between: is done after each page.
        """
        records: list[Found] = []
        cursor = None
        while True:
            page = self.done(self.repository.page(selection, limit, cursor))
            self.assertLessEqual(len(page.records), limit)
            self.assertLess(len(records), 500, "it has no end")
            records += page.records
            between()
            cursor = page.next
            if cursor is None:
                return records
            self.assertEqual(len(page.records), limit)

    def all(self) -> list[Gene]:
        """Return all genes, in the order in which they were added."""
        return everything(self.instant.execute)


class InstantSqlite(Instant, Sqlite):
    """One file."""

    def session(self) -> tuple[str, Session]:
        return "sqlite", SqliteSession(connect(Path(self.path)), 5.0, writes=True)


class InstantPostgresql(Instant, Postgresql):
    """A database of its own on a real server."""

    def session(self) -> tuple[str, Session]:
        from netsuite.storage.postgresql import PostgresqlSession

        session = PostgresqlSession(self.url, 5.0, writes=True)
        session.connect()
        return "postgresql", session


async def add_all(genes: Genes, those: Iterable[Gene]) -> list[Stored]:
    """Add genes one after the other, none of which is there yet."""
    stored = []
    for gene in those:
        added = await genes.add(gene)
        assert added is not None, gene.id
        stored.append(added)
    return stored
