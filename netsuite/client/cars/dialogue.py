"""The classic client's menu: show a car, change its mileage or owner, register one, stop."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable

from netsuite.client.cars.actions import described
from netsuite.client.cars.console import Console, Interrupted
from netsuite.client.cars.registry import Car, Refused, Registry
from netsuite.client.cars.rows import whole_number
from netsuite.text import printable

MENU = "(C)ar (M)ileage (O)wner (N)ew car (S)top server (Q)uit [c]: "

#: How many seats a new car has, and how many miles it has gone, unless they are typed.
SEATS, MILEAGE = 4, 0


class Dialogue:
    """Asks what to do, and does it, until it is asked to quit.

    :param console: asks and shows.
    :param registry: the registry.
    """

    def __init__(self, console: Console, registry: Registry) -> None:
        self._console = console
        self._registry = registry
        self._last = ""  # the license of the last car
        self._choices: dict[str, Callable[[], Awaitable[bool]]] = {
            "c": self._show_car,
            "m": self._change_mileage,
            "o": self._change_owner,
            "n": self._register,
            "s": self._stop,
            "q": self._quit,
        }

    async def run(self) -> int:
        """Hold the dialogue.

        :returns: the exit status.
        :raises ClientError: when the server does not answer.
        """
        try:
            while await self._choose():
                pass
        except EOFError:
            return 0
        except Interrupted:
            return 128 + signal.SIGINT
        finally:
            self._console.close()
        return 0

    async def _choose(self) -> bool:
        """Do what is chosen; return whether to go on."""
        choice = (await self._console.ask(MENU)).lower() or "c"
        if choice not in self._choices:
            self._console.show(f"expected one of {', '.join(self._choices)}")
            return True
        try:
            return await self._choices[choice]()
        except Refused as refused:
            self._console.show(str(refused))
            return True

    async def _show_car(self) -> bool:
        car = await self._retrieve()
        if car is not None:
            for line in described(car):
                self._console.show(line)
        return True

    async def _change_mileage(self) -> bool:
        car = await self._retrieve()
        if car is not None:
            mileage = await self._number("Mileage", car.mileage)
            if mileage:  # none is a way out
                await self._registry.change_mileage(car.license, mileage)
                self._console.show("Mileage successfully changed")
        return True

    async def _change_owner(self) -> bool:
        car = await self._retrieve()
        if car is not None:
            owner = await self._text("Owner", car.owner)
            if owner:
                await self._registry.change_owner(car.license, owner)
                self._console.show("Owner successfully changed")
        return True

    async def _register(self) -> bool:
        """Register a car; an empty license or owner is a way out."""
        license = await self._license("")
        if not license:
            return True
        seats = await self._number("Seats", SEATS)
        mileage = await self._number("Mileage", MILEAGE)
        owner = await self._text("Owner")
        if owner:
            self._last = license
            await self._registry.register(Car(license, seats, mileage, owner))
            self._console.show(f"Car {license} successfully registered")
        return True

    async def _stop(self) -> bool:
        await self._registry.stop()
        return False

    async def _quit(self) -> bool:
        return False

    async def _retrieve(self) -> Car | None:
        """Ask for a license, and return its car; None if no license is typed.

        :raises Refused: when there is no such car; then the last license stays.
        """
        license = await self._license(self._last)
        if not license:
            return None
        car = await self._registry.car(license)
        self._last = license
        return car

    async def _license(self, default: str) -> str:
        answer = await self._console.ask(_question("License", default), license=True)
        return answer.upper() or default

    async def _text(self, label: str, default: str = "") -> str:
        return await self._console.ask(_question(label, default)) or default

    async def _number(self, label: str, default: int) -> int:
        """Ask for a number that is not negative, until it is one."""
        while True:
            answer = await self._console.ask(_question(label, str(default)))
            if not answer:
                return default
            try:
                number = whole_number(answer, label.lower())
            except ValueError as error:
                self._console.show(f"{error}; expected one such as {default}")
                continue
            if number >= 0:
                return number
            self._console.show(f"expected a {label.lower()} of 0 or more")


def _question(label: str, default: str) -> str:
    """Return a question, with the answer that is taken when nothing is typed."""
    return f"{label} [{printable(default)}]: " if default else f"{label}: "
