"""The shoes of a table, one after the other, each with its commitment and its reveal."""

from __future__ import annotations

from random import Random

import attrs

from netsuite.blackjack.fairness import Reveal, seal
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.shoe import Shoe, Shuffler
from netsuite.blackjack.table.events import RoundOver, ShoeRevealed, ShoeStarted

__all__ = ["Shoes"]


class Shoes:
    """The shoes of a table. There is none until :meth:`start`, since many tables never see a round.

    :param rules: say how many decks there are, and where the cut card lies.
    :param seed: shuffles; None for the operating system's entropy.
    :param shuffler: shuffles instead; a test's, which knows the order.
    """

    __slots__ = ("_first", "_rounds", "_rules", "_sealed", "_seed", "_shoe", "_shuffler", "number")

    def __init__(self, rules: Rules, seed: int | None, shuffler: Shuffler | None = None) -> None:
        self._rules = rules
        self._seed = seed
        self._shuffler = shuffler
        self._shoe: Shoe | None = None
        # What is to be revealed of it.
        self._sealed: Reveal | None = None
        self._rounds = 0
        self._first = 0
        #: The number of the current shoe, or of the last one; 0 before the first.
        self.number = 0

    @property
    def commitment(self) -> str | None:
        """What binds the house to the order of the current shoe; None when there is no shoe."""
        return None if self._sealed is None else self._sealed.commitment

    @property
    def spent(self) -> bool:
        """Whether the cut card of the current shoe has come."""
        return self._shoe is not None and self._shoe.spent

    @property
    def left(self) -> int:
        """The cards in front of the cut card; 0 when it has come, or there is no shoe."""
        return 0 if self._shoe is None else max(0, self._shoe.cut - self._shoe.position)

    def start(self) -> ShoeStarted | None:
        """Shuffle a shoe, if there is none.

        :returns: what is to be told of it; None if there was one.
        """
        if self._shoe is not None:
            return None
        if self._shuffler is None and self._seed is not None:
            self._shuffler = Random(self._seed)
        self._shoe = Shoe(self._rules.decks, self._rules.penetration, self._shuffler)
        self._sealed = seal(self._shoe.order)
        self._rounds = 0
        self.number += 1
        return ShoeStarted(self.number, self._sealed.commitment, self._seed)

    def begin_round(self) -> Shoe:
        """Return the shoe, from which a round is dealt now."""
        assert self._shoe is not None
        self._rounds += 1
        self._first = self._shoe.position
        return self._shoe

    def end_round(self) -> RoundOver:
        """Return what is to be told of the round that is over."""
        assert self._shoe is not None
        cards = self._shoe.order[self._first : self._shoe.position]
        return RoundOver(self._rounds, self._first + 1, tuple(cards))

    def reveal(self) -> ShoeRevealed | None:
        """Put the shoe away: nothing is dealt from it any more.

        :returns: what is to be told of it; None if there is none. One from which nothing was dealt
            is not put away.
        """
        shoe, sealed = self._shoe, self._sealed
        if shoe is None or sealed is None or not shoe.position:
            return None
        again = tuple(shoe.order[len(sealed.order) :])
        self._shoe = self._sealed = None
        return ShoeRevealed(self.number, attrs.evolve(sealed, again=again))
