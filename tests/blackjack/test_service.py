"""The game on connections: greetings, pieces, floods, sleepers, and every way to end."""

from __future__ import annotations

import re
from collections.abc import Callable

from twisted.logger import LogEvent, capturedLogs

from netsuite.blackjack.service import (
    HANDSHAKE,
    KEEP_ALIVE,
    LAST_CALL,
    MAX_TURN,
    MAX_UNREAD,
    BlackjackConnection,
)
from netsuite.blackjack.session.session import REDRAW
from netsuite.blackjack.session.states import State
from netsuite.blackjack.telnet.negotiation import MAX_UNASKED
from netsuite.serving.limits import LINGER, Limits
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
    NOP,
    SB,
    SE,
    SGA,
    TTYPE,
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


def lines_of(events: list[LogEvent]) -> list[str]:
    """Log lines as they are written."""
    return [event["log_format"].format(**event) for event in events if event.get("log_format")]


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
        "ann\r\nquit\r\nquit\r\n20\r\nhelp\r\n?\r\nx\r\nh\r\nh\r\ns\r\n".encode()
        + b"stats\r\x00rules\n\r\nsay h\xc3\xa4\n\xff\xf1reader\r\n30\r\nhe\x7flp\r\n\xff\xf4quit\r\n"
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
        self.open(seed=7)
        client = Client(self.factory)
        for piece in pieces:
            client.send(piece)
            # What has to wait is done before the next piece.
            for _ in range(5):
                self.clock.advance(0)
        self.assertTrue(client.closed)
        text, commands = parted(client.take())
        client.vanish()
        return same_every_time(text.decode()), commands

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


class KeepAliveTests(Case):
    def nops(self, client: Client, seconds: float) -> int:
        client.read()
        client.commands.clear()
        self.pass_time(seconds)
        client.read()
        self.assertLessEqual(set(client.commands), {bytes([IAC, NOP])})
        return len(client.commands)

    def test_telnet(self) -> None:
        self.assertEqual(KEEP_ALIVE, 30.0)
        client = self.telnet(names=())
        self.assertEqual(self.nops(client, 29), 0)
        self.assertEqual(self.nops(client, 2), 1)
        self.assertEqual(self.nops(client, 120), 4)

    def test_nc(self) -> None:
        client = self.nc()
        client.read()
        self.assertEqual(self.nops(client, 120), 0)

    def test_it_is_no_sign_of_life(self) -> None:
        client = self.telnet(names=())
        self.pass_time(301)
        self.assertIn("Are you still there?", client.read())


class IdleTests(Case):
    def test_asked_and_gone(self) -> None:
        for somebody in (self.nc, self.guest, self.playing, lambda: self.playing(self.telnet())):
            client = somebody()
            client.read()
            self.pass_time(298)
            self.assertEqual(client.read(), "")
            self.pass_time(3)
            said = client.read()
            self.assertIn("Are you still there? Press Enter within 60 seconds to stay.", said)
            self.assertRegex(said, r"(> |: )\Z")
            self.pass_time(LAST_CALL - 3)
            self.assertFalse(client.closed)
            self.pass_time(4)
            said = client.read()
            self.assertIn("You have been away for too long.\r\nGoodbye.\r\n", said)
            self.assertTrue(client.closed)
            client.vanish()
        self.assertNothingLeft()

    def test_asked_and_there(self) -> None:
        client = self.guest()
        self.pass_time(301)
        client.type("look")
        self.pass_time(298)
        self.assertFalse(client.closed)
        self.pass_time(3)
        self.assertIn("Are you still there?", client.read())

    def test_somebody_who_types_slowly(self) -> None:
        client = self.telnet()
        client.type("")
        for _ in range(5):
            client.press("x")
            self.pass_time(290)
        self.assertNotIn("Are you still there?", client.read())

    def test_what_the_client_tells_by_itself_is_no_sign_of_life(self) -> None:
        client = self.telnet()
        client.type("")
        for columns in range(81, 100):
            client.send(window(columns, 24) + bytes([IAC, NOP]))
            self.pass_time(20)
        self.assertTrue(client.closed)

    def test_a_short_timeout(self) -> None:
        self.limits = Limits(idle_timeout=10.0)
        self.open()
        client = self.guest()
        self.pass_time(13)
        self.assertIn("Press Enter within 10 seconds to stay.", client.read())
        self.pass_time(13)
        self.assertTrue(client.closed)


