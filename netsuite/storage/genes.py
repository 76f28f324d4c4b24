"""The step of the schema that genes are kept by, which differs most between the databases.

``genes`` holds the records in the order in which they came (``number``); between the symbols of a
list stands a bar. Beside them is what they are found by: ``…_key`` and ``…_keys`` are what is
compared (case folded, lists as JSON), ``…_words`` is what is searched, split at white space only.
Whoever writes a record writes these too, so that folding and splitting are the same with each
database. From them the databases derive the rest by triggers, so that a write stays one statement:

- ``gene_symbols``: by which symbols a gene is known. ``kind`` is 0 for the current one, 1 for a
  previous one and 2 for an alias;
- an index of words: FTS5's, or PostgreSQL's GIN over a ``tsvector``;
- ``gene_state``: one row that tells the revision, which grows with each change.
"""

from __future__ import annotations

# What the triggers of SQLite consist of.
_ADD_WORDS = """
    INSERT INTO gene_words (rowid, symbol_words, name_words, previous_words, alias_words)
    VALUES (new.number, new.symbol_words, new.name_words, new.previous_words, new.alias_words);
"""
_DELETE_WORDS = """
    INSERT INTO gene_words (
        gene_words, rowid, symbol_words, name_words, previous_words, alias_words
    ) VALUES (
        'delete', old.number,
        old.symbol_words, old.name_words, old.previous_words, old.alias_words
    );
"""
# UNION: symbols of one gene may differ in case only, and so have one key. OR IGNORE would not
# do, for what an upsert does to conflicts goes before what its triggers would do.
_ADD_SYMBOLS = """
    INSERT INTO gene_symbols (key, kind, number)
    SELECT new.symbol_key, 0, new.number
    UNION SELECT value, 1, new.number FROM json_each(new.previous_keys)
    UNION SELECT value, 2, new.number FROM json_each(new.alias_keys);
"""
_DELETE_SYMBOLS = """
    DELETE FROM gene_symbols
    WHERE key = old.symbol_key AND kind = 0 AND number = old.number;
    DELETE FROM gene_symbols
    WHERE key IN (SELECT value FROM json_each(old.previous_keys))
        AND kind = 1 AND number = old.number;
    DELETE FROM gene_symbols
    WHERE key IN (SELECT value FROM json_each(old.alias_keys))
        AND kind = 2 AND number = old.number;
"""
_REVISE = """
    UPDATE gene_state
    SET revision = new.revision, changed = strftime('%Y-%m-%dT%H:%M:%SZ')
    WHERE revision < new.revision;
"""

