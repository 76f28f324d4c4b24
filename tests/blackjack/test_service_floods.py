"""Whoever sends much, or does not read: the others do not notice."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.logger import LogEvent, capturedLogs

from netsuite.blackjack.service import (
    MAX_TURN,
    MAX_UNREAD,
)
from netsuite.blackjack.telnet.negotiation import MAX_UNASKED
from netsuite.serving.limits import Limits
from tests.blackjack.session.clients import (
    AYT,
    DO,
    DONT,
    IAC,
    NAWS,
    NEW_ENVIRON,
    SB,
    SE,
    WILL,
    WONT,
    Case,
    Client,
    negotiated,
    parted,
    told,
    window,
)


def lines_of(events: Sequence[LogEvent]) -> list[str]:
    """Log lines as they are written."""
    return [event["log_format"].format(**event) for event in events if event.get("log_format")]


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
        turns = 0
        while self.turn():
            turns += 1
            self.assertLess(turns, 10_000, "it never comes to an end")
        return turns

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
