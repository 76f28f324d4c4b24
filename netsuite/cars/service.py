"""The registry on a connection: requests in, replies out, in the notation of each request."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress

from netsuite.cars import rules
from netsuite.cars.notation import PICKLE, Notation, NotationError, notation_of
from netsuite.cars.registry import Registry
from netsuite.cars.turns import Turns
from netsuite.exchange import Exchange, ExchangeFactory, Last, Rule, delayed
from netsuite.framing import Int32
from netsuite.serving.addresses import is_loopback
from netsuite.serving.connections import Connections
from netsuite.storage import after


class CarsExchange(Exchange):
    """A client of the registry."""

    #: How the client writes, which is how it is answered.
    notation: Notation = PICKLE

    def complaint(self, reason: str) -> bytes:
        """Return a refusal that the client can read."""
        return self.notation.encode((False, reason))


def stop_process() -> None:
    """Stop as at SIGTERM: with that very signal."""
    signal.raise_signal(signal.SIGTERM)


class CarsFactory(ExchangeFactory):
    """Builds the connections of the registry.

    :param registry: the cars.
    :param connections: the service's books.
    :param delay: how long each request takes, in seconds.
    :param stop: what SHUTDOWN does; None if it is refused.
    """

    exchange = CarsExchange

    def __init__(
        self,
        registry: Registry,
        connections: Connections,
        *,
        delay: float = 0.0,
        stop: Callable[[], None] | None = stop_process,
    ) -> None:
        super().__init__(lambda _request: None, Int32, connections)
        self._registry = registry
        self._delay = delay
        self._stop = stop
        self._stopped = False

    def rule_for(self, exchange: Exchange) -> Rule:
        """Return the rule for one connection, which knows who asks."""
        rule = partial(self._answer, cast("CarsExchange", exchange), Turns())
        return delayed(rule, self._delay, self.connections.reactor)

    def _answer(
        self, exchange: CarsExchange, turns: Turns, payload: bytes
    ) -> bytes | Deferred[bytes] | None:
        try:
            exchange.notation = notation = notation_of(payload)
            request = rules.parse(notation.decode(payload))
        except NotationError as error:
            self.connections.log(exchange, f"sent what is no request: {error}")
            return Last(exchange.complaint(str(error)))
        except rules.Refused as error:
            return notation.encode((False, str(error)))
        if request.action == "SHUTDOWN":
            reason = self._shut_down(exchange.address)
            return None if reason is None else notation.encode((False, reason))
        changes = request.action not in rules.LOOK_UPS
        reply = turns.take(changes, partial(self._registry.respond, request))
        return after(reply, notation.encode)

    def _shut_down(self, address: IAddress) -> str | None:
        """Stop the server, or return why it is not stopped."""
        if self._stop is None:
            return "This server is not stopped by clients"
        if not is_loopback(address):
            return "This server is stopped by clients on its own machine only"
        # Who is told twice to stop is in a hurry, and cuts off the requests in hand.
        if not self._stopped and not self.connections.draining:
            self._stopped = True
            self._stop()
        return None
