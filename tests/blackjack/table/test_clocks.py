"""Countdowns, and a bound on how often something is done."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.table.clocks import Countdown, Pace


class CountdownTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.happened: list[tuple[float, str]] = []
        self.countdown = Countdown(
            self.clock,
            lambda: self.happened.append((self.clock.seconds(), "up")),
            lambda left: self.happened.append((self.clock.seconds(), f"short {left:g}")),
        )

    def test_warning(self) -> None:
        self.countdown.start(25, 5)
        for _ in range(30):
            self.clock.advance(1)
        self.assertEqual(self.happened, [(20, "short 5"), (25, "up")])
        self.assertIsNone(self.countdown.left)

    def test_without_warning(self) -> None:
        """There is none, or the time is too short for one."""
        for short in (0, 4):
            self.countdown.start(4, short)
            self.assertEqual(self.countdown.left, 4)
            self.clock.advance(1)
            self.assertEqual(self.countdown.left, 3)
            self.clock.advance(3)
        self.assertEqual(self.happened, [(4, "up"), (8, "up")])

    def test_stop(self) -> None:
        self.countdown.stop()
        for passed in (1, 22):
            self.countdown.start(25, 5)
            self.clock.advance(passed)
            self.countdown.stop()
            self.assertEqual((self.countdown.left, self.clock.getDelayedCalls()), (None, []))

    def test_extend(self) -> None:
        self.assertFalse(self.countdown.extend(100))
        self.countdown.start(25, 5)
        self.assertFalse(self.countdown.extend(25))
        self.clock.advance(21)
        self.assertTrue(self.countdown.extend(40))
        self.assertEqual(self.countdown.left, 19)
        for _ in range(20):
            self.clock.advance(1)
        self.assertEqual(self.happened, [(21, "short 5"), (35, "short 5"), (40, "up")])

    def test_one_at_a_time(self) -> None:
        self.countdown.start(5)
        self.countdown.start(10)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)


class PaceTests(SynchronousTestCase):
    def test_bound(self) -> None:
        pace = Pace(3, 10)
        self.assertEqual([pace.wait(now) for now in (0, 1, 2)], [0, 0, 0])
        self.assertEqual(pace.wait(4), 6)
        self.assertEqual(pace.wait(9.5), 0.5)
        # Those that were refused do not count.
        self.assertEqual(pace.wait(10), 0)
        self.assertEqual(pace.wait(10), 1)
