"""The seeds' socketserver design: a thread for each client (over UDP: for each datagram)."""

from __future__ import annotations

import socketserver

from .blocking import converse
from .services import BACKLOG, HOST, UPPER_UDP, announce, parse_arguments


class UpperHandler(socketserver.DatagramRequestHandler):
    """One datagram, turned into upper case."""

    def handle(self) -> None:
        """Write the reply, which socketserver sends afterwards."""
        self.wfile.write(self.rfile.read().upper())


class UdpServer(socketserver.ThreadingUDPServer):
    """A thread for each datagram."""

    daemon_threads = True
    max_packet_size = 65536


class TcpServer(socketserver.ThreadingTCPServer):
    """A thread for each client."""

    daemon_threads = True
    request_queue_size = BACKLOG
    allow_reuse_address = True


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    server: socketserver.BaseServer
    if arguments.service == UPPER_UDP:
        server = UdpServer((HOST, arguments.port), UpperHandler)
    else:

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                converse(self.request, arguments.conversation())

        server = TcpServer((HOST, arguments.port), Handler)
    with server:
        announce(server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
