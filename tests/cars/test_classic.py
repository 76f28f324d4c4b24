"""The classic server's data file: read as it was written, by nobody's code but ours."""

from __future__ import annotations

import gzip
import os
import pickle
import struct
import subprocess
import sys
import types
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.classic import RegistrationsError, read_registrations
from netsuite.cars.pickles import PickleError, loads
from tests.cars.plain import mutant

#: Classes that keep what the classic server's class keeps.
CAR = """
class Car:
    def __init__(self, seats, mileage, owner):
        self.__seats = seats
        self.__mileage = mileage
        self.__owner = owner
"""
CAR_WITH_PROPERTIES = """
class Car:
    def __init__(self, seats, mileage, owner):
        self.__seats = seats
        self.mileage = mileage
        self.owner = owner

    @property
    def mileage(self):
        return self.__mileage

    @mileage.setter
    def mileage(self, mileage):
        self.__mileage = mileage

    @property
    def owner(self):
        return self.__owner

    @owner.setter
    def owner(self, owner):
        self.__owner = owner
"""
CAR_WITHOUT_SECRETS = """
class Car:
    def __init__(self, seats, mileage, owner):
        self.seats, self.mileage, self.owner = seats, mileage, owner
"""

MODULES = ("__main__", "car_registration_server")
PROTOCOLS = (2, 3, 4, 5)

Registrations = dict[str, tuple[Any, Any, Any]]

CARS: Registrations = {
    "024 HYR": (2, 97543, "Jack Lemon"),
    "ΑΒΓ 123": (4, 0, "Νίκος"),
    "x" * 300: (9, 2**40, "Zoë " * 100),
    "303 LNR": (5, 300, "Jack Lemon"),
}


def pickled(cars: object, protocol: int, module: str = "__main__", source: str = CAR) -> bytes:
    """Pickle as the classic server does, from within a module that has its class.

    :param cars: any value; tuples in a dictionary become cars.
    """
    space = types.ModuleType(module)
    exec(source, space.__dict__)
    if isinstance(cars, dict):
        cars = {
            plate: space.Car(*car) if isinstance(car, tuple) else car for plate, car in cars.items()
        }
    with mock.patch.dict(sys.modules, {module: space}):
        return pickle.dumps(cars, protocol)


class ClassicTestCase(SynchronousTestCase):
    """Writes files and reads them."""

    def file(self, contents: bytes) -> Path:
        """Return a file of its own, with contents that are not packed yet."""
        path = Path(self.mktemp())
        path.write_bytes(gzip.compress(contents, 1, mtime=0))
        return path

    def refused(self, path: Path, reason: str, **limits: int) -> str:
        with self.assertRaisesRegex(RegistrationsError, reason) as caught:
            read_registrations(path, **limits)
        message = str(caught.exception)
        self.assertTrue(message.startswith(f"{path} is not a classic server's data file: "))
        self.assertTrue(
            message.endswith(". Export the cars as CSV where they are, and import that")
        )
        self.assertTrue(message.isprintable())
        return message


