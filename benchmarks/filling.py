"""``python -m benchmarks.filling URL``: put all cars into an empty store of ours.

A process for itself, so that the one that is measured is as it ships: ten thousand cars in its
memory would be in its garbage collector's way.
"""

from __future__ import annotations

import sys

from netsuite.storage import Transaction, open_store

from .cars import CARS

#: How many cars a statement inserts.
_BATCH = 1000


def insert(transaction: Transaction) -> None:
    """Insert all cars."""
    for start in range(0, len(CARS), _BATCH):
        cars = CARS[start : start + _BATCH]
        rows = ", ".join(["(?, ?, ?, ?)"] * len(cars))
        statement = f"INSERT INTO cars (license, seats, mileage, owner) VALUES {rows}"
        transaction.execute(statement, *[value for car in cars for value in car])


def main() -> None:
    """Run the program."""
    store = open_store(sys.argv[1])
    store.transact_now(insert)
    store.close_at_once()


if __name__ == "__main__":
    main()
