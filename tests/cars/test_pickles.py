"""The interpreter of pickles: what Python writes it reads, and what it reads Python reads alike.

Python's own machine is only given what ours has accepted: the rest may be built to exhaust memory.
"""

from __future__ import annotations

import pickle
import pickletools
import struct
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars.pickles import MAX_DEPTH, MAX_NODES, PickleError, Plain, loads, too_deep
from tests.cars.plain import PIECES, VALUES, mutant, same

HEADER = b"\x80\x03"

#: What the classic client sends, and what the server replies.
MESSAGES: list[Plain] = [
    ("GET_CAR_DETAILS", "024 HYR"),
    ("CHANGE_MILEAGE", "024 HYR", 103491),
    ("CHANGE_OWNER", "024 HYR", "Zoë Müller"),
    ("NEW_REGISTRATION", "Ελ 75", 4, 0, "Νίκος"),
    ("SHUTDOWN",),
    (True, 2, 97543, "Jack Lemon"),
    (False, "This license is not registered"),
    (True, None),
    (True, ["024 HYR", "024 HYS"]),
]


def nested(depth: int, *, lists: bool = False) -> Plain:
    """Return a value with so many tuples, or lists, within each other."""
    value: Plain = None
    for _ in range(depth):
        value = [value] if lists else (value,)
    return value


class WhatIsReadTests(SynchronousTestCase):
    """Pickles that Python makes of plain values."""

    def check(self, value: Plain) -> None:
        data = pickle.dumps(value, 3)
        self.assertTrue(same(loads(data), value), (value, data))

    def test_messages(self) -> None:
        for message in MESSAGES:
            self.check(message)

    def test_integers_of_every_length(self) -> None:
        for bits in (*range(72), 1023, 2039):
            for value in (2**bits - 1, -(2**bits), 2 ** (bits - 1) if bits else 1):
                self.check(value)

    def test_strings(self) -> None:
        for value in ("", "a", "ü", "日本", "🙂", "\0", "\ud800", "\udc80x", "x" * 70_000):
            self.check(value)

    def test_floats(self) -> None:
        for value in (0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 5e-324):
            self.check(value)

    def test_tuples_and_lists_of_every_length(self) -> None:
        # Lists are written in batches of 1,000.
        for length in (*range(6), 255, 256, 257, 1000, 1001, 2500):
            self.check(tuple(range(length)))
            self.check(list(range(length)))
            self.check([str(number) for number in range(length)])

    def test_a_memo_of_more_than_256_entries(self) -> None:
        strings: list[Plain] = [f"license {number}" for number in range(300)]
        self.check((strings, tuple(strings), tuple(reversed(strings))))

    def test_shared_tuples(self) -> None:
        pair = ("a", 1.5)
        twice = (pair, pair)
        self.check((pair, [pair, twice], twice))

    def test_what_pickletools_makes_shorter(self) -> None:
        for message in MESSAGES:
            data = pickletools.optimize(pickle.dumps(message, 3))
            self.assertEqual(loads(data), message)

    @given(VALUES)
    def test_any_value(self, value: Plain) -> None:
        self.check(value)

    def test_the_longest_reply(self) -> None:
        self.check((True, [f"{number:05} AB" for number in range(10_000)]))

    def test_nesting_up_to_the_bound(self) -> None:
        for lists in (False, True):
            self.check(nested(MAX_DEPTH, lists=lists))
        wide: Plain = 0
        for _ in range(MAX_DEPTH):
            wide = (wide, 0, 0, 0)  # these are built with marks
        self.check(wide)

    def test_values_up_to_the_bound(self) -> None:
        for value, nodes in (
            (None, 1),
            ((), 1),
            (("a", 1), 3),
            ([["a"], 1.5, "a"], 5),
            (((1, 2), (3,)), 6),
        ):
            data = pickle.dumps(value, 3)
            self.assertEqual(loads(data, max_nodes=nodes), value)
            with self.assertRaisesRegex(PickleError, "too many values"):
                loads(data, max_nodes=nodes - 1)

    def test_what_is_shared_counts_each_time(self) -> None:
        pair = (1.5, 2.5)
        data = pickle.dumps((pair, (pair, pair), pair), 3)
        self.assertEqual(loads(data, max_nodes=14), (pair, (pair, pair), pair))
        with self.assertRaisesRegex(PickleError, "too many values"):
            loads(data, max_nodes=13)
        self.assertEqual(loads(pickle.dumps((0,) * (MAX_NODES - 1), 3)), (0,) * (MAX_NODES - 1))


