"""Where state lives that survives a restart.

A store is named by a URL: ``sqlite:PATH``, an embedded database in one file, or
``postgresql://USER@HOST/DATABASE``. It is opened when the service that needs it starts, and closed
after its last client has left. What a store can do is in :mod:`netsuite.storage.interface`.
"""

from __future__ import annotations

import os
from typing import Any

from netsuite.storage.interface import (
    ConstraintViolated,
    OutcomeUnknown,
    Rows,
    Store,
    StoreError,
    StoreUnavailable,
    Transaction,
    after,
    settled,
)
from netsuite.storage.sqlite import SqliteStore
from netsuite.storage.urls import default_url, parse_url, path_of, redacted

__all__ = [
    "ConstraintViolated",
    "OutcomeUnknown",
    "Rows",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Transaction",
    "after",
    "check",
    "default_url",
    "open_store",
    "parse_url",
    "redacted",
    "settled",
]


def open_store(url: str | None = None, *, reactor: Any = None) -> Store:
    """Open a store, and make it where there is none.

    :param url: its URL; None for the default store.
    :raises ValueError: when the URL is not one of a store.
    :raises StoreError: when it cannot be used; the message says why and what to do.
    """
    url = parse_url(url or default_url())
    path = path_of(url)
    if path is not None:
        return SqliteStore(path, reactor=reactor)
    try:
        from netsuite.storage.postgresql import PostgresqlStore
    except ImportError as error:
        raise StoreError(
            f"the store {redacted(url)} needs psycopg, which cannot be imported ({error}); "
            "install it with: pip install 'netsuite[postgres]'"
        ) from error
    return PostgresqlStore(url, reactor=reactor)


def check(url: str | None = None) -> str:
    """Find out whether a store can be used, and leave no file of it where there was none.

    :param url: its URL; None for the default store.
    :returns: what it is, in words.
    :raises ValueError: when the URL is not one of a store.
    :raises StoreError: when it cannot be used; the message says why and what to do.
    """
    url = parse_url(url or default_url())
    path = path_of(url)
    if path is None or path.exists():
        open_store(url).close_at_once()
        return redacted(url)
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{url} cannot be made: {folder} is no folder that can be written to")
    return f"{url} (made at first use)"
