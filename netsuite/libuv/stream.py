"""A connection whose bytes libuv moves, as Twisted knows connections.

Twisted's own class of connections knows its state: what is unsent, whose producer waits, what is to
be closed when all is sent. :class:`Stream` leaves it all that, and replaces only what it does with
its socket.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from os import write as write_now
from typing import TYPE_CHECKING, Any, Final, Self

from twisted.internet import main
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.tcp import Connection
from twisted.python import context, log
from twisted.python.failure import Failure

from netsuite.libuv.logcontext import LogContext
from netsuite.libuv.sockets import Borrowed, Transport

if TYPE_CHECKING:
    from netsuite.libuv.reactor import LibuvReactor

__all__ = ["Stream"]

_DONE: Final = Failure(main.CONNECTION_DONE)
_LOST: Final = Failure(main.CONNECTION_LOST)

#: Has the kernel send a reset, and drop what it has not sent, when a socket is closed.
_RESET: Final = struct.pack("ii", 1, 0)


class Stream(Connection):
    """A connection; to be mixed in ahead of one of Twisted's own classes of them.

    Without :attr:`uv`, which comes when it is connected and goes with the connection, it is as
    Twisted has made it.
    """

    # What each read and each write looks at, also where Twisted's classes have it. In slots it is
    # found quickly, and ten thousand connections are small.
    __slots__ = (
        "TLS",
        "_aborting",
        "_blocked",
        "_borrowed",
        "_contexts",
        "_dirty",
        "_early",
        "_fd",
        "_gone",
        "_leaving",
        "_log_context",
        "_paused",
        "_tempDataBuffer",
        "_tempDataLen",
        "_writeDisconnected",
        "_writeDisconnecting",
        "bufferSize",
        "connected",
        "disconnecting",
        "producer",
        "producerPaused",
        "protocol",
        "reactor",
        "streamingProducer",
        "uv",
    )

    #: That what is written in a turn is sent at its end, together.
    coalesces = True

    reactor: LibuvReactor
    producer: Any
    #: The transport of uvloop's.
    uv: Transport | None

    _log_context: LogContext
    # Those of the thread; what is topmost is looked at when something is logged.
    _contexts: list[Any]
    _borrowed: socket.socket | None
    # That of the socket while libuv has it.
    _fd: int
    # Whether there is something to be done at the end of the turn.
    _dirty: bool
    # Whether libuv has more than the kernel takes.
    _blocked: bool
    # Whether the kernel has told that the connection is lost, when something was sent.
    _gone: bool
    _paused: bool
    # What libuv had read before it was told to pause: bytes, and None for the end.
    _early: deque[bytes | None] | None
    # Whether Twisted's own code is to move the bytes once libuv has sent what it has.
    _leaving: bool

    def __new__(cls, *_: object, **__: object) -> Self:
        """Make one that is not connected, however Twisted's own class goes on."""
        made = super().__new__(cls)
        made.TLS = made._aborting = made._blocked = made._dirty = False
        made._gone = made._leaving = made._paused = False
        made._writeDisconnected = made._writeDisconnecting = False
        made.disconnecting = made.producerPaused = made.streamingProducer = False
        made.connected = 0
        made.bufferSize = Connection.bufferSize
        made.producer = made.uv = made._borrowed = made._early = None
        return made

    # What uvloop calls.

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the protocol."""
        if self._paused:
            self._keep(data)
            return
        contexts = self._contexts
        contexts.append(self._log_context)
        try:
            self.protocol.dataReceived(data)
        except BaseException as error:
            log.err()
            self._call(self.connectionLost, Failure(error))
        contexts.pop()

    def eof_received(self) -> bool:
        """Tell the protocol that nothing more will arrive."""
        if self._gone:
            pass  # It is the end of what had arrived before the connection was lost.
        elif self._paused:
            self._keep(None)
        else:
            self._paused = True  # libuv has paused; to resume is to be told again
            self._call(self.readConnectionLost, _DONE)
        return True  # Whether it is closed is decided here, and not by uvloop.

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the protocol that it is over, unless that has been done."""
        if self.uv is not None:
            self._call(self.connectionLost, _DONE if error is None else _LOST)

    def pause_writing(self) -> None:
        """Keep what is written from now on: the kernel takes no more."""
        self._blocked = True

    def resume_writing(self) -> None:
        """Go on: all has been sent."""
        self._blocked = False
        self.flush()

    # Reading.

    @property
    def reads(self) -> bool:
        """Whether it waits for bytes."""
        return not self._paused

    def startReading(self) -> None:
        """Hand bytes to the protocol from now on."""
        if self._early:
            self._paused = False
            self.reactor.callLater(0, self._catch_up)
        elif self.uv is None:
            super().startReading()
        elif self._paused and not self._aborting:
            self._paused = False
            self.uv.resume_reading()

    def stopReading(self) -> None:
        """Hand no more bytes to the protocol."""
        if self.uv is None:
            self._paused = bool(self._early)
            super().stopReading()
        elif not self._paused:
            self._paused = True
            self.uv.pause_reading()

    def _keep(self, data: bytes | None) -> None:
        """Keep what libuv read although it was not to: it begins when the protocol has been told
        that it is connected, even if that has paused it."""
        if self.uv is None or self._aborting:
            return
        self.uv.pause_reading()
        if self._early is None:
            self._early = deque()
        self._early.append(data)

    def _catch_up(self) -> None:
        """Hand over what was kept, and read on."""
        while self._early and self.connected and not self._paused:
            data = self._early.popleft()
            if data is None:
                self.eof_received()
            else:
                self.data_received(data)
        if self.connected and not (self._early or self._paused):
            self._paused = self.uv is not None
            self.startReading()

    # Writing.

    @property
    def writes(self) -> bool:
        """Whether something is to be sent."""
        return self._dirty or self._blocked

    def write(self, data: bytes) -> None:
        """Send bytes at the end of the turn, or as soon as possible then."""
        if self.TLS or type(data) is not bytes:
            super().write(data)
        elif data and self.connected and not self._writeDisconnected:
            self._tempDataBuffer.append(data)
            self._tempDataLen = queued = self._tempDataLen + len(data)
            if self._blocked or queued > self.bufferSize:
                self._maybePauseProducer()
            if not self._dirty:
                self.startWriting()

    def startWriting(self) -> None:
        """See at the end of the turn what is to be sent, and what is to be done when all is."""
        if self.uv is None:
            super().startWriting()
        elif not self._dirty:
            self._dirty = True
            self.reactor.flush_soon(self)

    def stopWriting(self) -> None:
        """Do nothing: it ends by itself."""
        if self.uv is None:
            super().stopWriting()

    def _isSendBufferFull(self) -> bool:
        if self.uv is None or not self._blocked:
            return bool(super()._isSendBufferFull())
        return bool(self._tempDataLen + self.uv.get_write_buffer_size() > self.bufferSize)

    def flush(self) -> None:
        """Send what was written, and do what was to be done once all is sent.

        The latter is what :meth:`twisted.internet.abstract.FileDescriptor.doWrite` does.
        """
        self._dirty = False
        uv = self.uv
        if uv is None or self._blocked or self._aborting:
            return
        if self._leaving:
            self._leave()
            return
        pieces = self._tempDataBuffer
        if pieces:
            if len(pieces) == 1:
                data = pieces.pop()
            else:
                data = b"".join(pieces)
                pieces.clear()
            self._tempDataLen = 0
            try:
                sent = write_now(self._fd, data)
            except BlockingIOError:
                sent = 0
            except OSError:
                # The peer may have said why before it left: libuv reads that in the meantime.
                self._blocked = self._gone = True
                loop = self.reactor.loop
                loop.call_soon(loop.call_soon, self._refused, uv)
                return
            if sent < len(data):
                uv.write(memoryview(data)[sent:])
                if self._blocked:
                    return
        if self.producer is not None and (not self.streamingProducer or self.producerPaused):
            self.producerPaused = False
            self._call(self._resume_producer)
        elif self.disconnecting:
            self._call(self.connectionLost, _DONE)
        elif self._writeDisconnecting and not self._writeDisconnected:
            self._writeDisconnected = True
            self._call(self._closeWriteConnection)

    def _refused(self, uv: Transport) -> None:
        if self.uv is uv:
            self._call(self.connectionLost, _LOST)

    def _resume_producer(self) -> None:
        try:
            self.producer.resumeProducing()
        except BaseException as error:
            log.err()
            self.connectionLost(Failure(error))

    def _closeWriteConnection(self) -> None:
        if self.uv is None:
            super()._closeWriteConnection()
            return
        self.uv.write_eof()
        told = IHalfCloseableProtocol(self.protocol, None)
        if told is not None:
            try:
                told.writeConnectionLost()
            except BaseException as error:
                log.err()
                self.connectionLost(Failure(error))

    # The end.

    def abortConnection(self) -> None:
        """Close in the next turn, with a reset, whatever is unsent."""
        if self.uv is None:
            super().abortConnection()
            return
        if self.disconnected or self._aborting:
            return
        self.stopReading()
        self._aborting = True
        self._early = None
        self._tempDataBuffer = []
        self._tempDataLen = 0
        self.reactor.callLater(0, self.connectionLost, Failure(ConnectionAborted()))

    def connectionLost(self, reason: Failure) -> None:
        """Close, and tell the protocol."""
        if self.uv is None:
            Connection.connectionLost(self, reason)
            return
        try:
            FileDescriptor.connectionLost(self, reason)
        finally:
            with suppress(OSError):
                if reason.check(ConnectionAborted):
                    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                else:
                    # The end is on its way before the kernel finds out that something was not
                    # read, and resets the connection.
                    self.socket.shutdown(socket.SHUT_RDWR)
            self._release()
        self._log_context.keep()  # of which the protocol's name is a part
        protocol = self.protocol
        del self.protocol
        protocol.connectionLost(reason)

    def _adopt(self, uv: Transport) -> None:
        """Have uvloop's transport move the bytes from now on."""
        self.uv = uv
        self._fd = uv.get_extra_info("socket").fileno()
        uv.set_write_buffer_limits(0)
        self._contexts = context.theContextTracker.currentContext().contexts
        self._log_context = LogContext(self)
        self.reactor.watch(self)

    def _release(self) -> None:
        """Have uvloop's transport closed."""
        uv, self.uv = self.uv, None
        assert uv is not None
        self.reactor.forget(self)
        if self._borrowed is not None:
            self._borrowed.close()
            self._borrowed = None
        uv.abort()

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call something that is told of what happens here, with log lines that say where."""
        contexts = self._contexts
        contexts.append(self._log_context)
        try:
            function(*arguments)
        except BaseException:
            log.err()
        finally:
            contexts.pop()

    # The socket.

    def getHandle(self) -> socket.socket:
        """Return the socket. While libuv has it, it is lent, and given back at the end."""
        self._borrowed = self.socket
        return self._borrowed

    @property
    def socket(self) -> socket.socket:
        """The socket. While libuv has it, it is lent."""
        if self._borrowed is not None:
            return self._borrowed
        if self.uv is None:
            raise AttributeError("socket")
        return Borrowed(self.uv)

    @socket.setter
    def socket(self, value: socket.socket) -> None:
        self._borrowed = value

    @socket.deleter
    def socket(self) -> None:
        self._borrowed = None

    def fileno(self) -> int:
        """Return the file descriptor; -1 if there is none."""
        if self.uv is not None:
            return self._fd
        return -1 if self._borrowed is None else self._borrowed.fileno()

    def _built(self) -> None:
        """Look at the protocol, which has not been told of the connection."""

    # The way out of libuv, for what it cannot do.

    def _leave_soon(self) -> None:
        """Have Twisted's own code move the bytes, as soon as libuv has sent what it has."""
        if self.uv is not None and not self._leaving:
            self._leaving = True
            self.startWriting()

    def _leave(self) -> None:
        own = self.socket.dup()
        own.setblocking(False)
        reads = self.reads
        self._release()
        self.socket = own
        self.fileno = own.fileno  # type: ignore[method-assign]  # as Twisted does, and undoes
        if reads:
            self.startReading()
        if self._tempDataBuffer or self.disconnecting or self._writeDisconnecting:
            self.startWriting()
        elif self.producerPaused:
            self.producerPaused = False
            self._call(self._resume_producer)