class WhatIsRefusedTests(SynchronousTestCase):
    """Pickles that are not whole, not plain, or not of the right protocol."""

    def refused(self, data: bytes, reason: str) -> None:
        with self.assertRaisesRegex(PickleError, reason) as caught:
            loads(data)
        self.assertTrue(str(caught.exception).isascii())
        self.assertTrue(str(caught.exception).isprintable())

    def test_other_protocols(self) -> None:
        for protocol in (2, 4, 5):
            self.refused(
                pickle.dumps(MESSAGES[0], protocol),
                rf"^this is a pickle of protocol {protocol}; expected protocol 3, "
                r"as pickle\.dumps\(request, 3\) makes it$",
            )
        for protocol in (0, 1):
            self.refused(pickle.dumps(MESSAGES[0], protocol), "not a pickle of protocol 2")
        self.refused(b"\x80\xff.", "protocol 255")

    def test_every_truncation(self) -> None:
        values: list[Plain] = [*MESSAGES, (2**80, 1.5, [], [1], (1, 2, 3), "x", "x"), 300, -1]
        for value in values:
            data = pickle.dumps(value, 3)
            for end in range(len(data)):
                self.refused(data[:end], "cut short")

    def test_what_is_not_plain(self) -> None:
        for value, reason in (
            ({}, "holds a dictionary; expected tuples, lists, strings, numbers, booleans and None"),
            ({"a": 1}, "holds a dictionary"),
            (b"abc", "holds bytes"),
            (b"x" * 300, "holds bytes"),
            ({1}, "holds an object, such as a set"),
            (frozenset(), "holds an object"),
            (1j, "holds an object"),
            (Random, "holds an object"),
            (2**2039, "holds an integer of more than 255 bytes"),
        ):
            self.refused(pickle.dumps(value, 3), reason)
            self.refused(pickle.dumps(("GET_CAR_DETAILS", value), 3), reason)

    def test_other_opcodes(self) -> None:
        known = b"N\x88\x89KMJ\x8aGX()\x85\x86\x87t]aeqrhj."
        for opcode in set(range(256)) - set(known) - set(b"}BCc\x8b"):
            self.refused(
                HEADER + b"N" + bytes([opcode]) + b"0\n0\n", f"not read here: 0x{opcode:02x}$"
            )

    def test_a_list_in_two_places(self) -> None:
        shared: list[Plain] = [1]
        for value in ((shared, shared), ((shared,),) * 2, [shared, (shared, 1)]):
            self.refused(pickle.dumps(value, 3), "a list stands in two places")

    def test_a_list_in_itself(self) -> None:
        loop: list[object] = []
        loop.append(loop)
        self.refused(pickle.dumps(loop, 3), "a list stands in two places")
        behind: list[object] = []
        behind.append((behind,))
        self.refused(pickle.dumps(behind, 3), "a list stands in two places")

    def test_one_deeper_than_the_bound(self) -> None:
        wide: Plain = 0
        for _ in range(MAX_DEPTH + 1):
            wide = (wide, 0, 0, 0)
        for value in (nested(MAX_DEPTH + 1), nested(MAX_DEPTH + 1, lists=True), wide):
            self.refused(pickle.dumps(value, 3), f"nested more than {MAX_DEPTH} deep")
        # Fetched from the memo, at the depth at which it still is allowed, and one deeper.
        shared = nested(MAX_DEPTH - 1)
        self.assertEqual(loads(pickle.dumps((shared, shared), 3)), (shared, shared))
        self.refused(pickle.dumps((shared, (shared,)), 3), "nested more than")
        too_far = nested(MAX_DEPTH + 1)
        self.refused(pickle.dumps((too_far, too_far), 3), "nested more than")

    def test_the_memo_is_made_in_sequence(self) -> None:
        for body in (
            b"X\1\0\0\0aq\1.",
            b"X\1\0\0\0ar\1\0\0\0.",
            b"X\1\0\0\0aq\0q\0.",
            b"X\1\0\0\0aq\0q\2.",
            b"X\1\0\0\0ar\0\0\0\x10.",
        ):
            self.refused(HEADER + body, "does not make the entries of its memo in sequence")
        for body in (b"h\0.", b"j\0\0\0\0.", b"X\1\0\0\0aq\0h\1.", b"Nq\0j\xff\xff\xff\xff."):
            self.refused(HEADER + body, "fetches an entry that is not in its memo")

    def test_what_is_not_there(self) -> None:
        for body in (
            *(b"q\0.", b"\x85.", b"\x86.", b"N\x86.", b"\x87.", b"N\x87.", b"NN\x87."),
            *(b"t.", b"Nt.", b"a.", b"Na.", b"e.", b"(e.", b"]e.", b"N(\x85.", b"N(q\0."),
        ):
            self.refused(HEADER + body, "takes a value, or closes a mark, that is not there")

    def test_appending(self) -> None:
        for body in (b"NNa.", b")Na.", b"N(Ne.", b")(NNe."):
            self.refused(HEADER + body, "appends to what is not a list")
        self.refused(HEADER + b"](e.", "appends nothing")

    def test_how_it_ends(self) -> None:
        for body in (b".", b"NN.", b"(.", b"(N.", b"N(.", b"N(N.", b"](Ne(."):
            self.refused(HEADER + body, "does not end with exactly one value")
        for message in MESSAGES:
            data = pickle.dumps(message, 3)
            for more in (b".", b"\0", b"\n", data):
                self.refused(data + more, "bytes follow the end")

    def test_strings_that_are_no_text(self) -> None:
        for string in (b"\xff", b"a\x80", b"\xc3", b"\xf5\x80\x80\x80", b"\xc0\x80"):
            self.refused(
                HEADER + b"X" + struct.pack("<I", len(string)) + string + b".",
                "a string that is not UTF-8",
            )

    def test_no_bytes_at_all(self) -> None:
        self.refused(b"", "cut short")
        self.refused(b"\x80", "cut short")
        self.refused(b"GET / HTTP/1.1\r\n", "not a pickle")


