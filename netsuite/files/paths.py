"""From the path of a URL to what the root folder has for it, and never to anything outside.

These are the rules, in one place:

- The root is resolved once, when the service starts. Whatever a URL names is resolved too, symbolic
  links and all, and must lie under it. A link that stays inside is followed; one that leads out is
  not there (404).
- ``.``, ``..``, encoded slashes and empty segments are refused rather than interpreted: no client
  that follows RFC 3986, section 5.2.4 sends them.
- A name that begins with a dot is not there. A folder that somebody serves for an afternoon often
  holds a ``.git``, ``.env`` or ``.ssh``. (``python -m http.server`` shows them.)
- What is neither a regular file nor a folder is not there: opening a FIFO would block the reactor.
- Everything under ``cgi-bin/`` is a script or nothing; no other name, link or spelling leads to it.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import attrs

__all__ = [
    "CGI_FOLDER",
    "Entry",
    "Folder",
    "ForbiddenError",
    "MalformedPathError",
    "MissingError",
    "PathError",
    "RegularFile",
    "Root",
    "Script",
]

#: The folder, directly under the root, whose files are programs to run.
CGI_FOLDER = b"cgi-bin"
_INDEX = "index.html"


class PathError(Exception):
    """A path that is not served.

    :cvar status: the HTTP status that says so.
    """

    status: int


class MalformedPathError(PathError):
    """The path can name nothing at all: it holds a zero byte."""

    status = 400


class ForbiddenError(PathError):
    """There is something, and it may not be had."""

    status = 403


class MissingError(PathError):
    """There is nothing of that name."""

    status = 404


@attrs.frozen
class RegularFile:
    """A file to send.

    :param path: where it really is.
    """

    path: Path


@attrs.frozen
class Folder:
    """A folder to list.

    :param path: where it really is.
    :param slash: whether the URL ends with a slash. Without it, the links of the listing would
        lead to the folder's parent.
    """

    path: Path
    slash: bool


@attrs.frozen
class Script:
    """A CGI script, and what the URL says beyond its name.

    :param path: where it really is.
    :param name: the URL segments up to and including the script's.
    :param rest: the segments after it.
    """

    path: Path
    name: tuple[bytes, ...]
    rest: tuple[bytes, ...]


@attrs.frozen
class Entry:
    """A line of a folder's listing.

    :param name: the name, in the bytes of the file system.
    :param size: in bytes, or None for a folder.
    :param modified: when it was last changed, in seconds since 1970.
    """

    name: bytes
    size: int | None
    modified: float


class Root:
    """The folder that is served.

    :param path: its name. A symbolic link is followed now, not at each request.
    :raises NotADirectoryError: if it is not a folder.
    :raises OSError: if it cannot be had for another reason.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve(strict=True)
        if not self.path.is_dir():
            raise NotADirectoryError(f"{path} is not a folder: give the folder to serve")

    def find(self, segments: Sequence[bytes]) -> RegularFile | Folder | Script:
        """Say what there is for the path of a URL.

        :param segments: what stands between its slashes, percent-decoded. The root is ``[b""]``.
        :raises PathError: if nothing is to be served for it.
        """
        if any(b"\0" in segment for segment in segments):
            raise MalformedPathError
        if any(segment in (b".", b"..") or b"/" in segment for segment in segments):
            raise MissingError
        if segments and segments[0] == CGI_FOLDER:
            return self._script(segments[1:])
        return self._static(segments)

    def index(self, folder: Path) -> Path | None:
        """Return the page that stands for the listing of *folder*, if there is one."""
        try:
            path = self._inside(folder / _INDEX)
            return path if stat.S_ISREG(path.stat().st_mode) else None
        except (PathError, OSError):
            return None

    def entries(self, folder: Path, most: int) -> tuple[list[Entry], bool]:
        """Return what a listing of *folder* shows, in no order.

        :param most: how many entries to look at.
        :returns: the entries, and whether there are more.
        :raises PathError: if the folder cannot be read.
        """
        try:
            with os.scandir(folder) as found:
                looked_at = list(itertools.islice(found, most + 1))
        except PermissionError:
            raise ForbiddenError from None
        except OSError:
            raise MissingError from None
        entries = (self._entry(each) for each in looked_at[:most])
        return [entry for entry in entries if entry is not None], len(looked_at) > most

    def translated(self, rest: Sequence[bytes]) -> bytes:
        """Return the file name that PATH_INFO would have as a path of its own.

        :param rest: its segments; :meth:`find` has let no ``..`` through.
        """
        return b"/".join([os.fsencode(self.path).rstrip(b"/"), *rest])

    def _static(self, segments: Sequence[bytes]) -> RegularFile | Folder:
        names = list(segments)
        slash = not names or names[-1] == b""
        if slash:
            names = names[:-1]
        path = self._resolve(names)
        if self._is_cgi(path):
            raise MissingError
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            return Folder(path, slash)
        if stat.S_ISREG(mode) and not slash:
            return RegularFile(path)
        raise MissingError

    def _script(self, segments: Sequence[bytes]) -> Script:
        self._resolve([CGI_FOLDER])
        for count, name in enumerate(segments, 1):
            if name == b"" and count == len(segments):
                break
            names = (CGI_FOLDER, *segments[:count])
            path = self._resolve(names)
            mode = _mode(path)
            if stat.S_ISREG(mode):
                if not _executable(path):
                    raise ForbiddenError
                return Script(path, names, tuple(segments[count:]))
            if not stat.S_ISDIR(mode):
                raise MissingError
        # A folder of scripts: what is in it is nobody's business.
        raise ForbiddenError

    def _resolve(self, names: Sequence[bytes]) -> Path:
        if any(name == b"" or name.startswith(b".") for name in names):
            raise MissingError
        return self._inside(self.path.joinpath(*map(os.fsdecode, names)))

    def _inside(self, path: Path) -> Path:
        try:
            real = path.resolve(strict=True)
        except PermissionError:
            raise ForbiddenError from None
        except (OSError, RuntimeError):
            # RuntimeError is how Python before 3.13 reports a loop of symbolic links.
            raise MissingError from None
        if not real.is_relative_to(self.path):
            raise MissingError
        return real

    def _is_cgi(self, path: Path) -> bool:
        """Tell whether a resolved path is the folder of scripts, or in it.

        The folders are compared, not their names: on some file systems ``CGI-BIN`` is the same one.
        """
        try:
            scripts = self.path.joinpath(os.fsdecode(CGI_FOLDER)).stat()
            above = [path, *path.parents]
            return any(
                os.path.samestat(folder.stat(), scripts)
                for folder in above[: above.index(self.path) + 1]
            )
        except OSError:
            return False

    def _entry(self, found: os.DirEntry[str]) -> Entry | None:
        name = os.fsencode(found.name)
        if name.startswith(b"."):
            return None
        try:
            if found.is_symlink() and self._is_cgi(self._inside(Path(found.path))):
                return None
            facts = found.stat()
            if stat.S_ISDIR(facts.st_mode) and self._is_cgi(Path(found.path)):
                return None
        except (PathError, OSError):
            return None
        if stat.S_ISDIR(facts.st_mode):
            return Entry(name, None, facts.st_mtime)
        if stat.S_ISREG(facts.st_mode):
            return Entry(name, facts.st_size, facts.st_mtime)
        return None


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        raise MissingError from None


def _executable(path: Path) -> bool:
    # A daemon may have given up its rights since it was started: the effective user counts.
    return os.access(path, os.X_OK, effective_ids=os.access in os.supports_effective_ids)
