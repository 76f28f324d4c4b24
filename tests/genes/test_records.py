"""What a gene's record may hold."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.records import (
    FIELDS,
    ID_PATTERN,
    LIST_FIELDS,
    MAX_ID,
    MAX_NAME,
    MAX_SYMBOL,
    MAX_SYMBOLS,
    MAX_TEXT,
    OPTIONAL_FIELDS,
    SEED_FIELDS,
    SYMBOL_PATTERN,
    TEXT_PATTERN,
    Gene,
    InvalidGene,
    as_json,
    changes_from,
    gene_from,
    is_id,
    storable,
)
from tests.genes.strategies import GENES

SEED = {"id": "1", "symbol": "A1BG", "name": "alpha-1-B glycoprotein"}
FULL = Gene(
    id="503538",
    symbol="A1BG-AS1",
    name="A1BG antisense RNA 1",
    hgnc_id="HGNC:37133",
    entrez_id="503538",
    ensembl_gene_id="ENSG00000268895",
    location="19q13.43",
    locus_type="RNA, long non-coding",
    previous_symbols=("NCRNA00181", "A1BGAS", "A1BG-AS"),
    alias_symbols=("FLJ23569",),
)
TEXT_FIELDS = (*SEED_FIELDS, *OPTIONAL_FIELDS)
#: What JSON has besides texts, lists and null.
NO_TEXTS: tuple[object, ...] = (0, 1, 1.5, True, False, {}, {"a": "b"}, b"A1BG")

#: Every character but the surrogates that one UTF-16 unit holds.
BASIC = [chr(number) for number in range(0x10000) if not 0xD800 <= number < 0xE000]


def breaks_text(character: str) -> bool:
    """Tell, by Unicode's own properties, whether a character may stand nowhere in a text."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def is_space(character: str) -> bool:
    """Tell whether Python or ECMAScript takes a character for white space."""
    return character.isspace() or character == "\ufeff" or unicodedata.category(character) == "Zs"


class FieldTests(SynchronousTestCase):
    """The fields."""

    def test_the_order(self) -> None:
        self.assertEqual(
            ",".join(FIELDS),
            "id,symbol,name,hgnc_id,entrez_id,ensembl_gene_id,location,locus_type,"
            "previous_symbols,alias_symbols",
        )
        self.assertEqual(Gene._fields, FIELDS)

    def test_each_is_of_one_kind(self) -> None:
        self.assertEqual((*SEED_FIELDS, *OPTIONAL_FIELDS, *LIST_FIELDS), FIELDS)
        self.assertEqual(LIST_FIELDS, ("previous_symbols", "alias_symbols"))

    def test_a_gene_cannot_be_changed(self) -> None:
        with self.assertRaises(AttributeError):
            FULL.symbol = "A2M"  # type: ignore[misc]  # that is the test

    def test_genes_are_compared_by_what_is_in_them(self) -> None:
        self.assertEqual(gene_from(SEED), gene_from(dict(SEED)))
        self.assertEqual(len({gene_from(SEED), gene_from(SEED), FULL}), 2)


