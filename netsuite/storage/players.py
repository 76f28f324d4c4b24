"""The step of the schema that players of blackjack are kept by.

``key`` is what names are compared by, and ``word`` what is kept of the secret word. Whoever has the
``lease`` may change the rest: whoever signed in last, in whichever process. ``refilled`` is the day
of the last free chips. An index serves the list of those who have the most chips, in which there is
nobody who has never played.
"""

from __future__ import annotations

_INDEX = "CREATE INDEX players_by_chips ON players (chips DESC, key) WHERE rounds > 0"

SQLITE = (
    """
    CREATE TABLE players (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        word TEXT NOT NULL,
        lease TEXT NOT NULL,
        chips INTEGER NOT NULL CHECK (chips >= 0),
        refilled TEXT NOT NULL DEFAULT '',
        rounds INTEGER NOT NULL DEFAULT 0 CHECK (rounds >= 0),
        hands INTEGER NOT NULL DEFAULT 0 CHECK (hands >= 0),
        won INTEGER NOT NULL DEFAULT 0 CHECK (won >= 0),
        pushed INTEGER NOT NULL DEFAULT 0 CHECK (pushed >= 0),
        lost INTEGER NOT NULL DEFAULT 0 CHECK (lost >= 0),
        blackjacks INTEGER NOT NULL DEFAULT 0 CHECK (blackjacks >= 0),
        staked INTEGER NOT NULL DEFAULT 0 CHECK (staked >= 0),
        net INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID
    """,
    _INDEX,
)

POSTGRESQL = (
    """
    CREATE TABLE players (
        key TEXT COLLATE "C" PRIMARY KEY,
        name TEXT NOT NULL,
        word TEXT NOT NULL,
        lease TEXT NOT NULL,
        chips BIGINT NOT NULL CHECK (chips >= 0),
        refilled TEXT NOT NULL DEFAULT '',
        rounds BIGINT NOT NULL DEFAULT 0 CHECK (rounds >= 0),
        hands BIGINT NOT NULL DEFAULT 0 CHECK (hands >= 0),
        won BIGINT NOT NULL DEFAULT 0 CHECK (won >= 0),
        pushed BIGINT NOT NULL DEFAULT 0 CHECK (pushed >= 0),
        lost BIGINT NOT NULL DEFAULT 0 CHECK (lost >= 0),
        blackjacks BIGINT NOT NULL DEFAULT 0 CHECK (blackjacks >= 0),
        staked BIGINT NOT NULL DEFAULT 0 CHECK (staked >= 0),
        net BIGINT NOT NULL DEFAULT 0
    )
    """,
    _INDEX,
)
