"""Screens look as they did: they are compared with the files in ``expected/``.

To write these files anew, run this test so, and look at what has changed::

    NETSUITE_NEW_SCREENS=1 python -m pytest tests/blackjack/screen/test_screens.py
    git diff tests/blackjack/screen/expected
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.screen.style import Style
from tests.blackjack.screen.gallery import MOMENTS, WINDOWS, Show

EXPECTED = Path(__file__).parent / "expected"

SGR = re.compile("\x1b\\[([0-9;]*)m")


def readable(line: str) -> str:
    """A line as it stands in a file: ``<1>`` is the SGR code 1; spaces at the end are left out."""
    return SGR.sub(r"<\1>", line).rstrip()


def shown(show: Show) -> str:
    """What is shown in all windows."""
    parts = []
    for name, style in WINDOWS.items():
        ruler = f"--- {name} ".ljust(style.columns, "-")
        parts.append("\n".join([ruler, *map(readable, show(style))]))
    return "\n\n".join(parts) + "\n"


class ScreenTests(SynchronousTestCase):
    maxDiff = None

    def test_screens(self) -> None:
        new = "NETSUITE_NEW_SCREENS" in os.environ
        for name, show in MOMENTS.items():
            path = EXPECTED / f"{name}.txt"
            if new:
                path.write_text(shown(show), encoding="utf-8")
            self.assertEqual(shown(show), path.read_text(encoding="utf-8"), name)

    def test_nothing_else_is_expected(self) -> None:
        self.assertEqual({path.stem for path in EXPECTED.iterdir()}, set(MOMENTS))

    def test_prompts_end_with_a_space(self) -> None:
        # What is typed follows. The files do not show it.
        for style in (Style(), Style(reader=True)):
            self.assertRegex(MOMENTS["turn"](style)[-1], r"(>|choice:) $")
