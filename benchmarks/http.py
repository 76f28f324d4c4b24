"""HTTP, as far as the measuring needs it: requests as bytes, and the bodies of responses."""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

#: What every request says of itself, as browsers and command-line clients do.
_HEAD = "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\nAccept: */*\r\n"

_GOOD = re.compile(r"HTTP/1\.[01] 200\b")


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """Return a request.

    :param method: its method.
    :param target: its path and query.
    :param body: its JSON; without one there is no body.
    """
    head = _HEAD.format(method, target)
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode("ascii") + b"\r\n" + body


class Answer(NamedTuple):
    """What is of interest in a response.

    :param body: its body.
    :param last: whether the connection ends with it (RFC 9112, section 9.6).
    """

    body: bytes
    last: bool


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read the next response of a connection.

    :raises ValueError: if its status is not 200, or it has neither a Content-Length nor chunks.
    :raises asyncio.IncompleteReadError: if the connection ends before that.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    if not _GOOD.match(status):
        raise ValueError(status)
    fields = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    elif "content-length" in fields:
        body = await reader.readexactly(int(fields["content-length"]))
    else:
        raise ValueError("neither a Content-Length nor chunked")
    return Answer(body, fields.get("connection", "").lower() == "close")


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks = []
    while True:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        chunks.append(chunk[:-2])
        if not size:
            return b"".join(chunks)
