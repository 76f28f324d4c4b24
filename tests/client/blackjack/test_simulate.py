"""``netsuite blackjack simulate``: what it is asked for, what it prints, and how it ends."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no annotations
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.simulation import CHUNK, Player, processors
from netsuite.blackjack.strategy import Solution
from netsuite.client.blackjack.simulate import ROUNDS, Request, play, read
from netsuite.client.problems import WrongUsage
from tests.client.blackjack.test_command import parsed
from tests.client.support import CHECKOUT, Printed, environment, new_folder

#: Far more rounds than are ever played here.
MANY = "--rounds=1000000000"

#: How long a program may take to end, in seconds.
PATIENCE = 30


def running(session: int) -> list[int]:
    """Return which processes of a session have not ended."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def asked(*arguments: str) -> Request:
    """Return what ``netsuite blackjack`` would do, without the word ``simulate``."""
    return read(parsed(*arguments))


class ReadTests(SynchronousTestCase):
    def test_defaults(self) -> None:
        request = asked()
        self.assertIs(request.rules, PRESETS["vegas"])
        self.assertEqual((request.rounds, request.processes), (ROUNDS, processors()))
        self.assertNotEqual(request.seed, asked().seed)

    def test_options(self) -> None:
        file = new_folder(self) / "club.toml"
        file.write_text('base = "european"\ndecks = 8\n')
        request = asked("--rules", str(file), "--rounds=2", "--seed", "0", "--processes=3")
        self.assertEqual((request.rules.name, request.rules.decks), ("club", 8))
        self.assertEqual((request.rounds, request.seed, request.processes), (2, 0, 3))

    def test_wrong_usage(self) -> None:
        file = new_folder(self) / "wrong.toml"
        file.write_text("decks = 9\n")
        for arguments, words in (
            (("--rules", "nosuch"), "--rules nosuch: neither a file nor one of the rules simple"),
            (("--rules", ""), "--rules"),
            (("--rules", "a\0b"), "--rules"),
            (("--rules", str(file)), "decks: expected 1 to 8, not 9"),
            (("--rounds", "-5"), "--rounds -5: expected a whole number from 2 to 1000000000000"),
            (("--rounds", "1"), "--rounds 1: expected"),
            (("--rounds", "many"), "--rounds many: expected"),
            (("--rounds", "9" * 5000), "expected a whole number"),
            (("--seed", "-1"), "--seed -1: expected"),
            (("--seed", "٣"), "--seed ٣: expected"),
            (("--processes", "0"), "--processes 0: expected a whole number from 1 to 256"),
            (("--processes", "257"), "--processes 257: expected"),
        ):
            with self.assertRaises(WrongUsage, msg=arguments) as caught:
                asked(*arguments)
            message = str(caught.exception)
            self.assertIn(words, message)
            self.assertTrue(message.isprintable())
            self.assertLess(len(message), 600)


class PlayTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.output = Printed()
        self.request = Request(PRESETS["vegas"], 500, seed=5, processes=1)
        self.tally = Player(PRESETS["vegas"]).chunk(5, 0, 500)

    def tearDown(self) -> None:
        self.assertEqual(multiprocessing.active_children(), [])

    def test_text(self) -> None:
        self.assertEqual(play(self.request, self.output, as_json=False), 0)
        edge, error = 100 * self.tally.edge, 100 * self.tally.error
        exact = 100 * Solution(PRESETS["vegas"]).house_edge()
        off = edge - exact
        *lines, speed = self.output.bytes.decode().splitlines()
        self.assertEqual(
            lines,
            [
                "vegas: 6 decks, 500 rounds, seed 5",
                f"house edge     {edge:.3f} % ± {error:.3f} % (standard error)",
                f"infinite shoe  {exact:.3f} %, computed",
                f"difference     {off:+.3f} %, {off / error:+.1f} standard errors",
            ],
        )
        self.assertRegex(speed, r"^speed          [\d,]+ rounds/s, [\d,]+ per core$")

    def test_json(self) -> None:
        self.assertEqual(play(self.request, self.output, as_json=True), 0)
        report = json.loads(self.output.bytes)
        speed = [report.pop(name) for name in list(report) if "second" in name]
        self.assertTrue(all(each > 0 for each in speed))
        self.assertEqual(
            report,
            {
                "rules": "vegas",
                "decks": 6,
                "seed": 5,
                "processes": 1,
                "rounds": 500,
                "rounds_asked_for": 500,
                "house_edge": self.tally.edge,
                "standard_error": self.tally.error,
                "infinite_shoe": Solution(PRESETS["vegas"]).house_edge(),
            },
        )

    def test_too_few_rounds(self) -> None:
        """Two rounds that are lost leave no error to compare with."""
        seeds = (
            seed for seed in range(100) if not Player(PRESETS["vegas"]).chunk(seed, 0, 2).error
        )
        request = Request(PRESETS["vegas"], 2, seed=next(seeds), processes=1)
        self.assertEqual(play(request, self.output, as_json=False), 0)
        self.assertIn("too few rounds to tell", self.output.bytes.decode())


