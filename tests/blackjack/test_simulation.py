"""Playing by the basic strategy, and what the results come to."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import psutil  # type: ignore[import-untyped]  # it has no annotations
from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.simulation import (
    BET,
    CHUNK,
    Player,
    Tally,
    WorkerDiedError,
    processors,
    simulate,
)
from netsuite.blackjack.strategy import Solution

VEGAS = PRESETS["vegas"]

#: Plays for ever, and prints what processes do it.
PROGRAM = """
import multiprocessing
from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.simulation import simulate
for tally in simulate(PRESETS["vegas"], 10**12, seed=1, processes=2):
    print(*(worker.pid for worker in multiprocessing.active_children()), flush=True)
"""

#: How long anything here may take, in seconds.
PATIENCE = 30


def vegas(**changes: Any) -> Rules:
    return evolve(VEGAS, **changes)


def tally(*results: int) -> Tally:
    """Return the tally of rounds with these results, in chips."""
    return Tally(len(results), sum(results), sum(each**2 for each in results))


def running(process: int) -> bool:
    """Return whether a process has not ended; nobody may have taken notice of its end."""
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class TallyTests(SynchronousTestCase):
    def test_adding(self) -> None:
        results = (-10, 15, 0, 20, -5, -10, -40)
        whole = tally(*results)
        self.assertEqual(tally(*results[:3]) + Tally() + tally(*results[3:]), whole)
        # Whatever it took.
        self.assertEqual(evolve(whole, seconds=5.0), whole)
        self.assertEqual((whole + whole).seconds, 0)
        self.assertEqual((evolve(whole, seconds=1.5) + evolve(whole, seconds=2.0)).seconds, 3.5)

    def test_edge_and_error(self) -> None:
        results = (-10, 15, 0, 20, -5, -10, -40)
        units = [each / BET for each in results]
        found = tally(*results)
        self.assertAlmostEqual(found.edge, -statistics.mean(units))
        self.assertAlmostEqual(found.error, statistics.stdev(units) / math.sqrt(len(units)))

    def test_nothing_is_lost_of_large_sums(self) -> None:
        """One round of 10**12 differs from all others."""
        found = Tally(10**12, -BET * 10**12 + BET, BET**2 * (10**12 - 1))
        self.assertAlmostEqual(found.edge, 1 - 1e-12, 15)
        self.assertAlmostEqual(found.error * 1e12, 1, 6)

    def test_too_few_rounds(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            _ = Tally().edge
        with self.assertRaises(ZeroDivisionError):
            _ = tally(10).error
        self.assertEqual((tally(10, 10).edge, tally(10, 10).error), (-1, 0))


class PlayerTests(SynchronousTestCase):
    def test_rounds(self) -> None:
        """The chips won with known cards, by what must be played."""
        for cards, rules, won in (
            ("AS 9H KS 8C", VEGAS, 15),  # a blackjack
            ("AS 9H KS 8C", vegas(blackjack_pays="6:5"), 12),
            ("AS 9H KS 8C", vegas(blackjack_pays="1:1"), 10),
            ("9S KH 9D AC", VEGAS, -10),  # the dealer's
            ("9S AH 9D KC", VEGAS, -10),  # no insurance
            ("10S 10H KS QC", VEGAS, 0),
            ("5S 6H 6S 10C KD 10D", VEGAS, 20),  # doubled
            ("5S 6H 6S 10C 2D 5D", VEGAS, -20),
            ("8S 6H 8D 10C 10H 10D KC", VEGAS, 20),  # split
            ("8S 6H 8D 10C 3H 10D 8C 10S 3D 10H KC", VEGAS, 50),  # and again, and doubled
            ("9S 10H 7S 8C 5D", VEGAS, 10),  # hit
            ("9S 10H 7S 8C", vegas(surrender="late"), -5),
            ("9S 10H 7S AC", vegas(surrender="late"), -10),
            ("9S 10H 7S AC", vegas(surrender="early"), -5),
            ("9S 10H 7S 5D AC", vegas(hole_card="none"), -10),
            ("5S 6H 6S KD 10C 10D", vegas(hole_card="none"), 20),
            ("9S KH 5S 2C 3D 4H KD", PRESETS["simple"], 10),
            ("AS KH KS AC", PRESETS["simple"], 0),
        ):
            shoe = Shoe.stacked([parse_card(each) for each in cards.split()])
            self.assertEqual(Player(rules).play(shoe), won, (cards, rules))
            self.assertEqual(shoe.remaining, 0, cards)

    def test_plays_what_the_advisor_says(self) -> None:
        """What it remembers of the advice is what the advice would be now."""
        for rules in (
            *PRESETS.values(),
            vegas(surrender="early", resplit_aces=True, split_tens="rank"),
            vegas(surrender="late", hit_split_aces=True, resplit_aces=True),
            vegas(surrender="early", hole_card="none", double_after_split=False),
        ):
            player, solution = Player(rules), Solution(rules)
            ours, its = (Shoe(rules.decks, rules.penetration, Random(3)) for _ in range(2))
            played = evolve(rules, bets=True)
            for _ in range(1500):
                if ours.spent:
                    ours.shuffle()
                    its.shuffle()
                play = Round(played, ours, [BET])
                while not play.over:
                    play.act(next(iter(solution.advice(play))))
                self.assertEqual(player.play(its), play.payout(0) - play.staked(0))
                self.assertEqual(its.position, ours.position)

    def test_limits_of_bets_do_not_matter(self) -> None:
        player = Player(vegas(min_bet=3, max_bet=7))
        self.assertEqual(player.chunk(1, 0, 500), Player(VEGAS).chunk(1, 0, 500))

    def test_chunks(self) -> None:
        player = Player(VEGAS)
        chunk = player.chunk(1, 0, 500)
        self.assertEqual(chunk.rounds, 500)
        self.assertGreater(chunk.seconds, 0)
        self.assertEqual(chunk, Player(VEGAS).chunk(1, 0, 500))
        for seed, number in ((1, 1), (2, 0), (11, 0)):
            self.assertNotEqual(chunk, player.chunk(seed, number, 500))

    def test_early_surrender(self) -> None:
        """There is no published table of it; this is the solver's infinite shoe."""
        rules = vegas(decks=8, surrender="early", dealer_hits_soft_17=False)
        found = Player(rules).chunk(1, 0, 50_000)
        self.assertApproximates(found.edge, Solution(rules).house_edge(), 4 * found.error)

    def test_the_standard_error_is_that_of_independent_rounds(self) -> None:
        """The results of many chunks spread as the standard error of each says."""
        player = Player(VEGAS)
        chunks = [player.chunk(1, number, 300) for number in range(300)]
        spread = statistics.stdev(chunk.edge for chunk in chunks)
        # The spread of 300 is known to 4 %.
        self.assertApproximates(spread / statistics.mean(each.error for each in chunks), 1, 0.16)


