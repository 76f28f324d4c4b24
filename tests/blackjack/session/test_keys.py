"""Single keys at one's turn, lines otherwise, and the way from one to the other."""

from __future__ import annotations

from netsuite.blackjack.session.session import ATTENTION
from netsuite.blackjack.table.scene import Scene
from tests.blackjack.session.clients import (
    DO,
    DONT,
    ECHO,
    NAWS,
    SGA,
    TTYPE,
    WILL,
    WONT,
    Case,
    Client,
    Telnet,
    negotiated,
    parted,
    window,
)

#: Enough for a dozen hits: aces and twos.
LONG = "2S 10H 2H 7H 2C 2D AS AH AC AD 3S 3H"


class Keys(Case):
    def scene(self, client: Client) -> Scene:
        return client.connection._session.scene()

    def cards(self, client: Client) -> int:
        """How many cards are in somebody's first hand."""
        place = self.scene(client).mine
        assert place is not None
        return len(place.hands[0].cards)

    def telnet_playing(self, cards: str = LONG) -> Telnet:
        client = self.telnet()
        self.playing(client, cards)
        self.assertTrue(client.character_mode)
        return client


class KeyTests(Keys):
    def test_keys(self) -> None:
        client = self.telnet_playing()
        self.assertIn("Press a key.", "\n".join(client.screen()))
        client.press("h")
        self.assertIn("You hit: 2♣, 6.", client.screen())
        client.press("H")
        self.assertIn("You hit: 2♦, 8.", client.screen())
        client.press("s")
        self.assertIn("You stand on 8.", client.screen())
        self.assertTrue(self.scene(client).betting)

    def test_many_keys_at_once(self) -> None:
        client = self.telnet_playing()
        client.press("hhhs")
        self.assertIn("You stand on 19.", client.screen())

    def test_what_follows_the_last_key_is_a_line(self) -> None:
        client = self.telnet_playing()
        client.press("s50\r\0hh")
        self.assertIn("bet 50", " ".join(client.screen()))
        self.assertEqual(self.cards(client), 4)

    def test_a_paste_of_many_lines(self) -> None:
        """Lines where lines are expected, keys where keys are; nothing is lost in between."""
        client = self.telnet()
        client.type("")
        self.stack(client, LONG)
        client.press("20\r\nhs/stats\r\n30\r\n")
        self.clock.advance(0)
        said = client.read()
        self.assertLess(said.index("You stand on 6."), said.index("rounds      1"))
        self.assertIn("bet 30", said)

    def test_other_keys(self) -> None:
        client = self.telnet_playing()
        for key in ("x", "5", " ", "ä", "牌", "%"):
            client.press(key)
            said = client.read()
            self.assertIn("is nothing that can be done here.", said, key)
            self.assertIn("Expected: h, s, d, p, ?; or / to begin another", " ".join(said.split()))
        self.assertTrue(self.scene(client).my_turn)
        self.assertEqual(self.cards(client), 2)

    def test_keys_that_send_sequences(self) -> None:
        """Arrows, function keys, and what a mouse or a paste sends: nothing happens."""
        client = self.telnet_playing()
        client.read()
        for sequence in (
            *("\x1b[A", "\x1bOS", "\x1b[15~", "\x1b[1;5H", "\x1b[[A", "\x1b[200~", "\x1b[201~"),
            *("\x1b]0;s\x07", "\x1bPs\x1b\\", "\x00", "\x07", "\x1b[<0;10;10M"),
        ):
            client.press(sequence)
            self.assertEqual(client.read(), "", repr(sequence))
        self.assertTrue(self.scene(client).my_turn)

    def test_enter(self) -> None:
        client = self.telnet_playing()
        before = client.screen()
        client.press("\r\0")
        self.assertEqual(client.screen(), before)

    def test_interrupt(self) -> None:
        client = self.telnet_playing()
        client.press("\x03")
        self.assertIn("Type /quit to leave.", client.screen())

    def test_end(self) -> None:
        client = self.telnet_playing()
        client.press("\x04")
        self.assertIn("Goodbye.", client.screen())
        self.assertTrue(client.closed)

    def test_insurance(self) -> None:
        client = self.telnet()
        self.guest(client, "10S AH 8S 7H 2C")
        client.type("10")
        client.press("s")
        self.assertIn("First say whether you insure your bet.", client.screen())
        client.press("n")
        self.assertIn("You take no insurance.", client.screen())

    def test_one_key_for_two_choices(self) -> None:
        client = self.telnet_playing("8S 6H 8H 10H 3C 2D 10C 9D 9H")
        client.press("p")
        self.assertIn("You split: 3♣, 11.", client.screen())
        client.press("p")
        self.assertTrue(any("pair" in line for line in client.screen()))


