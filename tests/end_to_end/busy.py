"""Clients that keep a service busy until it is gone, whatever it serves."""

from __future__ import annotations

import contextlib
import selectors
from collections.abc import Callable, Generator

from tests.end_to_end.daemon import PATIENCE
from tests.end_to_end.wire import Address, connect


class BusyClient:
    """One that has so many requests under way, and asks for another with each answer.

    :param address: the service's.
    :param window: how many.
    """

    def __init__(self, address: Address, window: int) -> None:
        self.socket = connect(address)
        self._data = b""
        self.socket.sendall(self.first() + b"".join(self.next() for _ in range(window)))

    def first(self) -> bytes:
        """Return the request that comes before all others."""
        raise NotImplementedError

    def next(self) -> bytes:
        """Return another request."""
        raise NotImplementedError

    def hear(self, data: bytes) -> int:
        """Take the first answer, if all of it is there.

        :returns: its length; 0 if it is not there.
        """
        raise NotImplementedError

    def read(self) -> bool:
        """Read what is there, and ask for as much again.

        :returns: whether there is a server still.
        """
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        self._data += piece
        more = b""
        while length := self.hear(self._data):
            self._data = self._data[length:]
            more += self.next()
        with contextlib.suppress(OSError):  # it has gone; what it said is still to be read
            self.socket.sendall(more)
        return bool(piece)


def until_gone(count: int, new_client: Callable[[int], BusyClient]) -> Generator[None]:
    """Keep a service busy until it is gone, bit by bit: each step of this generator is one.

    :param count: how many clients there are.
    :param new_client: makes one, of its number.
    """
    with contextlib.ExitStack() as stack:
        waiting = stack.enter_context(selectors.DefaultSelector())
        for number in range(count):
            client = new_client(number)
            stack.enter_context(client.socket)
            waiting.register(client.socket, selectors.EVENT_READ, client)
        while waiting.get_map():
            ready = waiting.select(PATIENCE)
            assert ready, "the server says nothing"
            for key, _ in ready:
                if not key.data.read():
                    waiting.unregister(key.fileobj)
            yield
