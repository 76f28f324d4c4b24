"""What the gene peers serve: dictionaries in memory, as in the seed, and an SQLite file.

The peers differ in how they carry HTTP, so that is all that should differ. A gene and a page come
from memory, which is the fastest there is. What is changed is on the disk before it is answered, as
ours is: SQLite in WAL mode with ``synchronous=FULL``. Searches are SQLite's own, FTS5, by its rank.

Peers with an event loop call it from there. All others wait meanwhile; but on one core that is
faster than a thread for each call, by half and more.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence

from ..genes import Gene

#: A gene as it is answered.
Record = dict[str, str]

#: The most that a search finds.
_FOUND = 50

_SCHEMA = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE genes (
        position INTEGER PRIMARY KEY, id TEXT UNIQUE, symbol TEXT, name TEXT, others TEXT
    );
    CREATE VIRTUAL TABLE words USING fts5 (
        symbol, name, others, content = 'genes', content_rowid = 'position'
    );
    CREATE TRIGGER genes_changed AFTER UPDATE ON genes BEGIN
        INSERT INTO words (words, rowid, symbol, name, others)
        VALUES ('delete', old.position, old.symbol, old.name, old.others);
        INSERT INTO words (rowid, symbol, name, others)
        VALUES (new.position, new.symbol, new.name, new.others);
    END;
"""


class GeneStore:
    """All genes, for any thread.

    :param genes: the genes, in their order.
    """

    def __init__(self, genes: Sequence[Gene]) -> None:
        self._records = [gene.record for gene in genes]
        self._positions = {gene.id: position for position, gene in enumerate(genes)}
        self._writing, self._reading = threading.Lock(), threading.Lock()
        self._writer = _connect()
        self._writer.executescript(_SCHEMA)
        self._writer.execute("BEGIN")
        self._writer.executemany(
            "INSERT INTO genes VALUES (?, ?, ?, ?, ?)",
            [(n, g.id, g.symbol, g.name, " ".join(g.others)) for n, g in enumerate(genes)],
        )
        self._writer.execute("INSERT INTO words (words) VALUES ('rebuild')")
        self._writer.execute("COMMIT")
        self._reader = _connect()  # who reads does not wait for who writes

    def gene(self, gene_id: str) -> Record | None:
        """Return a gene, if there is one with this id."""
        position = self._positions.get(gene_id)
        return None if position is None else self._records[position]

    def page(self, limit: int, after: str | None) -> list[Record]:
        """Return the first genes, or those after the one with this id."""
        start = self._positions[after] + 1 if after is not None else 0
        return self._records[start : start + limit]

    def search(self, query: str) -> list[Record]:
        """Return the genes that have words with these beginnings, the best first."""
        words = " ".join(f'"{word}"*' for word in query.replace('"', " ").split())
        with self._reading:
            found = self._reader.execute(
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (words, _FOUND)
            ).fetchall()
        return [self._records[position] for (position,) in found]

    def update(self, gene_id: str, changes: Mapping[str, str]) -> Record | None:
        """Change a gene's symbol, name, or both, and return it, if there is one with this id."""
        position = self._positions.get(gene_id)
        if position is None:
            return None
        with self._writing:
            record = {**self._records[position]}
            record.update((key, changes[key]) for key in ("symbol", "name") if key in changes)
            self._writer.execute(
                "UPDATE genes SET symbol = ?, name = ? WHERE position = ?",
                (record["symbol"], record["name"], position),
            )
            self._records[position] = record
        return record


def _connect() -> sqlite3.Connection:
    # In the working directory, which is the peer's own.
    return sqlite3.connect("genes.sqlite3", check_same_thread=False, isolation_level=None)
