"""What is on the screen while one plays: drawn in place, in windows of every size."""

from __future__ import annotations

from random import Random

from netsuite.blackjack.checking import Outcome
from netsuite.blackjack.screen.lines import MINUS
from netsuite.blackjack.session.session import ATTENTION, REDRAW
from tests.blackjack.session.clients import IAC, Case, Client, Telnet, told, window
from tests.blackjack.sessions import judged

#: A hand that takes many cards.
LONG = "2S 10H 2H 7H 2C 2D AS AH AC AD 3S 3H"


def times(screen: list[str], text: str) -> int:
    """In how many lines a text is."""
    return sum(text in line for line in screen)


class Drawing(Case):
    def seated(self, columns: int = 80, rows: int = 24, cards: str = LONG) -> Telnet:
        """Somebody whose turn it is, in a window of a certain size."""
        client = self.telnet(size=(columns, rows))
        self.playing(client, cards)
        return client


class PlaceTests(Drawing):
    def test_a_round_is_one_table(self) -> None:
        client = self.seated(rows=50)
        for _ in range(4):
            client.press("h")
        client.press("s")
        screen = client.screen()
        self.assertEqual(times(client.paper.lines, "── Blackjack"), 1)
        self.assertEqual(times(screen, "Dealer"), 1 + times(screen, "Dealer hits"))
        self.assertEqual(times(screen, "Press a key."), 0)
        self.assertEqual(screen[-1], ">")
        for number, total in enumerate((6, 8, 19, 20), 1):
            self.assertEqual(times(client.paper.lines, f", {total}."), 1, number)

    def test_nothing_that_was_said_is_lost(self) -> None:
        """Advice, mistakes and statistics go above the next table."""
        client = self.seated(rows=60)
        client.press("?", "x", *"/stats\r", "h", "h", "s")
        client.screen()
        lines = client.paper.lines
        table = next(index for index, line in enumerate(lines) if "── Blackjack" in line)
        for text in ("Best: ", "'x' is nothing", "  rounds      0"):
            where = [index for index, line in enumerate(lines) if text in line]
            self.assertEqual(len(where), 1, text)
            self.assertLess(where[0], table)
        self.assertEqual(times(lines, "── Blackjack"), 1)

    def test_the_next_round_is_below_the_last(self) -> None:
        client = self.seated(rows=60)
        client.press("s")
        client.type("10")
        client.screen()
        self.assertEqual(times(client.paper.lines, "── Blackjack"), 2)
        self.assertEqual(times(client.paper.lines, f"lose {MINUS}10"), 1)

    def test_colours_and_letters(self) -> None:
        client = self.seated()
        self.assertIn("\x1b[1mYou\x1b[0m", client.sent.decode("utf-8", "replace"))

    def test_where_the_cursor_cannot_be_moved(self) -> None:
        """In line mode, without a window, or without a terminal nothing but lines is sent."""
        for client in (
            self.telnet(size=None),
            self.telnet(names=("dumb",)),
            self.telnet(names=("X", "XTERM", "MTTS 13")),
            self.telnet(size=(30, 24)),
        ):
            self.playing(client, LONG)
            if client.character_mode:
                client.press("h", "s")
            else:
                client.type("h", "s")
            client.read()
            data = client.sent
            self.assertNotIn(b"\x1b[J", data)
            self.assertNotIn(b"\x1b[G", data)

    def test_company(self) -> None:
        """What others do is seen at once, in place."""
        self.shared = True
        self.open()
        client = self.telnet(size=(80, 40))
        self.guest(client, "2S 3S 10H 2H 3H 7H 2C 2D AS AH AC AD")
        bob = self.guest(cards="2S 3S 10H 2H 3H 7H 2C 2D AS AH AC AD")
        client.type("10")
        bob.type("10")
        self.pass_time(ATTENTION)
        client.press("s")
        for line in ("h", "say hello", "h", "h", "s"):
            bob.type(line)
            self.clock.advance(0)
            screen = client.screen()
            self.assertEqual(times(screen, "── Blackjack"), 1, "\n".join(screen))
            self.assertEqual(screen[-1], ">")
        lines = client.paper.lines
        for text in (
            "Guest 2: hello",
            "Guest 2 hits: 2♣, 8.",
            "Guest 2 hits: A♠, 21.",
            "You stand on",
        ):
            self.assertEqual(times(lines, text), 1, text)


