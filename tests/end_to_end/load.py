"""Clients that keep a car registry busy, and remember what they were told."""

from __future__ import annotations

import contextlib
import pickle
import select
import socket
import struct
from collections import deque
from collections.abc import Generator, Iterator

import attrs

from tests.end_to_end.daemon import PATIENCE
from tests.end_to_end.registry import DONE, ask, request
from tests.end_to_end.wire import Address, connect

#: How many requests each client has under way.
WINDOW = 32
#: How many clients there are. Each raises the mileage of a car of its own.
CLIENTS = 4


@attrs.define
class Known:
    """What the clients know about a registry."""

    #: The licenses that they asked to have registered.
    asked: set[str] = attrs.Factory(set)
    #: Those that are, as they were told.
    registered: set[str] = attrs.Factory(set)
    #: Up to where each car may have been driven.
    sent: list[int] = attrs.Factory(lambda: [0] * CLIENTS)
    #: How far each car has been driven, as they were told.
    driven: list[int] = attrs.Factory(lambda: [0] * CLIENTS)
    #: How often they were refused.
    refused: int = 0

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged."""
        return len(self.registered) + sum(self.driven)

    def check(self, address: Address) -> None:
        """Check that a registry holds what was acknowledged, and nothing that was not asked for."""
        licenses = set(_licenses(address))
        assert not self.registered - licenses, "a registration was lost"
        assert not licenses - self.asked, "nobody asked for that"
        for number in range(CLIENTS):
            details = ask(address, "GET_CAR_DETAILS", _car(number))
            mileage = details[2] if details[0] else 0
            assert self.driven[number] <= mileage <= self.sent[number], "a mileage was lost"


def _car(number: int) -> str:
    return f"CAR {number}"


def _licenses(address: Address) -> Iterator[str]:
    """Return the licenses that the clients have registered, page after page."""
    last = ""
    while True:
        done, page = ask(address, "GET_LICENSES_STARTING_WITH", "NEW ", last)
        assert done is True, page
        if not page:
            return
        yield from page
        last = page[-1]


class _Client:
    """One of them.

    :param number: which.
    """

    def __init__(self, address: Address, number: int, known: Known, names: Iterator[int]) -> None:
        self.socket = connect(address)
        self._number = number
        self._known = known
        self._names = names
        self._under_way: deque[str | int] = deque()
        self._data = b""
        self._under_way.append("")
        self.socket.sendall(
            request("NEW_REGISTRATION", _car(number), 2, 0, "nobody")
            + b"".join(self._next() for _ in range(WINDOW))
        )

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
        while len(self._data) >= 4:
            (size,) = struct.unpack_from("!I", self._data)
            if len(self._data) < 4 + size:
                break
            self._hear(pickle.loads(self._data[4 : 4 + size]))
            self._data = self._data[4 + size :]
            more += self._next()
        with contextlib.suppress(OSError):  # it has gone; what it said is still to be read
            self.socket.sendall(more)
        return bool(piece)

    def _next(self) -> bytes:
        """Return a registration and a higher mileage by turns."""
        name = next(self._names)
        if name % 2:
            license = f"NEW {name}"
            self._under_way.append(license)
            self._known.asked.add(license)
            return request("NEW_REGISTRATION", license, 4, 0, f"owner of {license}")
        self._known.sent[self._number] += 1
        mileage = self._known.sent[self._number]
        self._under_way.append(mileage)
        return request("CHANGE_MILEAGE", _car(self._number), mileage)

    def _hear(self, reply: object) -> None:
        what = self._under_way.popleft()
        if not what:
            return  # its car may have been there before
        if reply != DONE:
            assert isinstance(reply, tuple)
            assert reply[0] is False
            assert "out of reach" in reply[1], reply
            self._known.refused += 1
        elif isinstance(what, str):
            self._known.registered.add(what)
        else:
            self._known.driven[self._number] = what


def keep_busy(address: Address, known: Known, names: Iterator[int]) -> Generator[None]:
    """Keep a registry busy until it is gone, bit by bit: each step of this generator is one.

    :param known: what the clients learn is added to it.
    :param names: numbers for new cars.
    """
    with contextlib.ExitStack() as stack:
        clients: dict[socket.socket, _Client] = {}
        for number in range(CLIENTS):
            client = _Client(address, number, known, names)
            clients[stack.enter_context(client.socket)] = client
        while clients:
            ready, _, _ = select.select([*clients], [], [], PATIENCE)
            assert ready, "the server says nothing"
            for each in ready:
                if not clients[each].read():
                    del clients[each]
            yield