class WhatIsReadTests(ClassicTestCase):
    """Files of servers of all times."""

    def test_every_protocol_and_class(self) -> None:
        for protocol in PROTOCOLS:
            for module in MODULES:
                for source in (CAR, CAR_WITH_PROPERTIES, CAR_WITHOUT_SECRETS):
                    path = self.file(pickled(CARS, protocol, module, source))
                    self.assertEqual(read_registrations(path), CARS)
                    self.assertEqual(read_registrations(os.fspath(path)), CARS)

    def test_any_number_of_cars(self) -> None:
        # Dictionaries are written in batches of 1,000, and from protocol 4 on in frames of 64 KiB.
        for number in (0, 1, 2, 255, 256, 1000, 1001, 3500):
            cars = {f"{n:04} AB": (2 + n % 3, 300 * n, f"Owner {n % 7}") for n in range(number)}
            for protocol in PROTOCOLS:
                contents = pickled(cars, protocol)
                self.assertEqual(read_registrations(self.file(contents), max_cars=number), cars)

    def test_strings_longer_than_a_frame(self) -> None:
        cars = {"a": (2, 1, "x" * 100_000), "b" * 100_000: (2, 1, "y")}
        for protocol in PROTOCOLS:
            self.assertEqual(read_registrations(self.file(pickled(cars, protocol))), cars)

    def test_a_car_with_two_licenses(self) -> None:
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(CAR, space)
        car = space["Car"](2, 5, "Jack Lemon")
        module = types.ModuleType("__main__")
        vars(module).update(space)
        with mock.patch.dict(sys.modules, {"__main__": module}):
            contents = pickle.dumps({"a": car, "b": car}, 4)
        expected = (2, 5, "Jack Lemon")
        self.assertEqual(read_registrations(self.file(contents)), {"a": expected, "b": expected})

    def test_a_file_that_a_program_saved(self) -> None:
        program = Path(self.mktemp()).with_suffix(".py")
        path = Path(self.mktemp()).absolute()
        program.write_text(
            f"import gzip, pickle\n{CAR_WITH_PROPERTIES}\n"
            f"cars = {{plate: Car(*car) for plate, car in {CARS!a}.items()}}\n"
            f"with gzip.open({str(path)!r}, 'wb') as file:\n"
            "    pickle.dump(cars, file, pickle.HIGHEST_PROTOCOL)\n"
        )
        subprocess.run([sys.executable, program], check=True, timeout=60)
        self.assertEqual(read_registrations(path), CARS)


