"""What was played is written, sooner or later, and once."""

from __future__ import annotations

import gc
import weakref
from datetime import date

from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.accounts import CLOSING, RETRY, Account
from netsuite.blackjack.players.player import Record
from tests.blackjack.players.stores import (
    CHIPS,
    Heard,
    OnPostgresql,
    OnSqlite,
    Players,
    a_round,
)

TODAY = date(2026, 1, 31)


class Settling(Players):
    """What was played is written."""

    def test_rounds(self) -> None:
        account = self.registered()
        total = Record()
        for net in (50, -50, 0, 75, -100):
            account.settle(a_round(net))
            total = total.plus(a_round(net))
            self.assertEqual((account.chips, account.record), (CHIPS + total.net, total))
            self.assertEqual(self.row(), ("Ada", CHIPS + total.net, "", total))
        self.assertEqual(total.net, -25)

    def test_one_write_at_a_time(self) -> None:
        account = self.registered()
        self.store.fate = "later"
        self.store.writes = 0
        for _ in range(10):
            account.settle(a_round(10))
        self.assertEqual((self.store.writes, account.chips), (1, CHIPS + 100))
        self.assertEqual(account.writing.waiting, [], "nobody needs to wait: one is at it")
        self.store.release()
        self.assertEqual((self.store.writes, self.row().chips), (2, CHIPS + 10))
        self.store.release()
        self.assertEqual((self.store.writes, self.row().chips), (2, CHIPS + 100))

    def test_a_store_that_is_out_of_reach(self) -> None:
        account = self.registered()
        heard = Heard(account)
        self.store.fate = "not done"
        account.settle(a_round(10))
        account.settle(a_round(20))
        self.clock.advance(RETRY)
        account.settle(a_round(30))
        self.assertEqual((account.chips, self.row().chips), (CHIPS + 60, CHIPS))
        self.assertEqual(len(heard.trouble), 1)
        self.assertIn("cannot be saved just now", heard.trouble[0])
        self.store.fate = "done"
        self.clock.advance(RETRY - 0.5)
        self.assertEqual(self.row().chips, CHIPS)
        self.clock.advance(0.5)
        self.assertEqual(self.row().record.rounds, 3)
        self.assertEqual(self.row().chips, CHIPS + 60)
        self.assertEqual(heard.trouble[1:], ["Your chips are saved again."])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_it_is_written_with_the_next_round(self) -> None:
        account = self.registered()
        self.store.fate = "not done"
        account.settle(a_round(10))
        self.store.fate = "done"
        account.settle(a_round(20))
        self.assertEqual(self.row().chips, CHIPS + 30)
        self.store.writes = 0
        self.clock.advance(RETRY)
        self.assertEqual(self.store.writes, 0)

    def test_the_retries_of_many_are_one(self) -> None:
        players = [self.registered(f"Player {n}") for n in range(20)]
        self.store.fate = "not done"
        for player in players:
            player.settle(a_round(10))
        for _ in range(5):
            self.assertEqual(len(self.clock.getDelayedCalls()), 1)
            self.clock.advance(RETRY)
        self.store.fate = "done"
        self.clock.advance(RETRY)
        for player in players:
            self.assertEqual(self.row(player.name).chips, CHIPS + 10)

    def test_nobody_knows_whether_it_was_written(self) -> None:
        account = self.registered()
        for fate in ("unknown, but done", "unknown, and not done"):
            before = self.row()
            self.store.fate = fate
            account.settle(a_round(10))
            self.store.fate = "done"
            self.clock.advance(RETRY)
            self.assertEqual(self.row().chips, before.chips + 10)
            self.assertEqual(self.row().record.rounds, before.record.rounds + 1)

    def test_whoever_left_meanwhile(self) -> None:
        """What could not be written is, though nobody plays by the account any more."""
        account = self.registered()
        self.store.fate = "not done"
        account.settle(a_round(10))
        there = weakref.ref(account)
        del account
        gc.collect()
        self.store.fate = "done"
        self.clock.advance(RETRY)
        self.assertEqual(self.row().chips, CHIPS + 10)
        gc.collect()
        self.assertIsNone(there())

    def test_the_most_chips(self) -> None:
        account = self.registered()
        account.settle(a_round(2**63 - 10))
        account.settle(a_round(2**63 - 10))
        self.assertEqual(self.row().chips, 2**63 - 1)
        self.assertEqual(self.row().record.net, 2**63 - 1)
        self.assertEqual(self.row().record.rounds, 2)

    def test_the_store_keeps_a_bankroll_from_falling_below_nothing(self) -> None:
        """Should the rules ever allow it: it is a fault of ours."""
        account = self.registered()
        heard = Heard(account)
        account.settle(a_round(-CHIPS - 1))
        self.assertEqual(self.row().chips, CHIPS)
        self.assertEqual(len(heard.trouble), 1)


