"""What the body of a request may be, how it is read, and how a description states it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Protocol, cast

import attrs
from twisted.web.iweb import IRequest

from netsuite.text import printable
from netsuite.web.negotiation import content_type
from netsuite.web.responses import BadRequest, HTTPError
from netsuite.web.strict_json import JSONError, loads
from netsuite.web.uploads import take_body
from netsuite.web.values import Schema

__all__ = ["Body", "FileBody", "JSONBody", "Upload"]


class Body(Protocol):
    """What the body of a request may be."""

    @property
    def schemas(self) -> Mapping[str, Schema]:
        """What it may hold, by the media types that it may have."""

    def read(self, request: IRequest) -> object:
        """Return what the handler receives.

        :raises HTTPError: when the body is of another media type (415) or malformed (400).
        """


@attrs.frozen
class JSONBody:
    """A body that is a JSON object.

    :param schema: what it may hold.
    :param parse: makes of the object what the handler receives; it raises ``ValueError`` with a
        message that names the member and says what is expected.
    :param media_types: what it may be called, the proper name first.
    :param continued_lines: see :func:`netsuite.web.strict_json.loads`.
    :param accept_field: the header field in which a 415 lists the media types.
    """

    schema: Schema
    parse: Callable[[dict[str, Any]], object]
    media_types: tuple[str, ...] = ("application/json",)
    continued_lines: bool = False
    accept_field: str = "Accept"

    @property
    def schemas(self) -> Mapping[str, Schema]:
        """See :class:`Body`."""
        return dict.fromkeys(self.media_types, self.schema)

    def read(self, request: IRequest) -> object:
        """See :class:`Body`."""
        _check_type(request, self.media_types, self.accept_field)
        try:
            # twisted.web has received the whole body before it asks for an answer.
            content = cast(BinaryIO, request.content).read()
            value = loads(content, continued_lines=self.continued_lines)
            if not isinstance(value, dict):
                raise BadRequest("the body must be a JSON object: {…}")
            return self.parse(value)
        except JSONError as error:
            raise BadRequest(f"the body {error}") from None
        except ValueError as error:
            raise BadRequest(str(error)) from None


@attrs.frozen
class Upload:
    """A file that a client has sent.

    :param media_type: what the client calls it.
    :param file: the file, opened at its beginning.
    """

    media_type: str
    file: BinaryIO


@attrs.frozen
class FileBody:
    """A body that is a file; the handler receives an :class:`Upload`, and closes it.

    :param schemas: see :class:`Body`.
    """

    schemas: Mapping[str, Schema]

    def read(self, request: IRequest) -> Upload:
        """See :class:`Body`."""
        return Upload(_check_type(request, tuple(self.schemas), "Accept"), take_body(request))


def _check_type(request: IRequest, allowed: tuple[str, ...], accept_field: str) -> str:
    """Return the media type of a request's body.

    :param allowed: what it may be.
    :param accept_field: the header field in which an error lists them (RFC 9110, 15.5.16).
    :raises HTTPError: with status 415, when it is another, or what is sent is not UTF-8.
    """
    given = content_type(request)
    if not given.media_type:
        problem = "it has no Content-Type"
    elif given.media_type not in allowed:
        problem = f"its Content-Type is {given.media_type[:80]}"
    elif given.charset not in (None, "utf-8", "us-ascii"):
        problem = f"its charset is {printable(given.charset, 40)}"
    elif request.requestHeaders.hasHeader(b"Content-Encoding"):
        problem = "it has a Content-Encoding"
    else:
        return given.media_type
    raise HTTPError(
        415,
        f"the body is not understood, since {problem}: send {' or '.join(allowed)}, in UTF-8",
        headers={accept_field: ", ".join(allowed)},
    )
