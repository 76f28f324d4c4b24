"""The seeds' first design: one client at a time, everybody else waits."""

from __future__ import annotations

import contextlib
import socket

from .services import (
    BACKLOG,
    HOST,
    READ_SIZE,
    UPPER_UDP,
    Conversation,
    TooLongError,
    announce,
    parse_arguments,
)


def converse(connection: socket.socket, conversation: Conversation) -> None:
    """Answer one client until it leaves, or breaks a rule, and close."""
    with connection, contextlib.suppress(OSError, TooLongError):
        while data := connection.recv(READ_SIZE):
            if replies := conversation.feed(data):
                connection.sendall(replies)


def serve_datagrams(port: int) -> None:
    """Answer one datagram after the other, for ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, port))
        announce(server.getsockname()[1])
        while True:
            data, sender = server.recvfrom(READ_SIZE)
            server.sendto(data.upper(), sender)


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    if arguments.service == UPPER_UDP:
        serve_datagrams(arguments.port)
    with socket.create_server((HOST, arguments.port), backlog=BACKLOG) as server:
        announce(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            converse(connection, arguments.conversation())


if __name__ == "__main__":
    main()
