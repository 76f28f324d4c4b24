"""The checks of ``netsuite doctor``."""

from __future__ import annotations

import importlib
import os
import platform
import re
import resource
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from netsuite.catalogue import CATALOGUE, Endpoint, Entry
from netsuite.client.ports import Port, can_tell, look_at
from netsuite.text import printable

#: The oldest versions that will do.
PYTHON = (3, 11)
TWISTED = (26, 10)

#: The plugin that starts all services.
UMBRELLA = "netsuite"

#: With fewer open files than this a service can hold but few clients.
ENOUGH_FILES = 1024


@attrs.frozen
class Finding:
    """The outcome of one check.

    :param check: what was looked at.
    :param ok: whether all is well.
    :param detail: what was found.
    :param mend: what to do about it; empty if nothing need be done.
    """

    check: str
    ok: bool
    detail: str
    mend: str = ""


def check_all(store: str | None) -> Iterator[Finding]:
    """Make all checks.

    :param store: the store's URL, or None for the default.
    """
    yield check_python()
    yield check_twisted()
    yield from check_taps(CATALOGUE.values())
    yield check_plugins({entry.plugin for entry in CATALOGUE.values()} | {UMBRELLA})
    yield check_twistd(os.environ.get("PATH", os.defpath), Path(sys.executable))
    for entry in CATALOGUE.values():
        for endpoint in entry.endpoints:
            yield check_port(entry, endpoint)
    yield check_store(store)
    yield check_files(*resource.getrlimit(resource.RLIMIT_NOFILE))


def check_python() -> Finding:
    """Check Python's version."""
    ok = sys.version_info >= PYTHON
    mend = "" if ok else f"install Python {_dotted(PYTHON)} or later, and netsuite in it"
    return Finding("Python", ok, f"{platform.python_version()}, {sys.executable}", mend)


def check_twisted() -> Finding:
    """Check Twisted's version."""
    from twisted import __version__ as version

    ok = tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= TWISTED
    mend = "" if ok else f"{_pip()} install --upgrade 'Twisted[tls] >= {_dotted(TWISTED)}'"
    return Finding("Twisted", ok, version, mend)


def check_taps(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Check that each service's module can be imported; one finding if all can."""
    failed = False
    names = sorted({entry.tap for entry in entries})
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever a module may raise, it is what we look for
            failed = True
            reason = f"{type(error).__name__}: {printable(str(error))}"
            yield Finding(
                f"module {name}",
                False,
                f"cannot be imported ({reason})",
                f"reinstall netsuite: {_pip()} install --force-reinstall .",
            )
    if not failed:
        yield Finding("modules", True, f"all {len(names)} can be imported")


def check_plugins(expected: set[str]) -> Finding:
    """Check that twistd lists the plugins.

    :param expected: their names.
    """
    from twisted.application.service import IServiceMaker
    from twisted.plugin import getPlugins

    missing = sorted(expected - {plugin.tapname for plugin in getPlugins(IServiceMaker)})
    if not missing:
        return Finding("plugins", True, f"twistd lists all {len(expected)}")
    if len(missing) == len(expected):
        return Finding(
            "plugins",
            False,
            "twistd lists none of them",
            f"install netsuite into this Python: {_pip()} install . (an editable install needs "
            "setuptools 64 or later, which links twisted/plugins with mode = strict)",
        )
    return Finding(
        "plugins",
        False,
        f"twistd does not list {', '.join(missing)}",
        f"the plugin cache or the installation is out of date: {_pip()} install "
        "--force-reinstall . and then: twistd --help",
    )


def check_twistd(path: str, python: Path) -> Finding:
    """Check that the ``twistd`` that a shell finds runs with this Python.

    :param path: the directories in which a shell looks.
    :param python: this Python's executable.
    """
    found = shutil.which("twistd", path=path)
    ours = python.parent / "twistd"
    if found is None:
        mend = (
            f"activate the environment, or type {ours}"
            if ours.exists()
            else (f"{_pip()} install Twisted")
        )
        return Finding("twistd", False, "not in PATH", mend)
    if Path(found).parent == python.parent or _runs_with(Path(found)) == python.parent:
        return Finding("twistd", True, found)
    return Finding(
        "twistd",
        False,
        f"{found} belongs to another Python than {python}",
        f"activate this Python's environment, or type {ours}",
    )


def check_port(entry: Entry, endpoint: Endpoint) -> Finding:
    """Check that a service can listen where it does by default, or does so already."""
    check = f"{entry.name} on {endpoint}"
    state = look_at(entry.name, endpoint)
    if state is Port.FREE:
        return Finding(check, True, "the port is free")
    if state is Port.OURS:
        return Finding(
            check, True, "is running (to start another: --ephemeral or another --listen)"
        )
    if state is Port.FORBIDDEN:
        return Finding(
            check,
            False,
            "this user may not listen there",
            f"choose another port: twistd -n {entry.plugin} --listen ENDPOINT, or --ephemeral",
        )
    return Finding(
        check,
        False,
        f"port {endpoint.port} is taken"
        + (" by another program" if can_tell(entry.name) else ", by that service or another"),
        "stop what listens there (ss -lnp shows it), or choose another port: "
        f"twistd -n {entry.plugin} --listen ENDPOINT, or twistd -n netsuite --ephemeral",
    )


def check_store(url: str | None) -> Finding:
    """Check that the store can be used.

    :param url: where it is; None for the default.
    """
    storage = importlib.import_module("netsuite.storage")
    try:
        return Finding("store", True, printable(storage.check(url)))
    except (storage.StoreError, ValueError) as error:
        return Finding(
            "store", False, printable(str(error)), "mend that, or choose another with --store URL"
        )


def check_files(soft: int, hard: int) -> Finding:
    """Check how many files a process may have open, which limits how many clients it serves.

    :param soft: the limit.
    :param hard: how far a process may raise it.
    """
    if soft == resource.RLIM_INFINITY:
        return Finding("open files", True, "unlimited")
    ok = soft >= ENOUGH_FILES
    most = "any number" if hard == resource.RLIM_INFINITY else f"{hard:,}"
    mend = "" if ok else f"allow more before starting a service: ulimit -n {ENOUGH_FILES}"
    return Finding("open files", ok, f"{soft:,} (may be raised to {most})", mend)


def _runs_with(script: Path) -> Path | None:
    """Return the directory of the Python that a script's first lines name."""
    with script.open("rb") as file:
        start = file.read(512).decode("utf-8", "replace")
    # An interpreter with a long path stands in the second line, behind an `exec` of the shell.
    for line in start.splitlines()[:2]:
        for word in line.removeprefix("#!").replace("'''exec'", "").split():
            path = Path(word.strip("'\""))
            if path.is_absolute() and path.name.startswith("python"):
                return path.parent
    return None


def _pip() -> str:
    return f"{sys.executable} -m pip"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
