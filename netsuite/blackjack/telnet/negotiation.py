r"""The telnet stream of one connection: text, commands and negotiation (RFC 854, RFC 855).

Feed it the bytes that arrive, in pieces of any size. It returns what happened, in order, and
the bytes to send back.

>>> telnet = Telnet()
>>> telnet.receive(b"hit\r\n\xff\xf6")
([Text(data=b'hit\r\n'), Commanded(command=<Command.ARE_YOU_THERE: 246>)], b'')
>>> telnet.receive(b"\xff\xfb\x1f")  # WILL NAWS: the answer is DO NAWS
([OptionChanged(side=<Side.PEER: 'peer'>, option=<Option.NAWS: 31>, on=True)], b'\xff\xfd\x1f')

Nothing that a peer sends raises, and all that a peer can ever make it send is at
most :data:`MAX_UNASKED` bytes more than that peer has sent. What it holds is bounded too: of a
subnegotiation at most :data:`MAX_SUBNEGOTIATION` bytes are kept, and a longer one is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import attrs

from netsuite.blackjack.telnet.codes import IAC, SB, SE, SEND, Command, Option, Verb
from netsuite.blackjack.telnet.options import Options, Side
from netsuite.blackjack.telnet.terminal import (
    MAX_TYPES,
    Mtts,
    environment,
    environment_request,
    mtts,
    terminal_type,
    window_size,
)

__all__ = [
    "AS_TYPED",
    "MAX_SUBNEGOTIATION",
    "MAX_UNASKED",
    "Commanded",
    "Environment",
    "Event",
    "OptionChanged",
    "Telnet",
    "TerminalTypes",
    "Text",
    "WindowSize",
]

#: The longest subnegotiation read, in bytes, its option included.
MAX_SUBNEGOTIATION: Final = 2048

#: The key, as :mod:`~netsuite.blackjack.telnet.input` reads it, that a command stands for.
AS_TYPED: Final[Mapping[Command, bytes]] = {
    Command.ERASE_CHARACTER: b"\x7f",
    Command.ERASE_LINE: b"\x15",
    Command.INTERRUPT: b"\x03",
    Command.BREAK: b"\x03",
    Command.ABORT: b"\x03",
    Command.END_OF_FILE: b"\x04",
}

# What says nothing to a game, and is dropped without a word.
_IDLE: Final = frozenset(
    {Command.NOP, Command.DATA_MARK, Command.GO_AHEAD, Command.END_OF_RECORD, Command.SUSPEND}
)


@attrs.frozen
class Text:
    """Bytes of text. IAC IAC has become one byte 255; line ends are as they came."""

    data: bytes


@attrs.frozen
class Commanded:
    """The peer sent a command. :data:`AS_TYPED` has those that stand for a key.

    ARE_YOU_THERE wants a visible answer; whoever gives it should give at most one for each
    piece received, since the question is only two bytes long.
    """

    command: Command


@attrs.frozen
class OptionChanged:
    """An option has come on or gone off at the peer's word."""

    side: Side
    option: Option
    on: bool


@attrs.frozen
class WindowSize:
    """The size of the peer's window in characters; None where it does not know."""

    columns: int | None
    rows: int | None


@attrs.frozen
class TerminalTypes:
    """The terminal types told so far, in order; the first is the client's own choice.

    :param complete: whether the list has ended; no more are asked for.
    """

    names: tuple[str, ...]
    mtts: Mtts | None
    complete: bool


@attrs.frozen
class Environment:
    """Variables of the peer's environment, new or changed."""

    values: Mapping[str, str]


Event = Text | Commanded | OptionChanged | WindowSize | TerminalTypes | Environment


class _Reading(Enum):
    TEXT = "text"
    COMMAND = "after IAC"
    OPTION = "after IAC and a verb"
    SUBNEGOTIATION = "after IAC SB"
    SUBNEGOTIATION_COMMAND = "after IAC SB … IAC"


_VERBS: Final = frozenset(Verb)
_COMMANDS: Final = frozenset(Command)
_TTYPE_REQUEST: Final = bytes([IAC, SB, Option.TTYPE, SEND, IAC, SE])
_ENVIRONMENT_REQUEST: Final = (
    bytes([IAC, SB, Option.NEW_ENVIRON]) + environment_request() + bytes([IAC, SE])
)

