"""Hands at the table: drawn, with what is to be said of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

import attrs

from netsuite.blackjack.screen.cards import LARGE, SMALL, Face, art, fitting, name, names
from netsuite.blackjack.screen.lines import EMPTY, Ink, Line, beside, text, width_of
from netsuite.blackjack.screen.wording import chips, dealer_worth, result, signed, worth
from netsuite.blackjack.table.scene import Place, Scene

__all__ = ["FLAT", "HEIGHTS", "dealer", "mine"]

#: The height of cards that are not drawn, but named.
FLAT: Final = 1

#: The heights that hands can have, the best first.
HEIGHTS: Final = (LARGE, SMALL, FLAT)

#: How many cells are left between cards and what is said of them, and between hands.
_GAP: Final = 2
_BETWEEN: Final = 3

_TURN: Final = text("▸ ", Ink.STRONG)
_NO_TURN: Final = text("  ")


@attrs.frozen
class _Shown:
    """A hand, and what is to be said of it.

    :param whose: who has it.
    :param cards: its cards.
    :param said: what it is worth, what is staked on it, how it ended.
    :param asked: whether it is the one of several that is asked.
    """

    whose: Line
    cards: tuple[Face, ...]
    said: tuple[Line, ...]
    asked: bool = False


def dealer(scene: Scene, height: int, width: int) -> list[Line]:
    """Draw the dealer's hand, if there is one.

    :param height: how high the cards should be; they are less high where there is no room.
    :param width: how many cells there are.
    """
    play = scene.round
    if play is None:
        return []
    cards: tuple[Face, ...] = play.shown()
    if not play.over and scene.rules.peeks:
        cards = (*cards, None)
    shown = _Shown(text("Dealer", Ink.STRONG), cards, (text(dealer_worth(scene)),))
    return _drawn([shown], height, width)


def mine(scene: Scene, height: int, width: int) -> list[Line]:
    """Draw the hands of whoever looks, if they have any.

    :param height: how high the cards should be; they are less high where there is no room.
    :param width: how many cells there are.
    """
    place = scene.mine
    if place is None or not place.hands:
        return []
    shown = [_my_hand(scene, place, index) for index in range(len(place.hands))]
    return _drawn(shown, height, width)


def _my_hand(scene: Scene, place: Place, index: int) -> _Shown:
    """One of my hands."""
    rules, play = scene.rules, scene.round
    assert play is not None
    hand = place.hands[index]
    several = len(place.hands) > 1
    said = []
    if play.over:
        said += [text(str(hand.total)), result(rules, hand)]
    else:
        said.append(text(worth(rules, hand)))
        if rules.bets:
            said.append(text(f"bet {chips(hand.bet)}"))
    if place.insured and index == 0:
        said.append(_insurance(scene, place))
    return _Shown(
        text(f"Hand {index + 1}" if several else "You", Ink.STRONG),
        tuple(hand.cards),
        tuple(said),
        several and scene.my_turn and scene.turn == (scene.me, index),
    )


def _insurance(scene: Scene, place: Place) -> Line:
    play = scene.round
    assert play is not None
    if not play.over:
        return text(f"insured {chips(place.insured)}")
    if scene.rules.naturals and play.dealer.blackjack:
        return text(f"insurance {signed(2 * place.insured)}", Ink.WON)
    return text(f"insurance {signed(-place.insured)}")


def _drawn(hands: Sequence[_Shown], height: int, width: int) -> list[Line]:
    """Draw hands side by side, as high as possible."""
    for each in HEIGHTS[HEIGHTS.index(height) : -1]:
        block = _alone(hands[0], each, width) if len(hands) == 1 else _several(hands, each, width)
        if block is not None:
            return block
    return _flat(hands, width)


def _alone(hand: _Shown, height: int, width: int) -> list[Line] | None:
    """Draw a hand, and beside it what is said of it."""
    said = [hand.whose, *hand.said]
    step = fitting([hand.cards], height, width - width_of(said) - _GAP)
    if step is None or len(said) > height:
        return None
    above = (height - len(said)) // 2
    return beside(art(hand.cards, height, step), [EMPTY] * above + said, gap=_GAP)


def _several(hands: Sequence[_Shown], height: int, width: int) -> list[Line] | None:
    """Draw hands side by side, and below each what is said of it."""
    step = fitting([hand.cards for hand in hands], height, width - _BETWEEN * (len(hands) - 1))
    if step is None:
        return None
    blocks = []
    for hand in hands:
        worth, *more = hand.said
        mark = _TURN if hand.asked else EMPTY
        blocks.append([*art(hand.cards, height, step), mark + worth, *more])
    block = beside(*blocks, gap=_BETWEEN)
    return block if width_of(block) <= width else None


def _flat(hands: Sequence[_Shown], width: int) -> list[Line]:
    """Name the cards of each hand: on one line with what is said of it, where there is room."""
    marks = [(_TURN if hand.asked else _NO_TURN) if len(hands) > 1 else EMPTY for hand in hands]
    cells = [
        [mark + hand.whose, names(hand.cards), *hand.said]
        for mark, hand in zip(marks, hands, strict=True)
    ]
    widths = [width_of(line) + 2 for line in zip_longest(*cells, fillvalue=EMPTY)]
    if sum(widths) - 2 <= width:
        return [
            sum((cell.filled(wide) for cell, wide in zip(row, widths, strict=False)), EMPTY)
            for row in cells
        ]
    label = widths[0]
    lines: list[Line] = []
    for hand, (first, *_) in zip(hands, cells, strict=True):
        said = [*(each + text(",") for each in hand.said[:-1]), hand.said[-1]]
        pieces = _broken([name(card) for card in hand.cards], width - label)
        pieces += _broken(said, width - label)
        for each in pieces:
            lines.append(first.filled(label) + each)
            first = EMPTY
    return lines


def _broken(pieces: Sequence[Line], width: int) -> list[Line]:
    """Join pieces, on as many lines as they take."""
    lines = [EMPTY]
    for piece in pieces:
        if not lines[-1].width:
            lines[-1] = piece
        elif lines[-1].width + 1 + piece.width > width:
            lines.append(piece)
        else:
            lines[-1] += text(" ") + piece
    return lines
