"""The embedded store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from netsuite.storage import SqliteStore, StoreError, check, default_url, open_store, path_of
from netsuite.storage.sqlite import MIGRATIONS


class StoreTests(TestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute() / "deep" / "store.sqlite3"

    def open(self) -> SqliteStore:
        store = open_store(f"sqlite:{self.path}")
        self.addCleanup(lambda: Deferred.fromCoroutine(store.close()))
        return store

    def insert(self, connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO secrets (service, secret) VALUES ('a', '1')")
        return "done"

    async def test_what_is_written_can_be_read(self) -> None:
        store, other = self.open(), self.open()
        self.assertEqual(store.read("SELECT * FROM secrets"), [])
        self.assertEqual(await store.write(self.insert), "done")
        for each in (store, other, self.open()):
            self.assertEqual(
                each.read("SELECT * FROM secrets WHERE service = ?", "a"), [("a", "1", 0)]
            )

    async def test_a_write_that_fails_leaves_nothing(self) -> None:
        store = self.open()

        def fail(connection: sqlite3.Connection) -> None:
            self.insert(connection)
            raise ZeroDivisionError

        await self.assertFailure(store.write(fail), ZeroDivisionError)
        self.assertEqual(store.read("SELECT * FROM secrets"), [])
        await store.write(self.insert)
        await self.assertFailure(store.write(self.insert), sqlite3.IntegrityError)
        self.assertEqual(len(store.read("SELECT * FROM secrets")), 1)

    async def test_closing_finishes_the_writes(self) -> None:
        store = self.open()
        writing = store.write(self.insert)
        await store.close()
        self.assertEqual(await writing, "done")

    def test_durability(self) -> None:
        connection = self.open()._writer
        self.assertEqual(connection.execute("PRAGMA journal_mode").fetchone(), ("wal",))
        self.assertEqual(connection.execute("PRAGMA synchronous").fetchone(), (2,))  # FULL

    def test_a_newer_store_is_refused(self) -> None:
        self.open().write_now(
            lambda connection: connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        )
        with self.assertRaisesRegex(StoreError, "newer netsuite"):
            open_store(f"sqlite:{self.path}")


class UrlTests(TestCase):
    def test_urls(self) -> None:
        self.assertEqual(path_of("sqlite:/a/b"), Path("/a/b"))
        self.assertEqual(path_of("sqlite:b"), Path.cwd() / "b")
        self.assertEqual(path_of("sqlite:~/b"), Path.home() / "b")
        for url in ("", "sqlite:", "/a/b", "postgresql://localhost/x"):
            with self.assertRaisesRegex(ValueError, "expected sqlite:PATH"):
                path_of(url)

    def test_the_default(self) -> None:
        state = Path(self.mktemp()).absolute()
        self.patch_environment(str(state))
        self.assertEqual(default_url(), f"sqlite:{state}/netsuite/netsuite.sqlite3")
        self.patch_environment("relative, and so not to be used")
        self.assertEqual(
            default_url(), f"sqlite:{Path.home()}/.local/state/netsuite/netsuite.sqlite3"
        )

    def patch_environment(self, state: str) -> None:
        import os

        self.patch(os, "environ", {**os.environ, "XDG_STATE_HOME": state})

    def test_check(self) -> None:
        path = Path(self.mktemp()).absolute() / "store.sqlite3"
        self.assertEqual(check(f"sqlite:{path}"), f"sqlite:{path} (made at first use)")
        self.assertFalse(path.parent.exists())
        open_store(f"sqlite:{path}").close_at_once()
        self.assertEqual(check(f"sqlite:{path}"), f"sqlite:{path}")
        path.write_bytes(b"no database " * 100)
        with self.assertRaisesRegex(StoreError, "not a database"):
            check(f"sqlite:{path}")
