"""Real ``twistd`` processes, started for a test and stopped with a check of what they left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

#: The root of the checkout that these tests belong to.
CHECKOUT = Path(__file__).resolve().parents[2]

#: How long anything may take that should take a moment, in seconds. A busy machine has it too.
PATIENCE = 30.0

#: The reactor that all services run on; Twisted's default if there is none. What this process runs
#: on is said by ``NETSUITE_OWN_REACTOR``.
REACTOR = os.environ.get("NETSUITE_REACTOR")

#: twistd finds plugins in what is installed; those of a bare checkout have to be shown to it.
_SHOW_PLUGINS = f"""
import sys
from pathlib import Path
import twisted.plugins
if not any((Path(folder) / "netsuite_plugins.py").exists() for folder in twisted.plugins.__path__):
    twisted.plugins.__path__.insert(0, {str(CHECKOUT / "twisted_plugins")!r})
"""
_RUN_TWISTD = """
from twisted.scripts.twistd import run
sys.argv[0] = "twistd"
run()
"""

#: What no log of a well-behaved service holds.
_WRONG = re.compile(r"Traceback|Unhandled|#critical|\x1b|\r")


def twistd(*arguments: str, after: str = "", reactor: str | None = REACTOR) -> list[str]:
    """Return the command that runs ``twistd`` with some arguments.

    :param after: Python code to run when twistd is done.
    :param reactor: the name of a reactor, unless it is the default.
    """
    if reactor is not None:
        arguments = (f"--reactor={reactor}", *arguments)
    code = _SHOW_PLUGINS + _RUN_TWISTD
    if after:
        code = code.replace("\nrun()", "\ntry:\n    run()\nexcept SystemExit:\n    pass")
    return [sys.executable, "-c", code + after, *arguments]


def environment(state: Path) -> dict[str, str]:
    """Return the environment of the processes that a test starts.

    :param state: where they keep what survives a restart.
    """
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "XDG_STATE_HOME": str(state)}


def run(
    command: Sequence[str],
    folder: Path,
    *,
    stdin: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end and return what it printed.

    :param folder: where it runs, and keeps its state.
    :param stdin: what it reads.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder / "state"),
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


def netsuite(
    folder: Path, *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run our client program and return what it printed."""
    return run([sys.executable, "-m", "netsuite", *arguments], folder, stdin=stdin)


class Daemon:
    """One ``twistd -n`` process.

    :param arguments: the plugin's name and its arguments.
    :param folder: where it runs; it must be empty or not there yet.
    :param state: where it keeps what survives a restart.
    """

    def __init__(self, arguments: Sequence[str], folder: Path, state: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.ready_file = folder / "ready.json"
        #: Every line printed so far, on standard output or standard error.
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._signalled = False
        self.process = subprocess.Popen(
            twistd("-n", *arguments, "--ready-file", str(self.ready_file)),
            cwd=folder,
            env=environment(state),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        #: Where each service listens, as the ready file says.
        self.addresses: dict[str, list[str]] = {}

    def wait_until_ready(self) -> None:
        """Wait for the line ``ready``, and take the addresses from the ready file."""
        self.wait_for(lambda line: line == "ready")
        self.addresses = json.loads(self.ready_file.read_text())

    @property
    def log(self) -> str:
        """All that was printed so far."""
        with self._changed:
            return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    def address(self, service: str, transport: str = "tcp", number: int = 0) -> tuple[str, int]:
        """Return where a service listens, as sockets want it.

        :param number: which of its addresses of that transport.
        """
        found = [each for each in self.addresses[service] if each.startswith(f"{transport}:")]
        _, host, port = found[number].split(":")
        return host, int(port)

    def url(self, service: str, path: str = "/") -> str:
        """Return the URL of a page of a web service."""
        host, port = self.address(service)
        return f"http://{host}:{port}{path}"

    def wait_for(self, wanted: str | Callable[[str], bool], since: int = 0) -> str:
        """Wait for a line of the log that holds a text, or of which something is true.

        :param since: how many lines at the beginning not to look at.
        """
        is_it = wanted if callable(wanted) else lambda line: wanted in line
        seen = since
        until = time.monotonic() + PATIENCE
        with self._changed:
            while True:
                for line in self.lines[seen:]:
                    if is_it(line):
                        return line
                seen = len(self.lines)
                if self._ended or not self._changed.wait(until - time.monotonic()):
                    raise AssertionError(f"the log never said that:\n{self._tail()}")

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal."""
        self._signalled = True
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for the process to end.

        :returns: its exit status.
        """
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def stop(self) -> None:
        """Stop the process, if it runs still, and check that it ended and behaved well."""
        if self.process.poll() is None and not self._signalled:
            self.signal()
        try:
            status = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError(f"it did not stop:\n{self._tail()}") from None
        assert status == 0, self._tail()
        wrong = _WRONG.search(self.log)
        assert not wrong, self.log[max(0, wrong.start() - 2000) : wrong.end() + 4000]
        assert not (self.folder / "twistd.pid").exists()

    def _tail(self) -> str:
        return "\n".join(self.lines[-50:])

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                text = line.decode("utf-8", "replace").removesuffix("\n")
                with self._changed:
                    self.lines.append(text)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Daemons:
    """Starts daemons that share one state, and stops them all.

    :param folder: where each gets a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._started: list[Daemon] = []

    def __call__(self, *arguments: str, ephemeral: bool = True, wait: bool = True) -> Daemon:
        """Start ``twistd``.

        :param arguments: a plugin's name and its arguments.
        :param ephemeral: whether the operating system chooses the ports.
        :param wait: whether to wait until it is ready.
        """
        if ephemeral:
            arguments = (*arguments, "--ephemeral")
        daemon = Daemon(arguments, self.folder / f"daemon-{len(self._started)}", self.state)
        self._started.append(daemon)
        if wait:
            daemon.wait_until_ready()
        return daemon

    def forget(self, daemon: Daemon) -> None:
        """Ask no more of a process that has ended, and not as it should."""
        self._started.remove(daemon)

    def stop(self) -> None:
        """Stop them, every one, before anything that is wrong with one is told."""
        problems = []
        for daemon in self._started:
            if daemon.process.poll() is None:
                daemon.signal()
        for daemon in self._started:
            try:
                daemon.stop()
            except AssertionError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
