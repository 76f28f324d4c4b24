"""The outcome as tables for people, and as JSON for machines."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from .figures import Summary, summarise
from .roster import LIMITS, OURS, SINGLES
from .runner import Absence, Outcome, Settings
from .workloads import WORKLOADS

#: The JSON's version; it grows when a key changes its meaning or goes.
FORMAT = 1


def format_time(seconds: float) -> str:
    """Return a duration with three significant figures, in µs, ms or s."""
    unit, size = "µs", 1e-6
    for greater_unit, greater in (("ms", 1e-3), ("s", 1.0)):
        if seconds >= 0.9995 * greater:  # what would be rounded up to 1000
            unit, size = greater_unit, greater
    return f"{seconds / size:#.3g}".rstrip(".") + f" {unit}"


def as_json(
    outcome: Outcome, settings: Settings, machine: dict[str, object], caveats: Sequence[str]
) -> dict[str, object]:
    """Return everything that is known about a run, as JSON can hold it.

    :param outcome: what came of the run.
    :param settings: how it was measured.
    :param machine: on what it was measured.
    :param caveats: what to bear in mind about the figures.
    """
    names = dict.fromkeys(m.workload for m in outcome.measurements)
    return {
        "format": FORMAT,
        "machine": machine,
        "settings": attrs.asdict(settings),
        "caveats": list(caveats),
        "workloads": {name: _workload_as_json(name) for name in names},
        "summaries": [attrs.asdict(s) for s in _summarise(outcome)],
        "measurements": [attrs.asdict(m) for m in outcome.measurements],
        "left_out": [attrs.asdict(absence) for absence in outcome.left_out],
        "failed": [attrs.asdict(absence) for absence in outcome.failed],
    }


def _workload_as_json(name: str) -> dict[str, object]:
    workload = WORKLOADS[name]
    known = workload.exchanges is None and workload.mode != "play"  # else the sizes differ
    return {
        "summary": workload.summary,
        "service": workload.service,
        "mode": workload.mode,
        "connections": workload.connections,
        "depth": workload.depth,
        "request_size": len(workload.request) // workload.records if known else None,
        "reply_size": len(workload.reply) // workload.records if known else None,
    }


def as_tables(outcome: Outcome, caveats: Sequence[str]) -> RenderableType:
    """Return a table for each workload, and under them what must be said about them.

    :param outcome: what came of the run.
    :param caveats: what to bear in mind about the figures.
    """
    summaries = _summarise(outcome)
    tables = [
        _table(name, list(group))
        for name, group in itertools.groupby(summaries, key=lambda summary: summary.workload)
    ]
    return Group(*tables, *map(escape, _remarks(summaries, outcome, caveats)))


def _summarise(outcome: Outcome) -> list[Summary]:
    return summarise(outcome.measurements, OURS, LIMITS, SINGLES)


def _table(workload: str, summaries: Sequence[Summary]) -> Table:
    title = f"{workload}: {WORKLOADS[workload].summary}"
    table = Table(title=escape(title), title_justify="left", title_style="bold")
    table.add_column("peer")
    # A limit there is for what keeps nothing, and commits for what keeps something.
    limit = summaries[0].limit
    ratios = {f"÷ {OURS}": "to_ours", f"÷ {limit}": "to_limit", "÷ single": "to_single"}
    shown = {
        heading: name
        for heading, name in ratios.items()
        if name == "to_ours" or any(getattr(s, name) is not None for s in summaries)
    }
    played = WORKLOADS[workload].mode == "play"
    volume = ["MiB/s"] if WORKLOADS[workload].bulk else []
    taken = any(s.memory is not None for s in summaries)
    memory = ["KiB/player" if played else "KiB/idle"] if taken else []
    counted = ("rounds/s" if played else "requests/s", "min-max", *volume)
    for heading in (*counted, "p50", "p99", "served", *memory, *shown):
        table.add_column(heading, justify="right", no_wrap=True)
    for s in summaries:
        table.add_row(
            s.peer,
            f"{s.rate:,.0f}" + ("*" if s.generator_bound else ""),
            f"{s.slowest:,.0f}-{s.fastest:,.0f}",
            *(f"{s.throughput / 2**20:,.0f}" for _ in volume),
            format_time(s.p50),
            format_time(s.p99),
            f"{s.served}/{s.connections}",
            *(_format_kibibytes(s.memory) for _ in memory),
            *(_format_ratio(getattr(s, name)) for name in shown.values()),
            style="bold" if s.peer == OURS else None,
        )
    return table


def _format_kibibytes(size: float | None) -> str:
    return "-" if size is None else f"{size / 1024:.1f}"


def _format_ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _remarks(
    summaries: Sequence[Summary], outcome: Outcome, caveats: Sequence[str]
) -> Iterator[str]:
    if any(s.generator_bound for s in summaries):
        yield "* The load generator was busy and the server was not: it may be faster than this."
    for caveat in caveats:
        yield f"Beware: {caveat}."
    for s in summaries:
        if s.lost or s.errors:
            yield f"{s.workload}, {s.peer}: {s.lost} datagrams lost, {s.errors} errors."
    yield from _absences("Left out", outcome.left_out)
    yield from _absences("FAILED", outcome.failed)


def _absences(kind: str, absences: Iterable[Absence]) -> Iterator[str]:
    by_peer: dict[tuple[str, str], list[str]] = {}
    for absence in absences:
        by_peer.setdefault((absence.peer, absence.reason), []).append(absence.workload)
    by_reason: dict[tuple[str, str], list[str]] = {}
    for (peer, reason), workloads in by_peer.items():
        by_reason.setdefault((", ".join(workloads), reason), []).append(peer)
    for (of_workloads, reason), peers in by_reason.items():
        yield f"{kind}: {', '.join(peers)} ({of_workloads}): {reason}"
