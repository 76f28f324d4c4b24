"""When what is played for is on the disk."""

from __future__ import annotations

from tests.blackjack.session.clients import Case


class SavingTests(Case):
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
