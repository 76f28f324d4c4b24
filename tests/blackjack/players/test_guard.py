"""Whoever guesses words waits, and nobody else."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.guard import _MAX_REMEMBERED, Guard, TooSoonError


class GuardTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.guard = Guard(self.clock)

    def wrong(self, times: int = 1, key: str = "ada", address: str = "here") -> None:
        """Have some wrong words."""
        for _ in range(times):
            self.guard.admit(key, address)
            self.guard.count(key, address)

    def waits(self, seconds: float, key: str = "ada", address: str = "here") -> None:
        """See that it is this long until another word may be tried, and wait for that."""
        if seconds:
            self.assertRaises(TooSoonError, self.guard.admit, key, address)
            self.clock.advance(seconds - 0.5)
            self.assertRaises(TooSoonError, self.guard.admit, key, address)
            self.clock.advance(0.5)
        self.guard.admit(key, address)

    def test_it_gets_slower_and_slower(self) -> None:
        for seconds in (0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
            self.wrong()
            self.waits(seconds)

    def test_what_is_said(self) -> None:
        for wrong, said in ((3, "wait 1 second before"), (4, "wait 2 seconds"), (12, "9 minutes")):
            self.setUp()
            for _ in range(wrong):
                self.guard.count("ada", "here")
            if wrong == 3:
                self.clock.advance(0.5)
            with self.assertRaisesRegex(TooSoonError, said):
                self.guard.admit("ada", "here")

    def test_only_this_name_and_address(self) -> None:
        for _ in range(10):
            self.guard.count("ada", "here")
        self.guard.admit("ada", "there")
        self.guard.admit("bob", "here")
        self.assertRaises(TooSoonError, self.guard.admit, "ada", "here")

    def test_a_refusal_costs_nothing(self) -> None:
        self.wrong(3)
        for _ in range(100):
            self.assertRaises(TooSoonError, self.guard.admit, "ada", "here")
        self.waits(1)

    def test_the_right_word(self) -> None:
        self.wrong(2)
        self.guard.forgive("ada", "here")
        self.wrong(2)
        self.waits(0)

    def test_it_is_forgotten(self) -> None:
        for _ in range(8):
            self.guard.count("ada", "here")
        self.clock.advance(3601)
        self.wrong(2)
        self.waits(0)

    def test_a_name_that_is_guessed(self) -> None:
        """A crowd has a word each in a quarter of an hour; the owner is not kept out."""
        for each in range(20):
            self.wrong(address=f"bot{each}")
            self.waits(0, address=f"bot{each}")
        self.wrong(address="bot0")
        self.assertRaises(TooSoonError, self.guard.admit, "ada", "bot0")
        for each in range(100, 200):
            self.wrong(address=f"bot{each}")
        self.guard.admit("ada", "owner")
        self.guard.count("ada", "owner")
        self.guard.forgive("ada", "owner")
        self.guard.admit("ada", "owner")
        self.waits(900, address="bot199")
        self.assertEqual(self.clock.seconds(), 900)

    def test_the_owner_s_own_mistakes_are_not_held_against_the_name(self) -> None:
        for _ in range(30):
            self.wrong(2)
            self.guard.forgive("ada", "here")
        self.wrong(2, address="there")
        self.waits(0, address="there")

    def test_memory(self) -> None:
        for each in range(_MAX_REMEMBERED + 1_000):
            self.guard.count(f"name{each}", "here")
        self.assertEqual(len(self.guard._counts), _MAX_REMEMBERED)
