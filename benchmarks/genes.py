"""The genes in the services that are measured: HGNC's, or as many made-up ones like them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

#: How many genes there are in HGNC's file, and so how many are made up without it.
COUNT = 39_914

#: Where HGNC's complete set is, if it is there: beside the checkout.
_HGNC = Path(__file__).resolve().parents[2] / "shared" / "data" / "hgnc_genes.tsv"

#: The columns of that file that are filled and that a gene service is about.
_COLUMNS = (
    "hgnc_id",
    "symbol",
    "name",
    "status",
    "alias_symbol",
    "prev_symbol",
    "entrez_id",
    "ensembl_gene_id",
)

_KINDS = ("receptor", "kinase", "transporter", "ribosomal protein", "zinc finger protein")
_STEMS = ("alpha", "beta", "gamma", "solute", "olfactory", "ubiquitin", "keratin", "myosin")


class Gene(NamedTuple):
    """A gene, as far as the services that are measured know it.

    :param id: its Entrez id, or else its HGNC id.
    :param symbol: its symbol.
    :param name: its name.
    :param others: its previous symbols and its aliases.
    """

    id: str
    symbol: str
    name: str
    others: tuple[str, ...] = ()

    @property
    def record(self) -> dict[str, str]:
        """The record that the services answer with."""
        return {"id": self.id, "symbol": self.symbol, "name": self.name}


class GeneData:
    """All genes, and a folder for what the peers make of them.

    The genes are those of the file ``genes.tsv`` in the folder, or else of HGNC's. If there is
    neither, genes are made up, and stand in the former.

    :param folder: where files go that a peer prepares in one turn and uses in the others too.
    :param file: HGNC's complete set.
    """

    def __init__(self, folder: Path, file: Path = _HGNC) -> None:
        self.folder = folder
        self._hgnc = file

    @cached_property
    def file(self) -> Path:
        """The file with all genes: tab-separated, with HGNC's columns, or some of them."""
        own = self.folder / "genes.tsv"
        if own.exists():
            return own
        if self._hgnc.exists():
            return self._hgnc
        with own.open("w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink, delimiter="\t", lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(_made_up())
        return own

    @cached_property
    def genes(self) -> list[Gene]:
        """All genes, in the order of the file."""
        with self.file.open(encoding="utf-8", newline="") as source:
            return [
                Gene(
                    row["entrez_id"] or row["hgnc_id"],
                    row["symbol"],
                    row["name"],
                    tuple(filter(None, f"{row['prev_symbol']}|{row['alias_symbol']}".split("|"))),
                )
                for row in csv.DictReader(source, delimiter="\t")
            ]


def _made_up() -> Iterator[tuple[str, ...]]:
    """Yield rows that are in length, number and kind much like HGNC's; always the same ones."""
    source = random.Random(4)
    letters = "ABCDEFGHIKLMNPRSTUVWXYZ"

    def symbols(share: float, least: int, most: int) -> str:
        if source.random() > share:
            return ""
        count = source.randint(least, most)
        return "|".join("".join(source.choices(letters, k=6)) for _ in range(count))

    for number in range(1, COUNT + 1):
        symbol = "".join(source.choices(letters, k=source.randint(2, 4))) + str(number)
        name = f"{source.choice(_STEMS)} {source.choice(_KINDS)} family member {number}"
        entrez = "" if source.random() < 0.055 else str(number)
        # Half have aliases, two on average; more than a quarter had other symbols before.
        aliases, previous = symbols(0.51, 1, 3), symbols(0.28, 1, 1)
        ensembl = f"ENSG{number:011}"
        yield f"HGNC:{number}", symbol, name, "Approved", aliases, previous, entrez, ensembl
