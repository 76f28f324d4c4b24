"""What is said of the machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.machine import describe, filesystem, volatility
from benchmarks.processes import Cores

_MEMORY = Path("/dev/shm")


class FilesystemTests(SynchronousTestCase):
    def test_memory_is_no_disk(self) -> None:
        if filesystem(_MEMORY) != "tmpfs":
            raise SkipTest(f"{_MEMORY} is not what it is on Linux")
        with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
            caveat = volatility(Path(folder))
            self.assertIn(f"the stores are in {folder}", caveat or "")
            self.assertIn("TMPDIR", caveat or "")

    def test_what_is_no_memory(self) -> None:
        if filesystem(Path("/proc")) != "proc":
            raise SkipTest("nothing tells what is mounted here")
        self.assertEqual(filesystem(Path("/proc/self")), "proc")
        self.assertIsNone(volatility(Path("/proc")))

    def test_it_is_described(self) -> None:
        description = describe(Cores(), Path("/proc"))
        self.assertEqual(description["stores"], "/proc")
        self.assertEqual(description["filesystem"], filesystem(Path("/proc")))
        if description["nginx"] is not None:
            self.assertIn("nginx version", str(description["nginx"]))
