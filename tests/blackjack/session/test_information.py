"""What can be asked at any time, free chips, and what can be switched on and off."""

from __future__ import annotations

from datetime import date

from tests.blackjack.session.clients import Case, Client


class TextTests(Case):
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
        # What is staked is on the table.
        self.expect(client, "stats", "rounds      0", "chips       990")
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


class RefillTests(Case):
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


class SwitchTests(Case):
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
