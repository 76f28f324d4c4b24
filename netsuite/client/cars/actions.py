"""What ``netsuite cars`` does for scripts, one request each: text for people, or JSON."""

from __future__ import annotations

import json
from typing import Any

import attrs

from netsuite.client.cars.registry import Car, Registry
from netsuite.client.terminal import Output
from netsuite.text import printable

#: As much of one text is shown on a terminal, in characters.
_MOST = 1000


class Actions:
    """The actions; each returns when its outcome is printed.

    :param registry: the registry.
    :param output: where to print.
    :param as_json: print JSON.
    """

    def __init__(self, registry: Registry, output: Output, as_json: bool) -> None:
        self._registry = registry
        self._output = output
        self._as_json = as_json

    async def get(self, license: str) -> None:
        """Print a car's details."""
        car = await self._registry.car(license)
        if self._as_json:
            self._json(attrs.asdict(car))
            return
        for line in described(car):
            self._line(line)

    async def licenses(self, prefix: str = "") -> None:
        """Print the licenses that begin with *prefix*; no more than a page is held."""
        if not self._as_json:
            async for page in self._registry.pages(prefix):
                for license in page:
                    self._line(license)
            return
        before = "["
        async for page in self._registry.pages(prefix):
            for license in page:
                self._output.piece(f"{before}\n  {json.dumps(license)}".encode())
                before = ","
        self._output.piece(b"[]\n" if before == "[" else b"\n]\n")

    async def mileage(self, license: str, mileage: int) -> None:
        """Change a car's mileage."""
        await self._registry.change_mileage(license, mileage)
        self._done("Mileage successfully changed", license=license, mileage=mileage)

    async def owner(self, license: str, owner: str) -> None:
        """Change a car's owner."""
        await self._registry.change_owner(license, owner)
        self._done("Owner successfully changed", license=license, owner=owner)

    async def add(self, license: str, seats: int, mileage: int, owner: str) -> None:
        """Register a car."""
        car = Car(license, seats, mileage, owner)
        await self._registry.register(car)
        self._done(f"Car {license} successfully registered", **attrs.asdict(car))

    async def stop(self) -> None:
        """Stop the server."""
        await self._registry.stop()
        self._done("The server is stopping", stopping=True)

    def _done(self, text: str, **data: Any) -> None:
        if self._as_json:
            self._json(data)
        else:
            self._line(text)

    def _json(self, data: dict[str, Any]) -> None:
        self._output.text(json.dumps(data, indent=2))

    def _line(self, text: str) -> None:
        # On a terminal a text that holds a line end must not look like two.
        shown = printable(text, _MOST) if self._output.terminal else text
        self._output.line(shown.encode("utf-8", "surrogateescape"))


def described(car: Car) -> tuple[str, ...]:
    """Return a car's details as the classic client shows them, a line each."""
    return (
        f"License: {car.license}",
        f"Seats: {car.seats}",
        f"Mileage: {car.mileage}",
        f"Owner: {car.owner}",
    )
