"""The seed's design: a thread for each player, who is asked and waited for."""

from __future__ import annotations

import socketserver

from .blackjack_game import Game, encoded
from .services import HOST, announce, parse_arguments
from .threads import TcpServer


class Player(socketserver.StreamRequestHandler):
    """One player."""

    def handle(self) -> None:
        """Play until they leave."""
        game = Game()
        self.wfile.write(encoded(game.greeting))
        for line in self.rfile:
            self.wfile.write(encoded(game.answer(line.decode("ascii", "replace"))))


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    with TcpServer((HOST, arguments.port), Player) as server:
        announce(server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
