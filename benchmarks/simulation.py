"""``python -m benchmarks.simulation``: how many rounds of blackjack a core plays in a second.

These are the rounds of ``netsuite blackjack simulate``: basic strategy, on the engine that people
play on. There is no peer: what others simulate are other rules.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.simulation import Player, Tally

from .machine import busyness, cpu_model
from .processes import choose_cores


def rates(rules: Rules, rounds: int, seconds: float) -> list[float]:
    """Return how many rounds were played in a second of processor time.

    :param rules: the rules.
    :param rounds: how many times to measure.
    :param seconds: for how long, in seconds.
    :returns: the rate of each time.
    """
    player = Player(rules)
    player.chunk(0, 0)  # in which it learns what is best
    found, number = [], 1
    for _ in range(rounds):
        tally, end = Tally(), time.monotonic() + seconds
        while time.monotonic() < end:
            tally += player.chunk(0, number)
            number += 1
        found.append(tally.rounds / tally.seconds)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program.

    :param arguments: the command line without the program's name; that of the process if ``None``.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each; default: %(default)s")
    parser.add_argument("--rules", nargs="+", choices=list(PRESETS), default=list(PRESETS))
    options = parser.parse_args(arguments)
    core = choose_cores().server
    if core is not None:
        os.sched_setaffinity(0, {core})
    caveat = busyness()
    table = Table("rules", title=cpu_model(), title_justify="left")
    for heading in ("rounds/s on one core", "min-max"):
        table.add_column(heading, justify="right")
    for name in options.rules:
        found = rates(PRESETS[name], options.rounds, options.seconds)
        spread = f"{min(found):,.0f}-{max(found):,.0f}"
        table.add_row(name, f"{statistics.median(found):,.0f}", spread)
    console = Console()
    console.print(table)
    if caveat is not None:
        console.print(f"Beware: {caveat}.")


if __name__ == "__main__":
    main()
