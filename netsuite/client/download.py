"""Receiving a response's body piece by piece, and saving it as a file or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from hyperlink import DecodedURL
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.iweb import UNKNOWN_LENGTH, IResponse

from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.web import why
from netsuite.text import printable


class _Body(Protocol):
    """Hands on the pieces of a body, and gives up when they cease to come."""

    def __init__(
        self, clock: Any, write: Callable[[bytes], None], idle: float, length: int | None
    ) -> None:
        self.received = 0
        self.done: Deferred[int] = Deferred(lambda _: self._stop())
        self._write = write
        self._idle = idle
        self._length = length
        self._timer = clock.callLater(idle, self._timed_out)

    def dataReceived(self, data: bytes) -> None:
        """Write a piece."""
        if self.done.called:
            return
        try:
            self._write(data)
        except Exception:
            # Whatever is wrong with the place that it is written to concerns the caller.
            self._finish(Failure())
            self._stop()
            return
        self.received += len(data)
        # Writing may have taken its time, if a pipe is full: the server is not to blame.
        self._timer.reset(self._idle)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell whether the body is complete."""
        # Without a length and without chunks, the end of the connection is the body's end.
        if reason.check(ResponseDone, PotentialDataLoss):
            self._finish(self.received)
            return
        of = "" if self._length is None else f" of {self._length:,}"
        self._finish(
            Failure(
                ClientError(
                    f"the download was cut short after {self.received:,}{of} bytes: {why(reason)}"
                )
            )
        )

    def _timed_out(self) -> None:
        self._finish(
            Failure(
                ClientError(
                    f"the download stalled: nothing came for {self._idle:g} s after "
                    f"{self.received:,} bytes; --timeout allows it more"
                )
            )
        )
        self._stop()

    def _finish(self, result: int | Failure) -> None:
        if self._timer.active():
            self._timer.cancel()
        if not self.done.called:
            self.done.callback(result)

    def _stop(self) -> None:
        """Close the connection."""
        transport: Any = self.transport
        if transport is not None:
            transport.loseConnection()


def receive(
    clock: Any, response: IResponse, write: Callable[[bytes], None], idle: float
) -> Deferred[int]:
    """Receive a response's body; no more than a piece of it is held in memory.

    :param write: is called with each piece.
    :param idle: how long the server may send nothing, in seconds.
    :returns: fires with the number of bytes once all have come, and fails with
        :class:`ClientError` when they do not, or with what *write* raises.
    """
    length = length_of(response)
    body = _Body(clock, write, idle, length)
    response.deliverBody(body)
    return body.done


def length_of(response: IResponse) -> int | None:
    """Return how long a body was said to be, in bytes; None if that is not known."""
    length: Any = response.length
    return None if length is UNKNOWN_LENGTH else int(length)


def name_from(url: DecodedURL) -> Path:
    """Return the file name that a URL ends in, for the current directory.

    :raises WrongUsage: when it ends in none that can safely be used.
    """
    name = url.path[-1] if url.path else ""
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise WrongUsage("the URL does not end in a file name; choose one with -o FILE")
    return Path(name)


class Saved:
    """A file that appears complete or not at all.

    It is written next to its place under a temporary name, and renamed when it is left without
    an exception. A place that is no regular file, such as ``/dev/null``, is written to as it is.

    :param path: its place.
    :param force: replace what is there.
    :raises ClientError: on entering or leaving, when there is something that must not be
        replaced.
    """

    def __init__(self, path: Path, force: bool) -> None:
        self._path = path
        self._force = force
        self._temporary: Path | None = None
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> None:
        """Write the next bytes."""
        assert self._file is not None
        self._file.write(data)

    def __enter__(self) -> Saved:
        try:
            kind = self._path.stat().st_mode
        except FileNotFoundError:
            kind = None
        if kind is not None and not stat.S_ISREG(kind):
            self._file = self._path.open("wb")
            return self
        if kind is not None and not self._force:
            raise self._exists()
        self._temporary = self._path.with_name(f".netsuite-{secrets.token_hex(8)}.part")
        self._file = self._temporary.open("xb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._file is not None
        try:
            self._file.close()
            if self._temporary is not None and kind is None:
                self._place(self._temporary)
        finally:
            if self._temporary is not None:
                self._temporary.unlink(missing_ok=True)

    def _place(self, temporary: Path) -> None:
        if self._force:
            temporary.replace(self._path)
            return
        try:
            # A link, unlike a renamed file, never replaces what appeared there meanwhile.
            self._path.hardlink_to(temporary)
        except FileExistsError as error:
            raise self._exists() from error
        except OSError:
            # Not every file system has links.
            temporary.replace(self._path)

    def _exists(self) -> ClientError:
        return ClientError(f"{printable(os.fspath(self._path))} exists; --force replaces it")
