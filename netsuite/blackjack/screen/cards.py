"""Cards: drawn, by their short names, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from netsuite.blackjack.cards import RANKS, SUITS
from netsuite.blackjack.screen.lines import EMPTY, Ink, Line, text

__all__ = ["LARGE", "SMALL", "Face", "art", "fitting", "name", "names", "spoken"]

#: The height of a card that is drawn large, in lines.
LARGE: Final = 5
#: The same of one that is drawn small.
SMALL: Final = 3

#: A card that is seen, or None for one that lies face down.
Face = int | None

_PIPS: Final = "♠♥♦♣"
_WORDS: Final = {"A": "ace", "J": "jack", "Q": "queen", "K": "king"}

# How wide a card is inside its frame, and how much of a card that another covers can be seen, the
# left side of its frame included: enough for its rank, and where the suit is beside it, for that.
_INSIDE: Final = {LARGE: 5, SMALL: 3}
_SEEN: Final = {LARGE: (4, 3), SMALL: (4,)}


def name(card: Face) -> Line:
    """A card's short name, such as ``A♠``; ``??`` for one that lies face down."""
    return text("??") if card is None else text(_short(card), _ink(card))


def names(cards: Sequence[Face], most: int | None = None) -> Line:
    """The short names of some cards.

    :param most: the most cells that they may take; the first cards are left out beyond.
    """
    line = EMPTY
    for index in range(len(cards) - 1, -1, -1):
        longer = name(cards[index]) + (text(" ") + line if line.width else EMPTY)
        # Room for the mark, unless this was the last.
        if most is not None and longer.width + (2 if index else 0) > most:
            return (text("… ") + line).cut(most)
        line = longer
    return line


def spoken(card: int) -> str:
    """A card in words, such as ``ace of spades``."""
    rank = RANKS[card % 13]
    return f"{_WORDS.get(rank, rank)} of {SUITS[card // 13]}"


def fitting(hands: Sequence[Sequence[Face]], height: int, most: int) -> int | None:
    """How far apart the cards of some hands can lie, all the same, so that they fit side by side.

    :param hands: the cards of each hand.
    :param height: how high the cards are, :data:`LARGE` or :data:`SMALL`.
    :param most: how many cells all hands may take, without the gaps between them.
    :returns: the distance, for :func:`art`; None if they do not fit.
    """
    wide = _INSIDE[height] + 2
    covered = sum(len(cards) - 1 for cards in hands)
    steps = (wide + 1, *_SEEN[height])
    return next((step for step in steps if covered * step + len(hands) * wide <= most), None)


def art(cards: Sequence[Face], height: int, step: int) -> list[Line]:
    """Draw cards side by side.

    :param height: how high they are, :data:`LARGE` or :data:`SMALL`.
    :param step: the distance from the left side of a card to that of the next, see
        :func:`fitting`. A card may cover a part of the one before.
    """
    wide = _INSIDE[height] + 2
    *before, last = cards
    lines = [EMPTY] * height
    for card in before:
        drawn = _part(card, height, step) if step < wide else _whole(card, height)
        lines = [line + piece.filled(step) for line, piece in zip(lines, drawn, strict=True)]
    return [line + piece for line, piece in zip(lines, _whole(last, height), strict=True)]


@cache
def _whole(card: Face, height: int) -> list[Line]:
    """Draw a card."""
    inside = _INSIDE[height]
    if card is None:
        middle = [text("│" + "░" * inside + "│")] * (height - 2)
    elif height == SMALL:
        middle = [_row(_short(card).ljust(inside), card)]
    else:
        rank = RANKS[card % 13]
        pip = _PIPS[card // 13]
        middle = [
            _row(each, card)
            for each in (rank.ljust(inside), pip.center(inside), rank.rjust(inside))
        ]
    edge = "─" * inside
    return [text(f"╭{edge}╮"), *middle, text(f"╰{edge}╯")]


@cache
def _part(card: Face, height: int, step: int) -> list[Line]:
    """Draw what is seen of a card that another covers."""
    inside = step - 1
    if card is None:
        middle = [text("│" + "░" * inside)] * (height - 2)
    elif height == SMALL:
        middle = [text("│") + text(_short(card).ljust(inside), _ink(card))]
    else:
        shown = (RANKS[card % 13], _PIPS[card // 13], "")
        middle = [text("│") + text(each.ljust(inside), _ink(card)) for each in shown]
    edge = "─" * inside
    return [text(f"╭{edge}"), *middle, text(f"╰{edge}")]


def _row(inside: str, card: int) -> Line:
    return text("│") + text(inside, _ink(card)) + text("│")


def _short(card: int) -> str:
    return RANKS[card % 13] + _PIPS[card // 13]


def _ink(card: int) -> Ink:
    """The two red suits lie between the two black ones."""
    return Ink.RED if card // 13 in (1, 2) else Ink.PLAIN