class MutantTests(SynchronousTestCase):
    """Spoilt pickles: whatever ours accepts, Python accepts, with the same outcome."""

    def verdict(self, data: bytes) -> bool:
        """Compare the two machines, and return whether ours accepts."""
        try:
            value = loads(data)
        except PickleError:
            return False
        self.assertTrue(same(value, pickle.loads(data)), data)
        return True

    def test_many_mutants(self) -> None:
        random = Random(3)
        pair = ("a", 1)
        values: list[Plain] = [
            *MESSAGES,
            (2**80, 1.5, [], [[1], 2], (1, 2, 3), ("x", "x"), -1, 300, (), False),
            [pair, (pair, pair), ("a", "bc", None, True)],
        ]
        seeds = [pickle.dumps(value, 3) for value in values]
        accepted = 0
        mutants = 100_000
        for _ in range(mutants):
            accepted += self.verdict(mutant(random.choice(seeds), random))
        # Mutants that are all refused, or all accepted, would test nothing.
        self.assertTrue(mutants // 20 < accepted < mutants // 2, accepted)

    @settings(max_examples=300)
    @given(st.lists(st.sampled_from(PIECES), max_size=12))
    def test_programs_made_of_opcodes(self, pieces: list[bytes]) -> None:
        self.verdict(HEADER + b"".join(pieces) + b".")

    @settings(max_examples=300)
    @given(VALUES, st.randoms(use_true_random=False))
    def test_mutants_of_any_value(self, value: Plain, random: Random) -> None:
        self.verdict(mutant(pickle.dumps(value, 3), random))

    @given(st.binary(max_size=40))
    def test_any_bytes(self, data: bytes) -> None:
        self.verdict(data)
        self.verdict(HEADER + data)


class DepthTests(SynchronousTestCase):
    """Measuring how deep a value is nested."""

    def test_depths(self) -> None:
        depths: list[tuple[Plain, int]] = [
            (None, 0),
            ("text", 0),
            ((), 1),
            ([1, "a", None], 1),
            ((1, [2, (), 3]), 3),
            (nested(40), 40),
        ]
        for value, depth in depths:
            self.assertFalse(too_deep(value, depth))
            if depth:
                self.assertTrue(too_deep(value, depth - 1))

    def test_the_bound(self) -> None:
        self.assertFalse(too_deep(nested(MAX_DEPTH)))
        self.assertTrue(too_deep(nested(MAX_DEPTH + 1)))
        self.assertTrue(too_deep(nested(100_000)))
