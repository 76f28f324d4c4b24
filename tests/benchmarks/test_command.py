"""``python -m benchmarks`` as a whole."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from .folders import temporary_folder
from .processes import DEADLINE, children, is_alive, wait_until

_CHECKOUT = Path(__file__).resolve().parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=_CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


class CommandTests(SynchronousTestCase):
    def run_command(self, *arguments: str) -> tuple[int, str, str]:
        with start(*arguments) as process:
            try:
                out, err = process.communicate(timeout=DEADLINE)
            finally:
                process.terminate()  # and all that it has started
        return process.returncode, out, err

    def test_table_and_json(self) -> None:
        file = temporary_folder(self) / "figures.json"
        status, out, err = self.run_command(
            *("--rounds", "2", "--seconds", "0.1", "--workload", "dialogue", "upper-udp"),
            *("--peer", "asyncio", "streams", "--json", str(file)),
        )
        self.assertEqual(status, 0, out + err)
        self.assertIn("dialogue: NUL-framed echo", out)
        self.assertIn("Left out: streams (upper-udp): upper-udp is not offered", out)
        content = json.loads(file.read_text(encoding="utf-8"))
        taken = sorted((m["workload"], m["peer"], m["round"]) for m in content["measurements"])
        expected = [("dialogue", "asyncio"), ("dialogue", "streams"), ("upper-udp", "asyncio")]
        self.assertEqual(taken, [(w, p, n) for w, p in expected for n in (1, 2)])
        self.assertEqual(content["settings"]["rounds"], 2)

    def test_too_few_files(self) -> None:
        few = f"ulimit -n 500 && exec {shlex.quote(sys.executable)} -m benchmarks"
        arguments = "--rounds 1 --seconds 0.1 --workload dialogue-idle --peer asyncio"
        done = subprocess.run(
            ["sh", "-c", f"{few} {arguments}"], cwd=_CHECKOUT, capture_output=True, text=True,
            timeout=DEADLINE, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("KiB/idle", done.stdout)
        self.assertIn("dialogue-idle has 250 idle connections and not 10,000", done.stdout)

    def test_list(self) -> None:
        status, out, _ = self.run_command("--list")
        self.assertEqual(status, 0)
        for name in ("dialogue-pipelined", "upper-udp", "netsuite", "c-epoll"):
            self.assertIn(name, out)

    def test_wrong_usage(self) -> None:
        for arguments, complaint in (
            (("--peer", "nobody"), "'netsuite'"),
            (("--rounds", "0"), "a whole number from 1 on"),
            (("--seconds", "soon"), "expected seconds"),
            (("--json", f"{__file__}/file"), "in a folder that exists"),
        ):
            status, _, err = self.run_command(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(complaint, err)

    def test_ctrl_c_ends_everything(self) -> None:
        self.check_signal(signal.SIGINT, 130)

    def test_sigterm_ends_everything(self) -> None:
        self.check_signal(signal.SIGTERM, 143)

    def check_signal(self, number: signal.Signals, status: int) -> None:
        if not Path("/proc/self/stat").exists():
            raise SkipTest("only /proc tells which children there are")
        with start("--seconds", "600", "--workload", "dialogue", "--peer", "forks") as process:
            self.addCleanup(process.kill)
            wait_until(lambda: len(children(process.pid)) == 2)  # server and generator
            family = children(process.pid)
            (server,) = [pid for pid, command in family.items() if "peers.forks" in command]
            wait_until(lambda: children(server))
            family |= children(server)
            process.send_signal(number)
            process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, status)
        wait_until(lambda: not any(map(is_alive, family)))
