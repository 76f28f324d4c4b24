"""The game on connections: greetings, pieces, floods, sleepers, and every way to end."""

from __future__ import annotations

import re

from netsuite.blackjack.service import (
    HANDSHAKE,
    BlackjackConnection,
)
from netsuite.blackjack.session.session import REDRAW
from tests.blackjack.session.clients import (
    AYT,
    BRK,
    DO,
    DONT,
    ECHO,
    ELSEWHERE,
    EOF,
    EOR,
    EOR_MARK,
    GA,
    IAC,
    IP,
    NAWS,
    NEW_ENVIRON,
    SGA,
    TTYPE,
    VEGAS,
    WILL,
    WONT,
    Case,
    Client,
    Telnet,
    negotiated,
    parted,
    told,
    window,
)

#: What a client is asked at first.
ASKED = b"".join(negotiated(DO, option) for option in (TTYPE, NAWS, NEW_ENVIRON)) + negotiated(
    WILL, EOR
)
REFUSED = b"".join(negotiated(WONT, option) for option in (TTYPE, NAWS, NEW_ENVIRON)) + negotiated(
    DONT, EOR
)
NAME = "Your name, or Enter to play as a guest: "

_HEXADECIMAL = re.compile(r"\b[0-9a-f]{32,64}\b")


def same_every_time(text: str) -> str:
    """A text without what is random in it."""
    return _HEXADECIMAL.sub("…", text)


class GreetingTests(Case):
    def test_asked_at_once(self) -> None:
        self.assertEqual(Client(self.factory).take(), ASKED)

    def test_nc(self) -> None:
        """Greeted after a while; what it shows of the questions is written over."""
        client = Client(self.factory)
        client.read()
        self.clock.advance(HANDSHAKE - 0.01)
        self.assertEqual(client.read(), "")
        self.clock.advance(0.01)
        self.assertTrue(client.read().startswith("\rWelcome to blackjack!"))

    def test_when_all_has_been_told(self) -> None:
        client = Telnet(self.factory, variables={"LANG": "C.UTF-8"})
        self.assertTrue(client.read().startswith("Welcome to blackjack!"))
        self.assertTrue(client.character_mode)
        client.vanish()
        self.assertNothingLeft()

    def test_when_all_has_been_refused(self) -> None:
        client = Client(self.factory)
        client.read()
        client.send(REFUSED)
        said = client.read()
        self.assertTrue(said.startswith("Welcome to blackjack!"))
        self.assertTrue(said.endswith(NAME))

    def test_in_pieces(self) -> None:
        """Not before the last answer."""
        client = Client(self.factory)
        client.read()
        for at in range(len(REFUSED) - 1):
            client.send(REFUSED[at : at + 1])
            self.assertEqual(client.read(), "")
        client.send(REFUSED[-1:])
        self.assertTrue(client.read().endswith(NAME))

    def test_somebody_who_types_at_once(self) -> None:
        client = Client(self.factory)
        client.send(b"\n")
        said = client.read()
        self.assertTrue(said.startswith("\rWelcome to blackjack!"))
        self.assertIn("Your bet, 10 to 500?", said)
        self.clock.advance(1)
        self.assertEqual(client.read(), "")

    def test_what_is_typed_ahead(self) -> None:
        """It was shown above its prompt, so that the prompt's line is ended for it. What is typed
        when the prompt has been seen ends that line itself."""
        client = Client(self.factory)
        client.send(b"\n20\n")
        said = client.read()
        self.assertIn(f"{NAME}\r\nShoe 1", said)
        self.assertIn("\r\n> \r\n-- Blackjack", said)
        client.type("s", "20")
        self.assertIn("\r\n> -- Blackjack", client.read())
        client.send(b"\nstats")
        self.assertTrue(client.read().endswith("> "))
        client.eof()
        self.assertTrue(client.read().startswith("\r\n"))

    def test_a_client_that_answers_in_part(self) -> None:
        client = Telnet(self.factory, size=(100, 30), agrees=[(WILL, NAWS)])
        client.quiet = True
        late = Client(self.factory)
        late.send(negotiated(WILL, TTYPE) + negotiated(WILL, NAWS) + window(100, 30))
        late.read()
        self.clock.advance(HANDSHAKE)
        self.assertTrue(late.read().startswith("Welcome to blackjack!"))
        self.assertEqual(late.connection.preferences.style.columns, 100)

    def test_late_answers(self) -> None:
        """They change how things are shown from then on."""
        client = Telnet(self.factory)
        slow = Client(self.factory)
        slow.read()
        self.clock.advance(HANDSHAKE)
        self.assertTrue(slow.read().endswith(NAME))
        slow.send(negotiated(WILL, NAWS) + window(40, 20))
        self.assertEqual(slow.read(), "")
        self.clock.advance(REDRAW)
        self.assertTrue(slow.read().replace("\r\n", "").endswith(NAME))
        slow.type("")
        self.stack(slow)
        said = slow.said("10")
        self.assertEqual(max(map(len, said.splitlines())), 40)
        client.vanish()

    def test_books(self) -> None:
        client = self.nc()
        self.assertEqual(len(self.connections), 1)
        self.assertEqual(client.transport.options, {"nodelay": True, "keepalive": True})
        self.assertEqual(client.connection.where, "")
        self.assertEqual(self.nc(address=ELSEWHERE).connection.where, "192.0.2.9")
        self.connections.drain()
        self.assertIsNone(self.factory.buildProtocol(ELSEWHERE))


