"""A game that is killed while people play, again and again, loses nobody's chips.

A round is over for its player when its end is shown. It is written then, in the background; the
next one is not dealt before that. So what a kill can take is the last round of each, as if it had
not been played; and one that is played is void.

``pytest --kills N`` says how often.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.blackjack_load import Known, gamble
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.registry import new_store
from tests.storage import postgres

#: How many people play.
PLAYERS = 6

BALANCE = "SELECT name, rounds, chips, net FROM players WHERE chips <> 1000000 + net"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills(start: Daemons, tmp_path: Path, kills: int, database: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("bankroll = 1_000_000\n")
    chance = random.Random(0)
    known = [Known(f"Player {number}") for number in range(PLAYERS)]
    with new_store(database, tmp_path) as url:
        for _ in range(kills):
            daemon = start("blackjack", "--rules", str(rules), "--store", url)
            enough = sum(each.rounds for each in known) + chance.randint(1, 300)
            for _ in gamble(daemon.address("blackjack"), known):
                if sum(each.rounds for each in known) >= enough and daemon.process.poll() is None:
                    daemon.process.kill()
            daemon.wait()
            start.forget(daemon)
            assert max(each.lost for each in known) <= 1
        daemon = start("blackjack", "--rules", str(rules), "--store", url)
        for _ in gamble(daemon.address("blackjack"), known, rounds=0):
            pass
        assert max(each.lost for each in known) <= 1
        daemon.stop()
        if database == "postgresql":
            assert postgres.server().execute(BALANCE, url=url) == []
            return
    with contextlib.closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute(BALANCE).fetchall() == []
