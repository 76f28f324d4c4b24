"""Pickles built to take over, crash, stall or fill the server: each is refused at once.

At once means within 10 ms and 1 MiB, both of which are measured, at any length up to the limit of a
message.
"""

from __future__ import annotations

import struct
import time
import tracemalloc

from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.pickles import MAX_DEPTH, PickleError, loads
from netsuite.framing import MAX_MESSAGE

MOST_SECONDS = 0.010
MOST_BYTES = 1024 * 1024

HEADER = b"\x80\x03"


def string(text: bytes) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text


def full(*, before: bytes = b"", each: bytes, after: bytes = b".") -> bytes:
    """Return a pickle of one thing repeated, as long as a message may be."""
    times = (MAX_MESSAGE - len(HEADER) - len(before) - len(after)) // len(each)
    return HEADER + before + each * times + after


def doubling(times: int) -> bytes:
    """Return opcodes for a tuple that holds the one before it twice, and so on."""
    return b"".join(b"h%ch%c\x86q%c" % (n, n, n + 1) for n in range(times))


#: Pickles that make Python import, call, or change something.
TAKING_OVER = {
    "GLOBAL and REDUCE": b"\x80\x03cos\nsystem\n" + string(b"touch /tmp/pwned") + b"\x85R.",
    "GLOBAL alone": b"\x80\x03cos\nsystem\n.",
    "GLOBAL of a harmless class": b"\x80\x03cbuiltins\nset\n.",
    "GLOBAL, no header": b"cos\nsystem\n(S'id'\ntR.",
    "STACK_GLOBAL": HEADER
    + string(b"os")
    + string(b"system")
    + b"\x93"
    + string(b"id")
    + b"\x85R.",
    "INST": b"\x80\x03(" + string(b"id") + b"ios\nsystem\n.",
    "OBJ": b"\x80\x03(cos\nsystem\n" + string(b"id") + b"o.",
    "NEWOBJ": b"\x80\x03cos\nsystem\n" + string(b"id") + b"\x85\x81.",
    "NEWOBJ_EX": b"\x80\x03cos\nsystem\n)}\x92.",
    "NEWOBJ of a string": HEADER + string(b"os") + b")\x81.",
    "REDUCE of a string": HEADER + string(b"os") + b")R.",
    "BUILD": HEADER + string(b"a") + b"}" + string(b"__setstate__") + b"Nsb.",
    "BUILD of a tuple": HEADER + b")Nb.",
    "EXT1": HEADER + b"\x82\x01.",
    "EXT2": HEADER + b"\x83\x01\x01.",
    "EXT4": HEADER + b"\x84\x01\0\0\0.",
    "PERSID": HEADER + b"Pid\n.",
    "BINPERSID": HEADER + b"NQ.",
    "NEXT_BUFFER": HEADER + b"\x97.",
    "READONLY_BUFFER": HEADER + b"N\x98.",
}

#: Pickles of a few bytes that claim to be large.
GIANT_CLAIMS = {
    "LONG_BINPUT": HEADER + b"Nr\xff\xff\xff\x0f.",
    "LONG_BINPUT, highest": HEADER + b"Nr\xff\xff\xff\xff.",
    "LONG_BINGET": HEADER + b"Nq\0j\xff\xff\xff\xff.",
    "PUT": HEADER + b"Np268435455\n.",
    "BINUNICODE": HEADER + b"X\xff\xff\xff\xffabc.",
    "BINUNICODE, 2 GiB": HEADER + b"X\xff\xff\xff\x7fabc.",
    "BINUNICODE8": HEADER + b"\x8d" + b"\xff" * 7 + b"\x7fabc.",
    "BINBYTES": HEADER + b"B\xff\xff\xff\x7fabc.",
    "BINBYTES8": HEADER + b"\x8e" + b"\xff" * 7 + b"\x7fabc.",
    "BYTEARRAY8": HEADER + b"\x96\0\0\0\x40\0\0\0\0.",
    "BINSTRING": HEADER + b"T\xff\xff\xff\x7fabc.",
    "LONG4": HEADER + b"\x8b\xff\xff\xff\x7f\x01.",
    "LONG4, negative": HEADER + b"\x8b\xff\xff\xff\xff\x01.",
    "LONG1": HEADER + b"\x8a\xff\x01.",
    "FRAME": HEADER + b"\x95" + b"\xff" * 8 + b"N.",
}

