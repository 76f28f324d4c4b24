"""What is typed at a table of one's own: every command, and every refusal."""

from __future__ import annotations

import attrs

from tests.blackjack.session.clients import SIMPLE, VEGAS, Case

#: Pairs, soft hands, an ace or a ten up: whatever a choice needs.
PAIR = "8S 6H 8H 10H 3C 2D 10C 9D 9H"
AGAINST_AN_ACE = "10S AH 8S 7H 2C"
NATURAL_AGAINST_AN_ACE = "AS AH KS 7H 2C"


class ChoiceTests(Case):
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


class BetTests(Case):
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


class SimpleTests(Case):
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


class MistypedTests(Case):
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
