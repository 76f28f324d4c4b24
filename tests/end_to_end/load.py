"""Clients that keep a car registry busy, and remember what they were told."""

from __future__ import annotations

import pickle
import struct
from collections import deque
from collections.abc import Generator, Iterator

import attrs

from tests.end_to_end.busy import BusyClient, until_gone
from tests.end_to_end.registry import DONE, ask, request
from tests.end_to_end.wire import Address

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


class _Client(BusyClient):
    """One of them.

    :param number: which.
    """

    def __init__(self, address: Address, number: int, known: Known, names: Iterator[int]) -> None:
        self._number = number
        self._known = known
        self._names = names
        self._under_way: deque[str | int] = deque([""])
        super().__init__(address, WINDOW)

    def first(self) -> bytes:
        """Return the registration of its car."""
        return request("NEW_REGISTRATION", _car(self._number), 2, 0, "nobody")

    def next(self) -> bytes:
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

    def hear(self, data: bytes) -> int:
        """Take a reply."""
        if len(data) < 4 or len(data) < (end := 4 + struct.unpack_from("!I", data)[0]):
            return 0
        self._take(pickle.loads(data[4:end]))
        return int(end)

    def _take(self, reply: object) -> None:
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
    return until_gone(CLIENTS, lambda number: _Client(address, number, known, names))
