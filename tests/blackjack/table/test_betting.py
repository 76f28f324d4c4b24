"""Bets at a shared table: who is waited for, and for how long."""

from __future__ import annotations

from netsuite.blackjack.players.player import Record
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from tests.blackjack.table.people import NAMES, Person, SharedTestCase


class BettingTests(SharedTestCase):
    def test_no_hurry_before_the_first_bet(self) -> None:
        self.room.pass_time(100)
        self.assertIsNone(self.room.scene.seconds)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.table.bet(self.ann, 50)
        self.assertEqual(self.cy.take(), [events.BetPlaced(0, 50), events.BettingOpened(20.0)])
        self.assertEqual(self.room.scene.seconds, 20)
        self.clock.advance(5)
        self.assertEqual(self.room.scene.seconds, 15)
        self.assertEqual((self.room.place(0).bet, self.room.place(0).chips), (50, 950))

    def test_all_have_bet(self) -> None:
        self.room.bet(self.ann, self.cy)
        self.assertTrue(self.table.idle)
        self.table.bet(self.bob, 30)
        self.assertFalse(self.table.idle)
        self.assertEqual(self.room.scene.seconds, 25)
        self.assertEqual([place.bet for place in map(self.room.place, range(3))], [10, 30, 10])

    def test_some_pass(self) -> None:
        self.table.sit_out(self.bob)
        self.assertEqual(self.ann.take(), [events.SatOut(1)])
        self.assertTrue(self.room.place(1).sits_out)
        self.room.bet(self.ann, self.cy)
        self.asked(0, 0)
        self.table.act(self.ann, Action.STAND)
        self.asked(2, 0)
        self.assertTrue(self.room.place(1).sits_out)
        self.table.act(self.cy, Action.STAND)
        self.assertEqual(self.bob.player.record, Record())
        self.assertFalse(self.room.place(1).sits_out)

    def test_all_pass(self) -> None:
        for person in self.people:
            self.table.sit_out(person)
        self.assertTrue(self.room.scene.betting)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.table.bet(self.cy, 10)
        self.asked(2, 0)

    def test_a_bet_is_changed(self) -> None:
        """It counts as it was last; the time for it is not longer."""
        self.table.bet(self.ann, 50)
        self.room.pass_time(19)
        self.table.bet(self.ann, 20)
        self.assertEqual(self.room.scene.seconds, 1)
        self.assertEqual(self.ann.all(events.BettingOpened), [events.BettingOpened(20.0)])
        self.room.pass_time(1)
        self.asked(0, 0)
        self.assertEqual(self.room.place(0).bet, 20)

    def test_a_bet_is_withdrawn(self) -> None:
        """With the last one the hurry is over."""
        self.room.bet(self.ann, self.bob)
        self.ann.take()
        self.table.sit_out(self.ann)
        self.assertEqual(self.ann.take(), [events.SatOut(0)])
        self.assertEqual(self.room.scene.seconds, 20)
        self.table.sit_out(self.bob)
        self.assertEqual(self.ann.take(), [events.SatOut(1), events.BettingOpened(None)])
        self.assertIsNone(self.room.scene.seconds)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.table.bet(self.ann, 20)
        self.assertEqual(self.room.scene.seconds, 20)

    def test_time_is_up(self) -> None:
        self.table.bet(self.bob, 10)
        self.ann.take()
        self.room.pass_time(20)
        started, *rest = [
            event for event in self.ann.take() if not isinstance(event, events.ShoeStarted)
        ]
        self.assertEqual(started, events.SatOut(0))
        self.assertEqual(rest, [events.SatOut(2), events.Dealt(), events.TurnCame(1, 0, 25.0)])
        self.asked(1, 0)

    def test_nobody_else_is_waited_for(self) -> None:
        """Whoever leaves or watches is waited for no more."""
        self.table.bet(self.ann, 10)
        self.table.leave(self.bob)
        self.assertTrue(self.table.idle)
        self.table.watch(self.cy)
        self.asked(0, 0)

    def test_coming_late_does_not_make_it_longer(self) -> None:
        self.table.bet(self.ann, 10)
        for _ in range(4):
            self.room.pass_time(5)
            self.comes("Di")
        self.asked(0, 0)

    def test_three_rounds_missed(self) -> None:
        """Whoever misses them in a row gives the seat up, whether they said so or not."""
        people = [Person(name) for name in NAMES[:8]]
        self.open(*people, cards="")
        ann, *others, hal = people
        self.table.sit_out(people[1])
        for number in range(3):
            self.assertEqual([self.table.scene(each).me for each in others], [1, 2, 3, 4, 5, 6])
            ann.player.chips = 1000
            self.table.bet(ann, 10)
            if number == 1:
                self.table.bet(people[6], 10)
            self.room.pass_time(20)
            while not self.table.idle:
                self.room.pass_time(25)
        told = [each for each in ann.seen if isinstance(each, events.StoodUp | events.SatDown)]
        self.assertEqual(
            told,
            [
                events.StoodUp(1, "Bob", "sat out 3 rounds"),
                events.SatDown(1, "Hal"),
                *(events.StoodUp(seat, NAMES[seat], "sat out 3 rounds") for seat in (2, 3, 4, 5)),
            ],
        )
        # Before bets are placed again, and without anybody's coming back by themselves.
        self.assertEqual(ann.seen[-1], events.BettingOpened(None))
        self.assertEqual(self.room.scene.watchers, tuple(NAMES[1:6]))
        self.assertEqual((self.table.scene(hal).me, self.table.scene(people[6]).me), (1, 6))

    def test_rounds_missed_now_and_then(self) -> None:
        """Only those count that are missed in a row."""
        self.open(self.ann, self.bob, cards="")
        for number in range(6):
            self.ann.player.chips = 1000
            if number == 2:
                self.table.bet(self.bob, 10)
            self.table.bet(self.ann, 10)
            self.room.pass_time(20)
            while not self.table.idle:
                self.room.pass_time(25)
            self.assertEqual(self.table.scene(self.bob).me, None if number == 5 else 1)

    def test_a_bet_after_all(self) -> None:
        self.table.sit_out(self.bob)
        self.table.bet(self.bob, 10)
        place = self.room.place(1)
        self.assertEqual((place.bet, place.sits_out), (10, False))
        self.table.sit_out(self.bob)
        place = self.room.place(1)
        self.assertEqual((place.bet, place.sits_out), (None, True))

    def test_broke(self) -> None:
        self.ann.player.chips = 5
        self.refused("refill", self.table.bet, self.ann, 10)
        self.ann.player.chips = 10
        self.table.bet(self.ann, 10)

    def test_bets_changed_over_and_over(self) -> None:
        """What others have to read of somebody is bounded; betting itself is not."""
        for chips in range(10, 16):
            self.table.bet(self.ann, chips)
        self.refused("wait 10 s", self.table.bet, self.ann, 16)
        self.refused("wait 10 s", self.table.sit_out, self.ann)
        self.refused("wait 10 s", self.table.say, self.ann, "hello")
        self.assertEqual(self.room.place(0).bet, 15)
        self.table.sit_out(self.bob)
        self.refused("let the next round pass already", self.table.sit_out, self.bob)
        self.table.bet(self.cy, 10)
        self.asked(0, 0)
