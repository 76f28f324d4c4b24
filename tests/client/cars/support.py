"""A small registry, and consoles and files for its clients."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netsuite.cars.notation import PICKLE, Plain
from netsuite.client.cars.console import Interrupted
from netsuite.client.cars.registry import Registry
from netsuite.framing import Int32
from tests.client.support import NetworkTestCase, reactor, target

JACK = (2, 97543, "Jack Lemon")

#: Makes the classic server's file: ``python -c MAKE_DAT PATH`` reads the cars, a Python literal.
MAKE_DAT = """
import ast, gzip, pickle, sys
class Car:
    def __init__(self, seats, mileage, owner):
        self.__seats, self.__mileage, self.__owner = seats, mileage, owner
cars = {license: Car(*car) for license, car in ast.literal_eval(sys.stdin.read()).items()}
with gzip.open(sys.argv[1], "wb") as file:
    pickle.dump(cars, file, 3)
"""


def make_dat(path: Path, cars: dict[str, tuple[int, int, str]]) -> None:
    """Write a file as the classic server does."""
    command = [sys.executable, "-c", MAKE_DAT, str(path)]
    subprocess.run(command, input=repr(cars), text=True, check=True, timeout=60)


class FakeRegistry:
    """Knows enough of the rules to try a client.

    :param test: the test that it serves.
    """

    def __init__(self, test: NetworkTestCase) -> None:
        self.cars: dict[str, tuple[int, int, str]] = {"024 HYR": JACK}
        self.asked: list[tuple[Plain, ...]] = []
        #: How many licenses there are in a page.
        self.page = 1000
        #: What to reply to an action, whatever the rules say; None is to close the connection.
        self.instead: dict[str, Plain] = {}
        #: As many requests are answered on each connection.
        self.patience: int | None = None
        self.port = test.serve(self._received, self._connected)

    def client(self, timeout: float = 30) -> Registry:
        """Return a client of it."""
        return Registry(reactor, target(self.port), timeout)

    @property
    def actions(self) -> list[Plain]:
        """What was asked for, without its arguments."""
        return [request[0] for request in self.asked]

    def _connected(self, transport: Any) -> None:
        transport.framing = Int32()
        transport.answered = 0

    def _received(self, transport: Any, data: bytes) -> None:
        for message in transport.framing.feed(data):
            request = PICKLE.decode(message)
            assert isinstance(request, tuple)
            self.asked.append(request)
            reply = self._reply(*request)
            if reply is None or transport.answered == self.patience:
                transport.loseConnection()
                return
            transport.answered += 1
            transport.write(Int32().encode(PICKLE.encode(reply)))

    def _reply(self, action: Any, *arguments: Any) -> Plain:
        if action in self.instead:
            return self.instead[action]
        match action, *arguments:
            case "GET_LICENSES_STARTING_WITH", prefix, after:
                found = sorted(each for each in self.cars if each.startswith(prefix))
                licenses: list[Plain] = [each for each in found if each > after]
                return (True, licenses[: self.page])
            case "NEW_REGISTRATION", license, seats, mileage, owner:
                if seats == 3:
                    return (False, "Cannot register car with invalid seats")
                if license in self.cars:
                    return (False, "Cannot register duplicate license")
                self.cars[license] = (seats, mileage, owner)
                return (True, None)
            case ("SHUTDOWN",):
                return None
        car = self.cars.get(arguments[0])
        if car is None:
            return (False, "This license is not registered")
        match action, *arguments:
            case "CHANGE_MILEAGE", license, mileage:
                if mileage <= car[1]:
                    return (False, "Cannot wind the odometer back")
                self.cars[license] = (car[0], mileage, car[2])
                return (True, None)
            case "CHANGE_OWNER", license, owner:
                self.cars[license] = (car[0], car[1], owner)
                return (True, None)
        return (True, *car)


class Script:
    """A console whose answers are written down beforehand.

    :param answers: what is answered; Ctrl-C for ``"^C"``, and the end after the last one.
    """

    def __init__(self, *answers: str) -> None:
        self.text = ""
        self.licenses: list[str] = []
        self._answers = list(answers)

    async def ask(self, question: str, *, license: bool = False) -> str:
        self.text += question
        if license:
            self.licenses.append(question)
        if not self._answers:
            raise EOFError
        answer = self._answers.pop(0)
        if answer == "^C":
            raise Interrupted
        self.text += f"_{answer}_\n"
        return answer

    def show(self, text: str) -> None:
        self.text += f"{text}\n"

    def close(self) -> None:
        self.text += "<end>"

    @property
    def lines(self) -> Sequence[str]:
        return self.text.split("\n")
