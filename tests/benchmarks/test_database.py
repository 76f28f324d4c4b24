"""The PostgreSQL server that some peers need."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.database import NEEDED, Database
from benchmarks.processes import ProgramError, choose_cores


def ask(url: str, *statements: str) -> Any:
    """Carry out statements, and return the first value that the last one finds."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


class DatabaseTests(SynchronousTestCase):
    def setUp(self) -> None:
        for module in NEEDED:
            if importlib.util.find_spec(module) is None:
                raise SkipTest(f"{module} is not installed")

    def test_its_life(self) -> None:
        import psycopg

        cores = choose_cores()
        before = os.sched_getaffinity(0) if cores.server is not None else set()
        with Database(cores.server) as database:
            url = database.fresh()
            for setting in ("fsync", "synchronous_commit"):
                self.assertEqual(ask(url, f"SHOW {setting}"), "on")
            if cores.server is not None:
                postmaster = ask(url, "SELECT pg_read_file('postmaster.pid', 0, 10)").split()[0]
                self.assertEqual(os.sched_getaffinity(int(postmaster)), {cores.server})
                self.assertEqual(os.sched_getaffinity(0), before)
            folder = Path(ask(url, "SHOW data_directory"))
            ask(url, "CREATE TABLE kept (key INTEGER)")
            with psycopg.connect(url):  # a peer that has just been killed
                self.assertIsNone(ask(database.fresh(), "SELECT to_regclass('kept')"))
            self.assertTrue(folder.exists())
        self.assertFalse(folder.exists())
        self.assertRaises(psycopg.OperationalError, ask, url, "SELECT 1")

    def test_it_does_not_start(self) -> None:
        with Database(core=10**6) as database:
            error = self.assertRaises(ProgramError, database.fresh)
        self.assertIn("PostgreSQL: ", str(error))
