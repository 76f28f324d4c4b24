"""Reading cars from a CSV file, or from the classic server's own file.

A CSV file begins with a line that names the columns: ``license,seats,mileage,owner``, in any
order. It is UTF-8, with or without a byte order mark. What the classic server keeps,
``car_registrations.dat``, is compressed, and is told apart by the first two bytes.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path
from tempfile import NamedTemporaryFile

import attrs

from netsuite.cars.classic import MAX_SIZE, RegistrationsError, read_registrations
from netsuite.client.cars.registry import Car
from netsuite.client.problems import ClientError
from netsuite.text import printable

#: The columns of a CSV file, in the order in which they are written.
COLUMNS = ("license", "seats", "mileage", "owner")

#: A line longer than this is none of a CSV file of cars, in bytes.
MAX_LINE = 1 << 20

_CHUNK = 1 << 16

#: With these bytes a compressed file begins (RFC 1952, section 2.3.1).
GZIP = b"\x1f\x8b"

_EXPECTED = f"the first line must be {','.join(COLUMNS)}, in any order"

_WHOLE = re.compile(r"[+-]?[0-9]{1,100}", re.ASCII)


@attrs.frozen
class Row:
    """A car to import, or what is wrong with it.

    :param where: where it stands: ``line 12``.
    :param car: the car; None if there is something wrong.
    :param fault: what is wrong.
    """

    where: str
    car: Car | None
    fault: str = ""


class Rows:
    """The cars in a file, in its order. Everything here blocks.

    :param name: the file's name, or ``-`` for standard input.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        #: How large it is, in bytes or in cars; None until that is known, and for a pipe.
        self.size: int | None = None
        #: How much of it has been read, in the same unit.
        self.position = 0

    @property
    def name(self) -> str:
        """What the file is called in messages."""
        return "standard input" if self._name == "-" else printable(self._name)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows.

        :raises ClientError: when the file cannot be read, or is none of the two kinds.
        """
        try:
            with self._open() as file:
                if file.peek(len(GZIP)).startswith(GZIP):
                    yield from self._classic(file)
                else:
                    self.size = file_size(file)
                    yield from read_csv(self._lines(file), self.name)
        except OSError as error:
            raise ClientError(f"cannot read {self.name}: {error.strerror or error}") from error

    def _open(self) -> BufferedReader:
        if self._name == "-":
            # Not sys.stdin: a thread that waits for it must not hold up the end of the process.
            return os.fdopen(0, "rb", closefd=False)
        return Path(self._name).open("rb")

    def _lines(self, file: BufferedReader) -> Iterator[str]:
        """Yield lines with their ends; bytes that are not UTF-8 become lone surrogates."""
        encoding = "utf-8-sig"
        while line := file.readline(MAX_LINE):
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                raise ClientError(
                    f"{self.name} is not a CSV file of cars: a line is longer than {MAX_LINE} bytes"
                )
            self.position += len(line)
            yield line.decode(encoding, "surrogateescape")
            encoding = "utf-8"

    def _classic(self, file: BufferedReader) -> Iterator[Row]:
        """Yield the cars of a classic server."""
        with ExitStack() as closing:
            path = self._name
            if path == "-" or file_size(file) is None:
                # It is read by its name.
                copy = closing.enter_context(NamedTemporaryFile(prefix="netsuite-"))
                while (chunk := file.read(_CHUNK)) and copy.tell() <= MAX_SIZE:
                    copy.write(chunk)
                copy.flush()
                path = copy.name
            try:
                cars = read_registrations(path)
            except RegistrationsError as error:
                raise ClientError(str(error).replace(path, self.name)) from error
        self.size = len(cars)
        for self.position, (license, (seats, mileage, owner)) in enumerate(cars.items(), 1):
            yield Row(f"car {self.position}", Car(license.upper(), seats, mileage, owner))


def file_size(file: BufferedReader) -> int | None:
    """Return how large an open file is, in bytes; None for a pipe and the like."""
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def read_csv(lines: Iterator[str], name: str) -> Iterator[Row]:
    """Yield the rows of a CSV file; empty lines are none.

    :param lines: its lines, with their ends.
    :param name: how it is called in messages.
    :raises ClientError: when its first line does not name the columns.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise ClientError(f"{name} is not a CSV file: {error}; {_EXPECTED}") from error
    build = _builder(header or [], name)
    while True:
        where = f"line {reader.line_num + 1}"
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield Row(where, None, f"it is not CSV: {error}")
            continue
        if values is None:
            return
        if not values:
            continue
        try:
            yield Row(where, build(values))
        except ValueError as error:
            yield Row(where, None, str(error))


def _builder(header: list[str], name: str) -> Callable[[list[str]], Car]:
    """Return a function that makes a car of a row's values, or raises ValueError.

    :raises ClientError: for columns that are not those of cars.
    """
    found = [column.strip().lower() for column in header]
    missing = [column for column in COLUMNS if column not in found]
    unknown = [column for column in found if column not in COLUMNS]
    problem = ""
    if unknown:
        problem = f"there is no column '{printable(unknown[0], 60)}'"
    elif missing:
        problem = f"the column {missing[0]} is missing"
    elif len(found) > len(COLUMNS):
        problem = "a column is there twice"
    if problem:
        raise ClientError(f"{name} is not a CSV file of cars: {problem}; {_EXPECTED}")
    order = [found.index(column) for column in COLUMNS]

    def build(values: list[str]) -> Car:
        if len(values) != len(order):
            raise ValueError(f"expected {len(order)} values, found {len(values)}")
        license, seats, mileage, owner = (values[place] for place in order)
        return Car(
            text(license, "license").upper(),
            whole_number(seats, "seats"),
            whole_number(mileage, "mileage"),
            text(owner, "owner"),
        )

    return build


def text(value: str, name: str) -> str:
    """Check that a text was valid UTF-8.

    :param name: what it is, for the message.
    :raises ValueError: when it was not.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = printable(value.encode("utf-8", "surrogateescape"), 60)
        raise ValueError(f"the {name} '{shown}' is not UTF-8 text") from None
    return value


def whole_number(value: str, name: str) -> int:
    """Read a number.

    :param name: what it is, for the message.
    :raises ValueError: when it is none.
    """
    if not _WHOLE.fullmatch(value.strip()):
        raise ValueError(f"the {name} '{printable(value, 60)}' is not a whole number")
    return int(value)
