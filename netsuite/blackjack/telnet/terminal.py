"""What a client tells about its terminal: the payloads of subnegotiations, read with care.

All of it is the peer's word. Names and values are bounded, but they may hold anything: escape
them (:func:`netsuite.text.printable`) before they are shown or logged.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from netsuite.blackjack.telnet.codes import INFO, IS, SEND

__all__ = [
    "MAX_COLUMNS",
    "MAX_ROWS",
    "MAX_TYPES",
    "MAX_VALUE",
    "MAX_VARIABLES",
    "Mtts",
    "environment",
    "environment_request",
    "mtts",
    "terminal_type",
    "window_size",
]

#: The largest window believed, in characters; larger ones count as this large.
MAX_COLUMNS: Final = 512
MAX_ROWS: Final = 512
#: The most terminal types that are asked of one client.
MAX_TYPES: Final = 8
#: The longest name of a terminal type, in characters (RFC 1091).
MAX_TYPE: Final = 40
#: The most variables taken from one message, and the longest name and value, in bytes.
MAX_VARIABLES: Final = 32
MAX_NAME: Final = 64
MAX_VALUE: Final = 256

# RFC 1572, section 2.
_VAR, _VALUE, _ESC, _USERVAR = 0, 1, 2, 3
# Exactly what the game has a use for: nobody's user name or display is asked for.
_WELL_KNOWN: Final = ("CHARSET", "CLIENT_NAME", "MTTS", "TERMINAL_TYPE")
_USERS_OWN: Final = ("LANG", "LC_ALL", "COLORTERM", "NO_COLOR")


class Mtts(IntFlag):
    """What a terminal can do: the bit vector of the MUD terminal type standard."""

    ANSI = 1
    VT100 = 2
    UTF8 = 4
    COLOURS_256 = 8
    MOUSE = 16
    OSC_COLOUR = 32
    SCREEN_READER = 64
    PROXY = 128
    TRUECOLOR = 256
    MNES = 512
    MSLP = 1024
    TLS = 2048


_ALL_MTTS: Final = (1 << 12) - 1


def window_size(payload: bytes) -> tuple[int | None, int | None] | None:
    """Read the window size of RFC 1073.

    :returns: columns and rows, each None where the client does not know (it sends 0), or None
        if the message is malformed.
    """
    if len(payload) != 4:
        return None
    columns = int.from_bytes(payload[:2], "big")
    rows = int.from_bytes(payload[2:], "big")
    return min(columns, MAX_COLUMNS) or None, min(rows, MAX_ROWS) or None


def terminal_type(payload: bytes) -> str | None:
    """Read a terminal type (RFC 1091): printable ASCII, in capitals, cut at 40 characters.

    :returns: the name, or None if the message is malformed.
    """
    if not payload or payload[0] != IS:
        return None
    name = bytes(byte for byte in payload[1:] if 0x20 <= byte < 0x7F)
    return name[:MAX_TYPE].decode("ascii").strip().upper() or None


def mtts(name: str) -> Mtts | None:
    """Read a terminal type such as ``MTTS 137``; bits without a meaning are dropped.

    :returns: what the terminal can do, or None if the name is not of this form.
    """
    word, _, number = name.partition(" ")
    # Ten digits are plenty, and a bound on what int() is given.
    if word != "MTTS" or len(number) > 10 or not (number.isascii() and number.isdigit()):
        return None
    return Mtts(int(number) & _ALL_MTTS)


def environment_request() -> bytes:
    """Return the payload that asks for the variables that the game has a use for (RFC 1572)."""
    names = [bytes([_VAR]) + name.encode() for name in _WELL_KNOWN]
    names += [bytes([_USERVAR]) + name.encode() for name in _USERS_OWN]
    return bytes([SEND]) + b"".join(names)


def environment(payload: bytes) -> dict[str, str] | None:
    """Read variables and their values (RFC 1572); those without a value are left out.

    RFC 1408's text and the programs of its time disagreed about which of VAR and VALUE is 0
    and which is 1. RFC 1572 took a new option number to end that, yet old code lives on behind
    the new number. A list cannot begin with a value, so one that seems to has the two
    exchanged (the reasoning is RFC 1571's).

    :returns: the values by name, or None if the message is malformed.
    """
    if not payload or payload[0] not in (IS, INFO):
        return None
    var, value = _VAR, _VALUE
    if payload[1:2] == bytes([_VALUE]):
        var, value = _VALUE, _VAR
    pairs: list[tuple[bytearray, bytearray | None]] = []
    field: bytearray | None = None
    escaped = False
    for byte in payload[1:]:
        if escaped:
            escaped = False
        elif byte == _ESC:
            escaped = True
            continue
        elif byte in (var, _USERVAR):
            field = bytearray()
            pairs.append((field, None))
            continue
        elif byte == value:
            if not pairs:
                return None
            field = bytearray()
            pairs[-1] = (pairs[-1][0], field)
            continue
        if field is None:
            return None
        field.append(byte)
    return {
        name.decode("utf-8", "replace"): text[:MAX_VALUE].decode("utf-8", "replace")
        for name, text in pairs[:MAX_VARIABLES]
        if text is not None and 0 < len(name) <= MAX_NAME
    }
