"""Connections that are asked for: Twisted makes them, and libuv moves the bytes."""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.internet import tcp, unix
from twisted.internet.protocol import Protocol
from twisted.python import log
from twisted.python.failure import Failure

from netsuite.libuv.descriptors import UNIXStream
from netsuite.libuv.sockets import Transport
from netsuite.libuv.stream import Stream

__all__ = ["TCPClient", "TCPConnector", "UNIXClient", "UNIXConnector"]


class _Client(Stream, tcp.BaseClient):
    """A connection that was asked for."""

    connector: Any
    connectionLost = tcp.BaseClient.connectionLost
    # What Twisted's own class calls when it has been told whether there is a connection.
    _commonConnection = Stream

    def _connectDone(self) -> None:
        """Hand the socket, which is connected, over to uvloop."""
        loop: Any = self.reactor.loop
        handing = loop.create_task(loop.connect_accepted_socket(lambda: self, self.socket))
        handing.add_done_callback(self._handed_over)

    def _collectSocketDetails(self) -> None:
        if self.uv is None:
            super()._collectSocketDetails()
        else:
            self._release()

    def _handed_over(self, handing: asyncio.Task[Any]) -> None:
        if not handing.cancelled() and handing.exception() is not None:
            self.failIfNotConnected(handing.exception())

    def connection_made(self, uv: Transport) -> None:
        """Have the protocol built, and tell it; unless nobody wants it any more."""
        if not hasattr(self, "connector"):
            uv.abort()
            return
        # uvloop closes it, and lends it to us.
        self._borrowed = None
        del self.fileno
        self._adopt(uv)
        try:
            self._connected()
        except BaseException as error:
            log.err()
            self.connectionLost(Failure(error))
        self.reactor.turn_if_due()

    def _connected(self) -> None:
        protocol = self.connector.buildProtocol(self.getPeer())
        self.connected = 1
        self.logstr = f"{self._getLogPrefix(protocol)},client"
        # Somebody has to be told that the connection is lost.
        self.protocol = Protocol() if protocol is None else protocol
        if protocol is None:
            self.loseConnection()
        else:
            self._built()
            protocol.makeConnection(self)


class TCPClient(_Client, tcp.Client):
    """A connection over TCP that was asked for."""


class UNIXClient(_Client, UNIXStream, unix.Client):
    """A connection over a UNIX socket that was asked for."""


class TCPConnector(tcp.Connector):
    """Connects, and connects again."""

    def _makeTransport(self) -> TCPClient:
        return TCPClient(self.host, self.port, self.bindAddress, self, self.reactor)


class UNIXConnector(unix.Connector):
    """Connects, and connects again."""

    def _makeTransport(self) -> Any:
        return UNIXClient(self.address, self, self.reactor, self.checkPID)
