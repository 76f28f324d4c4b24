"""The head of a request, read line by line (RFC 9112, sections 2 to 6).

Two parties that read the same bytes must not read them differently: a proxy in front of us and we
("request smuggling"). So what the standard does not allow is refused, with the status that it
wants and a sentence that says what is wrong; so are heads beyond the bounds. ``twisted.web`` has
a parser too, which is more tolerant than the standard has been since 2022. Pure: no I/O, nothing
of Twisted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from netsuite.web.responses import BadRequest, HTTPError

__all__ = ["MAX_FIELDS", "MAX_HEAD", "Head", "RequestLine", "parse_request_line"]

#: The longest head, in bytes. RFC 9112, section 3, asks for 8,000 for the first line alone.
MAX_HEAD = 16_384
#: The most header fields; Apache's LimitRequestFields is the same.
MAX_FIELDS = 100

# RFC 9110, 5.6.2.
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE = re.compile(rb"(%b) ([\x21\x22\x24-\x7e]+) HTTP/(\d)\.(\d)" % _TOKEN)
_ABSOLUTE = re.compile(rb"https?://([^/?]*)(.*)", re.IGNORECASE)
# RFC 9110, 5.5: no control characters but the tab.
_FIELD = re.compile(rb"(%b):([\t\x20-\x7e\x80-\xff]*)" % _TOKEN)

#: A body's length has at most so many digits: more bytes than any disk holds.
_MAX_DIGITS = 18


class RequestLine(NamedTuple):
    """The first line of a request.

    :param method: any token.
    :param target: the path with its query; or ``*``.
    :param version: ``HTTP/1.1`` or ``HTTP/1.0``.
    :param authority: the host and port of a target that was an absolute URL.
    """

    method: bytes
    target: bytes
    version: bytes
    authority: bytes | None = None

    @property
    def path(self) -> bytes:
        """The target without its query."""
        return self.target.partition(b"?")[0]


def parse_request_line(line: bytes) -> RequestLine:
    """Parse the first line of a request.

    :param line: without its CRLF.
    :raises HTTPError: with status 400 if it is malformed, 501 if it is for a proxy, 505 if the
        version of HTTP is not 1.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadRequest("the request's first line is malformed")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise HTTPError(505, "this server speaks HTTP/1.1 and HTTP/1.0")
    # A later 1.x has to be answered as the latest that we know (RFC 9110, 6.2).
    version = b"HTTP/1.0" if minor == b"0" else b"HTTP/1.1"
    if target.startswith(b"/") or (target == b"*" and method == b"OPTIONS"):
        return RequestLine(method, target, version)
    if method == b"CONNECT":
        raise HTTPError(501, "this server is no proxy")
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise BadRequest("the request's target is no path and no URL of HTTP")
    authority, rest = absolute.groups()
    return RequestLine(method, rest if rest[:1] == b"/" else b"/" + rest, version, authority)


class Head:
    """The head of one request, as it arrives."""

    #: The first line, once it is there.
    line: RequestLine | None = None
    #: How long the body is, in bytes; None if it comes in chunks.
    length: int | None = 0

    def __init__(self) -> None:
        #: The header fields, in their order: names and values.
        self.fields: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._framed = False  # a field has said how long the body is

    def take(self, line: bytes) -> bool:
        """Take the next line.

        :param line: without its CRLF.
        :returns: whether it was the last.
        :raises HTTPError: if the head must be refused.
        """
        self._size += len(line) + 2
        if self._size > MAX_HEAD:
            raise self.too_long()
        if self.line is not None:
            if not line:
                return True
            self._take_field(line)
        elif line or self._size > 2:
            # One empty line before the first is for clients that end a body with one too many.
            self.line = parse_request_line(line)
        return False

    def too_long(self) -> HTTPError:
        """Return what to answer to a head that is longer than we read."""
        # RFC 9112, section 3: it must be 414 where it is the target.
        if self.line is None:
            return HTTPError(414, f"the request's first line is longer than {MAX_HEAD} bytes")
        return HTTPError(431, f"the request's head is longer than {MAX_HEAD} bytes")

    def _take_field(self, line: bytes) -> None:
        match = _FIELD.fullmatch(line)
        if match is None:
            if line[:1] in (b" ", b"\t"):  # section 5.2
                raise BadRequest("a header field goes on in a second line: write it in one")
            raise BadRequest("a header field is malformed")
        name, value = match[1], match[2].strip(b" \t")
        self.fields.append((name, value))
        if len(self.fields) > MAX_FIELDS:
            raise HTTPError(431, f"the request has more than {MAX_FIELDS} header fields")
        take = _FRAMING.get(name.lower())
        if take is not None:
            # A list of equal lengths might be taken as one (RFC 9110, 8.6). No client sends it.
            if self._framed:
                raise BadRequest("the request says more than once how long its body is")
            self._framed = True
            take(self, value)

    def _take_length(self, value: bytes) -> None:
        if not value.isdigit():
            raise BadRequest("the request's Content-Length is not a number of bytes")
        if len(value) > _MAX_DIGITS:
            raise HTTPError(413, "the request's body is too long")
        self.length = int(value)

    def _take_coding(self, value: bytes) -> None:
        if self.line is not None and self.line.version == b"HTTP/1.0":  # section 6.1
            raise BadRequest("HTTP/1.0 has no Transfer-Encoding: send a Content-Length")
        value = value.lower()
        if value == b"chunked":
            self.length = None
            return
        *others, last = (coding.strip(b" \t") for coding in value.split(b","))
        if last != b"chunked" or b"chunked" in others:  # section 6.3
            raise BadRequest("the request's Transfer-Encoding does not end with one chunked")
        raise HTTPError(501, "the only Transfer-Encoding that is understood is chunked")


#: The fields that say how long the body is.
_FRAMING = {b"content-length": Head._take_length, b"transfer-encoding": Head._take_coding}
