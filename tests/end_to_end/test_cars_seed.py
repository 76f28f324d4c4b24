"""The classic client of the car registry, unchanged, against ``twistd cars``."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import Daemons, run
from tests.end_to_end.registry import GET_LEMON, ask, new_store
from tests.end_to_end.seeds import CAR_REGISTRATION_SESSION, car_registration_client
from tests.end_to_end.wire import Address

PROGRAM = Path(__file__).with_name("car_registration.py")
MENU = "(C)ar (M)ileage (O)wner (N)ew car (S)top server (Q)uit [c]:"

Client = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """Return what runs the client: it takes the server's address and the lines that are typed."""
    code = tmp_path / "slides.py"
    code.write_text(car_registration_client())

    def run_client(address: Address, *typed: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, str(PROGRAM), str(code), *map(str, address)]
        stdin = "".join(f"{line}\n" for line in typed).encode()
        return run(command, tmp_path, stdin=stdin)

    return run_client


def shown(ended: subprocess.CompletedProcess[bytes], status: int = 0) -> list[str]:
    """Return the lines that a client has shown, which must have ended as it should."""
    assert (ended.returncode, ended.stderr) == (status, b"")
    return [line.rstrip() for line in ended.stdout.decode().splitlines()]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty store."""
    with new_store(request.param, tmp_path) as url:
        yield url


def test_a_day_at_the_registry(store: str, client: Client, start: Daemons) -> None:
    daemon = start("cars", "--store", store)
    address = daemon.address("cars")

    # The slides' own session, word for word: a look-up, and 103491 miles.
    session = [line.rstrip() for line in CAR_REGISTRATION_SESSION.text.splitlines()]
    typed = [match[1] for line in session if (match := re.search(r": ?(?:_(.*)_)?$", line))]
    assert typed == [None, "024 hyr", "m", None, "103491"]
    lines = shown(client(address, *(line or "" for line in typed), "q"))
    assert lines == [*session, f"{MENU} _q_"]

    # The odometer is not wound back, nor left as it is, and no car is found that is not there.
    lines = shown(
        client(address, *("m", "024 hyr", "97543"), *("m", "", "103491"), *("c", "no 1"), "q")
    )
    assert [line for line in lines if ":" not in line] == [
        "Cannot wind the odometer back",
        "Cannot wind the odometer back",
        "This license is not registered",
    ]

    # A car is registered, once, and only as a car can be; it changes hands.
    car = ("n", "rsu 31", "7", "12", "Zoë O'Néill")
    no_cars = ("n", "rsu 32", "3", "", "x", "n", "", "", "", "x", "n", "rsu 33", "", "", "")
    lines = shown(client(address, *car, *car, *no_cars, *("o", "", "Bø Ek"), "q"))
    assert [line for line in lines if ":" not in line] == [
        "Car RSU 31 successfully registered",
        "Cannot register duplicate license",
        "Cannot register car with invalid seats",
        "Cannot set an empty license",
        "Cannot set an empty owner",
        "Owner successfully changed",
    ]

    # It stops the server, which is missed.
    assert shown(client(address, "s")) == [f"{MENU} _s_"]
    assert daemon.wait() == 0
    refused = shown(client(address, "c", "024 hyr"), status=1)
    assert refused[-1].endswith("Connection refused: is the server running?")

    # Everything has been kept.
    address = start("cars", "--store", store).address("cars")
    assert ask(address, *GET_LEMON) == (True, 2, 103491, "Jack Lemon")
    assert ask(address, "GET_CAR_DETAILS", "RSU 31") == (True, 7, 12, "Bø Ek")
    lines = shown(client(address, "c", "rsu 31", "q"))
    assert lines[-5:-1] == ["License: RSU 31", "Seats: 7", "Mileage: 12", "Owner: Bø Ek"]