class ProgramTests(SynchronousTestCase):
    """The whole program. Its standard error is a terminal, so that it shows a bar."""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, and return it."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.bar = ours
        with os.fdopen(theirs, "wb") as stderr:
            program = subprocess.Popen(
                [sys.executable, "-m", "netsuite", "blackjack", "simulate", *arguments],
                env=environment(TERM="xterm", COLUMNS="100", LINES="30"),
                cwd=CHECKOUT,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        return program

    def until_it_plays(self) -> None:
        """Wait until the bar shows that rounds have been played."""
        shown = b""
        while "±".encode() not in shown:
            shown += os.read(self.bar, 4096)

    def end(self, program: subprocess.Popen[bytes]) -> tuple[int, str, str]:
        """Return its status, its output, and what it has written to the terminal meanwhile."""
        output, _ = program.communicate(timeout=PATIENCE)
        os.set_blocking(self.bar, False)
        try:
            written = os.read(self.bar, 1 << 16).decode()
        except (BlockingIOError, OSError):
            written = ""
        # What moves the cursor and sets colours.
        return program.returncode, output.decode(), re.sub(r"\x1b\[[\d;?]*\w", "", written)

    def check_partial(self, output: str) -> None:
        played = re.match(r"vegas: 6 decks, ([\d,]+) of 1,000,000,000 rounds, seed 5\n", output)
        self.assertIsNotNone(played, output)
        self.assertEqual(len(output.splitlines()), 5)

    def test_interrupted_on_a_terminal(self) -> None:
        """Ctrl-C reaches all of its processes."""
        program = self.start(MANY, "--seed=5")
        self.until_it_plays()
        os.killpg(program.pid, signal.SIGINT)
        status, output, written = self.end(program)
        self.check_partial(output)
        self.assertEqual(status, 130)
        self.assertNotIn("Traceback", written)
        end = time.monotonic() + PATIENCE
        while running(program.pid):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_asked_to_end(self) -> None:
        program = self.start(MANY, "--seed=5")
        self.until_it_plays()
        program.terminate()
        status, output, _ = self.end(program)
        self.check_partial(output)
        self.assertEqual(status, 143)

    def test_a_process_that_dies(self) -> None:
        program = self.start(MANY, "--seed=5", "--processes=1")
        self.until_it_plays()
        children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
        # The first is the tracker of multiprocessing.
        os.kill(int(children[-1]), signal.SIGKILL)
        status, output, written = self.end(program)
        self.check_partial(output)
        self.assertEqual(status, 1)
        self.assertIn("netsuite blackjack: a process was killed by SIGKILL", written)

    def test_a_chunk_of_one_round(self) -> None:
        """It is done before the others, and has no error yet."""
        program = self.start(f"--rounds={CHUNK + 1}", "--processes=2", "--json")
        status, output, _ = self.end(program)
        self.assertEqual((status, json.loads(output)["rounds"]), (0, CHUNK + 1))

    def test_short_work_shows_no_bar(self) -> None:
        program = self.start("--rounds=1000", "--json", "--rules=simple", "--processes=1")
        status, output, written = self.end(program)
        self.assertEqual((status, json.loads(output)["rounds"], written), (0, 1000, ""))

    def test_wrong_usage_is_one_line(self) -> None:
        program = self.start("--rules=nosuch")
        status, output, written = self.end(program)
        self.assertEqual((status, output, written.count("\n")), (2, "", 1))
