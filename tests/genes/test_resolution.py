"""Which gene a symbol means."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.genes.records import Gene
from netsuite.genes.repository import MAX_CANDIDATES
from netsuite.genes.resolution import Candidate, Kind, Resolution, resolve
from netsuite.genes.search import key_of
from tests.genes.queries import GENES, PIECES
from tests.genes.stores import Instant, InstantPostgresql, InstantSqlite, Repositories, add_all
from tests.storage.contract import Postgresql, Sqlite

CURRENT, PREVIOUS, ALIAS = Kind.CURRENT, Kind.PREVIOUS, Kind.ALIAS


def known_by(symbol: str, genes: Sequence[Gene]) -> list[Candidate]:
    """Return the genes that are known by a symbol, the best first, as the repository is to."""
    key = key_of(symbol)
    return [
        (kind, gene)
        for kind in Kind
        for gene in genes
        if key in map(key_of, ((gene.symbol,), gene.previous_symbols, gene.alias_symbols)[kind])
    ]


def ids(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """Return what candidates are to a symbol, and their ids."""
    return [(kind.match_type, gene.id) for kind, gene in candidates]


class RuleTests(SynchronousTestCase):
    """The rule itself."""

    def test_unknown(self) -> None:
        resolution = resolve("X", [])
        self.assertEqual(resolution, Resolution("X"))
        self.assertIs(resolution.match_type, None)

    def test_levels(self) -> None:
        one, two, three = (
            Gene(each, "X", "x", None, None, None, None, None, ("X",), ("X",)) for each in "123"
        )
        for found, gene, kind, others in (
            ([(ALIAS, one)], one, ALIAS, []),
            ([(PREVIOUS, one), (ALIAS, two)], one, PREVIOUS, [(ALIAS, two)]),
            ([(CURRENT, two), (PREVIOUS, one)], two, CURRENT, [(PREVIOUS, one)]),
            (
                [(CURRENT, three), (PREVIOUS, one), (ALIAS, one), (ALIAS, two)],
                *(three, CURRENT, [(PREVIOUS, one), (ALIAS, one), (ALIAS, two)]),
            ),
        ):
            resolution = resolve("x", found)
            self.assertEqual(resolution.gene, gene)
            self.assertEqual(resolution.kind, kind)
            self.assertEqual(resolution.match_type, kind.match_type)
            self.assertEqual(resolution.candidates, ())
            self.assertEqual(resolution.others, tuple(others))

    def test_ambiguous(self) -> None:
        one, two, three = (Gene(each, "Y", "y", alias_symbols=("X",)) for each in "123")
        resolution = resolve("X", [(PREVIOUS, one), (PREVIOUS, two), (ALIAS, three)])
        self.assertEqual(resolution.match_type, "ambiguous")
        self.assertIs(resolution.gene, None)
        self.assertEqual(resolution.candidates, ((PREVIOUS, one), (PREVIOUS, two)))
        self.assertEqual(resolution.others, ((ALIAS, three),))

    def test_the_very_spelling_is_preferred(self) -> None:
        lower = Gene("1", "abc", "x", previous_symbols=("pre",), alias_symbols=("ali", "Both"))
        upper = Gene("2", "ABC", "x", previous_symbols=("PRE",), alias_symbols=("ALI", "Both"))
        for symbol, kind in (("abc", CURRENT), ("pre", PREVIOUS), ("ali", ALIAS)):
            found = [(kind, upper), (kind, lower)]
            self.assertEqual(resolve(symbol, found).gene, lower)
            self.assertEqual(resolve(symbol, found).others, ((kind, upper),))
            self.assertEqual(resolve(symbol.upper(), found).gene, upper)
            self.assertEqual(resolve(symbol.title(), found).match_type, "ambiguous")
        self.assertEqual(resolve("Both", [(ALIAS, lower), (ALIAS, upper)]).match_type, "ambiguous")

    def test_a_better_level_goes_before_the_very_spelling(self) -> None:
        one, two = Gene("1", "abc", "x"), Gene("2", "X", "x", alias_symbols=("ABC",))
        self.assertEqual(resolve("ABC", [(CURRENT, one), (ALIAS, two)]).gene, one)

    def test_one_gene_in_several_ways(self) -> None:
        gene = Gene("1", "ABC", "x", previous_symbols=("abc",), alias_symbols=("Abc",))
        resolution = resolve("ABC", [(kind, gene) for kind in Kind])
        self.assertEqual((resolution.gene, resolution.match_type), (gene, "current"))


class Stored(Repositories):
    """The same from a store."""

    async def test_levels(self) -> None:
        genes = self.genes()
        await add_all(
            genes,
            [
                Gene(
                    "1", "A1BG-AS1", "x", previous_symbols=("NCRNA00181",), alias_symbols=("FLJ1",)
                ),
                Gene("2", "A2M", "x", alias_symbols=("FLJ1", "ncrna00181")),
                Gene("3", "FLJ2", "x", previous_symbols=("A2M",)),
                Gene("4", "a2m", "x"),
                Gene("5", "Größe", "x", alias_symbols=("日本", "a b c")),
            ],
        )
        asked = [
            *("NCRNA00181", "ncrna00181", "flj1", "A2M", "a2m", "A2m", "FLJ2", "none", "GRÖSSE"),
            *(
                "größe",
                "日本",
                "A B C",
                "",
                " A2M",
                "A2M\0",
                "\ud800",
                "%",
                "A2M'--",
                "x" * 100_000,
            ),
        ]
        found = await genes.resolve(asked)
        self.assertEqual([each.query for each in found], asked)
        told = {each.query: (each.match_type, each.gene and each.gene.id) for each in found}
        self.assertEqual(
            told,
            {
                "NCRNA00181": ("previous", "1"),
                "ncrna00181": ("previous", "1"),
                "flj1": ("ambiguous", None),
                "A2M": ("current", "2"),
                "a2m": ("current", "4"),
                "A2m": ("ambiguous", None),
                "FLJ2": ("current", "3"),
                "GRÖSSE": ("current", "5"),
                "größe": ("current", "5"),
                "日本": ("alias", "5"),
                "A B C": ("alias", "5"),
                **dict.fromkeys(
                    ["none", "", " A2M", "A2M\0", "\ud800", "%", "A2M'--", "x" * 100_000],
                    (None, None),
                ),
            },
        )
        by_symbol = {each.query: each for each in found}
        self.assertEqual(ids(by_symbol["flj1"].candidates), [("alias", "1"), ("alias", "2")])
        self.assertEqual(ids(by_symbol["NCRNA00181"].others), [("alias", "2")])
        self.assertEqual(ids(by_symbol["A2M"].others), [("current", "4"), ("previous", "3")])
        self.assertEqual(ids(by_symbol["A2m"].candidates), [("current", "2"), ("current", "4")])
        self.assertEqual(ids(by_symbol["A2m"].others), [("previous", "3")])

    async def test_a_thousand(self) -> None:
        genes = self.genes()
        await genes.import_genes(
            Gene(str(number), f"S{number}", "x", alias_symbols=(f"T{number}", f"U{number // 2}"))
            for number in range(1000)
        )
        # With some more than once, in several spellings, and some that are unknown.
        asked = [f"{letter}{number}" for number in range(250) for letter in "sTu"]
        asked += ["s7", "S7", "nothing"] * 83 + ["last"]
        self.assertEqual(len(asked), 1000)
        found = await genes.resolve(asked)
        self.assertEqual([each.query for each in found], asked)
        for each in found[:750]:
            number = int(each.query[1:])
            if each.query[0] == "u":
                self.assertEqual(
                    ids(each.candidates), [("alias", str(2 * number + n)) for n in range(2)]
                )
            else:
                assert each.gene is not None
                self.assertEqual(each.gene.id, str(number))
        for each in found[750:]:
            self.assertEqual(
                each.gene and each.gene.id, "7" if each.query in ("s7", "S7") else None
            )

    async def test_none_and_one(self) -> None:
        genes = self.genes(samples=True)
        self.assertEqual(await genes.resolve([]), [])
        (only,) = await genes.resolve(["a2m"])
        self.assertEqual(
            only, Resolution("a2m", Gene("2", "A2M", "alpha-2-macroglobulin"), CURRENT)
        )
        self.assertEqual(await genes.resolve(["\0"]), [Resolution("\0")])

    async def test_too_many_candidates(self) -> None:
        genes = self.genes()
        count = MAX_CANDIDATES + 20
        await genes.import_genes(
            [
                *(Gene(f"c{n}", "SAME", "x") for n in range(count)),
                *(Gene(f"p{n}", f"P{n}", "x", previous_symbols=("same",)) for n in range(count)),
                *(Gene(f"a{n}", f"A{n}", "x", alias_symbols=("Same",)) for n in range(count)),
            ]
        )
        (found,) = await genes.resolve(["SAME"])
        self.assertEqual(found.match_type, "ambiguous")
        first = range(MAX_CANDIDATES)
        self.assertEqual(ids(found.candidates), [("current", f"c{n}") for n in first])
        self.assertEqual(
            ids(found.others),
            [("previous", f"p{n}") for n in first] + [("alias", f"a{n}") for n in first],
        )
        found, other = await genes.resolve(["same", "a3"])
        self.assertEqual(len(found.candidates), MAX_CANDIDATES)
        self.assertEqual(other.gene and other.gene.id, "a3")


class Random(Instant):
    """What is found in a store is what the genes themselves say."""

    def test_resolutions(self) -> None:
        @given(GENES, st.data())
        @settings(deadline=None, max_examples=40)
        def check(genes: list[Gene], data: st.DataObject) -> None:
            self.fill(genes)
            symbols = [each for gene in genes for each in (gene.symbol, *gene.alias_symbols)]
            some = st.one_of(st.sampled_from(symbols), st.sampled_from(PIECES), st.text(max_size=3))
            some |= st.one_of(some.map(str.upper), some.map(str.lower))
            asked = data.draw(st.lists(some, min_size=1))
            self.assertEqual(
                self.done(self.repository.resolve(asked)),
                [resolve(symbol, known_by(symbol, genes)) for symbol in asked],
            )

        check()


class SqliteStoredTests(Sqlite, Stored, TestCase):
    pass


class SqliteRandomTests(InstantSqlite, Random, SynchronousTestCase):
    pass


class PostgresqlStoredTests(Postgresql, Stored, TestCase):
    pass


class PostgresqlRandomTests(InstantPostgresql, Random, SynchronousTestCase):
    pass
