"""Seats at a shared table, those who watch and wait for one, and what is said there."""

from __future__ import annotations

from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from tests.blackjack.table.people import NAMES, Person, Room, SharedTestCase, net


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
        self.assertIsInstance(people[0].seen[1], events.ShoeStarted)
        self.assertEqual(people[0].seen[2:], people[1].seen)

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

    def test_changing_ones_mind_over_and_over(self) -> None:
        for _ in range(5):
            self.table.watch(self.bob)
            self.table.sit(self.bob)
        self.refused("wait 10 s", self.table.watch, self.bob)
        self.assertEqual(self.table.scene(self.bob).me, 1)

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
        self.assertFalse(self.ann.all(events.Acted)[-1].late)
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
