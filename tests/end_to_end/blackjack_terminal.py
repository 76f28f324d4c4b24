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
from difflib import unified_diff
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
_TIME = re.compile(r"\b\d+ s left")
# What the cursor stands behind when something is asked, and what is typed has not been begun.
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

    def asked(self, *texts: str, begun: str = "", before: str = "") -> str:
        """Wait until all of some texts are on the screen, and something is asked below.

        :param begun: what has been typed of the answer.
        :param before: a screen that this one is not.
        :returns: the screen.
        """
        until = time.monotonic() + PATIENCE
        while True:
            screen, line = self.screen_and_cursor()
            # While the screen is being drawn, the cursor is elsewhere.
            if (
                line == screen.count("\n")
                and _ASKED.search(screen.removesuffix(f" {begun}" if begun else ""))
                and screen != before
                and all(text in screen for text in texts)
            ):
                return screen
            assert time.monotonic() < until, f"{texts} never came; there is only:\n{screen}"
            time.sleep(0.02)

    def answer(self, typed: str, *texts: str, begun: str = "") -> str:
        """Type something, or nothing, and wait for what comes.

        :param texts: what is on the screen then; if something is typed, not all of it before.
        :param begun: what has been typed of the next answer.
        :returns: the screen when something is asked.
        """
        if not typed:
            return self.asked(*texts, begun=begun)
        before = self.screen()
        assert not texts or any(text not in before for text in texts), before
        self.enter(typed)
        return self.asked(*texts, begun=begun, before=before)

    def play(self, *steps: tuple[str, str]) -> str:
        """Type one thing after the other.

        :param steps: each what is typed, if anything, and a text that is on the screen then.
        :returns: the last screen.
        """
        screen = ""
        for typed, text in steps:
            screen = self.answer(typed, text)
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
    return _TIME.sub("20 s left", _RANDOM.sub(_MASK, screen))


def compare(name: str, shown: str) -> None:
    """Compare what is shown with a file.

    :param name: the file's.
    """
    path = EXPECTED / f"{name}.txt"
    if "NETSUITE_NEW_SCREENS" in os.environ:
        path.write_text(shown, encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    sides = (expected.splitlines(), shown.splitlines())
    assert shown == expected, "\n".join(unified_diff(*sides, path.name, "shown", lineterm=""))


class Story:
    """What somebody types, and what they see thereupon, to be compared with a file.

    :param name: the file's.
    :param player: who they are.
    """

    def __init__(self, name: str, player: Player) -> None:
        self._name = name
        self._player = player
        self._parts: list[str] = []

    def __call__(self, typed: str, *texts: str, begun: str = "") -> str:
        """Type something, or nothing, and write down what is to be seen.

        :param texts: what is on the screen then; if something is typed, not all of it before.
        :param begun: what has been typed of the next answer.
        """
        screen = self._player.answer(typed, *texts, begun=begun)
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
