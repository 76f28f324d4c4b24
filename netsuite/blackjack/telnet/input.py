r"""What is typed, as lines or as single keys.

>>> typed = Input()
>>> list(typed.feed(b"hi"))
[]
>>> list(typed.feed(b"t\r\n\x1b[Astand\n"))
[Line(text='hit', cut=False), Line(text='stand', cut=False)]
>>> typed.mode = Mode.KEYS
>>> list(typed.feed(b"h\x1b[A\r\0"))
[Key(character='h'), Pressed(button=<Button.ENTER: 'enter'>)]

Bytes may come in any pieces. They are UTF-8; what is not becomes U+FFFD. Control characters are
dropped and the escape sequences of arrow and function keys are swallowed whole, wherever they
are cut. In lines too the erasing keys work, for clients that send characters unasked.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from enum import Enum
from typing import Final

import attrs
from wcwidth import wcwidth

__all__ = ["MAX_LINE", "Button", "Echo", "Input", "Key", "Line", "Mode", "Pressed", "Typed"]

#: The longest line unless told otherwise, in characters.
MAX_LINE: Final = 256


class Mode(Enum):
    """How what is typed is cut up."""

    LINES = "lines"
    KEYS = "keys"


class Button(Enum):
    """The keys that stand for no character."""

    ENTER = "enter"
    ERASE = "erase"
    ERASE_LINE = "erase line"
    INTERRUPT = "interrupt"
    END = "end"


@attrs.frozen
class Line:
    """A line, without its end.

    :param cut: whether characters beyond the longest line were dropped.
    """

    text: str
    cut: bool


@attrs.frozen
class Key:
    """A single printable character; only in ``Mode.KEYS``."""

    character: str


@attrs.frozen
class Pressed:
    """A key without a character. In ``Mode.LINES`` only INTERRUPT, and END on an empty line."""

    button: Button


@attrs.frozen
class Echo:
    """What to show of what was typed; only in ``Mode.LINES``, when echo is on."""

    text: str


Typed = Line | Key | Pressed | Echo


class _Escape(Enum):
    """How far an escape sequence has been read (ECMA-48)."""

    NONE = "none"
    ESCAPE = "ESC"
    CONTROL = "ESC [, and any parameters"
    CONTROL_FIRST = "ESC ["
    SINGLE = "ESC O or N, or ESC [ [: one more character"
    STRING = "ESC ], P, X, ^ or _: until BEL or ESC \\"


# Where the character after ESC leads; any other is the last of its sequence.
_AFTER_ESCAPE: Final = {
    "[": _Escape.CONTROL_FIRST,
    "O": _Escape.SINGLE,
    "N": _Escape.SINGLE,
    **dict.fromkeys("]PX^_", _Escape.STRING),
    # Intermediate characters: the sequence goes on.
    **dict.fromkeys(map(chr, range(0x20, 0x30)), _Escape.ESCAPE),
}

_BUTTONS: Final = {
    "\r": Button.ENTER,
    "\n": Button.ENTER,
    "\b": Button.ERASE,
    "\x7f": Button.ERASE,
    "\x15": Button.ERASE_LINE,
    "\x03": Button.INTERRUPT,
    "\x04": Button.END,
}


class Input:
    """Cuts what one peer types into lines or keys.

    :param limit: the longest line, in characters; what is typed beyond is dropped.
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self.limit = limit
        #: Whether :class:`Echo` is wanted: the client leaves echoing to us.
        self.echo = False
        #: Whether the characters of a line are kept off the screen: a secret word is typed.
        self.hidden = False
        self._mode = Mode.LINES
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line: list[str] = []
        self._cut = False
        self._after_return = False
        self._escape = _Escape.NONE

    @property
    def mode(self) -> Mode:
        """Lines or keys. A change drops the unfinished line."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self._line.clear()
            self._cut = False

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that has not been ended."""
        return "".join(self._line)

    def begin(self, text: str) -> None:
        """Begin a line as if that had been typed: a key turned out to be the first of a line.

        :param text: printable, and short.
        """
        self._mode = Mode.LINES
        self._line = list(text)
        self._cut = False

    def feed(self, data: bytes) -> Iterator[Typed]:
        """Take the next bytes, as :class:`~netsuite.blackjack.telnet.negotiation.Text` has them.

        A change of :attr:`mode`, :attr:`echo` or :attr:`hidden` between two results holds from
        the very next character on. The iterator must be run to its end before the next feed.

        :returns: what was typed, in order.
        """
        for character in self._decoder.decode(data):
            after_return, self._after_return = self._after_return, character == "\r"
            # CR LF and CR NUL are one line's end (RFC 854), and so are CR and LF alone.
            if after_return and character in "\n\0":
                continue
            if self._escape is not _Escape.NONE and self._in_sequence(character):
                continue
            if character == "\x1b":
                self._escape = _Escape.ESCAPE
                continue
            button = _BUTTONS.get(character)
            if button is None:
                character = " " if character == "\t" else character
                if not character.isprintable():
                    continue
                if self._mode is Mode.KEYS:
                    yield Key(character)
                else:
                    yield from self._add(character)
            elif self._mode is Mode.KEYS:
                yield Pressed(button)
            else:
                yield from self._edit(button)

    def _in_sequence(self, character: str) -> bool:
        """Return whether a character belongs to the escape sequence begun before it."""
        state, self._escape = self._escape, _Escape.NONE
        # An Enter or an interrupt is never lost in a sequence, nor is a new ESC.
        if character in "\r\n\x03\x1b":
            return False
        if state is _Escape.STRING:
            if character != "\x07":
                self._escape = state
        elif state is _Escape.ESCAPE:
            self._escape = _AFTER_ESCAPE.get(character, _Escape.NONE)
        elif state is _Escape.CONTROL_FIRST and character == "[":
            self._escape = _Escape.SINGLE  # function keys of the Linux console: ESC [ [ A
        elif state is not _Escape.SINGLE and not "@" <= character <= "~":
            self._escape = _Escape.CONTROL
        return True

    def _add(self, character: str) -> Iterator[Typed]:
        if len(self._line) >= self.limit:
            self._cut = True
            return
        self._line.append(character)
        if self.echo and not self.hidden:
            yield Echo(character)

    def _edit(self, button: Button) -> Iterator[Typed]:
        if button is Button.ENTER:
            line = Line("".join(self._line), self._cut)
            self._line.clear()
            self._cut = False
            if self.echo:
                yield Echo("\r\n")
            yield line
        elif button is Button.ERASE:
            yield from self._erase(1)
        elif button is Button.ERASE_LINE:
            yield from self._erase(len(self._line))
        elif button is Button.INTERRUPT:
            self._line.clear()
            self._cut = False
            yield Pressed(button)
        elif not self._line:
            yield Pressed(button)

    def _erase(self, count: int) -> Iterator[Typed]:
        erased = self._line[len(self._line) - count :]
        del self._line[len(self._line) - len(erased) :]
        columns = sum(max(0, wcwidth(character)) for character in erased)
        if self.echo and not self.hidden and columns:
            yield Echo("\b \b" * columns)
