"""Reading the data file of the classic server, ``car_registrations.dat``.

The file is a gzipped pickle of a dictionary from each license to an object of the server's class
``Car``, whose attributes are kept under names such as ``_Car__seats``. It is read by the machine
that reads the wire, with further opcodes for dictionaries and for this one class. Nothing is
imported and nothing is called: when the pickle asks for the class, it gets ours, which only holds
attributes.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from io import BytesIO
from os import PathLike, fspath
from typing import Any

from netsuite.cars.pickles import PLAIN, Machine, Operation, PickleError, text
from netsuite.text import printable

__all__ = ["MAX_CARS", "MAX_SIZE", "RegistrationsError", "read_registrations"]

#: How large the file may be when it is unpacked, unless the caller knows better, in bytes.
MAX_SIZE = 256 * 1024 * 1024

#: How many cars the file may hold.
MAX_CARS = 1_000_000

# The license, the class, its arguments, the object, its dictionary, and three names with values.
_VALUES_PER_CAR = 11

_PROTOCOLS = range(2, 6)
_CHUNK = 64 * 1024


class RegistrationsError(ValueError):
    """A file is not the classic server's data file; the message names it and says what to do."""


def read_registrations(
    path: str | PathLike[str], *, max_size: int = MAX_SIZE, max_cars: int = MAX_CARS
) -> dict[str, tuple[int, int, str]]:
    """Read the classic server's data file.

    :param path: the file.
    :param max_size: how large it may be when it is unpacked, in bytes.
    :param max_cars: how many cars it may hold.
    :returns: for each license the car's seats, its mileage and its owner. Their types are right;
        what else a registration must hold to is not looked at.
    :raises RegistrationsError: when it is not such a file, or larger than allowed.
    :raises OSError: when it cannot be read.
    """
    try:
        # The dictionary and the name of the class are in the file once.
        machine = Machine(_unpack(path, max_size), _VALUES_PER_CAR * (max_cars + 1))
        protocol = machine.protocol()
        if protocol not in _PROTOCOLS:
            raise PickleError(f"it is a pickle of protocol {protocol}; expected 2 to 5")
        return _registrations(machine.run(_OPERATIONS))
    except PickleError as error:
        raise RegistrationsError(
            f"{printable(fspath(path))} is not a classic server's data file: {error}. "
            "Export the cars as CSV where they are, and import that"
        ) from error


def _unpack(path: str | PathLike[str], max_size: int) -> BytesIO:
    """Return the gzipped contents of a file.

    They are held in memory: of a file that is still being unpacked, a pickle could ask for
    gigabytes at a time.
    """
    contents = BytesIO()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(_CHUNK):
                contents.write(chunk)
                if contents.tell() > max_size:
                    raise PickleError(f"it unpacks to more than {max_size} bytes")
    except EOFError:
        raise PickleError("it is cut short") from None
    except (gzip.BadGzipFile, zlib.error):
        raise PickleError("it is not packed with gzip, or is damaged") from None
    contents.seek(0)
    return contents


class _Car:
    """An object of the classic server's class, with the attributes that it was given."""

    __slots__ = ("attributes",)

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}


#: The modules in which the classic server's class may have been: the program that was run, and the
#: book's name for it.
_CLASSES = frozenset({("__main__", "Car"), ("car_registration_server", "Car")})

_TYPES = {"seats": int, "mileage": int, "owner": str}


def _registrations(cars: Any) -> dict[str, tuple[int, int, str]]:
    """Return what the file says of its cars."""
    if type(cars) is not dict:
        raise PickleError("the pickle does not hold a dictionary")
    return {plate: _registration(plate, car) for plate, car in cars.items()}


def _registration(plate: str, car: Any) -> tuple[int, int, str]:
    if type(car) is not _Car:
        raise PickleError(f"what {printable(plate, 40)} stands for is not a car")
    values: list[Any] = []
    for name, kind in _TYPES.items():
        # Python keeps an attribute that a class calls __seats under the name _Car__seats.
        value = car.attributes.get(f"_Car__{name}", car.attributes.get(name))
        if type(value) is not kind:
            what = f"the {name} of {printable(plate, 40)}"
            raise PickleError(f"{what} is missing, or of the wrong type")
        values.append(value)
    seats, mileage, owner = values
    return seats, mileage, owner


def _frame(machine: Machine) -> None:
    """Skip what tells a reader how much to fetch at a time; all is in memory."""
    machine.take(8)


def _memoize(machine: Machine) -> None:
    machine.memo.append(machine.stack[-1])


def _empty_dictionary(machine: Machine) -> None:
    machine.push({})


def _set_item(machine: Machine) -> None:
    value = machine.stack.pop()
    _update(machine, [machine.stack.pop(), value])


def _set_items(machine: Machine) -> None:
    _update(machine, machine.close())


def _update(machine: Machine, items: list[Any]) -> None:
    """Put keys and values, by turns, into the dictionary on the stack."""
    target, keys, values = machine.stack[-1], items[::2], items[1::2]
    # Only strings: their hashes are seeded, and take no longer than the string is.
    if type(target) is not dict or any(type(key) is not str for key in keys):
        raise PickleError("the pickle holds a dictionary whose keys are not strings")
    if len(keys) != len(values):
        raise PickleError("the pickle holds a key without a value")
    target.update(zip(keys, values, strict=True))


def _global(machine: Machine) -> None:
    _push_class(machine, _line(machine), _line(machine))


def _line(machine: Machine) -> str:
    return machine.source.readline().decode("utf-8", "replace").removesuffix("\n")


def _stack_global(machine: Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    if type(module) is not str or type(name) is not str:
        raise PickleError("the pickle asks for what has no name")
    _push_class(machine, module, name)


def _push_class(machine: Machine, module: str, name: str) -> None:
    if (module, name) not in _CLASSES:
        asked = printable(f"{module}.{name}", 80)
        raise PickleError(f"the pickle asks for {asked}; expected __main__.Car and nothing else")
    machine.push(_Car)


def _new_object(machine: Machine) -> None:
    arguments, kind = machine.stack.pop(), machine.stack.pop()
    if kind is not _Car or arguments != ():
        raise PickleError("the pickle makes an object of what is not the class Car")
    machine.push(_Car())


def _build(machine: Machine) -> None:
    attributes, target = machine.stack.pop(), machine.stack[-1]
    if type(target) is not _Car or type(attributes) is not dict:
        raise PickleError("the pickle gives attributes to what is not a car")
    target.attributes.update(attributes)


_OPERATIONS: Mapping[bytes, Operation] = {
    **PLAIN,
    b"\x95": _frame,  # FRAME
    b"\x94": _memoize,  # MEMOIZE
    b"\x8c": text(1),  # SHORT_BINUNICODE
    b"}": _empty_dictionary,  # EMPTY_DICT
    b"s": _set_item,  # SETITEM
    b"u": _set_items,  # SETITEMS
    b"c": _global,  # GLOBAL
    b"\x93": _stack_global,  # STACK_GLOBAL
    b"\x81": _new_object,  # NEWOBJ
    b"b": _build,  # BUILD
}
