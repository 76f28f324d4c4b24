"""Twisted as it is usually written: its own line receiver, one write a reply, stock reactor."""

from __future__ import annotations

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IReactorTCP, IReactorUDP
from twisted.internet.protocol import DatagramProtocol, Protocol, ServerFactory
from twisted.protocols.basic import LineOnlyReceiver

from .services import (
    BACKLOG,
    CLOCK_REQUEST,
    HOST,
    LIMIT,
    READ_SIZE,
    UPPER_UDP,
    announce,
    clock_reply,
    dialogue_reply,
    parse_arguments,
)


class DialogueProtocol(LineOnlyReceiver):
    """NUL-terminated requests."""

    delimiter = b"\0"
    MAX_LENGTH = LIMIT

    def lineReceived(self, line: bytes) -> None:
        """Answer one request."""
        self.sendLine(dialogue_reply(line))


class UpperProtocol(LineOnlyReceiver):
    """Lines that end in CRLF."""

    MAX_LENGTH = LIMIT

    def lineReceived(self, line: bytes) -> None:
        """Answer one line."""
        self.sendLine(line.upper())


class ClockProtocol(Protocol):
    """25-byte requests."""

    def __init__(self) -> None:
        self._held = b""

    def dataReceived(self, data: bytes) -> None:
        """Tell the time for each 25 bytes."""
        assert self.transport is not None
        self._held += data
        while len(self._held) >= CLOCK_REQUEST:
            self._held = self._held[CLOCK_REQUEST:]
            self.transport.write(clock_reply())


class UpperDatagrams(DatagramProtocol):
    """Every datagram goes back in upper case."""

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        """Answer one datagram."""
        assert self.transport is not None
        self.transport.write(datagram.upper(), addr)


PROTOCOLS: dict[str, type[Protocol]] = {
    "dialogue": DialogueProtocol,
    "clock": ClockProtocol,
    "upper": UpperProtocol,
}


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    from twisted.internet import reactor

    if arguments.service == UPPER_UDP:
        port = IReactorUDP(reactor).listenUDP(arguments.port, UpperDatagrams(), HOST, READ_SIZE)
    else:
        factory = ServerFactory()
        factory.protocol = PROTOCOLS[arguments.service]
        port = IReactorTCP(reactor).listenTCP(arguments.port, factory, BACKLOG, HOST)
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    announce(address.port)
    reactor.run()


if __name__ == "__main__":
    main()