class CommandTests(Keys):
    """``/`` begins a line."""

    def test_command(self) -> None:
        client = self.telnet_playing()
        client.press("/")
        self.assertEqual(client.screen()[-1], "> /")
        client.press("s", "t", "a")
        self.assertEqual(client.screen()[-1], "> /sta")
        client.press("t", "s", "\r\0")
        screen = client.screen()
        self.assertIn("  rounds      0", screen)
        self.assertEqual(screen[-1], ">")
        self.assertTrue(self.scene(client).my_turn)
        client.press("h")
        self.assertIn("You hit: 2♣, 6.", client.screen())

    def test_erased(self) -> None:
        """Without the slash, keys are keys again."""
        for erase in ("\x7f", "\b", "\x15"):
            client = self.telnet_playing()
            client.press("/", *"ab", "\x7f", "\x7f")
            self.assertEqual(client.screen()[-1], "> /")
            client.press(erase)
            self.assertEqual(client.screen()[-1], ">")
            client.press("h")
            self.assertIn("You hit: 2♣, 6.", client.screen())

    def test_alone(self) -> None:
        client = self.telnet_playing()
        client.press("/", "\r\0")
        self.assertIn("Type a command behind /, such as /help.", " ".join(client.screen()))
        client.press("h")
        self.assertIn("You hit: 2♣, 6.", client.screen())

    def test_interrupted(self) -> None:
        client = self.telnet_playing()
        client.press("/", "s", "\x03", "h")
        self.assertIn("You hit: 2♣, 6.", client.screen())

    def test_what_happens_in_the_meantime(self) -> None:
        """The line goes on below it, from the slash on; no letter of it is taken for a key."""
        for typed in ("/", "/st"):
            self.shared = True
            self.open()
            client = self.telnet()
            self.guest(client, LONG)
            bob = self.guest(cards=LONG)
            bob.type("pass")
            client.type("10")
            client.press(*typed)
            bob.type("say hello")
            self.clock.advance(0)
            screen = client.screen()
            self.assertIn("Guest 2: hello", screen)
            self.assertEqual(screen[-1], f"> {typed}")
            rest = "/stats".removeprefix(typed)
            client.press(*rest, "\r\0")
            self.assertTrue(self.scene(client).my_turn, "no letter was a key")
            self.assertIn("  rounds      0", client.screen())
            client.vanish()
            bob.vanish()


class TurnTests(Keys):
    """One's turn comes while one is typing a line."""

    shared = True

    def setUp(self) -> None:
        super().setUp()
        self.ann = self.guest(cards="")
        self.bob = self.telnet()
        self.bob.type("")
        self.stack(self.ann, "10S 2S 10H 3S 3H 7H 2C 2D AS AH AC AD")
        self.ann.type("10")
        self.bob.type("10")
        self.assertEqual(self.scene(self.ann).turn, (0, 0))
        self.bob.read()

    def test_the_line_is_not_lost_and_not_taken_for_keys(self) -> None:
        self.bob.press(*"say hi")
        self.ann.type("s")
        self.pass_time(ATTENTION)
        screen = self.bob.screen()
        self.assertTrue(self.scene(self.bob).my_turn)
        self.assertEqual(screen[-1], "> say hi")
        self.assertIn("Type a letter, then Enter.", " ".join(screen))
        self.bob.press(*" hh")
        self.assertEqual(self.cards(self.bob), 2)
        self.ann.read()
        self.bob.press("\r\0")
        self.clock.advance(0)
        self.assertIn("Guest 2: hi hh", self.ann.read())
        self.assertIn("Press a key.", " ".join(self.bob.screen()))
        self.bob.press("h")
        self.assertEqual(self.cards(self.bob), 3)

    def test_a_line_that_is_begun_just_then(self) -> None:
        """Nobody has read yet that it is their turn: what is typed is not meant for it."""
        self.ann.type("s")
        self.clock.advance(0)
        self.assertIn("Type a letter, then Enter.", " ".join(self.bob.screen()))
        self.bob.press(*"say hi")
        self.pass_time(ATTENTION)
        self.assertEqual(self.bob.screen()[-1], "> say hi")
        self.assertTrue(self.scene(self.bob).my_turn)
        self.ann.read()
        self.bob.press("\r\0")
        self.clock.advance(0)
        self.assertIn("Guest 2: hi", self.ann.read())
        self.bob.press("h")
        self.assertEqual(self.cards(self.bob), 3)

    def test_keys_are_keys_from_one_to_the_next(self) -> None:
        self.ann.type("s")
        self.pass_time(ATTENTION)
        self.bob.press("hh")
        self.assertEqual(self.cards(self.bob), 4)

    def test_the_table_is_not_drawn_for_nothing(self) -> None:
        self.ann.type("h")
        self.clock.advance(0)
        self.bob.read()
        self.pass_time(ATTENTION)
        self.assertEqual(self.bob.read(), "")

    def test_without_a_line_keys_are_keys(self) -> None:
        self.ann.type("s")
        self.pass_time(ATTENTION)
        self.assertIn("Press a key.", " ".join(self.bob.screen()))
        self.bob.press("h")
        self.assertEqual(self.cards(self.bob), 3)

    def test_a_window_that_is_resized_just_then(self) -> None:
        """What is drawn anew for that does not come too early to ask for keys."""
        self.ann.type("s")
        self.clock.advance(0)
        self.bob.send(window(90, 24))
        self.bob.paper = self.bob.paper.resized(90, 24)
        self.pass_time(ATTENTION)
        self.assertIn("Press a key.", " ".join(self.bob.screen()))
        self.bob.press("h")
        self.assertEqual(self.cards(self.bob), 3)

    def test_a_key_before_one_s_turn_is_a_line(self) -> None:
        """It waits for Enter, then as now."""
        self.bob.press("h")
        self.ann.type("s")
        self.pass_time(ATTENTION)
        self.assertEqual(self.bob.screen()[-1], "> h")
        self.assertEqual(self.cards(self.bob), 2)
        self.bob.press("\r\0")
        self.assertEqual(self.cards(self.bob), 3)

    def test_a_line_that_is_erased(self) -> None:
        self.bob.press("h")
        self.ann.type("s")
        self.pass_time(ATTENTION)
        self.bob.press("\x7f")
        self.assertIn("Press a key.", " ".join(self.bob.screen()))
        self.bob.press("h")
        self.assertEqual(self.cards(self.bob), 3)

    def test_one_s_time_is_up(self) -> None:
        """Keys are lines again when it is somebody else's turn."""
        self.ann.type("s")
        self.pass_time(ATTENTION)
        self.pass_time(26)
        self.assertFalse(self.scene(self.bob).my_turn)
        self.bob.press("h")
        self.assertEqual(self.bob.screen()[-1], "> h")


