"""What is typed at a table of one's own: every command, and every refusal."""

from __future__ import annotations

from datetime import date

import attrs

from tests.blackjack.session.clients import SIMPLE, VEGAS, Case, Client

#: Pairs, soft hands, an ace or a ten up: whatever a choice needs.
PAIR = "8S 6H 8H 10H 3C 2D 10C 9D 9H"
AGAINST_AN_ACE = "10S AH 8S 7H 2C"
NATURAL_AGAINST_AN_ACE = "AS AH KS 7H 2C"


class Deeds(Case):
    def expect(self, client: Client, line: str, *parts: str) -> str:
        """Type a line, see that all of some texts are in what is answered, and return that."""
        said = client.said(line)
        for part in parts:
            self.assertIn(part, said, line)
        return said


class ChoiceTests(Deeds):
    """One's turn."""

    def test_words_letters_and_other_words(self) -> None:
        for hit, stand in (
            ("hit", "stand"),
            ("h", "s"),
            ("HIT", "St"),
            ("hi", "stay"),
            ("/h", "/S"),
        ):
            client = self.playing()
            self.expect(client, hit, "You hit: 2C, 18.", "Your turn: 18 against 10.")
            self.expect(client, f"  {stand}  ", "You stand on 18.", "win +10", "1,010 chips")
            self.assertEqual(client.player.chips, 1010)

    def test_what_follows_a_choice_does_not_matter(self) -> None:
        self.expect(self.playing(), "hit me once more", "You hit: 2C, 18.")

    def test_double(self) -> None:
        self.expect(self.playing(), "double", "You double: 2C, 18.", "win +20", "1,020 chips")

    def test_split(self) -> None:
        client = self.playing(cards=PAIR)
        self.expect(client, "p", "You split: 3C", "Hand 1 of 2: 11 against 6.")
        self.expect(client, "d", "You double on hand 1: 2D, 13.", "Hand 2: 8H 10C, 18.")
        self.expect(client, "s", "You stand on hand 2: 18.", "this round +30")

    def test_surrender(self) -> None:
        self.rules = attrs.evolve(VEGAS, surrender="late")
        self.open()
        self.expect(self.playing(), "r", "You surrender.", "surrendered -5", "995 chips")

    def test_insurance(self) -> None:
        client = self.guest(cards=AGAINST_AN_ACE)
        self.expect(client, "10", "Insurance for 5?", "[y]es", "[n]o")
        self.expect(client, "s", "First say whether you insure your bet.", "Insurance for 5?")
        self.expect(client, "n", "You take no insurance.", "Your turn: 18 against an ace.")
        client = self.guest(cards=AGAINST_AN_ACE)
        self.expect(client, "10", "Insurance for 5?")
        self.expect(client, "insure", "You insure the bet.", "Your turn: 18")
        client = self.guest(cards=NATURAL_AGAINST_AN_ACE)
        self.expect(client, "10", "Insure it for 5, for even money?")
        self.expect(client, "y", "blackjack +15", "insurance -5")

    def test_early_surrender(self) -> None:
        self.rules = attrs.evolve(VEGAS, surrender="early")
        self.open()
        for line, done in (
            ("p", "You play on."),
            ("play", "You play on."),
            ("r", "You surrender."),
        ):
            client = self.guest()
            self.expect(client, "10", "Surrender before the dealer looks?", "[p]lay")
            self.expect(client, line, done)

    def test_refused(self) -> None:
        client = self.playing()
        for line, reason in (
            ("split", "pair"),
            ("yes", "That is asked only before the hands are played."),
            ("50", "A round is being played; bets are placed when it is over."),
            ("bet 50", "A round is being played"),
            ("deal", "A round is being played"),
            ("sit", "You have a seat already."),
            ("pass", "A round is being played"),
            ("watch", "Nobody else plays at this table; quit leaves it."),
            ("say hello", "Nobody else is at this table."),
            ("say", "Say what? Type it behind the word"),
        ):
            self.expect(client, line, reason, "Your turn: 16 against 10.")

    def test_not_my_turn(self) -> None:
        client = self.guest()
        for line in ("hit", "stand", "double", "split", "surrender", "yes", "no", "play"):
            self.expect(client, line, "No round is played just now.", "Your bet, 10 to 500?")
        self.expect(client, "?", "There is nothing to choose for you just now.")

    def test_advice(self) -> None:
        client = self.playing()
        for line in ("?", "advice", "adv", "/?"):
            self.expect(client, line, "Best: ", "hit", "stand", "double", "Your turn: 16")

    def test_enter_asks_again(self) -> None:
        client = self.playing()
        self.assertEqual(
            client.said("").splitlines()[0], "Your turn: 16 against 10. Type a letter, then Enter."
        )


