r"""What has been written to a terminal, as far as it matters for what is written next.

What is to be shown is collected, and taken together. Most of it is only ever added to what is
there. But where the terminal moves its cursor, the table is drawn in place: each time anew over
the last drawing. What was said since then is not lost: it goes above the new drawing, but for the
last news, which stay below it as far as there is room. A question is asked in place of the one
before.

>>> display, window = Display(), Window(columns=80, rows=24)
>>> display.draw(["You: 12"])
>>> display.prompt(["> "])
>>> display.take(window)
'You: 12\r\n> '
>>> display.draw(["You: 19"])
>>> display.take(window)
'\x1b[1A\x1b[G\x1b[KYou: 19\r\n\x1b[J'
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, NamedTuple

from netsuite.blackjack.screen.lines import cells

__all__ = ["NEWS", "Display", "Window"]

# ECMA-48's EL and ED: clear the line, or all, from the cursor on.
_CLEAR_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"

#: How many lines of old news stay below a drawing that is drawn anew, at most.
NEWS: Final = 3


class Window(NamedTuple):
    """The size of a terminal's window, in characters."""

    columns: int
    rows: int


class _Kind(Enum):
    """What lines are, for the next drawing."""

    SAID = auto()
    #: To be seen below it.
    NEWS = auto()
    #: The drawing before it.
    DRAWING = auto()
    #: A drawing that stays: the next one goes below it.
    LAST = auto()


_DRAWN: Final = (_Kind.DRAWING, _Kind.LAST)

#: Lines of one kind.
_Lines = tuple[_Kind, list[str]]


