"""What a search looks for, and how closely a record matches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.records import Gene
from netsuite.genes.search import MAX_QUERY, MAX_WORD, Level, Match, Query, key_of, words_of
from tests.genes.queries import GENES, queries

A2M = Gene(
    "2",
    "A2M",
    "alpha-2-macroglobulin",
    previous_symbols=("CPAMD5", "old A2M"),
    alias_symbols=("FWP007", "S863-7", "cpamd5x"),
)


class QueryTests(SynchronousTestCase):
    def test_what_is_none(self) -> None:
        for text in (
            *("", " ", "\t\n\u2003", "a\0b", "\0", "\ud800", "a\udfffb", "\udc80"),
            *("x" * (MAX_QUERY + 1), "\U0010ffff" * 100_000, " " * 100_000),
        ):
            self.assertRaises(ValueError, Query, text)

    @given(st.text(st.characters(codec=None), max_size=MAX_QUERY + 10))
    def test_nothing_else_is_refused(self, text: str) -> None:
        unfit = any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)
        if unfit or not 0 < len(text.strip()) <= MAX_QUERY:
            self.assertRaises(ValueError, Query, text)
        else:
            Query(text).level(A2M)

    def test_white_space_around_it_is_nothing(self) -> None:
        query = Query(f"  A2M{' ' * MAX_QUERY}")
        self.assertEqual((query.text, query.key), ("A2M", "a2m"))
        Query("x" * MAX_QUERY)

    def test_words(self) -> None:
        for text, words in (
            ("", []),
            ("alpha-2-macroglobulin", ["alpha", "2", "macroglobulin"]),
            ("  A_b.C(d)  ", ["a", "b", "c", "d"]),
            ("Straße STRASSE", ["strasse", "strasse"]),
            ("İ", ["i"]),  # and a mark
            ("e\u0301té", ["e", "té"]),
            ("日本 x²½", ["日本", "x²½"]),
            ("\U00010570\U00010571", ["\U00010597\U00010598"]),
            ('%*"\\:', []),
            ("שלום ١٢", ["שלום", "١٢"]),
            ("ﬃ", ["ffi"]),
        ):
            self.assertEqual(words_of(text), words, ascii(text))

    def test_words_are_not_endless(self) -> None:
        self.assertEqual(words_of("x" * MAX_WORD), ["x" * MAX_WORD])
        words = words_of("Y" * (2 * MAX_WORD + 1))
        self.assertEqual([len(word) for word in words], [MAX_WORD, MAX_WORD, 1])
        self.assertEqual("".join(words), "y" * (2 * MAX_WORD + 1))
        # PostgreSQL's lexemes have 2046 bytes at most, and a character has 4.
        self.assertLessEqual(4 * MAX_WORD, 2046)

    def test_keys(self) -> None:
        for text in ("abc", "ABC", "aBc"):
            self.assertEqual(key_of(text), "abc")
        self.assertEqual(key_of("a B-c"), "a b-c")


class LevelTests(SynchronousTestCase):
    def assert_level(self, text: str, level: Level | None, gene: Gene = A2M) -> None:
        self.assertEqual(Query(text).level(gene), level, text)

    def test_symbols(self) -> None:
        for text, level in (
            ("A2M", Level.SYMBOL),
            (" a2m ", Level.SYMBOL),
            ("a2", Level.SYMBOL_PREFIX),
            ("CPAMD5", Level.PREVIOUS),
            ("cpamd5", Level.PREVIOUS),
            ("CPAM", Level.PREVIOUS_PREFIX),
            ("CPAMD5X", Level.ALIAS),
            ("S863-7", Level.ALIAS),
            ("s863", Level.ALIAS_PREFIX),
            ("S863-", Level.ALIAS_PREFIX),
            ("2m", None),
            ("A2M-", Level.WORDS),  # as a word it is there
            ("%", None),
            ("A2M%", Level.WORDS),
            ("A_Z", None),
        ):
            self.assert_level(text, level)

    def test_names(self) -> None:
        for text, level in (
            ("alpha-2-macroglobulin", Level.NAME),
            ("Alpha 2 Macroglobulin", Level.NAME),
            ("alpha.2", Level.NAME_PREFIX),
            ("alpha 2 macro", Level.NAME_PREFIX),
            ("al", Level.NAME_PREFIX),
            ("macroglobulin", Level.WORDS),
            ("2 alpha", Level.WORDS),
            ("macroglobulin a2m", Level.WORDS),
            ("macroglobulin 7", Level.WORDS),
            ("macro alpha", Level.WORD_PREFIXES),
            ("macro a", Level.WORD_PREFIXES),
            ("macroglobulin beta", None),
            ("alpha 2 macroglobulins", None),
            ("globulin", None),
        ):
            self.assert_level(text, level)

    def test_the_best_counts(self) -> None:
        gene = Gene("1", "AB", "AB", previous_symbols=("abc",), alias_symbols=("ab", "ABCD"))
        self.assert_level("ab", Level.SYMBOL, gene)
        self.assert_level("abc", Level.PREVIOUS, gene)
        self.assert_level("abcd", Level.ALIAS, gene)
        self.assert_level("a", Level.SYMBOL_PREFIX, gene)
        self.assert_level("xy", Level.NAME, Gene("1", "XYZ", "xy"))
        self.assert_level("xy", Level.NAME, Gene("1", "z", "xy", previous_symbols=("xy",)))

    def test_punctuation(self) -> None:
        gene = Gene("1", "*", "-", alias_symbols=("%%", "'\"", "\\"))
        for text, level in (
            ("*", Level.SYMBOL),
            ("-", None),  # a name is its words, and this has none
            ("%", Level.ALIAS_PREFIX),
            ("%%", Level.ALIAS),
            ("'", Level.ALIAS_PREFIX),
            ("\\", Level.ALIAS),
            ("_", None),
        ):
            self.assert_level(text, level, gene)

    def test_the_levels_are_in_order(self) -> None:
        """An equal symbol before one that begins so, and either before words."""
        self.assertEqual([level.value for level in Level], list(range(10)))
        exact = {Level.SYMBOL, Level.NAME, Level.PREVIOUS, Level.ALIAS}
        self.assertEqual({level for level in Level if level < Level.SYMBOL_PREFIX}, exact)
        self.assertEqual(max(Level), Level.WORD_PREFIXES)


class MatchTests(SynchronousTestCase):
    def test_matches(self) -> None:
        for text, match in (
            ("a2m", Match("symbol", "exact", "A2M")),
            ("a", Match("symbol", "prefix", "A2M")),
            ("ALPHA 2 MACROGLOBULIN", Match("name", "exact", "alpha-2-macroglobulin")),
            ("alpha-2", Match("name", "prefix", "alpha-2-macroglobulin")),
            ("cpamd5", Match("previous_symbols", "exact", "CPAMD5")),
            ("old", Match("previous_symbols", "prefix", "old A2M")),
            ("cpamd5X", Match("alias_symbols", "exact", "cpamd5x")),
            ("fwp", Match("alias_symbols", "prefix", "FWP007")),
            ("macro", Match("name", "words", "alpha-2-macroglobulin")),
            ("7 s863", Match("alias_symbols", "words", "S863-7")),
        ):
            query = Query(text)
            level = query.level(A2M)
            assert level is not None, text
            self.assertEqual(query.match(A2M, level), match)
            self.assertEqual(query.match(A2M, int(level)), match)

    @given(st.data())
    def test_what_matched_is_there(self, data: st.DataObject) -> None:
        gene = data.draw(GENES)[0]
        query = Query(data.draw(queries([gene])))
        level = query.level(gene)
        if level is None:
            return
        match = query.match(gene, level)
        value = getattr(gene, match.field)
        self.assertTrue(match.value == value or match.value in value)
        self.assertEqual(match.type == "exact", level < Level.SYMBOL_PREFIX)
        if match.type != "words":
            of_name = match.field == "name"
            text = " ".join(words_of(match.value)) if of_name else key_of(match.value)
            wanted = query.name if of_name else query.key
            self.assertTrue(text == wanted if match.type == "exact" else text.startswith(wanted))
        else:
            words = words_of(match.value)
            self.assertTrue(any(w.startswith(each) for w in words for each in query.words))
