"""What a handler answers with: a response, or an error that becomes one.

Both are plain immutable values. They do no I/O and know nothing of Twisted, so that a handler
can be tested by calling it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

import attrs

from netsuite.text import printable

__all__ = [
    "BadRequest",
    "Body",
    "HTTPError",
    "Headers",
    "MethodNotAllowed",
    "NotFound",
    "Response",
    "reason_phrase",
]

#: What may stand in a body: all of it, as bytes or as text that is sent as UTF-8, or chunks of
#: bytes that are sent as they are made, no faster than the client reads.
Body = bytes | str | Iterable[bytes] | AsyncIterable[bytes]

#: Header fields by name. A field that is sent more than once has several values.
Headers = Mapping[str, str | Sequence[str]]

_NONE: Headers = MappingProxyType({})

_REASONS: Mapping[int, bytes] = {
    status.value: status.phrase.encode("ascii") for status in HTTPStatus
}


def reason_phrase(status: int) -> bytes:
    """Return the words for a status code, such as ``Not Found``."""
    return _REASONS.get(status, b"Unknown Status")


def _check_status(instance: object, attribute: object, status: int) -> None:
    if not 200 <= status <= 599:
        raise ValueError(f"{status!r} is not the status of a final response (200 to 599)")


@attrs.frozen
class Response:
    """An answer to a request.

    ``Content-Length`` is set by the router, and so is ``Content-Type`` unless the headers name
    it: ``text/plain; charset=utf-8`` for text, ``application/octet-stream`` for bytes.

    :param body: see :data:`Body`.
    :param status: the status code, 200 to 599.
    :param headers: header fields, over and above those that the request has set already.
    :raises ValueError: if the status is none.
    """

    body: Body = b""
    status: int = attrs.field(default=200, validator=_check_status)
    headers: Headers = attrs.field(default=_NONE, kw_only=True)

    @classmethod
    def text(cls, text: str, status: int = 200, *, headers: Headers = _NONE) -> Response:
        """Answer with plain text."""
        return cls._typed(text, "text/plain; charset=utf-8", status, headers)

    @classmethod
    def html(cls, page: str, status: int = 200, *, headers: Headers = _NONE) -> Response:
        """Answer with an HTML page. Whatever the page quotes must be escaped already."""
        return cls._typed(page, "text/html; charset=utf-8", status, headers)

    @classmethod
    def json(cls, value: object, status: int = 200, *, headers: Headers = _NONE) -> Response:
        """Answer with JSON (RFC 8259).

        It is pure ASCII: JSON may hold lone surrogates, which UTF-8 cannot, so that a value
        that came as JSON can always go back as JSON.

        :raises TypeError: if the value is not made of what JSON has.
        :raises ValueError: if it holds a NaN or an infinity, which JSON has not.
        """
        return cls._typed(
            json.dumps(value, allow_nan=False).encode("ascii"), "application/json", status, headers
        )

    @classmethod
    def _typed(cls, body: Body, content_type: str, status: int, headers: Headers) -> Response:
        return cls(body, status, headers={"Content-Type": content_type, **headers})


class HTTPError(Exception):
    """An error that has an HTTP status: raise it to answer with it.

    :param status: the status code, 400 to 599.
    :param message: one sentence that tells the client what to do better; it may quote what the
        client sent. By default the status says it all.
    :param headers: header fields that belong to the error. They are sent whoever makes the page,
        so that an error handler cannot forget the ``Allow`` of a 405.
    :raises ValueError: if the status is not that of an error.
    """

    def __init__(self, status: int, message: str = "", *, headers: Headers = _NONE) -> None:
        if not 400 <= status <= 599:
            raise ValueError(f"{status!r} is not the status of an error (400 to 599)")
        super().__init__(status, message)
        self.status = int(status)
        self.message = message
        self.headers = headers

    def __str__(self) -> str:
        told = f"{self.status} {reason_phrase(self.status).decode('ascii')}"
        return f"{told}: {self.message}" if self.message else told

    def response(self) -> Response:
        """Return the page that is sent when no error handler makes a better one.

        It is plain text in one line, and nothing that the message quotes can act on a terminal.
        A browser is told not to look for HTML in it.
        """
        return Response.text(
            printable(str(self), 1000) + "\n",
            self.status,
            headers={"X-Content-Type-Options": "nosniff", **self.headers},
        )


class BadRequest(HTTPError):  # noqa: N818 - named after its status
    """400: the request is malformed."""

    def __init__(self, message: str = "", *, headers: Headers = _NONE) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, message, headers=headers)


class NotFound(HTTPError):  # noqa: N818 - named after its status
    """404: there is nothing at this path."""

    def __init__(self, message: str = "", *, headers: Headers = _NONE) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, message, headers=headers)


class MethodNotAllowed(HTTPError):  # noqa: N818 - named after its status
    """405: what is at this path does not take this method.

    :param allowed: the methods that it takes, for the ``Allow`` field (RFC 9110, 15.5.6).
    """

    def __init__(
        self, allowed: Iterable[str], message: str = "", *, headers: Headers = _NONE
    ) -> None:
        self.allowed = tuple(sorted(allowed))
        headers = {**headers, "Allow": ", ".join(self.allowed)}
        super().__init__(HTTPStatus.METHOD_NOT_ALLOWED, message, headers=headers)