#: The most bytes that are ever sent beyond the number received: the questions asked once of
#: each connection.
MAX_UNASKED: Final = len(_ENVIRONMENT_REQUEST) + MAX_TYPES * len(_TTYPE_REQUEST)


def _say(verb: Verb | None, option: int) -> bytes:
    return b"" if verb is None else bytes([IAC, verb, option])


class Telnet:
    """One side of a telnet connection: the server's."""

    def __init__(self) -> None:
        #: The state of each option.
        self.options = Options()
        #: Whether the peer has ever sent a telnet command. Until then it may be ``nc``, which
        #: shows commands as rubbish.
        self.speaks_telnet = False
        self._reading = _Reading.TEXT
        self._verb = Verb.WONT
        self._payload = bytearray()
        self._window: WindowSize | None = None
        self._types: tuple[str, ...] = ()
        self._mtts: Mtts | None = None
        self._types_asked = 0
        self._types_complete = False
        self._environment_asked = False
        self._environment_told = False
        self._events: list[Event] = []
        self._out = bytearray()

    def start(self) -> bytes:
        """Return what asks the peer about its terminal, and offers to mark the ends of prompts."""
        asked = [Option.TTYPE, Option.NAWS, Option.NEW_ENVIRON]
        return b"".join(self.ask(Side.PEER, option, True) for option in asked) + self.ask(
            Side.US, Option.EOR, True
        )

    def ask(self, side: Side, option: Option, enable: bool) -> bytes:
        """Ask for an option to be on or off.

        :returns: the bytes to send; none if that is so already or has been asked for.
        """
        return _say(self.options.ask(side, option, enable), option)

    def ask_character_mode(self, enable: bool) -> bytes:
        """Ask for single keys, which we echo, instead of lines, which the client echoes.

        A client does so when we perform ECHO and SGA both (RFC 857, RFC 858). It is to send all
        eight bits, too (BINARY, RFC 856): without that, BSD's telnet takes bytes of UTF-8 for its
        control characters, such as the last one of a closing quotation mark for its escape
        character. Where it edits lines that is not asked for: it would not show their ends right.

        :returns: the bytes to send.
        """
        asked = self.ask(Side.US, Option.ECHO, enable) + self.ask(Side.US, Option.SGA, enable)
        return asked and asked + self.ask(Side.PEER, Option.BINARY, enable)

    @property
    def character_mode(self) -> bool:
        """Whether the client sends single keys and leaves it to us to echo them."""
        return self.options.on(Side.US, Option.ECHO) and self.options.on(Side.US, Option.SGA)

    @property
    def settled(self) -> bool:
        """Whether the peer has answered all that it was asked.

        One that does not speak telnet never does.
        """
        on = self.options.on
        return not (
            self.options.unanswered
            or (on(Side.PEER, Option.TTYPE) and not self._types_complete)
            or (on(Side.PEER, Option.NAWS) and self._window is None)
            or (on(Side.PEER, Option.NEW_ENVIRON) and not self._environment_told)
        )

    def prompt_mark(self) -> bytes:
        """Return what to send after a prompt: EOR where agreed, GA unless suppressed.

        To a peer that has not shown that it speaks telnet nothing is sent.
        """
        if self.options.on(Side.US, Option.EOR):
            return bytes([IAC, Command.END_OF_RECORD])
        if self.speaks_telnet and not self.options.on(Side.US, Option.SGA):
            return bytes([IAC, Command.GO_AHEAD])
        return b""

    def receive(self, data: bytes) -> tuple[list[Event], bytes]:
        """Take the next bytes of the stream.

        :returns: what happened, in order, and the bytes to send back.
        """
        at = 0
        text = bytearray()
        while at < len(data):
            if self._reading in (_Reading.TEXT, _Reading.SUBNEGOTIATION):
                # What holds no IAC is taken in one piece.
                end = data.find(IAC, at)
                piece = data[at:] if end < 0 else data[at:end]
                if self._reading is _Reading.TEXT:
                    text += piece
                else:
                    self._collect(piece)
                if end < 0:
                    break
                at = end + 1
                self._reading = (
                    _Reading.COMMAND
                    if self._reading is _Reading.TEXT
                    else _Reading.SUBNEGOTIATION_COMMAND
                )
                continue
            byte = data[at]
            at += 1
            if self._reading is _Reading.COMMAND and byte == IAC:
                text.append(IAC)
                self._reading = _Reading.TEXT
                continue
            if text:
                self._events.append(Text(bytes(text)))
                text.clear()
            self._control(byte)
        if text:
            self._events.append(Text(bytes(text)))
        events, self._events = self._events, []
        out = bytes(self._out)
        self._out.clear()
        return events, out

    def _control(self, byte: int) -> None:
        """Take a byte that is not text and does not stand for text."""
        if self._reading is _Reading.OPTION:
            self._reading = _Reading.TEXT
            self._negotiate(self._verb, byte)
        elif self._reading is _Reading.COMMAND:
            self._command(byte)
        elif byte == IAC:
            self._reading = _Reading.SUBNEGOTIATION
            self._collect(b"\xff")
        elif byte == SE:
            self._reading = _Reading.TEXT
            if 0 < len(self._payload) <= MAX_SUBNEGOTIATION:
                self._subnegotiation(self._payload[0], bytes(self._payload[1:]))
        else:
            # The end is missing. Believing this to be a command, as it is, gets the stream
            # back into step; what was collected is not to be trusted.
            self._command(byte)

    def _command(self, byte: int) -> None:
        self._reading = _Reading.TEXT
        if byte not in _VERBS and byte not in _COMMANDS and byte != SB:
            return
        self.speaks_telnet = True
        if byte in _VERBS:
            self._verb = Verb(byte)
            self._reading = _Reading.OPTION
        elif byte == SB:
            self._payload.clear()
            self._reading = _Reading.SUBNEGOTIATION
        elif byte not in _IDLE:
            self._events.append(Commanded(Command(byte)))

    def _collect(self, piece: bytes) -> None:
        # One byte over the limit is kept: it is what tells that the limit was passed.
        self._payload += piece[: MAX_SUBNEGOTIATION + 1 - len(self._payload)]

    def _negotiate(self, verb: Verb, option: int) -> None:
        answer, changed = self.options.hear(verb, option)
        self._out += _say(answer, option)
        if changed is None:
            return
        side = Side.PEER if verb in (Verb.WILL, Verb.WONT) else Side.US
        self._events.append(OptionChanged(side, Option(option), changed))
        if changed and side is Side.PEER:
            if option == Option.TTYPE:
                self._ask_type()
            elif option == Option.NEW_ENVIRON and not self._environment_asked:
                self._environment_asked = True
                self._out += _ENVIRONMENT_REQUEST

    def _subnegotiation(self, option: int, payload: bytes) -> None:
        # What was not agreed upon is not listened to (RFC 855).
        if not self.options.on(Side.PEER, option):
            return
        if option == Option.NAWS:
            size = window_size(payload)
            if size is not None and (window := WindowSize(*size)) != self._window:
                self._window = window
                self._events.append(window)
        elif option == Option.TTYPE:
            name = terminal_type(payload)
            if name is not None and not self._types_complete:
                self._type(name)
        elif option == Option.NEW_ENVIRON:
            values = environment(payload)
            self._environment_told = True
            if values:
                self._events.append(Environment(values))

    def _type(self, name: str) -> None:
        # The last one comes twice (RFC 1091); some clients start again from the first instead.
        if name in self._types:
            self._types_complete = True
        else:
            self._types += (name,)
            told = mtts(name)
            if told is not None:
                self._mtts = told
            self._types_complete = len(self._types) >= MAX_TYPES
        self._ask_type()
        self._events.append(TerminalTypes(self._types, self._mtts, self._types_complete))

    def _ask_type(self) -> None:
        if not self._types_complete and self._types_asked < MAX_TYPES:
            self._types_asked += 1
            self._out += _TTYPE_REQUEST
