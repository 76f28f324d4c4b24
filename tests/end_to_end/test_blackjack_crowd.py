"""A thousand people who play blackjack at once, each at a table of their own."""

from __future__ import annotations

import re
import time
from random import Random

import pytest

from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import Action, Phase
from tests.end_to_end.blackjack_load import Known, gamble
from tests.end_to_end.blackjack_wire import Player
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.wire import crowd, read_until, resident, until_idle

CROWD = 1000
SEED = 31451

#: What somebody who plays may take of memory, in bytes.
MOST = 64 * 1024


def outcomes(rounds: int) -> list[int]:
    """Return how many chips somebody has, first and after each round, who plays as they do."""
    rules = PRESETS["vegas"]
    shoe = Shoe(rules.decks, rules.penetration, Random(SEED))
    chips = [rules.bankroll]
    for _ in range(rounds):
        play = Round(rules, shoe, [10], [chips[-1] - 10])
        while play.turn:
            if play.phase is Phase.INSURANCE:
                play.act(Action.NO_INSURANCE)
            else:
                play.act(Action.HIT if play.hand.total < 17 else Action.STAND)
        chips.append(chips[-1] - play.staked(0) + play.payout(0))
    return chips


def without_randomness(shown: list[str]) -> str:
    """Return what was shown without what is random, and what nc shows of telnet's questions."""
    return re.sub("[0-9a-f]{64}|[0-9a-f]{32}", "", "".join(shown)).partition("Welcome")[2]


@pytest.mark.slow
def test_a_thousand_tables(start: Daemons) -> None:
    """All get right results, and nobody waits for others."""
    rounds = 5
    daemon = start("blackjack", "--seed", str(SEED))
    address = daemon.address("blackjack")
    alone = Known()
    for _ in gamble(address, [alone], rounds):
        pass
    assert alone.chips == outcomes(rounds)
    known = [Known() for _ in range(CROWD)]
    for _ in gamble(address, known, rounds):
        pass
    assert {without_randomness(each.shown) for each in known} == {without_randomness(alone.shown)}
    # Everybody has had a nonce of their own.
    commitments = {
        found for each in known for found in re.findall("[0-9a-f]{64}", "".join(each.shown))
    }
    assert len(commitments) == CROWD


@pytest.mark.slow
def test_what_they_take(start: Daemons) -> None:
    """Who waits, and who plays, takes a little memory; and gives it back."""
    daemon = start("blackjack", "--seed", str(SEED))
    address = daemon.address("blackjack")
    for _ in gamble(address, [Known()], 3):
        pass
    until_idle(daemon.pid)
    before = resident(daemon.pid)
    with crowd(address, CROWD) as clients:
        for client in clients:
            read_until(client, b"guest: ")
        waiting = resident(daemon.pid) - before
        for client in clients:
            client.sendall(b"\r\n10\r\n")
        for client in clients:
            read_until(client, b"quit\r\n> ")
        playing = resident(daemon.pid) - before
        # One more is served at once, whatever the others do.
        began = time.monotonic()
        player = Player(address)
        player.type("", "10", "stand")
        player.expect("round 1,")
        assert time.monotonic() - began < 5
        player.leave()
    print(f"{waiting / CROWD / 1024:.1f} KiB waiting, {playing / CROWD / 1024:.1f} KiB playing")
    assert waiting < CROWD * MOST / 2
    assert playing < CROWD * MOST
    until_idle(daemon.pid)
    # Twice as many, one after the other, take no more.
    with crowd(address, CROWD) as clients:
        for client in clients:
            client.sendall(b"\r\n10\r\n")
        for client in clients:
            read_until(client, b"quit\r\n> ")
        assert resident(daemon.pid) - before < playing * 1.2 + 1_000_000
