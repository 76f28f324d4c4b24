"""Sending at once, where that can be done."""

from __future__ import annotations

from typing import cast

from twisted.internet import main, tcp
from twisted.internet.error import ConnectionLost
from twisted.trial.unittest import SynchronousTestCase

from netsuite.serving.transports import IStreamTransport, writer
from tests.transports import Transport


class Connection(tcp.Server):
    """A TCP connection without a socket.

    :param takes: how many bytes the socket takes at once; None if the connection is lost.
    """

    def __init__(self, takes: int | None) -> None:
        self.connected = 1
        self._tempDataBuffer: list[bytes] = []
        self.sent = b""
        self.queued: list[bytes] = []
        self._takes = takes

    def writeSomeData(self, data: bytes) -> int | ConnectionLost:
        if self._takes is None:
            return main.CONNECTION_LOST
        piece = bytes(data[: self._takes])
        self.sent += piece
        return len(piece)

    def write(self, data: bytes) -> None:
        self.queued.append(data)


class WriterTests(SynchronousTestCase):
    def write(self, connection: Connection, data: bytes = b"reply") -> tuple[bytes, list[bytes]]:
        """Return what has been sent, and what waits for the reactor."""
        writer(cast(IStreamTransport, connection))(data)
        return connection.sent, connection.queued

    def test_at_once(self) -> None:
        self.assertEqual(self.write(Connection(100)), (b"reply", []))

    def test_the_rest_is_queued(self) -> None:
        self.assertEqual(self.write(Connection(2)), (b"re", [b"ply"]))
        self.assertEqual(self.write(Connection(0)), (b"", [b"reply"]))

    def test_a_lost_connection_is_found_out_by_the_reactor(self) -> None:
        self.assertEqual(self.write(Connection(None)), (b"", [b"reply"]))

    def test_not_before_what_is_queued(self) -> None:
        waiting = Connection(100)
        waiting.dataBuffer = b"earlier"
        self.assertEqual(self.write(waiting), (b"", [b"reply"]))
        waiting = Connection(100)
        waiting._tempDataBuffer = [b"earlier"]
        self.assertEqual(self.write(waiting), (b"", [b"reply"]))

    def test_only_on_a_connection_that_is_open_and_plain(self) -> None:
        for attribute, value in (("connected", 0), ("disconnecting", True), ("TLS", True)):
            connection = Connection(100)
            setattr(connection, attribute, value)
            self.assertEqual(self.write(connection), (b"", [b"reply"]), attribute)

    def test_other_transports_do_it_their_own_way(self) -> None:
        transport = Transport()
        self.assertEqual(writer(cast(IStreamTransport, transport)), transport.write)
