"""The order of one client's look-ups and changes."""

from __future__ import annotations

from functools import partial
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.turns import Turns

LOOK, CHANGE = False, True


class TurnsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.turns = Turns()
        #: What has been begun, by its name, in order.
        self.begun: dict[str, Deferred[str]] = {}

    def work(self, name: str) -> str | Deferred[str]:
        """Begin something that the test will bring to its end."""
        self.begun[name] = Deferred()
        return self.begun[name]

    def take(self, changes: bool, name: str) -> Deferred[str]:
        result = self.turns.take(changes, partial(self.work, name))
        assert isinstance(result, Deferred)
        return result

    def note(self, notes: list[int], number: int, _result: None) -> None:
        notes.append(number)

    def test_what_is_there_is_there_at_once(self) -> None:
        for changes in (LOOK, CHANGE, LOOK):
            self.assertEqual(self.turns.take(changes, lambda: "found"), "found")

    def test_one_kind_goes_side_by_side(self) -> None:
        for changes in (LOOK, CHANGE):
            self.setUp()
            for name in "abc":
                self.take(changes, name)
            self.assertEqual(list(self.begun), ["a", "b", "c"])

    def test_the_other_kind_waits_for_all_of_them(self) -> None:
        for changes in (LOOK, CHANGE):
            self.setUp()
            self.take(changes, "a")
            self.take(changes, "b")
            waiting = self.take(not changes, "c")
            self.assertNoResult(waiting)
            self.begun["b"].callback("b")
            self.assertEqual(list(self.begun), ["a", "b"])
            self.begun["a"].callback("a")
            self.assertEqual(list(self.begun), ["a", "b", "c"])
            self.assertNoResult(waiting)
            self.begun["c"].callback("done")
            self.assertEqual(self.successResultOf(waiting), "done")

    def test_nothing_overtakes_what_waits(self) -> None:
        self.take(CHANGE, "a")
        for name, changes in (("b", LOOK), ("c", LOOK), ("d", CHANGE), ("e", LOOK)):
            self.take(changes, name)
        self.take(CHANGE, "f")
        self.assertEqual(list(self.begun), ["a"])
        self.begun["a"].callback("")
        self.assertEqual(list(self.begun), ["a", "b", "c"])
        self.begun["b"].callback("")
        self.begun["c"].callback("")
        self.assertEqual(list(self.begun), ["a", "b", "c", "d"])
        self.begun["d"].callback("")
        self.begun["e"].callback("")
        self.assertEqual(list(self.begun), ["a", "b", "c", "d", "e", "f"])

    def test_what_fails_is_over_too(self) -> None:
        first = self.take(CHANGE, "a")
        self.turns.take(LOOK, lambda: "found")
        failing = self.turns.take(LOOK, partial(divmod, 1, 0))
        self.take(CHANGE, "b")
        self.begun["a"].errback(ZeroDivisionError())
        self.failureResultOf(first, ZeroDivisionError)
        assert isinstance(failing, Deferred)
        self.failureResultOf(failing, ZeroDivisionError)
        self.assertEqual(list(self.begun), ["a", "b"])

    def test_a_client_that_has_left(self) -> None:
        self.take(CHANGE, "a")
        gone = [self.take(LOOK, "b"), self.take(CHANGE, "c")]
        for each in gone:
            each.cancel()
            self.failureResultOf(each, CancelledError)
        self.begun["a"].callback("")
        self.assertEqual(list(self.begun), ["a"])

    @given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12), st.randoms())
    def test_any_order_of_ends(self, requests: list[tuple[bool, bool]], random: Random) -> None:
        """Whatever comes when, everything ends, and the kinds never meet."""
        self.setUp()
        under_way: dict[int, tuple[bool, Deferred[None]]] = {}
        ends: list[int] = []
        order: list[int] = []

        def work(number: int, changes: bool, later: bool) -> Deferred[None] | None:
            self.assertTrue(all(changes is kind for kind, _ in under_way.values()))
            order.append(number)
            if not later:
                return None
            under_way[number] = (changes, Deferred())
            return under_way[number][1]

        for number, (changes, later) in enumerate(requests):
            result = self.turns.take(changes, partial(work, number, changes, later))
            if isinstance(result, Deferred):
                result.addCallback(partial(self.note, ends, number))
            else:
                ends.append(number)
            while under_way and random.random() < 0.3:
                under_way.pop(random.choice(list(under_way)))[1].callback(None)
        while under_way:
            under_way.pop(next(iter(under_way)))[1].callback(None)
        self.assertEqual(order, list(range(len(requests))))
        self.assertEqual(sorted(ends), order)
