"""A registry that is killed while clients write, again and again, loses nothing acknowledged.

``pytest --kills N`` says how often; it is 50 times in CI, and a few otherwise.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemons
from tests.end_to_end.load import Known, keep_busy
from tests.end_to_end.registry import new_store


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills(start: Daemons, tmp_path: Path, kills: int, database: str) -> None:
    chance = random.Random(0)
    known = Known()
    names = itertools.count()
    with new_store(database, tmp_path) as url:
        for _ in range(kills):
            daemon = start("cars", "--store", url)
            address = daemon.address("cars")
            known.check(address)
            enough = known.acknowledged + chance.randint(1, 1500)
            for _ in keep_busy(address, known, names):
                if known.acknowledged >= enough and daemon.process.poll() is None:
                    daemon.process.kill()
            daemon.wait()
            start.forget(daemon)
            assert known.acknowledged >= enough
            assert not known.refused
        daemon = start("cars", "--store", url)
        known.check(daemon.address("cars"))
        daemon.stop()
    if database == "sqlite":
        connection = sqlite3.connect(tmp_path / "store.sqlite3")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
