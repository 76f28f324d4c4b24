"""Two clients swap a string: each receives the one that the other sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred

from netsuite.exchange import Exchange, ExchangeFactory, Last, Reply, Rule, complaint
from netsuite.framing import Framing
from netsuite.serving.connections import Connections


class _Client:
    """A client with something to swap."""

    def __init__(self, exchange: Exchange, string: bytes, factory: SwapFactory) -> None:
        self.exchange = exchange
        self.string = string
        self.factory = factory
        #: What the client is answered with; cancelled when it leaves.
        self.answer: Deferred[Reply] = Deferred(lambda _: factory.left(self))
        self.present = True


class SwapExchange(Exchange):
    """Carries the string of one client."""

    client: _Client | None = None

    def drain(self) -> None:
        """Close; whoever waits for a partner waits in vain when the service stops."""
        super().drain()
        if self.client is not None:
            self.client.factory.give_up(self.client)


class SwapFactory(ExchangeFactory):
    """Pairs the clients of ``swap``, in the order in which their strings arrive.

    A client whose sending side is closed may be listening still, or have left; TCP tells only once
    something is sent. So such a one is sent its partner's string first, and the partner gets the
    other string when that has arrived. If it turns out that nobody was there, the partner
    waits for the next client, and no string is lost.

    :param delay: how long after its arrival a string can be swapped, in seconds.
    """

    exchange = SwapExchange

    def __init__(
        self,
        new_framing: Callable[[int], Framing],
        connections: Connections,
        *,
        delay: float = 0.0,
    ) -> None:
        super().__init__(self._second_string, new_framing, connections, complain=complaint)
        self._delay = delay
        self._waiting: deque[_Client] = deque()

    def rule_for(self, exchange: Exchange) -> Rule:
        """Return the rule that swaps the first string of this client."""
        first = True

        def rule(string: bytes) -> Awaitable[Reply]:
            nonlocal first
            if not first:
                return self._second_string(string)
            first = False
            client = _Client(exchange, string, self)
            assert isinstance(exchange, SwapExchange)
            exchange.client = client
            if self._delay:
                self.connections.reactor.callLater(self._delay, self._arrived, client)
            else:
                self._arrived(client)
            return client.answer

        return rule

    def left(self, client: _Client) -> None:
        """Forget a client that has left."""
        client.present = False
        if client in self._waiting:
            self._waiting.remove(client)

    def give_up(self, client: _Client) -> None:
        """End the session of a client that waits for a partner."""
        if client in self._waiting:
            self._waiting.remove(client)
            client.answer.callback(None)

    @staticmethod
    def _second_string(_string: bytes) -> Deferred[Reply]:
        """Never answer: the session ends with the first string's swap."""
        return Deferred()

    def _arrived(self, client: _Client) -> None:
        """Swap with the client that waits, or wait."""
        if not client.present:
            return
        if not self._waiting:
            self._waiting.append(client)
            if self.connections.draining:
                self.give_up(client)
            return
        partner = self._waiting.popleft()
        for one, other in ((partner, client), (client, partner)):
            if one.exchange.half_closed:
                Deferred.fromCoroutine(self._swap_if_there(one, other))
                return
        partner.answer.callback(Last(client.string))
        client.answer.callback(Last(partner.string))

    async def _swap_if_there(self, doubtful: _Client, other: _Client) -> None:
        there = await doubtful.exchange.confirm(other.string, doubtful.string)
        if there:
            if doubtful.present:
                doubtful.answer.callback(None)  # it has its string; only the end is missing
            if other.present:
                other.answer.callback(Last(doubtful.string))
        else:
            if doubtful.present:
                doubtful.exchange.abort()
            self._arrived(other)