class SwitchTests(Keys):
    def test_off_and_on(self) -> None:
        client = self.telnet_playing()
        client.press(*"/keys off", "\r\0")
        self.assertFalse(client.character_mode)
        self.assertEqual(client.ours & {ECHO, SGA}, set())
        said = client.read()
        self.assertIn("Whole lines are taken.", said)
        self.assertIn("Type a letter, then Enter.", said)
        client.type("h")
        self.assertIn("You hit: 2♣, 6.", client.read())
        client.type("keys on")
        self.assertTrue(client.character_mode)
        self.assertIn("Press a key.", client.read())
        client.press("h")
        self.assertIn("You hit: 2♦, 8.", client.read())

    def test_a_client_that_takes_its_time_to_agree(self) -> None:
        """Until it has, lines are taken; the prompt changes when keys are."""
        client = self.telnet(names=())
        self.playing(client, LONG)
        client.quiet = True
        client.type("keys on")
        self.assertIn("Type a letter, then Enter.", client.read())
        client.quiet = False
        client.send(negotiated(DO, ECHO) + negotiated(DO, SGA))
        self.assertIn("Press a key.", client.read())
        client.press("h")
        self.assertIn("You hit: 2C, 6.", client.read())

    def test_a_client_that_refuses(self) -> None:
        client = self.telnet(agrees=[(WILL, TTYPE), (WILL, NAWS)])
        self.playing(client, LONG)
        self.assertFalse(client.character_mode)
        client.type("keys on")
        self.assertIn("Type a letter, then Enter.", client.read())
        client.type("h")
        self.assertIn("You hit: 2♣, 6.", client.read())

    def test_a_client_that_changes_its_mind(self) -> None:
        """It is not asked again, unless its player asks for keys."""
        client = self.telnet_playing()
        client.commands.clear()
        client.ours.clear()
        client.send(negotiated(DONT, ECHO) + negotiated(DONT, SGA))
        self.assertIn("Type a letter, then Enter.", client.read())
        self.assertEqual(
            [each for each in client.commands if len(each) == 3],
            [negotiated(WONT, ECHO), negotiated(WONT, SGA)],
        )
        client.type("h")
        self.assertIn("You hit: 2♣, 6.", client.read())
        client.type("keys on")
        self.assertTrue(client.character_mode)

    def test_a_client_that_cannot_make_up_its_mind(self) -> None:
        """Whatever it is asked, it says yes and then no: that comes to an end."""
        client = self.telnet(agrees=[(WILL, TTYPE), (WILL, NAWS)])
        client.quiet = True
        asked = 0
        for _ in range(50):
            for command in parted(Client.take(client))[1]:
                if command[1] == WILL:
                    asked += 1
                    client.send(negotiated(DO, command[2]) + negotiated(DONT, command[2]))
        self.assertLessEqual(asked, 4)
        client.send(b"\r\nkeys on\r\n")
        for _ in range(50):
            for command in parted(Client.take(client))[1]:
                if command[1] == WILL:
                    asked += 1
                    client.send(negotiated(DO, command[2]) + negotiated(DONT, command[2]))
        self.assertLessEqual(asked, 8)
