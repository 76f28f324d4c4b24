"""People who play blackjack over plain sockets, and speak as much telnet as they like."""

from __future__ import annotations

import codecs
import re
import socket
import struct
from collections.abc import Callable

from tests.end_to_end.wire import Address, connect

IAC, DONT, DO, WONT, WILL, SB, GA, NOP, SE, EOR = 255, 254, 253, 252, 251, 250, 249, 241, 240, 239

#: Options (RFC 857, 858, 1091, 885, 1073, 1184, 1572, 2066, 856).
ECHO, SGA, TTYPE, EOR_OPTION, NAWS, LINEMODE, NEW_ENVIRON = 1, 3, 24, 25, 31, 34, 39
CHARSET, BINARY = 42, 0

#: A secret word.
WORD = "xyzzy-plugh"

#: Has somebody come to a game: of which service, under which name, a guest without, with which
#: secret word.
Come = Callable[..., "Player"]

#: What is said to the server's verb about an option.
Answer = Callable[[int, int], bytes]

# Text, and all that a server of this game ever sends besides; last, what has no end yet.
_TOKEN = re.compile(
    rb"(?P<text>[^\xff]+)"
    rb"|\xff(?P<verb>[\xfb-\xfe])(?P<option>.)"
    rb"|\xff\xfa(?P<told>(?:[^\xff]|\xff\xff)*)\xff\xf0"
    rb"|\xff(?P<command>[\xef-\xf9])"
    rb"|(?P<held>\xff.*)",
    re.DOTALL,
)


def says(verb: int, option: int) -> bytes:
    """Return what says something about an option."""
    return bytes([IAC, verb, option])


def tells(option: int, payload: bytes) -> bytes:
    """Return a subnegotiation."""
    return bytes([IAC, SB, option]) + payload.replace(b"\xff", b"\xff\xff") + bytes([IAC, SE])


def no(verb: int, option: int) -> bytes:
    """Refuse everything."""
    return says(WONT if verb in (DO, DONT) else DONT, option)


def yes(verb: int, option: int) -> bytes:
    """Agree to everything, and tell nothing more about it."""
    return says({DO: WILL, DONT: WONT, WILL: DO, WONT: DONT}[verb], option)


def nothing(verb: int, option: int) -> bytes:
    """Say nothing."""
    return b""


class Player:
    """Somebody who plays over a plain socket.

    :param address: the game's.
    :param answer: what they say to what the server says about options.
    """

    def __init__(self, address: Address, answer: Answer = nothing) -> None:
        self.socket = connect(address)
        #: What has been shown and not been looked at, without any telnet.
        self.text = ""
        #: All that has been received.
        self.data = b""
        #: What the server has said about options, and commands and subnegotiations, in order.
        self.said: list[tuple[int, ...]] = []
        self._answer = answer
        self._held = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def type(self, *lines: str) -> None:
        """Type lines."""
        self.send("".join(f"{line}\r\n" for line in lines).encode())

    def read(self) -> bool:
        """Read what there is, or what comes next.

        :returns: whether there will be more.
        """
        data = self.socket.recv(65536)
        self.data += data
        self._take(data)
        return bool(data)

    def expect(self, *texts: str) -> str:
        """Wait until some texts have been shown, one after the other.

        :returns: all that was shown up to the end of the last.
        """
        seen = ""
        for text in texts:
            while text not in self.text:
                try:
                    more = self.read()
                except TimeoutError:
                    more = False
                assert more, f"{text!r} never came; there is only {seen}{self.text}"
            before, _, self.text = self.text.partition(text)
            seen += before + text
        return seen

    def rest(self) -> str:
        """Return what is shown up to the end of the connection."""
        while self.read():
            pass
        text, self.text = self.text, ""
        return text

    def sign_in(self, name: str, word: str) -> str:
        """Say who they are, whether they were here before or not.

        :returns: how they were welcomed.
        """
        # Who has typed something is not asked about their terminal any longer.
        self.type(name)
        self.expect("guest: ")
        while ": " not in self.text:
            self.read()
        new = "Choose" in self.expect(": ")
        self.type(*[word] * (1 + new))
        return self.expect("Welcome") + self.expect(".")

    def play(self, *bets: int) -> str:
        """Play some rounds, and never take a card.

        :returns: all that is shown.
        """
        shown = ""
        for bet in bets:
            self.type(str(bet))
            piece = self.expect("-- Blackjack", "\r\n> ")
            while ", cards " not in piece:
                shown += piece
                # Whatever is told in between is no question.
                if "[?]" in piece:
                    self.type("no" if "[n]o" in piece else "stand")
                piece = self.expect("\r\n> ")
            shown += piece
        return shown

    def stats(self) -> dict[str, str]:
        """Return what they are told of what they have won and lost."""
        self.type("stats")
        shown = self.expect("rounds", "chips", "> ")
        return dict(re.findall(r"^ *([a-z]+(?: [a-z]+)*)  +(.+)\r$", shown, re.MULTILINE))

    def leave(self) -> None:
        """Leave as one should."""
        self.type("quit")
        assert self.rest().endswith("Goodbye.\r\n")
        self.close()

    def close(self) -> None:
        """Leave without a word."""
        self.socket.close()

    def cut(self) -> None:
        """Lose the connection: the server gets a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _take(self, data: bytes) -> None:
        data, self._held = self._held + data, b""
        for token in _TOKEN.finditer(data):
            if token["text"]:
                self.text += self._decoder.decode(token["text"])
            elif token["verb"]:
                verb, option = token["verb"][0], token["option"][0]
                self.said.append((verb, option))
                self.send(self._answer(verb, option))
            elif token["command"]:
                self.said.append((token["command"][0],))
            elif token["held"]:
                self._held = token["held"]
            else:
                self.said.append((SB, *token["told"]))
