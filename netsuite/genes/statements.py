"""The SQL of the gene repository, and how records become rows.

What the two databases have in common stands here once; where they differ, in how words are looked
up, there is one function for each in :data:`WORD_QUERIES`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netsuite.genes.records import FIELDS, LIST_FIELDS, Gene, Value
from netsuite.genes.search import Level, Query, key_of, words_of
from netsuite.storage.prefixes import end_of

#: What a row of a gene consists of, before the revision.
COLUMNS = ", ".join(FIELDS)
_WIDTH = len(FIELDS)


def _join(words: Sequence[str]) -> str:
    return " ".join(words)


def _keys(symbols: Sequence[str]) -> str:
    """Return the keys of symbols, as the triggers read them."""
    return json.dumps([key_of(symbol) for symbol in symbols], ensure_ascii=False)


#: The field, or fields, that a column is derived from, and how.
_DERIVED: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    "symbol": {"symbol_key": key_of, "symbol_words": lambda text: _join(words_of(text))},
    "name": {"name_words": lambda text: _join(words_of(text))},
    "previous_symbols": {
        "previous_keys": _keys,
        "previous_words": lambda symbols: _join(words_of(" ".join(symbols))),
    },
    "alias_symbols": {
        "alias_keys": _keys,
        "alias_words": lambda symbols: _join(words_of(" ".join(symbols))),
    },
}

_WRITTEN = (*FIELDS, *(column for derived in _DERIVED.values() for column in derived))
#: The places of a record's columns in an INSERT.
_PLACES = f"({', '.join('?' * len(_WRITTEN))}, "

#: The revision that a change makes.
_NEXT = "(SELECT revision + 1 FROM gene_state)"

INSERT = f"""
    INSERT INTO genes ({", ".join(_WRITTEN)}, revision) VALUES {_PLACES}{_NEXT})
    ON CONFLICT (id) DO NOTHING RETURNING revision
