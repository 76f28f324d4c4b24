"""The telnet stream: text, commands, negotiation, and peers of ill will."""

from __future__ import annotations

import random
import tracemalloc
from itertools import chain

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.telnet.codes import IAC, SB, SE, Command, Option, Verb
from netsuite.blackjack.telnet.negotiation import (
    MAX_SUBNEGOTIATION,
    MAX_UNASKED,
    Commanded,
    Environment,
    Event,
    OptionChanged,
    Telnet,
    TerminalTypes,
    Text,
    WindowSize,
)
from netsuite.blackjack.telnet.options import Side
from netsuite.blackjack.telnet.terminal import MAX_TYPES, Mtts

SEND_TYPE = b"\xff\xfa\x18\x01\xff\xf0"


def say(verb: Verb, option: int) -> bytes:
    return bytes([IAC, verb, option])


def sub(option: int, payload: bytes) -> bytes:
    return bytes([IAC, SB, option]) + payload.replace(b"\xff", b"\xff\xff") + bytes([IAC, SE])


def is_type(name: bytes) -> bytes:
    return sub(Option.TTYPE, b"\0" + name)


def joined(events: list[Event]) -> list[Event]:
    """Put text back together that was cut by the pieces it came in."""
    whole: list[Event] = []
    for event in events:
        last = whole[-1] if whole else None
        if isinstance(event, Text) and isinstance(last, Text):
            whole[-1] = Text(last.data + event.data)
        else:
            whole.append(event)
    return whole


class TextTests(SynchronousTestCase):
    def test_text(self) -> None:
        self.assertEqual(Telnet().receive(b"hit\r\n"), ([Text(b"hit\r\n")], b""))
        self.assertEqual(Telnet().receive(b""), ([], b""))

    def test_doubled(self) -> None:
        telnet = Telnet()
        self.assertEqual(telnet.receive(b"a\xff\xffb\xff\xff"), ([Text(b"a\xffb\xff")], b""))
        self.assertFalse(telnet.speaks_telnet)

    def test_commands_in_order(self) -> None:
        self.assertEqual(
            Telnet().receive(b"a\xff\xf7b\xff\xf8\xff\xf4\xff\xf3\xff\xf6c")[0],
            [
                Text(b"a"),
                Commanded(Command.ERASE_CHARACTER),
                Text(b"b"),
                Commanded(Command.ERASE_LINE),
                Commanded(Command.INTERRUPT),
                Commanded(Command.BREAK),
                Commanded(Command.ARE_YOU_THERE),
                Text(b"c"),
            ],
        )

    def test_commands_without_meaning(self) -> None:
        heard = {Command.END_OF_FILE, Command.ABORT, Command.BREAK, Command.INTERRUPT}
        heard |= {Command.ABORT_OUTPUT, Command.ARE_YOU_THERE}
        heard |= {Command.ERASE_CHARACTER, Command.ERASE_LINE}
        for byte in range(250):
            expected = [Commanded(Command(byte))] if byte in heard else []
            self.assertEqual(Telnet().receive(bytes([IAC, byte])), (expected, b""), byte)

    def test_prompt_mark(self) -> None:
        telnet = Telnet()
        self.assertEqual(telnet.prompt_mark(), b"")
        telnet.receive(b"\xff\xf1")
        self.assertEqual(telnet.prompt_mark(), b"\xff\xf9")
        telnet.ask_character_mode(True)
        telnet.receive(say(Verb.DO, Option.ECHO) + say(Verb.DO, Option.SGA))
        self.assertEqual(telnet.prompt_mark(), b"")
        telnet.receive(say(Verb.DO, Option.EOR))
        self.assertEqual(telnet.prompt_mark(), b"\xff\xef")


