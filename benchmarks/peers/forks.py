"""The seeds' clock server: a process for each client (over UDP: for each datagram)."""

from __future__ import annotations

import os
import signal
import socket
import socketserver
from collections.abc import Callable

from .blocking import converse
from .services import BACKLOG, HOST, UPPER_UDP, Conversation, announce, parse_arguments
from .threads import UpperHandler


class UdpServer(socketserver.ForkingUDPServer):
    """A process for each datagram; 40 at once, which is socketserver's own bound."""

    max_packet_size = 65536


def serve_streams(port: int, conversation: Callable[[], Conversation]) -> None:
    """Fork for each client, for ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead children
    with socket.create_server((HOST, port), backlog=BACKLOG) as server:
        announce(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                converse(connection, conversation())
                os._exit(0)
            connection.close()


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    if arguments.service != UPPER_UDP:
        serve_streams(arguments.port, arguments.conversation)
    with UdpServer((HOST, arguments.port), UpperHandler) as server:
        announce(server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