class BetTests(Deeds):
    def test_bets(self) -> None:
        for line, bet in (
            ("50", 50),
            ("bet 50", 50),
            ("b 50", 50),
            ("500", 500),
            ("0010", 10),
            ("/25", 25),
            ("BET  20 ", 20),
        ):
            self.expect(self.guest(), line, f"bet {bet}", "Your turn")

    def test_a_bet_as_we_write_it(self) -> None:
        client = self.guest()
        self.expect(client, "1,000", "Bets are 10 to 500, in whole chips.")

    def test_no_bets(self) -> None:
        client = self.guest()
        for line in ("0", "9", "501", "999999999999999", "bet 0"):
            self.expect(client, line, "Bets are 10 to 500, in whole chips.", "Your bet, 10 to 500?")
        for line in (
            *(
                "-5",
                "+50",
                "1e3",
                "5.5",
                "$50",
                "\N{ARABIC-INDIC DIGIT THREE}",
                "50 60",
                "50x",
                "9" * 20,
                "bet",
                "bet x",
            ),
            *("bet -5", "bet 9,9", "1,00", ",500", "50,"),
        ):
            said = client.said(line)
            self.assertTrue(
                "A bet is a whole number of chips, such as 50." in said
                or "is nothing that can be done here. Expected: a bet, such as 50" in said,
                (line, said),
            )
            self.assertEqual(client.player.chips, 1000)
        self.assertTrue(client.connection._session.table.idle)

    def test_more_than_there_is(self) -> None:
        client = self.guest()
        client.player.chips = 30
        self.expect(client, "40", "You have 30 chips left.", "Your bet, 10 to 30?")

    def test_enter(self) -> None:
        """It bets as little as possible at first, and as before from then on."""
        client = self.guest()
        self.expect(client, "", "bet 10")
        client.type("s")
        self.expect(client, "70", "bet 70")
        while not client.connection._session.table.idle:
            client.type("s")
        self.assertIn("[Enter] 70 again", client.said("look"))
        self.expect(client, "", "bet 70")

    def test_a_bet_that_was_refused_is_not_repeated(self) -> None:
        client = self.guest()
        client.type("600")
        self.expect(client, "", "bet 10")

    def test_deal(self) -> None:
        for word in ("deal", "dea", "/deal"):
            self.expect(self.guest(), word, "bet 10")

    def test_a_slash_alone_bets_nothing(self) -> None:
        client = self.guest()
        self.expect(client, "/", "Type a command behind /, such as /help.", "Your bet")
        self.assertTrue(client.connection._session.table.idle)

    def test_the_last_bet_is_too_much_now(self) -> None:
        client = self.guest()
        client.type("100", "s")
        client.player.chips = 60
        for line in ("", "deal"):
            self.expect(
                client,
                line,
                "Your last bet was 100, and you have 60 chips left; bet less, or type refill",
                "Your bet, 10 to 60?",
            )
        self.expect(client, "60", "bet 60")

    def test_too_few_chips_for_any(self) -> None:
        client = self.guest()
        client.player.chips = 9
        for line in ("", "10", "5", "deal"):
            said = self.expect(client, line, "smallest bet is 10", "[refill]")
            self.assertIn("refill gives you free chips", " ".join(said.split()))

    def test_a_thousand_is_written_as_it_is_typed(self) -> None:
        self.rules = attrs.evolve(VEGAS, max_bet=5000, bankroll=9000)
        self.open()
        client = self.guest()
        self.expect(client, "look", "Your bet, 10 to 5,000?")
        self.expect(client, "2,500", "bet 2,500")


class SimpleTests(Deeds):
    """Without bets."""

    rules = SIMPLE

    def test_enter_deals(self) -> None:
        client = self.guest()
        self.expect(client, "", "[h]it", "[s]tand")
        self.expect(client, "s", "You stand on 16.", "[Enter] deals")
        self.expect(client, "deal", "[h]it")

    def test_bets_are_refused(self) -> None:
        client = self.guest()
        for line in ("50", "bet 50", "bet", "-5"):
            self.expect(client, line, "There are no bets in this game; press Enter for cards.")
        self.expect(client, "x", "Expected: deal; or help.")

    def test_double(self) -> None:
        client = self.guest()
        client.type("")
        self.assertIn("Your turn: 16", client.said("double"))


