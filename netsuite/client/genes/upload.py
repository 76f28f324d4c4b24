"""A file as the body of a request, and a bar that shows how much of it has been sent."""

from __future__ import annotations

import os
import stat
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.progress import BarColumn, DownloadColumn, TransferSpeedColumn
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IConsumer
from twisted.python.failure import Failure
from twisted.web.iweb import UNKNOWN_LENGTH, IBodyProducer
from zope.interface import implementer

from netsuite.client.problems import ClientError
from netsuite.client.progress import LONG_SIZE, Bar
from netsuite.client.terminal import read_some
from netsuite.text import printable

#: How much is read and sent at once, in bytes.
CHUNK = 1 << 17


@implementer(IBodyProducer)
class Upload:
    """Sends a file, no faster than the server reads; no more than a piece of it is held.

    :param reactor: the reactor.
    :param name: the file's name, or ``-`` for standard input.
    :raises ClientError: on entering, when it cannot be read.
    """

    def __init__(self, reactor: Any, name: str) -> None:
        self.name = "standard input" if name == "-" else printable(name)
        #: How many bytes have been sent.
        self.sent = 0
        #: Whether these are all.
        self.ended = False
        #: How long the file is, in bytes; None for a pipe and the like.
        self.size: int | None = None
        self._path = None if name == "-" else Path(name)
        self._reactor = reactor
        self._file: FileIO | None = None
        self._descriptor = 0
        self._resumed: Deferred[None] | None = None
        self._work: Deferred[None] | None = None

    def __enter__(self) -> Upload:
        try:
            if self._path is not None:
                self._file = self._path.open("rb", buffering=0)
                self._descriptor = self._file.fileno()
            self.size = _size(self._descriptor)
        except OSError as error:
            raise self._unreadable(error) from error
        return self

    @property
    def length(self) -> Any:
        """How long it is, as Twisted wants to know it."""
        return UNKNOWN_LENGTH if self.size is None else self.size

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopProducing()
        if self._file is not None:
            self._file.close()

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:
        """Send the file.

        :returns: fires when all has been handed over.
        """
        done: Deferred[None] = Deferred(lambda _: self.stopProducing())

        def fail(failure: Failure) -> None:
            # Who stops the work is not told that it has stopped.
            if not failure.check(CancelledError):
                done.errback(failure)

        self._work = Deferred.fromCoroutine(self._send(consumer))
        self._work.addCallbacks(done.callback, fail)
        return done

    def pauseProducing(self) -> None:
        """Send no more for now."""
        if self._resumed is None:
            self._resumed = Deferred()

    def resumeProducing(self) -> None:
        """Go on."""
        resumed, self._resumed = self._resumed, None
        if resumed is not None:
            resumed.callback(None)

    def stopProducing(self) -> None:
        """Send no more."""
        if self._work is not None:
            self._work.cancel()

    async def _send(self, consumer: IConsumer) -> None:
        size = self.size
        # To look for the end takes a thread; who answers upon the last byte does not wait for it.
        # But what says that it is empty may be a file of the system's, which has no size.
        while (not size or self.sent < size) and (data := await self._read()):
            if size is not None and self.sent + len(data) > size:
                raise self._changed()
            consumer.write(data)
            self.sent += len(data)
            if self._resumed is not None and self.sent != size:
                await self._resumed
        if size is not None and (self.sent < size or _size(self._descriptor)):
            raise self._changed()
        self.ended = True

    async def _read(self) -> bytes:
        try:
            return await read_some(self._reactor, self._descriptor, CHUNK)
        except OSError as error:
            raise self._unreadable(error) from error

    def _changed(self) -> ClientError:
        return ClientError(f"{self.name} changed while it was being sent; send it again")

    def _unreadable(self, error: OSError) -> ClientError:
        return ClientError(f"cannot read {self.name}: {error.strerror or error}")


def _size(descriptor: int) -> int | None:
    """Return how much of a file there is to be read, in bytes; None if that is not known."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return None
    return max(0, status.st_size - os.lseek(descriptor, 0, os.SEEK_CUR))


class UploadBar(Bar):
    """How much of a file has been sent.

    :param clock: says when to draw it.
    :param upload: the file.
    """

    def __init__(self, clock: Any, upload: Upload) -> None:
        self._upload = upload
        self._name = printable(upload.name, 40)
        super().__init__(clock, self._name, BarColumn(), DownloadColumn(), TransferSpeedColumn())

    def is_long(self) -> bool:
        """Return whether it has proved to be long: by its time, or by its size."""
        return max(self._upload.sent, self._upload.size or 0) > LONG_SIZE or super().is_long()

    def state(self) -> dict[str, Any]:
        """Return how much has been sent, and what is going on."""
        upload = self._upload
        doing = "sent; the server is writing" if upload.ended else "sending"
        return {
            "description": f"{self._name}: {doing}",
            "total": upload.size,
            "completed": upload.sent,
        }
