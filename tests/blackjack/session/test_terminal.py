"""A terminal: what is typed and told, in order, and how it is written to."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.session.terminal import Signal, Terminal
from netsuite.blackjack.telnet.input import Button, Echo, Key, Line, Pressed, Typed
from tests.blackjack.session.clients import (
    AYT,
    BINARY,
    BRK,
    DO,
    DONT,
    EC,
    ECHO,
    EL,
    EOF,
    EOR,
    GA,
    IAC,
    IP,
    NAWS,
    SGA,
    TTYPE,
    WILL,
    WONT,
    negotiated,
    told,
    window,
)


def command(number: int) -> bytes:
    return bytes([IAC, number])


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.terminal = Terminal(80)

    def read(self) -> list[Typed | Signal]:
        """All that there is to be read, but for what does not matter."""
        found: list[Typed | Signal] = []
        while not self.terminal.exhausted:
            each = self.terminal.read()
            if each is not None and each is not Signal.NOTHING:
                found.append(each)
        self.assertIsNone(self.terminal.read())
        return found

    def got(self, data: bytes) -> list[Typed | Signal]:
        self.terminal.receive(data)
        return self.read()

    def character_mode(self) -> None:
        self.terminal.receive(negotiated(WILL, TTYPE))
        self.terminal.want_keys(True)
        self.assertEqual(
            self.got(negotiated(DO, ECHO) + negotiated(DO, SGA)), [Signal.TOLD, Signal.TOLD]
        )
        self.assertTrue(self.terminal.character_mode)


class ReadingTests(Case):
    def test_in_order(self) -> None:
        self.terminal.receive(negotiated(WILL, NAWS))
        self.assertEqual(
            self.got(b"one\r\ntw" + window(100, 30) + b"o\r\n" + command(AYT) + b"three\n"),
            [
                Line("one", False),
                Signal.TOLD,
                Line("two", False),
                Signal.ASKED,
                Line("three", False),
            ],
        )
        self.assertEqual(self.terminal.preferences.style.columns, 100)

    def test_nothing(self) -> None:
        self.assertTrue(self.terminal.exhausted)
        self.assertEqual(self.got(b""), [])
        self.assertEqual(self.got(b"unfinished"), [])

    def test_commands_that_stand_for_keys(self) -> None:
        typed = b"hx" + command(EC) + b"it\n" + b"no" + command(EL) + b"stand\n"
        self.assertEqual(self.got(typed), [Line("hit", False), Line("stand", False)])
        for each in (IP, BRK):
            self.assertEqual(self.got(b"ha" + command(each)), [Pressed(Button.INTERRUPT)])
        self.assertEqual(self.got(command(EOF)), [Pressed(Button.END)])
        self.assertEqual(self.got(b"ha" + command(EOF) + b"\n"), [Line("ha", False)])

    def test_questions_at_once_get_one_answer(self) -> None:
        self.assertEqual(self.got(command(AYT) * 1000), [Signal.ASKED])
        self.assertEqual(
            self.got(command(AYT) * 9 + b"\n" + command(AYT) * 9).count(Signal.ASKED), 2
        )

    def test_hung_up(self) -> None:
        """A line that was not ended is one nevertheless."""
        for data, found in (
            (b"", []),
            (b"hit\n", [Line("hit", False)]),
            (b"hit\nstand", [Line("hit", False), Line("stand", False)]),
        ):
            self.setUp()
            self.terminal.receive(data)
            self.terminal.hang_up()
            self.assertEqual(self.read(), found)

    def test_forgotten(self) -> None:
        self.terminal.receive(b"one\ntwo\n" + command(AYT))
        self.assertIs(self.terminal.read(), Signal.NOTHING)
        self.assertEqual(self.terminal.read(), Line("one", False))
        self.terminal.forget()
        self.assertEqual(self.read(), [])

    def test_much_text_is_taken_apart_in_pieces(self) -> None:
        """So that each piece takes little time; nothing is lost where they are cut."""
        terminal = Terminal(100_000)
        text = "ä牌x" * 20_000
        terminal.receive(text.encode() + b"\n")
        steps = 0
        found = []
        while not terminal.exhausted:
            each = terminal.read()
            steps += 1
            if isinstance(each, Line):
                found.append(each)
        self.assertEqual(found, [Line(text, False)])
        self.assertGreater(steps, len(text.encode()) // 1024)

    def test_every_cut(self) -> None:
        data = (
            negotiated(WILL, NAWS) + window(100, 30) + "ja ♠\r\n".encode() + command(AYT) + b"h\r\0"
        )
        whole = self.got(data)
        self.assertEqual(len(whole), 4)
        for cut in range(len(data) + 1):
            self.setUp()
            self.assertEqual(self.got(data[:cut]) + self.got(data[cut:]), whole, cut)


class KeyTests(Case):
    def test_keys(self) -> None:
        self.character_mode()
        self.terminal.expect(keys=True, hidden=False)
        self.assertEqual(self.got(b"h\x1b[As\r"), [Key("h"), Key("s"), Pressed(Button.ENTER)])

    def test_a_change_holds_from_the_very_next_character_on(self) -> None:
        self.character_mode()
        self.terminal.expect(keys=True, hidden=False)
        self.terminal.receive(b"hsay hi\r\0s")
        self.terminal.read()
        self.assertEqual(self.terminal.read(), Key("h"))
        self.terminal.expect(keys=False, hidden=False)
        *echoes, ended, line = [self.terminal.read() for _ in range(8)]
        self.assertEqual([each.text for each in echoes if isinstance(each, Echo)], [*"say hi"])
        self.assertEqual((ended, line), (Echo("\r\n"), Line("say hi", False)))
        self.terminal.expect(keys=True, hidden=False)
        self.assertEqual(self.read(), [Key("s")])

    def test_a_key_that_begins_a_line(self) -> None:
        self.character_mode()
        self.terminal.expect(keys=True, hidden=False)
        self.assertEqual(self.got(b"/"), [Key("/")])
        self.terminal.begin_line("/")
        self.assertEqual(self.terminal.unfinished, "/")
        self.assertEqual(self.got(b"x\x7f"), [Echo("x"), Echo("\b \b")])
        self.assertEqual(self.terminal.unfinished, "/")
        self.assertEqual(self.got(b"top\r")[-1], Line("/top", False))

    def test_a_client_that_does_not_want(self) -> None:
        self.terminal.receive(negotiated(WONT, TTYPE))
        self.assertEqual(
            self.terminal.want_keys(True),
            negotiated(WILL, ECHO) + negotiated(WILL, SGA) + negotiated(DO, BINARY),
        )
        refused = negotiated(DONT, ECHO) + negotiated(DONT, SGA) + negotiated(WONT, BINARY)
        self.assertEqual(self.got(refused), [])
        self.assertFalse(self.terminal.character_mode)
        self.assertEqual(self.terminal.want_keys(False), b"")

    def test_a_client_that_changes_its_mind(self) -> None:
        self.character_mode()
        self.assertEqual(self.got(negotiated(DONT, ECHO)), [Signal.TOLD])
        self.assertFalse(self.terminal.character_mode)
        self.assertEqual(self.got(b"hit\r\n"), [Line("hit", False)])

    def test_nothing_is_asked_of_nc(self) -> None:
        self.assertEqual(self.terminal.want_keys(True), b"")
        self.assertEqual(self.terminal.expect(keys=False, hidden=True), b"")
        self.assertEqual(self.terminal.keep_alive(), b"")
        self.assertEqual(self.terminal.write("> ", prompt=True), b"> ")


class AheadTests(Case):
    """Whether what is typed was shown above the prompt."""

    def test_lines(self) -> None:
        self.terminal.receive(b"hit\nstand\n")
        self.assertFalse(self.terminal.typed_ahead)
        self.terminal.write("You have 12.\r\n", prompt=False)
        self.assertFalse(self.terminal.typed_ahead)
        self.terminal.write("> ", prompt=True)
        self.terminal.write("You have 12.\r\n", prompt=False)
        self.assertTrue(self.terminal.typed_ahead)
        self.terminal.receive(b"x")
        self.assertFalse(self.terminal.typed_ahead)

    def test_what_we_echo(self) -> None:
        self.character_mode()
        self.terminal.write("> ", prompt=True)
        self.assertFalse(self.terminal.typed_ahead)


class HiddenTests(Case):
    def test_lines(self) -> None:
        """ECHO alone: a client edits lines, and does not show them."""
        self.terminal.receive(negotiated(WILL, TTYPE))
        self.assertEqual(self.terminal.expect(keys=False, hidden=True), negotiated(WILL, ECHO))
        self.got(negotiated(DO, ECHO))
        self.assertFalse(self.terminal.character_mode)
        self.assertEqual(self.got(b"word\r\n"), [Echo("\r\n"), Line("word", False)])
        self.assertEqual(self.terminal.expect(keys=False, hidden=True), b"")
        self.assertEqual(self.terminal.expect(keys=False, hidden=False), negotiated(WONT, ECHO))
        self.assertEqual(self.got(negotiated(DONT, ECHO) + b"hit\r\n"), [Line("hit", False)])

    def test_a_client_that_refuses(self) -> None:
        """It is not asked again for each question."""
        self.terminal.receive(negotiated(WILL, TTYPE))
        self.terminal.expect(keys=False, hidden=True)
        self.got(negotiated(DONT, ECHO))
        self.assertEqual(self.terminal.expect(keys=False, hidden=True), b"")
        self.assertEqual(self.terminal.expect(keys=False, hidden=False), b"")
        self.assertEqual(self.got(b"hit\r\n"), [Line("hit", False)])

    def test_keys(self) -> None:
        """Nothing is to be agreed upon: the client does not echo anyway."""
        self.character_mode()
        self.assertEqual(self.terminal.expect(keys=False, hidden=True), b"")
        self.assertEqual(self.got(b"wo"), [])
        self.assertEqual(self.terminal.unfinished, "")
        self.assertEqual(self.got(b"rd\r"), [Echo("\r\n"), Line("word", False)])
        self.assertEqual(self.terminal.expect(keys=False, hidden=False), b"")
        self.assertEqual(self.got(b"x"), [Echo("x")])

    def test_a_client_that_does_not_want(self) -> None:
        self.terminal.receive(negotiated(WONT, TTYPE))
        self.terminal.expect(keys=False, hidden=True)
        self.assertEqual(self.got(negotiated(DONT, ECHO) + b"word\n"), [Line("word", False)])


class WritingTests(Case):
    def test_letters(self) -> None:
        self.assertEqual(self.terminal.write("A♠\r\n", prompt=False), b"A?\r\n")
        self.terminal.preferences.unicode = True
        self.assertEqual(self.terminal.write("A♠\r\n", prompt=False), "A♠\r\n".encode())

    def test_marks_of_prompts(self) -> None:
        self.terminal.start()
        self.terminal.receive(negotiated(WONT, TTYPE))
        self.assertEqual(self.terminal.write("> ", prompt=True), b"> " + command(GA))
        self.terminal.receive(negotiated(DO, EOR))
        self.assertEqual(self.terminal.write("> ", prompt=True), b"> " + command(239))
        self.assertEqual(self.terminal.write("news", prompt=False), b"news")
        self.terminal.preferences.prompts = False
        self.assertEqual(self.terminal.write("> ", prompt=True), b"> ")

    def test_no_mark_where_go_ahead_is_suppressed(self) -> None:
        self.character_mode()
        self.assertEqual(self.terminal.write("> ", prompt=True), b"> ")

    def test_settled(self) -> None:
        self.terminal.start()
        self.assertFalse(self.terminal.settled)
        for option in (TTYPE, 39, NAWS):
            self.terminal.receive(negotiated(WONT, option))
        self.assertFalse(self.terminal.settled)
        self.terminal.receive(negotiated(DONT, EOR))
        self.assertTrue(self.terminal.settled)
        self.assertTrue(self.terminal.speaks_telnet)
        self.assertEqual(self.terminal.keep_alive(), command(241))

    def test_settled_when_all_is_told(self) -> None:
        self.terminal.start()
        answers = self.terminal.receive(negotiated(WILL, TTYPE) + negotiated(WILL, NAWS))
        self.assertEqual(answers, told(TTYPE, b"\1"))
        self.terminal.receive(negotiated(WONT, 39) + negotiated(DONT, EOR))
        self.assertFalse(self.terminal.settled)
        self.terminal.receive(window(80, 24) + told(TTYPE, b"\0vt100"))
        self.assertFalse(self.terminal.settled)
        self.terminal.receive(told(TTYPE, b"\0vt100"))
        self.assertTrue(self.terminal.settled)
