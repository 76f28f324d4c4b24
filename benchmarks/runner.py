"""The rounds: each peer in turn at each workload, several times over."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from .database import Database
from .figures import Measurement
from .generator import Generator, choose_generator
from .genes import GeneData
from .processes import Cores, ProgramError, Server, server
from .roster import Peer
from .toolchain import Toolchain, UnavailableError
from .workloads import Workload


@attrs.frozen(kw_only=True)
class Settings:
    """How to measure.

    :param rounds: how many times each peer has its turn at each workload.
    :param seconds: how long each measurement takes.
    :param warmup: how long each server is under load before that, in seconds.
    """

    rounds: int = 3
    seconds: float = 1.0
    warmup: float = 0.3


@attrs.frozen
class Absence:
    """A peer that was not measured at a workload, or not in every round.

    :param workload: the workload's name.
    :param peer: the peer's name.
    :param reason: why, for people.
    """

    workload: str
    peer: str
    reason: str


@attrs.frozen
class Outcome:
    """What came of a run.

    :param measurements: every figure that was taken.
    :param left_out: the peers that cannot take part on this machine.
    :param failed: the peers that took part and failed.
    """

    measurements: list[Measurement] = attrs.Factory(list)
    left_out: list[Absence] = attrs.Factory(list)
    failed: list[Absence] = attrs.Factory(list)


@attrs.frozen
class _Turn:
    workload: Workload
    peer: Peer
    command: list[str]
    generator: Generator


class _Watch:
    """What a server uses under load.

    :param watched: the server, which nobody has used yet.
    """

    def __init__(self, watched: Server) -> None:
        self._server = watched
        self._idle = watched.memory()

    def begin(self) -> None:
        """Note that the load has begun."""
        self._began, self._used = time.monotonic(), self._server.processor_time()
        self._memory = self._server.memory()

    def busy(self) -> float | None:
        """Return the processor time that it has used since, as a share of the time."""
        elapsed, used = time.monotonic() - self._began, self._server.processor_time()
        return None if used is None or self._used is None else (used - self._used) / elapsed

    def grown(self) -> int | None:
        """Return by how much its memory had grown when the load began, in bytes."""
        if self._memory is None or self._idle is None:
            return None
        return self._memory - self._idle


@attrs.frozen
class Runner:
    """Measures.

    :param toolchain: what compiles the peers written in C, and the load generators.
    :param database: what peers keep their data in, if not in a file.
    :param genes: the genes that the gene services serve.
    :param cores: which core runs what.
    :param settings: how to measure.
    """

    toolchain: Toolchain
    database: Database
    genes: GeneData
    cores: Cores
    settings: Settings

    def run(
        self,
        workloads: Sequence[Workload],
        peers: Sequence[Peer],
        report: Callable[[int, int, str], None],
    ) -> Outcome:
        """Measure all peers at all workloads.

        A peer that fails at a workload is not tried again there.

        :param report: called before each measurement with how many are done, how many there are
            in all, and what is next.
        """
        outcome = Outcome()
        turns = [self._turns(workload, peers, outcome) for workload in workloads]
        total = self.settings.rounds * sum(map(len, turns))
        failed: set[tuple[str, str]] = set()
        for done, (number, turn) in enumerate(self._rounds(turns)):
            key = (turn.workload.name, turn.peer.name)
            report(done, total, f"round {number}: {' '.join(key)}")
            if key in failed:
                continue
            try:
                outcome.measurements.append(self._measure(turn, number))
            except ProgramError as error:
                failed.add(key)
                outcome.failed.append(Absence(*key, f"round {number}: {error}"))
        return outcome

    def _turns(self, workload: Workload, peers: Sequence[Peer], outcome: Outcome) -> list[_Turn]:
        turns = []
        for peer in peers:
            try:
                command = peer.command(workload.service, self.toolchain)
                generator = choose_generator(self.toolchain, workload.mode)
                turns.append(_Turn(workload, peer, command, generator))
            except UnavailableError as reason:
                outcome.left_out.append(Absence(workload.name, peer.name, str(reason)))
        return turns

    def _rounds(self, turns: list[list[_Turn]]) -> Iterator[tuple[int, _Turn]]:
        """Yield each round's turns. Each round begins with another peer."""
        for number in range(self.settings.rounds):
            for of_workload in turns:
                first = number % max(len(of_workload), 1)
                for turn in of_workload[first:] + of_workload[:first]:
                    yield number + 1, turn

    def _measure(self, turn: _Turn, number: int) -> Measurement:
        command = turn.command
        if turn.peer.database:
            command = [*command, "--store", self.database.fresh()]
        if turn.workload.exchanges is not None:
            command = [*command, "--data", str(self.genes.folder)]
        with (
            tempfile.TemporaryDirectory(prefix="benchmarks-") as folder,
            server(command, Path(folder), self.cores.server) as peer,
        ):
            watch = _Watch(peer)
            workload = turn.workload.prepared(self.genes, peer.port)
            figures = turn.generator.measure(
                workload,
                peer.port,
                warmup=self.settings.warmup,
                seconds=max(self.settings.seconds, workload.least_seconds),
                folder=Path(folder),
                core=self.cores.generator,
                begun=watch.begin,
            )
            busy = watch.busy()
        grown = watch.grown() if workload.crowd else None
        return Measurement(
            workload.name,
            turn.peer.name,
            number,
            figures,
            None if busy is None else round(busy, 3),
            None if grown is None else round(grown / workload.crowd),
        )