class FreeChips(Players):
    """Once a day."""

    def refilled(self, account: Account, day: date, chips: int = CHIPS) -> bool:
        filled: bool = self.done(self.accounts.refill(account, chips, day))
        return filled

    def test_once_a_day(self) -> None:
        account = self.registered()
        self.assertFalse(self.refilled(account, TODAY))
        account.settle(a_round(-900))
        self.assertTrue(self.refilled(account, TODAY))
        self.assertEqual(account.chips, CHIPS)
        self.assertEqual(self.row(), ("Ada", CHIPS, "2026-01-31", a_round(-900)))
        account.settle(a_round(-1000))
        self.assertFalse(self.refilled(account, TODAY))
        self.assertFalse(self.refilled(account, date(2026, 1, 30)))
        self.assertEqual(self.row().chips, 0)
        account = self.signed_in(self.process()[1])
        self.assertFalse(self.refilled(account, TODAY))
        self.assertTrue(self.refilled(account, date(2026, 2, 1)))
        self.assertEqual(account.record.net, -1900)

    def test_whoever_has_enough_does_not_use_it_up(self) -> None:
        account = self.registered()
        self.assertFalse(self.refilled(account, TODAY))
        account.settle(a_round(-1))
        self.assertTrue(self.refilled(account, TODAY))

    def test_without_a_store(self) -> None:
        account = self.registered()
        heard = Heard(account)
        account.settle(a_round(-900))
        self.store.fate = "not done"
        self.assertTrue(self.refilled(account, TODAY))
        self.assertEqual((account.chips, self.row().chips, len(heard.trouble)), (CHIPS, 100, 1))
        self.store.fate = "done"
        self.clock.advance(RETRY)
        self.assertEqual(self.row().chips, CHIPS)


class Closing(Players):
    """What is not written is, before the store is closed, if that can be done."""

    def test_all_is_written(self) -> None:
        account = self.registered()
        self.store.fate = "not done"
        account.settle(a_round(10))
        self.store.fate = "done"
        self.done(self.accounts.close())
        self.assertEqual(self.row().chips, CHIPS + 10)
        self.assertTrue(self.store.closed)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_it_waits_for_what_is_under_way(self) -> None:
        account = self.registered()
        self.store.fate = "later"
        account.settle(a_round(10))
        account.settle(a_round(10))
        closing = self.start(self.accounts.close())
        for _ in range(2):
            self.assertNoResult(closing)
            self.assertFalse(self.store.closed)
            self.store.release()
        self.successResultOf(closing)
        self.assertEqual(self.row().chips, CHIPS + 20)

    def test_not_for_ever(self) -> None:
        account = self.registered()
        self.registered("Bob").settle(a_round(1))
        self.store.fate = "later"
        account.settle(a_round(10))
        closing = self.start(self.accounts.close())
        self.clock.advance(CLOSING - 0.5)
        self.assertNoResult(closing)
        self.clock.advance(0.5)
        self.successResultOf(closing)
        self.assertTrue(self.store.closed)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_a_store_that_is_out_of_reach(self) -> None:
        account = self.registered()
        self.store.fate = "not done"
        account.settle(a_round(10))
        with capturedLogs() as events:
            self.done(self.accounts.close())
        self.assertTrue(self.store.closed)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        (said,) = filter(None, map(formatEvent, events))
        self.assertIn(f"these chips are not saved: Ada has {CHIPS + 10}", said)

    def test_a_lease_that_is_lost(self) -> None:
        """What was played without it is nobody's."""
        account = self.registered()
        self.signed_in(self.process()[1])
        for _ in range(2):
            account.settle(a_round(10))
        self.store.writes = 0
        with capturedLogs() as events:
            self.done(self.accounts.close())
        self.assertEqual((self.store.writes, list(events)), (0, []))

    def test_nobody_ever_played(self) -> None:
        self.done(self.accounts.close())
        self.assertTrue(self.store.closed)


class SqliteSettlingTests(OnSqlite, Settling, SynchronousTestCase):
    pass


class PostgresqlSettlingTests(OnPostgresql, Settling, SynchronousTestCase):
    pass


class SqliteFreeChipTests(OnSqlite, FreeChips, SynchronousTestCase):
    pass


class PostgresqlFreeChipTests(OnPostgresql, FreeChips, SynchronousTestCase):
    pass


class SqliteClosingTests(OnSqlite, Closing, SynchronousTestCase):
    pass


class PostgresqlClosingTests(OnPostgresql, Closing, SynchronousTestCase):
    pass
