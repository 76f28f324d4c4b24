"""Changes at random: afterwards all that is derived from the records still fits them."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.records import Gene
from netsuite.genes.repository import UnknownGene
from netsuite.genes.resolution import Kind
from netsuite.genes.search import key_of
from tests.genes.stores import Instant, InstantPostgresql, InstantSqlite
from tests.genes.walk import SYMBOLS, Walk, contradictions, everything

#: How many changes a walk consists of.
STEPS = 150


class Walks(Instant):
    def test_walks(self) -> None:
        for seed in range(3):
            walk = Walk(seed)
            self.done(self.repository.remove_all())
            for _ in range(STEPS):
                self.step(walk)
            self.check(walk)

    def step(self, walk: Walk) -> None:
        """Make a change, and check what came of it."""
        execute = self.instant.execute
        before, was = list(walk.genes.values()), self.repository.revision()
        (kind,) = walk.chance.choices("AURIX", (8, 8, 4, 3, 0.3))
        done = {"A": self.add, "U": self.update, "R": self.remove, "I": self.load, "X": self.empty}[
            kind
        ](walk)
        self.assertEqual(everything(execute), list(walk.genes.values()))
        revision = self.repository.revision()
        assert isinstance(revision, int)
        assert isinstance(was, int)
        if done:
            self.assertGreater(revision, was)
        else:
            self.assertEqual(revision, was)
            self.assertEqual(everything(execute), before)
        if walk.chance.random() < 0.2:
            self.check(walk)

    def check(self, walk: Walk) -> None:
        """Check that everything fits."""
        self.assertEqual(contradictions(self.instant.execute, self.instant.database), [])
        meta = self.done(self.repository.meta())
        genes = list(walk.genes.values())
        self.assertEqual(meta.genes, len(genes))
        for number, lists in (
            (meta.previous_symbols, [gene.previous_symbols for gene in genes]),
            (meta.alias_symbols, [gene.alias_symbols for gene in genes]),
        ):
            self.assertEqual(number, sum(len({*map(key_of, symbols)}) for symbols in lists))
        for found in self.done(self.repository.resolve(SYMBOLS)):
            key = key_of(found.query)
            bearers = {gene.id for gene in genes if key_of(gene.symbol) == key}
            current = {
                gene.id
                for kind, gene in (
                    *found.candidates,
                    *found.others,
                    *([(found.kind, found.gene)] if found.gene else []),
                )
                if kind is Kind.CURRENT
            }
            self.assertEqual(current, bearers)

    # Each returns whether it changed anything.

    def add(self, walk: Walk) -> bool:
        gene = walk.gene(walk.some_id())
        stored = self.done(self.repository.add(gene))
        if gene.id in walk.genes:
            self.assertIs(stored, None)
            return False
        walk.genes[gene.id] = gene
        self.assertEqual(stored.gene, gene)
        self.assertEqual(stored.revision, self.repository.revision())
        return True

    def update(self, walk: Walk) -> bool:
        gene_id, changes = walk.some_id(), walk.changes()
        updating = Deferred.fromCoroutine(self.repository.update(gene_id, changes))
        if gene_id not in walk.genes:
            self.failureResultOf(updating, UnknownGene)
            return False
        stored = self.successResultOf(updating)
        self.assertEqual(stored.gene, walk.change(gene_id, changes))
        self.assertEqual(self.repository.get(gene_id), stored)
        if changes:
            self.assertEqual(stored.revision, self.repository.revision())
        return bool(changes)

    def remove(self, walk: Walk) -> bool:
        gene_id = walk.some_id()
        removing = Deferred.fromCoroutine(self.repository.remove(gene_id))
        if gene_id not in walk.genes:
            self.failureResultOf(removing, UnknownGene)
            return False
        self.assertIs(self.successResultOf(removing), None)
        del walk.genes[gene_id]
        return True

    def load(self, walk: Walk) -> bool:
        genes, replace = walk.file(), walk.chance.random() < 0.3
        kept: dict[str, object] = {
            gene.id: self.repository.get(gene.id)
            for gene in genes
            if walk.genes.get(gene.id) == gene
        }
        counts = self.done(self.repository.import_genes(genes, source="walk", replace=replace))
        told = (counts.rows, counts.added, counts.updated, counts.unchanged, counts.removed)
        self.assertEqual(told, walk.load(genes, replace=replace))
        for gene_id, stored in kept.items():
            self.assertEqual(self.repository.get(gene_id), stored, "it is of the same revision")
        return bool(counts.added or counts.updated or counts.removed)

    def empty(self, walk: Walk) -> bool:
        self.done(self.repository.remove_all())
        there, walk.genes = bool(walk.genes), {}
        return there


class Renaming(Instant):
    """Each symbol of a gene is found as long as it has it, whatever happens to the others."""

    def test_symbols_that_differ_in_case_only(self) -> None:
        """They have one key among them, on each way into the store."""
        several, others = ("abc", "ABC"), ("Abc", "aBC", "x")
        one = Gene("1", "ABC", "x", previous_symbols=several, alias_symbols=several)
        other = Gene("1", "abc", "x", previous_symbols=others, alias_symbols=others)
        for first, then in ((one, other), (other, one)):
            self.done(self.repository.remove_all())
            self.done(self.repository.add(first))
            self.consistent()
            self.done(self.repository.import_genes([then]))
            self.consistent()
            changes = {
                "previous_symbols": first.previous_symbols,
                "alias_symbols": first.alias_symbols,
            }
            self.done(self.repository.update("1", changes))
            self.consistent()

    def test_symbols_move_from_gene_to_gene(self) -> None:
        one, two = Gene("1", "A", "x", alias_symbols=("B",)), Gene("2", "B", "x")
        self.fill([one, two])
        swapped = [Gene("1", "B", "x"), Gene("2", "A", "x", alias_symbols=("B",))]
        self.done(self.repository.import_genes(swapped))
        self.consistent()
        self.assertEqual(
            [found.gene and found.gene.id for found in self.done(self.repository.resolve("AB"))],
            ["2", "1"],
        )

    def consistent(self) -> None:
        self.assertEqual(contradictions(self.instant.execute, self.instant.database), [])


class SqliteWalkTests(InstantSqlite, Walks, SynchronousTestCase):
    pass


class SqliteRenamingTests(InstantSqlite, Renaming, SynchronousTestCase):
    pass


class PostgresqlWalkTests(InstantPostgresql, Walks, SynchronousTestCase):
    pass


class PostgresqlRenamingTests(InstantPostgresql, Renaming, SynchronousTestCase):
    pass
