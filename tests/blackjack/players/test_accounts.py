"""Players in a store: what is acknowledged is there, and only who signed in last changes it."""

from __future__ import annotations

import gc
from datetime import date
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.blackjack.players.accounts import (
    RETRY,
    Account,
    AccountError,
    Accounts,
    Standing,
)
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.players.words import MAX_WAITING, Words
from netsuite.storage import StoreError
from tests.blackjack.players.stores import (
    CHIPS,
    WORD,
    Heard,
    OnPostgresql,
    OnSqlite,
    Players,
    a_round,
)
from tests.storage.contract import Kind, Postgresql, Sqlite

TODAY = date(2026, 1, 31)


class Signing(Players):
    """Who gets in."""

    def refused(self, work: Any, reason: str) -> None:
        failure = self.failureResultOf(self.start(work), AccountError)
        self.assertIn(reason, str(failure.value))

    def test_a_new_name(self) -> None:
        self.assertFalse(self.done(self.accounts.known("Ada")))
        account = self.registered()
        self.assertEqual((account.name, account.chips, account.named), ("Ada", CHIPS, True))
        self.assertEqual(account.record, Record())
        self.assertEqual(self.row(), ("Ada", CHIPS, "", Record()))
        for name in ("Ada", "aDA", "\uff21da"):
            self.assertTrue(self.done(self.accounts.known(name)))
            self.refused(self.accounts.register(name, "another", CHIPS), "choose another")
        self.assertFalse(self.done(self.accounts.known("Ada L")))
        self.assertIs(self.signed_in(), account)

    def test_names_of_every_script(self) -> None:
        for name in ("Ωμέγα", "नमस्ते", "\U0001d49c\U0001d4b9", "O_-9", "x" * 16):
            self.registered(name)
            self.assertEqual(self.row(name).name, name)
            self.assertEqual(self.signed_in(self.process()[1], name).name, name)

    def test_signing_in(self) -> None:
        self.registered().settle(a_round(70))
        _, accounts = self.process()
        account: Account = self.done(accounts.sign_in("ADA", WORD))
        self.assertEqual((account.name, account.chips), ("Ada", CHIPS + 70))
        self.assertEqual(account.record, a_round(70))

    def test_wrong_words(self) -> None:
        self.registered()
        self.refused(self.accounts.sign_in("Ada", "open barley"), "not the secret word of Ada")
        self.refused(self.accounts.sign_in("Bob", WORD), "nobody is called Bob")
        for word in ("abc", "x" * 129):
            for work in (
                self.accounts.sign_in("Ada", word),
                self.accounts.register("Bob", word, CHIPS),
            ):
                self.failureResultOf(self.start(work), ValueError)
        self.signed_in()

    def test_a_name_of_which_a_wrong_word_was_given_keeps_its_lease(self) -> None:
        account = self.registered()
        self.refused(self.process()[1].sign_in("Ada", "open barley"), "not the secret word")
        account.settle(a_round(5))
        self.assertEqual(self.row().chips, CHIPS + 5)

    def test_whoever_guesses_waits(self) -> None:
        self.registered()
        for _ in range(3):
            self.refused(self.accounts.sign_in("Ada", "open barley", "bot"), "not the secret")
        self.refused(self.accounts.sign_in("Ada", WORD, "bot"), "wait 1 second")
        self.done(self.accounts.sign_in("Ada", WORD, "home"))
        self.clock.advance(1)
        self.done(self.accounts.sign_in("Ada", WORD, "bot"))
        for _ in range(2):
            self.refused(self.accounts.sign_in("ADA", "open barley", "bot"), "not the secret")
        self.done(self.accounts.sign_in("Ada", WORD, "bot"))

    def test_too_many_at_once(self) -> None:
        def never(*_: object) -> Deferred[Any]:
            return Deferred()

        self.registered()
        self.accounts._words = Words(never)
        for number in range(MAX_WAITING + 2):
            self.start(self.accounts.register(f"Bob {number}", WORD, CHIPS))
        self.refused(self.accounts.register("Bob", WORD, CHIPS), "too many")
        for _ in range(5):  # it does not count as a wrong word
            self.refused(self.accounts.sign_in("Ada", WORD), "too many")

    def test_without_a_store(self) -> None:
        account = self.registered()
        for fate in ("not done", "unknown, and not done"):
            self.store.fate = fate
            for work in (
                self.accounts.known("Ada"),
                self.accounts.leaderboard(10),
                self.accounts.register("Bob", WORD, CHIPS),
                self.accounts.sign_in("Ada", WORD),
            ):
                self.failureResultOf(self.start(work), StoreError)
        self.store.fate = "done"
        self.assertIs(self.signed_in(), account)

    def test_a_new_name_that_may_have_been_written(self) -> None:
        self.store.fate = "unknown, but done"
        self.failureResultOf(self.start(self.accounts.register("Ada", WORD, 70)), StoreError)
        self.store.fate = "done"
        self.assertEqual(self.signed_in().chips, 70)

    def test_two_at_once(self) -> None:
        """The same player in two windows is one player."""
        self.registered()
        gc.collect()
        self.store.fate = "later"
        both = [self.start(self.accounts.sign_in("Ada", WORD)) for _ in range(2)]
        for _ in range(4):
            self.store.release()
        one, other = map(self.successResultOf, both)
        self.assertIs(one, other)
        self.store.fate = "done"
        one.settle(a_round(10))
        self.assertEqual(self.row().chips, CHIPS + 10)

    def test_somebody_who_goes_away_meanwhile(self) -> None:
        account = self.registered()
        heard = Heard(account)
        self.store.fate = "later"
        work = self.start(self.accounts.sign_in("Ada", WORD))
        work.cancel()
        self.failureResultOf(work, CancelledError)
        self.store.release()
        account.settle(a_round(3))
        self.store.release()
        self.assertEqual((self.row().chips, heard.lost, heard.trouble), (CHIPS + 3, 0, []))
        # The same where nobody plays by the account.
        store, accounts = self.process()
        store.fate = "later"
        work = self.start(accounts.sign_in("Ada", WORD))
        work.cancel()
        self.failureResultOf(work, CancelledError)
        store.release()
        store.fate = "done"
        self.signed_in(accounts).settle(a_round(4))
        self.assertEqual(self.row().chips, CHIPS + 7)