class WhatIsRefusedTests(ClassicTestCase):
    """Files that are something else, or damaged."""

    def test_no_such_file(self) -> None:
        with self.assertRaises(FileNotFoundError):
            read_registrations("nowhere")
        with self.assertRaises(IsADirectoryError):
            read_registrations(".")

    def test_not_packed(self) -> None:
        path = Path(self.mktemp())
        for contents in (pickled(CARS, 3), b"license,seats\n", b"\x1f\x8bnot quite"):
            path.write_bytes(contents)
            self.refused(path, "not packed with gzip, or is damaged")

    def test_an_empty_file(self) -> None:
        path = Path(self.mktemp())
        path.write_bytes(b"")
        self.refused(path, "cut short")
        self.refused(self.file(b""), "cut short")

    def test_every_truncation(self) -> None:
        contents = pickled({"024 HYR": (2, 97543, "Jack Lemon")}, 4)
        for end in range(len(contents)):
            self.refused(self.file(contents[:end]), "cut short")
        packed = gzip.compress(contents)
        path = Path(self.mktemp())
        for end in range(len(packed)):
            path.write_bytes(packed[:end])
            self.refused(path, "cut short|not packed")

    def test_every_damaged_byte(self) -> None:
        packed = gzip.compress(pickled(CARS, 4), mtime=0)
        path = Path(self.mktemp())
        refused = 0
        for at in range(len(packed)):
            path.write_bytes(packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :])
            try:
                # The time and the system in the header are of no consequence.
                self.assertEqual(read_registrations(path), CARS)
            except RegistrationsError:
                refused += 1
        self.assertGreater(refused, len(packed) - 10)

    def test_other_protocols(self) -> None:
        for protocol in (0, 1):
            self.refused(self.file(pickled(CARS, protocol)), "not a pickle of protocol 2 or later")
        self.refused(self.file(b"\x80\x06}."), "pickle of protocol 6; expected 2 to 5")

    def test_too_large(self) -> None:
        contents = pickled(CARS, 4)
        path = self.file(contents)
        self.assertEqual(read_registrations(path, max_size=len(contents)), CARS)
        reason = f"unpacks to more than {len(contents) - 1} bytes"
        self.refused(path, reason, max_size=len(contents) - 1)
        bomb = self.file(bytes(20_000_000))
        self.assertLess(bomb.stat().st_size, 200_000)
        self.refused(bomb, "more than 1000000 bytes", max_size=1_000_000)

    def test_too_many_cars(self) -> None:
        cars = {str(n): (2, n, "owner") for n in range(100)}
        for protocol in PROTOCOLS:
            path = self.file(pickled(cars, protocol))
            self.assertEqual(read_registrations(path, max_cars=100), cars)
            self.refused(path, "too many values", max_cars=98)
        for flood in (b"}", b"]", b")", b"N"):
            self.refused(
                self.file(b"\x80\x04" + flood * 100_000 + b"."), "too many values", max_cars=10
            )

    def test_what_is_no_dictionary_of_cars(self) -> None:
        for value, reason in (
            (None, "does not hold a dictionary"),
            ([CARS], "does not hold a dictionary"),
            ({"a": None}, "what a stands for is not a car"),
            ({"a\x1b[31m": {}}, r"what a\\x1b\[31m stands for is not a car"),
            ({"a": "b", "c": "d"}, "what a stands for is not a car"),
            ({1: "a"}, "keys are not strings"),
            ({("a",): (2, 1, "a")}, "keys are not strings"),
            ({"a": {None: 1}}, "keys are not strings"),
            ({"a": ("2", 1, "b")}, "the seats of a is missing, or of the wrong type"),
            ({"a": (True, 1, "b")}, "the seats of a is"),
            ({"a": (2, 1.5, "b")}, "the mileage of a is"),
            ({"a": (2, 1, None)}, "the owner of a is"),
            ({"a": (2, 1, b"b")}, "bytes|not read here|asks for _codecs"),
        ):
            for protocol in PROTOCOLS:
                self.refused(self.file(pickled(value, protocol)), reason)
        self.refused(self.file(b"\x80\x03c__main__\nCar\n."), "does not hold a dictionary")
        self.refused(
            self.file(b"\x80\x03}X\1\0\0\0ac__main__\nCar\n)\x81s."), "the seats of a is missing"
        )

    def test_names_are_escaped(self) -> None:
        path = Path(self.mktemp() + "\n\x1b[31m")
        path.write_bytes(b"")
        with self.assertRaises(RegistrationsError) as caught:
            read_registrations(path)
        self.assertTrue(str(caught.exception).isprintable())


