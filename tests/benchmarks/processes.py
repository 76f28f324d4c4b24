"""What /proc tells of processes, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

#: How long anything may take here, in seconds.
DEADLINE = 30.0


def wait_until(condition: Callable[[], object]) -> None:
    """Return once the condition holds.

    :raises AssertionError: if it does not come to hold.
    """
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"this did not come true in {DEADLINE:g} s")
        time.sleep(0.01)


def _status(pid: int) -> tuple[str, int]:
    """Return a process's state and its parent; that of one that is gone is ``"Z"``."""
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "Z", 0
    return state, int(parent)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and is not yet buried does not."""
    return _status(pid)[0] != "Z"


def children(parent: int) -> dict[int, str]:
    """Return the process ids and the command lines of a process's living children."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        state, itself = _status(int(process.name))
        if itself == parent and state != "Z":
            try:
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
    return found
