"""The shoe, from which the cards are dealt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import SystemRandom
from typing import Protocol

from netsuite.blackjack.cards import DECK

__all__ = ["Shoe", "ShoeEmptyError", "Shuffler"]


class Shuffler(Protocol):
    """What shuffles: a :class:`random.Random`, seeded, or a :class:`random.SystemRandom`."""

    def shuffle(self, x: list[int], /) -> None:
        """Bring a list into a random order, in place."""


class ShoeEmptyError(Exception):
    """All cards are on the table.

    It cannot happen with as many seats as :attr:`~netsuite.blackjack.rules.Rules.max_seats`
    allows.
    """


class Shoe:
    """Some decks of cards, shuffled together, with a cut card among them.

    A shoe does not shuffle itself between rounds: when it is :attr:`spent`, whoever runs the table
    calls :meth:`shuffle` before the next round. Should the last card go in the middle of a round,
    the cards of earlier rounds are shuffled and dealt again, as at a casino's table. :attr:`order`
    then grows by them, and ``reused`` says by how many.

    :param decks: how many decks.
    :param penetration: the share of the cards in front of the cut card, above 0 and at most 1.
    :param source: shuffles; by default the operating system's entropy does.
    """

    __slots__ = ("_source", "_start", "cut", "order", "position", "reused")

    def __init__(self, decks: int, penetration: float, source: Shuffler | None = None) -> None:
        self._source: Shuffler = SystemRandom() if source is None else source
        #: The cards, in the order in which they are dealt.
        self.order: list[int] = list(DECK) * decks
        #: The cut card lies in front of the card with this index.
        self.cut = max(1, int(len(self.order) * penetration))
        self.reused = 0
        self.shuffle()

    @classmethod
    def stacked(cls, order: Sequence[int], source: Shuffler | None = None) -> Shoe:
        """A shoe whose order is known, to test with, and to play a round again.

        :param order: the cards. The cut card lies behind the last.
        :param source: shuffles, from the second time on.
        """
        shoe = cls.__new__(cls)
        shoe._source = SystemRandom() if source is None else source
        shoe.order = list(order)
        shoe.cut = len(shoe.order)
        shoe._rewind()
        return shoe

    def shuffle(self) -> None:
        """Take all cards back, and bring them into a new order."""
        if self.reused:
            del self.order[-self.reused :]
        # A list of its own: the last order may still be shown, or checked, by whoever kept it.
        self.order = self.order.copy()
        self._source.shuffle(self.order)
        self._rewind()

    def _rewind(self) -> None:
        #: How many cards were dealt: the index of the next.
        self.position = 0
        #: How many cards at the end of the order were dealt before.
        self.reused = 0
        self._start = 0

    @property
    def spent(self) -> bool:
        """Whether the cut card has come: shuffle before the next round."""
        return self.position >= self.cut

    @property
    def remaining(self) -> int:
        """How many cards are left before some must be dealt again."""
        return len(self.order) - self.position

    def begin_round(self) -> None:
        """A round begins: the cards dealt so far are no longer on the table."""
        self._start = self.position

    def draw(self) -> int:
        """Deal the next card.

        :returns: the card.
        :raises ShoeEmptyError: when all cards are on the table.
        """
        position = self.position
        try:
            card = self.order[position]
        except IndexError:
            self._reuse()
            card = self.order[position]
        self.position = position + 1
        return card

    def _reuse(self) -> None:
        cards = Counter(self.order[: len(self.order) - self.reused])
        cards.subtract(self.order[self._start :])
        again = list(cards.elements())
        if not again:
            raise ShoeEmptyError("all cards of the shoe are on the table")
        self._source.shuffle(again)
        self.order += again
        self.reused += len(again)
