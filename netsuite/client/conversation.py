"""A client's end of a connection: framed messages out, framed replies in, each in its time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from OpenSSL import SSL
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredQueue,
    DeferredSemaphore,
    FirstError,
    gatherResults,
)
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.error import (
    ConnectError,
    ConnectingCancelledError,
    ConnectionClosed,
    ConnectionDone,
    DNSLookupError,
)
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from netsuite.client.address import Target
from netsuite.client.arguments import TIMEOUT
from netsuite.client.problems import ClientError
from netsuite.framing import Framing, FramingError
from netsuite.text import printable

_T = TypeVar("_T")

#: A connection is not read from while this many bytes wait to be used.
MAX_HELD = 1 << 18

#: How many requests may be under way on one connection.
WINDOW = 64

#: How long a server may take to close its side after we closed ours, in seconds.
LINGER = 1.0


class Connection(Protocol):
    """A connection that is read piece by piece; it is paused while too much is unread."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._waiting: Deferred[None] | None = None
        self._lost: Failure | None = None
        self._ended: list[Deferred[None]] = []

    def write(self, data: bytes) -> None:
        """Send bytes."""
        assert self.transport is not None
        self.transport.write(data)

    async def piece(self) -> bytes:
        """Wait for the next bytes.

        :returns: them, or ``b""`` at the end of the stream.
        :raises Exception: the reason why the connection was lost, unless it was closed.
        """
        if not self._pieces and self._lost is None:
            self._waiting = Deferred()
            try:
                await self._waiting
            finally:
                self._waiting = None
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            if self._size > MAX_HELD and self._lost is None:
                self._producer().resumeProducing()
            self._size = 0
            return data
        assert self._lost is not None
        if not self._lost.check(ConnectionDone):
            self._lost.raiseException()
        return b""

    async def close(self, clock: Any) -> None:
        """Close the connection, and wait until it is."""
        if self._lost is not None:
            return
        ended: Deferred[None] = Deferred()
        self._ended.append(ended)
        transport = self._producer()
        transport.resumeProducing()
        transport.loseConnection()
        patience = clock.callLater(LINGER, transport.abortConnection)
        await ended
        if patience.active():
            patience.cancel()

    def dataReceived(self, data: bytes) -> None:
        """Keep what arrived."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size > MAX_HELD:
            self._producer().pauseProducing()
        self._wake()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Note the end."""
        self._lost = reason
        self._wake()
        for ended in self._ended:
            ended.callback(None)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.called:
            self._waiting.callback(None)

    def _producer(self) -> Any:
        """Return the transport, which is a producer and can be aborted, whatever its type."""
        return self.transport


async def connect(reactor: Any, target: Target, timeout: float | None) -> Connection:
    """Connect to a server.

    :param timeout: how long it may take, in seconds; None is :data:`TIMEOUT`.
    :raises ClientError: when it cannot be reached.
    """
    if timeout is None:
        timeout = TIMEOUT
    endpoint = target.endpoint(reactor, timeout)
    attempt = endpoint.connect(Factory.forProtocol(Connection))

    def give_up(_result: object, seconds: float) -> Failure:
        # Endpoints have a cancellation error of their own, which addTimeout does not expect.
        return Failure(DeferredTimeout(seconds, "connect"))

    try:
        connection = await attempt.addTimeout(timeout, reactor, onTimeoutCancel=give_up)
    except ConnectingCancelledError as error:
        raise CancelledError from error
    except (ConnectError, DNSLookupError, DeferredTimeout, OSError, ValueError, SSL.Error) as error:
        raise unreachable(target, error, timeout) from error
    assert isinstance(connection, Connection)
    return connection


def unreachable(target: Target, error: BaseException, timeout: float) -> ClientError:
    """Say why a server could not be reached, and what may help."""
    hint = ""
    if isinstance(error, (ConnectTimeout, DeferredTimeout)):
        why = f"no answer within {timeout:g} s"
    elif isinstance(error, DNSLookupError):
        why = "there is no such host"
    elif isinstance(error, SSL.Error):
        why = f"TLS failed: {_tls(error)}"
    else:
        number = getattr(error, "osError", None) or getattr(error, "errno", None)
        if isinstance(error, Refused):
            why = "connection refused"
        elif isinstance(number, int):
            why = os.strerror(number).lower()
        else:
            why = printable(str(error))
        if target.start:
            hint = f"; is the service running? ({target.start})"
    return ClientError(f"cannot reach {target}: {why}{hint}")


