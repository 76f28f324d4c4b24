"""The seed's simple game of blackjack, in plain lines, for the peers that offer it.

They differ in how lines come and go, and in nothing else. The cards come from a shoe of six decks
that is shuffled when three quarters are dealt, as ours do; and as at ours, a 21 stands by itself.
"""

from __future__ import annotations

import random

#: What stands once in each answer that ends a round, and nowhere else.
OVER = "Round over: "

_DEAL = "[Enter] deals> "
_CHOICE = "[h]it or [s]tand> "
_GREETING = "Welcome to blackjack! Come nearer to 21 than the dealer, without going over.\n"

_RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
_POINTS = {rank: min(count, 10) for count, rank in enumerate(_RANKS, 1)}
_DECKS = [rank + suit for rank in _RANKS for suit in "SHDC"] * 6
_CUT_CARD = len(_DECKS) // 4


def total(cards: list[str]) -> int:
    """Return what cards such as ``10H`` count together."""
    points = [_POINTS[card[:-1]] for card in cards]
    hard = sum(points)
    return hard + 10 if 1 in points and hard <= 11 else hard


def encoded(text: str) -> bytes:
    """Return text as telnet has it."""
    return text.replace("\n", "\r\n").encode("ascii")


class Game:
    """One player's game."""

    #: What to show at first.
    greeting = _GREETING + _DEAL

    def __init__(self) -> None:
        self._shoe: list[str] = []
        self._dealer: list[str] = []
        self._player: list[str] = []
        self._playing = False

    def answer(self, line: str) -> str:
        """Return what to show for a line that was typed."""
        if not self._playing:
            return self._deal()
        typed = line.strip().lower()
        if typed in ("h", "hit"):
            self._player.append(self._shoe.pop())
        elif typed not in ("s", "stand"):
            return "Type h or s.\n" + _CHOICE
        if typed.startswith("h") and total(self._player) < 21:
            return self._shown()
        return self._over()

    def _deal(self) -> str:
        if len(self._shoe) <= _CUT_CARD:
            self._shoe = random.sample(_DECKS, len(_DECKS))
        self._player = [self._shoe.pop(), self._shoe.pop()]
        self._dealer = [self._shoe.pop(), self._shoe.pop()]
        self._playing = True
        return self._shown() if total(self._player) < 21 else self._over()

    def _shown(self) -> str:
        return f"Dealer: {self._dealer[0]} ??\n{self._hand()}{_CHOICE}"

    def _hand(self) -> str:
        return f"You: {' '.join(self._player)} ({total(self._player)})\n"

    def _over(self) -> str:
        mine = total(self._player)
        while mine <= 21 and total(self._dealer) < 17:
            self._dealer.append(self._shoe.pop())
        its = total(self._dealer)
        if mine > 21 or mine < its <= 21:
            result = "you lose."
        else:
            result = "push." if mine == its else "you win."
        self._playing = False
        dealer = f"Dealer: {' '.join(self._dealer)} ({its})\n"
        return f"{dealer}{self._hand()}{OVER}{result}\n{_DEAL}"
