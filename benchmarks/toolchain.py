"""Compiling the C programs when they are needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

#: How long a compilation may take, in seconds.
DEADLINE = 60


class UnavailableError(Exception):
    """Something cannot be had here; the message is the reason, for people."""


def find_compiler() -> str:
    """Return the path of the C compiler: ``$CC``, or ``cc``.

    :raises UnavailableError: if there is none.
    """
    name = os.environ.get("CC", "cc")
    path = shutil.which(name)
    if path is None:
        raise UnavailableError(f"there is no C compiler ({name} was not found)")
    return path


class Toolchain:
    """Compiles each source once.

    :param directory: where the programs go. It must outlive their use.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._built: dict[Path, Path] = {}

    def build(self, source: Path, *libraries: str) -> Path:
        """Return the program made of a C file.

        :param libraries: the libraries that it takes, by the names that the linker knows them by.
        :raises UnavailableError: if there is no compiler, or it does not succeed.
        """
        if source not in self._built:
            program = self._directory / source.stem
            command = [find_compiler(), "-O2", "-o", str(program), str(source)]
            command += [f"-l{library}" for library in libraries]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=DEADLINE, check=False
                )
            except subprocess.TimeoutExpired:
                raise UnavailableError(f"compiling {source.name} took too long") from None
            if done.returncode:
                complaint = next(iter(done.stderr.splitlines()), "no message")
                raise UnavailableError(f"{source.name} does not compile here: {complaint}")
            self._built[source] = program
        return self._built[source]
