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
from collections.abc import Sequence
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
# The time that is left is what it is.
_TIME = re.compile(r"\b\d\d s left")
# What tmux says when the program has ended.
_DEAD = re.compile(r"\n+Pane is dead \(.*\)\Z")
# What the cursor stands behind when something is asked.
_ASKED = re.compile(r"(^>|:)\Z", re.MULTILINE)


def telnet(address: Address, term: str = "xterm-256color") -> list[str]:
    """Return the command of the real ``telnet``.

    :param term: the kind of its terminal, which it tells the server.
    """
    return ["env", f"TERM={term}", tool("telnet"), *map(str, address)]


def netcat(address: Address) -> list[str]:
    """Return the command of the real ``nc``."""
    return [tool("nc"), *map(str, address)]


class Player(Terminal):
    """Somebody who plays at a screen of their own."""

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

    def answer(self, typed: str) -> str:
        """Type something.

        :returns: the screen when something else is asked.
        """
        before = self.screen()
        self.enter(typed)
        until = time.monotonic() + PATIENCE
        while True:
            screen = self.asked()
            if screen != before and screen == self.screen():
                return screen
            assert time.monotonic() < until, f"nothing came of it:\n{screen}"

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


class Sitting:
    """Has people sit down, each at a screen of their own.

    :param folder: where each gets a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._players: list[Player] = []

    def __call__(self, command: Sequence[str], *, columns: int = 80, rows: int = 24) -> Player:
        """Have somebody play.

        :param command: what with.
        """
        folder = self._folder / f"s{len(self._players)}"
        folder.mkdir()
        player = Player(folder, command, columns=columns, rows=rows)
        self._players.append(player)
        return player

    def end(self) -> None:
        """Have all of them stop."""
        for each in self._players:
            each.close()


def masked(screen: str) -> str:
    """Return a screen on which what is never the same always is."""
    return _TIME.sub("20 s left", _RANDOM.sub(_MASK, _DEAD.sub("", screen)))


def compare(name: str, shown: str) -> None:
    """Compare what is shown with a file.

    :param name: the file's.
    """
    path = EXPECTED / f"{name}.txt"
    if "NETSUITE_NEW_SCREENS" in os.environ:
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8"), path.name


class Story:
    """What somebody types, and what they see thereupon, to be compared with a file.

    :param name: the file's.
    :param player: who they are.
    """

    def __init__(self, name: str, player: Player) -> None:
        self._name = name
        self._player = player
        self._parts: list[str] = []

    def __call__(self, typed: str, *texts: str, asks: bool = True) -> str:
        """Type something, and write down what is to be seen.

        :param texts: what is on the screen then, and was not all there before.
        :param asks: whether something is asked below, to which nothing has been typed yet.
        """
        self._player.enter(typed)
        screen = self._player.asked(*texts) if asks else self._player.wait_for(*texts)
        self.note(typed, screen)
        return screen

    def note(self, what: str, screen: str) -> None:
        """Write down a screen.

        :param what: what it shows.
        """
        ruler = f"=== {what} ".ljust(self._player.columns, "=")
        self._parts.append(f"{ruler}\n{masked(screen)}\n")

    def check(self) -> None:
        """Compare all of it with the file."""
        compare(self._name, "\n".join(self._parts))
