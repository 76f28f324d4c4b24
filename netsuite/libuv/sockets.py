"""What is used of uvloop: its transports, and their sockets, to set options of."""

from __future__ import annotations

import socket
from typing import Any, Protocol

__all__ = ["Borrowed", "Transport"]


class Transport(Protocol):
    """What is used of uvloop's transports."""

    def write(self, data: memoryview) -> None:
        """Send at once what can be, and the rest as soon as possible."""

    def write_eof(self) -> None:
        """Shut the sending side down."""

    def pause_reading(self) -> None:
        """Read no more."""

    def resume_reading(self) -> None:
        """Read again."""

    def abort(self) -> None:
        """Close in the next turn, whatever is unsent."""

    def get_write_buffer_size(self) -> int:
        """Return how much is unsent, in bytes."""

    def set_write_buffer_limits(self, high: int) -> None:
        """Have ``pause_writing`` called when more than that is unsent."""

    def get_extra_info(self, name: str) -> Any:
        """Return what else is known."""


class Borrowed(socket.socket):
    """A socket that belongs to one of uvloop's transports, which closes it.

    :param uv: the transport.
    """

    def __init__(self, uv: Transport) -> None:
        pseudo = uv.get_extra_info("socket")
        # Nothing is asked of the operating system: all is known.
        super().__init__(pseudo.family, pseudo.type, pseudo.proto, pseudo.fileno())

    def close(self) -> None:
        """Give it back, so that this is one without a file descriptor. The connection goes on."""
        self.detach()

    def __del__(self) -> None:
        self.detach()

    def dup(self) -> socket.socket:  # type: ignore[override]  # that one is not borrowed
        """Return a socket of one's own for the same connection."""
        return socket.fromfd(self.fileno(), self.family, self.type, self.proto)
