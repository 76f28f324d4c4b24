"""What the house wins of somebody who plays by the basic strategy, found by playing.

The rounds are those that people play: a :class:`~netsuite.blackjack.round.Round` each, dealt from a
:class:`~netsuite.blackjack.shoe.Shoe` with its cut card. They are played in chunks, on as many
processors as there are. Each chunk has a shoe of its own, and a seed that follows from the seed of
all and the chunk's number: so the same seed brings the same rounds, however many processes share
them.

Whether and how high bets may be does not change what is best, nor how rounds end. So everybody bets
ten chips here, which every payment divides without a rest: also at tables that have no bets, where
one bet is won or lost with each round.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Generator
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from random import Random
from typing import Final

from attrs import evolve, field, frozen

from netsuite.blackjack.cards import POINTS
from netsuite.blackjack.round import Action, Round
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.strategy import Solution

__all__ = ["BET", "CHUNK", "Player", "Tally", "WorkerDiedError", "processors", "simulate"]

#: What is bet on each round, in chips.
BET: Final = 10

#: How many rounds are played between two reports of a process.
CHUNK: Final = 10_000


class WorkerDiedError(Exception):
    """A process that played has ended before its time; the message says how."""


@frozen
class Tally:
    """The results of some rounds. Tallies can be added.

    :param rounds: how many rounds.
    :param won: the chips that the player won in all; below zero when more were lost.
    :param squares: the sum of the squares of the chips won in each round.
    :param seconds: the processor time that it took, in seconds. Equal tallies may differ in it.
    """

    rounds: int = 0
    won: int = 0
    squares: int = 0
    seconds: float = field(default=0.0, eq=False)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rounds + other.rounds,
            self.won + other.won,
            self.squares + other.squares,
            self.seconds + other.seconds,
        )

    @property
    def edge(self) -> float:
        """The part of the first bet that the house won with each round.

        :raises ZeroDivisionError: without any rounds.
        """
        return -self.won / (self.rounds * BET)

    @property
    def error(self) -> float:
        """The standard error of :attr:`edge`.

        Rounds are taken to be independent; those from one shoe nearly are.

        :raises ZeroDivisionError: with less than two rounds.
        """
        # Whole numbers to the last: a difference of two large sums is left.
        spread = self.squares * self.rounds - self.won**2
        return math.sqrt(spread / (self.rounds - 1)) / (self.rounds * BET)


class Player:
    """Plays rounds by the basic strategy, alone at a table.

    :param rules: the rules of the table.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = evolve(rules, bets=True, min_bet=BET, max_bet=BET, bankroll=BET)
        self._by_value = rules.split_tens == "value"
        self._solution = Solution(rules)
        self._best: dict[tuple[object, ...], Action] = {}

    def chunk(self, seed: int, number: int, rounds: int = CHUNK) -> Tally:
        """Play a chunk of rounds, from a shoe that is shuffled when its cut card has come.

        :param seed: the seed of all chunks.
        :param number: the chunk's number.
        :param rounds: how many rounds.
        """
        began = time.process_time()
        rules = self._rules
        shoe = Shoe(rules.decks, rules.penetration, Random(f"{seed}/{number}"))
        total = squares = 0
        for _ in range(rounds):
            if shoe.spent:
                shoe.shuffle()
            won = self.play(shoe)
            total += won
            squares += won * won
        return Tally(rounds, total, squares, time.process_time() - began)

    def play(self, shoe: Shoe) -> int:
        """Play a round.

        :param shoe: the cards come from there.
        :returns: the chips won, below zero when they were lost.
        """
        play = Round(self._rules, shoe, (BET,))
        while not play.over:
            play.act(self._choose(play))
        return play.payout(0) - play.staked(0)

    def _choose(self, play: Round) -> Action:
        hand = play.hand
        # All that the advice depends on, as it is quickest to get at.
        key = (
            play.allowed(),
            hand.points,
            hand.has_ace,
            hand.is_pair(self._by_value),
            len(play.hands[0]),
            POINTS[play.dealer.cards[0]],
        )
        best = self._best.get(key)
        if best is None:
            best = self._best[key] = next(iter(self._solution.advice(play)))
        return best


def simulate(
    rules: Rules, rounds: int, *, seed: int, processes: int, chunk: int = CHUNK
) -> Generator[Tally, None, None]:
    """Play rounds by the basic strategy, in several processes.

    The processes are started anew ("spawn"), so a program that calls this must be importable, or
    say ``if __name__ == "__main__"``. They end when the generator ends or is closed, and when this
    process ends in whatever way.

    :param rules: the rules.
    :param rounds: how many rounds, one at least.
    :param seed: the seed.
    :param processes: how many processes, one at least.
    :param chunk: how many rounds are played between two reports of a process. It makes other
        rounds of the same seed.
    :returns: the tally so far, as often as a chunk is done; the last is that of all rounds.
    :raises ValueError: when there are too few rounds, processes, or rounds of a chunk.
    :raises WorkerDiedError: when a process has been killed, or could not start.
    """
    if rounds < 1 or processes < 1 or chunk < 1:
        raise ValueError("expected one round, one process and a chunk of one round at least")
    chunks = (
        (number, min(chunk, rounds - first)) for number, first in enumerate(range(0, rounds, chunk))
    )
    total = Tally()
    workers: list[_Worker] = []
    try:
        for share in chunks:
            workers.append(_Worker(rules, seed))
            workers[-1].ask(share)
            if len(workers) == processes:
                break
        busy = workers.copy()
        while busy:
            ready = connection.wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                total += worker.answer()
                following = next(chunks, None)
                if following is None:
                    busy.remove(worker)
                else:
                    worker.ask(following)
                yield total
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join()
            worker.connection.close()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """A process that plays chunks.

    :param rules: the rules.
    :param seed: the seed of all chunks.
    """

    def __init__(self, rules: Rules, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, its = context.Pipe()
        self.process = context.Process(target=_work, args=(its, rules, seed), daemon=True)
        # Ctrl-C on a terminal reaches all processes; this one is to end when it is told to. It
        # inherits that the signal is blocked. The tracker that multiprocessing starts before the
        # first process would unblock it.
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            its.close()

    def ask(self, share: tuple[int, int]) -> None:
        """Have it play a chunk.

        :param share: the chunk's number, and how many rounds.
        :raises WorkerDiedError: when it has ended.
        """
        try:
            self.connection.send(share)
        except ConnectionError as error:
            raise self._death() from error

    def answer(self) -> Tally:
        """Return the results of the chunk.

        :raises WorkerDiedError: when it has ended.
        """
        try:
            tally: Tally = self.connection.recv()
        except (EOFError, ConnectionError) as error:
            raise self._death() from error
        return tally

    def _death(self) -> WorkerDiedError:
        self.process.join()
        code = self.process.exitcode or 0
        if code < 0:
            return WorkerDiedError(f"a process was killed by {signal.Signals(-code).name}")
        return WorkerDiedError(f"a process has ended with status {code}")


def _work(its: Connection, rules: Rules, seed: int) -> None:
    """Play the chunks that are asked for, until nobody asks any more."""
    player = Player(rules)
    try:
        while True:
            number, rounds = its.recv()
            its.send(player.chunk(seed, number, rounds))
    except (EOFError, ConnectionError):
        pass
