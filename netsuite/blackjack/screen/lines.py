"""Lines as they are put together, and how they are written to a terminal.

All drawing is done in Unicode and in colour. :func:`written` is the one way out: it makes ASCII of
a line, cuts it to the window and leaves the colours away where that is wanted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

import attrs
from wcwidth import wcswidth

from netsuite.blackjack.screen.style import MAX_COLUMNS, MIN_COLUMNS, Style
from netsuite.text import printable

__all__ = [
    "EMPTY",
    "MINUS",
    "Ink",
    "Line",
    "Span",
    "beside",
    "cells",
    "columns_of",
    "flowed",
    "foreign",
    "text",
    "width_of",
    "words",
    "written",
]


class Ink(Enum):
    """What a piece of text is written in; the value is an SGR code of ECMA-48.

    It never says anything that the text does not.
    """

    PLAIN = ""
    #: What is to be seen first.
    STRONG = "1"
    #: What need not be seen.
    FAINT = "2"
    #: Hearts and diamonds.
    RED = "31"
    #: A hand won.
    WON = "1;32"
    #: A hand that nobody won.
    EVEN = "1;33"


class Span(NamedTuple):
    """A piece of a line in one ink."""

    text: str
    ink: Ink


@attrs.frozen
class Line:
    """A line, or a piece of one."""

    spans: tuple[Span, ...]
    #: How many cells it takes.
    width: int

    def __add__(self, other: Line) -> Line:
        return Line(self.spans + other.spans, self.width + other.width)

    def cut(self, most: int) -> Line:
        """Return as much of the line as fits into so many cells; ``…`` ends it if it was cut."""
        if self.width <= most:
            return self
        if most < 1:
            return EMPTY
        kept: list[Span] = []
        left = most - 1
        for span in self.spans:
            wide = cells(span.text)
            if wide > left:
                kept.append(Span(_first(span.text, left) + "…", span.ink))
                break
            kept.append(span)
            left -= wide
        return Line(tuple(kept), sum(cells(span.text) for span in kept))

    def filled(self, width: int) -> Line:
        """Return the line cut to so many cells, and filled with spaces on the right."""
        line = self.cut(width)
        return line + text(" " * (width - line.width)) if line.width < width else line


EMPTY: Final = Line((), 0)

#: The sign of a negative number; ``-`` in ASCII.
MINUS: Final = "\N{MINUS SIGN}"

#: How each character that we draw with is written in ASCII: one cell each, as in Unicode.
_ASCII: Final = str.maketrans(
    {
        **dict.fromkeys("─", "-"),
        **dict.fromkeys("│·", "|"),
        **dict.fromkeys("╭╮", "."),
        **dict.fromkeys("╰╯", "'"),
        MINUS: "-",
        **dict(zip("♠♥♦♣", "SHDC", strict=True)),
        "•": "*",
        "░": ":",
        "▸": ">",
        "…": "~",
    }
)


@lru_cache(maxsize=4096)
def text(said: str, ink: Ink = Ink.PLAIN) -> Line:
    """A piece of a line.

    :param said: what it says, of our own; see :func:`foreign` for what others typed.
    """
    return Line((Span(said, ink),), cells(said)) if said else EMPTY


def foreign(style: Style, said: str, most: int = 200) -> str:
    """What somebody else typed, made safe to show.

    What is written from right to left is not isolated: of the few terminals that reorder a line,
    most drop or ignore Unicode's isolates (U+2068, U+2069), and others show them as a box.

    :param said: what they typed.
    :param most: how many characters of it to show.
    """
    shown = printable(said, most)
    if style.unicode or shown.isascii():
        return shown
    letters = unicodedata.normalize("NFKD", shown)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # One letter can become many.
    return plain[:most].encode("ascii", "replace").decode("ascii")


def columns_of(style: Style) -> int:
    """How wide a line may be."""
    return max(MIN_COLUMNS, min(style.columns, MAX_COLUMNS))


@lru_cache(maxsize=4096)
def _wide_cells(said: str) -> int:
    # Less than 0 only for control characters, of which there are none.
    return max(0, wcswidth(said))


def cells(said: str) -> int:
    """How many cells of a terminal a text takes: letters of East Asia take two, accents none."""
    return len(said) if said.isascii() else _wide_cells(said)


def width_of(lines: Iterable[Line]) -> int:
    """The width of the widest of some lines."""
    return max((line.width for line in lines), default=0)


def beside(*blocks: list[Line], gap: int = 2) -> list[Line]:
    """Put blocks of lines next to each other, their first lines at one height.

    :param blocks: from left to right.
    :param gap: how many cells to leave between them.
    """
    left, *rest = blocks
    for right in rest:
        width = width_of(left) + gap
        height = max(len(left), len(right))
        left = [
            a.filled(width) + b if b.width else a
            for a, b in zip(_high(left, height), _high(right, height), strict=True)
        ]
    return left


def written(style: Style, line: Line) -> str:
    """Write a line as a terminal is to get it, without its end."""
    line = line.cut(columns_of(style))
    if style.colour and not style.reader:
        said = "".join(
            [
                f"\x1b[{ink.value}m{said}\x1b[0m" if ink.value else said
                for said, ink in _stripped(line)
            ]
        )
    else:
        said = "".join([span.text for span in line.spans]).rstrip(" ")
    if style.unicode or said.isascii():
        return said
    return said.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def words(sentence: str, ink: Ink = Ink.PLAIN) -> list[Line]:
    """The words of a sentence, for :func:`flowed`."""
    return [text(word, ink) for word in sentence.split()]


def flowed(style: Style, pieces: Iterable[Line], indent: str = "") -> list[str]:
    """Write pieces on as many lines as they take, with a space between.

    :param pieces: what is not broken unless it is wider than a line.
    :param indent: what each line but the first begins with.
    """
    room = columns_of(style)
    lines: list[Line] = []
    line = EMPTY
    for piece in pieces:
        for part in _chopped(piece, room - len(indent)):
            if not line.width:
                line = part
            elif line.width + 1 + part.width <= room:
                line += text(" ") + part
            else:
                lines.append(line)
                line = text(indent) + part
    return [written(style, each) for each in (*lines, line) if each.spans]


def _chopped(piece: Line, room: int) -> Iterator[Line]:
    """Cut what is too wide for a line into pieces that are not."""
    if piece.width <= room:
        yield piece
        return
    rest = "".join(span.text for span in piece.spans)
    while rest:
        head = _first(rest, room)
        yield text(head, piece.spans[0].ink)
        rest = rest[len(head) :]


def _first(said: str, most: int) -> str:
    """The beginning of a text, as much of it as fits into so many cells."""
    if said.isascii():
        return said[:most]
    end = len(said)
    while end and cells(said[:end]) > most:
        end -= 1
    return said[:end]


def _high(block: list[Line], height: int) -> list[Line]:
    return block + [EMPTY] * (height - len(block))


def _stripped(line: Line) -> list[Span]:
    """The spans of a line, without spaces at its end, those of one ink together."""
    spans: list[Span] = []
    for span in line.spans:
        # A space looks the same in every ink.
        same = bool(spans) and (span.ink is spans[-1].ink or not span.text.strip(" "))
        if same:
            before = spans.pop()
            span = Span(before.text + span.text, before.ink)
        spans.append(span)
    while spans:
        said, ink = spans.pop()
        if said := said.rstrip(" "):
            spans.append(Span(said, ink))
            break
    return spans
