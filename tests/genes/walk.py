"""What must be so of a store of genes at any time, and changes at random that may break it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netsuite.genes.records import FIELDS, LIST_FIELDS, OPTIONAL_FIELDS, Gene, Value
from netsuite.genes.search import key_of
from netsuite.genes.statements import columns_of, gene_of
from netsuite.storage import Rows
from tests.genes.queries import PIECES

#: Symbols some of which differ in their case only.
SYMBOLS = ("abc", "ABC", "Abc", "ß", "SS", "ss", "x1", "X1", "日本", "a b", 'q"\\', "\U0010ffff")

#: What is derived from a record, and stands beside it.
_DERIVED = tuple(columns_of(dict.fromkeys(FIELDS, "x")))

#: Carries out a statement.
Execute = Callable[[str], Rows]


def everything(execute: Execute) -> list[Gene]:
    """Return all genes, in the order in which they were added."""
    return [
        gene_of(row) for row in execute(f"SELECT {', '.join(FIELDS)} FROM genes ORDER BY number")
    ]


def contradictions(execute: Execute, database: str) -> list[str]:
    """Find out what of a store's tables and indexes does not fit its records.

    :param database: which database it is.
    """
    wrong = []
    symbols = set()
    rows = execute(f"SELECT number, revision, {', '.join(_DERIVED)} FROM genes")
    for number, _revision, *values in rows:
        columns = dict(zip(_DERIVED, values, strict=True))
        gene = gene_of([columns[field] for field in FIELDS])
        if columns != columns_of({field: getattr(gene, field) for field in FIELDS}):
            wrong.append(f"{columns} are not what is derived from {gene}")
        symbols.add((key_of(gene.symbol), 0, number))
        for kind, several in ((1, gene.previous_symbols), (2, gene.alias_symbols)):
            symbols.update((key_of(symbol), kind, number) for symbol in several)
    known = execute("SELECT key, kind, number FROM gene_symbols")
    if sorted(known) != sorted(symbols):
        wrong.append(f"gene_symbols: {set(known) ^ symbols}")
    ((revision,),) = execute("SELECT revision FROM gene_state")
    if any(row[1] > revision for row in rows):
        wrong.append(f"some record is of a later revision than {revision}")
    if database == "sqlite":
        # With a rank it compares the index with the records, and fails if they differ.
        execute("INSERT INTO gene_words (gene_words, rank) VALUES ('integrity-check', 1)")
    else:
        split = "tsvector_to_array(words), string_to_array(concat_ws(' ', %s), ' ')"
        names = "symbol_words, name_words, previous_words, alias_words"
        for lexemes, words in execute(f"SELECT {split % names} FROM genes"):
            if {*lexemes} != {*words} - {""}:
                wrong.append(f"{lexemes} are not {words}")
    return wrong


class Walk:
    """Changes at random, and what is to come of them.

    :param seed: two walks with the same seed are the same.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        #: The genes that are to be there, by id, in the order in which they were added.
        self.genes: dict[str, Gene] = {}

    def some_id(self) -> str:
        """Return one of few ids."""
        return f"g{self.chance.randrange(12)}"

    def gene(self, gene_id: str) -> Gene:
        """Make a gene."""
        values: Mapping[str, Any] = {"symbol": "x", "name": "x", **self.changes()}
        return Gene(id=gene_id, **values)

    def changes(self) -> dict[str, Value]:
        """Make new values of some fields."""
        chance = self.chance
        return {field: self._value(field) for field in FIELDS[1:] if chance.random() < 0.4}

    def file(self) -> list[Gene]:
        """Make what could be imported: new genes, changed ones and such as are there already."""
        ids = self.chance.sample([f"g{n}" for n in range(12)], self.chance.randrange(13))
        return [
            self.genes[each]
            if each in self.genes and self.chance.random() < 0.5
            else self.gene(each)
            for each in ids
        ]

    def change(self, gene_id: str, changes: Mapping[str, Value]) -> Gene:
        """Have a gene changed."""
        values: Mapping[str, Any] = changes
        self.genes[gene_id] = self.genes[gene_id]._replace(**values)
        return self.genes[gene_id]

    def load(self, genes: Sequence[Gene], *, replace: bool) -> tuple[int, int, int, int, int]:
        """Have genes imported.

        :returns: how many were given, added, updated, unchanged and removed.
        """
        known = [gene for gene in genes if gene.id in self.genes]
        unchanged = sum(self.genes[gene.id] == gene for gene in known)
        before = len(self.genes)
        self.genes.update((gene.id, gene) for gene in genes)
        if replace:
            ids = {gene.id for gene in genes}
            self.genes = {each: gene for each, gene in self.genes.items() if each in ids}
        return (
            len(genes),
            len(genes) - len(known),
            len(known) - unchanged,
            unchanged,
            before - len(known) if replace else 0,
        )

    def _value(self, field: str) -> Value:
        chance = self.chance
        if field in LIST_FIELDS:
            return tuple(chance.sample(SYMBOLS, chance.randrange(5)))
        if field in OPTIONAL_FIELDS:
            return chance.choice([None, "", "text"]) or None
        return chance.choice(SYMBOLS + PIECES) + chance.choice(("", "x", " y"))
