"""Services behind HAProxy: the PROXY protocol, versions 1 and 2.

Twisted's own ``haproxy:`` endpoint connects a protocol before the proxy has said who the client
is, so that whatever looks at the peer first (a limit, a log line, a greeting) sees the proxy; it
hides half-closes; and it refuses some headers that arrive in pieces. Here the service's factory is
asked for a protocol, with the client's real address, once the header is complete.
"""

from __future__ import annotations

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IListeningPort,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamServerEndpoint,
    ITCPTransport,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from netsuite.serving.addresses import address_text
from netsuite.serving.proxy_header import ProxyHeaderError, parse_header

#: What an endpoint string begins with for a proxied endpoint.
PROXY_PREFIX = "haproxy:"
#: How long a proxy may take to send its header, in seconds. It is the first thing that it sends.
HEADER_TIMEOUT = 10.0

_log = Logger(namespace="netsuite")


@implementer(IHalfCloseableProtocol)
class ProxiedProtocol(Protocol):
    """Reads the header, and from then on passes everything to the service's own protocol."""

    transport: ITCPTransport

    def __init__(self, factory: ProxiedFactory) -> None:
        self._factory = factory
        self._head = b""
        self._protocol: IProtocol | None = None
        self._timeout: IDelayedCall | None = None

    def connectionMade(self) -> None:
        """Wait for the header, but not for ever."""
        from twisted.internet import reactor

        clock = self._factory.reactor or IReactorTime(reactor)
        self._timeout = clock.callLater(HEADER_TIMEOUT, self._refuse, "sent no PROXY header")

    def dataReceived(self, data: bytes) -> None:
        """Take a piece of the header, or of what follows it."""
        if self._protocol is not None:
            self._protocol.dataReceived(data)
        elif self._timeout is not None:
            self._header_received(data)

    def _header_received(self, data: bytes) -> None:
        self._head += data
        try:
            header = parse_header(self._head)
        except ProxyHeaderError as error:
            self._refuse(str(error))
            return
        if header is None:
            return
        self._cancel_timeout()
        rest, self._head = self._head[header.size :], b""
        client = header.source or self.transport.getPeer()
        protocol = self._factory.wrapped.buildProtocol(client)
        if protocol is None:
            self.transport.loseConnection()
            return
        self._protocol = protocol
        protocol.makeConnection(self.transport)
        if rest:
            protocol.dataReceived(rest)

    def _refuse(self, reason: str) -> None:
        self._cancel_timeout()
        _log.info("{peer} {reason}", peer=address_text(self.transport.getPeer()), reason=reason)
        self.transport.abortConnection()

    def _cancel_timeout(self) -> None:
        timeout, self._timeout = self._timeout, None
        if timeout is not None and timeout.active():
            timeout.cancel()

    def readConnectionLost(self) -> None:
        """Pass a half-close on; without a protocol that knows of such, it is the end."""
        inner = IHalfCloseableProtocol(self._protocol, None)
        if inner is not None:
            inner.readConnectionLost()
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Pass it on."""
        inner = IHalfCloseableProtocol(self._protocol, None)
        if inner is not None:
            inner.writeConnectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Pass it on."""
        self._cancel_timeout()
        if self._protocol is not None:
            self._protocol.connectionLost(reason)


class ProxiedFactory(ServerFactory):
    """Builds a :class:`ProxiedProtocol` for each connection of a proxy.

    :param wrapped: the service's factory.
    :param reactor: the clock for the header's deadline.
    """

    noisy = False

    def __init__(self, wrapped: IProtocolFactory, reactor: IReactorTime | None = None) -> None:
        self.wrapped = wrapped
        self.reactor = reactor

    def buildProtocol(self, addr: IAddress | None) -> ProxiedProtocol:
        """Return a protocol that waits for the header."""
        return ProxiedProtocol(self)

    def doStart(self) -> None:
        """Start the service's factory."""
        self.wrapped.doStart()

    def doStop(self) -> None:
        """Stop the service's factory."""
        self.wrapped.doStop()


@implementer(IStreamServerEndpoint)
@attrs.frozen
class ProxiedEndpoint:
    """An endpoint whose clients are proxies.

    :param endpoint: where the proxies connect.
    """

    endpoint: IStreamServerEndpoint

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen; see :class:`~twisted.internet.interfaces.IStreamServerEndpoint`."""
        return self.endpoint.listen(ProxiedFactory(protocolFactory))
