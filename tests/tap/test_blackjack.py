"""``twistd blackjack``: rules, tables, seeds, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.service import BlackjackFactory
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite
from netsuite.tap.blackjack import Options, makeService, service
from tests.transports import CLIENT, Transport

DELAY = 2.5


def parsed(*arguments: str) -> Options:
    options = Options()
    options.parseOptions(arguments)
    return options


def factory_of(*arguments: str) -> BlackjackFactory:
    """Return what builds the connections of a service that is set like that."""
    factory: Any = service(parsed("--ephemeral", *arguments))._factory
    assert isinstance(factory, BlackjackFactory)
    return factory


class OptionTests(SynchronousTestCase):
    def test_defaults(self) -> None:
        options = parsed()
        self.assertEqual(options.endpoints, ["tcp:9000:interface=127.0.0.1"])
        factory = factory_of()
        house = factory.house
        self.assertEqual(house.rules, PRESETS["vegas"])
        self.assertEqual((house.shared, house.seed, house.tutor), (False, None, False))
        self.assertEqual(factory.delay, 0.0)
        self.assertEqual(factory.connections.limits.idle_timeout, 300.0)

    def test_rules(self) -> None:
        for name, rules in PRESETS.items():
            self.assertEqual(factory_of("--rules", name).house.rules, rules)

    def test_rules_of_one_s_own(self) -> None:
        path = Path(self.mktemp())
        path = path.with_suffix(".toml")
        path.write_text('base = "european"\nmax_bet = 77\n', encoding="ascii")
        self.assertEqual(factory_of("--rules", str(path)).house.rules.max_bet, 77)

    def test_the_rest(self) -> None:
        factory = factory_of("--tables=shared", "--seed=7", "--tutor", "--delay", str(DELAY))
        house = factory.house
        self.assertEqual((house.shared, house.seed, house.tutor), (True, 7, True))
        self.assertEqual(factory.delay, DELAY)
        self.assertEqual(factory_of("--seed", "0").house.seed, 0)

    def test_store(self) -> None:
        self.assertEqual(parsed("--store", "sqlite:/tmp/x")["store"], "sqlite:/tmp/x")

    def test_mistakes(self) -> None:
        for arguments, said in (
            (["--rules", "vegs"], "--rules vegs: "),
            (["--rules", "nowhere.toml"], "--rules nowhere.toml: "),
            (["--tables", "private,shared"], "expected one of private, shared"),
            (["--seed", "-1"], "expected a whole number, at least 0"),
            (["--seed", "seven"], "expected a whole number, at least 0"),
            (["--delay", "soon"], "expected a number of seconds"),
            (["--tutors"], "option --tutors not recognized"),
            (["extra"], "Wrong number of arguments."),
        ):
            error = self.assertRaises(usage.UsageError, parsed, *arguments)
            self.assertIn(said, str(error), arguments)

    def test_rules_that_make_no_sense(self) -> None:
        path = Path(self.mktemp()).with_suffix(".toml")
        path.write_text("decks = 0\n", encoding="ascii")
        error = self.assertRaises(usage.UsageError, parsed, "--rules", str(path))
        self.assertIn("decks", str(error))

    def test_help(self) -> None:
        text = parsed().getUsage()
        for each in ("--rules", "simple, vegas, european", "--tables", "--seed", "--tutor"):
            self.assertIn(each, " ".join(text.split()))


class ServiceTests(SynchronousTestCase):
    def test_service(self) -> None:
        suite = makeService(parsed("--ephemeral"))
        assert isinstance(suite, Suite)
        (only,) = suite
        assert isinstance(only, ListeningService)
        self.assertEqual(only.name, "blackjack")
        factory: Any = only._factory
        # What has to be opened before the first client, and closed after the last.
        self.assertEqual(only._needs, (factory.house,))

    def test_the_same_cards_for_all(self) -> None:
        """A class can compare."""
        clock = Clock()
        orders = []
        for _ in range(3):
            factory = factory_of("--rules=simple", "--seed=7")
            factory.connections.reactor = clock
            connection = factory.buildProtocol(CLIENT)
            assert connection is not None
            transport = Transport()
            connection.makeConnection(transport)
            connection.dataReceived(b"\n")
            table = connection._session.table
            shoe = table._shoes._shoe
            assert shoe is not None
            orders.append(list(shoe.order))
            self.assertIn(b"The shoes are shuffled with the seed 7", transport.value())
            connection.connectionLost()
        self.assertEqual(orders[0], orders[1])
        self.assertEqual(orders[1], orders[2])
        clock.advance(1)
        self.assertEqual(clock.getDelayedCalls(), [])