class PieceTests(Case):
    """Bytes may arrive in any pieces."""

    SESSION = (
        b"ann\r\nword\r\nword\r\n20\r\nhelp\r\n?\r\nx\r\nh\r\nh\r\ns\r\nstats\r\x00rules\n"
        b"\r\nsay h\xc3\xa4\n\xff\xf1reader\r\n30\r\nhe\x7flp\r\n\xff\xf4quit\r\n"
    )
    KEYS = (
        b"\r\x0020\r\x00h\x1b[A?x/st\x7f\x7f\x7f/stats\r\x00/say h\xc3\xa4\r\x00"
        b"\xff\xfa\x1f\x00\x64\x00\x1e\xff\xf0s20\r\x00/quit\r\x00"
    )
    TOLD = (
        negotiated(WILL, TTYPE)
        + negotiated(WILL, NAWS)
        + window(80, 24)
        + negotiated(WONT, NEW_ENVIRON)
        + negotiated(DO, EOR)
        + told(TTYPE, b"\0xterm")
        + told(TTYPE, b"\0xterm")
    )

    def played(self, *pieces: bytes) -> tuple[str, list[bytes]]:
        """What somebody is sent who sends some pieces: text and commands."""
        self.open()
        client = Client(self.factory)
        for piece in pieces:
            client.send(piece)
            # What has to wait is done before the next piece.
            for _ in range(5):
                self.clock.advance(0)
        self.assertTrue(client.closed)
        text, commands = parted(client.take())
        client.vanish()
        # A line that was typed ahead is not shown behind its prompt, which therefore is ended.
        shown = text.decode().replace(": \r\n", ": ").replace("> \r\n", "> ")
        return same_every_time(shown), commands

    def test_lines(self) -> None:
        whole = self.played(REFUSED, self.SESSION)
        for said in ("Nobody is called ann yet.", "rounds      1", "Your choice", "Goodbye."):
            self.assertIn(said, whole[0])
        for cut in range(1, len(self.SESSION)):
            self.store.execute("DELETE FROM players")
            found = self.played(REFUSED, self.SESSION[:cut], self.SESSION[cut:])
            self.assertEqual(found, whole, cut)
        self.store.execute("DELETE FROM players")
        each = [self.SESSION[at : at + 1] for at in range(len(self.SESSION))]
        self.assertEqual(self.played(REFUSED, *each), whole)

    def test_keys(self) -> None:
        agreed = negotiated(DO, ECHO) + negotiated(DO, SGA)
        whole = self.played(self.TOLD, agreed, self.KEYS)
        for said in ("\x1b[J", "rounds      0", "Press a key."):
            self.assertIn(said, whole[0])
        for cut in range(1, len(self.TOLD)):
            pieces = self.TOLD[:cut], self.TOLD[cut:], agreed, self.KEYS
            self.assertEqual(self.played(*pieces), whole, cut)
        for cut in range(1, len(self.KEYS)):
            pieces = self.TOLD, agreed, self.KEYS[:cut], self.KEYS[cut:]
            self.assertEqual(self.played(*pieces), whole, cut)
        each = [self.KEYS[at : at + 1] for at in range(len(self.KEYS))]
        self.assertEqual(self.played(self.TOLD, agreed, *each), whole)