#: Pickles whose values grow without end, or that walk for ever.
GROWING = {
    "shared tuples": HEADER + b")q\0" + doubling(200) + b".",
    "shared tuples within the memo only": HEADER + b"(" + b")q\0" + doubling(100) + b"t.",
    "shared tuples, as full as can be": HEADER
    + (b"((" + b"N" * 5_000 + b"tq\0" + b"h\0" * 20_000 + b"t."),
    "many shared tuples, as full as can be": HEADER
    + (b"((" + b"N" * 4 + b"tq\0" + b"h\0" * 20_000 + b"t."),
    "shared lists": HEADER + b"]q\0" + b"(h\0h\0e" * 100 + b".",
    "a dictionary keyed by shared tuples": HEADER + b"})q\0" + doubling(40) + b"Ns.",
    "a dictionary keyed by shared tuples, again": HEADER + b")q\0" + doubling(40) + b"}h\x28Ns.",
    "a set of shared tuples": HEADER + b"\x8f(" + b")q\0" + doubling(40) + b"\x90.",
    "a list in itself": HEADER + b"]q\0h\0a.",
    "a list in a tuple in itself": HEADER + b"]q\0h\0\x85a.",
    "a tuple in itself": HEADER + b"]q\0(h\0tq\1a0h\1.",
    "lists deep in each other": full(each=b"](", after=b"e" * 10),
    "tuples deep in each other": full(before=b"N", each=b"\x85"),
    "tuples of two deep in each other": full(before=b"N", each=b"N\x86"),
    "tuples of many deep in each other": full(each=b"(NNNN", after=b"t" * 10_000 + b"."),
    "lists deep in each other, appended": HEADER + b"]" * 30_000 + b"a" * 29_999 + b".",
    "deeper than allowed by one": HEADER + b")" + b"\x85" * MAX_DEPTH + b".",
    "deep, and fetched": HEADER + b")" + b"\x85" * 5_000 + b"q\0h\0\x86.",
}

#: One thing again and again, up to the length of a message.
FLOODS = {
    "MARK": full(each=b"("),
    "MARK and POP_MARK": full(each=b"(1"),
    "MARK and TUPLE": full(each=b"(t"),
    "nothing appended": full(before=b"]", each=b"(e"),
    "None": full(each=b"N"),
    "None, in a tuple": full(before=b"(", each=b"N", after=b"t."),
    "integers": full(before=b"(", each=b"M\xff\xff", after=b"t."),
    "long integers": full(before=b"(", each=b"\x8a\x05\xff\xff\xff\xff\x7f", after=b"t.."),
    "floats": full(before=b"(", each=b"G\x3f\xf0\0\0\0\0\0\1", after=b"t.."),
    "empty strings": full(before=b"(", each=string(b""), after=b"t."),
    "short strings": full(before=b"(", each=string(b"ab"), after=b"t.."),
    "wide strings": full(before=b"(", each=string("🙂".encode()), after=b"t.."),
    "empty tuples": full(before=b"(", each=b")", after=b"t."),
    "tuples": full(before=b"(", each=b")\x85", after=b"t."),
    "empty lists": full(before=b"(", each=b"]", after=b"t."),
    "empty lists, outside of anything": full(each=b"]"),
    "lists": full(before=b"(", each=b"]Na", after=b"t."),
    "lists of many": full(before=b"(", each=b"](NNe", after=b"t."),
    "one long list": full(before=b"](", each=b"K\1", after=b"e."),
    "lists and a wide string": HEADER
    + (b"]" * 10_000 + string(b"a" * 54_000 + "🙂".encode()) + b".."),
    "memo": full(before=b"N", each=b"q\0"),
    "memo in sequence": HEADER
    + (b"N" + b"".join(b"r" + struct.pack("<I", index) for index in range(13_000)) + b".."),
    "memo of strings": HEADER
    + b"".join(string(b"") + b"r" + struct.pack("<I", index) for index in range(6_500)),
    "fetched strings": full(before=string(b"abc") + b"q\0(", each=b"h\0", after=b"t."),
    "POP": full(before=b"N", each=b"N0"),
    "DUP": full(before=b"N", each=b"2"),
    "PROTO": full(each=HEADER),
    "GLOBAL": full(each=b"cos\nsystem\n"),
    "dictionaries": full(each=b"}"),
    "one invalid string": full(before=b"X\xf0\xff\0\0", each=b"\xff"),
    "zeros": full(each=b"\0"),
    "nothing but the end": full(each=b"."),
}

