"""The numbers of the telnet protocol that the game uses."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

#: "Interpret as command": what follows is not text (RFC 854).
IAC: Final = 255
#: Begins and ends a subnegotiation (RFC 855).
SB: Final = 250
SE: Final = 240


class Verb(IntEnum):
    """The four words of negotiation (RFC 854)."""

    WILL = 251
    WONT = 252
    DO = 253
    DONT = 254


class Command(IntEnum):
    """The commands of RFC 854, RFC 885 (``END_OF_RECORD``) and RFC 1184 (236 to 238)."""

    END_OF_FILE = 236
    SUSPEND = 237
    ABORT = 238
    END_OF_RECORD = 239
    NOP = 241
    DATA_MARK = 242
    BREAK = 243
    INTERRUPT = 244
    ABORT_OUTPUT = 245
    ARE_YOU_THERE = 246
    ERASE_CHARACTER = 247
    ERASE_LINE = 248
    GO_AHEAD = 249


class Option(IntEnum):
    """The options that the game can use. It refuses every other, LINEMODE (34) included."""

    BINARY = 0  # RFC 856
    ECHO = 1  # RFC 857
    SGA = 3  # RFC 858, suppress go ahead
    TTYPE = 24  # RFC 1091, terminal type
    EOR = 25  # RFC 885, end of record
    NAWS = 31  # RFC 1073, negotiate about window size
    NEW_ENVIRON = 39  # RFC 1572; 36, RFC 1408's ENVIRON, is refused: see terminal.py


#: What a subnegotiation of TTYPE (RFC 1091) or NEW-ENVIRON (RFC 1572) begins with.
IS: Final = 0
SEND: Final = 1
INFO: Final = 2
