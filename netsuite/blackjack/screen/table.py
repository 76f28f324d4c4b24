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

#: From this width on there is a panel, and so wide is what is left of it.
_WIDE: Final = 110
_LEFT: Final = 50
_GAP: Final = 4

#: How much of an edge is left beside what is said at its ends.
_ENDS: Final = 10

#: From this width on there is a margin of three cells, instead of one.
_ROOMY: Final = 60


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
    wide = columns >= _WIDE
    room = columns - 2 * margin
    width = _LEFT if wide else room
    # At a shared table the seats take many lines. So the two hands are side by side, if they can.
    if scene.private or wide or columns < _ROOMY:
        parts = [dealer(scene, layout.dealer, width), mine(scene, layout.mine, width)]
    else:
        half = (room - _GAP) // 2
        left = [line.filled(half) for line in dealer(scene, layout.dealer, half)]
        parts = [beside(left, mine(scene, layout.mine, half), gap=_GAP)]
    side = room - _LEFT - _GAP if wide else room
    seats = [] if scene.private else _seats(style, scene, side)
    if not wide:
        parts.insert(1, seats)
        if layout.legend:
            parts.insert(1, [legend(scene.rules, width)])
    felt: list[Line] = []
    for part in parts:
        if part:
            felt += [EMPTY] * layout.air + part if felt else part
    if wide:
        panel = [text(each, Ink.FAINT) for each in phrases(scene.rules)]
        left = [line.filled(width) for line in felt] or [text(" " * width)]
        felt = beside(left, seats or panel, gap=_GAP)
    indent = text(" " * margin)
    felt = [indent + line if line.width else line for line in felt]
    edge = [EMPTY] * layout.edges
    return [_head(style, scene, columns), *edge, *felt, *edge, _foot(scene, columns)]


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
