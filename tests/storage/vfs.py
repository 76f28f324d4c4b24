"""A disk for SQLite that loses power and that fails, when a test says so.

What is written goes to real files, as always. Besides, the disk remembers for each file what was
last synced, and what has been written since. When the power is cut, what was synced stays; each
write since then survives, is lost, or is torn: each of its 512-byte sectors survives or is lost by
itself. So is each change of a file's size, and the removal of a file whose folder was not synced.
What SQLite may rely on ("powersafe overwrite", which its default VFS claims) holds: a write touches
no byte outside of it.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512

_names = itertools.count()

#: What apsw's errors are in Python's own module, where it is not OperationalError.
_KINDS: dict[type[Exception], type[sqlite3.DatabaseError]] = {
    apsw.ConstraintError: sqlite3.IntegrityError,
    apsw.MisuseError: sqlite3.ProgrammingError,
    apsw.ConnectionClosedError: sqlite3.ProgrammingError,
    apsw.CorruptError: sqlite3.DatabaseError,
    apsw.NotADBError: sqlite3.DatabaseError,
}


def no_fault(_kind: str, _name: str, _end: int) -> None:
    """Be a disk on which nothing fails."""


class DiskError(apsw.IOError):
    """The disk fails.

    :param code: SQLite's extended result code.
    """

    def __init__(self, text: str = "disk I/O error", code: int = apsw.SQLITE_IOERR) -> None:
        super().__init__(text)
        self.extendedresult = code


class PowerCut(DiskError):  # noqa: N818 - it names what happened
    """The power is off: nothing can be read or written."""


class _Image:
    """What of a file would be there after a power cut."""

    def __init__(self, synced: bytes = b"") -> None:
        self.synced = bytearray(synced)
        #: Writes (offset, data) and truncations (size, None) since then.
        self.pending: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        for place, data in self.pending:
            _apply(self.synced, place, data)
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        content = bytearray(self.synced)
        for place, data in self.pending:
            fate = chance.choice(("survives", "is lost", "is torn"))
            if fate == "survives" or (fate == "is torn" and data is None):
                _apply(content, place, data)
            elif fate == "is torn":
                assert data is not None
                start = 0
                while start < len(data):
                    end = start + SECTOR - (place + start) % SECTOR
                    if chance.random() < 0.5:
                        _apply(content, place + start, data[start:end])
                    start = end
        return bytes(content)


def _apply(content: bytearray, place: int, data: bytes | None) -> None:
    if data is None:
        del content[place:]
        return
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place : place + len(data)] = data


class Disk(apsw.VFS):
    """A disk.

    :param chance: decides what survives a power cut.
    """

    def __init__(self, chance: random.Random) -> None:
        self.name = f"disk{next(_names)}"
        super().__init__(self.name, "unix")
        self._chance = chance
        self._lock = threading.RLock()
        self._images: dict[str, _Image] = {}
        self._removed: dict[str, _Image] = {}
        #: How often the disk was asked to write, to sync, to truncate or to remove something.
        self.operations = 0
        #: At which of these the power is cut.
        self.cut_at: int | None = None
        self.off = False
        #: Is asked before each of these, with its kind, the file's name, and up to where it writes.
        #: What it raises is what happens.
        self.fault: Callable[[str, str, int], None] = no_fault

    def connect(
        self, path: Path, *, pragmas: Sequence[str] = (), checkpoint: int = 1000
    ) -> Connection:
        """Open a database on this disk.

        :param pragmas: statements that are carried out instead of those with the same start.
        :param checkpoint: after how many pages in the write-ahead log there is a checkpoint.
        """
        try:
            return Connection(apsw.Connection(str(path), vfs=self.name), pragmas, checkpoint)
        except apsw.Error as error:
            raise _translated(error) from error

    def after_cut(self, folder: Path) -> None:
        """Write what is there when the power comes back into another folder, and start afresh."""
        with self._lock:
            images = self._images.copy()
            for name, image in self._removed.items():
                if name not in images and self._chance.random() < 0.5:
                    images[name] = image
            folder.mkdir()
            for name, image in images.items():
                (folder / Path(name).name).write_bytes(image.after_cut(self._chance))
            self._images.clear()
            self._removed.clear()
            self.off, self.cut_at, self.operations = False, None, 0

    # What SQLite calls

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        assert path is not None
        with self._lock:
            self.check_power()
            file = File(self, path, name, flags)
            if path not in self._images:
                there = Path(path)
                self._images[path] = _Image(there.read_bytes() if there.exists() else b"")
            return file

    def xDelete(self, filename: str, syncdir: bool) -> None:
        with self._lock:
            self.operate("remove", filename)
            super().xDelete(filename, syncdir)
            image = self._images.pop(filename, None)
            if image is not None and not syncdir:
                self._removed[filename] = image

    # What the files call

    def check_power(self) -> None:
        """Raise an error when the power is off."""
        if self.off:
            raise PowerCut("the power is off")

    def operate(self, kind: str, name: str, end: int = 0) -> None:
        """Count an operation, and have it fail if it should."""
        self.check_power()
        self.operations += 1
        if self.operations == self.cut_at:
            self.off = True
            if kind == "sync":
                self.check_power()
            # What is under way may still reach the disk, or a part of it.
        self.fault(kind, name, end)

    def write(self, name: str, place: int, data: bytes | None) -> None:
        """Remember a write or a truncation."""
        self._images[name].pending.append((place, data))

    def sync(self, name: str) -> None:
        """Remember that a file, and the folder's list of it, are on the disk."""
        self._images[name].sync()
        self._removed.clear()

    @property
    def lock(self) -> threading.RLock:
        """Is held while the disk does something."""
        return self._lock


