"""Where state lives that survives a restart.

A store is named by a URL: ``sqlite:PATH``, an embedded database in one file. It is opened when the
service that needs it starts, and closed after its last client has left.
"""

from __future__ import annotations

import os
from pathlib import Path

from netsuite.storage.sqlite import SqliteStore, StoreError

__all__ = ["SqliteStore", "StoreError", "check", "default_url", "open_store"]

_SCHEME = "sqlite:"


def default_url() -> str:
    """Return the URL of the store that is used unless another is named.

    It is the user's, wherever the service is started from:
    ``$XDG_STATE_HOME/netsuite/netsuite.sqlite3``, or below ``~/.local/state``.
    """
    base = os.environ.get("XDG_STATE_HOME", "")
    state = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
    return f"{_SCHEME}{state / 'netsuite' / 'netsuite.sqlite3'}"


def path_of(url: str) -> Path:
    """Return the file that a store's URL names, as an absolute path.

    :raises ValueError: when the URL is not one of a store.
    """
    path = url.removeprefix(_SCHEME)
    if path == url or not path:
        raise ValueError(f"{url!r} names no store: expected sqlite:PATH")
    return Path(path).expanduser().absolute()


def open_store(url: str | None = None) -> SqliteStore:
    """Open a store, and make it where there is none.

    :param url: its URL; None for the default store.
    :raises ValueError: when the URL is not one of a store.
    :raises StoreError: when it cannot be used; the message says why and what to do.
    """
    return SqliteStore(path_of(url or default_url()))


def check(url: str | None = None) -> str:
    """Find out whether a store can be used, and leave no trace of it where there was none.

    :param url: its URL; None for the default store.
    :returns: what it is, in words.
    :raises ValueError: when the URL is not one of a store.
    :raises StoreError: when it cannot be used; the message says why and what to do.
    """
    path = path_of(url or default_url())
    if path.exists():
        SqliteStore(path).close_at_once()
        return f"sqlite:{path}"
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"sqlite:{path} cannot be made: {folder} is not writable")
    return f"sqlite:{path} (made at first use)"
