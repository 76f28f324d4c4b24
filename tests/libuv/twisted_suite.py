"""Runs one of Twisted's own modules of tests on one reactor, and tells how each ended.

``python -m tests.libuv.twisted_suite REACTOR MODULE``

There is one reactor in a process, and tests of reactors are made for each of a list when their
modules are imported, so that this is a program of its own. It runs in the current directory, and
leaves files there; one is ``outcomes.json``, since tests print what they like.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from twisted.internet.main import installReactor
from twisted.internet.test.reactormixins import ReactorBuilder
from twisted.python.reflect import fullyQualifiedName, namedAny
from twisted.trial.reporter import TestResult
from twisted.trial.runner import TestLoader

from netsuite.libuv.reactor import LibuvReactor

CHECKOUT = Path(__file__).parents[2]

OUTCOMES = "outcomes.json"

OURS = fullyQualifiedName(LibuvReactor)

#: How long a test of reactors may take before it is given up, in seconds. Those that pass take less
#: than one.
TIMEOUT = 15


def compare(other: str, modules: Iterable[str], folder: Path) -> tuple[set[str], set[str]]:
    """Run modules of tests on another reactor and on ours, side by side.

    :param folder: where they may leave files.
    :returns: the tests that pass there, and those of them that do not pass on ours.
    """
    with ThreadPoolExecutor() as pool:
        there = pool.submit(outcomes, other, modules, folder / "other")
        here = pool.submit(outcomes, OURS, modules, folder / "ours")
    # A module that cannot be imported, or a class that is skipped as a whole, is none that passes.
    passed = {test for test, outcome in there.result().items() if outcome == "passed"}
    return passed, {test for test in passed if here.result().get(test) != "passed"}


def outcomes(reactor: str, modules: Iterable[str], folder: Path) -> dict[str, str]:
    """Run modules of tests on a reactor; each by itself, since some leave things behind."""
    folder.mkdir()
    ended: dict[str, str] = {}
    for module in modules:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.libuv.twisted_suite", reactor, module],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            timeout=300,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
        ended |= json.loads((folder / OUTCOMES).read_text())
    return ended


class Outcomes(TestResult):
    """How each test ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: dict[str, str] = {}

    def _note(self, test: Any, outcome: str) -> None:
        # An error after a success, such as of a reactor that is not clean, is an error.
        if outcome != "passed" or test.id() not in self.ended:
            self.ended[test.id()] = outcome

    def addSuccess(self, test: Any) -> None:
        """It passed."""
        self._note(test, "passed")

    def addError(self, test: Any, error: Any) -> None:
        """It could not be run to its end."""
        self._note(test, "failed")
        print(test.id(), error, file=sys.stderr)

    addFailure = addError

    def addSkip(self, test: Any, reason: str) -> None:
        """It does not apply here."""
        self._note(test, "skipped")


def close_loops() -> None:
    """Have the loop of a reactor closed behind each test: others are when nobody has them, but
    uvloop's stay open, with their file descriptors."""
    unbuild = ReactorBuilder._unbuildReactor

    def unbuild_and_close(self: ReactorBuilder, reactor: Any) -> None:
        unbuild(self, reactor)
        if isinstance(reactor, LibuvReactor):
            reactor.loop.close()

    ReactorBuilder._unbuildReactor = unbuild_and_close  # type: ignore[method-assign]


def main() -> None:
    """Run the program."""
    name, module = sys.argv[1:]
    told = Path(OUTCOMES).absolute()
    installReactor(namedAny(name)())
    ReactorBuilder._reactors = [name]
    ReactorBuilder.timeout = TIMEOUT  # type: ignore[attr-defined]  # trial looks for it
    close_loops()
    outcomes = Outcomes()
    TestLoader().loadByName(module).run(outcomes)
    from twisted.internet import reactor

    assert fullyQualifiedName(type(reactor)) == name
    suffix = f"_{name.rpartition('.')[2]}Tests"
    ended = {test.replace(suffix, ""): each for test, each in outcomes.ended.items()}
    told.write_text(json.dumps(ended))


if __name__ == "__main__":
    main()
