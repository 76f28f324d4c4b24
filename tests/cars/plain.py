"""Plain values for tests: made at random, compared exactly, and their pickles spoilt."""

from __future__ import annotations

import struct
from random import Random

from hypothesis import strategies as st

from netsuite.cars.pickles import Plain

#: Any character, lone surrogates among them, which Python's strings and pickles may hold.
TEXTS = st.text(st.characters(exclude_categories=()))

#: The integers that a pickle holds without the opcode LONG4.
INTEGERS = st.one_of(st.integers(), st.integers(-(2**2039), 2**2039 - 1))

SCALARS: st.SearchStrategy[Plain] = st.one_of(
    st.none(), st.booleans(), INTEGERS, st.floats(), TEXTS
)

VALUES: st.SearchStrategy[Plain] = st.recursive(
    SCALARS,
    lambda items: st.one_of(st.lists(items), st.lists(items).map(tuple)),
    max_leaves=30,
)


def same(one: object, other: object) -> bool:
    """Return whether two values are equal, and of equal types throughout.

    Unlike ``==`` it tells True from 1 from 1.0, and -0.0 from 0.0, and takes each NaN for the same
    as itself.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack(">d", one) == struct.pack(">d", other)
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


#: Whole opcodes to put into pickles, harmless and harmful ones.
PIECES = [
    *(bytes([opcode]) for opcode in b"N\x88\x89)](tae\x85\x86\x87.0120}su\x81bRoi\x93\x94QPSIFLVd"),
    *(b"%cx" % (opcode,) for opcode in b"KqhgpU\x8c\x80\x82"),
    *(b"%c\0\0" % (opcode,) for opcode in b"M\x83"),
    *(opcode + bytes([index]) for opcode in (b"q", b"h") for index in range(4)),
    *(opcode + struct.pack("<I", index) for opcode in (b"r", b"j") for index in (0, 1, 2, 2**28)),
    b"J\xff\xff\xff\xff",
    b"\x8a\x02\xff\x7f",
    b"\x8b\x01\0\0\0\x07",
    b"G\xc0\0\0\0\0\0\0\0",
    b"X\x02\0\0\0\xc3\xbc",
    b"X\xff\xff\xff\xff",
    b"cos\nsystem\n",
    b"C\x01x",
    b"\x80\x03",
]


def mutant(data: bytes, random: Random) -> bytes:
    """Return bytes that differ from *data* in a few places."""
    spoilt = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        # Behind the header, mostly: without one there is nothing more to find out.
        at = random.randrange(min(2, len(spoilt)) if random.random() < 0.95 else 0, len(spoilt) + 1)
        end = at + random.randrange(6)
        match random.randrange(6):
            case 0:
                spoilt[at : at + 1] = random.randbytes(1)
            case 1:
                spoilt[at:at] = random.randbytes(random.randrange(4))
            case 2:
                del spoilt[at:end]
            case 3:
                spoilt[at:at] = random.choice(PIECES)
            case 4:
                spoilt[at : at + 1] = random.choice(PIECES)
            case _:
                spoilt[at:at] = spoilt[end : end + random.randrange(12)]
    return bytes(spoilt)
