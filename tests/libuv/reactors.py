"""What the tests of the reactor stand on."""

from __future__ import annotations

from typing import Any

from twisted.internet.protocol import Factory, Protocol
from twisted.internet.test.reactormixins import ReactorBuilder
from twisted.trial.unittest import SynchronousTestCase

from netsuite.libuv.reactor import LibuvReactor


class ReactorTestCase(ReactorBuilder, SynchronousTestCase):
    """Tests that make reactors, and run them."""

    reactorFactory = LibuvReactor

    def new_reactor(self) -> LibuvReactor:
        """Return a reactor that is closed behind the test."""
        reactor = self.buildReactor()
        assert isinstance(reactor, LibuvReactor)
        self.addCleanup(reactor.loop.close)
        return reactor


class Told(Protocol):
    """A protocol that keeps what it is told."""

    transport: Any

    def __init__(self) -> None:
        self.received = b""
        self.made = False
        self.reason: Any = None

    def connectionMade(self) -> None:
        """Keep that there is a connection."""
        self.made = True

    def dataReceived(self, data: bytes) -> None:
        """Keep what was received."""
        self.received += data

    def connectionLost(self, reason: Any = None) -> None:
        """Keep why it is over."""
        self.reason = reason


class Pausing(Told):
    """A protocol that wants nothing to be read, from the beginning."""

    def connectionMade(self) -> None:
        """Pause."""
        super().connectionMade()
        self.transport.pauseProducing()


def factory_of(*protocols: Protocol) -> Any:
    """Return a factory that hands out these, one after the other."""
    factory: Any = Factory()
    waiting = list(protocols)
    factory.buildProtocol = lambda _: waiting.pop(0)
    return factory
