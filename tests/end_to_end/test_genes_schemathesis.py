"""The gene API against its own description, by schemathesis with all its checks.

What it knows besides is in ``schemathesis_genes.py`` and ``schemathesis_genes.toml``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemons

HERE = Path(__file__).parent

#: How long it may take, in seconds. It takes some ten on an idle machine.
DEADLINE = 240.0


@pytest.mark.slow
def test_schemathesis_finds_nothing(start: Daemons, tmp_path: Path) -> None:
    daemon = start("genes", "--log-connections")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file"),
        *(str(HERE / "schemathesis_genes.toml"), "run", daemon.url("genes", "/openapi.json")),
        *("--checks", "all", "--max-examples", "25", "--generation-deterministic"),
        *("--workers", "1", "--no-color"),
    ]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "NO_PROXY": "*",
            "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_genes.py"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=DEADLINE,
        check=False,
    )
    told = ended.stdout.decode()
    assert ended.returncode == 0, told
    # It did ask: about every operation, and not too little.
    assert re.search(r"Tested: (\d+)", told)[1] == re.search(r"Selected: (\d+)/\1", told)[1]  # type: ignore[index]
    generated = re.search(r"(\d+) generated", told)
    assert generated is not None
    assert int(generated[1]) > 500, told