class HostileTests(ClassicTestCase):
    """Files made to do more than hold cars."""

    def test_other_classes(self) -> None:
        for value, name in (
            ({1, 2}, "builtins.set|__builtin__.set|0x8f"),
            (1j, r"(builtins|__builtin__)\.complex"),
            (os.system, r"posix\.system"),
            (Random, r"random\.Random"),
            (Path("a"), "pathlib"),
        ):
            for protocol in PROTOCOLS:
                self.refused(self.file(pickled({"a": [value]}, protocol)), name)
        self.refused(
            self.file(b"\x80\x03cos\nsystem\n."),
            r"asks for os\.system; expected __main__\.Car and nothing else",
        )
        self.refused(self.file(b"\x80\x03c\x1b[31m\xff\nCar\n."), r"asks for \\x1b\[31m.\.Car;")
        self.refused(self.file(b"\x80\x03c__main__\nCar.__init__\n."), "asks for")
        self.refused(self.file(b"\x80\x03c__main__\nOther\n."), "asks for")
        self.refused(self.file(b"\x80\x03c__main__"), "asks for")
        self.refused(self.file(b"\x80\x03c__main__\nCar"), "cut short")

    def test_what_may_be_done_with_the_class(self) -> None:
        car = b"c__main__\nCar\n"
        for body, reason in (
            (car + b")R.", "not read here: 0x52"),
            (car + b"(o.", "not read here: 0x6f"),
            (b"(i__main__\nCar\n.", "not read here: 0x69"),
            (car + b")}\x92.", "not read here: 0x92"),
            (car + b"N\x81.", "what is not the class Car"),
            (car + b"N\x85\x81.", "what is not the class Car"),
            (b"N)\x81.", "what is not the class Car"),
            (car + b")\x81)\x81.", "what is not the class Car"),
            (car + b")\x81Nb.", "attributes to what is not a car"),
            (car + b")\x81N}\x86b.", "attributes to what is not a car"),
            (b"}}b.", "attributes to what is not a car"),
            (car + b"}b.", "attributes to what is not a car"),
            (b"b.", "not there"),
            (b"}b.", "not there"),
            (b")\x81.", "not there"),
        ):
            self.refused(self.file(b"\x80\x03" + body), reason)

    def test_names_that_are_no_names(self) -> None:
        for body, reason in (
            (b"\x8c\x02os\x8c\x06system\x93.", r"asks for os\.system"),
            (b"NN\x93.", "what has no name"),
            (b"\x8c\x02osN\x93.", "what has no name"),
            (b")" + b"\x85" * 10_000 + b"\x8c\x03Car\x93.", "what has no name"),
            (b"\x8c\x02os\x93.", "not there"),
        ):
            self.refused(self.file(b"\x80\x04" + body), reason)

    def test_dictionaries(self) -> None:
        for body, reason in (
            (b"}NNs.", "keys are not strings"),
            (b"])q\0" + b"h\0h\0\x86" * 5 + b"Ns.", "keys are not strings"),
            (b"NX\1\0\0\0aNs.", "keys are not strings"),
            (b"}(X\1\0\0\0au.", "a key without a value"),
            (b"}(NNu.", "keys are not strings"),
            (b"}u.", "not there"),
            (b"(NNu.", "not there"),
            (b"Ns.", "not there"),
            (b"s.", "not there"),
            (b"}q\0X\1\0\0\0ah\0s.", "what a stands for is not a car"),
            (b"}X\1\0\0\0a" * 50_000 + b"N" + b"s" * 50_000 + b".", "is not a car"),
        ):
            self.refused(self.file(b"\x80\x03" + body), reason)
        # Nothing in a batch: harmless, and Python takes it too.
        self.assertEqual(read_registrations(self.file(b"\x80\x03}(u.")), {})

    def test_the_memo(self) -> None:
        self.refused(self.file(b"\x80\x04\x94."), "not there")
        self.refused(self.file(b"\x80\x04}\x94h\1."), "not in its memo")
        self.refused(self.file(b"\x80\x04}r\xff\xff\xff\x0f."), "in sequence")

    def test_mutants(self) -> None:
        random = Random(11)
        seeds = [pickled({"024 HYR": (2, 97543, "Jack Lemon")}, protocol) for protocol in PROTOCOLS]
        path = Path(self.mktemp())
        read = 0
        for _ in range(1500):
            path.write_bytes(gzip.compress(mutant(random.choice(seeds), random), 1))
            try:
                cars = read_registrations(path)
            except RegistrationsError:
                continue
            read += 1
            for plate, car in cars.items():
                kinds = (type(plate), *map(type, car))
                self.assertEqual(kinds, (str, int, int, str))
        self.assertGreater(read, 100)


class WireTests(SynchronousTestCase):
    """What the file needs, the wire does not get."""

    def test_nothing_of_it_is_read_from_the_wire(self) -> None:
        for protocol in PROTOCOLS:
            with self.assertRaises(PickleError):
                loads(pickled(CARS, protocol))
        header = b"\x80\x03"
        for body in (
            *(b"}.", b"\x95" + struct.pack("<Q", 2) + b"N.", b"N\x94.", b"\x8c\x01a."),
            *(b"c__main__\nCar\n.", b"\x8c\x08__main__\x8c\x03Car\x93."),
            *(b"N)\x81.", b"NNb.", b"](NNu.", b"]NNs."),
        ):
            with self.assertRaises(PickleError):
                loads(header + body)
