"""What a file of genes is read as, and the lines that it is read from."""

from __future__ import annotations

from typing import Protocol

import attrs

from netsuite.genes.records import Gene

__all__ = ["MAX_ROW", "BadLineError", "BadRow", "File", "Lines", "Row"]

#: How long a row may be, in bytes. No record takes as much, however it is written; but a table may
#: have columns besides those of a record. A row of nothing but tiny cells takes some 45 MiB of
#: memory before it is refused.
MAX_ROW = 1024 * 1024

_SKIPPED = 64 * 1024  # how much to read at a time of what is not wanted


@attrs.frozen
class Row:
    """A row that describes a gene.

    :param line: the number of the line on which it begins, from 1.
    :param gene: the gene.
    """

    line: int
    gene: Gene


@attrs.frozen
class BadRow:
    """A row that does not describe a gene.

    :param line: the number of the line that is to be looked at, from 1.
    :param message: what is wrong with it, or what was expected.
    """

    line: int
    message: str


class File(Protocol):
    """What is used of a binary file."""

    def readline(self, size: int, /) -> bytes:
        """Return a line with its end, or so much of it; nothing at the end of the file."""


class BadLineError(ValueError):
    """A line that cannot be used. It has been read to its end, and the next one may be good.

    :param line: the number of the line that is to be looked at.
    :param message: what is wrong.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line

    def row(self) -> BadRow:
        """Return what it makes of its row."""
        return BadRow(self.line, str(self))


class Lines:
    """The lines of a UTF-8 file, as texts with their ends; without a byte order mark.

    A row may have several. Its bytes are counted, so that an endless one is found out before it
    has been read.

    :param file: where to read.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._read = 0  # lines
        self._first = 1
        self._room = MAX_ROW

    def next_row(self) -> int:
        """Let another row begin with the next line, and return that line's number."""
        self._first = self._read + 1
        self._room = MAX_ROW
        return self._first

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        """Return the next line.

        :raises StopIteration: at the end of the file.
        :raises BadLineError: if the row gets too long with it, or it is not UTF-8.
        """
        line = self._file.readline(self._room + 1)
        if not line:
            raise StopIteration
        self._read += 1
        if len(line) > self._room:
            while not line.endswith(b"\n") and (line := self._file.readline(_SKIPPED)):
                pass
            raise BadLineError(self._first, f"the row is longer than {MAX_ROW} bytes")
        self._room -= len(line)
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise BadLineError(
                self._read, f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
            ) from None
        return text.removeprefix("\ufeff") if self._read == 1 else text
