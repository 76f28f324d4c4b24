"""What the dealer ends with: exact probabilities for an infinite shoe.

In an infinite shoe each card is drawn as if from a full deck: an ace to a nine with 1/13 each, a
card that counts ten with 4/13. The dealer has no choice, so that the chances of the final totals
follow from the rules alone. They are kept as fractions; nothing is rounded.

Cards are known here by their points: 1 is an ace, 10 a ten or a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Final

__all__ = [
    "BLACKJACK",
    "BUST",
    "CHANCES",
    "FINALS",
    "add_card",
    "blackjack_chance",
    "final_totals",
    "overall_totals",
]

#: The final result of a dealer who went over 21. Less than each total that a player may stand on.
BUST: Final = 0

#: The final result of a dealer who has a blackjack. More than 21, which it beats.
BLACKJACK: Final = 22

#: What a dealer can end with. The larger number wins, against a player's total too.
FINALS: Final = (BUST, 17, 18, 19, 20, 21, BLACKJACK)

#: The chance to draw a card, by its points.
CHANCES: Final[Mapping[int, Fraction]] = MappingProxyType(
    {points: Fraction(4 if points == 10 else 1, 13) for points in range(1, 11)}
)


def add_card(total: int, soft: bool, points: int) -> tuple[int, bool]:
    """Return the total of a hand with one card more, and whether it is soft.

    A hand is soft while one of its aces counts 11. The hand that has no cards is ``0, False``.

    :param total: the total so far.
    :param soft: whether that is soft.
    :param points: the card's points, 1 for an ace.
    """
    if points == 1 and total + 11 <= 21:
        return total + 11, True
    total += points
    if total > 21 and soft:
        return total - 10, False
    return total, soft


def blackjack_chance(up: int) -> Fraction:
    """Return the chance that the dealer who shows this card has a blackjack.

    :param up: the points of the card that is shown.
    """
    return {1: CHANCES[10], 10: CHANCES[1]}.get(up, Fraction(0))


def final_totals(up: int, hits_soft_17: bool, *, peeked: bool = False) -> Mapping[int, Fraction]:
    """Return the chance of each of :data:`FINALS`, for a dealer who shows a card.

    :param up: the points of the card that is shown.
    :param hits_soft_17: whether the dealer draws to a soft 17.
    :param peeked: the dealer is known to have no blackjack. Otherwise nothing is known of the
        second card.
    """
    chances = dict.fromkeys(FINALS, Fraction(0))
    total, soft = add_card(0, False, up)
    for points, chance in CHANCES.items():
        if up + points == 11 and 1 in (up, points):
            chances[BLACKJACK] += chance
            continue
        for final, later in _drawing(*add_card(total, soft, points), hits_soft_17).items():
            chances[final] += chance * later
    if peeked:
        rest = 1 - chances[BLACKJACK]
        chances[BLACKJACK] = Fraction(0)
        return {final: chance / rest for final, chance in chances.items()}
    return chances


def overall_totals(hits_soft_17: bool) -> Mapping[int, Fraction]:
    """Return the chance of each of :data:`FINALS` before any card is seen.

    :param hits_soft_17: whether the dealer draws to a soft 17.
    """
    by_card = {up: final_totals(up, hits_soft_17) for up in CHANCES}
    return {
        final: sum((CHANCES[up] * by_card[up][final] for up in CHANCES), Fraction(0))
        for final in FINALS
    }


@cache
def _drawing(total: int, soft: bool, hits_soft_17: bool) -> Mapping[int, Fraction]:
    """Return the chance of each final total that the dealer may get to from a total."""
    if total > 21:
        return {BUST: Fraction(1)}
    if total > 17 or (total == 17 and not (soft and hits_soft_17)):
        return {total: Fraction(1)}
    chances: dict[int, Fraction] = {}
    for points, chance in CHANCES.items():
        for final, later in _drawing(*add_card(total, soft, points), hits_soft_17).items():
            chances[final] = chances.get(final, Fraction(0)) + chance * later
    return chances
