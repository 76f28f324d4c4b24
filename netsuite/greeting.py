"""The services that greet whoever connects, and close: ``greeter`` and ``hello``."""

from __future__ import annotations

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress

from netsuite.exchange import Exchange, ExchangeFactory, Last, Rule, delayed
from netsuite.framing import Unframed
from netsuite.serving.connections import Connections

THANKS = b"Thank you for connecting"


def hello(address: IAddress) -> bytes:
    """Return the greeting for a client: its IP address, or ``you`` where it has none."""
    host = address.host if isinstance(address, (IPv4Address, IPv6Address)) else "you"
    return b"Hello " + host.encode("ascii", "backslashreplace")


def greeter_factory(connections: Connections, *, delay: float = 0.0) -> ExchangeFactory:
    """Return the factory of ``greeter``.

    :param delay: how long each greeting takes, in seconds.
    """
    rule = delayed(lambda _request: Last(THANKS), delay, connections.reactor)
    return ExchangeFactory(rule, Unframed, connections, speaks_first=True)


class HelloFactory(ExchangeFactory):
    """Builds the protocol of each client of ``hello``.

    :param delay: how long each greeting takes, in seconds.
    """

    def __init__(self, connections: Connections, *, delay: float = 0.0) -> None:
        super().__init__(lambda _request: None, Unframed, connections, speaks_first=True)
        self._delay = delay

    def rule_for(self, exchange: Exchange) -> Rule:
        """Return the rule that greets this one client."""
        greeting = Last(hello(exchange.address))
        return delayed(lambda _request: greeting, self._delay, self.connections.reactor)
