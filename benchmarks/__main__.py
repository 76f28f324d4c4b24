"""``python -m benchmarks``: the command line."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from .database import Database
from .generator import choose_generator
from .genes import GeneData
from .machine import busyness, describe, volatility
from .processes import allow_many_files, choose_cores, terminate_on_sigterm
from .report import as_json, as_tables
from .roster import PEERS, Peer
from .runner import Outcome, Runner, Settings
from .toolchain import Toolchain, UnavailableError
from .workloads import WORKLOADS, Workload

_Entry = TypeVar("_Entry")

#: How wide the tables are when they are not printed on a terminal.
_WIDTH = 120


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError(f"expected seconds, above 0 and up to 3600, not {text!r}")
    return seconds


def _new_file(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"expected a file in a folder that exists, not {text!r}")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the suite's services beside other ways to write them, on loopback.",
    )
    defaults = Settings()
    add = parser.add_argument
    add("--rounds", type=_rounds, default=defaults.rounds, metavar="N", help="default: %(default)s")
    add(
        "--seconds",
        type=_seconds,
        default=defaults.seconds,
        metavar="S",
        help="of each measurement; default: %(default)s",
    )
    for option, names in (("--workload", WORKLOADS), ("--peer", PEERS)):
        add(
            option,
            nargs="+",
            action="extend",
            choices=list(names),
            metavar="NAME",
            help="only these; --list names them; default: all",
        )
    add("--json", type=_new_file, metavar="FILE", help="also write everything as JSON")
    add("--list", action="store_true", help="list the workloads and the peers, and stop")
    return parser


def _list(console: Console, toolchain: Toolchain) -> None:
    workloads = Table("workload", "what it is", "service")
    for workload in WORKLOADS.values():
        workloads.add_row(workload.name, escape(workload.summary), workload.service)
    peers = Table("peer", "what it is", "here")
    for peer in PEERS.values():
        try:
            peer.command(min(peer.services), toolchain)
        except UnavailableError as reason:
            here = str(reason)
        else:
            here = "yes"
        peers.add_row(peer.name, escape(peer.summary), escape(here))
    console.print(workloads, peers)


def _measure(runner: Runner, workloads: Sequence[Workload], peers: Sequence[Peer]) -> Outcome:
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("", total=None)

        def report(done: int, total: int, doing: str) -> None:
            progress.update(task, completed=done, total=total, description=escape(doing))

        return runner.run(workloads, peers, report)


def _shortcomings(workloads: Sequence[Workload], toolchain: Toolchain) -> Iterator[str]:
    """Yield what this machine makes of workloads that are not as they should be."""
    modes = dict.fromkeys(each.mode for each in workloads if each.mode != "play")
    generators = [choose_generator(toolchain, mode) for mode in modes]
    yield from dict.fromkeys(each.caveat for each in generators if each.caveat is not None)
    for each in workloads:
        if each.idle < (wanted := WORKLOADS[each.name].idle):
            yield (
                f"{each.name} has {each.idle:,} idle connections and not {wanted:,}, because a "
                "process may not open more files (ulimit -Hn)"
            )


def _chosen(names: Sequence[str] | None, table: dict[str, _Entry]) -> list[_Entry]:
    return [entry for name, entry in table.items() if names is None or name in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    :param arguments: the command line without the program's name; that of the process if ``None``.
    :returns: the exit status: 1 if a peer failed or nothing could be measured, else 0.
    """
    options = _parser().parse_args(arguments)
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    terminate_on_sigterm()
    files = allow_many_files()
    cores = choose_cores()
    with (
        tempfile.TemporaryDirectory(prefix="benchmarks-") as folder,
        Database(cores.server) as database,
    ):
        toolchain = Toolchain(Path(folder))
        genes = GeneData(Path(folder))
        if options.list:
            _list(console, toolchain)
            return 0
        settings = Settings(rounds=options.rounds, seconds=options.seconds)
        workloads = [each.within(files) for each in _chosen(options.workload, WORKLOADS)]
        stores = Path(tempfile.gettempdir())
        machine = describe(cores, stores)
        caveats = [*_shortcomings(workloads, toolchain)]
        caveats += filter(None, [busyness(), volatility(stores)])
        outcome = _measure(
            Runner(toolchain, database, genes, cores, settings),
            workloads,
            _chosen(options.peer, PEERS),
        )
    console.print(as_tables(outcome, caveats))
    if options.json is not None:
        content = as_json(outcome, settings, machine, caveats)
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 1 if outcome.failed or not outcome.measurements else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
