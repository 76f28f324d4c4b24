r"""A player's terminal: what is typed there, in order, and how it is written to.

It joins the telnet stream, what is typed, and what is known of the client; bytes in and bytes out.

>>> terminal = Terminal(80)
>>> terminal.receive(b"stand\r\n")
b''
>>> list(iter(terminal.read, None))
[<Signal.NOTHING: 'nothing that matters'>, Line(text='stand', cut=False)]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import Final

from netsuite.blackjack.session.preferences import Preferences
from netsuite.blackjack.telnet.codes import IAC, Command, Option
from netsuite.blackjack.telnet.input import Input, Mode, Typed
from netsuite.blackjack.telnet.negotiation import (
    AS_TYPED,
    Commanded,
    Event,
    OptionChanged,
    Telnet,
    Text,
)
from netsuite.blackjack.telnet.options import Side

__all__ = ["Signal", "Terminal"]

#: How much text is taken apart at a time, in bytes.
_PIECE: Final = 1024

_KEEP_ALIVE: Final = bytes([IAC, Command.NOP])


class Signal(Enum):
    """What a client tells that nobody has typed."""

    TOLD = "more is known of the terminal, or something was agreed upon"
    ASKED = "it asks whether we are there"
    NOTHING = "nothing that matters"


class Terminal:
    """A player's terminal.

    :param limit: the longest line, in characters.
    """

    def __init__(self, limit: int) -> None:
        self.preferences = Preferences()
        self._telnet = Telnet()
        self._input = Input(limit)
        # What has arrived and has not been read: events, and what is typed in the first.
        # None stands for the end, behind which there is nothing.
        self._events: deque[Event | None] = deque()
        self._typed: Iterator[Typed] | None = None
        self._keys_wanted = False
        # Whether a prompt has been written since something arrived.
        self._prompted = False

    # What arrives.

    def start(self) -> bytes:
        """Return what asks the client about its terminal."""
        return self._telnet.start()

    def receive(self, data: bytes) -> bytes:
        """Take what has arrived, in pieces of any size.

        :returns: what to answer at once.
        """
        self._prompted = False
        events, answer = self._telnet.receive(data)
        self._events += events
        return answer

    def hang_up(self) -> None:
        """Take note that nothing more will arrive: a line that was not ended is ended."""
        self._events.append(None)

    @property
    def exhausted(self) -> bool:
        """Whether all that has arrived has been read."""
        return self._typed is None and not self._events

    def forget(self) -> None:
        """Drop what has not been read."""
        self._events.clear()
        self._typed = None

    def read(self) -> Typed | Signal | None:
        """Return the next that was typed or told; None when all has been read.

        How it is taken depends on what :meth:`expect` has said until then.
        """
        while self._typed is not None:
            typed = next(self._typed, None)
            if typed is not None:
                return typed
            self._typed = None
            if not self._events:
                return None
        if not self._events:
            return None
        return self._happened(self._events.popleft())

    def _happened(self, event: Event | None) -> Signal:
        match event:
            case None:
                if self._input.unfinished:
                    self._typed = self._input.feed(b"\r")
            case Text(data):
                if len(data) > _PIECE:
                    self._events.appendleft(Text(data[_PIECE:]))
                self._typed = self._input.feed(data[:_PIECE])
            case Commanded(command) if command in AS_TYPED:
                self._typed = self._input.feed(AS_TYPED[command])
            case Commanded(Command.ARE_YOU_THERE):
                # A question is two bytes long. However many there are, they get one answer.
                if not self._events or self._events[0] != event:
                    return Signal.ASKED
            case OptionChanged(Side.US, Option.ECHO | Option.SGA, on):
                self._input.echo = self._telnet.options.on(Side.US, Option.ECHO)
                if self._keys_wanted and not on:
                    # They have been asked, and want lines: they are not asked again.
                    self.preferences.keys = False
                return Signal.TOLD
            case _ if self.preferences.learn(event):
                return Signal.TOLD
        return Signal.NOTHING

    # What is known of the client.

    @property
    def speaks_telnet(self) -> bool:
        """Whether the client has ever answered: ``nc`` never does."""
        return self._telnet.speaks_telnet

    @property
    def settled(self) -> bool:
        """Whether it has answered all that it was asked."""
        return self._telnet.settled

    @property
    def character_mode(self) -> bool:
        """Whether it sends single keys and leaves it to us to echo them."""
        return self._telnet.character_mode

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that is not ended, as far as it was shown."""
        shown = self._input.echo and not self._input.hidden
        return self._input.unfinished if shown else ""

    @property
    def typed_ahead(self) -> bool:
        """Whether what is typed has been shown above the last prompt, before that was written.

        What we echo, we show where it belongs.
        """
        return self._prompted and not self._input.echo

    # How it is written to. All of these return the bytes to send.

    def expect(self, *, keys: bool, hidden: bool) -> bytes:
        """Take what is typed next in a certain way.

        :param keys: as single keys, and not as a line.
        :param hidden: without showing it.
        """
        self._input.mode = Mode.KEYS if keys else Mode.LINES
        if hidden is self._input.hidden:
            return b""
        self._input.hidden = hidden
        return self._agree()

    def begin_line(self, text: str) -> None:
        """Take what is typed next as the rest of a line, although single keys were expected.

        :param text: how it begins.
        """
        self._input.begin(text)

    def want_keys(self, wanted: bool) -> bytes:
        """Ask the client for single keys, or for lines."""
        self._keys_wanted = wanted
        return self._agree()

    def write(self, text: str, *, prompt: bool) -> bytes:
        """Write text.

        :param prompt: whether it ends with a prompt.
        """
        unicode = not text.isascii() and self.preferences.style.unicode
        data = text.encode("utf-8" if unicode else "ascii", "replace")
        self._prompted = self._prompted or prompt
        if prompt and self.preferences.prompts:
            data += self._telnet.prompt_mark()
        return data

    def keep_alive(self) -> bytes:
        """Write nothing, but to a client that does not mind."""
        return _KEEP_ALIVE if self.speaks_telnet else b""

    def _agree(self) -> bytes:
        """Ask for what is wanted of the client: single keys, or that it does not echo."""
        telnet = self._telnet
        if not telnet.speaks_telnet:
            return b""
        if self._keys_wanted or not self._input.hidden:
            asked = telnet.ask_character_mode(self._keys_wanted)
        else:
            asked = telnet.ask(Side.US, Option.SGA, False) + telnet.ask(Side.US, Option.ECHO, True)
        self._input.echo = telnet.options.on(Side.US, Option.ECHO)
        return asked