class Conversation:
    """Messages to a server, and its answers.

    :param connection: an open connection.
    :param framing: how the answers are cut out of the stream, and messages put into it.
    :param target: the server, for messages.
    :param clock: measures the deadlines.
    """

    def __init__(
        self, connection: Connection, framing: Framing, target: Target, clock: Any
    ) -> None:
        self._connection = connection
        self._framing = framing
        self._target = target
        self._clock = clock
        self._replies: deque[bytes] = deque()
        self._fault: FramingError | None = None

    @classmethod
    async def open(
        cls, reactor: Any, target: Target, framing: Framing, timeout: float | None
    ) -> Conversation:
        """Connect, and begin a conversation. The parameters are those of :func:`connect`."""
        return cls(await connect(reactor, target, timeout), framing, target, reactor)

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._connection.write(self._framing.encode(message))

    async def reply(self, timeout: float | None) -> bytes:
        """Wait for the next answer.

        :param timeout: how long the whole answer may take, in seconds; None is as long as the
            connection lasts.
        :raises ClientError: when it does not come, or is no message of this framing.
        """
        if timeout is None:
            return await self._next()
        return await within(self._next(), timeout, self._clock, self._target)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close(self._clock)

    async def _next(self) -> bytes:
        while not self._replies:
            if self._fault is not None:
                raise ClientError(
                    f"{self._target} does not speak as expected: {self._fault}; "
                    "is another service listening there, or is its --framing another?"
                ) from self._fault
            data = await piece(self._connection, self._target)
            if not data:
                early = "in the middle of" if self._framing.partial else "before"
                raise ClientError(f"{self._target} closed the connection {early} an answer")
            try:
                self._replies.extend(self._framing.feed(data))
            except FramingError as error:
                self._replies.extend(error.messages)
                self._fault = error
        return bytes(self._replies.popleft())


async def piece(connection: Connection, target: Target) -> bytes:
    """Wait for the next bytes of a connection; see :meth:`Connection.piece`.

    :raises ClientError: when the connection breaks.
    """
    try:
        return await connection.piece()
    except SSL.Error as error:
        raise unreachable(target, error, 0) from error
    except ConnectionClosed as error:
        number = getattr(error, "osError", None)
        why = f": {os.strerror(number).lower()}" if isinstance(number, int) else ""
        raise ClientError(f"the connection to {target} was lost{why}") from error


async def within(
    work: Coroutine[Deferred[Any], Any, _T], timeout: float, clock: Any, target: Target
) -> _T:
    """Wait for *work*, which is cancelled when it takes too long.

    :param timeout: in seconds.
    :raises ClientError: when it takes longer.
    """
    try:
        return await Deferred.fromCoroutine(work).addTimeout(timeout, clock)
    except DeferredTimeout as error:
        raise ClientError(
            f"no answer from {target} within {timeout:g} s; --timeout allows it more"
        ) from error


async def given(messages: list[bytes]) -> AsyncIterator[bytes]:
    """Yield messages that are there already."""
    for message in messages:
        yield message


async def exchange(
    conversation: Conversation,
    messages: AsyncIterator[bytes],
    show: Callable[[bytes], None],
    timeout: float | None,
    *,
    window: int = WINDOW,
    ask_empty: bool = True,
) -> None:
    """Send messages without waiting for each answer, and show the answers in their order.

    :param messages: what to send.
    :param show: is called with each answer.
    :param timeout: how long each answer may take after the one before it, in seconds.
    :param window: how many answers may be outstanding. With one, each answer is shown before
        the next message is asked for.
    :param ask_empty: send empty messages too; otherwise their answer is taken to be empty.
    :raises ClientError: when an answer does not come.
    """
    outstanding: DeferredQueue[bytes | None] = DeferredQueue()
    slots = DeferredSemaphore(window)

    async def send() -> None:
        await slots.acquire()
        async for message in messages:
            if message or ask_empty:
                conversation.send(message)
            outstanding.put(message)
            await slots.acquire()
        outstanding.put(None)

    async def receive() -> None:
        while (message := await outstanding.get()) is not None:
            show(await conversation.reply(timeout) if message or ask_empty else b"")
            slots.release()

    both = [Deferred.fromCoroutine(send()), Deferred.fromCoroutine(receive())]
    try:
        await gatherResults(both, consumeErrors=True)
    except FirstError as first:
        first.subFailure.raiseException()
    finally:
        for work in both:
            work.addErrback(lambda failure: failure.trap(CancelledError))
            work.cancel()


def _tls(error: Exception) -> str:
    """Return what OpenSSL says, without its codes."""
    reasons = error.args[0] if error.args else None
    if isinstance(reasons, list) and reasons:
        return printable(str(reasons[-1][-1]))
    return printable(str(error)) or type(error).__name__
