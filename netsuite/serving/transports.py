"""What the protocols of a server ask of their transports."""

from __future__ import annotations

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
