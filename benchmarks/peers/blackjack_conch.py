"""Twisted's own telnet: conch's transport, which answers negotiation, and its line protocol."""

from __future__ import annotations

from twisted.conch.telnet import StatefulTelnetProtocol, TelnetTransport
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import ServerFactory

from .blackjack_game import Game
from .services import BACKLOG, HOST, announce, parse_arguments


class Player(StatefulTelnetProtocol):
    """One player."""

    state = "Game"

    def connectionMade(self) -> None:
        """Begin a game."""
        assert self.transport is not None
        self._game = Game()
        self.transport.write(self._game.greeting.encode("ascii"))

    def telnet_Game(self, line: bytes) -> None:
        """Answer a line."""
        assert self.transport is not None
        self.transport.write(self._game.answer(line.decode("ascii", "replace")).encode("ascii"))


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    from twisted.internet import reactor

    factory = ServerFactory()
    factory.protocol = lambda: TelnetTransport(Player)
    port = IReactorTCP(reactor).listenTCP(arguments.port, factory, BACKLOG, HOST)
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    announce(address.port)
    reactor.run()


if __name__ == "__main__":
    main()
