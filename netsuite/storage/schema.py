"""The schema of a store, as the steps that lead to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netsuite.storage import genes, players


class Migration(NamedTuple):
    """One step, as statements for each database. It is never changed once it has been released."""

    sqlite: Sequence[str]
    postgresql: Sequence[str]


#: A store's version is the number of steps that it has taken.
MIGRATIONS: Sequence[Migration] = (
    Migration(
        sqlite=(
            """
            CREATE TABLE secrets (
                service TEXT PRIMARY KEY,
                secret TEXT NOT NULL,
                found INTEGER NOT NULL DEFAULT 0
            ) STRICT
            """,
        ),
        postgresql=(
            """
            CREATE TABLE secrets (
                service TEXT PRIMARY KEY,
                secret TEXT NOT NULL,
                found SMALLINT NOT NULL DEFAULT 0
            )
            """,
        ),
    ),
    Migration(
        # Licenses sort by their characters' code points, which is what both databases do here.
        sqlite=(
            """
            CREATE TABLE cars (
                license TEXT PRIMARY KEY,
                seats INTEGER NOT NULL,
                mileage INTEGER NOT NULL,
                owner TEXT NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
        ),
        postgresql=(
            """
            CREATE TABLE cars (
                license TEXT COLLATE "C" PRIMARY KEY,
                seats SMALLINT NOT NULL,
                mileage BIGINT NOT NULL,
                owner TEXT NOT NULL
            )
            """,
        ),
    ),
    Migration(sqlite=genes.SQLITE, postgresql=genes.POSTGRESQL),
    Migration(sqlite=players.SQLITE, postgresql=players.POSTGRESQL),
)


def newer(store: str) -> str:
    """Return what to say of a store that has taken more steps than there are here."""
    return (
        f"the store {store} was written by a newer netsuite; "
        "update netsuite, or name another with --store"
    )