class Leases(Players):
    """Who signed in last has the chips."""

    def test_from_another_process(self) -> None:
        account = self.registered()
        heard = Heard(account)
        account.settle(a_round(10))
        elsewhere = self.signed_in(self.process()[1])
        account.settle(a_round(100))
        self.assertEqual((heard.lost, account.lost, heard.trouble), (1, True, []))
        self.assertEqual(self.row().chips, CHIPS + 10)
        elsewhere.settle(a_round(20))
        account.settle(a_round(100))
        self.assertFalse(self.done(self.accounts.refill(account, 10_000, TODAY)))
        self.clock.advance(RETRY)
        self.assertEqual(self.row().chips, CHIPS + 30)
        self.assertEqual(heard.lost, 1)
        self.assertEqual(self.signed_in().chips, CHIPS + 30)

    def test_back_again(self) -> None:
        first = self.registered()
        second = self.signed_in(self.process()[1])
        third = self.signed_in()
        self.assertIsNot(third, first)
        for account in (first, second, third):
            account.settle(a_round(10))
        self.assertEqual([each.lost for each in (first, second, third)], [True, True, False])
        self.assertEqual(self.row().chips, CHIPS + 10)

    def test_what_was_not_written_is_lost_with_the_lease(self) -> None:
        account = self.registered()
        heard = Heard(account)
        self.store.fate = "not done"
        account.settle(a_round(10))
        elsewhere = self.signed_in(self.process()[1])
        self.assertEqual(elsewhere.chips, CHIPS)
        self.store.fate = "done"
        self.clock.advance(RETRY)
        self.assertEqual((heard.lost, self.row().chips), (1, CHIPS))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_in_the_same_process(self) -> None:
        """What has not been written is written first, and a round in play is not lost."""
        account = self.registered()
        heard = Heard(account)
        self.store.fate = "not done"
        account.settle(a_round(10))
        self.store.fate = "done"
        self.assertIs(self.signed_in(), account)
        self.assertEqual(self.row().chips, CHIPS + 10)
        account.settle(a_round(5))
        self.assertEqual((self.row().chips, heard.lost), (CHIPS + 15, 0))
        # Whoever played by it before hears no more of it.
        elsewhere = self.signed_in(self.process()[1])
        account.settle(a_round(5))
        self.assertEqual((account.lost, heard.lost), (True, 0))
        self.assertEqual(elsewhere.chips, CHIPS + 15)

    def test_a_round_that_ends_while_its_player_signs_in(self) -> None:
        account = self.registered()
        self.store.fate = "later"
        work = self.start(self.accounts.sign_in("Ada", WORD))
        account.settle(a_round(-100))
        for _ in range(3):
            self.store.release()
            account.settle(a_round(1))
        self.store.fate = "done"
        self.store.release()
        self.assertIs(self.successResultOf(work), account)
        self.assertEqual(self.row().chips, CHIPS - 97)

    def test_the_lease_is_no_secret_of_the_past(self) -> None:
        leases = {self.registered(f"Player {n}").lease for n in range(5)}
        leases.add(self.signed_in(self.process()[1], "Player 0").lease)
        self.assertEqual(len(leases), 6)
        for lease in leases:
            self.assertRegex(lease, "^[0-9a-f]{32}$")


