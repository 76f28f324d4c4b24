"""The table, as one of its members sees it.

The cards are as high as the window allows, and less high rather than out of sight. In a wide
window there is a panel at the right.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from netsuite.blackjack.screen.cards import LARGE, SMALL
from netsuite.blackjack.screen.felt import legend, phrases
from netsuite.blackjack.screen.hands import FLAT, dealer, mine
from netsuite.blackjack.screen.lines import (
    EMPTY,
    Ink,
    Line,
    beside,
    columns_of,
    foreign,
    text,
    width_of,
    written,
)
from netsuite.blackjack.screen.seats import bystanders, rows
from netsuite.blackjack.screen.speech import described
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips, signed
from netsuite.blackjack.table.scene import Scene

__all__ = ["PROMPT_ROWS", "draw"]

#: So many lines of a window are left for news and the prompt.
PROMPT_ROWS: Final = 6

#: The height of a window that does not tell.
_ROWS: Final = 24

#: From this width on there is a panel, and so wide at least is what is left of it.
_WIDE: Final = 110
_LEFT: Final = 50
_GAP: Final = 4

#: How much of an edge is left beside what is said at its ends.
_ENDS: Final = 10

#: From this width on there is a margin of three cells instead of one, and room for two hands.
_ROOMY: Final = 54


class _Layout(NamedTuple):
    """How much room a table takes.

    :param dealer: how high the dealer's cards are.
    :param mine: how high my cards are.
    :param legend: whether the rules stand between them.
    :param air: whether there are empty lines between the parts.
    :param edges: whether there are at the edges, too.
    """

    dealer: int
    mine: int
    legend: bool
    air: bool
    edges: bool


#: The best first.
_LAYOUTS: Final = (
    _Layout(LARGE, LARGE, legend=True, air=True, edges=True),
    _Layout(LARGE, LARGE, legend=False, air=True, edges=True),
    _Layout(LARGE, LARGE, legend=False, air=True, edges=False),
    _Layout(SMALL, LARGE, legend=False, air=True, edges=False),
    _Layout(SMALL, SMALL, legend=False, air=True, edges=False),
    _Layout(SMALL, SMALL, legend=False, air=False, edges=False),
    _Layout(FLAT, SMALL, legend=False, air=False, edges=False),
    _Layout(FLAT, FLAT, legend=False, air=False, edges=False),
)


def draw(style: Style, scene: Scene) -> list[str]:
    """Draw the table, or describe it to whoever has it read aloud.

    :param style: how.
    :param scene: what is seen.
    """
    if style.reader:
        return described(style, scene)
    room = (style.rows or _ROWS) - PROMPT_ROWS
    lines: list[Line] = []
    for layout in _LAYOUTS:
        lines = _table(style, scene, layout)
        if len(lines) <= room:
            break
    return [written(style, line) for line in lines]


def _table(style: Style, scene: Scene, layout: _Layout) -> list[Line]:
    """Put the table together."""
    columns = columns_of(style)
    margin = 3 if columns >= _ROOMY else 1
    inside = _wide if columns >= _WIDE else _narrow
    indent = text(" " * margin)
    felt = [
        indent + line if line.width else line
        for line in inside(style, scene, layout, columns - 2 * margin)
    ]
    edge = [EMPTY] * layout.edges
    return [_head(style, scene, columns), *edge, *felt, *edge, _foot(scene, columns)]


def _wide(style: Style, scene: Scene, layout: _Layout, width: int) -> list[Line]:
    """The hands, and beside them the seats; at a private table, the rules."""
    if scene.private:
        panel = [text(each, Ink.FAINT) for each in phrases(scene.rules)]
        left = width - width_of(panel) - _GAP
    else:
        panel = _seats(style, scene, width - _LEFT - _GAP)
        left = _LEFT
    hands = [dealer(scene, layout.dealer, left), mine(scene, layout.mine, left)]
    felt = _stacked(hands, layout.air)
    if not felt:
        return panel
    left = max(width_of(felt), _LEFT)
    return beside([line.filled(left) for line in felt], panel, gap=_GAP)


def _narrow(style: Style, scene: Scene, layout: _Layout, width: int) -> list[Line]:
    """The dealer's hand, the rules, the seats, and my hand."""
    rules = [legend(scene.rules, width)] if layout.legend else []
    if scene.private:
        parts = [dealer(scene, layout.dealer, width), rules, mine(scene, layout.mine, width)]
        return _stacked(parts, layout.air)
    seats = _seats(style, scene, width)
    if width < _ROOMY:
        parts = [dealer(scene, layout.dealer, width), seats, mine(scene, layout.mine, width)]
        return _stacked(parts, layout.air)
    # The seats take many lines. So the two hands are side by side.
    half = (width - _GAP) // 2
    left = [line.filled(half) for line in dealer(scene, layout.dealer, half)]
    hands = beside(left, mine(scene, layout.mine, half), gap=_GAP)
    return _stacked([hands, rules, seats], layout.air)


def _stacked(parts: list[list[Line]], air: bool) -> list[Line]:
    """Put what there is one below the other.

    :param air: whether with empty lines between.
    """
    lines: list[Line] = []
    for part in parts:
        if part:
            lines += [EMPTY] * air + part if lines else part
    return lines


def _seats(style: Style, scene: Scene, width: int) -> list[Line]:
    lines = rows(style, scene, width)
    others = bystanders(style, scene, width)
    return [*lines, others] if others.width else lines


def _head(style: Style, scene: Scene, columns: int) -> Line:
    """The upper edge: which rules, and how much is left of the shoe."""
    name = foreign(style, scene.rules.name)
    left = text(_shoe(scene, columns >= _ROOMY), Ink.FAINT)
    if columns < _ROOMY:
        title = text(name, Ink.STRONG)
    else:
        title = text("Blackjack", Ink.STRONG) + text(f" · {name}")
    return _edge(title.cut(columns - left.width - _ENDS), left, columns)


def _shoe(scene: Scene, roomy: bool) -> str:
    if scene.stopping:
        return "last round"
    if not scene.shoe:
        return ""
    if scene.left:
        number = f"shoe {scene.shoe}: " if roomy else ""
        return f"{number}{scene.left} cards left"
    return "a new shoe comes next" if scene.betting else "last round of the shoe"


def _foot(scene: Scene, columns: int) -> Line:
    """The lower edge: my chips."""
    place = scene.mine
    if place is None or not scene.rules.bets:
        return _edge(EMPTY, EMPTY, columns)
    mine = text(f"{chips(place.chips)} chips", Ink.STRONG)
    more = EMPTY
    if scene.betting and place.bet is not None:
        more = text(f"bet {chips(place.bet)}")
    elif (len(place.hands) > 1 or place.insured) and scene.round is not None and scene.round.over:
        ink = Ink.WON if place.won > 0 else Ink.PLAIN
        more = text(f"this round {signed(place.won)}", ink)
    fits = mine.width + more.width + _ENDS <= columns
    return _edge(mine, more if fits else EMPTY, columns)


def _edge(left: Line, right: Line, columns: int) -> Line:
    """A line across the window, with something said at its ends."""
    before = text("── ", Ink.FAINT) + left + text(" ") if left.width else EMPTY
    after = text(" ") + right + text(" ──", Ink.FAINT) if right.width else EMPTY
    return before + text("─" * (columns - before.width - after.width), Ink.FAINT) + after