class NegotiationTests(SynchronousTestCase):
    def test_start(self) -> None:
        self.assertEqual(Telnet().start(), b"\xff\xfd\x18\xff\xfd\x1f\xff\xfd\x27\xff\xfb\x19")

    def test_started_twice(self) -> None:
        telnet = Telnet()
        telnet.start()
        self.assertEqual(telnet.start(), b"")

    def test_linemode_and_old_environ_refused(self) -> None:
        for option in (34, 36):
            self.assertEqual(Telnet().receive(say(Verb.WILL, option)), ([], say(Verb.DONT, option)))
            self.assertEqual(Telnet().receive(say(Verb.DO, option)), ([], say(Verb.WONT, option)))

    def test_character_mode(self) -> None:
        telnet = Telnet()
        self.assertEqual(telnet.ask_character_mode(False), b"")
        self.assertEqual(telnet.ask_character_mode(True), b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x00")
        self.assertEqual(telnet.ask_character_mode(True), b"")
        self.assertFalse(telnet.character_mode)
        self.assertEqual(telnet.receive(b"\xff\xfd\x01")[1], b"")
        self.assertFalse(telnet.character_mode)
        events, out = telnet.receive(b"\xff\xfd\x03\xff\xfb\x00")
        self.assertEqual(out, b"")
        self.assertEqual(
            events,
            [
                OptionChanged(Side.US, Option.SGA, True),
                OptionChanged(Side.PEER, Option.BINARY, True),
            ],
        )
        self.assertTrue(telnet.character_mode)
        self.assertEqual(telnet.ask_character_mode(False), b"\xff\xfc\x01\xff\xfc\x03\xff\xfe\x00")
        self.assertFalse(telnet.character_mode)

    def test_suppressing_go_ahead_is_not_character_mode(self) -> None:
        telnet = Telnet()
        telnet.ask(Side.US, Option.SGA, True)
        telnet.receive(say(Verb.DO, Option.SGA))
        self.assertFalse(telnet.character_mode)

    def test_eight_bits(self) -> None:
        """Who wants to send or get all of them may, and is not asked to stop."""
        telnet = Telnet()
        out = telnet.receive(say(Verb.WILL, Option.BINARY) + say(Verb.DO, Option.BINARY))[1]
        self.assertEqual(out, say(Verb.DO, Option.BINARY) + say(Verb.WILL, Option.BINARY))
        self.assertEqual(telnet.ask_character_mode(False), b"")
        self.assertTrue(telnet.options.on(Side.PEER, Option.BINARY))

    def test_settled(self) -> None:
        """Not before the last answer, whatever is told, and in whatever order."""
        answers = [
            [say(Verb.WILL, Option.TTYPE), is_type(b"xterm"), is_type(b"xterm")],
            [say(Verb.WILL, Option.NAWS), sub(Option.NAWS, b"\0\x50\0\x18")],
            [say(Verb.WILL, Option.NEW_ENVIRON), sub(Option.NEW_ENVIRON, b"\0")],
            [say(Verb.DONT, Option.EOR)],
        ]
        for shift in range(len(answers)):
            telnet = Telnet()
            telnet.start()
            for answer in chain(*answers[shift:], *answers[:shift]):
                self.assertFalse(telnet.settled, (shift, answer))
                telnet.receive(answer)
            self.assertTrue(telnet.settled, shift)
        telnet = Telnet()
        telnet.start()
        for option in (Option.TTYPE, Option.NAWS, Option.NEW_ENVIRON):
            telnet.receive(say(Verb.WONT, option))
        self.assertFalse(telnet.settled)
        telnet.receive(say(Verb.DO, Option.EOR))
        self.assertTrue(telnet.settled)

    def test_nothing_is_asked_about_what_was_switched_off(self) -> None:
        telnet = Telnet()
        telnet.receive(say(Verb.WILL, Option.TTYPE))
        self.assertEqual(
            telnet.receive(say(Verb.WONT, Option.TTYPE))[1], say(Verb.DONT, Option.TTYPE)
        )

    def test_window(self) -> None:
        telnet = Telnet()
        telnet.start()
        events, out = telnet.receive(
            say(Verb.WILL, Option.NAWS)
            + sub(Option.NAWS, b"\0\xff\0\x18") * 2
            + sub(Option.NAWS, b"\0\x50\0\0")
        )
        self.assertEqual(out, b"")
        self.assertEqual(
            events,
            [
                OptionChanged(Side.PEER, Option.NAWS, True),
                WindowSize(255, 24),
                WindowSize(80, None),
            ],
        )

    def test_unagreed_subnegotiations_are_ignored(self) -> None:
        data = sub(Option.NAWS, b"\0\x50\0\x18") + is_type(b"ansi") + sub(39, b"\0\0A\x01b")
        self.assertEqual(Telnet().receive(data), ([], b""))

    def test_types(self) -> None:
        telnet = Telnet()
        telnet.start()
        self.assertEqual(telnet.receive(say(Verb.WILL, Option.TTYPE))[1], SEND_TYPE)
        told = []
        for name in (b"mudlet", b"xterm", b"MTTS 2381"):
            events, out = telnet.receive(is_type(name))
            self.assertEqual(out, SEND_TYPE)
            told += events
        events, out = telnet.receive(is_type(b"MTTS 2381"))
        self.assertEqual(out, b"")
        self.assertEqual(
            events, [TerminalTypes(("MUDLET", "XTERM", "MTTS 2381"), Mtts(2381), True)]
        )
        self.assertEqual(told[0], TerminalTypes(("MUDLET",), None, False))
        # What comes after the end is not asked about again.
        self.assertEqual(telnet.receive(is_type(b"more")), ([], b""))

    def test_types_that_start_again(self) -> None:
        telnet = Telnet()
        telnet.receive(say(Verb.WILL, Option.TTYPE))
        telnet.receive(is_type(b"mtts 0") + is_type(b"vt100"))
        events, out = telnet.receive(is_type(b"mtts 0"))
        self.assertEqual(events, [TerminalTypes(("MTTS 0", "VT100"), Mtts(0), True)])
        self.assertEqual(out, b"")

    def test_types_without_end(self) -> None:
        telnet = Telnet()
        out = telnet.receive(say(Verb.WILL, Option.TTYPE))[1].removeprefix(say(Verb.DO, 24))
        for number in range(100):
            events, answer = telnet.receive(is_type(b"type%d" % number))
            out += answer
        self.assertEqual(out, SEND_TYPE * MAX_TYPES)
        self.assertEqual(events, [])

    def test_environment(self) -> None:
        telnet = Telnet()
        will, wont = say(Verb.WILL, Option.NEW_ENVIRON), say(Verb.WONT, Option.NEW_ENVIRON)
        out = telnet.receive(will)[1]
        self.assertTrue(out.startswith(say(Verb.DO, 39) + b"\xff\xfa\x27\x01\0CHARSET"))
        events, answer = telnet.receive(sub(39, b"\0\x03LANG\x01\xff") + sub(39, b"\0"))
        self.assertEqual((events, answer), ([Environment({"LANG": "�"})], b""))
        # It is asked for once only.
        self.assertEqual(telnet.receive(wont + will)[1], say(Verb.DONT, 39) + say(Verb.DO, 39))

    def test_unended_subnegotiation(self) -> None:
        """A command within a subnegotiation ends it, unread."""
        telnet = Telnet()
        telnet.receive(say(Verb.WILL, Option.NAWS))
        self.assertEqual(
            telnet.receive(b"\xff\xfa\x1f\0\x50\0\x18\xff\xf6hit"),
            ([Commanded(Command.ARE_YOU_THERE), Text(b"hit")], b""),
        )
        self.assertEqual(telnet.receive(b"\xff\xfa\x1f\0\xff\xfd\x22")[1], b"\xff\xfc\x22")
        self.assertEqual(telnet.receive(b"\xff\xfa\xff\xf0x"), ([Text(b"x")], b""))


class IllWillTests(SynchronousTestCase):
    SESSION = (
        b"a\xff\xffb\xff\xfb\x18\xff\xfb\x1f\xff\xfb\x27\xff\xfd\x19\xff\xfb\x22\xff\xf6"
        + is_type(b"mudlet")
        + b"hit\r\n"
        + sub(Option.NAWS, b"\0\xff\0\xff")
        + is_type(b"MTTS 13")
        + sub(39, b"\0\x03LANG\x01C")
        + is_type(b"MTTS 13")
        + b"\xff\xfa\x1f\0\xff\xf4\xff\xfc\x1fstand\r\0\xff\xf1"
    )

    def test_fragments(self) -> None:
        def run(pieces: list[bytes]) -> tuple[list[Event], bytes]:
            telnet = Telnet()
            events: list[Event] = []
            out = telnet.start()
            for piece in pieces:
                more, answer = telnet.receive(piece)
                events += more
                out += answer
            return joined(events), out

        whole = run([self.SESSION])
        self.assertEqual(len(whole[0]), 15)
        for at in range(len(self.SESSION) + 1):
            self.assertEqual(run([self.SESSION[:at], self.SESSION[at:]]), whole, at)
        self.assertEqual(run([bytes([byte]) for byte in self.SESSION]), whole)

    def test_storms(self) -> None:
        """Nothing raises, and no more is answered than was received, but for a constant."""
        rng = random.Random(854)
        likely = [IAC, IAC, IAC, SB, SE, *Verb, *Option, 0, 1, 2, 3, 34, 65]
        for _ in range(200):
            telnet = Telnet()
            telnet.start()
            received = sent = 0
            for _ in range(40):
                if rng.random() < 0.2:
                    telnet.ask(rng.choice(list(Side)), rng.choice(list(Option)), rng.random() < 0.5)
                    telnet.ask_character_mode(rng.random() < 0.5)
                size = rng.randrange(60)
                piece = (
                    bytes(rng.choices(likely, k=size))
                    if rng.random() < 0.8
                    else rng.randbytes(size)
                )
                received += size
                events, out = telnet.receive(piece)
                sent += len(out)
                self.assertLessEqual(len(events), size)
                self.assertLessEqual(sent, received + MAX_UNASKED)

    def test_worst_negotiators(self) -> None:
        """Switching options on and off for ever gets no more than it gives."""
        for option in Option:
            for on, off in ((Verb.WILL, Verb.WONT), (Verb.DO, Verb.DONT)):
                telnet = Telnet()
                data = (say(on, option) + say(off, option)) * 1000
                self.assertLessEqual(len(telnet.receive(data)[1]), len(data) + MAX_UNASKED)

    def test_reflector(self) -> None:
        """A peer that sends back whatever it receives comes to silence."""
        telnet = Telnet()
        out = telnet.start() + telnet.ask_character_mode(True)
        for _ in range(30):
            if not out:
                break
            out = telnet.receive(out)[1]
        self.assertEqual(out, b"")

    def test_two_servers(self) -> None:
        one, other = Telnet(), Telnet()
        to_other = one.start() + one.ask_character_mode(True)
        to_one = other.start() + other.ask_character_mode(True)
        for _ in range(30):
            to_other, to_one = one.receive(to_one)[1], other.receive(to_other)[1]
        self.assertEqual((to_one, to_other), (b"", b""))

    def test_long_subnegotiation_is_dropped(self) -> None:
        telnet = Telnet()
        telnet.receive(say(Verb.WILL, 39))
        head = b"\0\0A\x01"
        fits = head + b"v" * (MAX_SUBNEGOTIATION - len(head) - 1)
        self.assertEqual(len(telnet.receive(sub(39, fits))[0]), 1)
        self.assertEqual(telnet.receive(sub(39, fits + b"v")), ([], b""))
        self.assertEqual(telnet.receive(b"hit")[0], [Text(b"hit")])

    def test_endless_subnegotiation(self) -> None:
        telnet = Telnet()
        telnet.receive(say(Verb.WILL, 39) + b"\xff\xfa\x27\0\0A\x01")
        piece = b"v\xff\xff" * 1000
        tracemalloc.start()
        try:
            for _ in range(50):
                self.assertEqual(telnet.receive(piece), ([], b""))
            held, _peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(held, 4 * MAX_SUBNEGOTIATION)
