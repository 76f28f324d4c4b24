"""What a connection sends: the pieces of a response, and of several, in one go."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from netsuite.serving.transports import IStreamTransport, writer

#: How much is collected before it is sent, in bytes. It is little compared with what transports
#: buffer, so that a client that does not read is noticed as soon.
ENOUGH = 16_384


class Output:
    """Writes to a transport.

    Inside of a ``with`` block pieces are collected, and leave together at its end: the head and the
    body of a response, and the responses to all requests of one read. Blocks may be nested.

    :param transport: the transport.
    """

    def __init__(self, transport: IStreamTransport) -> None:
        self._send = writer(transport)
        self._pieces: list[bytes] = []
        self._size = 0
        self._depth = 0

    def write(self, data: bytes) -> None:
        """Write a piece."""
        self._pieces.append(data)
        self._size += len(data)
        if not self._depth or self._size > ENOUGH:
            self.flush()

    def write_all(self, pieces: Iterable[bytes]) -> None:
        """Write several pieces."""
        self.write(b"".join(pieces))

    def flush(self) -> None:
        """Send what has been collected."""
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            self._size = 0
            self._send(data)

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self.flush()
