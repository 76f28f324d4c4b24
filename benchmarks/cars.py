"""The cars in the registries that are measured, and what their clients say.

Everything is as long as its like, whatever the car, so that the load generator can cut it by size.
"""

from __future__ import annotations

import pickle
import random
import struct
from typing import NamedTuple

#: How many cars there are.
COUNT = 10_000

#: Their mileage at first. Pickled it takes four bytes, the lowest first, as do all up to 2**31 - 1.
MILEAGE = 100_000

_SEATS = (2, 4, 5, 6, 7, 8, 9)
#: BININT, the opcode that precedes those four bytes.
_BININT = b"J"


class Car(NamedTuple):
    """A car, as all registries know it.

    :param license: its license.
    :param seats: how many seats it has.
    :param mileage: its mileage.
    :param owner: its owner's name.
    """

    license: str
    seats: int
    mileage: int
    owner: str


#: The cars, in no order: neighbours here are no neighbours in the store.
CARS = [
    Car(f"{number:05} HYR", _SEATS[number % len(_SEATS)], MILEAGE, f"Owner {number:05}")
    for number in range(COUNT)
]
random.Random(3).shuffle(CARS)


class Exchanges(NamedTuple):
    """A request and its reply for each car, in the order of :data:`CARS`.

    :param requests: one request after the other.
    :param replies: one reply after the other.
    """

    requests: bytes
    replies: bytes


def frame(value: object) -> bytes:
    """Return a message as the classic client and server send it."""
    payload = pickle.dumps(value, 3)
    return struct.pack("!I", len(payload)) + payload


def _raise_mileage(car: Car) -> bytes:
    return frame(("CHANGE_MILEAGE", car.license, car.mileage))


#: Where in each request of :func:`raise_mileages` the mileage is.
MILEAGE_AT = _raise_mileage(CARS[0]).index(_BININT + MILEAGE.to_bytes(4, "little")) + 1


def raise_mileages() -> Exchanges:
    """Return requests that are carried out if the mileage in them has been raised before."""
    return Exchanges(
        b"".join([_raise_mileage(car) for car in CARS]), frame((True, None)) * len(CARS)
    )


def look_ups() -> Exchanges:
    """Return requests for the details of each car."""
    return Exchanges(
        b"".join([frame(("GET_CAR_DETAILS", car.license)) for car in CARS]),
        b"".join([frame((True, car.seats, car.mileage, car.owner)) for car in CARS]),
    )