class Best(Players):
    """Who has the most chips."""

    def test_the_order(self) -> None:
        for name, net in (
            ("Bob", 5),
            ("ada", 5),
            ("Eve", 500),
            ("Zoë", -1000),
            ("Öde", 0),
        ):
            self.registered(name).settle(a_round(net))
        self.registered("Never played")
        expected = [
            Standing("Eve", 1500, 500, 1),
            Standing("ada", 1005, 5, 1),
            Standing("Bob", 1005, 5, 1),
            Standing("Öde", 1000, 0, 1),
            Standing("Zoë", 0, -1000, 1),
        ]
        self.assertEqual(self.done(self.accounts.leaderboard(10)), expected)
        self.assertEqual(self.done(self.accounts.leaderboard(2)), expected[:2])

    def test_nobody(self) -> None:
        self.assertEqual(self.done(self.accounts.leaderboard(10)), [])


class Lives(Kind):
    """The real thing: with threads, as the service has it."""

    def opened(self) -> Accounts:
        accounts = Accounts(self.url)
        accounts.open()
        self.addCleanup(lambda: Deferred.fromCoroutine(accounts.close()))
        return accounts

    async def test_a_restart(self) -> None:
        accounts = self.opened()
        account = await accounts.register("Ada", WORD, CHIPS)
        for net in range(20):
            account.settle(a_round(net))
        await accounts.close()
        accounts = self.opened()
        again = await accounts.sign_in("ada", WORD)
        self.assertEqual((again.chips, again.record.rounds), (CHIPS + 190, 20))
        self.assertEqual(await accounts.leaderboard(5), [Standing("Ada", 1190, 190, 20)])
        with self.assertRaises(AccountError):
            await accounts.sign_in("Ada", "open barley")

    async def test_a_process_beside_it(self) -> None:
        accounts, others = self.opened(), self.opened()
        account = await accounts.register("Ada", WORD, CHIPS)
        lost: Deferred[None] = Deferred()
        account.on_lost = lambda: lost.callback(None)
        other = await others.sign_in("Ada", WORD)
        account.settle(a_round(10))
        await lost
        other.settle(a_round(20))
        await others.close()
        self.assertEqual((await accounts.leaderboard(1))[0].chips, CHIPS + 20)


class SqliteSigningTests(OnSqlite, Signing, SynchronousTestCase):
    pass


class SqliteLeaseTests(OnSqlite, Leases, SynchronousTestCase):
    pass


class SqliteBestTests(OnSqlite, Best, SynchronousTestCase):
    def test_it_is_found_by_an_index(self) -> None:
        plan = self.witness(
            "EXPLAIN QUERY PLAN SELECT name FROM players WHERE rounds > 0"
            " ORDER BY chips DESC, key LIMIT 10"
        )
        self.assertIn("players_by_chips", str(plan))
        self.assertNotIn("TEMP B-TREE", str(plan))


class SqliteLifeTests(Sqlite, Lives, TestCase):
    pass


class PostgresqlSigningTests(OnPostgresql, Signing, SynchronousTestCase):
    pass


class PostgresqlLeaseTests(OnPostgresql, Leases, SynchronousTestCase):
    pass


class PostgresqlBestTests(OnPostgresql, Best, SynchronousTestCase):
    def test_it_is_found_by_an_index(self) -> None:
        self.witness(
            "INSERT INTO players (key, name, word, lease, chips, rounds)"
            " SELECT n::text, n::text, '', '', n, 1 FROM generate_series(1, 5000) AS n"
        )
        self.witness("ANALYZE players")
        plan = self.witness(
            "EXPLAIN SELECT name FROM players WHERE rounds > 0 ORDER BY chips DESC, key LIMIT 10"
        )
        self.assertIn("players_by_chips", str(plan))


class PostgresqlLifeTests(Postgresql, Lives, TestCase):
    pass
