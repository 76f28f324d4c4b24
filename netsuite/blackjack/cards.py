"""Playing cards.

A card is an integer from 0 to 51, since a simulation deals millions of them: ``card % 13`` is its
rank, from the ace (0) over the two (1) to the king (12), and ``card // 13`` its suit.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ACE", "DECK", "POINTS", "RANKS", "SUITS", "TEN_POINTS", "card_name", "parse_card"]

#: The cards of one deck.
DECK: Final = tuple(range(52))

#: The short names of the ranks, in order.
RANKS: Final = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")

#: The names of the suits, in order.
SUITS: Final = ("spades", "hearts", "diamonds", "clubs")

#: For each card what it counts; an ace counts one here, see :mod:`~netsuite.blackjack.hand`.
POINTS: Final = tuple(min(card % 13 + 1, 10) for card in DECK)

#: What an ace counts in :data:`POINTS`.
ACE: Final = 1

#: What a ten, a jack, a queen and a king count.
TEN_POINTS: Final = 10

_LETTERS = "SHDC"


def card_name(card: int) -> str:
    """A card's name in ASCII, such as ``10H`` for the ten of hearts.

    :param card: the card.
    """
    return RANKS[card % 13] + _LETTERS[card // 13]


def parse_card(name: str) -> int:
    """The card of a name that :func:`card_name` wrote; small letters will do.

    :param name: the name.
    :raises ValueError: when it is no card's name.
    """
    rank, letter = name[:-1].upper(), name[-1:].upper()
    if rank not in RANKS or not letter or letter not in _LETTERS:
        raise ValueError(
            f"{name!r:.20} is no card; expected a rank ({', '.join(RANKS)}) and one of"
            f" {', '.join(_LETTERS)}, such as 10H"
        )
    return RANKS.index(rank) + 13 * _LETTERS.index(letter)
