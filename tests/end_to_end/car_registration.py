"""What the course material describes of the car registry's client, but does not show.

It is a program: ``python car_registration.py CODE HOST PORT``. The file CODE holds the parts that
are shown, which do all the networking; what they use, and what uses them, is here. What is typed is
printed as the slides print it, between underscores.
"""

from __future__ import annotations

import pickle
import socket
import struct
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

CarTuple = namedtuple("CarTuple", "seats mileage owner")

MENU = "(C)ar (M)ileage (O)wner (N)ew car (S)top server (Q)uit [c]: "


def typed(prompt: str) -> str:
    """Ask for a line, and show it: standard input is no terminal, which would do that."""
    print(prompt, end="")
    line = sys.stdin.readline()
    assert line, "the client wants to know more than it was told"
    line = line.rstrip("\n")
    print(f"_{line}_" if line else "")
    return line


class Console:
    """Gets values from the user."""

    @staticmethod
    def get_string(message: str, name: str = "string", default: str | None = None) -> str:
        shown = f"{message} [{default}]: " if default else f"{message}: "
        return typed(shown) or default or ""

    @staticmethod
    def get_integer(
        message: str, name: str = "integer", default: int | None = None, minimum: int = 0
    ) -> int:
        shown = f"{message}: " if default is None else f"{message} [{default}]: "
        number = int(typed(shown) or default or 0)
        assert number >= minimum, f"{name} must be at least {minimum}"
        return number


def client(code: str, address: list[Any]) -> dict[str, Callable[[str | None], str | None]]:
    """Return the client's functions by the letters of its menu.

    :param code: the functions that the slides show.
    :param address: the server's host and port.
    """
    shown: dict[str, Any] = {
        "CarTuple": CarTuple,
        "Console": Console,
        "Address": address,
        "pickle": pickle,
        "socket": socket,
        "struct": struct,
        "sys": sys,
    }
    exec(compile(code, "the slides", "exec"), shown)
    retrieve_car_details = shown["retrieve_car_details"]
    handle_request = shown["handle_request"]

    def get_car_details(previous_license: str | None) -> str | None:
        license: str | None
        license, car = retrieve_car_details(previous_license)
        if car is not None:
            print(f"License: {license}\nSeats: {car.seats}")
            print(f"Mileage: {car.mileage}\nOwner: {car.owner}")
        return license

    def change_owner(previous_license: str | None) -> str | None:
        license: str | None
        license, car = retrieve_car_details(previous_license)
        if car is None:
            return previous_license
        owner = Console.get_string("Owner", "owner", car.owner)
        ok, *data = handle_request("CHANGE_OWNER", license, owner)
        print("Owner successfully changed" if ok else data[0])
        return license

    def new_registration(previous_license: str | None) -> str | None:
        license = Console.get_string("License", "license").upper()
        seats = Console.get_integer("Seats", "seats", 4, 0)
        mileage = Console.get_integer("Mileage", "mileage", 0, 0)
        owner = Console.get_string("Owner", "owner")
        ok, *data = handle_request("NEW_REGISTRATION", license, seats, mileage, owner)
        print(f"Car {license} successfully registered" if ok else data[0])
        return license if ok else previous_license

    return {
        "c": get_car_details,
        "m": shown["change_mileage"],
        "o": change_owner,
        "n": new_registration,
        "s": shown["stop_server"],
        "q": shown["quit"],
    }


def main(path: str, host: str, port: str) -> None:
    """Ask for a choice from the menu, and obey, until the user wants no more."""
    functions = client(Path(path).read_text(encoding="utf-8"), [host, int(port)])
    previous_license = None
    while True:
        previous_license = functions[typed(MENU) or "c"](previous_license)


if __name__ == "__main__":
    main(*sys.argv[1:])
