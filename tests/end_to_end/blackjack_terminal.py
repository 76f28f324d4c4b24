"""People who play blackjack with the real ``telnet``, on real screens; and what they see, written
down.

Screens look as they did: they are compared with the files in ``blackjack_screens/``. To write these
files anew, run the tests so, and look at what has changed::

    NETSUITE_NEW_SCREENS=1 python -m pytest tests/end_to_end/test_blackjack_screens.py
    git diff tests/end_to_end/blackjack_screens
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from tests.end_to_end.daemon import PATIENCE
from tests.end_to_end.programs import tool
from tests.end_to_end.terminals import Terminal
from tests.end_to_end.wire import Address

EXPECTED = Path(__file__).with_name("blackjack_screens")

#: Stands for the Enter key in what is typed.
ENTER = "⏎"

# Commitments and nonces are new each time.
_RANDOM = re.compile("[0-9a-f]{32}")
_MASK = "0123456789abcdef" * 2
# What tmux says when the program has ended.
_DEAD = re.compile(r"\n+Pane is dead \(.*\)\Z")
# What the cursor stands behind when something is asked.
_ASKED = re.compile(r"(>|:)\Z")


class Telnet(Terminal):
    """The real ``telnet`` on a screen of its own.

    :param folder: an empty folder, whose path is not long.
    :param address: where it connects to.
    :param term: the kind of its terminal, which it tells the server.
    """

    def __init__(
        self,
        folder: Path,
        address: Address,
        *,
        columns: int = 80,
        rows: int = 24,
        term: str = "xterm-256color",
    ) -> None:
        command = ["env", f"TERM={term}", tool("telnet"), *map(str, address)]
        super().__init__(folder, command, columns=columns, rows=rows)
        self.columns = columns

    def resize(self, columns: int, rows: int) -> None:
        """Change the screen's size, of which telnet tells the server."""
        super().resize(columns, rows)
        self.columns = columns

    def enter(self, typed: str) -> None:
        """Type something, in which :data:`ENTER` stands for that key."""
        first, *others = typed.split(ENTER)
        if first:
            self.type(first)
        for each in others:
            self.press("Enter")
            if each:
                self.type(each)

    def asked(self, *texts: str) -> str:
        """Wait until all of some texts are on the screen, and something is asked below.

        :returns: the screen.
        """
        until = time.monotonic() + PATIENCE
        while not _ASKED.search(screen := self.wait_for(*texts)):
            assert time.monotonic() < until, f"nothing is asked:\n{screen}"
        return screen

    def play(self, *steps: tuple[str, str]) -> str:
        """Type one thing after the other.

        :param steps: each what is typed, and a text that is on the screen then, and was not before.
        :returns: the last screen.
        """
        screen = ""
        for typed, text in steps:
            self.enter(typed)
            screen = self.asked(text)
        return screen


def masked(screen: str) -> str:
    """Return a screen on which what is never the same always is."""
    return _RANDOM.sub(_MASK, _DEAD.sub("", screen))


class Story:
    """What somebody types, and what they see thereupon, to be compared with a file.

    :param name: the file's.
    :param telnet: what they play with.
    """

    def __init__(self, name: str, telnet: Telnet) -> None:
        self._path = EXPECTED / f"{name}.txt"
        self._telnet = telnet
        self._parts: list[str] = []

    def __call__(self, typed: str, *texts: str, ends: bool = False) -> str:
        """Type something, and write down what is to be seen.

        :param texts: what is on the screen then, and was not all there before.
        :param ends: whether nothing more is asked.
        """
        self._telnet.enter(typed)
        screen = self._telnet.wait_for(*texts) if ends else self._telnet.asked(*texts)
        self.note(typed, screen)
        return screen

    def note(self, what: str, screen: str) -> None:
        """Write down a screen.

        :param what: what it shows.
        """
        ruler = f"=== {what} ".ljust(self._telnet.columns, "=")
        self._parts.append(f"{ruler}\n{masked(screen)}\n")

    def check(self) -> None:
        """Compare all of it with the file."""
        told = "\n".join(self._parts)
        if "NETSUITE_NEW_SCREENS" in os.environ:
            self._path.write_text(told, encoding="utf-8")
        assert told == self._path.read_text(encoding="utf-8"), self._path.name