"""


def columns_of(changes: Mapping[str, Value]) -> dict[str, object]:
    """Return the values of the columns that hold some fields, and what is derived from them."""
    columns: dict[str, object] = {}
    for field, value in changes.items():
        columns[field] = "|".join(value or ()) if field in LIST_FIELDS else value
        for column, derive in _DERIVED.get(field, {}).items():
            columns[column] = derive(value or ())
    return columns


def row_of(gene: Gene) -> list[object]:
    """Return what an INSERT takes."""
    columns = columns_of({field: getattr(gene, field) for field in FIELDS})
    return [columns[column] for column in _WRITTEN]


def gene_of(row: Sequence[Any]) -> Gene:
    """Return the gene of a row that begins with :data:`COLUMNS`."""
    *texts, previous, aliases = row[:_WIDTH]
    return Gene._make(
        (
            *texts,
            tuple(previous.split("|")) if previous else (),
            tuple(aliases.split("|")) if aliases else (),
        )
    )


def update(columns: Sequence[str], revisions: int | None) -> str:
    """Return the statement that changes a record.

    :param columns: what changes. The parameters are their values, the id, and the revisions.
    :param revisions: of how many revisions it may be; None for any.
    """
    changes = "".join(f"{column} = ?, " for column in columns)
    return f"""
        UPDATE genes SET {changes}revision = {_NEXT}
        WHERE id = ?{_one_of(revisions)} RETURNING {COLUMNS}, revision
    """


def delete(revisions: int | None) -> str:
    """Return the statement that deletes a record; see :func:`update`."""
    return f"DELETE FROM genes WHERE id = ?{_one_of(revisions)} RETURNING id"


def upsert(database: str, rows: int) -> str:
    """Return the statement that adds records, or brings up to date those that differ.

    :param database: whose SQL to write.
    :param rows: how many. Each is a row of :func:`row_of`, and its revision.
    """
    changes = ", ".join(f"{column} = excluded.{column}" for column in (*_WRITTEN[1:], "revision"))
    old = ", ".join(f"genes.{column}" for column in FIELDS[1:])
    new = ", ".join(f"excluded.{column}" for column in FIELDS[1:])
    differ = "IS NOT" if database == "sqlite" else "IS DISTINCT FROM"
    return f"""
        INSERT INTO genes ({", ".join(_WRITTEN)}, revision)
        VALUES {", ".join([f"{_PLACES}?)"] * rows)}
        ON CONFLICT (id) DO UPDATE SET {changes} WHERE ({old}) {differ} ({new})
        RETURNING id
    """


def known_ids(number: int) -> str:
    """Return the statement that counts which of some ids there are."""
    return f"SELECT count(*) FROM genes WHERE id IN ({', '.join('?' * number)})"


def delete_all(number: int) -> str:
    """Return the statement that deletes several records."""
    return f"DELETE FROM genes WHERE id IN ({', '.join('?' * number)})"


#: How many parameters :data:`KNOWN_BY` takes for each symbol: its key, once for each kind.
KINDS = 3


def known_by(symbols: int, most: int) -> str:
    """Return the statement that finds the genes that are known by some symbols.

    :param symbols: how many.
    :param most: the most genes for each kind of each symbol.
    """
    one = f"""
        SELECT * FROM (
            SELECT s.key, s.kind, {_of("g", FIELDS)} FROM gene_symbols s
            JOIN genes g ON g.number = s.number
            WHERE s.key = ? AND s.kind = {{kind}} ORDER BY s.number LIMIT {most}
        ) AS found
    """
    return " UNION ALL ".join(
        one.format(kind=kind) for _ in range(symbols) for kind in range(KINDS)
    )


# Searching


def matching(database: str, query: Query) -> tuple[str, list[object]]:
    """Return the query that finds and ranks what a search is for, and its parameters.

    Its rows are those of ``genes``, with their ``level`` and ``weight`` (see
    :mod:`netsuite.genes.search`).

    :param database: whose SQL to write.
    """
    word_query = WORD_QUERIES[database]
    range_, bounds = _starting_with("key", query.key)
    numbers = [f"SELECT DISTINCT number FROM gene_symbols WHERE {range_}"]
    parameters: list[object] = [*bounds]
    worst = f"{Level.WORD_PREFIXES:d}"
    whens: list[str] = []
    ranking: list[object] = []
    if query.words:
        prefixes, wanted = word_query(query.words, prefixes=True)
        numbers.append(f"SELECT g.number FROM genes g WHERE {prefixes}")
        parameters.append(wanted)
        name_range, name_bounds = _starting_with("g.name_words", query.name)
        whole, whole_wanted = word_query(query.words, prefixes=False)
        whens = [
            f"WHEN g.name_words = ? THEN {Level.NAME:d}",
            f"WHEN {name_range} THEN {Level.NAME_PREFIX:d}",
            f"WHEN {whole} THEN {Level.WORDS:d}",
        ]
        ranking = [query.name, *name_bounds, whole_wanted]
    words_level = f"CASE {' '.join(whens)} ELSE {worst} END" if whens else worst
    least = "min" if database == "sqlite" else "least"
    by_kind = f"CASE WHEN key = ? THEN {_by_kind(_EXACT)} ELSE {_by_kind(_PREFIX)} END"
    return (
        f"""
        SELECT g.*, {least}(coalesce(s.level, {worst}), {words_level}) AS level,
            CASE s.level WHEN {Level.SYMBOL_PREFIX:d} THEN 0 ELSE length(g.name_words) END
                + length(g.symbol_key) AS weight
        FROM genes g LEFT JOIN (
            SELECT number, min({by_kind}) AS level
            FROM gene_symbols WHERE {range_} GROUP BY number
        ) s ON s.number = g.number
        JOIN ({" UNION ".join(numbers)}) AS hits ON hits.number = g.number
        """,
        [*ranking, query.key, *bounds, *parameters],
    )


def _sqlite_words(words: Sequence[str], *, prefixes: bool) -> tuple[str, str]:
    # In quotation marks nothing is an operator; what is between them is letters and digits.
    terms = " ".join(f'"{word}"{" *" if prefixes else ""}' for word in words)
    return "g.number IN (SELECT rowid FROM gene_words WHERE gene_words MATCH ?)", terms


def _postgresql_words(words: Sequence[str], *, prefixes: bool) -> tuple[str, str]:
    terms = " & ".join(f"'{word}'{':*' if prefixes else ''}" for word in words)
    return "g.words @@ ?::tsquery", terms


#: By database: the condition that a record of ``genes g`` has certain words, and its parameter.
WORD_QUERIES: Mapping[str, Callable[..., tuple[str, str]]] = {
    "sqlite": _sqlite_words,
    "postgresql": _postgresql_words,
}

_EXACT = (Level.SYMBOL, Level.PREVIOUS, Level.ALIAS)
_PREFIX = (Level.SYMBOL_PREFIX, Level.PREVIOUS_PREFIX, Level.ALIAS_PREFIX)


def _by_kind(levels: Sequence[Level]) -> str:
    whens = " ".join(f"WHEN {kind} THEN {level:d}" for kind, level in enumerate(levels))
    return f"CASE kind {whens} END"


def _starting_with(column: str, prefix: str) -> tuple[str, list[object]]:
    end = end_of(prefix)
    if end is None:
        return f"{column} >= ?", [prefix]
    return f"{column} >= ? AND {column} < ?", [prefix, end]


def _one_of(revisions: int | None) -> str:
    if revisions is None:
        return ""
    # Nothing is in an empty list, but PostgreSQL does not take one.
    return f" AND revision IN ({', '.join('?' * revisions)})" if revisions else " AND 1 = 0"


def _of(table: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)