class MistypedTests(Deeds):
    def test_at_the_betting(self) -> None:
        client = self.guest()
        self.expect(
            client,
            "qwerty",
            "'qwerty' is nothing that can be done here. Expected: a bet, such as 50,",
        )

    def test_at_one_s_turn(self) -> None:
        client = self.playing()
        said = " ".join(client.said("qwerty").split())
        self.assertIn("Expected: hit, stand, double, ?; or help.", said)

    def test_ambiguous(self) -> None:
        client = self.guest()
        self.expect(client, "re", "'re' may be refill or reader: type more of it.")
        self.expect(client, "st", "'st' may be stand or stats: type more of it.")
        # At one's turn, what may be done then is meant.
        client.type("10")
        self.expect(client, "st", "You stand on 16.")

    def test_what_was_typed_is_shown_with_care(self) -> None:
        client = self.guest()
        client.send(b"\x1b]0;title\x07\x1b[2Jx\xe2\x80\xaey\xfe\n")
        said = client.read()
        self.assertNotIn("\x1b", said)
        self.assertNotIn("\u202e", said)
        self.assertIn("is nothing that can be done here", said)
        said = client.said("x" * 100)
        self.assertIn("xxxxxxxxxxxxxxxxxxxx", said)
        self.assertNotIn("x" * 30, said)

    def test_a_line_that_is_too_long(self) -> None:
        client = self.playing()
        self.expect(client, "hit " + "x" * 300, "That line was too long, and nothing was done.")
        self.expect(client, "h", "You hit: 2C, 18.")


class TextTests(Deeds):
    """What can be asked at any time."""

    def everywhere(self) -> list[Client]:
        return [self.guest(), self.playing()]

    def test_help(self) -> None:
        for client in self.everywhere():
            said = self.expect(client, "help", "[h]it", "[quit]")
            self.assertTrue(said.endswith("> "))

    def test_rules(self) -> None:
        for client in self.everywhere():
            self.expect(
                client, "rules", "The rules of this table: vegas.", "With best play the house wins"
            )

    def test_stats(self) -> None:
        client = self.playing()
        client.type("s")
        self.expect(client, "stats", "Guest", "rounds      1", "chips")

    def test_look(self) -> None:
        client = self.playing()
        self.expect(client, "look", "Dealer", "Your turn: 16 against 10.")

    def test_fair(self) -> None:
        client = self.guest()
        self.expect(client, "fair", "[Shoe 1 commitment", "netsuite blackjack verify")

    def test_top(self) -> None:
        client = self.guest()
        self.expect(client, "top", "Nobody with a name has played yet.")
        ann = self.named("Ann")
        self.stack(ann)
        ann.type("10", "h", "s")
        self.expect(client, "top", "Ann", "1,010")
        self.expect(ann, "top", "> 1.  Ann")

    def test_the_store_is_out_of_reach(self) -> None:
        client = self.playing()
        self.store.down = True
        self.expect(
            client,
            "top",
            "The store of players is out of reach, so this was not done.",
            "Your turn",
        )

    def test_the_store_takes_its_time(self) -> None:
        """What is typed in the meantime waits; what happens in the meantime is shown."""
        client = self.playing()
        self.store.slow = True
        self.assertEqual(client.said("top", "h"), "")
        self.store.release()
        self.clock.advance(0)
        said = client.read()
        self.assertLess(said.index("Nobody with a name"), said.index("You hit: 2C, 18."))

    def test_quit(self) -> None:
        client = self.guest()
        said = client.said("quit")
        self.assertEqual(said.splitlines()[-1], "Goodbye.")
        self.assertTrue(client.closed)
        client.vanish()
        self.assertNothingLeft()

    def test_quit_in_a_round(self) -> None:
        """The hand is stood, and one sees what comes of it."""
        client = self.playing()
        said = client.said("quit", "hit", "50")
        self.assertIn("You stand on 16.", said)
        self.assertNotIn("Your time is up", said)
        self.assertIn("lose -10", said)
        self.assertIn("[Shoe 1 revealed:", said)
        self.assertTrue(said.endswith("Goodbye.\r\n"))
        self.assertEqual(client.player.record.rounds, 1)
        self.assertEqual(client.said("h"), "")
        client.vanish()
        self.assertNothingLeft()


