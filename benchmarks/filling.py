"""``python -m benchmarks.filling cars|genes URL [FILE]``: put all there is into a store of ours.

A process for itself, so that the one that is measured is as it ships: ten thousand cars in its
memory would be in its garbage collector's way.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import react

from netsuite.genes.reading import Row, read
from netsuite.genes.repository import Genes
from netsuite.storage import Transaction, open_store

from .cars import CARS
from .peers.services import GENES

#: How many cars a statement inserts.
_BATCH = 1000


def insert(transaction: Transaction) -> None:
    """Insert all cars."""
    for start in range(0, len(CARS), _BATCH):
        cars = CARS[start : start + _BATCH]
        rows = ", ".join(["(?, ?, ?, ?)"] * len(cars))
        statement = f"INSERT INTO cars (license, seats, mileage, owner) VALUES {rows}"
        transaction.execute(statement, *[value for car in cars for value in car])


def fill_with_cars(url: str) -> None:
    """Put all cars into an empty store."""
    store = open_store(url)
    store.transact_now(insert)
    store.close_at_once()


async def import_genes(url: str, file: Path) -> None:
    """Put the genes of a file with HGNC's columns into an empty store."""
    with file.open("rb") as source:
        rows = [row for row in read("tsv", source) if isinstance(row, Row)]
    genes = Genes(url, samples=False)
    genes.open()
    await genes.import_genes([row.gene for row in rows])
    await genes.close()


def main() -> None:
    """Run the program."""
    service, url, *file = sys.argv[1:]
    if service != GENES:
        fill_with_cars(url)
        return

    def fill(_reactor: Any) -> Deferred[None]:
        return Deferred.fromCoroutine(import_genes(url, Path(*file)))

    react(fill)


if __name__ == "__main__":
    main()
