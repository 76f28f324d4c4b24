"""The repository: single records, their revisions, and how a store of them begins."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.genes.records import MAX_ID, Gene, gene_from
from netsuite.genes.repository import (
    SAMPLES,
    Changed,
    Genes,
    Meta,
    Stored,
    UnknownGene,
)
from netsuite.serving.service import CannotStart
from netsuite.storage import StoreError, StoreUnavailable, settled
from tests.genes.stores import Repositories, add_all
from tests.storage.contract import Postgresql, Sqlite, outcomes

NEW = Gene("3", "A2MP1", "alpha-2-macroglobulin pseudogene 1")
FULL = gene_from(
    {
        "id": "503538",
        "symbol": "A1BG-AS1",
        "name": 'A1BG "antisense" RNA 1 % ? $1 \\ ß 日本 \U0010ffff',
        "hgnc_id": "HGNC:37133",
        "entrez_id": "503538",
        "ensembl_gene_id": "ENSG00000268895",
        "location": "19q13.43",
        "locus_type": "RNA, long non-coding",
        "previous_symbols": ["NCRNA00181", "A1BGAS", "A1BG-AS"],
        "alias_symbols": ["FLJ23569", "flj23569", 'a "b" \\ ?', "\u00e9", "e\u0301"],
    }
)

#: What cannot be an id, although somebody may ask for it.
NO_IDS = (
    *(
        "",
        " ",
        "0 ",
        "\0",
        "1\0",
        "\ud800",
        "1\n",
        "é",
        "x" * (MAX_ID + 1),
        "x" * 100_000,
        "%",
        "_",
    ),
    *("' OR 1=1 --", "1;", "../1", "-1", ".", "\uff11", "1\u200b"),
)


def later(work: Awaitable[Any]) -> Deferred[Any]:
    """Have some work done."""

    async def wait() -> Any:
        return await work

    return Deferred.fromCoroutine(wait())


class Records(Repositories):
    """Single records."""

    async def test_a_record_comes_back_as_it_was(self) -> None:
        genes = self.genes()
        for gene in (NEW, FULL):
            added = await genes.add(gene)
            assert added is not None
            self.assertEqual(added.gene, gene)
            for each in (genes, self.genes()):
                self.assertEqual(await settled(each.get(gene.id)), added)

    async def test_what_is_not_there(self) -> None:
        genes = self.genes(samples=True)
        before = await genes.meta()
        for gene_id in ("3", "01", "1.0", *NO_IDS):
            self.assertIs(await settled(genes.get(gene_id)), None)
            for revisions in (None, [], [1], range(50)):
                for work in (
                    genes.update(gene_id, {"name": "x"}, revisions),
                    genes.update(gene_id, {}, revisions),
                    genes.remove(gene_id, revisions),
                ):
                    await self.assertFailure(later(work), UnknownGene)
        self.assertEqual(await genes.meta(), before)

    async def test_an_id_is_there_once(self) -> None:
        genes = self.genes(samples=True)
        (stored,) = await add_all(genes, [NEW])
        before = await genes.meta()
        for gene in (NEW, FULL._replace(id=NEW.id)):
            self.assertIs(await genes.add(gene), None)
        self.assertEqual(await settled(genes.get(NEW.id)), stored)
        self.assertEqual(await genes.meta(), before)
        # Ids that differ in case only are two.
        await add_all(genes, [Gene("x", "X", "x"), Gene("X", "X", "x")])

    async def test_of_many_who_add_one_does(self) -> None:
        stores = [self.genes(), self.genes()]
        added = await gatherResults(
            [
                later(stores[number % 2].add(NEW._replace(name=f"name {number}")))
                for number in range(40)
            ]
        )
        (stored,) = (each for each in added if each is not None)
        for genes in stores:
            self.assertEqual(await settled(genes.get(NEW.id)), stored)
            self.assertEqual(await settled(genes.revision()), stored.revision)

    async def test_updates(self) -> None:
        genes = self.genes()
        (first,) = await add_all(genes, [FULL])
        expected, revision = FULL, first.revision
        several: tuple[dict[str, Any], ...] = (
            {"name": "another"},
            {"symbol": "X", "previous_symbols": ("A1BG-AS1",)},
            {"hgnc_id": None, "location": None, "locus_type": "x"},
            {"alias_symbols": ()},
            {"alias_symbols": None},
            {"alias_symbols": ("b", "a", "B")},
            {"entrez_id": "1", "ensembl_gene_id": None},
        )
        for changes in several:
            stored = await genes.update(FULL.id, changes)
            values = dict(changes)
            if values.get("alias_symbols", "") is None:
                values["alias_symbols"] = ()
            expected = expected._replace(**values)
            self.assertEqual(stored.gene, expected)
            self.assertGreater(stored.revision, revision)
            revision = stored.revision
            self.assertEqual(await settled(genes.get(FULL.id)), stored)
            self.assertEqual(await settled(self.genes().get(FULL.id)), stored)
        unchanged = await genes.update(FULL.id, {})
        self.assertEqual(unchanged, stored)
        self.assertEqual(await settled(genes.revision()), revision)

    async def test_an_update_leaves_others_alone(self) -> None:
        genes = self.genes(samples=True)
        other = await settled(genes.get("2"))
        await genes.update("1", {"symbol": "A2M", "name": "alpha-2-macroglobulin"})
        await genes.remove("1")
        self.assertEqual(await settled(genes.get("2")), other)

    async def test_removed_is_removed(self) -> None:
        genes = self.genes(samples=True)
        await genes.remove("1")
        self.assertIs(await settled(genes.get("1")), None)
        await self.assertFailure(later(genes.remove("1")), UnknownGene)
        self.assertIs((await genes.resolve(["A1BG"]))[0].gene, None)
        (again,) = await add_all(genes, SAMPLES[:1])
        self.assertEqual(again.revision, 4)  # two samples, one removal


class Revisions(Repositories):
    """Two editors cannot overwrite each other unknowingly."""

    async def test_revisions(self) -> None:
        genes = self.genes()
        (first,) = await add_all(genes, [NEW])
        second = await genes.update("3", {"name": "b"}, [first.revision])
        for revisions in ([first.revision], [], [0], [-1], [2**62], [second.revision + 1]):
            for work in (
                genes.update("3", {"name": "c"}, revisions),
                genes.update("3", {}, revisions),
                genes.remove("3", revisions),
            ):
                await self.assertFailure(later(work), Changed)
        self.assertEqual(await settled(genes.get("3")), second)
        self.assertEqual(await settled(genes.revision()), second.revision)
        self.assertEqual(await genes.update("3", {}, {second.revision}), second)
        many = [*range(1000, 1200), second.revision]
        third = await genes.update("3", {"name": "d"}, many)
        self.assertEqual(third.gene.name, "d")
        await genes.remove("3", {first.revision, third.revision})
        self.assertIs(await settled(genes.get("3")), None)

    async def test_a_record_that_was_there_before(self) -> None:
        """It is another one, even if it is equal."""
        genes = self.genes()
        (first,) = await add_all(genes, [NEW])
        await genes.remove("3")
        (second,) = await add_all(genes, [NEW])
        self.assertNotEqual(first.revision, second.revision)
        await self.assertFailure(later(genes.remove("3", [first.revision])), Changed)
        await genes.remove_all()
        (third,) = await add_all(genes, [NEW])
        self.assertGreater(third.revision, second.revision)

    async def test_of_many_editors_one_wins(self) -> None:
        stores = [self.genes(), self.genes()]
        (stored,) = await add_all(stores[0], [NEW])
        for turn in range(5):
            results = await outcomes(
                later(stores[n % 2].update("3", {"name": f"{turn} {n}"}, [stored.revision]))
                for n in range(20)
            )
            (winner,) = (each for each in results if isinstance(each, Stored))
            self.assertEqual([type(each) for each in results].count(Changed), 19)
            stored = winner
            for genes in stores:
                self.assertEqual(await settled(genes.get("3")), winner)
        results = await outcomes(
            [
                *(later(stores[n % 2].remove("3", [stored.revision])) for n in range(10)),
                *(
                    later(stores[n % 2].update("3", {"name": "x"}, [stored.revision]))
                    for n in range(10)
                ),
            ]
        )
        done = [each for each in results if not isinstance(each, Exception)]
        self.assertEqual(len(done), 1)
        self.assertTrue(
            all(isinstance(each, Changed | UnknownGene | Stored | None) for each in results)
        )

    async def test_each_state_has_its_own(self) -> None:
        """Whatever shares a commit, and from wherever it comes."""
        stores = [self.genes(), self.genes()]
        seen: list[int] = []

        async def edit(number: int) -> None:
            genes, gene_id = stores[number % 2], f"g{number}"
            (stored,) = await add_all(genes, [NEW._replace(id=gene_id)])
            seen.append(stored.revision)
            for turn in range(5):
                seen.append((await genes.update(gene_id, {"name": f"{turn}"})).revision)
            await genes.remove(gene_id)

        await gatherResults([later(edit(number)) for number in range(20)])
        self.assertEqual(len(set(seen)), 120)
        for genes in stores:
            self.assertEqual(await settled(genes.revision()), 140)

    async def test_it_grows(self) -> None:
        genes = self.genes(samples=True)
        revision = await settled(genes.revision())
        changes: list[Callable[[], Awaitable[object]]] = [
            lambda: genes.add(NEW),
            lambda: genes.update("3", {"name": "x"}),
            lambda: genes.update("3", {"location": "x"}),
            lambda: genes.remove("1"),
            lambda: genes.import_genes([FULL]),
            lambda: genes.import_genes([NEW], replace=True),
            lambda: genes.remove_all(),
        ]
        for change in changes:
            await change()
            now = await settled(genes.revision())
            self.assertGreater(now, revision)
            self.assertEqual((await genes.meta()).revision, now)
            self.assertEqual(await settled(self.genes().revision()), now)
            revision = now
        for nothing in (
            genes.remove_all(),
            genes.import_genes([]),
            genes.import_genes([], replace=True),
        ):
            await nothing
            self.assertEqual(await settled(genes.revision()), revision)


class Lives(Repositories):
    """How a repository begins, and ends."""

    async def test_samples_at_the_very_first_start(self) -> None:
        genes = self.genes(samples=True)
        for each in (genes, self.genes(samples=True), self.genes()):
            stored = [await settled(each.get(gene.id)) for gene in SAMPLES]
            self.assertEqual(stored, [Stored(gene, n) for n, gene in enumerate(SAMPLES, 1)])
        meta = await genes.meta()
        assert meta.changed is not None
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta.changed))
        self.assertEqual(meta, Meta(2, 0, 0, None, None, None, meta.changed, 2))

    async def test_samples_are_not_put_back(self) -> None:
        await self.genes(samples=True).remove_all()
        genes = self.genes(samples=True)
        self.assertIs(await settled(genes.get("1")), None)
        self.assertEqual((await genes.meta()).genes, 0)

    async def test_a_store_that_began_without_samples_stays_so(self) -> None:
        meta = await self.genes().meta()
        self.assertEqual(meta, Meta(0, 0, 0, None, None, None, None, 0))
        self.assertEqual((await self.genes(samples=True).meta()).genes, 0)

    async def test_removing_all_forgets_the_source(self) -> None:
        genes = self.genes(samples=True)
        await genes.import_genes([FULL], source="HGNC", version="2026-10")
        meta = await genes.meta()
        self.assertEqual((meta.genes, meta.previous_symbols, meta.alias_symbols), (3, 3, 4))
        self.assertEqual((meta.source, meta.version), ("HGNC", "2026-10"))
        await genes.remove_all()
        meta = await genes.meta()
        self.assertEqual(meta, Meta(0, 0, 0, None, None, None, meta.changed, meta.revision))
        self.assertIs(await settled(genes.get("1")), None)
        await add_all(genes, SAMPLES)

    async def test_closed_is_closed(self) -> None:
        genes = Genes(self.url)
        genes.open()
        adding = later(genes.add(NEW))
        looking = later(genes.resolve(["a", "b"]))
        for _ in range(2):
            await genes.close()
        self.assertIsInstance(await adding, Stored)
        await outcomes([looking])  # it takes several turns

        async def get() -> object:
            return await settled(genes.get("1"))

        for work in (
            genes.add(FULL),
            get(),
            genes.meta(),
            genes.resolve(["x", "y"]),
            genes.remove_all(),
        ):
            await self.assertFailure(later(work), StoreUnavailable)
        self.assertEqual((await self.genes().meta()).genes, 3)

    async def test_closing_what_was_never_open(self) -> None:
        await Genes(self.url).close()


class RefusalTests(SynchronousTestCase):
    def test_a_store_that_cannot_be_used(self) -> None:
        for url in (
            "sqlite:/dev/null/store",
            "mysql://host/base",
            "sqlite:",
            "postgresql:///x?host=/none",
        ):
            with self.assertRaisesRegex(CannotStart, "^netsuite: genes: ") as it:
                Genes(url).open()
            self.assertNotIn("\n", str(it.exception))
            self.assertIsInstance(it.exception.__cause__, StoreError | ValueError)


class SqliteRecordTests(Sqlite, Records, TestCase):
    pass


class SqliteRevisionTests(Sqlite, Revisions, TestCase):
    pass


class SqliteLifeTests(Sqlite, Lives, TestCase):
    pass


class PostgresqlRecordTests(Postgresql, Records, TestCase):
    pass


class PostgresqlRevisionTests(Postgresql, Revisions, TestCase):
    pass


class PostgresqlLifeTests(Postgresql, Lives, TestCase):
    pass
