"""Whatever happens to the store, and whoever takes the lease: the chips are right."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.accounts import _WRITE, RETRY, Account
from tests.blackjack.players.stores import (
    CHIPS,
    WORD,
    AccountsOn,
    Fickle,
    OnPostgresql,
    OnSqlite,
    Players,
    Row,
    a_round,
)

FATES = ("done", "not done", "unknown, but done", "unknown, and not done")

#: What may happen in one of two processes.
STEPS = st.lists(
    st.tuples(
        st.sampled_from((0, 1)),
        st.one_of(
            st.tuples(st.just("settle"), st.lists(st.integers(-20, 20), min_size=1, max_size=3)),
            st.tuples(st.just("fate"), st.sampled_from(FATES)),
            st.tuples(st.just("fate"), st.just("later")),
            st.tuples(st.just("release"), st.sampled_from(FATES)),
            st.tuples(st.just("sign in"), st.none()),
            st.tuples(st.just("wait"), st.sampled_from((1.0, RETRY))),
            st.tuples(st.just("leave"), st.none()),
        ),
    ),
    max_size=50,
)


@attrs.define
class Lease:
    """What somebody played while they had a lease.

    :param before: the chips and the rounds in the store when they got it.
    :param chips: what they had after each round since then.
    :param kept: how many of these rounds are known to be in the store.
    """

    account: Account
    before: tuple[int, int]
    chips: list[int]
    kept: int = 0


class Process:
    """A process, in which the player may play in one place."""

    def __init__(self, store: Fickle, accounts: AccountsOn) -> None:
        self.store = store
        self.accounts = accounts
        self.playing: Lease | None = None
        self.signing_in: Deferred[Any] | None = None


class Balance(Players):
    def setUp(self) -> None:
        super().setUp()
        self.processes = [
            Process(self.store, self.accounts),
            Process(*self.process()),
        ]
        for process in self.processes:
            self.spy(process)
        self.names = itertools.count()

    def spy(self, process: Process) -> None:
        """Look at each write that is carried out."""
        execute = process.store.execute

        def spying(sql: str, *parameters: object) -> Any:
            before = self.row(self.name) if sql == _WRITE else None
            rows = execute(sql, *parameters)
            if before is not None:
                self.judge(before, parameters, rows)
            return rows

        process.store.execute = spying  # type: ignore[method-assign]  # to see what it does

    def judge(self, before: Row, parameters: tuple[Any, ...], rows: Any) -> None:
        """See that a write does what it may."""
        after = self.row(self.name)
        if not rows:
            self.expect(after == before, "who has no lease has written")
            return
        lease = self.latest()
        if lease is None or lease.account.lease != parameters[-1]:
            self.expect(False, "an earlier lease has written")
            return
        played = after.record.rounds - lease.before[1]
        self.expect(played >= lease.kept, "a round is forgotten")
        expected = [lease.before[0], *lease.chips][played : played + 1]
        self.expect([after.chips] == expected, "a round counts twice")
        self.expect(after.record.net == after.chips - CHIPS, "chips and record differ")
        lease.kept = played

    def expect(self, right: bool, otherwise: str) -> None:
        """Note what is wrong: what is raised here would be taken for a failure of the store."""
        if not right:
            self.wrong.append(otherwise)

    def latest(self) -> Lease | None:
        """The lease that is good; None if whoever got it has never heard of it."""
        ((token,),) = self.witness(f"SELECT lease FROM players WHERE name = '{self.name}'")
        return next((each for each in self.leases if each.account.lease == token), None)

    def came_in(self, account: Account, process: Process) -> None:
        """Note that somebody has signed in."""
        known = next((each for each in self.leases if each.account is account), None)
        if known is None:
            known = Lease(account, (account.chips, account.record.rounds), [])
            self.leases.append(known)
        process.playing = known

    def step(self, process: Process, what: str, value: Any) -> None:
        """Have something happen."""
        playing = process.playing
        if what == "settle" and playing is not None:
            for each in value:
                net = max(each, -playing.account.chips)
                playing.chips.append(playing.account.chips + net)
                playing.account.settle(a_round(net))
        elif what == "fate":
            process.store.fate = value
        elif what == "release":
            process.store.release(value)
        elif what == "wait":
            self.clock.advance(value)
        elif what == "leave":
            process.playing = None
        elif what == "sign in" and process.signing_in is None:
            process.signing_in = self.start(process.accounts.sign_in(self.name, WORD))
        self.look(process)

    def look(self, process: Process) -> None:
        """See what has come of signing in."""
        signing_in = process.signing_in
        if signing_in is None or not signing_in.called or signing_in.paused:
            return
        process.signing_in = None
        result: list[Any] = []
        signing_in.addCallbacks(result.append, lambda _: None)
        if result:
            self.came_in(result[0], process)

    @given(STEPS)
    @settings(
        deadline=None,
        max_examples=200,
        suppress_health_check=[HealthCheck.differing_executors],
        database=None,
    )
    def test_any_sequence(self, steps: list[tuple[int, tuple[str, Any]]]) -> None:
        self.name = f"Ada {next(self.names)}"
        self.leases: list[Lease] = []
        self.wrong: list[str] = []
        for process in self.processes:
            process.playing = None
        first = self.done(self.accounts.register(self.name, WORD, CHIPS))
        self.came_in(first, self.processes[0])
        del first
        for number, (what, value) in steps:
            self.step(self.processes[number], what, value)
        # All is well again.
        for process in self.processes:
            process.store.fate = "done"
            while process.store.held:
                process.store.release()
            self.look(process)
            self.assertIsNone(process.signing_in)
        self.clock.advance(RETRY)
        self.assertEqual(self.wrong, [])
        self.assertEqual(self.clock.getDelayedCalls(), [])
        row, latest = self.row(self.name), self.latest()
        if latest is not None:
            # Everything that was played is there, whatever failed meanwhile.
            self.assertEqual(row.chips, [latest.before[0], *latest.chips][-1])
            self.assertEqual(row.record.rounds, latest.before[1] + len(latest.chips))
            self.assertEqual(row.record.net, row.chips - CHIPS)


class SqliteBalanceTests(OnSqlite, Balance, SynchronousTestCase):
    pass


class PostgresqlBalanceTests(OnPostgresql, Balance, SynchronousTestCase):
    pass
