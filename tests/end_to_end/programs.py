"""The tools that everybody has, ``nc``, ``telnet`` and ``curl``; and our own."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, netsuite, run
from tests.end_to_end.wire import Address


def tool(name: str) -> str:
    """Return the path of a program; skip the test where it is missing."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"there is no {name} on this machine")
    return path


def nc(folder: Path, address: Address, request: bytes, *options: str) -> bytes:
    """Return what ``printf … | nc -N`` prints."""
    ended = run([tool("nc"), "-N", *options, "localhost", str(address[1])], folder, stdin=request)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


class Telnet:
    """The real ``telnet``, in a terminal of its own, as a person uses it.

    :param address: where it connects to.
    """

    def __init__(self, address: Address) -> None:
        self._terminal, inside = pty.openpty()
        self.process = subprocess.Popen(
            [tool("telnet"), *map(str, address)],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb"},
        )
        os.close(inside)
        self.shown = ""

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._terminal, line.encode() + b"\r")

    def expect(self, text: str) -> None:
        """Wait until a text is shown, and forget all that was shown up to its end."""
        until = time.monotonic() + PATIENCE
        while text not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], until - time.monotonic())
            assert ready, f"telnet shows only {self.shown!r}"
            try:
                piece = os.read(self._terminal, 4096)
            except OSError:  # Linux's way of saying that the other side of a terminal is closed
                piece = b""
            assert piece, f"telnet ended with {self.shown!r}"
            self.shown += piece.decode()
        self.shown = self.shown.partition(text)[2]

    def close(self) -> None:
        """End it, in case that it has not ended by itself."""
        os.close(self._terminal)
        self.process.terminate()
        self.process.wait(PATIENCE)


class Client:
    """Runs a command of ``netsuite`` that has commands of its own.

    :param daemon: the service.
    :param folder: where it runs.
    """

    #: The command.
    command: str

    def __init__(self, daemon: Daemon, folder: Path) -> None:
        self.daemon = daemon
        self.folder = folder

    def run(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        """Run it; return the exit status, the output and the errors."""
        ready = ("--ready-file", str(self.daemon.ready_file))
        ended = netsuite(self.folder, self.command, *arguments, *ready, stdin=stdin)
        return ended.returncode, ended.stdout.decode(), ended.stderr.decode()

    def __call__(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run it to its success; return what it prints."""
        status, out, err = self.run(*arguments, stdin=stdin)
        assert (status, err) == (0, ""), err
        return out


class Curl:
    """Runs the real ``curl``.

    :param folder: where it runs.
    """

    options = ("--silent", "--show-error", "--noproxy", "*", "--max-time", str(PATIENCE))

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> tuple[int, dict[str, str], bytes]:
        """Make a request.

        :returns: the status, the headers by their names in small letters, and the body.
        """
        command = [tool("curl"), *self.options, "--dump-header", "headers", *arguments]
        if "--head" in arguments:
            command += ["--output", os.devnull]
        ended = run(command, self.folder)
        assert ended.returncode == 0, ended.stderr
        # The headers of an interim response come first.
        *_, head = (self.folder / "headers").read_text().rstrip().split("\n\n")
        status, *lines = head.splitlines()
        headers = (line.partition(": ") for line in lines)
        return (
            int(status.split()[1]),
            {name.lower(): value for name, _, value in headers},
            (ended.stdout),
        )
