"""What the end-to-end tests have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemon, Daemons


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Daemons]:
    """Start ``twistd`` for one test."""
    daemons = Daemons(tmp_path)
    yield daemons
    daemons.stop()


@pytest.fixture(scope="module")
def start_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemons]:
    """Start ``twistd`` for all tests of a module."""
    daemons = Daemons(tmp_path_factory.mktemp("daemons"))
    yield daemons
    daemons.stop()


@pytest.fixture(scope="module")
def suite(start_once: Daemons) -> Daemon:
    """Run the whole suite, with everything as it is by default, except for the ports."""
    return start_once("netsuite")
