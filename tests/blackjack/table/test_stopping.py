"""A table that is stopped: the last round is played to its end."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.player import Record
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.table import TableError
from tests.blackjack.table.people import NAMES, Person, Room, SharedTestCase, kinds, net


class PrivateTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ann = Person("Ann")
        self.room = Room(self.ann, cards="10S 10H 3S 7H", private=True)
        self.table = self.room.table

    def test_between_rounds(self) -> None:
        self.table.bet(self.ann, 10)
        self.table.act(self.ann, Action.STAND)
        self.ann.take()
        self.successResultOf(self.table.stop())
        self.assertEqual(kinds(self.ann.take()), [events.Stopping, events.ShoeRevealed])
        self.assertTrue(self.room.scene.stopping)
        self.assertFalse(self.room.scene.betting)
        error = self.assertRaises(TableError, self.table.bet, self.ann, 10)
        self.assertIn("being stopped", str(error))
        self.successResultOf(self.table.stop())
        self.assertEqual(self.ann.take(), [])
        self.table.cut_off(self.ann)
        self.assertEqual((self.room.emptied, self.room.clock.getDelayedCalls()), (1, []))

    def test_in_a_round(self) -> None:
        self.table.bet(self.ann, 10)
        self.ann.take()
        stopped = [self.table.stop(), self.table.stop()]
        self.assertEqual(self.ann.take(), [events.Stopping()])
        self.assertFalse(self.table.idle)
        self.assertTrue(self.room.scene.stopping)
        self.assertNoResult(stopped[0])
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(
            kinds(self.ann.take()), [events.Acted, events.RoundOver, events.ShoeRevealed]
        )
        for each in stopped:
            self.successResultOf(each)
        self.assertTrue(self.table.idle)
        self.assertEqual(net(self.ann.player.record), (1, -10))

    def test_while_it_is_told_that_a_round_is_over(self) -> None:
        stopped = []

        def react(event: events.Event) -> None:
            if isinstance(event, events.RoundOver):
                stopped.append(self.table.stop())
                self.assertNoResult(stopped[0])

        self.ann.reaction = react
        self.table.bet(self.ann, 10)
        self.table.act(self.ann, Action.STAND)
        self.successResultOf(stopped[0])
        self.assertEqual(
            kinds(self.ann.take())[-3:], [events.RoundOver, events.Stopping, events.ShoeRevealed]
        )

    def test_closing(self) -> None:
        """Nobody is waited for any more."""
        self.table.bet(self.ann, 10)
        stopped = self.table.stop()
        self.table.close()
        self.successResultOf(stopped)
        self.assertEqual((net(self.ann.player.record), self.ann.player.chips), ((1, -10), 990))
        self.assertEqual(self.room.emptied, 1)
        self.assertTrue(self.table.idle)
        self.table.cut_off(self.ann)
        self.assertRaises(TableError, self.table.act, self.ann, Action.STAND)

    def test_closing_while_it_is_told_that_a_round_is_over(self) -> None:
        def react(event: events.Event) -> None:
            if isinstance(event, events.RoundOver):
                self.table.close()

        self.ann.reaction = react
        self.table.bet(self.ann, 10)
        self.table.act(self.ann, Action.STAND)
        self.assertIsInstance(self.ann.seen[-1], events.ShoeRevealed)
        self.assertEqual(net(self.ann.player.record), (1, -10))
        self.assertEqual(self.room.emptied, 1)


class SharedTests(SharedTestCase):
    def test_the_last_round(self) -> None:
        self.play(self.ann, self.bob)
        stopped = self.table.stop()
        self.table.act(self.ann, Action.STAND)
        self.assertNoResult(stopped)
        self.table.act(self.bob, Action.STAND)
        self.successResultOf(stopped)
        self.assertIsInstance(self.ann.seen[-1], events.ShoeRevealed)

    def test_a_seat_that_is_kept(self) -> None:
        """When there is no further round nobody is waited for."""
        for playing, answered in ((False, False), (True, True), (True, False)):
            self.open(self.ann, self.bob)
            if playing:
                self.room.bet(self.ann, self.bob)
            if answered:
                self.table.act(self.ann, Action.STAND)
            self.table.cut_off(self.ann)
            stopped = self.table.stop()
            if playing:
                self.table.act(self.bob, Action.STAND)
            self.successResultOf(stopped)
            self.assertEqual(net(self.bob.player.record)[0], playing)
            self.bob.player.record = Record()
            self.assertEqual(self.clock.getDelayedCalls(), [])
            self.assertIsNone(self.table.scene(self.bob).places[0])
            self.table.cut_off(self.bob)
            self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))

    def test_seats_that_are_kept(self) -> None:
        """Whoever watches is shown how the last round ended for all of them: also for one who has a
        blackjack, and is not asked."""
        self.open(self.ann, self.bob, self.cy, cards="10S AS 9H 6S KS 8C")
        self.table.watch(self.cy)
        self.room.bet(self.ann, self.bob)
        self.asked(0, 0)
        shown: list[list[str]] = []

        def look(event: events.Event) -> None:
            if isinstance(event, events.RoundOver):
                places = self.table.scene(self.cy).places
                shown.append([place.name for place in places if place is not None])

        self.cy.reaction = look
        for person in (self.bob, self.ann):
            self.table.cut_off(person)
        self.successResultOf(self.table.stop())
        self.assertEqual(shown, [["Ann", "Bob"]])
        self.assertEqual([each.player.record.rounds for each in (self.ann, self.bob)], [1, 1])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_who_is_cut_off_in_the_last_round(self) -> None:
        """Nobody can come back to it, and nobody is waited for."""
        self.play(self.ann, self.bob)
        stopped = self.table.stop()
        self.table.cut_off(self.ann)
        self.asked(1, 0)
        self.assertFalse(self.bob.last(events.Acted).late)
        self.table.cut_off(self.bob)
        self.successResultOf(stopped)
        self.assertEqual([each.player.record.rounds for each in (self.ann, self.bob)], [1, 1])

    def test_a_seat_that_becomes_free(self) -> None:
        """Nobody takes it any more."""
        people = [Person(name) for name in NAMES[:8]]
        self.play(*people[:7], cards="")
        self.table.join(people[7])
        stopped = self.table.stop()
        for person in people[:7]:
            self.table.leave(person)
        self.successResultOf(stopped)
        self.assertEqual(people[7].all(events.SatDown), [])

    def test_in_the_betting(self) -> None:
        self.open(self.ann, self.bob)
        self.table.bet(self.ann, 10)
        self.successResultOf(self.table.stop())
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertIsNone(self.room.place(0).bet)
        self.assertEqual(self.room.place(0).chips, 1000)

    def test_closing(self) -> None:
        """The table answers for whoever is there, and for whoever was cut off."""
        self.play(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.table.close()
        self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))
        self.assertEqual([each.player.record.rounds for each in (self.ann, self.bob)], [1, 1])

    def test_closing_when_nobody_is_there(self) -> None:
        """Everybody was cut off, before a bet or in the middle of a round."""
        for playing in (False, True):
            self.open(self.ann, self.bob)
            if playing:
                self.room.bet(self.ann, self.bob)
            for person in (self.ann, self.bob):
                self.table.cut_off(person)
            self.table.close()
            self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))
            self.assertEqual(self.bob.player.record.rounds, playing)
