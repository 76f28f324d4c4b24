"""Saved sessions for tests: what a house says of its shoes, and what terminals make of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import attrs

from netsuite.blackjack.cards import DECK
from netsuite.blackjack.checking import Checker, Verdict
from netsuite.blackjack.fairness import Reveal, commitment_lines, reveal_lines, round_lines
from netsuite.blackjack.transcript import Statement, Transcript


@attrs.define
class PlayedShoe:
    """A shoe that was played: each part of it can be changed.

    :param number: the shoe's.
    :param reveal: what the house was bound to.
    :param commitment: what is shown of it.
    :param rounds: number, first card and cards of each round.
    """

    number: int
    reveal: Reveal
    commitment: str
    rounds: list[tuple[int, int, tuple[int, ...]]]

    def lines(self, columns: int = 80) -> list[str]:
        """All that is shown of it, line by line."""
        lines = commitment_lines(self.number, self.commitment, columns)
        for number, first, cards in self.rounds:
            lines += [
                "Your bet, Enter for 50:",
                *round_lines(self.number, number, first, cards, columns),
            ]
        return [*lines, *reveal_lines(self.number, self.reveal, columns)]


def played(
    number: int = 1, *, decks: int = 1, sizes: Sequence[int] = (4, 6, 5), seed: int = 0
) -> PlayedShoe:
    """Play a shoe.

    :param sizes: how many cards each round takes; once the shoe has run out, those of the rounds
        before are shuffled again.
    """
    chance = random.Random(f"{seed} {number}")
    order = list(DECK) * decks
    chance.shuffle(order)
    rounds = []
    first = 1
    dealt = order.copy()
    for index, size in enumerate(sizes, 1):
        if first + size - 1 > len(dealt):
            dealt += chance.sample(order[: first - 1], first - 1)
        rounds.append((index, first, tuple(dealt[first - 1 : first - 1 + size])))
        first += size
    again = tuple(dealt[len(order) :])
    reveal = Reveal(f"{chance.getrandbits(128):032x}", tuple(order), again)
    return PlayedShoe(number, reveal, reveal.commitment, rounds)


def saved(lines: Iterable[str]) -> bytes:
    """A session as ``nc`` saves it."""
    return "".join(f"{line}\r\n" for line in lines).encode()


def statements(data: bytes, size: int = 1 << 16) -> list[Statement]:
    """What is found in a session.

    :param size: of the pieces in which it is fed.
    """
    transcript = Transcript()
    return [
        statement
        for start in range(0, len(data), size)
        for statement in transcript.feed(data[start : start + size])
    ]


def judged(data: bytes) -> list[Verdict]:
    """What is to be said of a session."""
    checker = Checker()
    for statement in statements(data):
        checker.take(statement)
    return checker.verdicts()
