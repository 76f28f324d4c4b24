"""Ours, but with a commit of its own for each write. All else is as it ships."""

from __future__ import annotations

from twisted.python.monkey import MonkeyPatcher

from netsuite.serving import kept
from netsuite.storage import Store
from netsuite.storage.sqlite import SqliteStore
from netsuite.storage.urls import path_of

from . import netsuite_twistd


def open_store(url: str) -> Store:
    """Open a store whose groups have one member."""
    path = path_of(url)
    if path is not None:
        return SqliteStore(path, max_group=1)
    from netsuite.storage.postgresql import PostgresqlStore

    return PostgresqlStore(url, max_group=1)


def main() -> None:
    """Run the peer."""
    MonkeyPatcher((kept, "open_store", open_store)).patch()
    netsuite_twistd.main()


if __name__ == "__main__":
    main()