class SavingTests(Deeds):
    """What is played for is on the disk before it is staked again."""

    def setUp(self) -> None:
        super().setUp()
        self.ann = self.named("Ann")
        self.stack(self.ann)
        self.ann.type("10", "h")
        self.store.slow = True
        self.expect(self.ann, "s", "win +10", "Your bet, 10 to 500?")

    def test_a_bet_waits_until_the_last_round_is_saved(self) -> None:
        for line in ("20", "", "deal"):
            self.setUp()
            self.assertEqual(self.ann.said(line, "s"), "")
            self.assertTrue(self.ann.connection._session.table.idle)
            self.store.held.pop()()
            self.assertEqual(self.store.execute("SELECT chips FROM players"), [(1010,)])
            self.clock.advance(0)
            self.assertIn("You stand on", self.ann.read())

    def test_or_cannot_be(self) -> None:
        self.ann.type("20")
        self.store.down = True
        self.store.release()
        said = " ".join(self.ann.read().split())
        self.assertIn("Your chips cannot be saved just now.", said)
        self.assertIn("bet 20", said)

    def test_a_bet_that_is_none(self) -> None:
        self.ann.type("600")
        self.store.release()
        said = self.ann.read()
        self.assertIn("Bets are 10 to 500, in whole chips.", said)
        self.assertTrue(said.endswith("> "))

    def test_nothing_else_waits(self) -> None:
        self.expect(self.ann, "stats", "rounds      1")

    def test_keys_are_keys_at_once(self) -> None:
        client = self.telnet()
        self.store.slow = False
        self.store.release()
        self.back("Ann", client)
        self.stack(client)
        client.type("10")
        self.store.slow = True
        client.press("s")
        client.type("20")
        self.store.slow = False
        self.store.release()
        self.assertIn("Press a key.", client.read())

    def test_gone_in_the_meantime(self) -> None:
        self.ann.type("20")
        self.ann.vanish()
        self.store.slow = False
        self.store.release()
        self.pass_time(31)
        self.assertNothingLeft()


class RefillTests(Deeds):
    def test_guest(self) -> None:
        client = self.guest()
        self.expect(client, "refill", "Chips are filled up to 1,000, and you have 1,000.")
        client.player.chips = 3
        self.expect(client, "refill", "You have 1,000 chips again.", "Your bet, 10 to 500?")
        client.player.chips = 3
        self.expect(client, "refill", "A guest gets free chips once.")

    def test_named(self) -> None:
        client = self.named("Ann")
        client.player.chips = 3
        self.house.today = lambda: date(2026, 1, 31)
        self.expect(client, "refill", "You have 1,000 chips again.")
        self.assertEqual(
            self.store.execute("SELECT chips, refilled FROM players"), [(1000, "2026-01-31")]
        )
        client.player.chips = 3
        self.expect(client, "refill", "You have had the free chips of today.")
        self.house.today = lambda: date(2026, 2, 1)
        self.expect(client, "refill", "You have 1,000 chips again.")


class SwitchTests(Deeds):
    def test_tutor(self) -> None:
        client = self.playing()
        self.expect(client, "tutor on", "You are told whenever another choice was better.")
        self.expect(client, "s", "Better: hit")
        self.expect(client, "tutor off", "You are left alone with your choices")
        self.stack(client)
        client.type("10")
        self.assertNotIn("Better", client.said("s"))

    def test_tutor_says_nothing_of_the_best_choice(self) -> None:
        client = self.playing()
        client.type("tutor")
        self.assertNotIn("Better", client.said("h"))

    def test_tutor_says_nothing_of_what_was_refused(self) -> None:
        client = self.playing()
        client.type("tutor")
        self.assertNotIn("Better", client.said("split"))

    def test_tutor_from_the_beginning(self) -> None:
        self.tutor = True
        self.open()
        self.expect(self.playing(), "s", "Better: hit")

    def test_on_or_off(self) -> None:
        client = self.guest()
        for word in ("tutor", "keys", "colour", "unicode", "reader", "prompts"):
            self.expect(client, f"{word} maybe", "Expected on or off, not 'maybe'.")

    def test_unicode(self) -> None:
        client = self.playing()
        said = self.expect(client, "unicode on", "Cards are drawn as A♠.")
        self.assertIn("╭─────╮", said)
        said = self.expect(client, "unicode off", "Cards are written as AS.")
        self.assertIn(".-----.", said)

    def test_colour(self) -> None:
        client = self.playing()
        client.type("colour on")
        self.assertIn(b"\x1b[1m", client.take())
        client.type("colour off", "look")
        *_, after = client.take().partition(b"Colours are off.")
        self.assertNotIn(b"\x1b", after)

    def test_reader(self) -> None:
        client = self.playing()
        said = self.expect(client, "reader", "Everything is said in plain sentences.")
        self.assertIn("Your hand: 10 of spades, 6 of spades. 16.", said)
        self.assertTrue(said.endswith("Your choice: "))
        self.assertNotIn("---", said)
        self.expect(client, "reader off", "The table is drawn.", ".-----.")

    def test_keys_where_no_telnet_is_spoken(self) -> None:
        client = self.playing()
        self.expect(client, "keys", "Single keys are taken", "Type a letter, then Enter.")
        self.expect(client, "h", "You hit: 2C, 18.")