class FloodTests(Case):
    """Whoever sends much gets no more than their share."""

    def turn(self) -> bool:
        """Let the reactor turn once.

        :returns: whether there was anything to do.
        """
        due = [call for call in self.clock.calls if call.time <= self.clock.seconds()]
        for call in due:
            self.clock.calls.remove(call)
            call.called = 1
            call.func(*call.args, **call.kw)
        return bool(due)

    def settle(self) -> int:
        """Let the reactor turn until nothing is to be done at once.

        :returns: how often it did.
        """
        for turns in range(10_000):
            if not self.turn():
                return turns
        self.fail("it never comes to an end")

    def test_lines(self) -> None:
        client = self.guest(cards="")
        other = self.guest()
        before = client.player.record.rounds
        client.send(b"x\n" * 1000)
        self.assertEqual(client.transport.producerState, "paused")
        answered = client.read().count("is nothing that can be done")
        self.assertEqual(answered, MAX_TURN)
        # Somebody else is served in between.
        self.assertIn("Your turn", other.said("10"))
        turns = self.settle()
        self.assertEqual(turns, 1000 // MAX_TURN)
        answered += client.read().count("is nothing that can be done")
        self.assertEqual(answered, 1000)
        self.assertEqual(client.transport.producerState, "producing")
        self.assertEqual(client.player.record.rounds, before)

    def test_characters(self) -> None:
        """What is echoed takes its turns, too."""
        client = self.telnet()
        client.type("")
        client.read()
        client.send(b"a\x7f" * 10_000)
        most = 16 * MAX_TURN
        self.assertLessEqual(len(client.transport.value()), 3 * most)
        self.assertGreater(self.settle(), 20_000 // most - 2)
        self.assertEqual(client.read().count("a"), 10_000)

    def test_negotiation(self) -> None:
        """All that is answered is hardly more than what was sent."""
        for piece in (
            *(negotiated(WILL, option) + negotiated(WONT, option) for option in range(256)),
            *(negotiated(DO, option) + negotiated(DONT, option) for option in range(256)),
            *(negotiated(verb, option) for verb in (WILL, DO) for option in (0, 34, 86, 255)),
        ):
            client = Client(self.factory)
            client.take()
            sent = piece * 200
            client.send(sent)
            self.settle()
            answered = len(parted(client.take())[1]) * 3
            self.assertLessEqual(answered, len(sent) + MAX_UNASKED, piece)
            client.vanish()

    def test_echoes_of_ourselves(self) -> None:
        """A peer that sends back all that it is sent, such as another server: it is told again and
        again what it could do, but nothing piles up, and there is nothing to negotiate."""
        for client in (self.nc(limit=10_000), self.telnet(limit=10_000)):
            other = self.guest()
            commands = []
            for _ in range(50):
                data = client.transport.read()
                self.assertLess(len(data), 10_000 + MAX_UNREAD)
                commands = parted(data)[1]
                client.send(data)
                self.turn()
            self.assertEqual([each for each in commands if len(each) > 2], [])
            self.assertIn("Your turn", other.said("10"))
            client.vanish()
            self.settle()

    def test_subnegotiations(self) -> None:
        """However long, or without an end: little is kept of them."""
        client = self.telnet(names=())
        client.read()
        client.send(bytes([IAC, SB, NAWS]))
        for _ in range(100):
            client.send(b"x" * 60_000)
        self.assertLess(len(client.connection._terminal._telnet._payload), 3000)
        self.assertEqual(client.read(), "")
        client.send(bytes([IAC, SE]))
        self.assertIn("Your bet", client.said(""))

    def test_variables(self) -> None:
        client = self.telnet(variables={})
        client.read()
        for number in range(500):
            client.send(told(NEW_ENVIRON, b"\2\0N%d\1" % number + b"x" * 1000))
        self.settle()
        self.assertEqual(client.connection.preferences._environment, {})
        self.assertEqual(client.read(), "")

    def test_windows(self) -> None:
        """A table is not drawn for each of them."""
        client = self.telnet()
        self.playing(client)
        client.read()
        sent = b"".join(window(80 + number % 2, 24) for number in range(5000))
        client.send(sent)
        self.settle()
        self.assertLess(len(client.read()), len(sent))

    def test_questions(self) -> None:
        client = self.telnet(names=())
        client.read()
        client.send(bytes([IAC, AYT]) * 30_000)
        self.settle()
        self.assertEqual(client.read().count("[yes]"), 1)

    def test_rubbish(self) -> None:
        from random import Random

        chance = Random(3)
        for _ in range(30):
            client = Client(self.factory)
            for _ in range(10):
                client.send(chance.randbytes(500))
                client.send(bytes(chance.choices([IAC, SB, SE, WILL, 24, 31, 39, 0, 1, 10], k=500)))
                self.settle()
            client.vanish()
        self.assertNothingLeft()


class UnreadTests(Case):
    """A client that does not read."""

    shared = True

    def test_it_is_not_read_from(self) -> None:
        client = self.nc(limit=2000)
        client.type("")
        client.take()
        client.send(b"help\nrules\nstats\nsay one\nsay two\n")
        self.assertEqual(client.transport.producerState, "paused")
        first = client.read()
        self.assertIn("[quit]", first)
        self.assertNotIn("Guest 1: one", first)
        for _ in range(5):
            first += client.read()
        places = [
            first.index(each) for each in ("[quit]", "Nearest", "rounds      0", "1: one", "1: two")
        ]
        self.assertEqual(places, sorted(places))
        self.assertEqual(client.transport.producerState, "producing")

    def test_too_much(self) -> None:
        """It is cut off, and its seat is somebody else's."""
        self.limits = Limits(idle_timeout=100_000.0)
        self.open()
        client = self.nc(limit=1000)
        client.type("")
        other = self.guest()
        with capturedLogs() as events:
            for _ in range(3000):
                other.type("say " + "x" * 200)
                self.pass_time(2)
                other.take()
                client.send(b"")
                if client.aborted:
                    break
        self.assertTrue(client.aborted)
        self.assertLess(len(client.transport.value()), 1000 + MAX_UNREAD + 10_000)
        left = [line for line in lines_of(events) if "unread" in line]
        self.assertEqual(len(left), 1, left)
        self.assertIn(f"left more than {MAX_UNREAD} bytes unread", left[0])
        before = len(client.transport.value())
        other.type("say more")
        self.pass_time(2)
        self.assertEqual(len(client.transport.value()), before)
        client.vanish()
        other.vanish()
        self.assertNothingLeft()

    def test_for_too_long(self) -> None:
        client = self.nc(limit=100)
        with capturedLogs() as events:
            self.pass_time(299)
            self.assertFalse(client.aborted)
            self.pass_time(3)
        self.assertTrue(client.aborted)
        self.assertIn("left its screen unread for 300 s", lines_of(events)[0])
        client.vanish()
        self.assertNothingLeft()


class DelayTests(Case):
    """``--delay``: the house takes its time over each line."""

    def setUp(self) -> None:
        super().setUp()
        self.open(seed=7, delay=5.0)

    def test_one_after_the_other(self) -> None:
        client = self.nc()
        client.read()
        client.send(b"\nstats\nhelp\n")
        self.assertEqual(client.read(), "")
        self.pass_time(5)
        self.assertIn("Your bet", client.read())
        self.pass_time(5)
        self.assertIn("rounds      0", client.read())
        self.pass_time(4)
        self.assertEqual(client.read(), "")
        self.pass_time(1)
        self.assertIn("[h]it", client.read())

    def test_side_by_side(self) -> None:
        clients = [self.nc() for _ in range(100)]
        for client in clients:
            client.type("")
        self.pass_time(5)
        for client in clients:
            self.assertIn("Your bet", client.read())

    def test_what_is_typed_is_seen_at_once(self) -> None:
        client = self.telnet()
        client.read()
        client.press(*"Ann")
        self.assertEqual(client.read(), "Ann")

    def test_gone_in_the_meantime(self) -> None:
        for how in ("vanishes", "is stopped", "hangs up"):
            with self.subTest(how=how):
                client = self.nc()
                client.send(b"\n10\ns\n")
                if how == "vanishes":
                    client.vanish()
                elif how == "is stopped":
                    client.connection.drain()
                    self.assertTrue(client.closed)
                    client.vanish()
                else:
                    client.eof()
                    self.pass_time(15)
                    said = client.read()
                    self.assertIn("bet 10", said)
                    self.assertTrue(said.endswith("Goodbye.\r\n"))
                    client.vanish()
                self.assertNothingLeft()


class HalfCloseTests(Case):
    """``printf … | nc -N``: all is answered, then it is over."""

    def ended(self, client: Client) -> str:
        client.eof()
        for _ in range(5):
            self.clock.advance(0)
        self.assertTrue(client.transport.disconnecting)
        self.assertFalse(client.transport.write_closed)
        said = client.read()
        self.assertTrue(said.endswith("Goodbye.\r\n"))
        client.vanish()
        self.assertNothingLeft()
        return said

    def test_at_once(self) -> None:
        self.ended(Client(self.factory))

    def test_at_a_question(self) -> None:
        for lines in ([], ["Ann"], ["Ann", "sesame"]):
            client = self.nc()
            client.type(*lines)
            self.ended(client)

    def test_in_one_s_turn(self) -> None:
        client = self.playing()
        said = self.ended(client)
        self.assertIn("lose -10", said)
        self.assertEqual(client.player.record.rounds, 1)

    def test_a_whole_session_at_once(self) -> None:
        client = Client(self.factory)
        client.send(b"\n" + b"20\ns\n" * 3 + b"help\nstats\n")
        said = client.read() + self.ended(client)
        self.assertIn("[h]it", said)
        self.assertIn("rounds", said)

    def test_more_than_a_turn_s_worth(self) -> None:
        client = Client(self.factory)
        client.send(b"\n" + b"x\n" * 60)
        client.eof()
        said = ""
        for _ in range(10):
            self.clock.advance(0)
            said += client.read()
        self.assertEqual(said.count("is nothing that can be done"), 60)
        self.assertTrue(said.endswith("Goodbye.\r\n"))

    def test_the_last_line_need_not_be_ended(self) -> None:
        client = self.guest()
        client.send(b"stats")
        self.assertIn("rounds      0", self.ended(client))

    def test_while_the_store_is_asked(self) -> None:
        client = self.nc()
        self.store.slow = True
        client.send(b"Ann\nsesame\nsesame\ntop\n10\n")
        client.eof()
        self.assertFalse(client.transport.disconnecting)
        self.store.release()
        self.clock.advance(0)
        self.store.release()
        said = client.read()
        for each in ("Welcome, Ann.", "Nobody with a name", "bet 10", "Goodbye."):
            self.assertIn(each, said)
        self.assertTrue(client.transport.disconnecting)

    def test_after_the_goodbye(self) -> None:
        client = self.guest()
        client.type("quit")
        self.assertTrue(client.transport.write_closed)
        client.eof()
        self.assertTrue(client.transport.disconnecting)

    def test_a_client_that_does_not_close(self) -> None:
        client = self.guest()
        client.type("quit")
        client.connection.writeConnectionLost()
        self.pass_time(LINGER + 2)
        self.assertTrue(client.aborted)

    def test_what_comes_after_the_goodbye_is_dropped(self) -> None:
        client = self.guest()
        client.type("quit")
        client.read()
        client.send(b"x\n" * 1000 + bytes([IAC, AYT]) + negotiated(WILL, 200))
        self.assertEqual(client.transport.value(), b"")
        self.assertEqual(client.transport.producerState, "producing")


class StateCase(Case):
    """Somebody in each state in which a connection may end."""

    def new(self) -> Client:
        """Not greeted."""
        return Client(self.factory)

    def asked_for_a_name(self) -> Client:
        return self.nc()

    def asked_for_a_word(self) -> Client:
        client = self.nc()
        client.type("Ann")
        return client

    def asked_again(self) -> Client:
        client = self.nc()
        client.type("Ann", "sesame")
        return client

    def half_a_line(self) -> Client:
        client = self.telnet()
        client.press(*"An")
        return client

    def busy_signing_in(self) -> Client:
        client = self.nc()
        self.store.slow = True
        client.type("Ann")
        return client

    def busy_at_the_table(self) -> Client:
        client = self.guest()
        self.store.slow = True
        client.type("top", "x")
        return client

    def betting(self) -> Client:
        return self.guest()

    def one_s_turn(self) -> Client:
        return self.playing()

    def one_s_turn_by_keys(self) -> Client:
        return self.playing(self.telnet())

    def with_a_name(self) -> Client:
        client = self.named("Ann")
        self.stack(client)
        client.type("10")
        return client

    def half_a_command(self) -> Client:
        client = self.playing(self.telnet())
        client.press(*"/st")
        return client

    def news_to_show(self) -> Client:
        client = self.playing(self.telnet())
        client.send(window(100, 30))
        return client

    def pouring(self) -> Client:
        client = self.guest()
        client.send(b"x\n" * 100)
        return client

    def last_round(self) -> Client:
        client = self.playing()
        client.connection.drain()
        return client

    def said_goodbye(self) -> Client:
        client = self.guest()
        client.type("quit")
        return client

    def hung_up(self) -> Client:
        client = self.nc()
        self.store.slow = True
        client.type("Ann")
        client.eof()
        return client

    def does_not_read(self) -> Client:
        client = self.nc(limit=100)
        client.type("", "help")
        return client

    @property
    def states(self) -> list[Callable[[], Client]]:
        return [
            *(self.new, self.asked_for_a_name, self.asked_for_a_word, self.asked_again),
            *(self.half_a_line, self.busy_signing_in, self.busy_at_the_table, self.betting),
            *(self.one_s_turn, self.one_s_turn_by_keys, self.with_a_name, self.half_a_command),
            *(self.news_to_show, self.pouring, self.last_round, self.said_goodbye, self.hung_up),
            self.does_not_read,
        ]

    def in_each(self, end: Callable[[Client], None]) -> None:
        """Have somebody in each state, and see that nothing is left of them when it is over."""
        for shared in (False, True):
            for state in self.states:
                with self.subTest(shared=shared, state=state.__name__):
                    self.shared = shared
                    self.setUp()
                    client = state()
                    end(client)
                    self.store.slow = False
                    self.store.release()
                    client.connection.connectionLost()
                    # For so long a seat is kept.
                    self.pass_time(31)
                    self.assertIs(client.connection._session.state, State.GONE)
                    self.assertNothingLeft()


class DisconnectTests(StateCase):
    def test_lost(self) -> None:
        self.in_each(lambda client: client.vanish())

    def test_hung_up(self) -> None:
        def hang_up(client: Client) -> None:
            client.eof()
            self.store.slow = False
            self.store.release()
            for _ in range(20):
                self.clock.advance(0)
                client.read()
            self.assertTrue(client.transport.disconnecting)

        self.in_each(hang_up)

    def test_aborted(self) -> None:
        def abort(client: Client) -> None:
            client.connection.abort()
            self.assertTrue(client.aborted)
            before = client.transport.value()
            client.send(b"10\nhelp\n")
            client.connection.drain()
            self.clock.advance(0)
            self.assertEqual(client.transport.value(), before)

        self.in_each(abort)

    def test_silent(self) -> None:
        def sleep(client: Client) -> None:
            self.pass_time(300 + LAST_CALL + 3)
            self.assertTrue(client.closed or client.aborted)

        self.in_each(sleep)


class StopTests(StateCase):
    """SIGTERM: rounds in play are finished, and nothing else is begun."""

    def test_stopped(self) -> None:
        playing = {State.LAST_ROUND}

        def stop(client: Client) -> None:
            client.connection.drain()
            client.connection.drain()
            session = client.connection._session
            if session.state in playing:
                self.assertFalse(session.table.idle)
                client.connection.abort()
            else:
                self.assertTrue(client.closed)
            self.store.slow = False
            self.store.release()

        self.in_each(stop)

    def test_between_rounds(self) -> None:
        client = self.playing()
        client.type("s")
        client.read()
        client.connection.drain()
        said = client.read()
        self.assertIn("[Shoe 1 revealed:", said)
        self.assertTrue(said.endswith("The server is being stopped.\r\nGoodbye.\r\n"))

    def test_in_a_round(self) -> None:
        """It is played to its end, and what the house was bound to is revealed."""
        client = self.with_a_name()
        drained = self.connections.drain()
        self.clock.advance(0)
        said = client.read()
        self.assertIn("there will be no further round", said)
        self.assertIn("Your turn: 16 against 10.", said)
        self.assertIn("You hit: 2C, 18.", client.said("h"))
        said = client.said("s")
        for each in ("win +10", "[Shoe 1 revealed:", "The server is being stopped.", "Goodbye."):
            self.assertIn(each, said)
        self.assertTrue(client.closed)
        self.assertNoResult(drained)
        client.vanish()
        self.successResultOf(drained)
        self.assertEqual(self.store.execute("SELECT chips FROM players"), [(1010,)])
        self.assertNothingLeft()

    def test_a_round_that_takes_too_long(self) -> None:
        """It is void: the chips are as before."""
        client = self.with_a_name()
        drained = self.connections.drain()
        self.pass_time(9)
        self.assertFalse(client.aborted)
        self.pass_time(1)
        self.assertTrue(client.aborted)
        client.vanish()
        self.successResultOf(drained)
        self.successResultOf(self.closed())
        self.assertEqual(self.store.execute("SELECT chips, rounds FROM players"), [(1000, 0)])
        self.assertNothingLeft()

    def closed(self):  # type: ignore[no-untyped-def]  # a Deferred
        from twisted.internet.defer import Deferred

        self.store.close_at_once = lambda: None  # type: ignore[method-assign]  # to be looked at
        return Deferred.fromCoroutine(self.house.close())

    def test_a_hurry(self) -> None:
        client = self.with_a_name()
        self.connections.drain()
        self.connections.drain()
        self.assertTrue(client.aborted)

    def test_together(self) -> None:
        """Everybody at a table finishes the round; those who watch it see its end."""
        self.shared = True
        self.open()
        clients = [self.guest(cards="10S 10D 10H 3S 3H 7H 2C 2D 2H 2S") for _ in range(3)]
        clients[2].type("watch")
        for client in clients[:2]:
            client.type("10")
        drained = self.connections.drain()
        clients[0].type("s")
        clients[1].type("s")
        for client in clients:
            said = client.read()
            for each in ("[Shoe 1 revealed:", "The server is being stopped.", "Goodbye."):
                self.assertIn(each, said)
            client.vanish()
        self.successResultOf(drained)
        self.assertNothingLeft()

    def test_nobody_else_comes(self) -> None:
        client = self.playing()
        late = self.nc()
        self.connections.drain()
        self.assertIn("The server is being stopped.", late.read())
        self.assertTrue(late.closed)
        self.assertFalse(client.closed)

    def test_bets_are_refused_in_the_last_round(self) -> None:
        self.shared = True
        self.open()
        ann, bob = self.guest(), self.guest()
        bob.type("watch")
        ann.type("10")
        self.connections.drain()
        self.assertIn("You are watching; sit down first.", bob.said("10"))
        ann.type("s")
        self.assertTrue(ann.closed)
        self.assertTrue(bob.closed)


class FaultTests(Case):
    """What is our own fault costs one connection only."""

    def test_a_fault(self) -> None:
        client, other = self.nc(), self.guest()
        self.house.guest = lambda: 1 / 0  # type: ignore[method-assign,assign]
        said = client.said("")
        self.assertIn("Something went wrong here, and this session has to end.", said)
        self.assertTrue(client.closed)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
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