#: Pickles that are wrong in small ways.
MALFORMED = {
    "nothing": b"",
    "a header": HEADER,
    "an empty stack": HEADER + b".",
    "an empty stack, many opcodes": HEADER + b"\x87.",
    "two values": HEADER + b"NN.",
    "bytes after the end": HEADER + b"N.N",
    "a second pickle": (HEADER + b"N.") * 2,
    "no end": HEADER + b"N",
    "no end, long": full(before=b"X\x00\xff\0\0", each=b"x", after=b"")[: 2 + 5 + 0xFF00],
    "POP": HEADER + b"NN0.",
    "POP of nothing": HEADER + b"0N.",
    "POP_MARK": HEADER + b"N(N1.",
    "DUP": HEADER + b"N2\x86.",
    "a tuple without its mark": HEADER + b"NNt.",
    "a mark in the end": HEADER + b"N(.",
    "a memo of nothing": HEADER + b"q\0N.",
}

HOSTILE = {**TAKING_OVER, **GIANT_CLAIMS, **GROWING, **FLOODS, **MALFORMED}


def refused(data: bytes) -> bool:
    try:
        loads(data)
    except PickleError:
        return True
    return False


def seconds(data: bytes) -> float:
    """Return how long a refusal takes; the best of a few, as the machine may be busy."""

    def once() -> float:
        start = time.perf_counter()
        refused(data)
        return time.perf_counter() - start

    return min(once() for _ in range(5))


def peak(data: bytes) -> int:
    """Return how much memory a refusal takes at most, in bytes, besides the pickle itself."""
    tracemalloc.start()
    try:
        refused(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class HostileTests(SynchronousTestCase):
    """Nothing but a refusal comes of them."""

    def test_all_fit_in_a_message(self) -> None:
        for name, data in HOSTILE.items():
            self.assertLessEqual(len(data), MAX_MESSAGE, name)
        for name, data in FLOODS.items():
            self.assertGreater(len(data), MAX_MESSAGE * 0.95, name)

    def test_they_are_refused(self) -> None:
        for name, data in HOSTILE.items():
            self.assertTrue(refused(data), name)

    def test_within_10_ms(self) -> None:
        for name, data in HOSTILE.items():
            self.assertLess(seconds(data), MOST_SECONDS, name)

    def test_within_1_MiB(self) -> None:
        for name, data in HOSTILE.items():
            self.assertLess(peak(data), MOST_BYTES, name)

    def test_what_is_said_quotes_nothing(self) -> None:
        for name, data in HOSTILE.items():
            with self.assertRaises(PickleError) as caught:
                loads(data)
            reason = str(caught.exception)
            self.assertTrue(reason.isascii() and reason.isprintable() and len(reason) < 120, name)
            self.assertNotIn("system", reason)

    def test_the_measures_measure(self) -> None:
        # Were the bounds not there, these would take more than they may.
        lists = HEADER + b"(" + b"]" * 40_000 + b"t."
        self.assertLess(peak(lists), MOST_BYTES)
        tracemalloc.start()
        try:
            loads(lists, max_nodes=100_000)
            self.assertGreater(tracemalloc.get_traced_memory()[1], MOST_BYTES)
        finally:
            tracemalloc.stop()