class GeneFromTests(SynchronousTestCase):
    """Records made of values."""

    def test_the_seeds_fields(self) -> None:
        self.assertEqual(gene_from(SEED), Gene("1", "A1BG", "alpha-1-B glycoprotein"))

    def test_all_fields(self) -> None:
        self.assertEqual(gene_from(FULL._asdict()), FULL)

    def test_lists_become_tuples(self) -> None:
        gene = gene_from({**SEED, "alias_symbols": ["A", "B"], "previous_symbols": []})
        self.assertEqual((gene.alias_symbols, gene.previous_symbols), (("A", "B"), ()))

    def test_none_is_as_good_as_missing(self) -> None:
        self.assertEqual(
            gene_from({**SEED, **dict.fromkeys((*OPTIONAL_FIELDS, *LIST_FIELDS))}),
            gene_from(SEED),
        )

    def test_what_must_be_there(self) -> None:
        for field in SEED_FIELDS:
            others = {name: value for name, value in SEED.items() if name != field}
            for values in (others, {**SEED, field: None}):
                with self.assertRaisesRegex(InvalidGene, f"^{field} is missing"):
                    gene_from(values)

    def test_an_unknown_member_is_named(self) -> None:
        for name in ("Symbol", "chromosome", "match", "", "prev_symbol", "__init__"):
            with self.assertRaisesRegex(InvalidGene, re.escape(repr(name))):
                gene_from({**SEED, name: "x"})

    def test_an_unknown_member_cannot_spoil_a_log(self) -> None:
        with self.assertRaises(InvalidGene) as raised:
            gene_from({**SEED, "\x1b[2J\nüber\ud800" + "x" * 10_000: "x"})
        message = str(raised.exception)
        self.assertTrue(message.isascii() and message.isprintable(), message)
        self.assertLess(len(message), 400)

    def test_no_message_quotes_a_value(self) -> None:
        for field in FIELDS:
            value = ["\x1b\n"] if field in LIST_FIELDS else "\x1b\n"
            with self.assertRaises(InvalidGene) as raised:
                gene_from({**SEED, field: value})
            self.assertTrue(str(raised.exception).isprintable())

    @settings(deadline=None)
    @given(GENES)
    def test_what_is_written_is_read(self, gene: Gene) -> None:
        values = json.loads(json.dumps(as_json(gene, FIELDS)))
        self.assertEqual(gene_from(values), gene)

    @settings(deadline=None)
    @given(GENES, st.permutations(FIELDS))
    def test_the_order_of_members_does_not_matter(self, gene: Gene, order: list[str]) -> None:
        self.assertEqual(gene_from({field: getattr(gene, field) for field in order}), gene)

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from((*FIELDS, "x")),
            st.recursive(
                st.one_of(
                    st.none(),
                    st.booleans(),
                    st.floats(),
                    st.text(st.characters(exclude_categories=())),
                ),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=2)
                ),
                max_leaves=5,
            ),
        )
    )
    def test_whatever_json_holds(self, values: dict[str, object]) -> None:
        """There is a gene of it, or one kind of error; and a gene can be stored and sent."""
        try:
            gene = gene_from({**SEED, **values})
        except InvalidGene as error:
            self.assertTrue(str(error).isprintable())
        else:
            json.dumps(as_json(gene, FIELDS), ensure_ascii=False).encode()
            for value in gene:
                for text in value if isinstance(value, tuple) else [value or ""]:
                    self.assertTrue(storable(text))


