"""What becomes of the players when the game is stopped."""

from __future__ import annotations

import signal
import socket
import time

import pytest

from netsuite.serving.limits import Limits
from tests.end_to_end.blackjack_wire import Come, Player
from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import connect, read_all

#: With this seed whoever plays the first round has a hand to play.
SEED = ("--seed", "8")


def ends_well(daemon: Daemon, began: float) -> None:
    """See to it that a service ends before the usual grace is over, with status 0, and without
    complaints."""
    assert daemon.wait() == 0
    assert time.monotonic() - began < Limits().grace
    daemon.stop()


def in_a_round(player: Player) -> Player:
    """Have somebody bet, who is asked then."""
    player.type("100")
    player.expect("Your turn")
    return player


def test_between_rounds(start: Daemons, come: Come) -> None:
    daemon = start("blackjack", *SEED)
    ann = come(daemon, "Ann")
    with connect(daemon.address("blackjack")) as newcomer:
        newcomer.sendall(b"Bob\r\n")
        began = time.monotonic()
        daemon.signal()
        assert ann.rest().endswith("The server is being stopped.\r\nGoodbye.\r\n")
        assert read_all(newcomer).endswith(b"The server is being stopped.\r\nGoodbye.\r\n")
    ann.close()
    ends_well(daemon, began)


def test_a_round_is_played_to_its_end(start: Daemons, come: Come) -> None:
    daemon = start("blackjack", *SEED)
    ann = in_a_round(come(daemon, "Ann"))
    daemon.signal()
    ann.expect("stop")
    ann.type("stand")
    shown = ann.rest()
    assert "round 1, cards 1-" in shown
    assert "Shoe 1 revealed" in shown
    assert shown.endswith("The server is being stopped.\r\nGoodbye.\r\n")
    ann.close()
    ends_well(daemon, time.monotonic())
    had = "1,100" if "win +100" in shown else "900"
    assert come(start("blackjack", *SEED), "Ann").stats()["chips"] == had


def test_a_round_that_nobody_plays(start: Daemons, come: Come) -> None:
    """When the grace is over, it is played to its end without them."""
    daemon = start("blackjack", *SEED, "--grace", "1")
    ann = in_a_round(come(daemon, "Ann"))
    began = time.monotonic()
    daemon.signal()
    ends_well(daemon, began)
    assert "1 connections were still busy after 1.0 s and are cut off" in daemon.log
    ann = come(start("blackjack", *SEED), "Ann")
    assert ann.stats()["rounds"] == "1"


def test_in_a_hurry(start: Daemons, come: Come) -> None:
    """Who asks twice does not wait."""
    daemon = start("blackjack", *SEED)
    ann = in_a_round(come(daemon, "Ann"))
    began = time.monotonic()
    daemon.signal()
    ann.expect("stop")
    daemon.signal(signal.SIGINT)
    ends_well(daemon, began)
    assert come(start("blackjack", *SEED), "Ann").stats()["rounds"] == "1"


@pytest.mark.parametrize("way", ["quit", "end", "cut"])
def test_who_leaves_in_the_last_round(start: Daemons, come: Come, way: str) -> None:
    daemon = start("blackjack", *SEED)
    ann = in_a_round(come(daemon, "Ann"))
    began = time.monotonic()
    daemon.signal()
    ann.expect("stop")
    if way == "cut":
        ann.cut()
    else:
        if way == "quit":
            ann.type("quit")
        else:
            ann.socket.shutdown(socket.SHUT_WR)
        assert ann.rest().endswith("Goodbye.\r\n")
    ends_well(daemon, began)


def test_a_shared_table(start: Daemons, come: Come) -> None:
    daemon = start("blackjack", *SEED, "--tables", "shared")
    ann, bob, eve = (come(daemon, name) for name in ("Ann", "Bob", "Eve"))
    ann.type("100")
    ann.expect("You bet 100")
    eve.type("pass")
    eve.expect("You let the next round pass")
    bob.type("200")
    ann.expect("Your turn")
    began = time.monotonic()
    daemon.signal()
    bob.expect("stop")
    with pytest.raises(ConnectionRefusedError):
        connect(daemon.address("blackjack"))
    bob.type("100")
    ann.type("stand")
    bob.expect("Your turn")
    bob.type("stand")
    for each in (ann, bob, eve):
        shown = each.rest()
        assert "round 1, cards 1-" in shown
        assert shown.endswith("The server is being stopped.\r\nGoodbye.\r\n")
        each.close()
    ends_well(daemon, began)
