"""Who gets which table, and a seat back."""

from __future__ import annotations

import gc
import tracemalloc

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.lobby import Lobby, LobbyFull
from netsuite.blackjack.table.table import MOST_WATCHERS, Table
from tests.blackjack.table.people import VEGAS, Person


def open_tables() -> int:
    """How many tables there are in memory."""
    gc.collect()
    return sum(isinstance(each, Table) for each in gc.get_objects())


class PrivateTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.lobby = Lobby(VEGAS, self.clock, seed=1)

    def test_each_has_a_table(self) -> None:
        ann, bob = Person("Ann"), Person("Bob", named=False)
        table, other = self.lobby.enter(ann), self.lobby.enter(bob)
        self.assertIsNot(table, other)
        self.assertTrue(table.private)
        self.assertTrue(other.private)
        self.assertEqual(table.scene(ann).me, 0)

    def test_guests_of_one_name(self) -> None:
        first, second = (Person("Guest", named=False) for _ in range(2))
        self.assertIsNot(self.lobby.enter(first), self.lobby.enter(second))

    def test_seed(self) -> None:
        """All private tables deal the same cards."""
        dealt = []
        for name in ("Ann", "Bob"):
            person = Person(name)
            table = self.lobby.enter(person)
            table.bet(person, 10)
            self.assertEqual(person.last(events.ShoeStarted).seed, 1)
            self.lobby.leave(person)
            dealt.append(person.last(events.ShoeRevealed).reveal.order)
        self.assertEqual(*dealt)

    def test_coming_back(self) -> None:
        ann = Person("Ann")
        table = self.lobby.enter(ann)
        table.bet(ann, 10)
        self.lobby.cut_off(ann)
        self.clock.advance(29)
        again = ann.again()
        self.assertIs(self.lobby.enter(again), table)
        self.assertEqual(again.seen, [events.Returned(0, "Ann")])
        self.lobby.leave(again)
        other = ann.again()
        self.assertIsNot(self.lobby.enter(other), table)

    def test_not_back_in_time(self) -> None:
        ann = Person("Ann")
        table = self.lobby.enter(ann)
        self.lobby.cut_off(ann)
        self.clock.advance(30)
        self.assertIsNot(self.lobby.enter(ann.again()), table)

    def test_taking_over(self) -> None:
        ann = Person("Ann")
        table = self.lobby.enter(ann)
        again = ann.again()
        self.assertIs(self.lobby.enter(again), table)
        self.assertEqual(ann.seen[-1], events.TakenOver())
        self.lobby.cut_off(ann)
        self.lobby.leave(ann)
        table.bet(again, 10)

    def test_signing_in_while_leaving(self) -> None:
        """A player who comes back while the leaving is being told has a table, and one only."""
        ann, again = Person("Ann"), Person("Ann")
        tables: list[Table] = []

        def react(event: events.Event) -> None:
            if isinstance(event, events.Left):
                tables.append(self.lobby.enter(again))

        self.lobby.enter(ann)
        ann.reaction = react
        self.lobby.leave(ann)
        (table,) = tables
        self.assertEqual(table.scene(again).me, 0)
        table.bet(again, 10)
        third = Person("Ann")
        self.assertIs(self.lobby.enter(third), table)

    def test_a_thousand(self) -> None:
        """They play, they go in all ways there are, and nothing is left of them."""
        before = open_tables()
        people = [Person(f"P{number}", named=number % 3 != 0) for number in range(1000)]
        for person in people:
            table = self.lobby.enter(person)
            table.bet(person, 10)
        self.assertEqual(open_tables() - before, 1000)
        for person in people[::2]:
            self.lobby.cut_off(person)
        self.clock.advance(10)
        back = [self.came_back(person) for person in people[::4] if person.player.named]
        for person in (*people[1::2], *back):
            self.lobby.leave(person)
        self.clock.advance(20)
        # Each round was counted once.
        self.assertEqual(sum(each.player.record.rounds for each in (*people, *back)), 1000)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertTrue(table.idle)
        del table
        self.assertEqual(open_tables(), before)

    def came_back(self, person: Person) -> Person:
        again = person.again()
        self.lobby.enter(again)
        return again

    def test_what_a_table_costs(self) -> None:
        """Before a round is played it is little more than a shoe; it has no timers."""
        people = [Person(f"P{number}") for number in range(1000)]
        self.lobby.enter(people.pop())
        gc.collect()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before, _ = tracemalloc.get_traced_memory()
        for person in people:
            self.lobby.enter(person)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        self.assertLess((after - before) / len(people), 12 * 1024)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_close(self) -> None:
        """What is not over by then is played to its end."""
        ann, bob = Person("Ann"), Person("Bob")
        tables = [self.lobby.enter(person) for person in (ann, bob)]
        for person, table in zip((ann, bob), tables, strict=True):
            table.bet(person, 10)
        self.lobby.cut_off(bob)
        self.lobby.close()
        self.assertEqual([each.player.record.rounds for each in (ann, bob)], [1, 1])
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual([table.idle for table in tables], [True, True])
        self.lobby.cut_off(ann)
        self.lobby.leave(bob)


class SharedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.lobby = Lobby(VEGAS, self.clock, shared=True, seed=1)

    def test_one_table(self) -> None:
        people = [Person(f"P{number}") for number in range(9)]
        tables = {id(self.lobby.enter(person)) for person in people}
        self.assertEqual(len(tables), 1)

    def test_it_stays(self) -> None:
        ann = Person("Ann")
        table = self.lobby.enter(ann)
        self.lobby.leave(ann)
        self.assertIs(self.lobby.enter(Person("Bob")), table)

    def test_full(self) -> None:
        people = [Person(f"P{number}") for number in range(7 + MOST_WATCHERS)]
        for person in people:
            table = self.lobby.enter(person)
        self.assertEqual(len(table.scene(people[0]).watchers), MOST_WATCHERS)
        late = Person("Late")
        error = self.assertRaises(LobbyFull, self.lobby.enter, late)
        self.assertIn("all seats are taken", str(error))
        self.assertEqual(late.seen, [])
        # Who is there already can still change the connection.
        self.assertIs(self.lobby.enter(people[-1].again()), table)
        self.assertIs(self.lobby.enter(people[0].again()), table)
        self.lobby.leave(people[50])
        self.assertIs(self.lobby.enter(late), table)

    def test_a_free_seat_among_many_watchers(self) -> None:
        people = [Person(f"P{number}") for number in range(7 + MOST_WATCHERS)]
        for person in people:
            table = self.lobby.enter(person)
        for person in people[7:]:
            table.watch(person)
        self.lobby.leave(people[3])
        late = Person("Late")
        self.lobby.enter(late)
        self.assertEqual(table.scene(late).me, 3)

    def test_coming_back(self) -> None:
        ann, bob = Person("Ann"), Person("Bob")
        for person in (ann, bob):
            table = self.lobby.enter(person)
        for person in (ann, bob):
            table.bet(person, 10)
        self.lobby.cut_off(ann)
        ann = ann.again()
        self.lobby.enter(ann)
        scene = table.scene(ann)
        self.assertEqual((scene.me, scene.turn), (0, (0, 0)))
        table.act(ann, scene.round.allowed()[0] if scene.round else Action.HIT)