class TextTests(SynchronousTestCase):
    """What texts may hold."""

    def refused(self, field: str, value: object) -> bool:
        try:
            changed = changes_from({field: value})
        except InvalidGene as error:
            self.assertTrue(str(error).startswith(field), str(error))
            return True
        expected = tuple(value) if isinstance(value, list) else value
        self.assertEqual(changed, {field: expected})
        return False

    def assert_lengths(self, field: str, most: int, character: str = "x") -> None:
        for length in (1, 2, most - 1, most):
            self.assertFalse(self.refused(field, character * length), (field, length))
        for length in (0, most + 1, 100 * most):
            self.assertTrue(self.refused(field, character * length), (field, length))

    def test_lengths(self) -> None:
        self.assertEqual((MAX_ID, MAX_SYMBOL, MAX_NAME, MAX_TEXT), (64, 100, 600, 200))
        self.assert_lengths("id", MAX_ID)
        self.assert_lengths("symbol", MAX_SYMBOL)
        self.assert_lengths("name", MAX_NAME)
        for field in OPTIONAL_FIELDS:
            self.assert_lengths(field, MAX_TEXT)

    def test_lengths_are_in_characters(self) -> None:
        for field, most in (("symbol", MAX_SYMBOL), ("name", MAX_NAME), ("location", MAX_TEXT)):
            self.assert_lengths(field, most, "\U0001f9ec")

    def test_nothing_but_a_text(self) -> None:
        for field in TEXT_FIELDS:
            for value in (*NO_TEXTS, ["A1BG"], ("A1BG",)):
                self.assertTrue(self.refused(field, value), (field, value))

    def test_only_what_is_optional_may_be_taken_away(self) -> None:
        for field in SEED_FIELDS:
            self.assertTrue(self.refused(field, None))
        for field in OPTIONAL_FIELDS:
            self.assertFalse(self.refused(field, None))

    def test_every_character(self) -> None:
        """Alone, at either end and in the middle; by Unicode's properties."""
        for character in BASIC:
            never = breaks_text(character)
            outer = never or is_space(character)
            for field in ("name", "location"):
                self.assertEqual(self.refused(field, character), outer, ascii(character))
            self.assertEqual(self.refused("name", f"x{character}"), outer, ascii(character))
            self.assertEqual(self.refused("name", f"{character}x"), outer, ascii(character))
            self.assertEqual(self.refused("name", f"x{character}x"), never, ascii(character))

    def test_every_character_in_a_symbol(self) -> None:
        for character in BASIC:
            never = breaks_text(character) or character == "|"
            outer = never or is_space(character)
            self.assertEqual(self.refused("symbol", character), outer, ascii(character))
            self.assertEqual(self.refused("symbol", f"x{character}"), outer, ascii(character))
            self.assertEqual(self.refused("symbol", f"{character}x"), outer, ascii(character))
            self.assertEqual(self.refused("symbol", f"x{character}x"), never, ascii(character))

    def test_every_character_of_the_other_planes(self) -> None:
        for first in range(0x10000, 0x110000, MAX_NAME):
            text = "".join(map(chr, range(first, min(first + MAX_NAME, 0x110000))))
            self.assertFalse(any(breaks_text(c) or is_space(c) for c in text), hex(first))
            self.assertFalse(self.refused("name", text), hex(first))

    def test_no_lone_surrogates(self) -> None:
        for surrogate in map(chr, range(0xD800, 0xE000)):
            for text in (surrogate, f"x{surrogate}x", f"{surrogate}x", f"x{surrogate}"):
                self.assertTrue(self.refused("name", text), ascii(text))
                self.assertTrue(self.refused("symbol", text), ascii(text))

    def test_what_lines_end_with(self) -> None:
        """A text is one line to whatever reads it."""
        for character in BASIC:
            if len(f"x{character}x".splitlines()) > 1:
                self.assertTrue(self.refused("name", f"x{character}x"), ascii(character))

    def test_the_end_of_the_pattern_is_the_end_of_the_text(self) -> None:
        for field in TEXT_FIELDS:
            self.assertTrue(self.refused(field, "x\n"), field)

    def test_a_long_blank_is_found_out_quickly(self) -> None:
        blank = "x" + " " * (MAX_NAME - 1)
        self.assertTrue(self.refused("name", blank))
        self.assertTrue(self.refused("name", blank[:-1] + "\0"))

    def test_ids(self) -> None:
        good = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for character in BASIC:
            self.assertEqual(self.refused("id", character), character not in good)
            self.assertEqual(self.refused("id", f"1{character}"), character not in good + "._:-")
        for path in (".", "..", "../1", "1/2", "1%2F2", "HGNC:5 ", "1\0"):
            self.assertTrue(self.refused("id", path), path)
        for one in ("HGNC:5", "503538", "ENSG00000268895.2", "a-b_c"):
            self.assertFalse(self.refused("id", one), one)

    def test_what_can_be_an_id(self) -> None:
        """It is asked without an error to catch, and answered alike."""
        texts = ["", "1" * MAX_ID, "1" * (MAX_ID + 1), "1\n", "\ud800", "\0"]
        for text in chain(texts, BASIC, (f"1{character}" for character in BASIC)):
            self.assertEqual(is_id(text), not self.refused("id", text), ascii(text))

    def test_symbols_that_there_are(self) -> None:
        for symbol in ("HLA-DRB1", "A1BG-AS1", "IGHV1-2*02", "SEPT1", "p53", "Em:AC005003.4"):
            self.assertFalse(self.refused("symbol", symbol))
        for alias in ("c(3)G", "+beta", "a'", "#1", "5±6", "[x]", "alpha 2", "a/b", "NA", "-1"):
            self.assertFalse(self.refused("alias_symbols", [alias]))

    def test_the_published_patterns_say_the_same(self) -> None:
        """They are what OpenAPI states; JSON Schema searches for them."""
        for field, pattern in (
            ("id", ID_PATTERN),
            ("symbol", SYMBOL_PATTERN),
            ("name", TEXT_PATTERN),
        ):
            published = re.compile(pattern)
            for character in BASIC:
                # Python's $ is also before a last line feed; ECMAScript's is not.
                if character != "\n":
                    for text in (character, f"x{character}", f"x{character}x"):
                        self.assertEqual(
                            published.search(text) is None,
                            self.refused(field, text),
                            (field, ascii(text)),
                        )


