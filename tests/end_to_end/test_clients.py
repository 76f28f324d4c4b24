"""Our own client program, as a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from netsuite.catalogue import CATALOGUE
from tests.end_to_end.daemon import PATIENCE, Daemon, environment, netsuite, run
from tests.end_to_end.wire import CTIME


class TestOurClients:
    def ask(self, folder: Path, suite: Daemon, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a command that succeeds and says nothing on standard error."""
        ended = netsuite(folder, *arguments, "--ready-file", str(suite.ready_file), stdin=stdin)
        assert (ended.returncode, ended.stderr) == (0, b"")
        return ended.stdout

    def test_say(self, suite: Daemon, tmp_path: Path) -> None:
        assert self.ask(tmp_path, suite, "say", "nuqneH?") == b"Qapla'!\n"
        assert self.ask(tmp_path, suite, "say", "time", "is", "precious") == b"time is precious\n"
        assert re.fullmatch(rb"\d\d:\d\d:\d\d\n", self.ask(tmp_path, suite, "say", "time"))

    def test_say_with_its_length_in_front(self, suite: Daemon, tmp_path: Path) -> None:
        said = self.ask(tmp_path, suite, "say", "--framing", "sized", "Hello", "world!")
        assert said == b"Hello world!\n"

    def test_say_from_a_pipe(self, suite: Daemon, tmp_path: Path) -> None:
        said = self.ask(tmp_path, suite, "say", stdin=b"one\nnuqneH?\nthree")
        assert said == b"one\nQapla'!\nthree\n"

    def test_greet_and_hello(self, suite: Daemon, tmp_path: Path) -> None:
        assert self.ask(tmp_path, suite, "greet") == b"Thank you for connecting\n"
        assert self.ask(tmp_path, suite, "hello") == b"Hello 127.0.0.1\n"

    def test_clock(self, suite: Daemon, tmp_path: Path) -> None:
        assert CTIME.fullmatch(self.ask(tmp_path, suite, "clock").decode().strip())

    def test_upper(self, suite: Daemon, tmp_path: Path) -> None:
        said = self.ask(tmp_path, suite, "upper", stdin=b"MixedCaseString\nand more\n")
        assert said == b"MIXEDCASESTRING\nAND MORE\n"
        assert self.ask(tmp_path, suite, "upper", "--udp", "Mixed") == b"MIXED\n"

    def test_swap(self, suite: Daemon, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "netsuite", "swap", "--ready-file", str(suite.ready_file)]
        state = environment(tmp_path / "state")
        clients = [
            subprocess.Popen(
                [*command, text], env=state, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
            )
            for text in ("salt", "pepper")
        ]
        got = [client.communicate(timeout=PATIENCE)[0] for client in clients]
        assert got == [b"pepper\n", b"salt\n"]

    def test_guess(self, suite: Daemon, tmp_path: Path) -> None:
        for options in ([], ["--word"]):
            ended = netsuite(
                tmp_path, "guess", *options, "0", "--ready-file", str(suite.ready_file)
            )
            assert (ended.returncode, ended.stdout) == (1, b"wrong\n")

    def test_fetch(self, suite: Daemon, tmp_path: Path) -> None:
        page = netsuite(tmp_path, "fetch", suite.url("home"))
        assert (page.returncode, page.stderr) == (0, b"")
        assert b"<h1>hello client</h1>" in page.stdout

    def test_fetch_what_is_not_there(self, suite: Daemon, tmp_path: Path) -> None:
        missing = netsuite(tmp_path, "fetch", suite.url("home", "/missing"))
        assert missing.returncode == 1
        assert b"404" in missing.stderr

    def test_list(self, tmp_path: Path) -> None:
        listed = netsuite(tmp_path, "list").stdout.decode()
        for name, entry in CATALOGUE.items():
            (line,) = [line for line in listed.splitlines() if re.match(rf"{name}\s", line)]
            assert all(str(endpoint) in line for endpoint in entry.endpoints)

    def test_nobody_there_is_one_line(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        for arguments in (["say", "hi"], ["clock"], ["greet"]):
            ended = netsuite(tmp_path, *arguments, "--host", "127.0.0.1", "--port", str(port))
            assert ended.returncode == 1
            assert ended.stdout == b""
            (line,) = ended.stderr.decode().splitlines()
            assert f"127.0.0.1:{port}" in line

    def test_wrong_usage(self, tmp_path: Path) -> None:
        assert netsuite(tmp_path, "sya", "hi").returncode == 2
        assert netsuite(tmp_path).returncode == 2


def problems(output: bytes) -> dict[str, str]:
    """Return what the doctor found wrong: each check, and how to mend it."""
    lines: Sequence[str] = output.decode().splitlines()
    return {
        line.split(None, 1)[1].partition(": ")[0]: mend.strip()
        for line, mend in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("problem")
    }


class TestDoctor:
    def test_a_taken_port(self, tmp_path: Path) -> None:
        port = CATALOGUE["swap"].endpoints[0].port
        try:
            server = socket.create_server(("127.0.0.1", port))
        except OSError:
            pytest.skip(f"port {port} is taken already")
        with server:
            ended = netsuite(tmp_path, "doctor")
        assert ended.returncode == 1
        mend = problems(ended.stdout)[f"swap on tcp:{port}"]
        assert "ss -lnp" in mend
        assert "--ephemeral" in mend

    def test_plugins_that_are_not_listed(self, tmp_path: Path) -> None:
        hide = """
import sys
from pathlib import Path
import twisted.plugins
twisted.plugins.__path__[:] = [
    folder for folder in twisted.plugins.__path__
    if not (Path(folder) / "netsuite_plugins.py").exists()
]
from netsuite.client.main import run
sys.exit(run(["doctor"]))
"""
        ended = run([sys.executable, "-c", hide], tmp_path)
        assert ended.returncode == 1
        assert "pip install" in problems(ended.stdout)["plugins"]
