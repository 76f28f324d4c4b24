"""Who plays: guests, new names, old names, wrong words, and a store that is out of reach."""

from __future__ import annotations

from netsuite.blackjack.players.words import MIN_WORD
from netsuite.blackjack.session.states import State
from tests.blackjack.session.clients import (
    ECHO,
    ELSEWHERE,
    SGA,
    SIMPLE,
    WILL,
    WONT,
    Case,
    Client,
    negotiated,
)

NAME = "Your name, or Enter to play as a guest: "
NEW_WORD = "Secret word, or Enter for another name: "
AGAIN = "The same again: "


def old_word(name: str) -> str:
    """What somebody is asked who has a name."""
    return f"Secret word of {name}, or Enter for another name: "


class SigningIn(Case):
    def setUp(self) -> None:
        super().setUp()
        self.ann = self.nc()

    def names(self) -> list[str]:
        """Who is in the store."""
        return [name for (name,) in self.store.execute("SELECT name FROM players ORDER BY name")]

    def asked(self, client: Client, question: str, *lines: str) -> str:
        """Type lines, see that a question is asked upon them, and return what comes before it."""
        said = client.said(*lines)
        self.assertTrue(said.endswith(question), said)
        return said.removesuffix(question)


class GuestTests(SigningIn):
    def test_greeting(self) -> None:
        said = self.ann.read()
        self.assertTrue(said.startswith("\rWelcome to blackjack!"), said)
        self.assertIn("type reader", said)
        self.assertTrue(said.endswith(NAME))

    def test_guest(self) -> None:
        for line in ("", "   ", "\t"):
            client = self.nc()
            said = client.said(line)
            self.assertIn("[Shoe 1 commitment", said)
            self.assertIn("Your bet, 10 to 500?", said)
            # No table is drawn before there is anything on it.
            self.assertNotIn("chips --", said)
            self.assertFalse(client.player.named)
        self.assertEqual(self.names(), [])

    def test_the_commitment_comes_before_the_first_bet(self) -> None:
        said = self.ann.said("")
        self.assertLess(said.index("commitment"), said.index("Your bet"))
        table = self.ann.connection._session.table
        assert table.commitment is not None
        self.assertIn(table.commitment, said)


class SimpleTests(Case):
    """Where nothing is bet, and nobody else is there, it does not matter who somebody is."""

    rules = SIMPLE

    def test_nobody_is_asked_for_a_name(self) -> None:
        client = self.nc()
        self.assertTrue(client.read().endswith("Press Enter to begin: "))
        self.assertIn("[Enter] deals", client.said("whatever"))


class NewNameTests(SigningIn):
    def test_new(self) -> None:
        said = self.asked(self.ann, NEW_WORD, "Ann")
        self.assertIn("Nobody is called Ann yet.", said)
        self.asked(self.ann, AGAIN, "sesame")
        said = self.ann.said("sesame")
        self.assertTrue(said.startswith("Welcome, Ann.\r\n"), said)
        self.assertIn("Your bet", said)
        self.assertEqual(self.names(), ["Ann"])
        self.assertEqual((self.ann.player.name, self.ann.player.chips), ("Ann", 1000))

    def test_two_words_that_differ(self) -> None:
        self.asked(self.ann, NEW_WORD, "Ann")
        said = self.asked(self.ann, NEW_WORD, "sesame", "sesam")
        self.assertIn("These were two different words.", said)
        self.assertEqual(self.names(), [])
        self.asked(self.ann, AGAIN, "sesame")
        self.assertIn("Welcome, Ann.", self.ann.said("sesame"))

    def test_a_word_that_is_too_short(self) -> None:
        """The same is asked again: the next try is not taken for a name, and shown."""
        said = self.asked(self.ann, NEW_WORD, "Ann", "x" * (MIN_WORD - 1))
        self.assertIn("A secret word has 4 to 128 characters.", said)
        self.assertNotIn("sesame", self.asked(self.ann, AGAIN, "sesame"))

    def test_a_word_that_is_too_long(self) -> None:
        said = self.asked(self.ann, NEW_WORD, "Ann", "x" * 129)
        self.assertIn("A secret word has 4 to 128 characters.", said)
        said = self.asked(self.ann, NEW_WORD, "x" * 300)
        self.assertIn("That line was too long, and nothing was done.", said)

    def test_enter_goes_back(self) -> None:
        self.asked(self.ann, NAME, "Ann", "")
        self.asked(self.ann, NEW_WORD, "Bob")
        self.asked(self.ann, AGAIN, "sesame")
        self.asked(self.ann, NEW_WORD, "")
        self.asked(self.ann, NAME, "")
        self.assertEqual(self.names(), [])

    def test_no_name(self) -> None:
        for line in ("a", "x" * 17, "--", "a  b", "dealer", "<b>", "12"):
            said = self.asked(self.ann, NAME, line)
            self.assertRegex(said, r"A name has|Dealer is a name that", line)

    def test_the_word_may_be_anything(self) -> None:
        """Even a command, but for the few that work everywhere; and blanks at its ends are a part
        of it."""
        for word in ("look", "/help", "quit ", " sesame "):
            name = f"Ann{len(word)}{word[1]}"
            client = self.nc()
            self.asked(client, AGAIN, name, word)
            self.assertIn(f"Welcome, {name}", client.said(word))
            self.back(name, word=word)

    def test_somebody_else_is_faster(self) -> None:
        self.asked(self.ann, AGAIN, "Ann", "sesame")
        self.named("Ann", word="rival's")
        said = self.asked(self.ann, NEW_WORD, "sesame")
        self.assertIn("Somebody else has just taken the name Ann; choose another.", said)
        self.asked(self.ann, NAME, "")


