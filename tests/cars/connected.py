"""Clients of the registry on fake transports."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.notation import PICKLE, Notation, Plain, notation_of
from netsuite.cars.service import CarsFactory
from netsuite.exchange import Exchange
from netsuite.framing import Int32
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.storage import Store
from tests.cars.stores import InstantStore, RegistryOn
from tests.transports import CLIENT, Transport

LIMITS = Limits(max_message=1000, idle_timeout=300.0, request_timeout=60.0, grace=10.0)

#: What a reply is: how it is written, and what it says.
Answer = tuple[str, Plain]

ADD = ("NEW_REGISTRATION", "024 HYR", 2, 97543, "Jack Lemon")
GET = ("GET_CAR_DETAILS", "024 HYR")
CAR = (True, 2, 97543, "Jack Lemon")
DONE = (True, None)


def framed(*requests: Plain, notation: Notation = PICKLE) -> bytes:
    """Return requests as a client sends them."""
    return b"".join(Int32().encode(notation.encode(request)) for request in requests)


def answers(stream: bytes) -> list[Answer]:
    """Return the replies in what a server sent, and how each is written."""
    framing = Int32()
    payloads = framing.feed(stream)
    assert not framing.partial
    notations = [notation_of(payload) for payload in payloads]
    return [
        (notation.name, notation.decode(payload))
        for notation, payload in zip(notations, payloads, strict=True)
    ]


def pickled(*replies: Plain) -> list[Answer]:
    """Return what replies are to a client that writes pickles."""
    return [("pickle", reply) for reply in replies]


class Case(SynchronousTestCase):
    """Connects clients on fake transports, with a fake clock, to a registry that needs no disk."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.connections = Connections("cars", LIMITS, reactor=self.clock)
        self.stopped = 0
        store = InstantStore()
        self.addCleanup(store.close_at_once)
        self.factory = self.build(store)

    def stop(self) -> None:
        self.stopped += 1

    def build(
        self, store: Store, *, delay: float = 0.0, stop: Callable[[], None] | None = None
    ) -> CarsFactory:
        return CarsFactory(RegistryOn(store), self.connections, delay=delay, stop=stop or self.stop)

    def connect(self, address: IAddress = CLIENT) -> tuple[Exchange, Transport]:
        exchange = self.factory.buildProtocol(address)
        assert exchange is not None
        transport = Transport()
        exchange.makeConnection(transport)
        return exchange, transport