class MarkTests(Case):
    """EOR or GA: behind every prompt, and behind nothing else."""

    LINES = ("help", "", "20", "?", "x", "h", "top", "s", "stats", "20", "s")

    def marked(self, client: Telnet, mark: int) -> None:
        client.take()
        client.sent = b""
        self.guest(client)
        client.unread = client.sent
        client.sent = b""
        client.type(*self.LINES)
        *asked, rest = client.take().split(bytes([IAC, mark]))
        self.assertGreater(len(asked), len(self.LINES))
        for each in asked:
            self.assertRegex(each, rb"(> |guest: )\Z")
            self.assertEqual(len(re.findall(rb"> (?!\r)|guest: ", each)), 1, each)
        self.assertEqual(rest, b"")

    def test_end_of_record(self) -> None:
        self.marked(self.telnet(names=()), EOR_MARK)

    def test_go_ahead(self) -> None:
        self.marked(self.telnet(names=(), agrees=[(WILL, NAWS)]), GA)

    def test_switched_off(self) -> None:
        client = self.telnet(names=())
        self.guest(client)
        client.type("prompts off")
        client.commands.clear()
        client.type("10", "h", "s")
        client.read()
        self.assertEqual(client.commands, [])
        client.type("prompts on")
        client.read()
        self.assertEqual(client.commands, [bytes([IAC, EOR_MARK])])

    def test_in_character_mode(self) -> None:
        """Nothing marks what is echoed."""
        client = self.telnet()
        self.playing(client)
        client.commands.clear()
        client.press(*"/stats")
        client.read()
        self.assertEqual(client.commands, [])
        client.press("\r")
        client.read()
        self.assertEqual(client.commands, [bytes([IAC, EOR_MARK])])

    def test_nc(self) -> None:
        client = self.playing()
        client.type("h")
        client.read()
        self.assertEqual(client.commands, [ASKED[at : at + 3] for at in range(0, 12, 3)])


class CommandTests(Case):
    """Telnet's own."""

    def test_are_you_there(self) -> None:
        client = self.telnet()
        client.read()
        client.send(bytes([IAC, AYT]))
        self.assertEqual(client.read(), f"\r\n[yes]\r\n{NAME}")
        self.playing(client)
        client.send(bytes([IAC, AYT]))
        self.assertIn("[yes]", client.screen())
        client.press("h")
        self.assertIn("You hit: 2♣, 18.", client.screen())

    def test_are_you_there_before_the_greeting(self) -> None:
        """The greeting answers it."""
        client = Client(self.factory)
        client.read()
        client.send(bytes([IAC, AYT]))
        self.assertEqual(client.read(), "")
        self.clock.advance(HANDSHAKE)
        self.assertTrue(client.read().startswith("Welcome"))

    def test_interrupts(self) -> None:
        for command in (IP, BRK):
            client = self.playing(self.telnet(names=()))
            client.send(b"sta" + bytes([IAC, command]))
            self.assertIn("Type quit to leave.", client.read())
            self.assertIn("You stand on 16.", client.said("s"))

    def test_end_of_file(self) -> None:
        client = self.playing(self.telnet(names=()))
        client.send(bytes([IAC, EOF]))
        self.assertIn("Goodbye.", client.read())
        self.assertTrue(client.closed)


class FaultTests(Case):
    """What is our own fault costs one connection only."""

    def test_a_fault(self) -> None:
        client, other = self.nc(), self.guest()
        self.house.rules = None  # type: ignore[assignment]  # it is a fault
        said = client.said("")
        self.house.rules = VEGAS
        self.assertIn("Something went wrong here, and this session has to end.", said)
        self.assertTrue(client.closed)
        self.assertEqual(len(self.flushLoggedErrors(AttributeError)), 1)
        self.assertIn("Your turn", other.said("10"))


class InterfaceTests(Case):
    def test_names(self) -> None:
        self.assertEqual(self.factory.logPrefix(), "blackjack")
        self.assertFalse(self.factory.noisy)

    def test_interfaces(self) -> None:
        from twisted.internet.interfaces import IHalfCloseableProtocol, IPushProducer
        from zope.interface.verify import verifyObject

        connection = self.nc().connection
        self.assertIsInstance(connection, BlackjackConnection)
        verifyObject(IHalfCloseableProtocol, connection)
        verifyObject(IPushProducer, connection)
        connection.stopProducing()
