"""What holds for every test run by pytest."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, as trial does: whatever it leaves behind is tidied up."""
    monkeypatch.chdir(tmp_path)
