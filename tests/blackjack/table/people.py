"""People at a table, and shoes whose order is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.players.player import Player, Record
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.table.events import Event
from netsuite.blackjack.table.scene import Place, Scene
from netsuite.blackjack.table.table import Table, TableError

E = TypeVar("E")

#: More names than there are seats.
NAMES = ("Ann", "Bob", "Cy", "Di", "Ed", "Fay", "Gus", "Hal", "Ida", "Jo")

VEGAS = PRESETS["vegas"]


def thirteens(seats: int) -> str:
    """Cards with which each seat has a 13, and the dealer a 17; twos follow.

    :param seats: how many seats play, at most six.
    """
    return " ".join(["10S"] * seats + ["10H"] + ["3S"] * seats + ["7H"] + ["2C"] * 6)


class Named(Player):
    """A player who can come back. As those in a store, each has a record of what was settled."""

    named = True


class Stacked:
    """Puts known cards on top; the rest stays as it is."""

    def __init__(self, cards: str) -> None:
        self.cards = [parse_card(each) for each in cards.split()]

    def shuffle(self, x: list[int], /) -> None:
        for card in self.cards:
            x.remove(card)
        x[:0] = self.cards


class Person:
    """A member of a table, who remembers what there was to see."""

    def __init__(self, name: str, chips: int = 1000, *, named: bool = True) -> None:
        self.player = (Named if named else Player)(name, chips)
        self.seen: list[Event] = []
        self.reaction: Callable[[Event], None] = lambda _event: None

    def see(self, event: Event) -> None:
        self.seen.append(event)
        self.reaction(event)

    def again(self) -> Person:
        """The same player, signed in once more: everything settled so far is known."""
        other = Person(self.player.name, self.player.chips)
        other.player.record = self.player.record
        return other

    def all(self, kind: type[E]) -> list[E]:
        """All that was seen of one kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        """The last that was seen of one kind."""
        return self.all(kind)[-1]

    def take(self) -> list[Event]:
        """What was seen since the last time."""
        seen, self.seen = self.seen, []
        return seen


class Room:
    """A table, some people at it, and a clock.

    :param cards: those on top of the shoe; by default :func:`thirteens`.
    """

    def __init__(
        self,
        *people: Person,
        rules: Rules = VEGAS,
        cards: str | None = None,
        private: bool = False,
    ) -> None:
        if cards is None:
            cards = thirteens(len(people)) if len(people) <= 6 else ""
        self.clock = Clock()
        self.emptied = 0
        self.table = Table(
            rules, self.clock, private=private, shuffler=Stacked(cards), emptied=self._emptied
        )
        self.onlooker = people[0]
        for person in people:
            self.table.join(person)

    def _emptied(self) -> None:
        self.emptied += 1

    @property
    def scene(self) -> Scene:
        """What the first one sees."""
        return self.table.scene(self.onlooker)

    def place(self, seat: int) -> Place:
        """The seat of somebody."""
        place = self.scene.places[seat]
        assert place is not None
        return place

    def bet(self, *people: Person) -> None:
        """Have some people bet."""
        for person in people:
            self.table.bet(person, 10)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, in steps that are exact in binary."""
        for _ in range(int(seconds * 4)):
            self.clock.advance(0.25)


def kinds(seen: list[Event]) -> list[type]:
    """What kinds of things happened."""
    return [type(event) for event in seen]


def net(record: Record) -> tuple[int, int]:
    """The rounds, and the chips won or lost."""
    return record.rounds, record.net


class SharedTestCase(SynchronousTestCase):
    """Ann, Bob and Cy share a table, until another is opened."""

    def setUp(self) -> None:
        self.ann, self.bob, self.cy = self.people = [Person(name) for name in NAMES[:3]]
        self.open(*self.people)

    def open(self, *people: Person, rules: Rules = VEGAS, cards: str | None = None) -> None:
        """Open a table."""
        self.room = Room(*people, rules=rules, cards=cards)
        self.table, self.clock = self.room.table, self.room.clock
        for person in people:
            person.take()

    def play(self, *people: Person, rules: Rules = VEGAS, cards: str | None = None) -> None:
        """Open a table, and deal."""
        self.open(*people, rules=rules, cards=cards)
        self.room.bet(*people)
        for person in people:
            person.take()

    def comes(self, name: str) -> Person:
        """Have somebody come to the table."""
        person = Person(name)
        self.table.join(person)
        return person

    def back(self, person: Person) -> Person:
        """Have somebody sign in again who is at the table."""
        again = person.again()
        self.assertTrue(self.table.come_back(again))
        return again

    def asked(self, *turn: int, seconds: float | None = None) -> None:
        """Check whose turn it is, and how much time is left."""
        self.assertEqual(self.room.scene.turn, turn or None)
        if seconds is not None:
            self.assertEqual(self.room.scene.seconds, seconds)

    def refused(self, text: str, what: Callable[..., object], *arguments: object) -> None:
        """Check that something cannot be done at the table."""
        error = self.assertRaises(TableError, what, *arguments)
        self.assertIn(text, str(error))
