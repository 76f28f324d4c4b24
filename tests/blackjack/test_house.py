"""What all sessions share, from its opening to its closing."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.blackjack.house import House
from netsuite.blackjack.players.accounts import Accounts
from netsuite.blackjack.rules import PRESETS
from netsuite.serving.service import CannotStart
from tests.blackjack.session.clients import HAND, SIMPLE, VEGAS, Case


class OpeningTests(SynchronousTestCase):
    def test_a_store_that_cannot_be_opened(self) -> None:
        path = Path(self.mktemp())
        path.write_text("this is no database", encoding="ascii")
        house = House(VEGAS, Accounts(f"sqlite:{path}", clock=Clock()), Clock())
        error = self.assertRaises(CannotStart, house.open)
        self.assertIn("netsuite: blackjack: ", str(error))


class StoreTests(TestCase):
    """With a real store, as the service opens it."""

    async def test_open_and_close(self) -> None:
        path = Path(self.mktemp()).absolute()
        house = House(VEGAS, Accounts(f"sqlite:{path}"), Clock())
        house.open()
        self.assertFalse(await house.accounts.known("Ann"))
        await house.close()
        self.assertTrue(path.exists())

    async def test_closed_without_having_been_opened(self) -> None:
        """As when the address is taken."""
        await House(VEGAS, Accounts(f"sqlite:{self.mktemp()}"), Clock()).close()


class SharedTests(SynchronousTestCase):
    """What is the same for all."""

    def house(self, rules: str = "vegas", *, shared: bool = False) -> House:
        return House(PRESETS[rules], Accounts(clock=Clock()), Clock(), shared=shared)

    def test_who_is_asked_for_a_name(self) -> None:
        self.assertTrue(self.house("vegas").asks_names)
        self.assertFalse(self.house("simple").asks_names)
        self.assertTrue(self.house("simple", shared=True).asks_names)

    def test_guests(self) -> None:
        """Where there are others, they can be told apart."""
        house = self.house()
        self.assertEqual([house.guest().name for _ in range(2)], ["Guest", "Guest"])
        house = self.house(shared=True)
        self.assertEqual([house.guest().name for _ in range(2)], ["Guest 1", "Guest 2"])
        self.assertEqual(house.guest().chips, VEGAS.bankroll)
        self.assertIsNot(house.guest(), house.guest())

    def test_the_edge(self) -> None:
        house = self.house("simple")
        self.assertEqual(house.rules, SIMPLE)
        self.assertAlmostEqual(house.edge, house.solution.house_edge())
        self.assertIs(house.solution, house.solution)

    def test_the_day(self) -> None:
        self.assertRegex(self.house().today().isoformat(), r"^\d{4}-\d\d-\d\d$")


class ClosingTests(Case):
    """Tables first, then the store: what is not over is played to its end, and all is saved."""

    def close(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self.house.close())

    def chips(self) -> list[tuple[object, ...]]:
        return self.store.execute("SELECT chips, rounds FROM players")

    def setUp(self) -> None:
        super().setUp()
        # What is in memory is to be looked at afterwards.
        self.store.close_at_once = lambda: None  # type: ignore[method-assign]
        self.ann = self.named("Ann")
        self.stack(self.ann, HAND)

    def test_what_is_over(self) -> None:
        self.ann.type("10", "h", "s")
        self.ann.vanish()
        self.successResultOf(self.close())
        self.assertTrue(self.accounts.closed)
        self.assertEqual(self.chips(), [(1010, 1)])
        self.assertNothingLeft()

    def test_what_is_not(self) -> None:
        """Somebody was cut off in the middle of a round, and has not come back."""
        self.ann.type("10", "h")
        self.ann.vanish()
        self.assertFalse(self.ann.connection._session.table.idle)
        self.successResultOf(self.close())
        self.assertEqual(self.chips(), [(1010, 1)])
        self.assertNothingLeft()

    def test_what_is_not_saved(self) -> None:
        """It is tried once more."""
        self.store.down = True
        self.ann.type("10", "h", "s")
        self.ann.vanish()
        self.store.down = False
        self.successResultOf(self.close())
        self.assertEqual(self.chips(), [(1010, 1)])
        self.assertNothingLeft()

    def test_a_table_of_others(self) -> None:
        self.ann.vanish()
        self.pass_time(31)
        self.shared = True
        self.open()
        ann, bob = self.back("Ann"), self.named("Bob")
        self.stack(ann, "10S 10D 10H 3S 3H 7H 2C 2D")
        ann.type("10")
        bob.type("10")
        ann.vanish()
        bob.vanish()
        self.successResultOf(self.close())
        self.assertEqual(self.chips(), [(990, 1)] * 2)
        self.assertNothingLeft()
