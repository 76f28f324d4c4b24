"""``netsuite blackjack simulate``: what the house wins, found by playing.

Ctrl-C ends it at once; what it has found until then is printed all the same.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import Final

from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from netsuite.blackjack.rulefile import find_rules
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.simulation import Tally, WorkerDiedError, processors, simulate
from netsuite.blackjack.strategy import Solution
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.progress import LONG_TIME
from netsuite.client.terminal import Output, on_terminal, stdout
from netsuite.text import printable

#: The options that no other command has.
OPTIONS: Final = ("rules", "rounds", "seed", "processes")

#: How many rounds are played unless told otherwise.
ROUNDS: Final = 1_000_000

#: What may be asked for. A standard error needs two rounds.
ROUNDS_RANGE: Final = (2, 10**12)
SEED_RANGE: Final = (0, 2**64 - 1)
PROCESSES_RANGE: Final = (1, 256)


@frozen
class Request:
    """What is to be played.

    :param rules: the rules.
    :param rounds: how many rounds.
    :param seed: the seed of the shuffling.
    :param processes: how many processes share the rounds.
    """

    rules: Rules
    rounds: int
    seed: int
    processes: int


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    group = parser.add_argument_group("simulate")
    group.add_argument(
        "--rules",
        metavar="RULES",
        help=f"{', '.join(PRESETS)}, or a TOML file of rules (default: vegas)",
    )
    group.add_argument("--rounds", metavar="N", help=f"how many rounds (default: {ROUNDS:,})")
    group.add_argument(
        "--seed", metavar="N", help="a number that brings the same rounds again (default: new)"
    )
    group.add_argument(
        "--processes", metavar="N", help="how many share the work (default: one a processor)"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status.

    :raises WrongUsage: for what makes no sense.
    :raises ClientError: when a process that played has died.
    """
    request = read(options)
    return play(request, stdout(), options.json)


def read(options: argparse.Namespace) -> Request:
    """Read what is to be played.

    :raises WrongUsage: for what makes no sense.
    """
    if options.words:
        raise WrongUsage("simulate takes options only, such as --rules vegas --rounds 1000000")
    choice = "vegas" if options.rules is None else options.rules
    try:
        rules = find_rules(choice)
    except ValueError as error:
        raise WrongUsage(f"--rules {printable(choice)}: {printable(str(error), 500)}") from error
    return Request(
        rules,
        _number("--rounds", options.rounds, ROUNDS_RANGE, ROUNDS),
        _number("--seed", options.seed, SEED_RANGE, secrets.randbits(32)),
        _number("--processes", options.processes, PROCESSES_RANGE, processors()),
    )


def play(request: Request, output: Output, as_json: bool) -> int:
    """Play, with a bar on a terminal, and print the result.

    :returns: the exit status.
    :raises ClientError: when a process that played has died.
    """
    tally, began = Tally(), time.perf_counter()
    rounds, rules = request.rounds, request.rules
    exact = Solution(rules).house_edge()

    def report() -> None:
        if tally.rounds > 1:
            took = time.perf_counter() - began
            lines = _as_json if as_json else _as_text
            output.text(lines(request, tally, exact, took))

    tallies = simulate(rules, rounds, seed=request.seed, processes=request.processes)
    try:
        with _terminable(), closing(tallies), _bar(rules.name, rounds) as show:
            for tally in tallies:
                show(tally)
    except (KeyboardInterrupt, SystemExit):
        report()
        raise
    except WorkerDiedError as error:
        report()
        raise ClientError(str(error)) from error
    report()
    return 0


def _number(option: str, text: str | None, allowed: tuple[int, int], default: int) -> int:
    """Read a whole number."""
    if text is None:
        return default
    lowest, highest = allowed
    # The length first: Python refuses to read thousands of digits.
    if text.isascii() and text.isdigit() and len(text) <= len(str(highest)):
        number = int(text)
        if lowest <= number <= highest:
            return number
    raise WrongUsage(
        f"{option} {printable(text)}: expected a whole number from {lowest} to {highest}"
    )


@contextmanager
def _terminable() -> Iterator[None]:
    """End as after Ctrl-C when the process is asked to end."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _bar(name: str, rounds: int) -> Iterator[Callable[[Tally], None]]:
    """Return what shows how far the work has come, on a terminal, once it proves to be long."""
    if not on_terminal(sys.stderr):
        yield lambda _: None
        return
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[edge]}"),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
    )
    task = progress.add_task(name, total=rounds, edge="")
    began = time.perf_counter()

    def show(tally: Tally) -> None:
        if time.perf_counter() - began > LONG_TIME:
            progress.start()
        # The first chunk to be done may be the last one, with the single round that was left.
        edge = _percent(tally) if tally.rounds > 1 else ""
        progress.update(task, completed=tally.rounds, edge=edge)

    try:
        yield show
    finally:
        progress.stop()


def _percent(tally: Tally) -> str:
    return f"{100 * tally.edge:.3f} % ± {100 * tally.error:.3f} %"


def _as_text(request: Request, tally: Tally, exact: float, took: float) -> str:
    """Return the result for people."""
    rules, off = request.rules, tally.edge - exact
    decks = "1 deck" if rules.decks == 1 else f"{rules.decks} decks"
    errors = (
        f"{off / tally.error:+.1f} standard errors" if tally.error else "too few rounds to tell"
    )
    of = "" if tally.rounds == request.rounds else f" of {request.rounds:,}"
    return "\n".join(
        [
            f"{rules.name}: {decks}, {tally.rounds:,}{of} rounds, seed {request.seed}",
            f"house edge     {_percent(tally)} (standard error)",
            f"infinite shoe  {100 * exact:.3f} %, computed",
            f"difference     {100 * off:+.3f} %, {errors}",
            f"speed          {tally.rounds / took:,.0f} rounds/s, {_rate(tally):,.0f} per core",
        ]
    )


def _as_json(request: Request, tally: Tally, exact: float, took: float) -> str:
    """Return the result for programs; edges are parts of the first bet, times in seconds."""
    report = {
        "rules": request.rules.name,
        "decks": request.rules.decks,
        "seed": request.seed,
        "processes": request.processes,
        "rounds": tally.rounds,
        "rounds_asked_for": request.rounds,
        "house_edge": tally.edge,
        "standard_error": tally.error,
        "infinite_shoe": exact,
        "seconds": took,
        "rounds_per_second": tally.rounds / took,
        "rounds_per_second_per_core": _rate(tally),
    }
    return json.dumps(report, indent=2)


def _rate(tally: Tally) -> float:
    """Return how many rounds were played in a second of processor time."""
    return tally.rounds / tally.seconds if tally.seconds else 0.0
