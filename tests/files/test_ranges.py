from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.ranges import MOST_RANGES, Range, UnsatisfiableError, select_ranges


class RangesTests(SynchronousTestCase):
    def test_single(self) -> None:
        for header, expected in {
            b"bytes=0-3": Range(0, 4),
            b"bytes=4-": Range(4, 6),
            b"bytes=9-9": Range(9, 1),
            b"bytes=0-9": Range(0, 10),
            b"bytes=0-10": Range(0, 10),
            b"bytes=5-999": Range(5, 5),
            b"bytes=-4": Range(6, 4),
            # static.File answers this with 500.
            b"bytes=-1000": Range(0, 10),
            b" Bytes = 1-2 ": Range(1, 2),
        }.items():
            self.assertEqual(select_ranges(header, 10), [expected], header)

    def test_several(self) -> None:
        self.assertEqual(
            select_ranges(b"bytes=0-1, 4-5 ,,-2", 10), [Range(0, 2), Range(4, 2), Range(8, 2)]
        )

    def test_those_beyond_the_end_are_left_out(self) -> None:
        self.assertEqual(select_ranges(b"bytes=20-30,0-1", 10), [Range(0, 2)])

    def test_unsatisfiable(self) -> None:
        for header in (b"bytes=10-", b"bytes=20-30", b"bytes=20-,30-", b"bytes=-0"):
            self.assertRaises(UnsatisfiableError, select_ranges, header, 10)

    def test_ignored(self) -> None:
        for header in (
            b"",
            b"bytes",
            b"bytes=",
            b"bytes=,",
            b"bytes=-",
            b"bytes=5-2",
            b"bytes=0-1,5-2",
            b"bytes=a-b",
            b"bytes=--5",
            b"bytes=+1-2",
            b"bytes=1_0-20",
            b"bytes=0-1-2",
            b"bytes=\xff",
            b"lines=1-2",
            b"bytes=" + b"9" * 5000 + b"-",
        ):
            self.assertEqual(select_ranges(header, 10), [], header)

    def test_empty_file(self) -> None:
        self.assertEqual(select_ranges(b"bytes=0-", 0), [])

    def test_too_many(self) -> None:
        header = b"bytes=" + b",".join(b"%d-%d" % (n, n) for n in range(MOST_RANGES + 1))
        self.assertEqual(select_ranges(header, 1000), [])

    def test_more_than_there_is(self) -> None:
        self.assertEqual(select_ranges(b"bytes=0-,0-", 10), [])

    def test_content_range(self) -> None:
        self.assertEqual(Range(3, 4).content_range(10), b"bytes 3-6/10")

    @given(st.text("bytes=0123456789-, ").map(str.encode), st.integers(0, 200))
    def test_always_within_the_file(self, header: bytes, total: int) -> None:
        try:
            parts = select_ranges(b"bytes=" + header, total)
        except UnsatisfiableError:
            return
        for part in parts:
            self.assertGreater(part.size, 0)
            self.assertGreaterEqual(part.start, 0)
            self.assertLessEqual(part.start + part.size, total)
