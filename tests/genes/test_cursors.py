"""Cursors: what comes back is what was given out, and nothing else is taken for one."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.cursors import MAX_CURSOR, Position, decode, encode
from netsuite.genes.records import MAX_NAME
from netsuite.genes.search import Query
from netsuite.genes.selection import Selection, Sort

#: Each list, and the types of what orders it.
SELECTIONS: Sequence[tuple[Selection, tuple[type, ...]]] = (
    (Selection(), (int,)),
    (Selection(symbol="A1BG"), (int,)),
    (Selection(symbol="a1bg"), (int,)),
    (Selection(symbol="\ud800"), (int,)),
    (Selection(sort=Sort("symbol")), (str, int)),
    (Selection(sort=Sort("symbol", descending=True)), (str, int)),
    (Selection(sort=Sort("name")), (str, int)),
    (Selection(query=Query("name")), (int, int, str, int)),
    (Selection(query=Query("Name")), (int, int, str, int)),
    (Selection(query=Query("x"), sort=Sort("name")), (str, int)),
    (Selection(symbol="x", query=Query("x")), (int, int, str, int)),
)
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
STORABLE = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"),
    max_size=20,
)


LISTING = "some list"


def forged(position: Sequence[object]) -> str:
    """Return the cursor that holds some JSON values behind the right check."""
    return sealed(json.dumps([crc32(LISTING.encode()), *position]))


def sealed(text: str) -> str:
    """Return a cursor that holds some text."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


class RoundTripTests(SynchronousTestCase):
    @given(st.data())
    def test_positions(self, data: st.DataObject) -> None:
        selection, shape = data.draw(st.sampled_from(SELECTIONS))
        position: Position = tuple(
            data.draw(STORABLE) if each is str else data.draw(NUMBERS) for each in shape
        )
        cursor = selection.cursor(position)
        self.assertRegex(cursor, r"\A[A-Za-z0-9_-]+\Z")
        self.assertEqual(selection.position(cursor), position)

    def test_the_longest(self) -> None:
        selection = Selection(sort=Sort("name"))
        for character in ('"', "\\", "x", "\U0001f9ec"):
            position = (character * MAX_NAME, 2**63 - 1)
            cursor = selection.cursor(position)
            self.assertLessEqual(len(cursor), MAX_CURSOR)
            self.assertEqual(selection.position(cursor), position)

    def test_each_list_has_its_own(self) -> None:
        for selection, shape in SELECTIONS:
            cursor = selection.cursor(tuple("x" if each is str else 1 for each in shape))
            for other, _shape in SELECTIONS:
                if other != selection:
                    self.assertRaises(ValueError, other.position, cursor)


class RefusalTests(SynchronousTestCase):
    def refuse(self, cursor: str, shape: Sequence[type] = (str, int)) -> None:
        with self.assertRaises(ValueError) as it:
            decode(cursor, LISTING, shape)
        self.assertIn("begin again without one", str(it.exception))
        self.assertLess(len(str(it.exception)), 200)

    def test_what_is_none(self) -> None:
        for cursor in (
            *("", "=", "====", "A", "AA==", "!", " ", "é", "\ud800", "\0", "a\0b", "%00", "🧬"),
            *("x" * (MAX_CURSOR + 1), "A" * MAX_CURSOR, "A" * 10_000_000),
            *map(sealed, ("", "null", "1", '"x"', "{}", "[]", "[[]]", "true", "NaN", "[NaN]")),
            sealed("[" * 10_000),
            sealed("[1" + "0" * 10_000 + "]"),
        ):
            self.refuse(cursor)

    def test_what_does_not_fit(self) -> None:
        for position in (
            [],
            ["x"],
            [1],
            [1, "x"],
            ["x", "y"],
            ["x", 1, 1],
            ["x", 1.0],
            ["x", True],
            ["x", None],
            ["x", "1"],
            ["x", [1]],
            ["x", {}],
            [["x"], 1],
            [None, 1],
            ["x", float("inf")],
            ["x", float("nan")],
            ["x", 2**63],
            ["x", -(2**63)],
            ["x", 10**4000],
            ["a\0b", 1],
            ["\ud800", 1],
            ["\udfff", 1],
        ):
            self.refuse(forged(position))
        self.assertEqual(decode(forged(["x", 1]), LISTING, (str, int)), ("x", 1))

    def test_another_check(self) -> None:
        for value in ({"0": 1}, "xy", ["x", 1]):
            self.refuse(sealed(json.dumps(value)))
        checks: tuple[object, ...] = (1, None, "0", [], {}, False, 2**64, -1)
        for check in checks:
            self.refuse(sealed(json.dumps([check, "x", 1])), (str, int))

    @given(st.data())
    def test_what_was_cut_or_changed(self, data: st.DataObject) -> None:
        """It is refused, or a cursor of the same shape: never an error of another kind."""
        cursor = encode(("some symbol", 12345), LISTING)
        at = data.draw(st.integers(0, len(cursor) - 1))
        self.assertRaises(ValueError, decode, cursor[:at], LISTING, (str, int))
        changed = cursor[:at] + data.draw(st.characters(codec=None)) + cursor[at + 1 :]
        try:
            text, number = decode(changed, LISTING, (str, int))
        except ValueError:
            return
        self.assertEqual((type(text), type(number)), (str, int))

    @given(
        st.one_of(st.text(st.characters(codec=None)), st.binary().map(lambda d: sealed(d.hex())))
    )
    def test_anything(self, cursor: str) -> None:
        for _selection, shape in SELECTIONS:
            self.refuse(cursor, shape)
