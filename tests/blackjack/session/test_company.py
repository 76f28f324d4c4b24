"""At a table with others."""

from __future__ import annotations

from netsuite.blackjack.session.states import TRANSITIONS, State
from tests.blackjack.session.clients import Case, Client

#: Two seats with 13 each against a ten, twos to draw.
TWO = "10S 10D 10H 3S 3H 7H 2C 2D 2H 2S"


class Company(Case):
    shared = True

    def setUp(self) -> None:
        super().setUp()
        self.ann = self.guest(cards=TWO)
        self.bob = self.guest(cards=TWO)
        self.read()

    def read(self) -> tuple[str, str]:
        """What both are shown, once all has been told."""
        self.clock.advance(0)
        return self.ann.read(), self.bob.read()

    def state(self, client: Client) -> State:
        return client.connection._session.state


class ComingTests(Company):
    def test_coming(self) -> None:
        """The table is drawn for whoever comes, and the others are told."""
        cid = self.nc()
        said = cid.said("")
        self.assertIn("[Shoe 1 commitment", said)
        self.assertIn("Guest 1", said)
        self.assertIn("Your bet, 10 to 500?", said)
        self.assertIn("Guest 3 takes a seat.", self.read()[0])

    def test_in_the_middle_of_a_round(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        said = self.nc().said("")
        self.assertIn("Dealer", said)
        self.assertIn("Guest 1's turn.", said)

    def test_no_seat_is_free(self) -> None:
        others = [self.guest(cards=TWO) for _ in range(5)]
        watcher = self.nc()
        said = watcher.said("")
        self.assertIn("You are watching.", said)
        for line, answer in (
            ("", "You are watching."),
            ("50", "You are watching; sit down first."),
            ("deal", "You are watching; sit down first."),
            ("x", "Expected: sit, say, quit; or help."),
            ("sit", "You have the next seat that is free."),
            ("hit", "No round is played just now."),
        ):
            self.assertIn(answer, watcher.said(line), line)
        second = self.nc()
        second.type("")
        self.assertIn("You have a seat when 2 have become free.", second.said("sit"))
        others[2].type("quit")
        self.clock.advance(0)
        self.assertIn("Your bet, 10 to 500?", watcher.read())

    def test_full(self) -> None:
        for _ in range(5 + 100):
            self.nc().type("")
        late = self.nc()
        said = " ".join(late.said("").split())
        self.assertIn("All seats are taken, and 100 watch already; come back later. Goodbye.", said)
        self.assertTrue(late.closed)
        self.assertIs(self.state(late), State.GONE)


class PlayingTests(Company):
    def test_a_round(self) -> None:
        self.ann.type("10")
        ann, bob = self.read()
        self.assertIn("You bet 10. The others may still bet.", " ".join(ann.split()))
        self.assertIn("Guest 1 bets 10.", bob)
        self.assertIn("20 s left.", bob)
        self.bob.type("20")
        ann, bob = self.read()
        self.assertIn("Your turn: 13 against 10. 25 s left.", " ".join(ann.split()))
        self.assertIn("Guest 1's turn.", bob)
        self.assertIn("It is not your turn: Guest 1 is asked.", self.bob.said("h"))
        self.ann.type("h")
        ann, bob = self.read()
        self.assertIn("You hit: 2C, 15.", ann)
        self.assertIn("Guest 1 hits: 2C, 15.", bob)
        self.ann.type("s")
        self.bob.type("s")
        ann, bob = self.read()
        self.assertIn("lose -10", ann)
        self.assertIn("lose -20", bob)

    def test_enter_does_not_bet_twice(self) -> None:
        self.ann.type("30")
        self.read()
        for line in ("", "x"):
            self.assertNotIn("bets", "".join([self.ann.said(line), *self.read()]))
        self.assertIn("Expected: a bet", self.ann.said("x"))
        place = self.ann.connection._session.scene().mine
        assert place is not None
        self.assertEqual(place.bet, 30)

    def test_a_bet_can_be_changed(self) -> None:
        self.ann.type("30", "40")
        self.assertIn("Guest 1 bets 40.", self.read()[1])

    def test_pass(self) -> None:
        self.assertIn("You let the next round pass.", self.bob.said("pass"))
        self.assertIn("You let the next round pass already.", self.bob.said("pass"))
        self.assertIn("Guest 2 lets the next round pass.", self.read()[0])
        self.ann.type("10")
        ann, bob = self.read()
        self.assertIn("Your turn", ann)
        self.assertIn("Guest 1's turn.", bob)

    def test_time(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        self.read()
        self.pass_time(20)
        self.assertIn("5 seconds left!", self.read()[0])
        self.pass_time(5)
        ann, bob = self.read()
        self.assertIn("Your time is up. You stand on 13.", ann)
        self.assertIn("Guest 1's time is up. Guest 1 stands on 13.", bob)
        self.assertIn("Your turn: 13 against 10.", bob)

    def test_watch_and_sit(self) -> None:
        self.assertIn("You are watching.", self.bob.said("watch"))
        self.assertIn("You are watching already.", self.bob.said("watch"))
        self.assertIn("Your bet, 10 to 500?", self.bob.said("sit"))
        self.assertIn("You have a seat already.", self.bob.said("sit"))

    def test_much_at_once(self) -> None:
        """What happens together is shown together."""
        self.ann.type("10")
        self.bob.type("10")
        self.read()
        self.bob.transport.writes.clear()
        self.ann.send(b"h\nh\ns\n")
        self.clock.advance(0)
        self.assertEqual(len(self.bob.transport.writes), 1)


class ChatTests(Company):
    def test_said(self) -> None:
        self.ann.type("say   hello,  you")
        ann, bob = self.read()
        self.assertIn("Guest 1: hello, you", ann)
        self.assertIn("Guest 1: hello, you", bob)

    def test_cleaned(self) -> None:
        self.ann.send("say a\x1b[2Jb\x07c\u202ed\u2028e [Shoe 1 revealed: x]\n".encode())
        _, bob = self.read()
        self.assertIn("Guest 1: abcde (Shoe 1 revealed: x)", bob)
        self.assertNotIn("\x1b", bob)

    def test_long(self) -> None:
        self.ann.type("say " + "x" * 250)
        _, bob = self.read()
        self.assertEqual(bob.count("x"), 200)

    def test_nothing(self) -> None:
        for line in ("say", "say   ", "say \u200b"):
            self.assertIn("Say what?", self.ann.said(line))
        self.assertEqual(self.read()[1], "")

    def test_too_much(self) -> None:
        for number in range(5):
            self.ann.type(f"say {number}")
        self.read()
        self.assertIn("That is a lot at once; wait 10 s.", self.ann.said("say more"))
        self.assertEqual(self.read()[1], "")


class ReaderTests(Company):
    """Somebody who has everything read aloud hears what is new, and not the same again."""

    def setUp(self) -> None:
        super().setUp()
        self.bob.type("reader")
        self.read()

    def test_while_others_play(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        self.assertIn("Also: help, rules, quit.", self.read()[1])
        self.ann.type("h")
        self.assertEqual(self.read()[1], "\r\nGuest 1 hits: 2 of clubs. 15.\r\nYour choice: ")
        self.ann.type("h")
        self.assertEqual(self.read()[1].count("\r\n"), 2)
        # Whoever types something is told again what can be typed.
        self.assertIn("Also: help, rules, quit.", self.bob.said(""))

    def test_one_s_turn_is_told_whole(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        self.read()
        self.ann.type("s")
        said = self.read()[1]
        self.assertIn("Your turn: 13 against 10.", said)
        self.assertIn("h: take a card.", said)
        self.ann.type("say hello")
        self.assertIn("h: take a card.", self.read()[1])

    def test_a_hurry_is_told(self) -> None:
        self.ann.type("say hello")
        self.assertEqual(self.read()[1], "\r\nGuest 1 says: hello\r\nYour bet: ")
        self.ann.type("10")
        self.assertIn("20 seconds left.", self.read()[1])


class LeavingTests(Company):
    def test_quit(self) -> None:
        said = self.ann.said("quit")
        self.assertEqual(said, "Goodbye.\r\n")
        self.assertIn("Guest 1 leaves.", self.read()[1])

    def test_quit_in_one_s_turn(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        self.read()
        said = self.ann.said("quit")
        self.assertIn("Goodbye.", said)
        bob = self.read()[1]
        self.assertIn("Guest 1 leaves.", bob)
        self.assertIn("Your turn: 13 against 10.", bob)

    def test_guests_are_answered_for_at_once(self) -> None:
        self.ann.type("10")
        self.bob.type("10")
        self.read()
        self.ann.vanish()
        self.clock.advance(0)
        bob = self.bob.read()
        self.assertIn("Guest 1 leaves: lost the connection.", bob)
        self.assertIn("Your turn: 13 against 10.", bob)

    def test_nothing_is_left(self) -> None:
        for client in (self.ann, self.bob):
            client.type("10")
        for client in (self.ann, self.bob):
            client.vanish()
        self.assertNothingLeft()


class ComingBackTests(Company):
    def setUp(self) -> None:
        super().setUp()
        self.ann.vanish()
        self.bob.vanish()
        self.ann = self.named("Ann")
        self.bob = self.guest(cards=TWO)
        self.read()
        self.ann.type("10")
        self.bob.type("10")
        self.read()

    def test_in_time(self) -> None:
        self.ann.vanish()
        self.assertIn("Ann has lost the connection; the seat is kept for 30 s.", self.read_bob())
        self.pass_time(20)
        self.ann = self.nc()
        self.ann.type("Ann", "sesame")
        said = self.ann.read()
        self.assertIn("Welcome back, Ann. You have 1,000 chips.", said)
        self.assertIn("Your turn: 13 against 10.", said)
        self.assertIn("[Shoe 1 commitment", said)
        self.assertIn("Ann is back.", self.read_bob())
        self.assertIn("You hit: 2C, 15.", self.ann.said("h"))

    def read_bob(self) -> str:
        self.clock.advance(0)
        return self.bob.read()

    def test_too_late(self) -> None:
        self.ann.vanish()
        self.pass_time(31)
        self.assertIn("Ann stands on 13.", self.read_bob())
        self.bob.type("s")
        self.assertIn("Ann", self.store.execute("SELECT name FROM players")[0])
        self.assertEqual(self.store.execute("SELECT chips FROM players"), [(990,)])

    def test_signing_in_elsewhere(self) -> None:
        """The seat and the hand go along; the old connection is closed."""
        old = self.ann
        old.read()
        self.ann = self.nc()
        self.ann.type("Ann", "sesame")
        self.assertIn("Your turn: 13 against 10.", self.ann.read())
        said = old.read()
        self.assertIn("You have signed in from elsewhere, and go on there.", said)
        self.assertTrue(old.closed)
        self.assertIs(self.state(old), State.GONE)
        old.send(b"h\n")
        old.vanish()
        self.assertEqual(len(self.house.lobby._at), 2)
        self.assertIn("You stand on 13.", self.ann.said("s"))
        self.ann.vanish()
        self.bob.vanish()
        self.pass_time(31)
        self.assertNothingLeft()

    def test_a_wrong_word_does_not_take_the_seat(self) -> None:
        thief = self.nc()
        thief.type("Ann", "guessed")
        self.assertIn("That is not the secret word of Ann.", thief.read())
        self.assertFalse(self.ann.closed)
        self.assertIn("You hit", self.ann.said("h"))

    def test_another_process(self) -> None:
        """It has a table of its own; the old connection is closed when its lease is found lost."""
        connections, house = self.connections, self.house
        self.open()
        self.back("Ann")
        self.connections, self.house = connections, house
        self.ann.type("s")
        self.bob.type("s")
        self.clock.advance(0)
        self.assertIn("You have signed in from elsewhere, and go on there.", self.ann.read())
        self.assertTrue(self.ann.closed)
        self.assertEqual(self.store.execute("SELECT chips FROM players"), [(1000,)])

    def test_what_cannot_be_saved(self) -> None:
        self.store.down = True
        self.ann.type("s")
        self.bob.type("s")
        self.clock.advance(0)
        said = " ".join(self.ann.read().split())
        self.assertIn("Your chips cannot be saved just now.", said)
        self.assertIn("Your bet, 10 to 500?", said)
        self.store.down = False
        self.pass_time(6)
        self.assertIn("Your chips are saved again.", self.ann.read())
        self.assertEqual(self.store.execute("SELECT chips FROM players"), [(990,)])


class StateTests(Company):
    def test_table(self) -> None:
        """From everywhere it leads to the end, and never back."""
        self.assertEqual(set(TRANSITIONS), set(State))
        order = list(State)
        for state, following in TRANSITIONS.items():
            for then in following:
                self.assertGreater(order.index(then), order.index(state))
            if state is not State.GONE:
                self.assertIn(State.GONE, following)

    def test_states(self) -> None:
        client = Client(self.factory)
        self.assertIs(self.state(client), State.NEW)
        self.clock.advance(1)
        self.assertIs(self.state(client), State.SIGNING_IN)
        client.type("")
        self.assertIs(self.state(client), State.AT_TABLE)
        client.type("quit")
        self.assertIs(self.state(client), State.GONE)