class Display:
    """The lines of one terminal."""

    __slots__ = (
        "_asked",
        "_below",
        "_column",
        "_covering",
        "_echo",
        "_pending",
        "_prompt",
        "_since",
        "_widest",
    )

    def __init__(self) -> None:
        # What is to be shown: what was typed, then this in order, of which one is a drawing at
        # most, then a question.
        self._echo: list[str] = []
        self._pending: list[_Lines] = []
        self._prompt: list[str] = []
        # What is there. How far the cursor is from the beginning of its line, at most, and how far
        # it has been.
        self._column = self._widest = 0
        # How many lines have been begun since the drawing, if it can be drawn over; in which of
        # them the last question begins; and what was said below the drawing.
        self._since: int | None = None
        self._asked: int | None = None
        self._below: list[_Lines] = []
        # Whether what is written now goes over what is there.
        self._covering = False

    def say(self, lines: Iterable[str]) -> None:
        """Add lines.

        :param lines: without their ends, and none of them wider than the window.
        """
        self._pending.append((_Kind.SAID, list(lines)))

    def tell(self, lines: Iterable[str]) -> None:
        """Add lines that are to be seen for a while below the table, although it is drawn again."""
        self._pending.append((_Kind.NEWS, list(lines)))

    def draw(self, lines: Iterable[str], *, last: bool = False) -> None:
        """Draw the table. A drawing that has not been taken is forgotten.

        :param lines: the table.
        :param last: whether the next drawing is not to be over this one, but below it.
        """
        self._pending = [each for each in self._pending if each[0] not in _DRAWN]
        self._pending.append((_Kind.LAST if last else _Kind.DRAWING, list(lines)))

    def settle(self) -> None:
        """Leave the drawing that is there as it is: the next one goes below it."""
        self._since = self._asked = None
        self._below.clear()

    def prompt(self, lines: Iterable[str]) -> None:
        """Ask for something, below all else, and leave the cursor behind it.

        :param lines: the last one is not ended.
        """
        self._prompt = list(lines)

    def echo(self, text: str) -> None:
        """Show what is being typed.

        :param text: as :class:`~netsuite.blackjack.telnet.input.Echo` has it.
        """
        self._echo.append(text)
        # Nothing is taken away for what is erased: terminals differ in whether a cursor that goes
        # back returns to the line above.
        self._column += cells(text) if text.isprintable() else 0
        self._widest = max(self._widest, self._column)

    def entered(self) -> None:
        """Note that the line behind the prompt has been ended by whoever typed it."""
        self._column = 0
        self._end_line()

    def take(self, window: Window | None = None) -> str:
        """Return what is to be sent, once.

        :param window: the window, where the cursor can be moved.
        """
        out, self._echo = self._echo, []
        if window is None or self._widest >= window.columns:
            # Nobody knows how many lines there are where something was wrapped.
            self.settle()
        for kind, lines in self._in_order(out, window):
            if kind is _Kind.DRAWING:
                self._fresh_line(out)
                self._since = None if window is None else 0
            elif self._since is not None and lines:
                self._below.append((kind, lines))
            for line in lines:
                self._write(out, line)
                self._asked = None
        if self._prompt:
            self._ask(out)
        elif self._covering:
            out.append(_CLEAR_BELOW)
        self._covering = False
        self._widest = self._column
        if window is not None and self._since is not None and self._since >= window.rows:
            # Its top is not in the window any more.
            self.settle()
        return "".join(out)

    def _in_order(self, out: list[str], window: Window | None) -> list[_Lines]:
        """What is to be written now. The cursor is taken to where that begins."""
        pending, self._pending = self._pending, []
        drawing = next((each for each in pending if each[0] in _DRAWN), None)
        if drawing is None:
            if self._prompt and self._asked is not None:
                self._go_back_to(self._asked, out)
            return pending
        if self._since is not None and window is not None:
            self._go_back_to(0, out)
            said = [each for each in pending if each[0] is _Kind.SAID]
            news = [each for each in pending if each[0] is _Kind.NEWS]
            most = max(NEWS, _height(news))
            room = window.rows - _height([drawing, *said]) - len(self._prompt)
            above, kept = _parted([*self._below, *news], max(1, min(most, room)))
            pending = [*above, drawing, *kept, *said]
        self.settle()
        return pending

    def _ask(self, out: list[str]) -> None:
        *above, asked = self._prompt
        self._prompt = []
        if self._since is not None:
            self._asked = self._since + bool(self._column)
        for line in above:
            self._write(out, line)
        self._fresh_line(out)
        if self._covering:
            out.append(_CLEAR_BELOW)
        out.append(asked)
        self._column = cells(asked)

    def _go_back_to(self, line: int, out: list[str]) -> None:
        """Move the cursor to a line, counted from that in which the drawing begins.

        What is there is covered line by line. To clear it at once would make the window flicker;
        and tmux, where that is all of the window, keeps it as if it had scrolled off.
        """
        assert self._since is not None
        if self._since > line:
            out.append(f"\x1b[{self._since - line}A")
        out.append("\x1b[G")
        self._since = line
        self._column = 0
        self._covering = True

    def _write(self, out: list[str], line: str) -> None:
        self._fresh_line(out)
        if self._covering:
            out.append(_CLEAR_LINE)
        out.append(line)
        out.append(self._end_line())

    def _fresh_line(self, out: list[str]) -> None:
        if self._column:
            self._column = 0
            out.append(self._end_line())

    def _end_line(self) -> str:
        if self._since is not None:
            self._since += 1
        return "\r\n"


def _height(pieces: Iterable[_Lines]) -> int:
    return sum(len(lines) for _, lines in pieces)


def _parted(below: list[_Lines], room: int) -> tuple[list[_Lines], list[_Lines]]:
    """Part what is below a drawing into what goes above the next one and what stays.

    :param room: how many lines may stay: the last of the news.
    """
    above: list[_Lines] = []
    kept: list[_Lines] = []
    for kind, lines in reversed(below):
        cut = len(lines)
        if kind is _Kind.NEWS:
            cut = max(0, cut - room)
            if cut and any(stays for _, stays in kept):
                # It stays together, and nothing that is older is below it.
                cut, room = len(lines), 0
            room -= len(lines) - cut
        above.append((kind, lines[:cut]))
        kept.append((kind, lines[cut:]))
    return above[::-1], kept[::-1]
