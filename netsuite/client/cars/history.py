"""The file that keeps the licenses which were typed, for the next time."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

#: As many licenses are kept.
KEPT = 1000

#: The file is cut when it is larger than this, in bytes.
MAX_SIZE = 1 << 18


def default_path() -> Path | None:
    """Return where the file is; None for somebody who has no home.

    It is ``$XDG_STATE_HOME/netsuite/cars-licenses``, or below ``~/.local/state``.
    """
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not state.is_absolute():
        try:
            state = Path.home() / ".local" / "state"
        except RuntimeError:
            return None
    return state / "netsuite" / "cars-licenses"


class LicenseFile:
    """Licenses, a line each, the latest last; nobody but the user can read them.

    A file that cannot be read or written is no reason not to type: then nothing is kept.

    :param path: the file; by default :func:`default_path`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()

    def load(self) -> list[str]:
        """Return the licenses, the oldest first; a file that has grown too large is cut."""
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - MAX_SIZE))
                lines = file.read(MAX_SIZE).decode("utf-8", "replace").split("\n")
        except OSError:
            return []
        # The first line may have been cut in two.
        licenses = [line for line in lines[size > MAX_SIZE :] if line.isprintable() and line]
        licenses = licenses[-KEPT:]
        if size > MAX_SIZE:
            with contextlib.suppress(OSError):
                self._replace(self._path, licenses)
        return licenses

    def add(self, license: str) -> None:
        """Add a license to the file."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(self._path, os.O_APPEND, [license])

    def _replace(self, path: Path, licenses: list[str]) -> None:
        temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        try:
            self._write(temporary, os.O_EXCL, licenses)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _write(self, path: Path, flags: int, licenses: list[str]) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write("".join(f"{license}\n" for license in licenses).encode())
