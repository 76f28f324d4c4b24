"""Players who sign in while they are at the table."""

from __future__ import annotations

from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.table import TableError
from tests.blackjack.table.people import Person, SharedTestCase, net


class TakeoverTests(SharedTestCase):
    def test_in_a_round(self) -> None:
        self.play(self.ann, self.bob)
        self.room.pass_time(5)
        self.bob.take()
        ann = self.back(self.ann)
        self.assertEqual(self.ann.take(), [events.TakenOver()])
        # Nobody else notices, and there is no more time.
        self.assertEqual((self.bob.take(), ann.take()), ([], []))
        self.asked(0, 0, seconds=20)
        # What the old connection does, or that it is lost, has no effect any more.
        self.table.cut_off(self.ann)
        self.table.leave(self.ann)
        self.assertRaises(TableError, self.table.act, self.ann, Action.HIT)
        self.assertRaises(TableError, self.table.say, self.ann, "hello")
        self.table.act(ann, Action.STAND)
        self.table.act(self.bob, Action.STAND)
        self.assertEqual((ann.player.record.rounds, self.ann.player.record.rounds), (1, 0))

    def test_with_a_bet(self) -> None:
        """It is withdrawn, as when the connection is lost first; but they are waited for."""
        self.open(self.ann, self.bob)
        self.table.bet(self.ann, 10)
        ann = self.back(self.ann)
        self.assertIsNone(self.room.scene.seconds)
        self.table.bet(self.bob, 10)
        self.assertTrue(self.table.idle)
        self.table.bet(ann, 10)
        self.assertFalse(self.table.idle)

    def test_a_watcher(self) -> None:
        """The place in the queue is kept."""
        people = [Person(f"P{number}") for number in range(10)]
        self.open(*people)
        again = self.back(people[7])
        self.assertEqual(people[7].take()[-1], events.TakenOver())
        self.assertEqual(self.room.scene.watchers, ("P7", "P8", "P9"))
        self.table.leave(people[0])
        self.assertEqual(self.table.scene(again).me, 0)

    def test_by_its_own_reaction(self) -> None:
        """The old member goes while it is told that it is taken over."""
        self.play(self.ann, self.bob)
        self.ann.reaction = lambda event: self.table.leave(self.ann)
        ann = self.back(self.ann)
        self.asked(0, 0)
        self.assertEqual(self.table.scene(ann).me, 0)

    def test_someone_who_watches_in_the_midst_of_a_round(self) -> None:
        """Their hand counts for whoever signed in last."""
        self.play(self.ann, self.bob)
        self.table.watch(self.bob)
        bob = self.back(self.bob)
        self.assertEqual(self.bob.take()[-1], events.TakenOver())
        self.table.act(self.ann, Action.STAND)
        self.table.act(bob, Action.STAND)
        self.assertEqual(net(bob.player.record), (1, -10))
