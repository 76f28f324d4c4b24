r"""Reading pickles of plain values, without Python's ``pickle``.

A pickle is a program for a small machine with a stack and a memo. Python's own machine can be told
to import and to call whatever the writer likes; and one that may do neither can still be brought
to its knees: nine bytes allocate gigabytes, and a few dozen build a value that takes for ever to
walk. So what comes from the network is read by the machine below. It knows the two dozen opcodes
from which ``pickle.dumps(value, 3)`` makes tuples, lists, strings, numbers, booleans and None. What
each opcode means stands in the source of Python's `pickletools
<https://docs.python.org/3/library/pickletools.html>`_.

>>> loads(b"\x80\x03X\x08\x00\x00\x00SHUTDOWNq\x00\x85q\x01.")
('SHUTDOWN',)

It is stricter than Python's:

- entries of the memo are made in sequence, as every pickler makes them;
- a list stands in one place only, so that nothing holds itself, and nothing changes in two places;
- a value may be fetched from the memo often, but each time it counts in full;
- at the end there is one value, and nothing after it.

The machine obeys a table of opcodes, :data:`PLAIN` for the wire. :mod:`netsuite.cars.classic` gives
it a wider one, to read a file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, TypeAlias

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "PLAIN",
    "Machine",
    "Operation",
    "PickleError",
    "Plain",
    "loads",
    "text",
    "too_deep",
]

#: What the registry's messages are made of.
Plain: TypeAlias = "bool | int | float | str | tuple[Plain, ...] | list[Plain] | None"

#: How many tuples and lists may stand within each other. A request is one deep, and the longest
#: reply two. At this depth nothing that walks a value (a comparison, ``repr``, another notation)
#: comes near Python's limit of recursion.
MAX_DEPTH = 32

#: How many values, each tuple and list among them, a message may hold, unless :func:`loads` is
#: told otherwise. The longest reply, a list of 10,000 licenses, has 10,003. Whatever they are, this
#: many need less than 1 MiB besides the text of the strings.
MAX_NODES = 10_100

_PROTO = 0x80
_STOP = b"."
_TOO_DEEP = f"the pickle is nested more than {MAX_DEPTH} deep"

#: What people pickle that is not plain, by the opcode that gives it away.
_NOT_PLAIN = {
    b"}": "a dictionary",
    b"B": "bytes",
    b"C": "bytes",
    b"c": "an object, such as a set",
    b"\x8b": "an integer of more than 255 bytes",
}


class PickleError(ValueError):
    """The bytes are not a pickle that we read; the fault is the sender's.

    The message says what is wrong in plain words, fit for a log and for the sender.
    """


def loads(data: bytes, *, max_nodes: int = MAX_NODES) -> Plain:
    """Read a pickle of protocol 3 that holds plain values.

    :param data: the pickle, no byte more and no byte less.
    :param max_nodes: how many values it may hold at most, tuples and lists included.
    :returns: a value equal to the one that was pickled.
    :raises PickleError: when it is anything else, holds anything else, or is too large.
    """
    machine = Machine(BytesIO(data), max_nodes)
    protocol = machine.protocol()
    if protocol != 3:
        raise PickleError(
            f"this is a pickle of protocol {protocol}; "
            "expected protocol 3, as pickle.dumps(request, 3) makes it"
        )
    value: Plain = machine.run(PLAIN)
    if too_deep(value):
        raise PickleError(_TOO_DEEP)
    return value


def too_deep(value: Plain, most: int = MAX_DEPTH) -> bool:
    """Return whether more than *most* tuples and lists stand within each other."""
    if not isinstance(value, tuple | list):
        return False
    if not most:
        return True
    # Requests are flat: looking at each item's type first is what makes them cheap.
    return any(type(item) in (tuple, list) and too_deep(item, most - 1) for item in value)


class Machine:
    """A stack, a memo, and the bytes of the program.

    :param source: the pickle.
    :param room: how many values may be pushed. One that is fetched from the memo counts with
        everything in it, so that this also bounds the size of the outcome written out in full.
    """

    __slots__ = ("_frames", "_room", "memo", "source", "stack")

    def __init__(self, source: BytesIO, room: int) -> None:
        self.source = source
        self.memo: list[Any] = []
        #: The values since the last mark that is still open.
        self.stack: list[Any] = []
        # The values before each mark that is still open. They are out of reach until it is closed.
        self._frames: list[list[Any]] = []
        self._room = room

    def protocol(self) -> int:
        """Read the header.

        :returns: the protocol that the pickle declares.
        :raises PickleError: when there is no header.
        """
        first, protocol = self.take(2)
        if first != _PROTO:
            raise PickleError("this is not a pickle of protocol 2 or later")
        return protocol

    def run(self, operations: Mapping[bytes, Operation]) -> Any:
        """Run the program that follows the header.

        :param operations: what each opcode does. The program has no others.
        :returns: the only value on the stack at the end.
        :raises PickleError: when the program breaks a rule.
        """
        read = self.source.read
        try:
            while (opcode := read(1)) != _STOP:
                operation = operations.get(opcode)
                if operation is None:
                    raise _refusal(opcode)
                operation(self)
        except IndexError:
            raise PickleError(
                "the pickle takes a value, or closes a mark, that is not there"
            ) from None
        if self._frames or len(self.stack) != 1:
            raise PickleError("the pickle does not end with exactly one value")
        if read(1):
            raise PickleError("bytes follow the end of the pickle")
        return self.stack[0]

    def take(self, size: int) -> bytes:
        """Take bytes from the program.

        :raises PickleError: when there are not as many.
        """
        data = self.source.read(size)
        if len(data) != size:
            raise PickleError("the pickle is cut short")
        return data

    def push(self, value: Any, nodes: int = 1) -> None:
        """Put a value on the stack.

        :param nodes: how many values it is, with all that it holds and that was counted once.
        :raises PickleError: when there is no more room.
        """
        self._room -= nodes
        if self._room < 0:
            raise PickleError("the pickle holds too many values")
        self.stack.append(value)

    def open(self) -> None:
        """Set a mark: the values that follow belong together.

        :raises PickleError: when too many are open.
        """
        if len(self._frames) == MAX_DEPTH:
            raise PickleError(_TOO_DEEP)
        self._frames.append(self.stack)
        self.stack = []

    def close(self) -> list[Any]:
        """Take away the last mark and the values that follow it.

        :returns: those values.
        :raises IndexError: when no mark is open.
        """
        values, self.stack = self.stack, self._frames.pop()
        return values


#: What an opcode does.
Operation: TypeAlias = Callable[[Machine], None]


def _refusal(opcode: bytes) -> PickleError:
    """Say why an opcode is not obeyed."""
    if not opcode:
        return PickleError("the pickle is cut short")
    if opcode in _NOT_PLAIN:
        return PickleError(
            f"the pickle holds {_NOT_PLAIN[opcode]}; "
            "expected tuples, lists, strings, numbers, booleans and None"
        )
    return PickleError(f"the pickle has an opcode that is not read here: 0x{opcode.hex()}")


def _constant(value: Any) -> Operation:
    """Return what pushes a value that cannot change."""

    def operation(machine: Machine) -> None:
        machine.push(value)

    return operation


def _integer(size: int, *, signed: bool = False) -> Operation:
    """Return what pushes an integer of so many bytes."""

    def operation(machine: Machine) -> None:
        machine.push(int.from_bytes(machine.take(size), "little", signed=signed))

    return operation


def _long(machine: Machine) -> None:
    """Push an integer that comes after its length, in one byte."""
    (size,) = machine.take(1)
    machine.push(int.from_bytes(machine.take(size), "little", signed=True))


def _float(machine: Machine) -> None:
    (value,) = struct.unpack(">d", machine.take(8))
    machine.push(value)


def text(width: int) -> Operation:
    """Return what pushes a string that comes after its length, in so many bytes."""

    def operation(machine: Machine) -> None:
        data = machine.take(int.from_bytes(machine.take(width), "little"))
        try:
            # Python's strings may hold lone surrogates, and so may its pickles.
            value = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise PickleError("the pickle holds a string that is not UTF-8") from None
        machine.push(value)

    return operation


def _tuple(machine: Machine) -> None:
    machine.push(tuple(machine.close()))


def _tuple1(machine: Machine) -> None:
    machine.push((machine.stack.pop(),))


def _tuple2(machine: Machine) -> None:
    second = machine.stack.pop()
    machine.push((machine.stack.pop(), second))


def _tuple3(machine: Machine) -> None:
    third, second = machine.stack.pop(), machine.stack.pop()
    machine.push((machine.stack.pop(), second, third))


def _empty_list(machine: Machine) -> None:
    machine.push([])


def _append(machine: Machine) -> None:
    _extend(machine, [machine.stack.pop()])


def _appends(machine: Machine) -> None:
    _extend(machine, machine.close())


def _extend(machine: Machine, values: list[Any]) -> None:
    target = machine.stack[-1]
    if type(target) is not list:
        raise PickleError("the pickle appends to what is not a list")
    if not values:
        # No pickler writes this. It would be an opcode that costs time and makes nothing.
        raise PickleError("the pickle appends nothing")
    target += values


def _put(width: int) -> Operation:
    """Return what enters the top of the stack in the memo, by an index of so many bytes."""

    def operation(machine: Machine) -> None:
        if int.from_bytes(machine.take(width), "little") != len(machine.memo):
            raise PickleError("the pickle does not make the entries of its memo in sequence")
        machine.memo.append(machine.stack[-1])

    return operation


def _get(width: int) -> Operation:
    """Return what pushes an entry of the memo, by an index of so many bytes."""

    def operation(machine: Machine) -> None:
        index = int.from_bytes(machine.take(width), "little")
        if index >= len(machine.memo):
            raise PickleError("the pickle fetches an entry that is not in its memo")
        value = machine.memo[index]
        machine.push(value, _nodes(value))

    return operation


def _nodes(value: Any, most: int = MAX_DEPTH) -> int:
    """Count the values that a fetched one consists of.

    They are taken from the machine's room, so that all counting together takes no longer than
    filling it.

    :raises PickleError: when a list is among them, or when they are nested too deep.
    """
    if type(value) is list:
        raise PickleError("a list stands in two places")
    if type(value) is not tuple:
        return 1
    if not most:
        raise PickleError(_TOO_DEEP)
    return 1 + sum(_nodes(item, most - 1) for item in value)


#: What the pickles of plain values are made of. The names are those of pickletools.
PLAIN: Mapping[bytes, Operation] = {
    b"N": _constant(None),  # NONE
    b"\x88": _constant(True),  # NEWTRUE
    b"\x89": _constant(False),  # NEWFALSE
    b"K": _integer(1),  # BININT1
    b"M": _integer(2),  # BININT2
    b"J": _integer(4, signed=True),  # BININT
    b"\x8a": _long,  # LONG1
    b"G": _float,  # BINFLOAT
    b"X": text(4),  # BINUNICODE
    b"(": Machine.open,  # MARK
    b")": _constant(()),  # EMPTY_TUPLE
    b"\x85": _tuple1,  # TUPLE1
    b"\x86": _tuple2,  # TUPLE2
    b"\x87": _tuple3,  # TUPLE3
    b"t": _tuple,  # TUPLE
    b"]": _empty_list,  # EMPTY_LIST
    b"a": _append,  # APPEND
    b"e": _appends,  # APPENDS
    b"q": _put(1),  # BINPUT
    b"r": _put(4),  # LONG_BINPUT
    b"h": _get(1),  # BINGET
    b"j": _get(4),  # LONG_BINGET
}
