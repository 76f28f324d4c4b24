"""One regular file as a response: whole, in parts, or not at all because the client has it.

``twisted.web.static.File`` is not used. Beyond what :mod:`netsuite.files.ranges` and
:mod:`netsuite.files.conditions` say, it opens whatever the name leads to, a FIFO included; its
producers loop for ever over a file that has become shorter while it is sent, and send more than
Content-Length says of one that has grown.
"""

from __future__ import annotations

import os
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
from twisted.internet.interfaces import IPullProducer, IReactorTime
from twisted.logger import Logger
from twisted.web.server import NOT_DONE_YET, Request
from zope.interface import implementer

from netsuite.files.conditions import Validators, Verdict, evaluate, range_applies
from netsuite.files.media_types import media_type
from netsuite.files.pages import break_off, refuse
from netsuite.files.paths import ForbiddenError, MissingError
from netsuite.files.ranges import Range, UnsatisfiableError, select_ranges
from netsuite.text import printable

__all__ = ["send_file"]

_log = Logger(namespace="netsuite")

#: How much of a file is read at a time, in bytes.
_PIECE = 65536


@attrs.frozen
class _Part:
    """A piece of the body: some bytes of ours, then some of the file."""

    before: bytes
    start: int = 0
    size: int = 0


def send_file(request: Request, path: Path, reactor: IReactorTime) -> bytes | int:
    """Answer a GET or HEAD request with a file.

    :param request: the request.
    :param path: the file, resolved, so that it is no symbolic link any more.
    :param reactor: for the deadline of a response that is broken off.
    :returns: what the resource's ``render`` returns.
    :raises ForbiddenError: if the file cannot be read.
    :raises MissingError: if there is no regular file there any more.
    """
    file = _open(path)
    facts = os.fstat(file.fileno())
    answer = _answer(request, path.name, facts)
    if isinstance(answer, bytes):
        file.close()
        return answer
    request.setHeader(b"content-length", b"%d" % sum(len(p.before) + p.size for p in answer))
    if request.method == b"HEAD":
        file.close()
        return b""
    request.registerProducer(_Producer(request, file, answer, reactor), False)
    return NOT_DONE_YET


def _open(path: Path) -> BinaryIO:
    # What the path names may have been replaced since it was looked at. O_NOFOLLOW refuses a link,
    # and with O_NONBLOCK not even a FIFO holds the reactor up.
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except PermissionError:
        raise ForbiddenError from None
    except OSError:
        raise MissingError from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise MissingError
    return file


def _answer(request: Request, name: str, facts: os.stat_result) -> bytes | list[_Part]:
    """Set the status and the headers, and return the body, or the parts that it is made of."""

    def header(of: bytes) -> bytes | None:
        values = request.requestHeaders.getRawHeaders(of)
        return None if values is None else b", ".join(values)

    size, kind = facts.st_size, media_type(name).encode()
    validators = Validators.of_file(facts.st_mtime_ns, size, time.time())
    request.setHeader(b"accept-ranges", b"bytes")
    request.setHeader(b"etag", validators.tag)
    request.setHeader(b"last-modified", validators.last_modified)
    request.setHeader(b"x-content-type-options", b"nosniff")
    verdict = evaluate(header, validators)
    if verdict is Verdict.FAILED:
        return refuse(request, verdict.value, "The file is not in the state that you asked for.")
    if verdict is Verdict.NOT_MODIFIED:
        request.setResponseCode(verdict.value)
        return b""
    wanted = header(b"range")
    ranges: list[Range] = []
    # Ranges are defined for GET only (RFC 9110, section 14.2).
    if wanted is not None and request.method == b"GET" and range_applies(header, validators):
        try:
            ranges = select_ranges(wanted, size)
        except UnsatisfiableError:
            request.setHeader(b"content-range", b"bytes */%d" % size)
            return refuse(request, 416, f"The file has {size} bytes; the range is beyond them.")
    if len(ranges) > 1:
        return _several(request, ranges, size, kind)
    request.setHeader(b"content-type", kind)
    if ranges:
        request.setResponseCode(206)
        request.setHeader(b"content-range", ranges[0].content_range(size))
        return [_Part(b"", ranges[0].start, ranges[0].size)]
    return [_Part(b"", 0, size)]


def _several(request: Request, ranges: list[Range], size: int, kind: bytes) -> list[_Part]:
    # The boundary must not occur in the file: 128 random bits will not.
    boundary = uuid.uuid4().hex.encode()
    request.setResponseCode(206)
    request.setHeader(b"content-type", b"multipart/byteranges; boundary=" + boundary)
    parts = [
        _Part(
            b"\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n"
            % (boundary, kind, part.content_range(size)),
            part.start,
            part.size,
        )
        for part in ranges
    ]
    return [*parts, _Part(b"\r\n--%s--\r\n" % boundary)]


@implementer(IPullProducer)
class _Producer:
    """Sends the parts, a piece each time the transport has room."""

    def __init__(
        self, request: Request, file: BinaryIO, parts: list[_Part], reactor: IReactorTime
    ) -> None:
        self._request = request
        self._file = file
        self._pieces = self._read(parts)
        self._reactor = reactor

    def resumeProducing(self) -> None:
        """Send the next piece. If the file has become too short, break the response off."""
        try:
            piece = next(self._pieces, b"")
        except (OSError, EOFError) as error:
            _log.warn(
                "{file} could not be sent to its end: {why}",
                file=printable(self._request.path),
                why=printable(str(error)),
            )
            self._file.close()
            break_off(self._request, self._reactor)
            return
        if piece:
            self._request.write(piece)
        else:
            self._file.close()
            self._request.unregisterProducer()
            self._request.finish()

    def stopProducing(self) -> None:
        """Close the file: the client has gone."""
        self._file.close()

    def _read(self, parts: list[_Part]) -> Iterator[bytes]:
        for part in parts:
            if part.before:
                yield part.before
            self._file.seek(part.start)
            left = part.size
            while left:
                data = self._file.read(min(left, _PIECE))
                if not data:
                    raise EOFError("it has become shorter")
                left -= len(data)
                yield data
