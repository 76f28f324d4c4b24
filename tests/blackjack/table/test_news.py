"""Telling members: all of them the same, in the same order."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.table.events import Event, Said, SatOut
from netsuite.blackjack.table.news import News
from tests.blackjack.table.people import Person


class NewsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.told = 0
        self.news = News(self.count)
        self.ann, self.bob = Person("Ann"), Person("Bob")

    def count(self) -> None:
        self.told += 1

    def tell(self, text: str) -> None:
        self.news.tell(Said("x", text), (self.ann, self.bob))

    def heard(self, person: Person) -> str:
        return " ".join(each.text for each in person.all(Said))

    def test_nothing_before_run(self) -> None:
        self.tell("one")
        self.assertEqual(self.heard(self.ann), "")
        self.news.run()
        self.assertEqual((self.heard(self.ann), self.told), ("one", 1))

    def test_what_is_told_while_telling(self) -> None:
        """Everybody is told of the first before anybody is told of the second."""

        def react(event: Event) -> None:
            if event == Said("x", "one"):
                self.tell("three")
                self.news.run()
                self.assertEqual(self.heard(self.bob), "")

        self.ann.reaction = react
        self.tell("one")
        self.tell("two")
        self.news.run()
        for person in (self.ann, self.bob):
            self.assertEqual(self.heard(person), "one two three")
        self.assertEqual(self.told, 1)

    def test_steps(self) -> None:
        """A step comes after what was noted before it, and before what was noted after it."""
        steps: list[str] = []

        def step() -> None:
            steps.append(self.heard(self.bob))
            self.tell("three")

        self.tell("one")
        self.news.then(step)
        self.tell("two")
        self.news.run()
        self.assertEqual(steps, ["one"])
        self.assertEqual(self.heard(self.ann), "one two three")

    def test_who_is_told(self) -> None:
        """Whoever is there when something happens, even if they have gone since."""
        members = [self.ann]
        self.news.tell(SatOut(1), members)
        members[:] = [self.bob]
        self.news.run()
        self.assertEqual((self.ann.seen, self.bob.seen), ([SatOut(1)], []))

    def test_a_member_that_fails(self) -> None:
        def fail(_event: Event) -> None:
            raise ValueError("{not} a format")

        self.ann.reaction = fail
        self.tell("one")
        self.tell("two")
        self.news.run()
        self.assertEqual(self.heard(self.bob), "one two")
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 2)
