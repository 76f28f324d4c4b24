"""The example of a service of one's own: it is short, it runs, and it does what its page says."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "backwards.py"
#: twistd, whether or not the folder of its script is on the path.
TWISTD = [sys.executable, "-c", "from twisted.scripts.twistd import run; run()"]
#: How long anything may take, in seconds.
PATIENCE = 30


class ExampleTests(SynchronousTestCase):
    """``docs/examples/backwards.py`` under twistd."""

    def test_short(self) -> None:
        """It has 30 lines at most."""
        self.assertLessEqual(len(EXAMPLE.read_text(encoding="utf-8").splitlines()), 30)

    def test_runs(self) -> None:
        """It answers, refuses a long line, ends the session at an empty one, and stops cleanly."""
        folder = Path(self.mktemp())
        folder.mkdir()
        process = subprocess.Popen(
            [*TWISTD, "-n", "--pidfile=", "-y", str(EXAMPLE)],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "LISTEN": "tcp:0:interface=127.0.0.1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        port = self._port(process)
        self.assertEqual(_talk(port, b"straw\nnuts\r\n"), b"warts\nstun\r\n")
        self.assertEqual(_talk(port, b"on\n\nno\n"), b"no\n")
        self.assertEqual(
            _talk(port, b"on\n" + bytes(1001) + b"\n"),
            b"no\nerror: a message is longer than 1000 bytes\r\n",
        )
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, rest)

    def _port(self, process: subprocess.Popen[str]) -> int:
        """Return the port of a service once it is ready."""
        assert process.stdout is not None
        log = ""
        for line in process.stdout:
            log += line
            if line == "ready\n":
                found = re.search(r"backwards listens on tcp:127\.0\.0\.1:(\d+)", log)
                assert found is not None, log
                return int(found[1])
        raise AssertionError(log)


def _talk(port: int, data: bytes) -> bytes:
    """Send *data*, shut down the sending side, and return all that is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while piece := client.recv(65536):
            received += piece
        return received
