"""Twisted as it is usually written: its own line receiver, one write a reply, stock reactor."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IListeningPort, IReactorTCP, IReactorUDP
from twisted.internet.protocol import DatagramProtocol, Protocol, ServerFactory
from twisted.protocols.basic import LineOnlyReceiver

from .certificate import make_certificate, tls_endpoint
from .services import (
    BACKLOG,
    CLOCK_REQUEST,
    DIALOGUE_IDLE,
    DIALOGUE_LARGE,
    DIALOGUE_TLS,
    HOST,
    LARGE_LIMIT,
    LIMIT,
    READ_SIZE,
    UPPER_UDP,
    Arguments,
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


class LargeDialogueProtocol(DialogueProtocol):
    """The same, with large messages."""

    MAX_LENGTH = LARGE_LIMIT


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
    DIALOGUE_LARGE: LargeDialogueProtocol,
    DIALOGUE_IDLE: DialogueProtocol,
    DIALOGUE_TLS: DialogueProtocol,
    "clock": ClockProtocol,
    "upper": UpperProtocol,
}


def listen(reactor: Any, arguments: Arguments) -> IListeningPort:
    """Listen where it was asked for."""
    if arguments.service == UPPER_UDP:
        return IReactorUDP(reactor).listenUDP(arguments.port, UpperDatagrams(), HOST, READ_SIZE)
    factory = ServerFactory()
    factory.protocol = PROTOCOLS[arguments.service]
    if arguments.service != DIALOGUE_TLS:
        return IReactorTCP(reactor).listenTCP(arguments.port, factory, BACKLOG, HOST)
    where = tls_endpoint(arguments.port, make_certificate())
    ports: list[IListeningPort] = []
    serverFromString(reactor, f"{where}:backlog={BACKLOG}").listen(factory).addCallback(
        ports.append
    )
    return ports[0]


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, libuv=True)
    if arguments.libuv:
        from netsuite.libuv.reactor import install

        install()
    from twisted.internet import reactor

    address = listen(reactor, arguments).getHost()
    assert isinstance(address, IPv4Address)
    announce(address.port)
    reactor.run()


if __name__ == "__main__":
    main()
