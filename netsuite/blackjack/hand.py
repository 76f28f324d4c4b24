"""What a hand is worth, what is staked on it, and how it ended."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from netsuite.blackjack.cards import POINTS

__all__ = ["BEST", "Hand", "Outcome"]

#: The total that no hand may exceed.
BEST: Final = 21

# What an ace counts more than its one point, where that does not take the hand over 21.
_SOFT: Final = 10


class Outcome(IntEnum):
    """How a hand ended."""

    #: It beat the dealer's.
    WIN = 0
    #: It was a blackjack, and the dealer had none.
    BLACKJACK = 1
    #: Nobody won.
    PUSH = 2
    #: The dealer's was better.
    LOSS = 3
    #: It went over 21.
    BUST = 4
    #: It was given up for half of the bet.
    SURRENDERED = 5


class Hand:
    """A hand of cards: a player's, or the dealer's, on which nothing is staked.

    :param bet: the chips staked on it.
    :param split: whether it came of a split. Such a hand is never a blackjack.
    """

    __slots__ = ("bet", "cards", "done", "doubled", "has_ace", "outcome", "paid", "points", "split")

    def __init__(self, bet: int = 0, split: bool = False) -> None:
        #: The cards, in the order in which they came.
        self.cards: list[int] = []
        #: The sum of the cards' points, each ace counted as one.
        self.points = 0
        #: Whether there is an ace among the cards.
        self.has_ace = False
        #: The chips staked on it, including those of doubling.
        self.bet = bet
        #: Whether it came of a split.
        self.split = split
        #: Whether the bet was doubled.
        self.doubled = False
        #: Whether its player is through with it.
        self.done = False
        #: How it ended; ``None`` before it did.
        self.outcome: Outcome | None = None
        #: The chips that went back to the player, the stake included. Zero before the end.
        self.paid = 0

    def add(self, card: int) -> None:
        """Take a card.

        :param card: the card.
        """
        points = POINTS[card]
        self.cards.append(card)
        self.points += points
        if points == 1:
            self.has_ace = True

    @property
    def total(self) -> int:
        """What the hand is worth: one ace counts eleven where that does not exceed 21."""
        points = self.points
        return points + _SOFT if self.has_ace and points <= BEST - _SOFT else points

    @property
    def soft(self) -> bool:
        """Whether an ace counts eleven."""
        return self.has_ace and self.points <= BEST - _SOFT

    @property
    def blackjack(self) -> bool:
        """Whether these are an ace and a card that counts ten, as they were dealt."""
        return self.has_ace and self.points == 11 and len(self.cards) == 2 and not self.split

    @property
    def bust(self) -> bool:
        """Whether it is worth more than 21."""
        return self.points > BEST

    def is_pair(self, by_value: bool) -> bool:
        """Whether these are two cards of a kind.

        :param by_value: whether a king and a ten are, too, because both count ten.
        """
        if len(self.cards) != 2:
            return False
        first, second = self.cards
        if by_value:
            return POINTS[first] == POINTS[second]
        return first % 13 == second % 13
