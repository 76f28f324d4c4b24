"""``twistd blackjack``."""

from __future__ import annotations

from netsuite.blackjack.house import House
from netsuite.blackjack.players.accounts import Accounts
from netsuite.blackjack.rulefile import find_rules
from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.service import BlackjackFactory
from netsuite.serving.options import ServiceOptions, StoreOptions, at_least, one_of, parameter
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(ServiceOptions, StoreOptions):
    """The command line."""

    service = "blackjack"

    optParameters = [
        parameter("rules", find_rules, f"{', '.join(PRESETS)}, or a TOML file (vegas)"),
        parameter("tables", one_of(("private", "shared")), "One for each player, or one (private)"),
        parameter("seed", at_least(0), "Shuffle by this number, known to all, to teach or test"),
    ]
    optFlags = [["tutor", None, "Tell players of better choices unless they say otherwise"]]


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    house = House(
        options["rules"] or PRESETS["vegas"],
        Accounts(options["store"], clock=connections.reactor),
        connections.reactor,
        shared=options["tables"] == "shared",
        seed=options["seed"],
        tutor=bool(options["tutor"]),
    )
    factory = BlackjackFactory(house, connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, factory, needs=[house])


makeService = alone(service)
