"""People who play blackjack without a break, and remember what they were told."""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Sequence

import attrs

from tests.end_to_end.blackjack_wire import WORD
from tests.end_to_end.busy import BusyClient, until_gone
from tests.end_to_end.wire import Address

# What is shown last when something is asked.
_ASKED = re.compile(rb"(\r\n> |guest: |another name: |again: )\Z")
_ROUND = re.compile(r"round \d+, cards")
_CHIPS = re.compile(r"^-- ([\d,]+) chips", re.MULTILINE)
_STATS = re.compile(r"^  rounds +([\d,]+)\r$.*^  chips +([\d,]+)\r$", re.MULTILINE | re.DOTALL)
_TURN = re.compile(r"Your turn: (?:soft )?(\d+) against (?!.*, cards)", re.DOTALL)


@attrs.define
class Known:
    """What somebody knows of the rounds that they have played.

    :param name: theirs; empty for a guest.
    """

    name: str = ""
    #: How many chips they had, as they were told, before the first round and after each.
    chips: list[int] = attrs.Factory(list)
    #: Whether they have asked for a round, and not been told how it ended.
    playing: bool = False
    #: How many rounds whose end they had been told were found not to be kept.
    lost: int = 0
    #: All that was shown.
    shown: list[str] = attrs.Factory(list)

    @property
    def rounds(self) -> int:
        """How many rounds they have played, as they were told."""
        return max(0, len(self.chips) - 1)

    def told(self, rounds: int, chips: int) -> None:
        """Compare what is kept with what is known."""
        if not self.chips:
            assert rounds == 0
        elif rounds > self.rounds:
            assert self.playing, "nobody asked for that round"
            assert rounds == self.rounds + 1
        else:
            self.lost = self.rounds - rounds
            assert self.chips[rounds] == chips, "it does not balance"
        self.chips = [*self.chips[:rounds], chips]
        self.playing = False


class Gambler(BusyClient):
    """Somebody who bets 10 chips on each round, and takes cards below 17.

    :param address: the game's.
    :param known: what they learn is added to it.
    :param rounds: how many rounds they will have played when they leave.
    """

    def __init__(self, address: Address, known: Known, rounds: float = math.inf) -> None:
        self._known = known
        self._rounds = rounds
        self._answer = ""
        self._compared = False
        super().__init__(address, 0)

    def first(self) -> bytes:
        """Return nothing: they wait to be asked."""
        return b""

    def next(self) -> bytes:
        """Return the answer to what is asked."""
        return f"{self._answer}\r\n".encode()

    def hear(self, data: bytes) -> int:
        """Take what is shown, when something is asked at its end."""
        if not _ASKED.search(data):
            return 0
        shown = data.decode("utf-8", "replace")  # what is not text comes before the welcome
        self._known.shown.append(shown)
        self._answer = self._decide(shown)
        return len(data)

    def _decide(self, shown: str) -> str:
        known = self._known
        if shown.endswith("guest: "):
            return known.name
        if not shown.endswith("> "):
            return WORD
        if not self._compared:
            stats = _STATS.search(shown)
            if stats is None:
                return "stats"
            self._compared = True
            known.told(*(int(each.replace(",", "")) for each in stats.groups()))
        if _ROUND.search(shown):
            known.chips.append(int(_CHIPS.findall(shown)[-1].replace(",", "")))
            known.playing = False
        if "[n]o" in shown:
            return "no"
        turn = _TURN.search(shown)
        if turn:
            known.playing = True
            return "hit" if int(turn[1]) < 17 else "stand"
        if known.rounds >= self._rounds:
            return "quit"
        known.playing = True
        return "10"


def gamble(address: Address, known: Sequence[Known], rounds: float = math.inf) -> Generator[None]:
    """Have people play, bit by bit: each step of this generator is one. It ends when all of them
    have left, or the server is gone.

    :param known: what is known to each; what they learn is added to it.
    :param rounds: how many rounds they will have played when they leave.
    """
    return until_gone(len(known), lambda number: Gambler(address, known[number], rounds))