class OldNameTests(SigningIn):
    def setUp(self) -> None:
        super().setUp()
        self.named("Ann").vanish()

    def test_old(self) -> None:
        self.asked(self.ann, old_word("Ann"), "Ann")
        said = self.ann.said("sesame")
        self.assertTrue(said.startswith("Welcome back, Ann. You have 1,000 chips.\r\n"), said)

    def test_written_otherwise(self) -> None:
        self.asked(self.ann, old_word("aNN"), "aNN")
        self.assertIn("Welcome back, Ann.", self.ann.said("sesame"))

    def test_enter_goes_back(self) -> None:
        self.asked(self.ann, NAME, "Ann", "")

    def test_a_wrong_word(self) -> None:
        said = self.asked(self.ann, old_word("Ann"), "Ann", "wrong")
        self.assertIn("That is not the secret word of Ann.", said)
        self.assertIn("Welcome back, Ann.", self.ann.said("sesame"))

    def test_many_wrong_words(self) -> None:
        self.ann.type("Ann", *["wrong"] * 3)
        said = self.asked(self.ann, old_word("Ann"), "sesame")
        self.assertIn("Too many wrong words; wait", said)
        # Whoever plays as a guest does not wait, nor does anybody at another address.
        self.assertIn("Your bet", self.nc().said(""))
        self.back("Ann", self.nc(address=ELSEWHERE))
        self.pass_time(2.0)
        self.assertIn("Welcome back, Ann.", self.ann.said("sesame"))

    def test_gone_in_between(self) -> None:
        self.asked(self.ann, old_word("Ann"), "Ann")
        self.store.execute("DELETE FROM players")
        said = self.asked(self.ann, old_word("Ann"), "sesame")
        self.assertIn("Nobody is called Ann.", said)
        self.asked(self.ann, NAME, "")


