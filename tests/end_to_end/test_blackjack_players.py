"""What is kept of those who play blackjack under a name."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.end_to_end.blackjack_wire import WORD, Come, Player
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.registry import new_store


def leaders(player: Player) -> str:
    """Return what somebody is told of who has the most chips."""
    player.type("top")
    return player.expect("rounds", "Your bet").partition("rounds")[2]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_restart(start: Daemons, tmp_path: Path, come: Come, database: str) -> None:
    with new_store(database, tmp_path) as url:
        settings = ("blackjack", "--seed", "8", "--store", url)
        daemon = start(*settings)
        ann = come(daemon, "Ann")
        ann.play(100, 50, 500)
        before = ann.stats()
        assert before["rounds"] == "3"
        assert before["staked"] == "650"
        zoe = come(daemon, "Zoë 2")
        zoe.play(10)
        zoe_before = zoe.stats()
        while "Zoe 2" not in (best := leaders(ann)):
            pass  # what is played is written in the background
        for each in (ann, zoe):
            each.leave()
        daemon.stop()
        daemon = start(*settings)
        # Whoever it is, is so however they write it.
        ann = come(daemon, "ANN")
        assert ann.stats() == before
        assert come(daemon, "ZOE\u0308 2").stats() == zoe_before
        assert leaders(ann) == best
        ann.play(10)
        assert ann.stats()["rounds"] == "4"
        daemon.stop()


def test_two_processes(start: Daemons, tmp_path: Path, come: Come) -> None:
    """Somebody plays in one place: where they have signed in last."""
    with new_store("postgresql", tmp_path) as url:
        first, second = (start("blackjack", "--seed", "8", "--store", url) for _ in range(2))
        here = come(first, "Ann")
        here.play(100)
        before = here.stats()
        there = come(second, "Ann")
        assert there.stats() == before
        there.play(500)
        now = there.stats()
        # The other one finds out when there is something to be written, and nothing of it is.
        here.type("10")
        here.expect("cards left", "> ")
        here.type("stand")
        assert "signed in from elsewhere" in here.rest()
        again = come(first, "Ann")
        assert again.stats() == now
        again.leave()
        for daemon in (first, second):
            daemon.stop()


def test_words(start: Daemons, come: Come) -> None:
    daemon = start("blackjack")
    come(daemon, "Ann").cut()
    guesser = Player(daemon.address("blackjack"))
    guesser.type("Ann")
    guesser.expect("another name: ")
    # The third costs a second, from when it came; each one after it twice as much. If it takes a
    # busy machine longer than that to check it, the next one is checked, too.
    for attempt in itertools.count():
        guesser.type(f"guess {attempt}")
        shown = guesser.expect("another name: ")
        if "That is not the secret word of Ann." not in shown:
            break
    assert "Too many wrong words; wait " in shown
    assert attempt >= 3
    guesser.type("", "Bob", "no")
    guesser.expect("A secret word has 4 to 128 characters.")
    guesser.type("long enough", "but another")
    guesser.expect("two different words")
    guesser.type("")
    for name in ("x", "x" * 17, "a\x1b[31mb<>", "[Shoe]"):
        guesser.type(name)
        guesser.expect("name")
    guesser.close()
    assert "guess" not in daemon.log
    assert WORD not in daemon.log


def test_a_refill(start: Daemons, tmp_path: Path, come: Come) -> None:
    rules = tmp_path / "rich.toml"
    rules.write_text("min_bet = 1000\nmax_bet = 1000\n")
    # With this seed whoever stands loses the first round.
    settings = ("blackjack", "--rules", str(rules), "--seed", "31451")
    daemon = start(*settings)
    ann = come(daemon, "Ann")
    ann.type("refill")
    ann.expect("up to 1,000, and you have 1,000", "> ")
    ann.play(1000)
    assert ann.stats()["chips"] == "0"
    ann.type("")
    ann.expect("smallest bet", "[refill]")
    ann.type("refill")
    ann.expect("You have 1,000 chips again.", "> ")
    daemon.stop()
    ann = come(start(*settings), "Ann")
    assert ann.stats()["chips"] == "1,000"
    ann.play(1000)
    assert ann.stats()["chips"] == "0"
    ann.type("refill")
    ann.expect("You have had the free chips of today.")
