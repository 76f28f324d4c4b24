"""Searches: what a real database finds, and in which order, is what the model says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.records import MAX_NAME, MAX_SYMBOL, MAX_SYMBOLS, Gene
from netsuite.genes.search import MAX_QUERY, Level, Query, key_of, words_of
from netsuite.genes.selection import Selection, Sort
from tests.genes.queries import GENES, PIECES, SORTS, expected, queries
from tests.genes.stores import Instant, InstantPostgresql, InstantSqlite

#: What means something to a database, a shell, or whoever quotes.
HOSTILE = (
    *PIECES,
    *(
        '"',
        '""',
        "'",
        "''",
        '"a',
        "a'b",
        "';--",
        '" OR "1"="1',
        "a AND b",
        "a OR",
        "NOT a",
        "NEAR(a b)",
    ),
    *(
        "a*",
        "*",
        "a:*",
        ":*",
        "symbol_words : a",
        "{symbol_words} : a",
        "^a",
        "a + b",
        "a - b",
        "(a",
    ),
    *(
        "a & b",
        "a | b",
        "!a",
        "a <-> b",
        "a:ABCD",
        "%",
        "_",
        "%%",
        "a%",
        "\\%",
        "\\",
        "\\\\",
        "\\'",
    ),
    *(
        "?",
        "??",
        "$1",
        "%s",
        "%(x)s",
        "{0}",
        "\x01",
        "\x7f",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\uffff",
    ),
    *(
        "\u202ea",
        "\U0010ffff",
        "a\U0010ffff",
        "\U0010ffff\U0010ffff",
        "\ud7ff",
        "\ue000",
        "a\tb\nc",
    ),
    *("x" * MAX_QUERY, "日" * MAX_QUERY, "\U0010ffff" * MAX_QUERY, "a " * (MAX_QUERY // 2)),
    *("\u1f80" * MAX_QUERY, "ﬃ" * MAX_QUERY, " ".join(map(str, range(50))), "Σ" * 150),
)


class SortTests(SynchronousTestCase):
    def test_sorts(self) -> None:
        for text, sort in (
            ("id", Sort("id")),
            ("-id", Sort("id", descending=True)),
            ("symbol", Sort("symbol")),
            ("-name", Sort("name", descending=True)),
        ):
            self.assertEqual(Sort.parse(text), sort)
            self.assertEqual(str(sort), text)
        for text in ("", "-", "--id", "+id", "ID", " id", "number", "id,name", "hgnc_id", "id\0"):
            self.assertRaises(ValueError, Sort.parse, text)


class Lists(Instant):
    """Lists on a real database."""

    def assert_found(self, text: str, genes: Sequence[Gene]) -> None:
        """Check what a search finds."""
        query = Query(text)
        found = self.page(Selection(query=query))
        self.assertEqual(found, expected(query, genes), ascii(text))
        for each in found:
            assert each.level is not None
            query.match(each.gene, each.level)

    def test_what_a_search_finds(self) -> None:
        @given(GENES, st.data())
        @settings(deadline=None, max_examples=60)
        def check(genes: list[Gene], data: st.DataObject) -> None:
            self.fill(genes)
            for text in data.draw(st.lists(queries(genes), min_size=1, max_size=8)):
                self.assert_found(text, genes)

        check()

    def test_hostile_queries(self) -> None:
        genes = [
            Gene(str(number), text[:9].strip() or "x", "a b") for number, text in enumerate(HOSTILE)
        ]
        self.fill(genes)
        for text in HOSTILE:
            if text.strip():
                self.assert_found(text, genes)
            else:
                self.assertRaises(ValueError, Query, text)
        for symbol in (*HOSTILE, "", "\0", "a\0", "\ud800", "x" * 100_000):
            found = [each.gene for each in self.page(Selection(symbol=symbol))]
            self.assertEqual(
                found, [gene for gene in genes if key_of(gene.symbol) == key_of(symbol)]
            )

    def test_whoever_matches_more_than_once_is_found_once(self) -> None:
        genes = [
            Gene("1", "*a", "*b", previous_symbols=("*", "*c", "a*"), alias_symbols=("*", "*d")),
            Gene("2", "a", "a b a", previous_symbols=("A b", "ab"), alias_symbols=("A", "aa")),
        ]
        self.fill(genes)
        for text in ("*", "a", "*a", "a b", "b a", "b"):
            self.assert_found(text, genes)

    def test_every_letter_and_digit(self) -> None:
        """Each is part of a word, and no other, whatever the database thinks of it."""
        words = sorted(
            {
                word
                for code in (*range(0xD800), *range(0xE000, 0x110000))
                for word in words_of(chr(code))
                if not 0x3400 <= code < 0xD7A4 and not 0x17000 <= code < 0x32000  # all are alike
            }
        )
        self.assertGreater(len(words), 10_000)
        genes = [
            Gene(str(at), f"s{at}", f"- {' '.join(words[at : at + 250])}")
            for at in range(0, len(words), 250)
        ]
        self.fill(genes)
        chance = random.Random(4)
        for word in chance.sample(words, 100):
            self.assert_found(f"- {word}", genes)
        for at in range(0, len(words), 250):
            some = words[at : at + 15]
            self.assert_found(" ".join(reversed(some)), genes)

    def test_the_largest_records(self) -> None:
        """They can be stored, found and sorted: of bytes that no database can pack."""
        chance = random.Random(1)

        def text(first: int, last: int, length: int) -> str:
            return "".join(chr(chance.randint(first, last)) for _ in range(length))

        genes = []
        for number, (first, last) in enumerate(
            ((0x20000, 0x2A6D0), (0x4E00, 0x9FA5), (0x1F80, 0x1F87), (0x370, 0x373), (0x61, 0x7A))
        ):
            symbols = tuple(text(first, last, MAX_SYMBOL) for _ in range(2 * MAX_SYMBOLS))
            genes.append(
                Gene(
                    str(number),
                    text(first, last, MAX_SYMBOL),
                    text(first, last, MAX_NAME),
                    previous_symbols=symbols[:MAX_SYMBOLS],
                    alias_symbols=symbols[MAX_SYMBOLS:],
                )
            )
        self.fill(genes)
        self.assertEqual(self.all(), genes)
        for gene in genes:
            for whole in (
                gene.symbol,
                gene.name,
                gene.previous_symbols[-1],
                gene.alias_symbols[-1],
            ):
                for length in (1, 50, 99, 100, 101, MAX_QUERY):
                    self.assert_found(whole[:length], genes)
            self.assert_found(f"{gene.symbol[:40]} {gene.name[:60]}", genes)
        for sort in SORTS:
            if sort is not None:
                names = sorted(genes, key=attrgetter(sort.field))
                found = [each.gene for each in self.pages(Selection(sort=sort), 1)]
                self.assertEqual(found, names[::-1] if sort.descending else names)

    def test_the_best_are_first(self) -> None:
        genes = [
            Gene("1", "X1", "binds abc"),
            Gene("2", "X2", "abcd binds"),
            Gene("3", "X3", "x", alias_symbols=("ABCD",)),
            Gene("4", "X4", "x", previous_symbols=("ABCD",)),
            Gene("5", "ABC22", "a very long name indeed"),
            Gene("6", "ABC1", "x"),
            Gene("7", "X7", "x", alias_symbols=("ABC",)),
            Gene("8", "X8", "x", previous_symbols=("abc",)),
            Gene("9", "X9", "ABC"),
            Gene("10", "Abc", "x"),
            Gene("11", "X11", "binds abcd"),
            Gene("12", "X12", "binds abc and others"),
        ]
        self.fill(genes)
        found = [each.gene.id for each in self.page(Selection(query=Query("abc")))]
        self.assertEqual(found, ["10", "9", "8", "7", "6", "5", "2", "4", "3", "1", "12", "11"])
        levels = [each.level for each in self.page(Selection(query=Query("abc")))]
        self.assertEqual(
            levels, [*range(4), Level.SYMBOL_PREFIX, *range(4, 8), Level.WORDS, *range(8, 10)]
        )


class SqliteListTests(InstantSqlite, Lists, SynchronousTestCase):
    pass


class PostgresqlListTests(InstantPostgresql, Lists, SynchronousTestCase):
    pass
