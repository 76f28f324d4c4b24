"""Reading a saved session: the statements of :mod:`~netsuite.blackjack.fairness` in it.

What a person saved may come from ``script``, from tmux, from a telnet client's log or from
``nc … | tee``. So between and within the statements there may be line ends of every kind, wrapped
lines, colours and other escape sequences, frames, and the bytes of the telnet protocol. Of all that
only ASCII characters that are seen count, and white space does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.fairness import NONCE_DIGITS
from netsuite.text import printable

__all__ = ["Again", "Committed", "Played", "Revealed", "Statement", "Transcript", "Unreadable"]


@attrs.frozen
class Committed:
    """A commitment was shown.

    :param line: the line of the transcript in which it begins, counted from 1.
    :param shoe: the shoe's number.
    :param commitment: in hexadecimal.
    """

    line: int
    shoe: int
    commitment: str


@attrs.frozen
class Revealed:
    """A shoe was revealed.

    :param nonce: in hexadecimal.
    :param order: the cards, a byte each.
    """

    line: int
    shoe: int
    nonce: str
    order: bytes


@attrs.frozen
class Again:
    """It was said which cards were dealt again.

    :param cards: a byte each.
    """

    line: int
    shoe: int
    cards: bytes


@attrs.frozen
class Played:
    """It was said which cards a round took.

    :param number: the round's.
    :param first: the place of its first card in the shoe, counted from 1.
    :param last: that of its last.
    :param cards: a byte each.
    """

    line: int
    shoe: int
    number: int
    first: int
    last: int
    cards: bytes


@attrs.frozen
class Unreadable:
    """Something that begins as a statement does, and goes on otherwise.

    :param text: its beginning, without white space, and safe to show.
    """

    line: int
    text: str


Statement = Committed | Revealed | Again | Played | Unreadable

#: The most characters of a statement, without white space. Eight decks take 864.
_MAX_STATEMENT = 2_000
#: The most bytes of an escape sequence, such as one that sets a window's title.
_MAX_STRING = 1_000

# Nothing else than what is seen is to be passed over: what a terminal would show, and we not, could
# hide something. So a sequence that is too long, or is none, loses its first byte or two only.
_SEQUENCE: Final = rb"""
    \x1b \[ [0-?]{0,100} [ -/]{0,10} [@-~]                   # colours and the like: ECMA-48, CSI
  | \x1b [\]PX^_] [^\x07\x1b]{0,%(most)d} (?: \x07 | \x1b\\ )  # titles: OSC, DCS, SOS, PM, APC
  | \x1b [ -/]{1,10} [0-~]                                   # character sets: nF
  | \x1b [0-~]                                               # others
  | \xff \xfa (?: [^\xff] | \xff\xff ){0,%(most)d} \xff\xf0    # telnet (RFC 855): a subnegotiation
  | \xff [\xfb-\xfe] [\x00-\xff]                             # RFC 854: WILL, WON'T, DO, DON'T
"""
# One that may go on with the next bytes.
_BEGINNING: Final = rb"""
    \x1b (?: \[ [0-?]{0,100} [ -/]{0,10} )? \Z
  | \x1b [\]PX^_] [^\x07\x1b]{0,%(most)d} \x1b? \Z
  | \x1b [ -/]{1,10} \Z
  | \xff (?: \xfa (?: [^\xff] | \xff\xff ){0,%(most)d} \xff? )? \Z
  | \xff [\xfb-\xfe] \Z
"""
_TOKEN = re.compile(
    rb"(?P<text> [^\x1b\xff]+ )"
    rb"| (?P<beginning> %b )"
    rb"| %b"
    rb"| [\x1b\xff]" % (_BEGINNING % {b"most": _MAX_STRING}, _SEQUENCE % {b"most": _MAX_STRING}),
    re.VERBOSE,
)

#: Whatever is not seen, is not ASCII, or belongs to a frame.
_IGNORED = bytes(byte for byte in range(256) if not 0x21 <= byte <= 0x7E or byte == ord("|"))
#: With the character set of VT100's for drawing lines, these are lines too.
_LINES = bytes(range(0x5F, 0x7F))

_CARD = "(?:A|[2-9]|10|[JQK])[SHDC]"
_NAMES = re.compile(_CARD)
_STATEMENT = re.compile(
    rf"""
    Shoe (?P<shoe> [1-9]\d{{0,8}} ) (?:
        commitment \( SHA-256 \) : (?P<commitment> [0-9a-f]{{64}} )
      | revealed : (?P<nonce> [0-9a-f]{{{NONCE_DIGITS}}} ) (?P<order> (?:{_CARD})+ )
      | dealtagain,notcovered : (?P<again> (?:{_CARD})+ )
      | round (?P<round> [1-9]\d{{0,8}} ) ,cards (?P<first> [1-9]\d{{0,8}} )
        - (?P<last> [1-9]\d{{0,8}} ) : (?P<cards> (?:{_CARD})+ )
    )
    """,
    re.VERBOSE | re.ASCII,
)


class Transcript:
    """Takes a saved session in pieces, cut anywhere, and gives the statements in it.

    It holds a statement and an escape sequence at most, whatever is fed to it.
    """

    def __init__(self) -> None:
        self._line = 1
        self._held = b""
        self._ignored = _IGNORED
        # The statement that is being read: None outside of brackets.
        self._statement: bytearray | None = None
        self._begun = 0

    def feed(self, data: bytes) -> Iterator[Statement]:
        """Take the next bytes; use up what is returned before the next call.

        :param data: the bytes.
        :returns: the statements that end in them.
        """
        data = self._held + data
        self._held = b""
        for token in _TOKEN.finditer(data):
            if token["text"]:
                yield from self._text(token["text"])
            elif token["beginning"]:
                self._held = token["beginning"]
            elif token[0].startswith(b"\x1b("):
                self._ignored = _IGNORED + _LINES if token[0] == b"\x1b(0" else _IGNORED

    def _text(self, text: bytes) -> Iterator[Statement]:
        for piece in re.split(rb"([\[\]\n])", text):
            if piece == b"[":
                # One that was cut off is no statement: its screen may have been drawn anew.
                self._statement = bytearray()
                self._begun = self._line
            elif piece == b"\n":
                self._line += 1
            elif self._statement is not None:
                if piece != b"]":
                    self._statement += piece.translate(None, self._ignored)
                if piece == b"]" or len(self._statement) > _MAX_STATEMENT:
                    if self._statement.startswith(b"Shoe"):
                        yield _read(self._begun, self._statement.decode("ascii"))
                    self._statement = None


def _read(line: int, text: str) -> Statement:
    match = _STATEMENT.fullmatch(text)
    if match is None:
        return Unreadable(line, printable(text, 40))
    shoe = int(match["shoe"])
    if match["commitment"]:
        return Committed(line, shoe, match["commitment"])
    if match["nonce"]:
        return Revealed(line, shoe, match["nonce"], _cards(match["order"]))
    if match["again"]:
        return Again(line, shoe, _cards(match["again"]))
    number, first, last = (int(match[name]) for name in ("round", "first", "last"))
    return Played(line, shoe, number, first, last, _cards(match["cards"]))


def _cards(names: str) -> bytes:
    return bytes(map(parse_card, _NAMES.findall(names)))
