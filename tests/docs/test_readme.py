"""The README's two commands, which CI extracts and runs."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE

README = Path(__file__).parents[2] / "README.md"


class ReadmeTests(SynchronousTestCase):
    """What others rely on finding in the README."""

    def setUp(self) -> None:
        self.text = README.read_text(encoding="utf-8")

    def test_two_commands(self) -> None:
        """The only two ``sh`` blocks are the two commands, each a single line."""
        blocks = re.findall(r"^```sh\n(.*?)^```$", self.text, re.DOTALL | re.MULTILINE)
        venv = "python3 -m venv .venv && .venv/bin/pip install"
        self.assertEqual(
            blocks,
            [
                f"{venv} . && .venv/bin/twistd -n netsuite\n",
                f"{venv} '.[test]' && .venv/bin/python -m pytest\n",
            ],
        )

    def test_services(self) -> None:
        """The table has a row for each service of the catalogue, with its endpoints."""
        for entry in CATALOGUE.values():
            command = " ".join((entry.plugin, *entry.arguments))
            endpoints = ", ".join(map(str, entry.endpoints))
            self.assertIn(f"| `{command}` | {endpoints} | {entry.summary} |", self.text)

    def test_links(self) -> None:
        """The files that it points to are there."""
        for path in re.findall(r"`((?:docs/)?[\w-]+\.(?:rst|md))`|see `(LICENSE)`", self.text):
            self.assertTrue((README.parent / "".join(path)).is_file(), path)
