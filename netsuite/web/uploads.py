"""Long bodies: where they are kept as they come, how slowly they may come, and whose they are.

A body is kept in memory up to :data:`IN_MEMORY` bytes, and beyond that in a temporary file without
a name, which goes with the last one who has it open, even if the process is killed. So a handler
always finds a file at its beginning, ``request.content``.
"""

from __future__ import annotations

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from twisted.web.iweb import IRequest

__all__ = ["IN_MEMORY", "MAX_UPLOADS", "MIN_RATE", "spool", "take_body"]

#: How much of a body is kept in memory, in bytes.
IN_MEMORY = 100_000

#: How fast a long body must come, on average, in bytes a second. Long is what is longer than the
#: service's longest message, where a route allows it.
#:
#: Each so many bytes put off the request's deadline by a second, so that a long body is not cut
#: while it comes, and nobody holds a connection for ever with a trickle. It is the rule of Apache's
#: mod_reqtimeout (``MinRate``, there 500 bytes a second). Only what is in the body counts.
MIN_RATE = 16_384

#: How many long bodies a service receives or has in hand at once. So the room that they take on the
#: disk is bounded, too.
MAX_UPLOADS = 16


def spool(length: int | None) -> BinaryIO:
    """Return an empty file for a body.

    :param length: how long the body will be, in bytes; None if that is not known yet.
    """
    if length is not None and length <= IN_MEMORY:
        return BytesIO()
    return cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))


def take_body(request: IRequest) -> BinaryIO:
    """Take the body away from its request.

    ``twisted.web`` closes ``request.content`` when the answer is complete, and also in the moment
    in which the client leaves. Who reads it in another thread, or later, takes it first, and closes
    it when done.

    :returns: the file, at its beginning. The request is left with an empty one.
    """
    body = cast(BinaryIO, request.content)
    request.content = BytesIO()
    return body
