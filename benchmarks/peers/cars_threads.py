"""The seed's registry: a thread for each client, a dictionary and a lock, and Python's pickle.

Nothing is on a disk before it ends. It would be saved then; but who is killed, as peers are, saves
nothing. In two things it is better than the seed's: a connection may carry any number of requests,
and a reply leaves in one write, lest its second half wait for an acknowledgement of the first.
"""

from __future__ import annotations

import copy
import pickle
import socketserver
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..cars import CARS, frame
from .services import BACKLOG, HOST, announce, parse_arguments

_NOT_REGISTERED = (False, "This license is not registered")


@dataclass
class Car:
    """A car without its license, which is its key."""

    seats: int
    mileage: int
    owner: str


class Registry:
    """All cars, for one thread at a time."""

    def __init__(self) -> None:
        self._cars = {car.license: Car(car.seats, car.mileage, car.owner) for car in CARS}
        self._lock = threading.Lock()
        self.actions: dict[str, Callable[..., tuple[Any, ...]]] = {
            "GET_CAR_DETAILS": self.details,
            "CHANGE_MILEAGE": self.change_mileage,
        }

    def details(self, license: str) -> tuple[Any, ...]:
        """Return a car's seats, mileage and owner."""
        with self._lock:
            car = copy.copy(self._cars.get(license))
        return (True, car.seats, car.mileage, car.owner) if car is not None else _NOT_REGISTERED

    def change_mileage(self, license: str, mileage: int) -> tuple[Any, ...]:
        """Set a car's mileage, which must be greater than it was."""
        if mileage < 0:
            return (False, "Cannot set a negative mileage")
        with self._lock:
            car = self._cars.get(license)
            if car is None:
                return _NOT_REGISTERED
            if car.mileage >= mileage:
                return (False, "Cannot wind the odometer back")
            car.mileage = mileage
        return (True, None)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A thread for each client."""

    daemon_threads = True
    request_queue_size = BACKLOG
    allow_reuse_address = True


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__)
    actions = Registry().actions

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while header := self.rfile.read(4):
                (size,) = struct.unpack("!I", header)
                action, *parameters = pickle.loads(self.rfile.read(size))
                self.wfile.write(frame(actions[action](*parameters)))

    with Server((HOST, arguments.port), Handler) as server:
        announce(server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
