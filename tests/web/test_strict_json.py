"""JSON from clients: what is read, what is refused, and that nothing else ever comes of it."""

from __future__ import annotations

import json
from time import process_time

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.web.strict_json import MAX_DEPTH, MAX_DIGITS, JSONError, loads

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)

_NEARLY_JSON = st.text('[]{}":,\\u0dNa1e-\n', max_size=30)


class StrictJSONTests(SynchronousTestCase):
    def refused(self, data: bytes, *told: str, continued_lines: bool = False) -> None:
        error = self.assertRaises(JSONError, loads, data, continued_lines=continued_lines)
        for each in told:
            self.assertIn(each, str(error))

    @given(_VALUES, st.booleans())
    def test_what_json_holds(self, value: object, ascii_only: bool) -> None:
        data = json.dumps(value, ensure_ascii=ascii_only).encode()
        for continued in (False, True):
            self.assertEqual(loads(data, continued_lines=continued), value)

    @given(
        st.binary()
        | st.text().map(str.encode)
        | st.text('[]{}":,\\u0dNa1e-\n', max_size=30).map(str.encode)
    )
    def test_anything_else(self, data: bytes) -> None:
        for continued in (False, True):
            try:
                loads(data, continued_lines=continued)
            except JSONError as error:
                self.assertTrue(str(error))

    def test_where_it_goes_wrong(self) -> None:
        self.refused(b'{"a": 1,\n "b": }', "is not JSON", "line 2, column 7")
        self.refused(b"", "line 1, column 1")
        self.refused(b'"\xff"', "not UTF-8, from byte 1")
        self.refused(b"1 2", "line 1, column 3")

    def test_byte_order_mark(self) -> None:
        self.assertEqual(loads(b"\xef\xbb\xbf[1]"), [1])
        self.refused("[1]".encode("utf-16"), "not UTF-8")

    def test_members_that_are_there_twice(self) -> None:
        self.refused(b'{"a": 1, "b": 2, "a": 1}', "'a'", "twice")
        self.refused(b'[{"b": {"x": 1, "\\u0078": 2}}]', "'x'")
        self.assertEqual(loads(b'[{"a": 1}, {"a": 2}]'), [{"a": 1}, {"a": 2}])

    def test_numbers(self) -> None:
        for constant in (b"NaN", b"Infinity", b"-Infinity"):
            self.refused(b'{"a": %b}' % constant, constant.decode())
        self.refused(b"[1e400]", "too large")
        self.refused(b"9" * (MAX_DIGITS + 1), str(MAX_DIGITS))
        self.refused(b"9" * 50_000, str(MAX_DIGITS))
        self.assertEqual(loads(b"9" * MAX_DIGITS), 10**MAX_DIGITS - 1)

    def test_nesting(self) -> None:
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            inner = b"1" if closing == b"}" else b""
            loads(opening * MAX_DEPTH + inner + closing * MAX_DEPTH)
            for depth in (MAX_DEPTH + 1, 500, 900, 1_000, 20_000):
                self.refused(opening * depth + inner + closing * depth, str(MAX_DEPTH))
        self.refused(b"[" * 100_000, str(MAX_DEPTH))
        self.assertEqual(len(loads(b"[" + b"[]," * 1000 + b"[]]")), 1001)  # type: ignore[arg-type]

    def test_surrogates(self) -> None:
        self.assertEqual(loads(b'"\\ud83e\\uddec"'), "\U0001f9ec")
        for text in (b'"\\ud800"', b'{"\\udfff": 1}', b'["a", ["\\ud83ex"]]'):
            self.refused(text, "surrogate")

    def test_continued_lines(self) -> None:
        expected = {"a\\": "b\\\nc"[:1], "d": 2}
        for end in (b"\n", b"\r\n"):
            data = b'{"a\\\\": "b", \\' + end + b'  "d": \\' + end + b" 2} \\" + end
            self.assertEqual(loads(data, continued_lines=True), expected)
            self.refused(data, "is not JSON")

    def test_backslashes_that_continue_nothing(self) -> None:
        for data in (b'{"a": 1, \\ "b": 2}', b'{"a": "x\\\ny"}', b'{"a": 1 \\', b"\\\n"):
            self.refused(data, "is not JSON", continued_lines=True)
        # The place is that in the text as it was sent.
        self.refused(b'{"a": 1, \\\n "b": }', "line 1, column 10", continued_lines=True)

    def test_time(self) -> None:
        for data in (b'"' + b'\\"' * 50_000, b'{"a" \\\n' * 20_000, b'\\"' * 50_000):
            began = process_time()
            self.refused(data, continued_lines=True)
            self.assertLess(process_time() - began, 1.0)