class File(apsw.VFSFile):
    """A file on such a disk."""

    def __init__(
        self, disk: Disk, path: str, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._path = path

    def xRead(self, amount: int, offset: int) -> bytes:
        self._disk.check_power()
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        with self._disk.lock:
            self._disk.operate("write", self._path, offset + len(data))
            super().xWrite(data, offset)
            self._disk.write(self._path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        with self._disk.lock:
            self._disk.operate("truncate", self._path)
            super().xTruncate(newsize)
            self._disk.write(self._path, newsize, None)

    def xSync(self, flags: int) -> None:
        with self._disk.lock:
            self._disk.operate("sync", self._path)
            self._disk.sync(self._path)


class Connection:
    """A connection of apsw, in the guise of one of Python's own module."""

    def __init__(
        self, connection: apsw.Connection, pragmas: Sequence[str], checkpoint: int
    ) -> None:
        self._connection = connection
        self._pragmas = pragmas
        self._checkpoint = checkpoint
        connection.set_wal_hook(self._committed)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Carry out a statement."""
        for pragma in self._pragmas:
            if sql.startswith(pragma.partition("=")[0]):
                sql = pragma
        try:
            return Cursor(self._connection.execute(sql, parameters).fetchall())
        except apsw.Error as error:
            raise _translated(error) from error

    def interrupt(self) -> None:
        """Make what is under way fail."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        with suppress(apsw.Error):  # as below
            self._connection.close()

    def _committed(self, connection: apsw.Connection, _name: str, pages: int) -> int:
        """Do what SQLite's own hook does.

        A checkpoint that fails is nobody's concern: the commit is done. It is so with SQLite; but
        apsw would raise what the disk raised, although nothing failed.
        """
        if pages >= self._checkpoint:
            with suppress(apsw.Error):
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        return apsw.SQLITE_OK


class Cursor:
    """The rows that a statement returned."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return them all."""
        return self._rows


def _translated(error: apsw.Error) -> sqlite3.DatabaseError:
    kind = next(
        (ours for theirs, ours in _KINDS.items() if isinstance(error, theirs)),
        sqlite3.OperationalError,
    )
    translated = kind(str(error))
    translated.sqlite_errorcode = getattr(error, "extendedresult", None) or apsw.SQLITE_IOERR
    return translated
