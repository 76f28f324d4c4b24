"""The file with the licenses that were typed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.cars.history import KEPT, MAX_SIZE, LicenseFile, default_path
from tests.client.support import new_folder


class HistoryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = new_folder(self) / "state" / "netsuite" / "licenses"
        self.file = LicenseFile(self.path)

    def test_kept(self) -> None:
        self.assertEqual(self.file.load(), [])
        for license in ("024 HYR", "ÄÖÜ 1"):
            self.file.add(license)
        self.assertEqual(LicenseFile(self.path).load(), ["024 HYR", "ÄÖÜ 1"])

    def test_nobody_else_reads_it(self) -> None:
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        self.file.add("A")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.path.parent.stat().st_mode), 0o700)
        self.path.chmod(0o644)
        self.file.add("B")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    def test_bounded(self) -> None:
        self.file.add("A")
        self.path.write_text("".join(f"{number:08}\n" for number in range(MAX_SIZE // 8)))
        kept = self.file.load()
        self.assertEqual((len(kept), kept[-1]), (KEPT, f"{MAX_SIZE // 8 - 1:08}"))
        self.assertEqual(self.path.read_text().splitlines(), kept)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])

    def test_what_else_is_in_it(self) -> None:
        self.file.add("A")
        self.path.write_bytes(b"\n\x1b[2J\nB\xff\nC")
        self.assertEqual(self.file.load(), ["B\N{REPLACEMENT CHARACTER}", "C"])

    def test_a_file_that_cannot_be_used(self) -> None:
        for file in (LicenseFile(Path("/dev/null/x")), LicenseFile(self.path.parents[2])):
            file.add("A")
            self.assertEqual(file.load(), [])

    def test_where(self) -> None:
        self.patch(os, "environ", {"XDG_STATE_HOME": "/state", "HOME": "/home/me"})
        self.assertEqual(default_path(), Path("/state/netsuite/cars-licenses"))
        for state in ({}, {"XDG_STATE_HOME": ""}, {"XDG_STATE_HOME": "relative"}):
            self.patch(os, "environ", {**state, "HOME": "/home/me"})
            self.assertEqual(default_path(), Path("/home/me/.local/state/netsuite/cars-licenses"))
