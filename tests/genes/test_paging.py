"""Pages: together they are the list, whatever happens between one and the next."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.genes.records import Gene
from netsuite.genes.search import Query, key_of
from netsuite.genes.selection import Selection, Sort
from tests.genes.queries import GENES, SORTS, expected, queries
from tests.genes.stores import Instant, InstantPostgresql, InstantSqlite, Repositories
from tests.storage.contract import Postgresql, Sqlite


class Pages(Instant):
    def test_pages_make_up_the_list(self) -> None:
        @given(GENES, st.sampled_from(SORTS), st.integers(1, 9), st.data())
        @settings(deadline=None, max_examples=40)
        def check(genes: list[Gene], sort: Sort | None, limit: int, data: st.DataObject) -> None:
            # Some that are equal in every order but that in which they were added.
            genes += [gene._replace(id=f"{gene.id}-again") for gene in genes]
            self.fill(genes)
            query = Query(data.draw(queries(genes)))
            found = expected(query, genes, sort)
            self.assertEqual(self.pages(Selection(query=query, sort=sort), limit), found)
            symbol = data.draw(st.sampled_from([gene.symbol for gene in genes]))
            for selection in (Selection(sort=sort), Selection(symbol=symbol, sort=sort)):
                listed = [
                    gene
                    for gene in genes
                    if selection.symbol is None or key_of(gene.symbol) == key_of(selection.symbol)
                ]
                if sort is not None:
                    if sort.descending:
                        listed.reverse()
                    listed.sort(key=attrgetter(sort.field), reverse=sort.descending)
                self.assertEqual([each.gene for each in self.pages(selection, limit)], listed)
                self.assertTrue(all(each.level is None for each in self.page(selection)))
            both = Selection(symbol=symbol, query=query, sort=sort)
            self.assertEqual(
                self.pages(both, limit),
                [each for each in found if key_of(each.gene.symbol) == key_of(symbol)],
            )

        check()

    def test_what_is_there_all_the_time_is_listed_once(self) -> None:
        chance = random.Random(7)
        for selection in (
            *(Selection(sort=sort) for sort in SORTS),
            *(Selection(query=Query("na"), sort=sort) for sort in SORTS),
            Selection(symbol="same"),
        ):
            steady = [Gene(f"s{n}", "same", f"name {chance.random()}") for n in range(15)]
            fleeting = [Gene(f"f{n}", "same", f"name {chance.random()}") for n in range(15)]
            self.fill(chance.sample(steady + fleeting, 30))
            # It is disturbed a number of times only: a list has an end.
            disturbing = self.disturbing(chance, 20)
            listed = self.pages(selection, 3, partial(next, disturbing, None))
            self.assertEqual(
                sorted(each.gene.id for each in listed if each.gene.id[0] == "s"),
                sorted(gene.id for gene in steady),
            )

    def disturbing(self, chance: random.Random, times: int) -> Iterator[None]:
        """Change some records, each time that it is asked for the next value."""
        change, remove = self.repository.update, self.repository.remove
        for number in range(times):
            some = chance.sample([gene for gene in self.all() if gene.id[0] == "f"], 3)
            for gene in some[:2]:
                self.done(remove(gene.id))
            self.done(change(some[2].id, {"name": f"name {chance.random()}"}))
            for each in range(2):
                gene = Gene(f"f-{number}-{each}", "same", f"name {chance.random()}")
                self.done(self.repository.add(gene))
            # What is listed may change, where it does not change its place.
            steady = f"s{chance.randrange(15)}"
            self.done(change(steady, {"location": str(chance.random())}))
            yield

    def test_a_new_record_comes_last(self) -> None:
        """Even if the one before it is gone, and its number with it."""
        self.fill(Gene(str(n), "s", "n") for n in range(4))
        page = self.done(self.repository.page(Selection(), 3))
        for gene_id in "3210":
            self.done(self.repository.remove(gene_id))
        self.done(self.repository.add(Gene("new", "s", "n")))
        page = self.done(self.repository.page(Selection(), 3, page.next))
        self.assertEqual([each.gene.id for each in page.records], ["new"])
        self.assertIs(page.next, None)


class Streams(Repositories):
    """Lists as the service reads them."""

    async def test_all(self) -> None:
        genes = self.genes()
        count = 1203
        await genes.import_genes([Gene(str(n), f"S{n % 7}", f"name {n}") for n in range(count)])
        for selection, wanted in (
            (Selection(), count),
            (Selection(query=Query("name")), count),
            (Selection(symbol="s3"), len(range(3, count, 7))),
            (Selection(symbol="nothing"), 0),
            (Selection(symbol="\ud800"), 0),
            (Selection(query=Query("nothing")), 0),
        ):
            batches = [batch async for batch in genes.pages(selection)]
            self.assertTrue(all(batches), "none is empty")
            listed = [each.gene.id for batch in batches for each in batch]
            self.assertEqual((len(listed), len(set(listed))), (wanted, wanted))
        page = await genes.page(Selection(), 1000)
        rest = [batch async for batch in genes.pages(Selection(), page.next)]
        self.assertEqual([each.gene.id for each in rest[0]], [str(n) for n in range(1000, count)])

    async def test_cursors_of_nothing(self) -> None:
        genes = self.genes(samples=True)
        for selection in (Selection(), Selection(symbol="\ud800"), Selection(query=Query("a"))):
            for cursor in ("", "x", Selection(sort=Sort("id")).cursor(("1", 1))):
                with self.assertRaises(ValueError):
                    await genes.page(selection, 10, cursor)
                with self.assertRaises(ValueError):
                    _ = [batch async for batch in genes.pages(selection, cursor)]

    async def test_positions_beyond_all(self) -> None:
        genes = self.genes(samples=True)
        for number in (2**63 - 1, -(2**63) + 1, 0, 2**31, 2**32):
            page = await genes.page(Selection(), 10, Selection().cursor((number,)))
            self.assertEqual(len(page.records), 0 if number > 0 else 2)
            search = Selection(query=Query("a"))
            cursor = search.cursor((number, number, "\U0010ffff", number))
            self.assertEqual(
                len((await genes.page(search, 10, cursor)).records), 0 if number > 9 else 2
            )
            for sort in (Sort("id"), Sort("name", descending=True)):
                by = Selection(sort=sort)
                page = await genes.page(by, 10, by.cursor(("2", number)))
                self.assertLessEqual(len(page.records), 2)


class SqlitePageTests(InstantSqlite, Pages, SynchronousTestCase):
    pass


class SqliteStreamTests(Sqlite, Streams, TestCase):
    pass


class PostgresqlPageTests(InstantPostgresql, Pages, SynchronousTestCase):
    pass


class PostgresqlStreamTests(Postgresql, Streams, TestCase):
    pass
