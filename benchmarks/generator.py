"""The load generator: which one there is, and one run of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs

from .figures import Figures
from .processes import ProgramError, child, last_words, printed
from .toolchain import Toolchain, UnavailableError
from .workloads import Mode, Workload

#: How much longer than asked for a run may take, in seconds.
_PATIENCE = 20.0

#: How long it may take until all players have played a round, or all idle connections have had a
#: reply, in seconds: longer than the generators themselves wait.
_SEATING = 70.0

_SEATED = re.compile(r"^seated$", re.MULTILINE)


def _at_once() -> None:
    """Do nothing when the load begins."""


@attrs.frozen
class Generator:
    """A program that puts load on a server and prints :class:`Figures`.

    :param command: the command that starts it.
    :param caveat: what to bear in mind about its figures, for people; ``None`` if nothing.
    """

    command: tuple[str, ...]
    caveat: str | None = None

    def measure(
        self,
        workload: Workload,
        port: int,
        *,
        warmup: float,
        seconds: float,
        folder: Path,
        core: int | None = None,
        begun: Callable[[], None] = _at_once,
    ) -> Figures:
        """Put a workload on the server at a port.

        :param warmup: for how long before anything counts, in seconds.
        :param seconds: for how long to measure.
        :param folder: an existing folder for the generator's files.
        :param core: the core to run on, or ``None``.
        :param begun: called when the warm-up begins: at once; but where there is a crowd, when it
            is there.
        :raises ProgramError: if a reply was wrong, or none came.
        """
        (folder / "request").write_bytes(workload.request)
        (folder / "reply").write_bytes(workload.reply)
        options: dict[str, object] = {
            "port": port,
            "connections": workload.connections,
            "warmup": warmup,
            "seconds": seconds,
            "request": folder / "request",
            "reply": folder / "reply",
        }
        if workload.mode == "play":
            options["pause"] = workload.pause
        else:
            options |= {
                "mode": workload.mode,
                "depth": workload.depth,
                "records": workload.records,
            }
        if workload.idle:
            options["idle"] = workload.idle
        if workload.wildcard is not None:
            options["any"] = workload.wildcard
        if workload.counter is not None:
            options["counter"] = workload.counter
        command = [*self.command, *(f"--{key}={value}" for key, value in options.items())]
        output = folder / "load.out"
        with child(command, output, core) as process:
            if workload.crowd:
                printed(_SEATED, output, process, _SEATING, "the load generator")
            begun()
            try:
                status = process.wait(warmup + seconds + _PATIENCE)
            except subprocess.TimeoutExpired:
                raise ProgramError("the load generator did not end") from None
        if status:
            raise ProgramError(last_words(output))
        return Figures(**json.loads(output.read_text(encoding="utf-8").splitlines()[-1]))


def choose_generator(toolchain: Toolchain, mode: Mode = "stream") -> Generator:
    """Return the generator of a mode: a C program, or a Python one where C cannot be compiled.

    :raises UnavailableError: if it cannot, and the mode is ``play``, which Python has none for.
    """
    try:
        return Generator((str(_built(toolchain, mode)),))
    except UnavailableError as reason:
        if mode == "play":
            raise
        return Generator(
            (sys.executable, "-m", "benchmarks.load"),
            f"{reason}: the load generator is a Python program and may be the bottleneck, "
            "so that fast servers look alike",
        )


def _built(toolchain: Toolchain, mode: Mode) -> Path:
    folder = Path(__file__).parent
    if mode == "play":
        return toolchain.build(folder / "players.c")
    if mode == "tls":
        return toolchain.build(folder / "load_tls.c", "ssl", "crypto")
    return toolchain.build(folder / "load.c")
