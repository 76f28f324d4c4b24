"""Imports: all or nothing, again and again, and whatever happens on the way."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.trial.unittest import TestCase

from netsuite.genes.records import Gene
from netsuite.genes.repository import IMPORT_DEADLINE, PAGE, SAMPLES, Counts, Genes
from netsuite.storage import OutcomeUnknown, StoreUnavailable, settled
from tests.genes.stores import GenesOn, Repositories
from tests.genes.walk import contradictions, everything
from tests.storage.contract import Postgresql, Sqlite, outcomes

#: More than fit into one statement, and one page.
MANY = [
    Gene(f"g{n}", f"S{n}", f"name {n}", previous_symbols=(f"P{n}", f"p{n}"), alias_symbols=("all",))
    for n in range(PAGE + 117)
]
_MANY = len(MANY)


class Hurried:
    """The reactor, in a hurry: what is to happen later happens a lot sooner."""

    def callLater(self, seconds: float, *call: Any) -> Any:
        return IReactorTime(reactor).callLater(seconds / IMPORT_DEADLINE / 4, *call)

    def __getattr__(self, name: str) -> Any:
        return getattr(reactor, name)


class Twice(Iterable[Gene]):
    """Genes, and something that happens in their middle, the first time.

    :param happens: is called in the thread that imports them.
    """

    def __init__(self, happens: Callable[[], object], at: int = _MANY // 2) -> None:
        self._happens = happens
        self._at = at
        self.times = 0

    def __iter__(self) -> Iterator[Gene]:
        self.times += 1
        first = self.times == 1
        for number, gene in enumerate(MANY):
            if first and number == self._at:
                self._happens()
            yield gene


class Importing(Repositories):
    def look(self) -> list[Gene]:
        """Return what another process sees, and check that it all fits."""
        database = self.url.partition(":")[0]
        self.assertEqual(contradictions(self.witness, database), [])
        return everything(self.witness)


class Imports(Importing):
    async def test_counts(self) -> None:
        genes = self.genes(samples=True)
        self.assertEqual(
            await genes.import_genes(MANY, source="HGNC", version="1"),
            Counts(_MANY, added=_MANY, updated=0, unchanged=0, removed=0),
        )
        self.assertEqual(self.look(), [*SAMPLES, *MANY])
        meta = await genes.meta()
        assert meta.imported is not None
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta.imported))
        self.assertEqual((meta.genes, meta.source, meta.version), (_MANY + 2, "HGNC", "1"))
        changed = [
            MANY[0]._replace(name="x"),
            MANY[1]._replace(alias_symbols=()),
            MANY[2]._replace(location="x"),
            MANY[3],
            Gene("new", "NEW", "x"),
        ]
        self.assertEqual(
            await genes.import_genes(changed, version="2"),
            Counts(5, added=1, updated=3, unchanged=1, removed=0),
        )
        self.assertEqual(self.look(), [*SAMPLES, *changed[:4], *MANY[4:], changed[4]])
        meta = await genes.meta()
        self.assertEqual((meta.source, meta.version), (None, "2"))
        self.assertEqual(await genes.import_genes([]), Counts(0, 0, 0, 0, 0))

    async def test_again(self) -> None:
        """Nothing is changed, and who has a record in hand may go on with it."""
        genes = self.genes()
        await genes.import_genes(MANY, source="HGNC", version="1")
        before = await genes.meta()
        stored = await settled(genes.get("g7"))
        for replace in (False, True):
            self.assertEqual(
                await genes.import_genes(MANY, source="HGNC", version="1", replace=replace),
                Counts(_MANY, added=0, updated=0, unchanged=_MANY, removed=0),
            )
            self.assertEqual(await settled(genes.get("g7")), stored)
            after = await genes.meta()
            self.assertEqual(attrs.evolve(after, imported=before.imported), before)
        changed = MANY[8]._replace(name="x")
        counts = await genes.import_genes([*MANY[:8], changed, *MANY[9:]])
        self.assertEqual(counts, Counts(_MANY, 0, 1, _MANY - 1, 0))
        self.assertEqual(await settled(genes.get("g7")), stored)
        eighth = await settled(genes.get("g8"))
        assert eighth is not None
        self.assertGreater(eighth.revision, before.revision)

    async def test_replace(self) -> None:
        genes = self.genes(samples=True)
        await genes.import_genes(MANY)
        revision = await settled(genes.revision())
        kept = [*MANY[1::2], Gene("1", "A1BG", "x"), Gene("new", "x", "x")]
        self.assertEqual(
            await genes.import_genes(kept, replace=True),
            Counts(len(kept), 1, 1, len(kept) - 2, removed=len(MANY[::2]) + 1),
        )
        # Those that stay stay where they are.
        self.assertEqual(self.look(), [kept[-2], *kept[:-2], kept[-1]])
        self.assertGreater(await settled(genes.revision()), revision)
        self.assertEqual((await genes.resolve(["P0"]))[0].match_type, None)
        counts = await genes.import_genes([], replace=True)
        self.assertEqual(counts.removed, len(kept))
        self.assertEqual(self.look(), [])

    async def test_what_raises_leaves_all_as_it_was(self) -> None:
        genes = self.genes(samples=True)
        await genes.import_genes(MANY[:150], source="HGNC", version="1")
        before, meta = self.look(), await genes.meta()

        def fail() -> None:
            raise ZeroDivisionError

        for at in (0, 99, 100, 101, _MANY - 1):
            for replace in (False, True):
                waiting = genes.import_genes(Twice(fail, at), source="x", replace=replace)
                await self.assertFailure(Deferred.fromCoroutine(waiting), ZeroDivisionError)
                self.assertEqual(self.look(), before)
                self.assertEqual(await genes.meta(), meta)
        self.flushLoggedErrors(ZeroDivisionError)
        counts = await genes.import_genes(MANY, replace=True)
        self.assertEqual((counts.unchanged, counts.removed), (150, 2))

    async def test_nobody_sees_a_part_of_it(self) -> None:
        genes, other = self.genes(samples=True), self.genes()
        seen: set[int] = set()
        reached, go_on = threading.Event(), threading.Event()

        def pause() -> None:
            reached.set()
            go_on.wait(60)

        importing = Deferred.fromCoroutine(genes.import_genes(Twice(pause), replace=True))
        while not reached.is_set():
            seen.add((await other.meta()).genes)
        for each in (genes, other):
            seen.add((await each.meta()).genes)
            self.assertIs(await settled(each.get("g0")), None)
            self.assertIs((await each.resolve(["all"]))[0].kind, None)
            self.assertEqual(await settled(each.revision()), 2)
        # Those who write wait for it.
        adding = Deferred.fromCoroutine(genes.add(Gene("new", "x", "x")))
        self.assertFalse(importing.called or adding.called)
        go_on.set()
        await importing
        await adding
        self.assertEqual(seen, {2})
        for each in (genes, other):
            self.assertEqual((await each.meta()).genes, _MANY + 1)

    async def test_two_at_once(self) -> None:
        """One after the other."""
        stores = [self.genes(), self.genes()]
        files = [[gene._replace(name=name) for gene in MANY[:300]] for name in "ab"]
        counts = await gatherResults(
            [
                Deferred.fromCoroutine(genes.import_genes(file, replace=True))
                for genes, file in zip(stores, files, strict=True)
            ]
        )
        self.assertEqual(sorted(each.added for each in counts), [0, 300])
        self.assertEqual(sorted(each.updated for each in counts), [0, 300])
        self.assertIn(self.look(), files)

    async def test_its_deadline(self) -> None:
        """One that does not end is cut off, and leaves nothing behind."""
        store = self.new(reactor=Hurried())
        self.addCleanup(lambda: Deferred.fromCoroutine(store.close()))
        genes = GenesOn(store)
        await genes.import_genes(MANY[:5], source="HGNC")
        ended = threading.Event()
        self.addCleanup(ended.set)

        def endless() -> Iterator[Gene]:
            number = 0
            while not ended.is_set():
                number += 1
                yield Gene(f"n{number}", "x", "x")

        class Endless(Iterable[Gene]):
            def __iter__(self) -> Iterator[Gene]:
                return endless()

        began = time.monotonic()
        (error,) = await outcomes([Deferred.fromCoroutine(genes.import_genes(Endless()))])
        self.assertIsInstance(error, StoreUnavailable)
        self.assertGreater(time.monotonic() - began, 0.2)
        self.assertEqual(self.look(), MANY[:5])


class SqliteImportTests(Sqlite, Imports, TestCase):
    pass


class PostgresqlImportTests(Postgresql, Imports, TestCase):
    pass


class LossTests(Postgresql, Importing, TestCase):
    """The connection to the database is lost during an import."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.server.start)
        self.repository: Genes = self.genes(samples=True)

    async def test_and_there_is_another(self) -> None:
        """Then it begins again."""
        for at in (0, 100, _MANY - 1):
            genes = Twice(lambda: self.server.terminate(self.url), at)
            counts = await self.repository.import_genes(genes, replace=True)
            self.assertEqual(genes.times, 2)
            self.assertEqual((counts.rows, counts.added), (_MANY, _MANY))
            self.assertEqual(self.look(), MANY)
            await self.repository.remove_all()

    async def test_at_some_moment(self) -> None:
        """It is done, or not; whoever is told that it was done finds it done."""
        for number in range(6):
            await self.repository.import_genes(SAMPLES, source=f"before {number}", replace=True)
            waiting = Deferred.fromCoroutine(
                self.repository.import_genes(MANY, source=f"{number}", replace=True)
            )
            await self.wait(0.02 * number)
            self.server.terminate(self.url)
            (outcome,) = await outcomes([waiting])
            there = self.look()
            ((source,),) = self.witness("SELECT source FROM gene_state")
            if isinstance(outcome, Counts):
                self.assertEqual(there, MANY)
            else:
                self.assertIsInstance(outcome, OutcomeUnknown)
                self.assertIn(there, [[*SAMPLES], MANY])
            self.assertEqual(source, str(number) if there == MANY else f"before {number}")

    async def test_and_there_is_no_other(self) -> None:
        genes = Twice(self.server.kill)
        waiting = Deferred.fromCoroutine(self.repository.import_genes(genes, replace=True))
        await self.assertFailure(waiting, StoreUnavailable)
        self.server.start()
        self.assertEqual(self.look(), [*SAMPLES])
        until = time.monotonic() + 60
        while isinstance(await self.again(), Exception):
            self.assertLess(time.monotonic(), until, "it never came back")
            await self.wait(0.05)
        self.assertEqual(self.look(), MANY)

    async def again(self) -> object:
        (outcome,) = await outcomes(
            [Deferred.fromCoroutine(self.repository.import_genes(MANY, replace=True))]
        )
        return outcome

    async def wait(self, seconds: float) -> None:
        waiting: Deferred[None] = Deferred()
        IReactorTime(reactor).callLater(seconds, waiting.callback, None)
        await waiting
