"""gevent: a greenlet for each client, written as if it blocked."""

from __future__ import annotations

from typing import Any

from gevent.server import DatagramServer, StreamServer  # type: ignore[import-untyped] # has none

from .blocking import converse
from .services import BACKLOG, HOST, UPPER_UDP, announce, parse_arguments


class UpperServer(DatagramServer):  # type: ignore[misc]  # its base is untyped
    """Every datagram goes back in upper case."""

    def handle(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer one datagram."""
        self.socket.sendto(data.upper(), address)


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    address = (HOST, arguments.port)
    if arguments.service == UPPER_UDP:
        server: Any = UpperServer(address)
    else:

        def client(connection: Any, _: object) -> None:
            converse(connection, arguments.conversation())

        server = StreamServer(address, client, backlog=BACKLOG)
    server.start()
    announce(server.address[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
