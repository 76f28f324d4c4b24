"""The pages: they build without a warning, and none is missing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE
from netsuite.client.main import COMMANDS
from netsuite.tap.netsuite import Options

DOCS = Path(__file__).parents[2] / "docs"
SKELETON = ["What it does", "The bytes", "A transcript", "Options", "Limits"]
HAS_SPHINX = all(map(importlib.util.find_spec, ("sphinx", "furo")))


def _headings(page: Path, underline: str) -> list[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    return [
        heading
        for heading, under in pairwise(lines)
        if heading and under and set(under) == {underline} and len(under) >= len(heading)
    ]


class PageTests(SynchronousTestCase):
    """What the pages hold."""

    def test_services(self) -> None:
        """Each service has a page with the same skeleton, and its options from the code."""
        for plugin in {"netsuite", *(entry.plugin for entry in CATALOGUE.values())}:
            page = DOCS / "services" / f"{plugin}.rst"
            self.assertEqual(_headings(page, "-"), SKELETON, plugin)
            directive = f".. twistd-options:: netsuite.tap.{plugin}\n"
            self.assertIn(directive, page.read_text(encoding="utf-8"))

    def test_commands(self) -> None:
        """Each command of the client program has a section, with its help from the code."""
        page = (DOCS / "client.rst").read_text(encoding="utf-8")
        for name in COMMANDS:
            self.assertIn(f"\n{name}\n{'-' * len(name)}\n", page)
            self.assertIn(f".. client-help:: {name}\n", page)

    def test_configuration(self) -> None:
        """The example of a configuration file is one."""
        options = Options()
        options.parseOptions(["--config", str(DOCS / "examples" / "netsuite.toml")])
        self.assertNotIn("swap", options.services)
        self.assertEqual(options.services["dialogue"].delay, 0.5)
        self.assertEqual(options.services["clock"].limits.grace, 5)

    @skipUnless(HAS_SPHINX, "needs Sphinx and furo: pip install '.[docs]'")
    def test_build(self) -> None:
        """Sphinx builds the pages, with warnings and unknown references as errors."""
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-E"]
        built = subprocess.run(
            [*command, str(DOCS), self.mktemp()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        self.assertEqual(built.returncode, 0, built.stdout)
