"""A table that several share: seats, bets, turns, and nobody who can stall it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.table import TableError
from tests.blackjack.table.people import VEGAS, Named, Person, Room, net

NAMES = ("Ann", "Bob", "Cy", "Di", "Ed", "Fay", "Gus", "Hal", "Ida", "Jo")


class SharedTestCase(SynchronousTestCase):
    """Ann, Bob and Cy share a table."""

    def setUp(self) -> None:
        self.ann, self.bob, self.cy = self.people = [Person(name) for name in NAMES[:3]]
        self.open(*self.people)

    def open(self, *people: Person, rules: Rules = VEGAS, cards: str | None = None) -> None:
        self.room = Room(*people, rules=rules, cards=cards)
        self.table, self.clock = self.room.table, self.room.clock
        for person in people:
            person.take()

    def comes(self, name: str) -> Person:
        person = Person(name)
        self.table.join(person)
        return person

    def asked(self, *turn: int) -> None:
        """Check whose turn it is."""
        self.assertEqual(self.room.scene.turn, turn or None)

    def refused(self, text: str, what: object, *arguments: object) -> None:
        assert callable(what)
        error = self.assertRaises(TableError, what, *arguments)
        self.assertIn(text, str(error))


class SeatsTests(SharedTestCase):
    def test_seven_seats_and_watchers(self) -> None:
        people = [Person(name) for name in NAMES[:9]]
        self.room = Room(*people, cards="")
        for number, person in enumerate(people[:7]):
            self.assertEqual(person.seen[0], events.SatDown(number, person.player.name))
            self.assertEqual(self.room.table.scene(person).me, number)
        self.assertEqual(people[7].seen, [events.Joined("Hal"), events.Joined("Ida")])
        scene = self.room.table.scene(people[8])
        self.assertEqual((scene.me, scene.mine, scene.my_turn), (None, None, False))
        self.assertEqual((scene.watchers, len(scene.places)), (("Hal", "Ida"), 7))
        self.assertFalse(scene.private)
        # All see the same.
        self.assertEqual(people[0].seen[1:], people[1].seen)

    def test_a_round_of_seven(self) -> None:
        people = [Person(name) for name in NAMES[:7]]
        self.room = Room(*people, cards="")
        self.room.bet(*people)
        table = self.room.table
        while not table.idle:
            turn = self.room.scene.turn
            assert turn is not None
            table.act(people[turn[0]], self.room.scene.round.allowed()[-1])  # type: ignore[union-attr]
        self.assertEqual([each.player.record.rounds for each in people], [1] * 7)

    def test_few_cards(self) -> None:
        """There are only as many seats as the shoe has cards for."""
        rules = Rules(decks=1, max_hands=4)
        room = Room(self.ann, rules=rules, cards="")
        self.assertEqual(len(room.scene.places), rules.max_seats)
        self.assertLess(rules.max_seats, 7)

    def test_the_next_free_seat(self) -> None:
        """Those who watch get it in the order in which they came, unless they want to watch."""
        people = [Person(name) for name in NAMES]
        self.open(*people)
        hal, ida, jo = people[7:]
        self.table.watch(hal)
        self.table.leave(people[2])
        self.assertEqual(hal.take(), [events.Left(2, "Cy"), events.SatDown(2, "Ida")])
        self.assertEqual(self.table.scene(ida).me, 2)
        self.assertEqual(self.table.sit(hal), 2)
        self.assertEqual(self.table.sit(jo), 1)
        self.table.watch(people[0])
        self.table.leave(people[1])
        self.assertEqual((self.table.scene(jo).me, self.table.scene(hal).me), (0, 1))
        self.assertEqual(self.room.scene.watchers, ("Ann",))
        self.assertEqual(self.table.sit(people[0]), 1)

    def test_coming_to_a_round(self) -> None:
        """Who comes in the midst of a round has a seat, and plays the next."""
        self.room.bet(self.ann, self.bob, self.cy)
        di = self.comes("Di")
        self.assertEqual(di.seen, [events.SatDown(3, "Di")])
        self.assertEqual((self.room.place(3).hands, self.room.place(3).sits_out), ((), True))
        self.refused("bets are placed when it is over", self.table.bet, di, 10)
        for person in self.people:
            self.table.act(person, Action.STAND)
        self.assertEqual(di.player.record, Record())
        self.table.bet(di, 10)
        self.assertEqual(self.room.place(3).bet, 10)
        self.assertEqual(self.room.place(0).hands[0].total, 13)

    def test_watching(self) -> None:
        self.table.watch(self.bob)
        self.assertEqual(self.bob.take(), [events.StoodUp(1, "Bob")])
        self.refused("you are watching", self.table.watch, self.bob)
        self.refused("sit down first", self.table.bet, self.bob, 10)
        self.refused("sit down first", self.table.sit_out, self.bob)
        self.refused("you have a seat", self.table.sit, self.ann)
        self.assertEqual(self.table.sit(self.bob), 0)
        self.assertEqual(self.bob.take(), [events.SatDown(1, "Bob")])

    def test_watching_in_the_midst_of_a_round(self) -> None:
        """The hand is answered for; the seat is free when the round is over."""
        self.room.bet(self.ann, self.bob, self.cy)
        self.ann.take()
        self.table.watch(self.bob)
        self.assertEqual(self.ann.take(), [events.StoodUp(None, "Bob")])
        self.assertEqual(self.table.scene(self.bob).me, 1)
        di = self.comes("Di")
        self.assertEqual(self.table.scene(di).me, 3)
        self.table.act(self.ann, Action.STAND)
        self.asked(2, 0)
        self.assertTrue(self.ann.all(events.Acted)[-1].late)
        self.table.act(self.cy, Action.STAND)
        self.assertEqual(self.room.scene.watchers, ("Bob",))
        self.assertIsNone(self.room.scene.places[1])
        self.assertEqual(net(self.bob.player.record), (1, -10))

    def test_watching_at_ones_turn(self) -> None:
        self.room.bet(self.ann, self.bob)
        self.table.sit_out(self.cy)
        self.table.watch(self.ann)
        self.asked(1, 0)
        # Changing one's mind brings the seat back, but nothing that was answered.
        self.assertEqual(self.table.sit(self.ann), 0)
        self.refused("it is not your turn: Bob is asked", self.table.act, self.ann, Action.HIT)
        self.table.act(self.bob, Action.STAND)
        self.assertEqual(self.table.scene(self.ann).me, 0)
        self.assertTrue(self.room.place(0).present)

    def test_everybody_leaves(self) -> None:
        """The shoe is revealed to the last, and another is begun by whoever comes next."""
        self.room.bet(*self.people)
        commitment = self.table.commitment
        for person in self.people:
            self.table.leave(person)
        revealed = self.cy.last(events.ShoeRevealed)
        self.assertEqual(revealed.reveal.commitment, commitment)
        self.assertEqual(self.ann.all(events.ShoeRevealed), [])
        self.assertEqual((self.room.emptied, self.clock.getDelayedCalls()), (1, []))
        di = self.comes("Di")
        scene = self.table.scene(di)
        self.assertEqual((scene.me, scene.round, scene.betting), (0, None, True))
        self.table.bet(di, 10)
        self.assertEqual(di.last(events.ShoeStarted).number, 2)

    def test_the_shoe_goes_on_for_those_who_stay(self) -> None:
        self.room.bet(*self.people)
        for person in self.people:
            self.table.act(person, Action.STAND)
        commitment = self.table.commitment
        for person in self.people[:2]:
            self.table.leave(person)
        self.table.bet(self.cy, 10)
        self.assertEqual((self.table.commitment, self.table.shoe_number), (commitment, 1))
        self.assertEqual(self.cy.all(events.ShoeRevealed), [])

    def test_only_watchers_are_left(self) -> None:
        self.room.bet(*self.people)
        self.table.watch(self.ann)
        for person in self.people[1:]:
            self.table.leave(person)
        self.assertIsInstance(self.ann.seen[-1], events.ShoeRevealed)
        self.assertIsNone(self.table.scene(self.ann).round)
        self.assertEqual(self.room.emptied, 0)


class BettingTests(SharedTestCase):
    def test_no_hurry_before_the_first_bet(self) -> None:
        self.room.pass_time(100)
        self.assertIsNone(self.room.scene.seconds)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.table.bet(self.ann, 50)
        self.assertEqual(
            self.cy.take(), [events.BetPlaced(0, 50), events.BettingOpened(20.0)]
        )
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
                *(
                    events.StoodUp(seat, NAMES[seat], "sat out 3 rounds")
                    for seat in (2, 3, 4, 5)
                ),
            ],
        )
        # Before bets are placed again, and without anybody's coming back by themselves.
        self.assertEqual(ann.seen[-1], events.BettingOpened(None))
        self.assertEqual(self.room.scene.watchers, tuple(NAMES[1:6]))
        self.assertEqual((self.table.scene(hal).me, self.table.scene(people[6]).me), (1, 6))

    def test_broke(self) -> None:
        self.ann.player.chips = 5
        self.refused("refill", self.table.bet, self.ann, 10)
        self.ann.player.chips = 10
        self.table.bet(self.ann, 10)


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
        self.assertEqual(
            [event.seat for event in self.ann.all(events.TurnCame)], [1, 2]
        )
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
        self.assertEqual([place and place.name for place in self.room.scene.places[:3]],
                         ["Ann", None, None])

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
        self.assertEqual(
            [event.seat for event in self.ann.all(events.Acted)], [0, 1, 2]
        )


class TalkTests(SharedTestCase):
    def test_saying(self) -> None:
        di = Person("Di")
        self.open(*[Person(name) for name in NAMES[:7]])
        self.table.join(di)
        self.table.say(di, "hello")
        self.assertEqual(di.seen[-1], events.Said("Di", "hello"))
        self.assertEqual(self.room.onlooker.seen[-1], events.Said("Di", "hello"))

    def test_nothing(self) -> None:
        self.refused("say hello", self.table.say, self.ann, "")

    def test_too_much(self) -> None:
        for number in range(5):
            self.table.say(self.ann, f"{number}")
        self.room.pass_time(3.5)
        self.refused("wait 7 s", self.table.say, self.ann, "and")
        self.table.say(self.bob, "I may")
        # Signing in once more does not help.
        again = self.ann.again()
        self.table.come_back(again)
        self.refused("wait 7 s", self.table.say, again, "and")
        self.room.pass_time(6.5)
        self.table.say(again, "and")
        self.assertEqual(len(self.bob.all(events.Said)), 7)

    def test_not_at_the_table(self) -> None:
        self.refused("not at this table", self.table.say, Person("Di"), "hello")
