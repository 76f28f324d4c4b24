"""What the protocols of a server ask of their transports."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet import tcp
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableDescriptor,
    IPushProducer,
    ISSLTransport,
    ITCPTransport,
)


class IStreamTransport(ITCPTransport, IConsumer, IPushProducer, IHalfCloseableDescriptor):
    """What Twisted's stream transports provide; the options of TCP only those of TCP."""


def prepare(transport: IStreamTransport) -> None:
    """Set the options that suit a server of requests and replies."""
    if ITCPTransport.providedBy(transport):
        transport.setTcpNoDelay(True)
        # Whoever vanished without a word is found out even while a request is in hand.
        transport.setTcpKeepAlive(True)


def writer(transport: IStreamTransport) -> Callable[[bytes], None]:
    """Return what writes to a transport: at once, where nothing is queued before it.

    Twisted's TCP transports put data in a queue, have the reactor watch for the moment at which the
    socket can be written to, send it then, and end the watch. Usually the socket can be written to
    right away. The two changes of the watch are system calls, and cost more than the sending.
    Those of :mod:`netsuite.libuv` send what was written in a turn at its end.
    """
    if not isinstance(transport, tcp.Server) or getattr(transport, "coalesces", False):
        return transport.write
    connection = transport

    def write(data: bytes) -> None:
        if (
            connection.connected
            and not connection.dataBuffer
            and not connection._tempDataBuffer  # it has no public name
            and not connection.disconnecting
            and not connection.TLS
        ):
            sent = connection.writeSomeData(data)
            if isinstance(sent, int):
                data = data[sent:]
        # The reactor has to wait for the client to read the rest, or to be told of the loss.
        if data:
            connection.write(data)

    return write


def finish(transport: IStreamTransport, *, half_closed: bool) -> None:
    """Close, but so that the client can read all that it was sent.

    Closing a socket with unread input makes the kernel send a reset, upon which the client's kernel
    may throw away replies that the client has not read yet. So only the sending side is shut
    down, and the protocol goes on reading, and dropping what it reads, until the client closes or
    :data:`~netsuite.serving.limits.LINGER` is over.

    :param half_closed: whether the client has closed its sending side, so that nothing can be
        unread.
    """
    if (
        half_closed
        or not IHalfCloseableDescriptor.providedBy(transport)
        or ISSLTransport.providedBy(transport)  # TLS has no half-close
    ):
        transport.loseConnection()
    else:
        transport.loseWriteConnection()