class WindowTests(Drawing):
    def test_windows_of_every_size(self) -> None:
        """The question is last, nothing is too wide, and nothing is lost."""
        chance = Random(5)
        for columns, rows in ((40, 8), (40, 24), (60, 12), (80, 10), (80, 24), (132, 50), (512, 9)):
            with self.subTest(columns=columns, rows=rows):
                self.open(seed=columns)
                client = self.telnet(size=(columns, rows))
                client.type("")
                for _ in range(12):
                    client.type("10")
                    while client.connection._session.scene().my_turn:
                        client.press(chance.choice(["h", "s", "?", "x", "n", "d", "/", "/top\r\0"]))
                        self.look(client)
                client.type("quit")
                self.whole(client)

    def look(self, client: Telnet) -> None:
        self.assertRegex(client.screen()[-1], "^>( /.*)?$")

    def whole(self, client: Client) -> None:
        """Each round's statement was sent, and can be checked."""
        verdicts = judged(client.sent)
        self.assertEqual({verdict.outcome for verdict in verdicts}, {Outcome.RIGHT}, verdicts)


class ResizeTests(Drawing):
    def test_in_the_middle_of_a_round(self) -> None:
        client = self.seated(80, 24)
        client.press("h")
        client.read()
        client.send(window(60, 20))
        client.paper = client.paper.resized(60, 20)
        client.read()
        self.pass_time(REDRAW)
        said = client.read()
        self.assertEqual(times(said.splitlines(), "── Blackjack"), 1)
        self.assertEqual(max(map(len, said.splitlines())), 60)
        self.assertEqual(client.screen()[-1], ">")
        # And it is drawn over from then on.
        client.press("h")
        self.assertEqual(times(client.screen(), "── Blackjack"), 1)
        # Once more.
        client.send(window(70, 20))
        self.pass_time(REDRAW)
        self.assertEqual(max(map(len, client.read().splitlines())), 70)

    def test_many_times_at_once(self) -> None:
        """A window that is drawn larger is drawn anew when that is over."""
        client = self.seated()
        client.read()
        for columns in range(81, 121):
            client.send(window(columns, 24))
            self.clock.advance(REDRAW / 2)
        self.assertEqual(times(client.read().splitlines(), "── Blackjack"), 0)
        self.clock.advance(REDRAW / 2)
        said = client.read()
        self.assertEqual(times(said.splitlines(), "── Blackjack"), 1)
        self.assertEqual(max(map(len, said.splitlines())), 120)

    def test_nobody_is_kept_from_playing_by_it(self) -> None:
        client = self.seated()
        for columns in range(81, 100):
            client.send(window(columns, 24))
        client.press("h")
        self.assertIn("You hit: 2♣, 6.", client.read())

    def test_between_rounds(self) -> None:
        """Nothing is drawn: the last round stays as it was."""
        client = self.seated()
        client.press("s")
        client.read()
        client.send(window(120, 24))
        self.assertEqual(client.read(), "")
        self.pass_time(REDRAW)
        said = client.read()
        self.assertTrue(said.endswith("> "))
        self.assertNotIn("── Blackjack", said)

    def test_the_same_size(self) -> None:
        client = self.seated()
        client.read()
        client.send(window(80, 24) * 100)
        self.pass_time(REDRAW)
        self.assertEqual(client.read(), "")

    def test_while_a_line_is_typed(self) -> None:
        client = self.seated()
        client.press(*"/st")
        client.send(window(100, 24))
        self.pass_time(REDRAW)
        self.assertEqual(client.screen()[-1], "> /st")
        client.press(*"ats\r")
        self.assertIn("  rounds      0", client.screen())

    def test_in_the_middle_of_signing_in(self) -> None:
        client = self.telnet()
        client.press(*"An")
        client.send(window(100, 24))
        self.pass_time(REDRAW)
        self.assertTrue(client.read().endswith("guest: An"))
        client.press("n", "\r\0")
        self.assertIn("Nobody is called Ann yet.", client.read())

    def test_gone_in_the_meantime(self) -> None:
        client = self.seated()
        client.send(window(100, 24))
        client.vanish()
        self.assertNothingLeft()

    def test_a_reader(self) -> None:
        client = self.seated()
        client.press(*"/reader\r")
        said = client.read()
        self.assertIn("Your hand: 2 of spades, 2 of hearts. 4.", said)
        self.assertTrue(said.endswith("Your choice: "))
        client.type("h")
        self.assertTrue(client.read().endswith("Your choice: "))
        self.assertFalse(client.character_mode)

    def test_late_words_about_the_terminal(self) -> None:
        """The greeting was plain, but the table is not."""
        client = Client(self.factory)
        self.clock.advance(1)
        self.assertTrue(client.read().endswith("guest: "))
        client.send(bytes([IAC, 251, 24, IAC, 251, 31]))
        client.send(told(24, b"\0xterm") + window(100, 30))
        self.pass_time(REDRAW)
        self.assertTrue(client.read().endswith("guest: "))
        client.send(told(24, b"\0xterm"))
        client.type("")
        self.stack(client, LONG)
        self.assertIn("╭─────╮", client.said("10"))
