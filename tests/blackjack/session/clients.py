"""People at their terminals: whole sessions over fake transports, with a fake clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.house import House
from netsuite.blackjack.players.player import Player
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.service import HANDSHAKE, BlackjackConnection, BlackjackFactory
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from tests.blackjack.session.screens import Paper
from tests.blackjack.session.stores import AccountsOn, PlayersStore
from tests.blackjack.table.people import Stacked
from tests.transports import CLIENT, Transport

VEGAS = PRESETS["vegas"]
SIMPLE = PRESETS["simple"]

LIMITS = Limits(idle_timeout=300.0, grace=10.0)

#: Ten and six against a ten; the dealer has a seven below, and twos follow: hit, 18, a win.
HAND: Final = "10S 10H 6S 7H 2C 2D 2H 2S"

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
NOP, IP, BRK, AYT, EC, EL, GA, EOR_MARK, EOF = 241, 244, 243, 246, 247, 248, 249, 239, 236
BINARY, ECHO, SGA, TTYPE, EOR, NAWS, NEW_ENVIRON = 0, 1, 3, 24, 25, 31, 39

_COLOURS = re.compile(r"\x1b\[[0-9;]*[mK]")


def negotiated(verb: int, option: int) -> bytes:
    """Three bytes of negotiation."""
    return bytes([IAC, verb, option])


def told(option: int, payload: bytes) -> bytes:
    """A subnegotiation."""
    return bytes([IAC, SB, option]) + payload.replace(b"\xff", b"\xff\xff") + bytes([IAC, SE])


def window(columns: int, rows: int) -> bytes:
    """The size of a window, as a client tells it."""
    return told(NAWS, columns.to_bytes(2, "big") + rows.to_bytes(2, "big"))


def parted(data: bytes) -> tuple[bytes, list[bytes]]:
    """Part what a server sent into text and telnet commands; it must be whole."""
    text, commands = bytearray(), []
    at = 0
    while at < len(data):
        if data[at] != IAC:
            text.append(data[at])
            at += 1
            continue
        assert data[at + 1] != IAC, "no character that is sent is a 255"
        if data[at + 1] == SB:
            end = data.index(bytes([IAC, SE]), at) + 2
        else:
            end = at + (3 if data[at + 1] in (DO, DONT, WILL, WONT) else 2)
        commands.append(data[at:end])
        at = end
    return bytes(text), commands


class Client:
    """Somebody who plays with ``nc``: lines, and no telnet.

    :param factory: whom to connect to.
    :param address: from where.
    :param limit: how much the transport takes before it asks to pause; None for any.
    """

    def __init__(
        self, factory: BlackjackFactory, address: IAddress = CLIENT, limit: int | None = None
    ) -> None:
        connection = factory.buildProtocol(address)
        assert connection is not None
        self.connection: BlackjackConnection = connection
        self.transport = Transport(limit)
        #: All that was ever sent to it, and the commands among it that nobody has asked for.
        self.sent = b""
        self.commands: list[bytes] = []
        connection.makeConnection(self.transport)

    @property
    def player(self) -> Player:
        """Who it is, to the house."""
        return self.connection._session.player

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.connection.dataReceived(data)

    def type(self, *lines: str) -> None:
        """Type lines."""
        for line in lines:
            self.send(line.encode() + b"\n")

    def take(self) -> bytes:
        """Return what was sent since the last time."""
        data = self.transport.read()
        self.sent += data
        return data

    def read(self) -> str:
        """Return the text that was sent since the last time, without colours and clearing."""
        text, commands = parted(self.take())
        self.commands += commands
        return _COLOURS.sub("", text.decode())

    def said(self, *lines: str) -> str:
        """Type lines, and return what is answered."""
        self.read()
        self.type(*lines)
        return self.read()

    def eof(self) -> None:
        """Shut down the sending side."""
        self.connection.readConnectionLost()

    def vanish(self) -> None:
        """Lose the connection."""
        self.connection.connectionLost(Failure(ConnectionDone()))

    @property
    def closed(self) -> bool:
        """Whether the server has ended the session in peace."""
        transport = self.transport
        return bool(transport.write_closed or (transport.disconnecting and not self.aborted))

    @property
    def aborted(self) -> bool:
        """Whether the server has cut the connection off."""
        return bool(self.transport.disconnected)


class Telnet(Client):
    """A telnet client. It answers what it is asked, in its own reads.

    :param names: its terminal types; the last one is told twice.
    :param size: of its window.
    :param variables: of its environment.
    :param agrees: the options that it agrees to: ``WILL`` for its own, ``DO`` for ours.
    """

    def __init__(
        self,
        factory: BlackjackFactory,
        *,
        names: Sequence[str] = ("xterm-256color",),
        size: tuple[int, int] | None = (80, 24),
        variables: dict[str, str] | None = None,
        agrees: Sequence[tuple[int, int]] | None = None,
        address: IAddress = CLIENT,
        limit: int | None = None,
    ) -> None:
        self.names = [*names, *names[-1:]]
        self.size = size
        self.variables = variables
        if agrees is None:
            agrees = [(DO, ECHO), (DO, SGA), (DO, EOR)]
            agrees += [(WILL, TTYPE)] if names else []
            agrees += [(WILL, NAWS)] if size is not None else []
            agrees += [(WILL, NEW_ENVIRON)] if variables is not None else []
        self.agrees = set(agrees)
        #: The server's options, as this client sees them.
        self.ours: set[int] = set()
        #: Whether it does not answer, for a while.
        self.quiet = False
        #: What has been sent and has not been read as text.
        self.unread = b""
        self.paper = Paper(*(size or (80, 24)))
        super().__init__(factory, address, limit)
        self.answer()

    def answer(self) -> None:
        """Answer until there is nothing more to be answered."""
        while data := super().take():
            self.unread += data
            answers = b"".join(map(self._answer, parted(data)[1]))
            if answers and not (self.quiet or self.closed):
                self.send(answers)

    def take(self) -> bytes:
        self.answer()
        data, self.unread = self.unread, b""
        return data

    def read(self) -> str:
        text, commands = parted(self.take())
        self.commands += commands
        self.paper.feed(text.decode())
        return _COLOURS.sub("", text.decode())

    def screen(self) -> list[str]:
        """What is in the window."""
        self.read()
        return self.paper.visible

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.send(key.encode())
            self.answer()

    def type(self, *lines: str) -> None:
        for line in lines:
            self.send(line.encode() + b"\r\n")
            self.answer()

    @property
    def character_mode(self) -> bool:
        """Whether it sends single keys, and does not echo."""
        return {ECHO, SGA} <= self.ours

    def _answer(self, command: bytes) -> bytes:
        verb, option = command[1], command[-1]
        if verb == SB:
            return self._tell(command[2])
        if verb == DO:
            first = self._tell(NAWS) if option == NAWS and (WILL, NAWS) in self.agrees else b""
            return negotiated(WILL if (WILL, option) in self.agrees else WONT, option) + first
        if verb == WILL:
            if (DO, option) not in self.agrees:
                return negotiated(DONT, option)
            self.ours.add(option)
            return negotiated(DO, option)
        if verb == WONT and option in self.ours:
            self.ours.discard(option)
            return negotiated(DONT, option)
        return b""

    def _tell(self, option: int) -> bytes:
        if option == TTYPE and self.names:
            name = self.names.pop(0) if len(self.names) > 1 else self.names[0]
            return told(TTYPE, b"\0" + name.encode())
        if option == NAWS and self.size is not None:
            return window(*self.size)
        if option == NEW_ENVIRON and self.variables is not None:
            payload = b"".join(
                b"\0" + name.encode() + b"\1" + value.encode()
                for name, value in self.variables.items()
            )
            return told(NEW_ENVIRON, b"\0" + payload)
        return b""


class Case(SynchronousTestCase):
    """Connects clients on fake transports to a house with a fake clock and players in memory."""

    #: What the tables play.
    rules: Rules = VEGAS
    shared = False
    tutor = False
    limits = LIMITS
    #: What the shoes are shuffled by that nobody has put in order.
    seed = 7

    def setUp(self) -> None:
        self.clock = Clock()
        self.store = PlayersStore()
        self.addCleanup(self.store.close_at_once)
        self.open()

    def open(self, *, seed: int | None = None, delay: float = 0.0) -> None:
        """Open the house; once more for another process with the same store.

        :param seed: what the shoes are shuffled by, instead of the usual.
        """
        self.accounts = AccountsOn(self.store, self.clock)
        self.house = House(
            self.rules,
            self.accounts,
            self.clock,
            shared=self.shared,
            seed=self.seed if seed is None else seed,
            tutor=self.tutor,
        )
        self.connections = Connections("blackjack", self.limits, reactor=self.clock)
        self.factory = BlackjackFactory(self.house, self.connections, delay=delay)

    def stack(self, client: Client, cards: str = HAND) -> None:
        """Have another shoe at the client's table, with some cards on top."""
        shoes = client.connection._session.table._shoes
        shoes._shoe = shoes._sealed = None
        shoes.number -= 1
        shoes._shuffler = Stacked(cards)
        shoes.start()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, in steps that are exact in binary."""
        for _ in range(round(seconds * 8)):
            self.clock.advance(0.125)

    # People who have got somewhere.

    def nc(self, **options: Any) -> Client:
        """Somebody who has been greeted."""
        client = Client(self.factory, **options)
        self.clock.advance(HANDSHAKE)
        return client

    def telnet(self, **options: Any) -> Telnet:
        """Somebody with a telnet client who has been greeted."""
        client = Telnet(self.factory, **options)
        self.clock.advance(HANDSHAKE)
        client.answer()
        return client

    def guest(self, client: Client | None = None, cards: str = HAND) -> Client:
        """A guest at a table, before the first bet."""
        client = client or self.nc()
        client.type("")
        self.stack(client, cards)
        client.read()
        return client

    def named(self, name: str, client: Client | None = None, word: str = "sesame") -> Client:
        """Somebody who has just taken a name."""
        client = client or self.nc()
        client.type(name, word, word)
        self.assertIn(f"Welcome, {name}", client.read())
        return client

    def back(self, name: str, client: Client | None = None, word: str = "sesame") -> Client:
        """Somebody who has signed in by a name."""
        client = client or self.nc()
        client.type(name, word)
        self.assertIn(f"Welcome back, {name}", client.read())
        return client

    def playing(self, client: Client | None = None, cards: str = HAND) -> Client:
        """A guest whose turn it is."""
        client = self.guest(client, cards)
        client.type("10")
        self.assertIn("Your turn", client.read())
        return client

    def expect(self, client: Client, line: str, *parts: str) -> str:
        """Type a line, see that all of some texts are in what is answered, and return that."""
        said = client.said(line)
        for part in parts:
            self.assertIn(part, said, line)
        return said

    # What is left behind.

    def assertNothingLeft(self) -> None:
        """Nobody is at a table or in the books, and nothing waits for time."""
        self.assertEqual(len(self.connections), 0)
        self.assertEqual(self.house.lobby._at, {})
        self.assertEqual(self.house.lobby._private, set())
        table = self.house.lobby._shared
        if table is not None:
            self.assertTrue(table._company.empty)
        # The sweep of the books comes to its end by itself.
        self.clock.advance(1.0)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.flushLoggedErrors(), [])


ELSEWHERE: Final = IPv4Address("TCP", "192.0.2.9", 4000)