class ListTests(SynchronousTestCase):
    """Lists of symbols."""

    def test_how_many(self) -> None:
        symbols = [f"S{number}" for number in range(MAX_SYMBOLS + 1)]
        self.assertEqual(MAX_SYMBOLS, 200)
        for field in LIST_FIELDS:
            self.assertEqual(
                changes_from({field: symbols[:MAX_SYMBOLS]}), {field: tuple(symbols[:MAX_SYMBOLS])}
            )
            with self.assertRaisesRegex(InvalidGene, f"^{field} must hold at most 200"):
                changes_from({field: symbols})

    def test_none_empties(self) -> None:
        for field in LIST_FIELDS:
            self.assertEqual(changes_from({field: None}), {field: ()})
            self.assertEqual(changes_from({field: []}), {field: ()})

    def test_nothing_but_a_list(self) -> None:
        for field in LIST_FIELDS:
            for value in (*NO_TEXTS, "A1BG", "", iter(["A1BG"]), {"A1BG"}):
                with self.assertRaisesRegex(InvalidGene, f"^{field} must be a list"):
                    changes_from({field: value})

    def test_the_bad_one_is_counted(self) -> None:
        for bad in (*NO_TEXTS, None, [], ["B"], "", "a|b", " a", "a\n", "x" * (MAX_SYMBOL + 1)):
            with self.assertRaisesRegex(InvalidGene, r"^alias_symbols\[1\] must be "):
                changes_from({"alias_symbols": ["A", bad, "C"]})

    def test_the_order_is_kept(self) -> None:
        for order in permutations(["B", "A", "a", "Ä"]):
            self.assertEqual(
                changes_from({"previous_symbols": list(order)}), {"previous_symbols": order}
            )

    def test_none_stands_twice(self) -> None:
        with self.assertRaisesRegex(InvalidGene, "^alias_symbols must not hold a symbol twice"):
            changes_from({"alias_symbols": ["A", "B", "A"]})

    def test_a_list_is_not_shared(self) -> None:
        symbols = ["A"]
        gene = gene_from({**SEED, "alias_symbols": symbols})
        symbols.append("B")
        self.assertEqual(gene.alias_symbols, ("A",))


class ChangesTests(SynchronousTestCase):
    """Some members."""

    def test_nothing(self) -> None:
        self.assertEqual(changes_from({}), {})

    def test_only_what_is_there(self) -> None:
        self.assertEqual(changes_from({"symbol": "HYST2477"}), {"symbol": "HYST2477"})
        self.assertEqual(
            changes_from({"name": "n", "location": None}), {"name": "n", "location": None}
        )

    def test_they_fit_a_gene(self) -> None:
        changes = changes_from({"alias_symbols": ["X"], "hgnc_id": None, "id": "2"})
        changed = FULL._replace(**changes)  # type: ignore[arg-type]  # checked by field
        self.assertEqual((changed.alias_symbols, changed.hgnc_id, changed.id), (("X",), None, "2"))

    def test_unknown(self) -> None:
        with self.assertRaisesRegex(InvalidGene, "'nmae' is no field of a gene"):
            changes_from({"nmae": "x"})


def choices() -> Iterator[tuple[str, ...]]:
    """Return each choice of up to two fields, in each order."""
    for count in (1, 2):
        yield from permutations(FIELDS, count)


class AsJSONTests(SynchronousTestCase):
    """The representation."""

    def test_the_seeds_fields(self) -> None:
        self.assertEqual(as_json(gene_from(SEED)), SEED)
        self.assertEqual(list(as_json(FULL)), list(SEED_FIELDS))

    def test_the_order_is_that_of_the_fields(self) -> None:
        for fields in choices():
            self.assertEqual(list(as_json(FULL, fields)), list(fields))

    def test_what_is_not_there(self) -> None:
        self.assertEqual(
            json.loads(json.dumps(as_json(gene_from(SEED), FIELDS))),
            {**SEED, **dict.fromkeys(OPTIONAL_FIELDS), "previous_symbols": [], "alias_symbols": []},
        )


class StorableTests(SynchronousTestCase):
    """What the databases hold."""

    def test_every_character(self) -> None:
        for number in range(0x10000):
            expected = number != 0 and not 0xD800 <= number < 0xE000
            self.assertEqual(storable(f"x{chr(number)}"), expected, hex(number))

    def test_ends(self) -> None:
        self.assertTrue(storable(""))
        self.assertTrue(storable("\n"))
        self.assertFalse(storable("\0\n"))
