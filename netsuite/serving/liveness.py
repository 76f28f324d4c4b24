"""Telling a client that has left from one that has only stopped sending.

A client that shuts down its sending side (``nc -N``) and one that closes its socket look alike from
here: TCP sends a FIN for both. The difference shows only when something is sent. The kernel of a
client that has left answers it with a reset (RFC 9293, 3.10.7.4); that of one that still listens
acknowledges it. :func:`acknowledged` waits for the one or the other.
"""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
import termios

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

#: How long to wait for an acknowledgement or a reset, in seconds: some round trips of a slow path.
PATIENCE = 5.0
_PAUSE = 0.01


def has_left(transport: object) -> bool:
    """Return whether the peer is known to have left: the connection has been reset or closed.

    :param transport: a Twisted transport; one that is not a socket's is taken to be there.
    """
    if not getattr(transport, "connected", True):
        return True
    handle = _socket(transport)
    if handle is None:
        return False
    try:
        return handle.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
    except OSError:  # the descriptor has been closed
        return True


async def acknowledged(transport: object, reactor: IReactorTime) -> bool:
    """Wait until all that was written is acknowledged by the peer's kernel, or refused.

    :param transport: a Twisted transport.
    :returns: False if the peer has left, or has not answered for :data:`PATIENCE` seconds.
    """
    until = reactor.seconds() + PATIENCE
    while reactor.seconds() < until:
        await deferLater(reactor, _PAUSE)
        # Timers run before the sockets of a turn are served: after this one, the transport has
        # had a turn to hand what was written to the kernel, however busy the process is.
        await deferLater(reactor, 0)
        if has_left(transport):
            return False
        if not getattr(transport, "dataBuffer", b"") and not _unacknowledged(transport):
            return True
    return False


def _unacknowledged(transport: object) -> int:
    """Return how many bytes are on their way, as far as the operating system tells."""
    handle = _socket(transport)
    if handle is None or handle.family not in (socket.AF_INET, socket.AF_INET6):
        return 0  # the write itself has told: a UNIX socket has no network in between
    try:
        (count,) = struct.unpack("i", fcntl.ioctl(handle, termios.TIOCOUTQ, bytes(4)))
    except OSError as error:
        if error.errno == errno.EBADF:
            return 0
        raise
    return int(count)


def _socket(transport: object) -> socket.socket | None:
    handle = getattr(transport, "getHandle", lambda: None)()
    return handle if isinstance(handle, socket.socket) else None
