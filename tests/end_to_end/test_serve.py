"""``netsuite serve``: the suite on the fastest reactor that there is."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsuite.catalogue import CATALOGUE
from tests.end_to_end.daemon import PATIENCE, environment, twistd
from tests.end_to_end.wire import Address, round_trip, talk

SERVE = (sys.executable, "-m", "netsuite", "serve")


class Serving:
    """A ``netsuite serve`` that is ready.

    :param process: it.
    :param log: the file with what it prints.
    :param addresses: where each service listens, as the ready file says.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], log: Path, addresses: dict[str, list[str]]
    ) -> None:
        self.process = process
        self.addresses = addresses
        self._log = log

    @property
    def lines(self) -> list[str]:
        """What it has printed."""
        return self._log.read_text().splitlines()

    def address(self, service: str) -> Address:
        """Return where a service listens, as sockets want it."""
        _, host, port = self.addresses[service][0].split(":")
        return host, int(port)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, and check that it ends well."""
        self.process.send_signal(number)
        assert self.process.wait(PATIENCE) == 0, self._log.read_text()
        assert "Traceback" not in self._log.read_text()
        assert "Unhandled" not in self._log.read_text()


@contextlib.contextmanager
def serving(folder: Path, *options: str, without: str = "") -> Iterator[Serving]:
    """Run ``netsuite serve`` until the end of a block, at the latest.

    :param folder: where it runs.
    :param options: twistd's.
    :param without: the name of a module that it cannot import.
    """
    log, ready = folder / "log", folder / "ready.json"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*SERVE, *options, "--ephemeral", "--ready-file", str(ready)],
            cwd=folder,
            env=lacking(folder, without),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not ready.exists():  # It is complete as soon as it is there.
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.01)
        yield Serving(process, log, json.loads(ready.read_text()))
    finally:
        process.kill()
        process.wait(PATIENCE)


def lacking(folder: Path, module: str) -> dict[str, str]:
    """Return an environment for a process that cannot import a module.

    :param module: its name; empty for a process that can import all.
    """
    made = environment(folder / "state")
    if module:
        hidden = folder / "hidden"
        hidden.mkdir()
        (hidden / f"{module}.py").write_text(
            f'raise ModuleNotFoundError("No module named {module!r}", name="{module}")\n'
        )
        made["PYTHONPATH"] = f"{hidden}:{made['PYTHONPATH']}"
    return made


def reactor_of(serving: Serving) -> str:
    """Return which reactor it runs on, as twistd's log says."""
    (line,) = (line for line in serving.lines if "reactor class: " in line)
    return line.partition("reactor class: ")[2].rstrip(".")


def assert_answers(serving: Serving) -> None:
    """Check that services of each kind answer."""
    assert set(serving.addresses) == set(CATALOGUE)
    assert talk(serving.address("dialogue"), b"nuqneH?\0hi\0") == b"Qapla'!\0hi\0"
    assert len(talk(serving.address("clock"), b" " * 25)) == 24
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert b"hello client" in talk(serving.address("home"), request)
    round_trip(serving.address("greeter"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_on_libuv(number: signal.Signals, tmp_path: Path) -> None:
    with serving(tmp_path) as suite:
        assert suite.lines[0] == "netsuite: on the reactor libuv"
        assert_answers(suite)
        suite.stop(number)
        assert suite.lines[0] == "netsuite: on the reactor libuv"
        assert reactor_of(suite) == "netsuite.libuv.reactor.LibuvReactor"
        assert f"{number.name}: finishing the requests in hand" in "\n".join(suite.lines)
    assert not (tmp_path / "twistd.pid").exists()
    assert not (tmp_path / "ready.json").exists()


def test_without_uvloop(tmp_path: Path) -> None:
    """It says what is missing, and serves all the same."""
    with serving(tmp_path, without="uvloop") as suite:
        first = suite.lines[0]
        assert first.startswith("netsuite: on the reactor epoll (")
        assert "uvloop" in first
        assert "pip install 'netsuite[fast]'" in first
        assert_answers(suite)
        suite.stop()
        assert reactor_of(suite) == "twisted.internet.epollreactor.EPollReactor"


@pytest.mark.parametrize("options", [["--reactor=poll"], ["--reactor", "poll"], ["-r", "poll"]])
def test_who_chooses_a_reactor_gets_it(options: list[str], tmp_path: Path) -> None:
    with serving(tmp_path, *options) as suite:
        assert_answers(suite)
        suite.stop()
        assert not suite.lines[0].startswith("netsuite: on the reactor")
        assert reactor_of(suite) == "twisted.internet.pollreactor.PollReactor"


def test_what_is_for_twistd(tmp_path: Path) -> None:
    """Its options come first, and the suite's behind them."""
    with serving(tmp_path, "--logfile", "own.log", "--only", "dialogue") as suite:
        assert list(suite.addresses) == ["dialogue"]
        suite.stop()
        assert suite.lines == ["netsuite: on the reactor libuv", "ready"]
    assert "LibuvReactor" in (tmp_path / "own.log").read_text()


def test_a_wrong_option(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*SERVE, "--nonsense"],
        cwd=tmp_path,
        env=environment(tmp_path / "state"),
        capture_output=True,
        timeout=PATIENCE,
        text=True,
    )
    assert ended.returncode == 1
    assert "--nonsense" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_the_reactor_is_asked_for_without_uvloop(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*twistd()[:3], "-n", "--reactor=libuv", "netsuite", "--ephemeral"],
        cwd=tmp_path,
        env=lacking(tmp_path, "uvloop"),
        capture_output=True,
        timeout=PATIENCE,
        text=True,
    )
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert "uvloop is not installed: pip install 'netsuite[fast]'" in said
    assert "Traceback" not in said
