"""What a CGI script says: its header block (RFC 3875, section 6), as a parser without I/O.

Bytes in, a :class:`Head` and the beginning of the body out. The script is trusted to run, but not
to be right: whatever could garble the HTTP response is refused here.
"""

from __future__ import annotations

import re

import attrs

__all__ = ["Document", "Head", "HeadParser", "LocalRedirect", "MalformedHeadError"]

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS = re.compile(rb"([2-5]\d\d)(?:[ \t]+(.*))?")
_LENGTH = re.compile(rb"\d{1,18}")
# The end of the block: an empty line, each line ending in LF or CRLF.
_END = re.compile(rb"(?:^|\n)\r?\n")
_LOCAL = re.compile(rb"/(?!/)[\x21\x22\x24-\x7e]*")

#: May stand once only, or the response would be ambiguous.
_SINGLE = frozenset({b"status", b"location", b"content-type", b"content-length"})

#: Headers that the server answers for: those of the connection (section 6.3.4, RFC 9110,
#: section 7.6.1), and the two that it sets on every response.
_OURS = frozenset(
    {
        b"connection",
        b"date",
        b"keep-alive",
        b"proxy-connection",
        b"server",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)


class MalformedHeadError(ValueError):
    """The script's header block is not one; the message says what is wrong."""


@attrs.frozen
class Document:
    """A response to send to the client.

    :param status: the HTTP status.
    :param reason: the phrase that goes with it, if the script gives one.
    :param headers: names and values to pass on.
    :param length: the length of the body in bytes, if the script says it.
    """

    status: int
    reason: bytes | None
    headers: tuple[tuple[bytes, bytes], ...]
    length: int | None


@attrs.frozen
class LocalRedirect:
    """A request for the server to answer with another of its own resources (section 6.2.2).

    :param target: its path, with the query if it has one.
    """

    target: bytes


Head = Document | LocalRedirect


class HeadParser:
    """Reads a script's header block from pieces of its output.

    :param limit: the longest block to accept, in bytes, including the empty line.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()

    def feed(self, data: bytes) -> tuple[Head, bytes] | None:
        """Take the next piece of output.

        :param data: any number of bytes.
        :returns: once the block is complete, what it says and the bytes after it. From then on
            output is body, and this method is not to be called any more.
        :raises MalformedHeadError: if this will never be a header block, or is too long.
        """
        # The end mark is at most three bytes long: two of them may have come before.
        start = max(0, len(self._data) - 2)
        self._data += data
        match = _END.search(self._data, start)
        if (match.end() if match else len(self._data)) > self._limit:
            raise MalformedHeadError(f"its header block is longer than {self._limit} bytes")
        if match is None:
            return None
        head = _interpret(bytes(self._data[: match.start()]))
        return head, bytes(self._data[match.end() :])


def _interpret(block: bytes) -> Head:
    fields: list[tuple[bytes, bytes]] = []
    single: dict[bytes, bytes] = {}
    for line in block.split(b"\n") if block.strip() else ():
        name, colon, value = line.removesuffix(b"\r").partition(b":")
        value = value.strip(b" \t")
        if not colon or not _TOKEN.fullmatch(name):
            raise MalformedHeadError(f"{line[:80]!r} in its header block is not a header")
        if _CONTROL.search(value):
            raise MalformedHeadError(f"its header {name[:80]!r} holds a control character")
        key = name.lower()
        if key in _SINGLE:
            if key in single:
                raise MalformedHeadError(f"its header {name!r} is there twice")
            single[key] = value
        if key not in _OURS and key not in (b"status", b"content-length"):
            fields.append((name, value))
    if not fields and not single:
        raise MalformedHeadError("its output begins with an empty line, not with headers")
    location = single.get(b"location")
    if location is not None and not location:
        raise MalformedHeadError("its Location is empty")
    if location is not None and len(fields) == len(single) == 1 and _LOCAL.fullmatch(location):
        return LocalRedirect(location)
    status, reason = _status(single.get(b"status"), 200 if location is None else 302)
    return Document(status, reason, tuple(fields), _length(single.get(b"content-length")))


def _status(value: bytes | None, default: int) -> tuple[int, bytes | None]:
    if value is None:
        return default, None
    match = _STATUS.fullmatch(value)
    if match is None:
        raise MalformedHeadError(f"its Status is {value[:80]!r}, not a number from 200 to 599")
    return int(match[1]), match[2] or None


def _length(value: bytes | None) -> int | None:
    if value is None:
        return None
    if not _LENGTH.fullmatch(value):
        raise MalformedHeadError(f"its Content-Length is {value[:80]!r}, not a number")
    return int(value)