class StoreTests(SigningIn):
    """A store that is out of reach, and one that takes its time."""

    def out_of_reach(self, question: str, line: str) -> None:
        """Type a line while the store is out of reach, and see that this is said, and what is asked
        then."""
        self.store.down = True
        said = self.asked(self.ann, question, line)
        self.assertIn("The store of players is out of reach.", said)
        self.store.down = False

    def test_out_of_reach_when_a_name_is_looked_up(self) -> None:
        self.out_of_reach(NAME, "Ann")
        self.named("Ann", self.ann)

    def test_out_of_reach_when_a_name_is_taken(self) -> None:
        self.asked(self.ann, AGAIN, "Ann", "sesame")
        self.out_of_reach(NEW_WORD, "sesame")
        self.assertIn("Welcome, Ann.", self.ann.said("sesame", "sesame"))

    def test_out_of_reach_when_a_word_is_checked(self) -> None:
        self.named("Ann").vanish()
        self.asked(self.ann, old_word("Ann"), "Ann")
        self.out_of_reach(old_word("Ann"), "sesame")
        self.assertIn("Welcome back, Ann.", self.ann.said("sesame"))

    def test_guests_need_no_store(self) -> None:
        self.store.down = True
        self.assertIn("Your bet", self.ann.said(""))

    def test_what_is_typed_ahead_waits(self) -> None:
        """Nothing is taken out of its turn, and nothing more is read than there is."""
        self.store.slow = True
        self.ann.said("Ann", "sesame", "sesame", "50", "?")
        self.assertEqual(self.ann.transport.producerState, "paused")
        self.assertEqual(self.ann.read(), "")
        self.assertTrue(self.ann.connection._session.busy)
        self.store.release()
        self.clock.advance(0)
        said = self.ann.read()
        where = [said.index(each) for each in ("Nobody is called", "Welcome, Ann.", "bet 50")]
        self.assertEqual(where, sorted(where))
        self.assertEqual(self.ann.transport.producerState, "producing")

    def test_nothing_is_asked_while_the_store_is(self) -> None:
        self.store.slow = True
        self.assertEqual(self.ann.said("Ann"), "")
        self.store.release()
        self.assertTrue(self.ann.read().endswith(NEW_WORD))

    def test_what_is_asked_when_the_store_has_answered(self) -> None:
        self.named("Bob").vanish()
        self.store.slow = True
        self.assertEqual(self.ann.said("Bob"), "")
        self.store.release()
        self.assertEqual(self.ann.read(), old_word("Bob"))

    def test_a_secret_word_that_is_typed_ahead(self) -> None:
        """It is not shown either."""
        self.named("Bob").vanish()
        client = self.telnet()
        self.store.slow = True
        client.press(*"Bob", "\r\0", *"sesame", "\r\0")
        client.read()
        self.store.slow = False
        self.store.release()
        said = client.read()
        self.assertTrue(said.startswith(f"{old_word('Bob')}\r\nWelcome back, Bob."), said)

    def test_leaving_while_the_store_is_asked(self) -> None:
        """Nobody is let in who has gone, at whichever step."""
        for lines in (["Bob"], ["Bob", "sesame", "sesame"], ["Ann"], ["Ann", "sesame"]):
            for how in ("vanishes", "is stopped", "is idle"):
                with self.subTest(lines=lines, how=how):
                    self.left_while_asked(lines, how)

    def left_while_asked(self, lines: list[str], how: str) -> None:
        self.setUp()
        self.ann.vanish()
        self.named("Ann").vanish()
        self.pass_time(31)
        client = self.nc()
        client.type(*lines[:-1])
        self.store.slow = True
        client.type(lines[-1])
        session = client.connection._session
        if lines[-1] == "sesame" and len(lines) == 2:
            # The word has been found; now the name is taken.
            held, self.store.held = self.store.held, []
            held[0]()
        self.assertTrue(session.busy)
        if how == "vanishes":
            client.vanish()
        elif how == "is stopped":
            client.connection.drain()
            self.assertIn("The server is being stopped.\r\nGoodbye.\r\n", client.read())
            self.assertTrue(client.closed)
        else:
            self.pass_time(300 + 60 + 2)
            self.assertIn("Are you still there?", client.read())
            self.assertTrue(client.closed)
        self.assertIs(session.state, State.GONE)
        self.store.slow = False
        self.store.release()
        client.vanish()
        self.assertNothingLeft()


class AsideTests(SigningIn):
    """What works everywhere, works before one has said who one is."""

    def test_each(self) -> None:
        for line, said in (
            ("help", "[h]it"),
            ("HELP", "[h]it"),
            ("/help", "[h]it"),
            ("help me", "[h]it"),
            ("rules", "Nearest to 21"),
            ("stats", "You have not played yet."),
            ("colour off", "Colours are off."),
            ("color on", "Colours are on."),
            ("unicode", "A"),
            ("unicode off", "Cards are written as AS."),
            ("prompts off", "The ends of prompts are not marked."),
            ("keys maybe", "Expected on or off, not 'maybe'."),
            ("reader", "Everything is said in plain sentences."),
        ):
            self.assertIn(said, self.asked(self.ann, NAME, line), line)
        self.assertIn("Your bet: ", self.ann.said(""))

    def test_quit(self) -> None:
        for word in ("quit", "exit", "Bye"):
            client = self.nc()
            self.assertEqual(client.said(word), "Goodbye.\r\n")
            self.assertTrue(client.closed)
            client.vanish()
        self.ann.vanish()
        self.assertNothingLeft()

    def test_where_a_secret_word_is_asked_for(self) -> None:
        for lines, question in ((["Ann"], NEW_WORD), (["Ann", "sesame"], AGAIN)):
            client = self.nc()
            client.type(*lines)
            self.assertIn("[h]it", self.asked(client, question, "help"))
            self.assertIn("Nearest to 21", self.asked(client, question, "Rules"))
            self.assertIn("You have not played yet.", self.asked(client, question, "stats"))
            self.assertEqual(client.said("quit"), "Goodbye.\r\n")
        self.named("Bob")
        client = self.nc()
        client.type("Bob")
        self.assertIn("[h]it", self.asked(client, old_word("Bob"), "help"))
        self.assertEqual(client.said("QUIT"), "Goodbye.\r\n")

    def test_first_letters_are_a_name(self) -> None:
        self.assertIn("Nobody is called qui yet.", self.ann.said("qui"))

    def test_interrupt(self) -> None:
        self.ann.read()
        self.ann.send(b"An\x03")
        self.assertIn("Type quit to leave.", self.ann.read())
        self.ann.said("Ann")
        self.ann.send(b"\x03")
        self.assertIn("Press Enter to go back.", self.ann.read())

    def test_end(self) -> None:
        for lines in ([], ["Ann"], ["Ann", "sesame"], [""]):
            client = self.nc()
            client.said(*lines)
            client.send(b"\x04")
            self.assertTrue(client.read().endswith("Goodbye.\r\n"))
            self.assertTrue(client.closed)


