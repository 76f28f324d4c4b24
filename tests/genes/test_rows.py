"""How much of a file is held in memory while it is read."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat

from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import MAX_ROW, BadRow, Row, read
from tests.genes.reads import rows, seed

MIB = 1024 * 1024


class Endless:
    """A file that is made of pieces while it is read, and counts how much of it was."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self.read = 0

    def readline(self, size: int, /) -> bytes:
        while len(self._held) < size and b"\n" not in self._held:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._held += piece
        end = min(self._held.find(b"\n") + 1 or size, size)
        line, self._held = self._held[:end], self._held[end:]
        self.read += len(line)
        return line


class BoundTests(SynchronousTestCase):
    """However a file is made, little of it is held in memory."""

    TOO_LONG = f"the row is longer than {MAX_ROW} bytes"

    def test_how_long_a_row_may_be(self) -> None:
        for name, line in (
            ("csv", b"1,A,n,"),
            ("tsv", b"1\tA\tn\t"),
            ("ndjson", b'{"id":"1","symbol":"A","name":"n"}'),
        ):
            header = b"id,symbol,name,x\n".replace(b",", b"," if name == "csv" else b"\t")
            start, header = (1, b"") if name == "ndjson" else (2, header)
            # Cells of CSV are short enough for Python's own limit.
            fill = b" " if name == "ndjson" else b"x"
            for length, end in ((MAX_ROW - 1, b"\n"), (MAX_ROW - 2, b"\r\n"), (MAX_ROW, b"")):
                full = line + fill * (length - len(line))
                if name == "csv":
                    full = full.replace(b"x" * 100_000, b"x" * 99_999 + b",")
                    header = b"id,symbol,name,x" + b"," * (full.count(b",") - 3) + b"\n"
                self.assertEqual(
                    rows(name, header + full + end), [Row(start, seed("A"))], (name, end)
                )
                after = [Row(start + 1, seed("A"))] if end else []
                longer = full + fill + end + (full + end if end else b"")
                self.assertEqual(
                    rows(name, header + longer), [BadRow(start, self.TOO_LONG), *after], (name, end)
                )

    def test_a_row_of_many_lines(self) -> None:
        """No cell is long, and no line; but there is no end of them."""
        for line in (b'","\n', b'\n","', b"\n" * 9 + b'","'):
            file = Endless(chain([b"id,symbol,name\n", b'1,A,"n'], repeat(line, MIB // 2)))
            found = read("csv", file)
            row = next(found)
            self.assertEqual(row.line, 2)
            assert isinstance(row, BadRow)
            self.assertLess(file.read, 2 * MAX_ROW)

    def assert_little_memory(self, name: str, lines: Iterator[bytes], most: int = 8 * MIB) -> int:
        """Read a file, and return how large it was."""
        file = Endless(lines)
        tracemalloc.start()
        try:
            for _ in read(name, file):
                pass
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, most)
        return file.read

    def test_a_line_without_end(self) -> None:
        for name, header in (
            ("csv", b"id,symbol,name\n"),
            ("tsv", b"id\tsymbol\tname\n"),
            ("ndjson", b""),
        ):
            for piece in (b"x", b'"', b",", b"\t", b"[", b"\\", b'{"a":'):
                lines = chain([header] if header else [], repeat(piece * (MIB // len(piece)), 64))
                self.assertGreater(self.assert_little_memory(name, lines), 60 * MIB)

    def test_a_quote_that_is_never_closed(self) -> None:
        for filler, times in ((b"x" * 65535 + b"\n", 256), (b"x,y,z,x,y,z\n", 30_000)):
            lines = chain([b"id,symbol,name\n", b'1,A,"n\n'], repeat(filler, times))
            self.assert_little_memory("csv", lines)

    def test_a_row_of_tiny_cells(self) -> None:
        """Each is a string of its own. That takes most, and is given back before the next row."""
        for name, cell in (("csv", b'"\xc4\xa9b",'), ("tsv", b"\xc4\xa9b\t")):
            header = b"id,symbol,name\n" if name == "csv" else b"id\tsymbol\tname\n"
            row = cell * (MAX_ROW // len(cell) - 1) + b"\n"
            self.assert_little_memory(name, chain([header], repeat(row, 2)), most=64 * MIB)

    def test_rows_are_read_when_they_are_asked_for(self) -> None:
        for name, header, line in (
            ("csv", b"id,symbol,name\n", b"1,A,n\n"),
            ("tsv", b"id\tsymbol\tname\n", b"1\tA\tn\n"),
            ("ndjson", b"", b'{"id":"1","symbol":"A","name":"n"}\n'),
        ):
            file = Endless(chain([header] if header else [], repeat(line)))
            found = read(name, file)
            self.assertEqual(file.read, 0)
            for count in range(1, 50):
                self.assertIsInstance(next(found), Row)
                self.assertEqual(file.read, len(header) + count * len(line))

    def test_a_file_that_cannot_be_read(self) -> None:
        def failing() -> Iterator[bytes]:
            yield b"id\tsymbol\tname\n"
            yield b"1\tA\tn\n"
            raise OSError("the disk is gone")

        found = read("tsv", Endless(failing()))
        self.assertEqual(next(found), Row(2, seed("A")))
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            next(found)
