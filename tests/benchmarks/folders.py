"""Folders for tests. Trial's ``mktemp`` would leave them in the checkout when pytest runs it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase


def temporary_folder(test: SynchronousTestCase) -> Path:
    """Return a new empty folder, which is removed after the test."""
    folder = tempfile.TemporaryDirectory(prefix="benchmarks-test-")
    test.addCleanup(folder.cleanup)
    return Path(folder.name)
