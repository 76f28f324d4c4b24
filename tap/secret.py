"""``twistd secret``."""

from __future__ import annotations

from netsuite.exchange import ExchangeFactory, complaint, delayed
from netsuite.secret import Secret, draw_number, number, number_rule
from netsuite.serving.options import MessageOptions, StoreOptions, parameter
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


def _number(text: str) -> str:
    value = number(text)
    if value is None:
        raise ValueError("expected a whole number")
    return value


class Options(MessageOptions, StoreOptions):
    """The command line."""

    service = "secret"
    framing_by_default = "line"

    optParameters = [parameter("secret", _number, "The secret, instead of one that is drawn")]
    optFlags = [["new", None, "Draw a new secret, although there is one"]]


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    secret = Secret(
        "secret",
        draw_number,
        store_url=options["store"],
        preset=options["secret"],
        renew=bool(options["new"]),
    )
    rule = delayed(number_rule(secret), options.delay)
    factory = ExchangeFactory(rule, options.new_framing, connections, complain=complaint)
    return ListeningService(connections, options.endpoints, factory, needs=[secret])


makeService = alone(service)