SQLITE = (
    """
    CREATE TABLE gene_state (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        revision INTEGER NOT NULL DEFAULT 0,
        changed TEXT,
        imported TEXT,
        source TEXT,
        version TEXT
    ) STRICT
    """,
    # AUTOINCREMENT: whoever is reading page after page must not miss a new record because it has
    # the number of one that was deleted.
    """
    CREATE TABLE genes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        symbol TEXT NOT NULL,
        name TEXT NOT NULL,
        hgnc_id TEXT,
        entrez_id TEXT,
        ensembl_gene_id TEXT,
        location TEXT,
        locus_type TEXT,
        previous_symbols TEXT NOT NULL,
        alias_symbols TEXT NOT NULL,
        revision INTEGER NOT NULL,
        symbol_key TEXT NOT NULL,
        previous_keys TEXT NOT NULL,
        alias_keys TEXT NOT NULL,
        symbol_words TEXT NOT NULL,
        name_words TEXT NOT NULL,
        previous_words TEXT NOT NULL,
        alias_words TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX genes_by_symbol ON genes (symbol, number)",
    "CREATE INDEX genes_by_name ON genes (name, number)",
    """
    CREATE TABLE gene_symbols (
        key TEXT NOT NULL,
        kind INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (key, kind, number)
    ) STRICT, WITHOUT ROWID
    """,
    # The words are split already: whatever is no white space belongs to one.
    """
    CREATE VIRTUAL TABLE gene_words USING fts5 (
        symbol_words, name_words, previous_words, alias_words,
        content = 'genes', content_rowid = 'number', detail = 'none', prefix = '1 2 3',
        tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    )
    """,
    f"""
    CREATE TRIGGER gene_inserted AFTER INSERT ON genes BEGIN
        {_ADD_WORDS}
        {_ADD_SYMBOLS}
        {_REVISE}
    END
    """,
    f"""
    CREATE TRIGGER gene_deleted AFTER DELETE ON genes BEGIN
        {_DELETE_WORDS}
        {_DELETE_SYMBOLS}
        UPDATE gene_state SET revision = revision + 1, changed = strftime('%Y-%m-%dT%H:%M:%SZ');
    END
    """,
    f"""
    CREATE TRIGGER gene_revised AFTER UPDATE ON genes BEGIN
        {_REVISE}
    END
    """,
    f"""
    CREATE TRIGGER gene_reworded
    AFTER UPDATE OF symbol_words, name_words, previous_words, alias_words ON genes BEGIN
        {_DELETE_WORDS}
        {_ADD_WORDS}
    END
    """,
    f"""
    CREATE TRIGGER gene_renamed
    AFTER UPDATE OF symbol_key, previous_keys, alias_keys ON genes BEGIN
        {_DELETE_SYMBOLS}
        {_ADD_SYMBOLS}
    END
    """,
)

# What those of PostgreSQL do when something was added, or changed.
_ADD_SYMBOLS_AND_REVISE = """
    INSERT INTO gene_symbols (key, kind, number)
    SELECT symbol_key, 0, number FROM added
    UNION ALL
    SELECT json_array_elements_text(previous_keys::json), 1, number FROM added
    UNION ALL
    SELECT json_array_elements_text(alias_keys::json), 2, number FROM added
    ON CONFLICT DO NOTHING;
    PERFORM genes_revised(max(revision)) FROM added;
    RETURN NULL;
"""

POSTGRESQL = (
    """
    CREATE TABLE gene_state (
        one SMALLINT PRIMARY KEY CHECK (one = 1),
        revision BIGINT NOT NULL DEFAULT 0,
        changed TEXT,
        imported TEXT,
        source TEXT,
        version TEXT
    )
    """,
    """
    CREATE TABLE genes (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT COLLATE "C" NOT NULL UNIQUE,
        symbol TEXT COLLATE "C" NOT NULL,
        name TEXT COLLATE "C" NOT NULL,
        hgnc_id TEXT,
        entrez_id TEXT,
        ensembl_gene_id TEXT,
        location TEXT,
        locus_type TEXT,
        previous_symbols TEXT NOT NULL,
        alias_symbols TEXT NOT NULL,
        revision BIGINT NOT NULL,
        symbol_key TEXT COLLATE "C" NOT NULL,
        previous_keys TEXT NOT NULL,
        alias_keys TEXT NOT NULL,
        symbol_words TEXT NOT NULL,
        name_words TEXT COLLATE "C" NOT NULL,
        previous_words TEXT NOT NULL,
        alias_words TEXT NOT NULL,
        words tsvector NOT NULL GENERATED ALWAYS AS (
            array_to_tsvector(string_to_array(
                trim(regexp_replace(
                    symbol_words || ' ' || name_words || ' '
                    || previous_words || ' ' || alias_words,
                    ' +', ' ', 'g'
                )), ' '
            ))
        ) STORED
    )
    """,
    "CREATE INDEX genes_by_symbol ON genes (symbol, number)",
    "CREATE INDEX genes_by_name ON genes (name, number)",
    "CREATE INDEX genes_by_words ON genes USING gin (words)",
    """
    CREATE TABLE gene_symbols (
        key TEXT COLLATE "C" NOT NULL,
        kind SMALLINT NOT NULL,
        number BIGINT NOT NULL REFERENCES genes ON DELETE CASCADE,
        PRIMARY KEY (key, kind, number)
    )
    """,
    "CREATE INDEX gene_symbols_by_number ON gene_symbols (number)",
    """
    CREATE FUNCTION genes_revised(latest BIGINT) RETURNS void LANGUAGE sql AS $$
        UPDATE gene_state
        SET revision = latest,
            changed = to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        WHERE revision < latest
    $$
    """,
    f"""
    CREATE FUNCTION genes_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {_ADD_SYMBOLS_AND_REVISE}
    END
    $$
    """,
    f"""
    CREATE FUNCTION genes_updated() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM gene_symbols USING (
            SELECT number, symbol_key, previous_keys, alias_keys FROM removed
            EXCEPT
            SELECT number, symbol_key, previous_keys, alias_keys FROM added
        ) AS renamed WHERE gene_symbols.number = renamed.number;
        {_ADD_SYMBOLS_AND_REVISE}
    END
    $$
    """,
    """
    CREATE FUNCTION genes_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM genes_revised(revision + (SELECT count(*) FROM removed)) FROM gene_state;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER genes_inserted AFTER INSERT ON genes
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION genes_inserted()
    """,
    """
    CREATE TRIGGER genes_updated AFTER UPDATE ON genes
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION genes_updated()
    """,
    """
    CREATE TRIGGER genes_deleted AFTER DELETE ON genes
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION genes_deleted()
    """,
)
