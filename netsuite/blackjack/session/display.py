r"""What has been written to a terminal, as far as it matters for what is written next.

What is to be shown is collected, and taken together. Most of it is only ever added to what is
there. But where the terminal moves its cursor, a round is drawn in place: each time anew over the last
drawing, so that what is past scrolls up and stays.

>>> display = Display()
>>> display.draw(["You: 12"])
>>> display.prompt(["> "])
>>> display.take(rows=24)
'You: 12\r\n> '
>>> display.draw(["You: 19"])
>>> display.take(rows=24)
'\x1b[1A\x1b[G\x1b[JYou: 19\r\n'
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

__all__ = ["Display"]

#: How many lines of news stay below a drawing that is drawn again.
_NEWS: Final = 3


class _Kind(Enum):
    """What lines are, for the next drawing."""

    #: Gone when it covers them.
    SAID = auto()
    #: To be seen for a while, below it.
    NEWS = auto()
    #: The drawing before it.
    DRAWING = auto()


class Display:
    """The lines of one terminal."""

    def __init__(self) -> None:
        # What is to be shown, in order. At most one is a drawing.
        self._pending: list[tuple[_Kind, list[str]]] = []
        self._last = False
        self._echo = ""
        self._prompt: list[str] = []
        self._news: deque[str] = deque(maxlen=_NEWS)
        # What is there: how many lines have been begun since the drawing, if it can be drawn over;
        # and whether the cursor stands behind a prompt, and not at the beginning of a line.
        self._since: int | None = None
        self._behind_prompt = False

    def say(self, lines: Iterable[str]) -> None:
        """Add lines.

        :param lines: without their ends.
        """
        self._pending.append((_Kind.SAID, list(lines)))

    def tell(self, lines: Iterable[str]) -> None:
        """Add lines that are to be seen for a while, although the table is drawn again."""
        self._pending.append((_Kind.NEWS, list(lines)))

    def draw(self, lines: Iterable[str], *, last: bool = False) -> None:
        """Draw the table. A drawing that has not been taken is forgotten.

        :param lines: the table.
        :param last: whether the next drawing is not to be over this one, but below it.
        """
        self._pending = [each for each in self._pending if each[0] is not _Kind.DRAWING]
        self._pending.append((_Kind.DRAWING, list(lines)))
        self._last = last

    def settle(self) -> None:
        """Leave the drawing that is there as it is: the next one goes below it."""
        self._since = None
        self._news.clear()

    def prompt(self, lines: Iterable[str]) -> None:
        """Ask for something, below all else, and leave the cursor behind it.

        :param lines: the last one is not ended.
        """
        self._prompt = list(lines)

    def echo(self, text: str) -> None:
        """Show what is being typed.

        :param text: as :class:`~netsuite.blackjack.telnet.input.Echo` has it.
        """
        self._echo += text

    def entered(self) -> None:
        """Note that the line behind the prompt has been ended by whoever typed it."""
        self._behind_prompt = False
        if self._since is not None:
            self._since += 1

    def take(self, rows: int | None = None) -> str:
        """Return what is to be sent, once.

        :param rows: the height of the window, where the cursor can be moved.
        """
        out, self._echo = [self._echo], ""
        pending, self._pending = self._pending, []
        drawn = any(kind is _Kind.DRAWING for kind, _ in pending)
        if drawn and rows is not None and self._since is not None and self._since < rows:
            out.append(f"\x1b[{self._since}A\x1b[G\x1b[J" if self._since else "\x1b[G\x1b[J")
            self._behind_prompt = False
            # All news stand below the drawing, and what else is new below them.
            pending.sort(key=lambda each: _ORDER[each[0]])
            old = (_Kind.NEWS, list(self._news))
            pending.insert(1, old)
        if drawn:
            self._news.clear()
        for kind, lines in pending:
            if kind is _Kind.DRAWING:
                self._since = None if rows is None else 0
            elif kind is _Kind.NEWS:
                self._news += lines
            for line in lines:
                out.append(f"{self._fresh_line()}{line}{self._line_end()}")
        if drawn and self._last:
            self.settle()
        prompt, self._prompt = self._prompt, []
        if prompt:
            *above, asked = prompt
            out += [f"{self._fresh_line()}{line}{self._line_end()}" for line in above]
            out.append(f"{self._fresh_line()}{asked}")
            self._behind_prompt = True
        return "".join(out)

    def _fresh_line(self) -> str:
        if not self._behind_prompt:
            return ""
        self._behind_prompt = False
        return self._line_end()

    def _line_end(self) -> str:
        if self._since is not None:
            self._since += 1
        return "\r\n"


#: How what is new is sorted where it goes over a drawing.
_ORDER: Final = {_Kind.DRAWING: 0, _Kind.NEWS: 1, _Kind.SAID: 2}
