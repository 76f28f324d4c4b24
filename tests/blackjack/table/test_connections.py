"""Connections that are lost, and players who come back, in every phase."""

from __future__ import annotations

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.table import TableError
from tests.blackjack.table.people import Person, Room, SharedTestCase, net


class BettingTests(SharedTestCase):
    def test_a_seat_is_kept(self) -> None:
        self.open(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.assertEqual(self.ann.take(), [events.CutOff(1, "Bob", 30.0)])
        self.assertEqual(self.bob.take(), [])
        self.assertFalse(self.room.place(1).present)
        self.room.pass_time(29.75)
        again = self.back(self.bob)
        self.assertEqual(self.ann.take(), [events.Returned(1, "Bob")])
        self.assertEqual(again.take(), [events.Returned(1, "Bob")])
        self.assertEqual(self.table.scene(again).me, 1)
        self.assertTrue(self.room.place(1).present)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertRaises(TableError, self.table.bet, self.bob, 10)
        self.table.bet(again, 10)

    def test_a_seat_is_not_kept_for_ever(self) -> None:
        self.open(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.ann.take()
        self.room.pass_time(30)
        self.assertEqual(self.ann.take(), [events.Left(1, "Bob", "did not come back in time")])
        self.assertIsNone(self.room.scene.places[1])
        self.assertFalse(self.table.come_back(self.bob.again()))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_bet_is_withdrawn(self) -> None:
        """Nobody's chips are at stake while they are away, and nobody waits for them."""
        self.open(self.ann, self.bob)
        self.table.bet(self.bob, 10)
        self.table.cut_off(self.bob)
        self.assertIsNone(self.room.place(1).bet)
        self.assertEqual(self.ann.take()[-1], events.BettingOpened(None))
        self.assertIsNone(self.room.scene.seconds)
        self.table.bet(self.ann, 10)
        self.asked(0, 0)
        again = self.back(self.bob)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(again.player.record.rounds, 0)
        self.table.bet(again, 10)

    def test_nobody_else_is_waited_for(self) -> None:
        self.open(self.ann, self.bob)
        self.table.bet(self.ann, 10)
        self.table.cut_off(self.bob)
        self.asked(0, 0)

    def test_a_guest(self) -> None:
        guest = Person("Guest 1", named=False)
        self.open(self.ann, guest)
        self.table.bet(guest, 10)
        self.table.cut_off(guest)
        self.assertEqual(
            self.ann.take()[-2:],
            [events.Left(1, "Guest 1", "lost the connection"), events.BettingOpened(None)],
        )
        self.assertFalse(self.table.come_back(guest.again()))
        self.assertFalse(self.table.come_back(Person("Guest 1", named=False)))

    def test_a_name_like_a_guests(self) -> None:
        """Nobody gets a guest's seat by a name, and no guest anybody else's."""
        self.open(self.ann, Person("Guest 1", named=False))
        self.assertFalse(self.table.come_back(Person("Guest 1")))
        self.assertFalse(self.table.come_back(Person("Ann", named=False)))

    def test_a_watcher(self) -> None:
        people = [Person(f"P{number}") for number in range(8)]
        self.open(*people)
        self.table.cut_off(people[7])
        self.assertEqual(people[0].take(), [events.Left(None, "P7", "lost the connection")])
        self.assertFalse(self.table.come_back(people[7].again()))
        self.table.leave(people[0])
        self.assertIsNone(self.table.scene(people[1]).places[0])

    def test_away_for_three_rounds(self) -> None:
        """Coming back for a moment, over and over, does not keep a seat that is not used."""
        self.open(self.ann, self.bob, cards="")
        bob = self.bob
        for _ in range(3):
            self.assertIsNotNone(self.room.scene.places[1])
            self.table.cut_off(bob)
            self.ann.player.chips = 1000
            self.table.bet(self.ann, 10)
            bob = self.back(bob)
            self.table.cut_off(bob)
            while (game := self.room.scene.round) and not game.over:
                self.table.act(self.ann, game.allowed()[-1])
            if self.room.scene.places[1] is not None:
                bob = self.back(bob)
        self.assertIsNone(self.room.scene.places[1])
        self.assertEqual(self.ann.last(events.Left).reason, "sat out 3 rounds")


class TurnTests(SharedTestCase):
    def test_in_ones_turn(self) -> None:
        """The turn waits for the end of the 30 seconds."""
        self.play(self.ann, self.bob)
        self.room.pass_time(15)
        self.table.cut_off(self.ann)
        self.asked(0, 0, seconds=30)
        self.room.pass_time(29.75)
        ann = self.back(self.ann)
        self.asked(0, 0, seconds=0.25)
        self.table.act(ann, Action.HIT)
        self.asked(0, 0, seconds=25)
        self.table.act(ann, Action.STAND)
        self.asked(1, 0)
        self.table.act(self.bob, Action.STAND)
        # What was played counts for whoever signed in last.
        self.assertEqual(net(ann.player.record), (1, -10))
        self.assertEqual(net(self.ann.player.record), (0, 0))

    def test_in_ones_turn_and_not_back(self) -> None:
        self.play(self.bob, self.ann)
        self.table.act(self.bob, Action.STAND)
        self.room.pass_time(15)
        self.table.cut_off(self.ann)
        self.room.pass_time(29.75)
        self.asked(1, 0)
        self.bob.take()
        self.room.pass_time(0.25)
        acted, *rest = [
            event
            for event in self.bob.take()
            if not isinstance(event, events.Left | events.RoundOver | events.BettingOpened)
        ]
        self.assertEqual(rest, [])
        assert isinstance(acted, events.Acted)
        self.assertFalse(acted.late)
        self.assertIsNone(self.room.scene.places[1])
        self.assertEqual(net(self.ann.player.record), (1, -10))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_before_ones_turn(self) -> None:
        """A turn that comes in the meantime waits, too."""
        self.play(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.room.pass_time(2)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(self.ann.last(events.TurnCame), events.TurnCame(1, 0, 28.0))
        self.room.pass_time(10)
        bob = self.back(self.bob)
        self.asked(1, 0, seconds=18)
        self.table.act(bob, Action.STAND)
        self.assertEqual(net(bob.player.record), (1, -10))

    def test_back_late_in_a_turn_of_the_usual_length(self) -> None:
        self.play(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.room.pass_time(20)
        self.table.act(self.ann, Action.STAND)
        self.asked(1, 0, seconds=25)
        self.room.pass_time(9)
        self.back(self.bob)
        self.asked(1, 0, seconds=16)

    def test_after_30_seconds(self) -> None:
        """The seat is given up, and its hand answered for as soon as it is its turn."""
        self.play(self.ann, self.bob, self.cy)
        self.table.cut_off(self.bob)
        self.room.pass_time(24)
        self.table.act(self.ann, Action.HIT)
        self.ann.take()
        self.room.pass_time(6)
        self.assertEqual(self.ann.take(), [events.Left(None, "Bob", "did not come back in time")])
        self.asked(0, 0)
        self.table.act(self.ann, Action.STAND)
        self.asked(2, 0)
        self.table.act(self.cy, Action.STAND)
        self.assertIsNone(self.room.scene.places[1])
        self.assertEqual(net(self.bob.player.record), (1, -10))

    def test_back_after_30_seconds_in_the_same_round(self) -> None:
        """The seat is theirs until the round is over, and what is not answered yet is, too."""
        self.play(self.ann, self.bob)
        self.table.cut_off(self.bob)
        self.room.pass_time(24)
        self.table.act(self.ann, Action.HIT)
        self.room.pass_time(10)
        bob = self.back(self.bob)
        self.table.act(self.ann, Action.STAND)
        self.asked(1, 0, seconds=25)
        self.table.act(bob, Action.HIT)

    def test_a_turn_is_put_off_once(self) -> None:
        """However often its player leaves and comes back."""
        self.play(self.ann, self.bob)
        ann = self.ann
        self.room.pass_time(24)
        for _ in range(6):
            self.table.cut_off(ann)
            self.room.pass_time(4)
            ann = self.back(ann)
            self.room.pass_time(1)
        self.asked(1, 0)

    def test_put_off_once_in_a_round(self) -> None:
        """Also by whoever takes a card in between."""
        cards = "2S 10S 10H 2D 3S 7H 2C 2C 2C 2C AS AS AS AS"
        self.play(self.ann, self.bob, cards=cards)
        ann = self.ann
        self.room.pass_time(24)
        self.table.cut_off(ann)
        self.asked(0, 0, seconds=30)
        ann = self.back(ann)
        self.table.act(ann, Action.HIT)
        self.room.pass_time(24)
        self.table.cut_off(ann)
        self.asked(0, 0, seconds=1)
        self.room.pass_time(1)
        self.asked(1, 0)
        self.assertIsNotNone(self.room.scene.places[0])

    def test_put_off_anew_in_the_next_round(self) -> None:
        # In the second round the dealer has a 10, and no seat a blackjack.
        cards = "10S 10S 10H 3S 3S 7H 10S 10S 10H 4S 4S 7H"
        self.play(self.ann, self.bob, cards=cards)
        for _ in range(2):
            self.table.cut_off(self.ann)
            self.asked(0, 0, seconds=30)
            self.ann = self.room.onlooker = self.back(self.ann)
            for person in (self.ann, self.bob):
                self.table.act(person, Action.STAND)
            self.room.bet(self.ann, self.bob)

    def test_a_warning_for_the_others(self) -> None:
        self.play(self.ann, self.bob)
        self.room.pass_time(22)
        self.table.cut_off(self.ann)
        self.bob.take()
        self.room.pass_time(25)
        self.assertEqual(self.bob.take(), [events.TimeShort(0, 5.0)])

    def test_early_surrender_and_insurance(self) -> None:
        """Both questions are kept for a while, then answered; so are those that follow."""
        for lost_at in range(3):
            self.setUp()
            self.play(self.ann, rules=Rules(surrender="early"), cards="10S AH 3S 7H 2C 2C")
            for action in (Action.PLAY_ON, Action.NO_INSURANCE)[:lost_at]:
                self.table.act(self.ann, action)
            self.table.cut_off(self.ann)
            self.room.pass_time(29.75)
            self.asked(0, 0)
            ann = self.back(self.ann)
            self.assertEqual(len(ann.take()), 1)
            self.table.cut_off(ann)
            self.room.pass_time(90)
            self.assertEqual(net(ann.player.record), (1, -10))
            self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))

    def test_in_the_question_of_another(self) -> None:
        """Asked twice in a round: put off the first time, not the second."""
        self.play(
            self.ann, self.bob, rules=Rules(surrender="early"), cards="10S 10S AH 3S 3S 7H 2C 2C 2C"
        )
        self.table.cut_off(self.bob)
        self.table.act(self.ann, Action.PLAY_ON)
        self.asked(1, 0, seconds=30)
        self.room.pass_time(30)
        # Bob's seat is given up: only Ann is asked from now on.
        self.asked(0, 0)
        self.table.act(self.ann, Action.NO_INSURANCE)
        self.table.act(self.ann, Action.STAND)
        self.assertEqual(
            [each.action for each in self.ann.all(events.Acted) if each.seat == 1],
            [Action.PLAY_ON, Action.NO_INSURANCE, Action.STAND],
        )

    def test_with_split_hands(self) -> None:
        cards = "8S 10S 10H 8H 3S 7H 3D 4D 2C 2C"
        self.play(self.ann, self.bob, cards=cards)
        self.table.act(self.ann, Action.SPLIT)
        self.table.act(self.ann, Action.STAND)
        self.asked(0, 1)
        self.table.cut_off(self.ann)
        self.room.pass_time(20)
        ann = self.back(self.ann)
        scene = self.table.scene(ann)
        assert scene.mine is not None
        self.assertEqual((len(scene.mine.hands), scene.turn, scene.mine.chips), (2, (0, 1), 980))
        self.table.act(ann, Action.DOUBLE)
        self.asked(1, 0)
        self.table.act(self.bob, Action.STAND)
        self.assertEqual(ann.player.record.staked, 30)

    def test_lost_with_split_hands(self) -> None:
        cards = "8S 10S 10H 8H 3S 7H 3D 4D 2C 2C"
        self.play(self.ann, self.bob, cards=cards)
        self.table.act(self.ann, Action.SPLIT)
        self.table.cut_off(self.ann)
        self.room.pass_time(30)
        self.asked(1, 0, seconds=25)
        self.assertEqual([each.hand for each in self.bob.all(events.Acted)], [0, 0, 1])

    def test_when_played(self) -> None:
        """A hand that is played needs nobody; the seat is kept as at other times."""
        self.play(self.ann, self.bob)
        self.table.act(self.ann, Action.STAND)
        self.table.cut_off(self.ann)
        self.asked(1, 0, seconds=25)
        self.table.act(self.bob, Action.STAND)
        self.assertEqual(net(self.ann.player.record), (1, -10))
        self.assertEqual(self.clock.getDelayedCalls()[0].getTime(), 30)
        self.assertTrue(self.room.scene.betting)
        ann = self.back(self.ann)
        self.assertEqual(len(self.room.place(0).hands), 1)
        self.table.bet(ann, 10)

    def test_when_it_is_told_that_the_round_is_over(self) -> None:
        self.play(self.ann, self.bob)
        self.table.act(self.ann, Action.STAND)

        def react(event: events.Event) -> None:
            if isinstance(event, events.RoundOver):
                self.table.cut_off(self.ann)

        self.ann.reaction = react
        self.table.act(self.bob, Action.STAND)
        self.assertFalse(self.room.place(0).present)
        self.back(self.ann)

    def test_a_guest_in_turn(self) -> None:
        guest = Person("Guest 1", named=False)
        self.play(guest, self.ann)
        self.table.cut_off(guest)
        self.asked(1, 0)
        self.assertEqual(self.ann.take()[0], events.Left(None, "Guest 1", "lost the connection"))

    def test_quitting_and_signing_in_again(self) -> None:
        """Nobody gets out of a round by that."""
        self.play(self.ann, self.bob)
        self.table.leave(self.bob)
        bob = self.back(self.bob)
        self.assertEqual(bob.take(), [events.Returned(1, "Bob")])
        self.table.act(self.ann, Action.STAND)
        self.table.act(bob, Action.STAND)
        self.assertEqual(net(bob.player.record), (1, -10))
        self.assertEqual(net(self.bob.player.record), (0, 0))

    def test_all_are_cut_off(self) -> None:
        people = [self.ann, self.bob, self.cy]
        self.play(*people)
        for person in people:
            self.table.cut_off(person)
        self.assertEqual(self.room.emptied, 0)
        self.room.pass_time(30)
        self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))
        self.assertEqual([net(each.player.record) for each in people], [(1, -10)] * 3)

    def test_private(self) -> None:
        """The seat is kept as at a shared table; there is no other hurry."""
        room = self.room = Room(self.ann, private=True)
        self.table = room.table
        self.table.bet(self.ann, 10)
        self.table.cut_off(self.ann)
        room.pass_time(20)
        ann = self.back(self.ann)
        self.assertEqual(room.scene.seconds, None)
        self.assertEqual(room.clock.getDelayedCalls(), [])
        self.table.act(ann, Action.HIT)
        self.table.cut_off(ann)
        room.pass_time(30)
        self.assertEqual(net(ann.player.record)[0], 1)
        self.assertEqual((room.emptied, room.clock.getDelayedCalls()), (1, []))
