"""A gene service that is killed while clients write, again and again, loses nothing acknowledged.

``pytest --kills N`` says how often.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemons
from tests.end_to_end.gene_load import Known, keep_busy
from tests.end_to_end.registry import new_store
from tests.genes.walk import contradictions
from tests.storage import postgres


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills(start: Daemons, tmp_path: Path, kills: int, database: str) -> None:
    chance = random.Random(0)
    known = Known()
    names = itertools.count()
    with new_store(database, tmp_path) as url:
        for _ in range(kills):
            daemon = start("genes", "--no-samples", "--store", url)
            address = daemon.address("genes")
            known.check(address)
            enough = known.acknowledged + chance.randint(1, 600)
            for _ in keep_busy(address, known, names):
                if known.acknowledged >= enough and daemon.process.poll() is None:
                    daemon.process.kill()
            daemon.wait()
            start.forget(daemon)
            assert known.acknowledged >= enough
        daemon = start("genes", "--no-samples", "--store", url)
        known.check(daemon.address("genes"))
        daemon.stop()
        if database == "postgresql":
            server = postgres.server()
            assert contradictions(lambda sql: server.execute(sql, url=url), database) == []
            return
    with contextlib.closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        connection.isolation_level = None
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert contradictions(lambda sql: connection.execute(sql).fetchall(), database) == []
