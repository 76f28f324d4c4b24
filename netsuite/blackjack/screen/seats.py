"""The seats of a shared table, a line each."""

from __future__ import annotations

from typing import Final, NamedTuple

from netsuite.blackjack.screen.cards import names
from netsuite.blackjack.screen.lines import EMPTY, Ink, Line, foreign, text, width_of
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import few_chips, final_worth, result, signed, worth
from netsuite.blackjack.table.scene import Place, Scene

__all__ = ["bystanders", "rows"]

#: The mark of the seat that is asked, and what the other rows begin with.
_TURN: Final = text("▸ ", Ink.STRONG)
_OTHER: Final = text("  ")

#: The widest name that is shown whole, and the narrowest column that is left of names and cards.
_MOST_NAME: Final = 16
_LEAST_NAME: Final = 8
_LEAST_CARDS: Final = 8

_BETWEEN: Final = " / "

#: From this width on there is room for a word more.
_ROOMY: Final = 48


class _Row(NamedTuple):
    """What is said of a seat."""

    asked: bool
    name: Line
    cards: tuple[tuple[int, ...], ...]
    worth: Line
    chips: Line


def rows(style: Style, scene: Scene, width: int) -> list[Line]:
    """Draw the seats that somebody has, in columns as wide as what is in them.

    Where there is no room for all of it, the cards go first, then the ends of names.

    :param width: how many cells there are.
    """
    roomy = width >= _ROOMY
    found = [
        _row(style, scene, seat, place, roomy)
        for seat, place in enumerate(scene.places)
        if place is not None
    ]
    gap = 2 if roomy else 1
    room = width - _TURN.width
    worth_width = width_of(row.worth for row in found)
    chips_width = width_of(row.chips for row in found)
    name_width = min(width_of(row.name for row in found), _MOST_NAME)
    cards_width = width_of(_cards(row, None) for row in found)
    fixed = worth_width + chips_width + (3 if cards_width else 2) * gap
    if name_width + cards_width + fixed > room:
        cards_width = min(cards_width, max(_LEAST_CARDS, room - fixed - name_width))
        name_width = max(min(name_width, room - fixed - cards_width), _LEAST_NAME)
    if name_width + cards_width + fixed > room:
        cards_width = 0
    lines = []
    for row in found:
        line = (_TURN if row.asked else _OTHER) + row.name.cut(name_width).filled(name_width + gap)
        if cards_width:
            line += _cards(row, cards_width).filled(cards_width + gap)
        lines.append(line + row.worth.filled(worth_width + gap) + row.chips)
    return lines


def bystanders(style: Style, scene: Scene, width: int) -> Line:
    """Say how many seats are free, and who watches; nothing where that is nobody."""
    said = []
    free = sum(place is None for place in scene.places)
    if free:
        said.append(f"{free} seats free" if free > 1 else "1 seat free")
    if scene.watchers:
        watchers = ", ".join(foreign(style, name) for name in scene.watchers)
        said.append(f"watching: {watchers}")
    return (text("  ") + text(" · ".join(said), Ink.FAINT)).cut(width) if said else EMPTY


def _row(style: Style, scene: Scene, seat: int, place: Place, roomy: bool) -> _Row:
    asked = scene.turn is not None and scene.turn[0] == seat
    mine = seat == scene.me
    name = "You" if mine else foreign(style, place.name)
    called = text(name, Ink.STRONG if mine or asked else Ink.PLAIN)
    cards = tuple(tuple(hand.cards) for hand in place.hands)
    return _Row(asked, called, cards, _worth(scene, place), _chips(scene, place, roomy))


def _cards(row: _Row, most: int | None) -> Line:
    """The cards of a seat; of several hands, those of as many as there is room for."""
    line = EMPTY
    for hand in row.cards:
        shown = names(hand)
        line += text(_BETWEEN) + shown if line.width else shown
    if most is None or line.width <= most:
        return line
    return names(row.cards[0], most) if len(row.cards) == 1 else line.cut(most)


def _worth(scene: Scene, place: Place) -> Line:
    """What the hands of a seat are worth."""
    hands, rules = place.hands, scene.rules
    over = scene.round is not None and scene.round.over
    if not hands:
        if place.sits_out:
            return text("passes", Ink.FAINT)
        return EMPTY
    if len(hands) == 1:
        (hand,) = hands
        return text(final_worth(rules, hand) if over else worth(rules, hand))
    return text(_BETWEEN.join("bust" if hand.bust else str(hand.total) for hand in hands))


def _chips(scene: Scene, place: Place, roomy: bool) -> Line:
    """What a seat has bet, or how the round ended for it."""
    pieces = []
    over = scene.round is not None and scene.round.over
    if place.hands and over:
        pieces.append(_result(scene, place))
    if place.bet is not None and (scene.betting or not over):
        if scene.rules.bets:
            pieces.append(
                text(f"bet {few_chips(place.bet)}" if roomy or over else few_chips(place.bet))
            )
        elif scene.betting:
            pieces.append(text("ready"))
    if not place.present:
        pieces.append(text("away", Ink.FAINT))
    line = EMPTY
    for piece in pieces:
        line += text(" · " if roomy else " ", Ink.FAINT) + piece if line.width else piece
    return line


def _result(scene: Scene, place: Place) -> Line:
    if not scene.rules.bets:
        return result(scene.rules, place.hands[0])
    if not place.won:
        return text("push", Ink.EVEN)
    return text(signed(place.won, short=True), Ink.WON if place.won > 0 else Ink.PLAIN)
