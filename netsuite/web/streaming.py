"""A body sent chunk by chunk, no faster than the client reads."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.web.server import NOT_DONE_YET, Request
from zope.interface import implementer

__all__ = ["ChunkProducer", "close"]


async def close(chunks: object) -> None:
    """Close an iterator, file or coroutine that is not wanted any more; others are let be."""
    if (aclose := getattr(chunks, "aclose", None)) is not None:
        await aclose()
    elif (close := getattr(chunks, "close", None)) is not None:
        close()


@implementer(IPushProducer)
class ChunkProducer:
    """Writes chunks to a request while its transport takes them.

    Twisted's transports pause a producer when 64 KiB wait to be sent, in the midst of the write
    that makes it so. Then the next chunk is not even asked for, so that a client that does not
    read costs the buffer and one chunk, and the other clients have their turn.

    The head is sent with the first chunk. Whatever fails before it can still be answered with
    an error; after it, an error can only be shown by breaking off.

    :param request: where to write.
    :param chunks: what to write: ``bytes`` each.
    :param begin: sets status and headers, when the first chunk is there.
    :param leave: is called when the transport wants no more.
    """

    def __init__(
        self,
        request: Request,
        chunks: Iterable[bytes] | AsyncIterable[bytes],
        begin: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        self._request = request
        self._chunks = chunks
        self._begin = begin
        self._leave = leave
        self._begun = False
        self._stopped = False
        self._resumed: Deferred[None] | None = None

    async def run(self) -> int:
        """Write all chunks and finish the request. Cancelled or failing, close them.

        An answer to HEAD ends with the head: its chunks are closed unseen.

        :returns: ``NOT_DONE_YET``, as handlers do that write by themselves.
        :raises TypeError: if a chunk is not bytes.
        """
        try:
            if self._request.method == b"HEAD":
                self._start()
            elif isinstance(self._chunks, AsyncIterable):
                async for chunk in self._chunks:
                    self._write(chunk)
                    if self._resumed is not None:
                        await self._resumed
            else:
                for chunk in self._chunks:
                    self._write(chunk)
                    if self._resumed is not None:
                        await self._resumed
        finally:
            await close(self._chunks)
        if self._stopped:
            return NOT_DONE_YET
        if self._begun:
            self._request.unregisterProducer()
        else:
            self._begin()
            self._request.setHeader(b"Content-Length", b"0")
        self._request.finish()
        return NOT_DONE_YET

    def _start(self) -> None:
        self._begin()
        self._begun = True
        self._request.registerProducer(self, True)

    def stop(self) -> None:
        """Write no more. (What makes the chunks is to be cancelled too, but may ignore it.)"""
        self._stopped = True

    def _write(self, chunk: bytes) -> None:
        if self._stopped:
            raise CancelledError()
        if not isinstance(chunk, bytes):
            raise TypeError(f"the chunks of a streamed body are bytes, not {type(chunk).__name__}")
        if not self._begun:
            self._start()
        self._request.write(chunk)

    # IPushProducer

    def pauseProducing(self) -> None:
        """Ask for no more chunks, until resumed. The transport may say so again and again."""
        if self._resumed is None:
            self._resumed = Deferred()

    def resumeProducing(self) -> None:
        """Go on."""
        resumed, self._resumed = self._resumed, None
        if resumed is not None:
            resumed.callback(None)

    def stopProducing(self) -> None:
        """Give up: the connection is gone."""
        self._leave()
