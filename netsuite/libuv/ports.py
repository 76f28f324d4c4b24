"""Ports whose connections libuv accepts."""

from __future__ import annotations

import socket
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet import tcp, unix
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.error import CannotListenError
from twisted.python import log
from twisted.python.failure import Failure

from netsuite.libuv.descriptors import UNIXStream
from netsuite.libuv.sockets import Transport
from netsuite.libuv.stream import Stream

if TYPE_CHECKING:
    from netsuite.libuv.reactor import LibuvReactor

__all__ = ["TCPPort", "TCPServer", "UNIXPort", "UNIXServer"]


class _Server(Stream, tcp.Server):
    """A connection that was accepted.

    libuv makes it before it accepts, and tells the address when that is done. So it is without a
    protocol until then.

    :param port: where.
    """

    def __init__(self, port: _Port) -> None:
        self.reactor = port.reactor
        self.server = port
        self._tempDataBuffer = []
        self._tempDataLen = 0
        self.reactor.accepted = True

    def connection_made(self, uv: Transport) -> None:
        """Have the protocol built, and tell it."""
        try:
            self._connected(uv)
        except BaseException:
            log.err()
            if self.uv is None and not self.disconnected:
                uv.abort()
        self.reactor.turn_if_due()

    def _connected(self, uv: Transport) -> None:
        port = self.server
        peer = self._take_address(uv.get_extra_info("peername"))
        # There is no address if the peer has left already, and nobody to ask behind the port's end.
        protocol = None
        if peer is not None and port.connected:
            assert port.factory is not None
            protocol = port.factory.buildProtocol(peer)
        if protocol is None:
            uv.abort()
            return
        self.protocol = protocol
        self._name = type(protocol).__name__
        self.sessionno = port.sessionno
        port.sessionno += 1
        self._adopt(uv)
        self.connected = 1
        self._built()
        protocol.makeConnection(self)

    def _take_address(self, address: Any) -> Any:
        """Keep the peer's address.

        :param address: as sockets tell it; None if it is not known any more.
        :returns: it, as Twisted tells it.
        """
        raise NotImplementedError

    # Twisted makes both when the connection is made; few are ever read.

    @property
    def logstr(self) -> str:  # type: ignore[override]  # there it can be set
        """The prefix of log lines."""
        protocol = getattr(self, "protocol", None)
        prefix = self._name if protocol is None else self._getLogPrefix(protocol)
        return f"{prefix},{self.sessionno},{self.hostname}"

    def __repr__(self) -> str:
        return f"<{self._name} #{self.sessionno} on {self.server._realPortNumber}>"


class TCPServer(_Server):
    """A connection over TCP that was accepted."""

    def _take_address(self, address: Any) -> IPv4Address | IPv6Address | None:
        if address is None:
            return None
        if len(address) == 2:
            self._addressType = IPv4Address
        else:
            self._addressType = IPv6Address
            address = tcp._getrealname(address)
        self.client = address
        self.hostname = address[0]
        return self._addressType("TCP", *address)


class UNIXServer(_Server, UNIXStream, unix.Server):
    """A connection over a UNIX socket that was accepted."""

    def __init__(self, port: _Port) -> None:
        super().__init__(port)
        self._sendmsgQueue: list[int] = []

    def _take_address(self, address: Any) -> UNIXAddress | None:
        self.hostname = address
        self.client = (address, None)
        return UNIXAddress(address)


class _Port(tcp.Port):
    """A port whose connections libuv accepts."""

    reactor: LibuvReactor
    #: What a connection is.
    serves: type[_Server]

    # uvloop's server, while connections are accepted.
    _uv: Any = None

    @property
    def reads(self) -> bool:
        """Whether connections are accepted."""
        return self._uv is not None

    writes = False

    def startListening(self) -> None:
        """Listen, and accept connections.

        :raises twisted.internet.error.CannotListenError: if it cannot be done.
        """
        try:
            super().startListening()
        except OSError as error:  # There are no file descriptors left for libuv's own.
            self.connectionLost(Failure(error))
            raise CannotListenError(self.interface, self.port, error) from error

    def startReading(self) -> None:
        """Accept connections from now on."""
        if self._uv is None:
            made: Any = partial(self.serves, self)
            self._uv = _result(
                # uvloop closes what it is given.
                self.reactor.loop.create_server(
                    made, sock=self.socket.dup(), backlog=self.backlog or socket.SOMAXCONN
                )
            )
            self.reactor.watch(self)

    def stopReading(self) -> None:
        """Accept no more."""
        if self._uv is not None:
            uv, self._uv = self._uv, None
            self.reactor.forget(self)
            uv.close()


class TCPPort(_Port):
    """A TCP port."""

    serves = TCPServer


class UNIXPort(_Port, unix.Port):
    """A UNIX socket that is listened on."""

    serves = UNIXServer


def _result(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of a coroutine that has nothing to wait for.

    uvloop's servers are made by coroutines. Of those that are given a socket, none waits; so one
    can be made before the loop runs, and when it does.
    """
    try:
        coroutine.send(None)
    except StopIteration as result:
        return result.value
    coroutine.close()
    raise RuntimeError("uvloop waits for something before it listens")