class HiddenTests(SigningIn):
    """A secret word is not shown, where that can be brought about."""

    def test_a_client_in_line_mode(self) -> None:
        """ECHO alone, around the question."""
        client = self.telnet(names=())
        client.read()
        client.commands.clear()
        client.type("Ann")
        self.assertIn(NEW_WORD, client.read())
        self.assertEqual(client.commands[0], negotiated(WILL, ECHO))
        self.assertNotIn(SGA, client.ours)
        client.commands.clear()
        client.type("sesame")
        # Nobody has shown that Enter was pressed.
        self.assertEqual(client.read(), f"\r\n{AGAIN}")
        self.assertNotIn(ECHO, [each[-1] for each in client.commands])
        client.type("sesame")
        self.assertTrue(client.read().startswith("\r\nWelcome, Ann."))
        self.assertIn(negotiated(WONT, ECHO), client.commands)
        self.assertEqual(client.ours & {ECHO, SGA}, set())
        client.commands.clear()
        client.type("10")
        client.read()
        self.assertNotIn(ECHO, [each[-1] for each in client.commands])

    def test_seen_again_while_the_store_is_asked(self) -> None:
        client = self.telnet(names=())
        client.type("Ann", "sesame")
        self.store.slow = True
        client.type("sesame")
        self.assertNotIn(ECHO, client.ours)
        self.store.release()
        self.assertIn("Welcome, Ann.", client.read())

    def test_a_client_in_character_mode(self) -> None:
        client = self.telnet()
        client.press(*"Ann")
        self.assertTrue(client.read().endswith("Ann"))
        client.press("\r\0")
        client.read()
        client.press(*"sesame")
        self.assertEqual(client.read(), "")
        client.press("\x7f", "\x15", *"sesame", "\r\0")
        self.assertEqual(client.read(), f"\r\n{AGAIN}")
        client.press(*"sesame", "\r\0")
        self.assertIn("Welcome, Ann.", client.read())
        self.assertTrue(client.character_mode)
        client.press(*"12")
        self.assertEqual(client.read(), "12")

    def test_nc(self) -> None:
        """Nothing can be done about it; but no telnet is spoken to nc."""
        before = len(self.ann.commands)
        self.ann.type("Ann", "sesame", "sesame")
        self.ann.read()
        self.assertEqual(self.ann.commands[before + 4 :], [])

    def test_a_client_that_refuses(self) -> None:
        client = self.telnet(names=(), agrees=[])
        self.named("Ann", client)
        self.assertIn("Your turn", client.said("10", "n"))


class NarrowTests(SigningIn):
    def test_questions_are_as_wide_as_the_window(self) -> None:
        self.named("Maximilian Josef")
        client = self.telnet(names=(), size=(40, 24))
        client.type("Maximilian Josef")
        self.assertEqual(
            client.screen()[-2:], ["Secret word of Maximilian Josef, or", "Enter for another name:"]
        )

    def test_letters_that_cannot_be_shown(self) -> None:
        said = self.ann.said("Jürgen")
        self.assertIn("Nobody is called Jurgen yet.", said)
        self.ann.said("sesame", "sesame")
        self.assertIn("Secret word of Jurgen", self.nc().said("Jürgen"))