class SimulateTests(SynchronousTestCase):
    def tearDown(self) -> None:
        self.assertEqual(multiprocessing.active_children(), [])

    def test_the_same_seed_brings_the_same_rounds(self) -> None:
        player = Player(VEGAS)
        shares = ((0, 500), (1, 500), (2, 500), (3, 250))
        expected = sum((player.chunk(7, *share) for share in shares), Tally())
        for processes in (1, 2, 9):
            found = list(simulate(VEGAS, 1750, seed=7, processes=processes, chunk=500))
            self.assertEqual((len(found), found[-1]), (4, expected))
            rounds = [each.rounds for each in found]
            self.assertEqual(rounds, sorted(set(rounds)))

    def test_one_round(self) -> None:
        self.assertEqual([each.rounds for each in simulate(VEGAS, 1, seed=7, processes=1)], [1])

    def test_what_makes_no_sense(self) -> None:
        for rounds, processes, chunk in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
            with self.assertRaises(ValueError):
                next(simulate(VEGAS, rounds, seed=1, processes=processes, chunk=chunk))

    def test_it_can_be_left(self) -> None:
        tallies = simulate(VEGAS, 10**12, seed=1, processes=2)
        self.assertEqual(next(tallies).rounds, CHUNK)
        self.assertEqual(len(multiprocessing.active_children()), 2)
        tallies.close()

    def test_a_process_that_is_killed(self) -> None:
        tallies = simulate(VEGAS, 10**12, seed=1, processes=2)
        next(tallies)
        victim, _ = multiprocessing.active_children()
        victim.kill()
        with self.assertRaises(WorkerDiedError) as caught:
            for _ in tallies:
                pass
        self.assertEqual(str(caught.exception), "a process was killed by SIGKILL")

    def test_the_processes_end_with_their_parent(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
        ) as parent:
            assert parent.stdout is not None
            workers = [int(word) for word in parent.stdout.readline().split()]
            parent.kill()
        self.assertEqual((len(workers), parent.returncode), (2, -signal.SIGKILL))
        end = time.monotonic() + PATIENCE
        while any(running(worker) for worker in workers):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_processors(self) -> None:
        self.assertGreaterEqual(processors(), 1)
