"""Turns at a shared table: each has its time, and nobody can stall it."""

from __future__ import annotations

from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from tests.blackjack.table.people import Named, Person, SharedTestCase, net


class TurnTests(SharedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.room.bet(*self.people)
        for person in self.people:
            person.take()

    def test_one_after_the_other(self) -> None:
        self.refused("it is not your turn: Ann is asked", self.table.act, self.bob, Action.HIT)
        for person in self.people:
            self.table.act(person, Action.STAND)
        self.assertEqual(self.ann.seen, self.bob.seen)
        self.assertEqual(self.ann.seen, self.cy.seen)
        self.assertEqual([event.seat for event in self.ann.all(events.TurnCame)], [1, 2])
        self.assertEqual(self.ann.all(events.TimeShort), [])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_time_is_up(self) -> None:
        self.room.pass_time(19.75)
        self.assertEqual(self.cy.take(), [])
        self.room.pass_time(0.25)
        self.assertEqual(self.cy.take(), [events.TimeShort(0, 5.0)])
        self.assertEqual(self.room.scene.seconds, 5)
        self.room.pass_time(5)
        self.assertEqual(
            self.cy.take(),
            [
                events.Acted(0, 0, Action.STAND, (), 13, False, True),
                events.TurnCame(1, 0, 25.0),
            ],
        )

    def test_each_question_has_its_time(self) -> None:
        self.room.pass_time(24)
        self.table.act(self.ann, Action.HIT)
        self.assertEqual(self.room.scene.seconds, 25)
        self.room.pass_time(24)
        self.asked(0, 0)

    def test_nobody_ever_acts(self) -> None:
        self.room.pass_time(75)
        self.assertTrue(self.table.idle)
        self.assertEqual([each.late for each in self.ann.all(events.Acted)], [True] * 3)
        self.assertEqual([each.player.record.rounds for each in self.people], [1, 1, 1])

    def test_every_phase_is_answered(self) -> None:
        """Also where the table is asked for insurance, or for early surrender."""
        rules = Rules(surrender="early")
        people = [Person("Ann"), Person("Bob")]
        self.open(*people, rules=rules, cards="10S 10S AH 3S 3S 7H 2C 2C 2C 2C")
        self.room.bet(*people)
        self.room.pass_time(25 * 6)
        self.assertTrue(self.table.idle)
        self.assertEqual(
            [(each.seat, each.action) for each in people[0].all(events.Acted)],
            [
                (0, Action.PLAY_ON),
                (1, Action.PLAY_ON),
                (0, Action.NO_INSURANCE),
                (1, Action.NO_INSURANCE),
                (0, Action.STAND),
                (1, Action.STAND),
            ],
        )

    def test_a_split_that_is_not_played(self) -> None:
        self.open(self.ann, self.bob, cards="8S 10S 10H 8H 3S 7H 3D 4D")
        self.room.bet(self.ann, self.bob)
        self.table.act(self.ann, Action.SPLIT)
        self.room.pass_time(25)
        self.asked(0, 1)
        self.room.pass_time(25)
        self.asked(1, 0)

    def test_quitting_with_split_hands(self) -> None:
        """All of them are answered for at once."""
        self.open(self.ann, self.bob, cards="8S 10S 10H 8H 3S 7H 3D 4D")
        self.room.bet(self.ann, self.bob)
        self.table.act(self.ann, Action.SPLIT)
        self.bob.take()
        self.table.leave(self.ann)
        self.assertEqual(
            [event.hand for event in self.bob.take() if isinstance(event, events.Acted)], [0, 1]
        )
        self.asked(1, 0)
        self.assertEqual(self.room.scene.seconds, 25)

    def test_quitting_in_anothers_turn(self) -> None:
        self.table.leave(self.bob)
        self.asked(0, 0)
        self.assertEqual(self.cy.take(), [events.Left(None, "Bob")])
        self.table.act(self.ann, Action.STAND)
        self.asked(2, 0)
        self.table.leave(self.cy)
        self.assertTrue(self.table.idle)
        self.assertEqual([each.player.record.rounds for each in self.people], [1, 1, 1])
        self.assertEqual(
            [place and place.name for place in self.room.scene.places[:3]], ["Ann", None, None]
        )

    def test_quitting_when_played(self) -> None:
        self.table.act(self.ann, Action.STAND)
        self.table.leave(self.ann)
        self.asked(1, 0)
        self.assertEqual(self.bob.take()[-1], events.Left(None, "Ann"))
        self.assertEqual(self.ann.player.record.rounds, 0)
        for person in (self.bob, self.cy):
            self.table.act(person, Action.STAND)
        self.assertEqual(net(self.ann.player.record), (1, -10))

    def test_leaving_and_coming_over_and_over(self) -> None:
        """By name, in one's own turn: the hand is answered for once, and nothing is held up."""
        self.table.leave(self.ann)
        for _ in range(5):
            again = self.ann.again()
            self.assertTrue(self.table.come_back(again))
            self.asked(1, 0)
            self.table.leave(again)
        self.room.pass_time(50)
        self.assertTrue(self.table.idle)

    def test_a_player_that_cannot_be_settled(self) -> None:
        """It is logged; the others get theirs."""

        class Broken(Named):
            def settle(self, played: Record) -> None:
                raise ValueError("lost")

        di = Person("Di")
        di.player = Broken("Di", 1000)
        self.open(di, self.bob)
        self.room.bet(di, self.bob)
        self.room.pass_time(50)
        self.assertEqual(self.bob.player.record.rounds, 1)
        self.assertTrue(self.room.scene.betting)
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_members_that_fail(self) -> None:
        def fail(_event: events.Event) -> None:
            raise ValueError

        self.ann.reaction = fail
        self.room.pass_time(75)
        self.assertTrue(self.table.idle)
        self.assertEqual(self.bob.seen, self.ann.seen)
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), len(self.ann.seen))

    def test_members_that_act_while_told(self) -> None:
        """Everybody is told of everything, in the same order."""

        def player(person: Person) -> None:
            def react(event: events.Event) -> None:
                scene = self.table.scene(person)
                if isinstance(event, events.TurnCame) and scene.my_turn:
                    self.table.act(person, Action.STAND)

            person.reaction = react

        self.open(*self.people)
        for person in self.people:
            player(person)
        self.room.bet(*self.people)
        self.assertTrue(self.table.idle)
        self.assertEqual(self.ann.seen, self.bob.seen)
        self.assertEqual(self.ann.seen, self.cy.seen)
        self.assertEqual([event.seat for event in self.ann.all(events.Acted)], [0, 1, 2])
