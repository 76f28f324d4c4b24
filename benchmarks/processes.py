"""Child processes: on which core they run, when they are ready, and that they end."""

from __future__ import annotations

import contextlib
import math
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

#: How long a server may take to listen, in seconds.
READY_DEADLINE = 60.0

#: How often a server's output is looked at until then, in seconds.
_POLL = 0.005

#: How much of a failed program's output is quoted, in characters.
_QUOTED = 400

_CHECKOUT = Path(__file__).resolve().parents[1]
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Not from the start of a line: a service of ours has a word to say of its own, at the same time.
_READY = re.compile(r"ready ([0-9]+)\n")


class ProgramError(Exception):
    """A child ended too early, took too long, or failed; the message quotes its last words."""


@attrs.frozen
class Cores:
    """Which core runs what. ``None``: whichever the operating system likes.

    :param server: for the server, with all its threads and forks.
    :param generator: for the load generator.
    """

    server: int | None = None
    generator: int | None = None


def choose_cores() -> Cores:
    """Return two cores that this process may use, or no choice where there is only one."""
    if not hasattr(os, "sched_getaffinity"):
        return Cores()
    available = sorted(os.sched_getaffinity(0))
    return Cores(available[0], available[1]) if len(available) > 1 else Cores()


@contextlib.contextmanager
def child(
    command: Sequence[str], output: Path, core: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the context lasts, and kill it and all its children after that.

    :param command: the program and its arguments.
    :param output: the file that its standard output and its errors go to: a pipe that nobody
        empties would stop it. It runs in that file's folder.
    :param core: the core to run on, or ``None``.
    """
    search = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(search)}
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=output.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if core is not None and process.poll() is None:
            os.sched_setaffinity(process.pid, {core})
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def last_words(output: Path) -> str:
    """Return the end of what a program has printed, safe to print again."""
    text = output.read_text(encoding="utf-8", errors="replace")[-_QUOTED:].strip()
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


@attrs.frozen
class Server:
    """A peer that is running.

    :param port: the port that it listens on.
    :param group: its process group: itself and its forks.
    """

    port: int
    group: int

    def processor_time(self) -> float | None:
        """Return the processor time that it has taken, in seconds, as far as its processes live.

        :returns: ``None`` where there is no ``/proc`` to tell.
        """
        # proc(5): the 14th and the 15th field are the time in user and in system mode.
        ticks = [int(stat[14]) + int(stat[15]) for stat in self._stats()]
        return sum(ticks) * _TICK if ticks else None

    def memory(self) -> int | None:
        """Return its resident memory, in bytes. What its processes share is counted for each.

        :returns: ``None`` where there is no ``/proc`` to tell.
        """
        pages = [int(stat[24]) for stat in self._stats()]
        return sum(pages) * _PAGE if pages else None

    def _stats(self) -> Iterator[dict[int, str]]:
        """Yield the fields of each of its processes, by their numbers in proc(5), from the 3rd."""
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # a process that has just ended
                # The second one is the name, in brackets, which may hold anything.
                fields = file.read_text(errors="replace").rpartition(")")[2].split()
                stat = dict(enumerate(fields, 3))
                if int(stat[5]) == self.group:
                    yield stat


@contextlib.contextmanager
def server(command: Sequence[str], folder: Path, core: int | None = None) -> Iterator[Server]:
    """Run a peer for as long as the context lasts.

    :param command: the peer's command.
    :param folder: an empty folder to run it in.
    :param core: the core to run on, or ``None``.
    :returns: the server, once it listens.
    :raises ProgramError: if it does not come to that.
    """
    output = folder / "server.out"
    with child(command, output, core) as process:
        ready = printed(_READY, output, process, READY_DEADLINE, "the server")
        yield Server(int(ready[1]), process.pid)


def printed(
    pattern: re.Pattern[str],
    output: Path,
    process: subprocess.Popen[bytes],
    deadline: float,
    name: str,
) -> re.Match[str]:
    """Wait until a program has printed something.

    :param pattern: what to wait for.
    :param output: where it prints.
    :param process: the program.
    :param deadline: how long it may take, in seconds.
    :param name: what to call it.
    :raises ProgramError: if it does not print this.
    """
    end = time.monotonic() + deadline
    while (found := pattern.search(output.read_text(errors="replace"))) is None:
        if process.poll() is not None:
            raise ProgramError(f"{name} ended at once: {last_words(output)}")
        if time.monotonic() > end:
            raise ProgramError(f"{name} was not ready after {deadline:g} s: {last_words(output)}")
        time.sleep(_POLL)
    return found


def terminate_on_sigterm() -> None:
    """Make SIGTERM end this process as Ctrl-C does: through its ``finally`` clauses."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def allow_many_files() -> float:
    """Let this process, and those that it starts, open as many files as the system lets them.

    :returns: how many that are, for each of them.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # where "unlimited" is more than there may be
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if files == resource.RLIM_INFINITY else files
