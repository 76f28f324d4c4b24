"""Some services run as one process: the ready file, the line ``ready``, starting and stopping.

What prints, or takes over signals, runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from twisted.application.service import IService
from twisted.internet.protocol import Protocol, ServerFactory
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactor
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.serving.options import ServiceOptions
from netsuite.serving.service import CannotStart, ListeningService
from netsuite.serving.suite import ReadyFile, Suite, alone
from tests.end_to_end.daemon import run, twistd

CHECKOUT = Path(__file__).parents[2]

#: A program that runs a suite of two services, and tells what it sees from inside.
PROGRAM = """
import io, json, sys
from pathlib import Path
from twisted.internet import reactor
from twisted.internet.protocol import Protocol, ServerFactory
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite

seen = {}
ready_file = Path("ready.json")

def service(name, *endpoints):
    factory = ServerFactory.forProtocol(Protocol)
    return ListeningService(Connections(name, Limits()), endpoints, factory)

here = "tcp:0:interface=127.0.0.1"
suite = Suite([service("one", here, here), service("other", here)], ready_file=ready_file)

def look():
    seen["file"] = json.loads(ready_file.read_text())
    seen["addresses"] = {each.name: each.addresses for each in suite}
    seen["folder"] = sorted(path.name for path in Path().iterdir())
    stop()

def stop():
    reactor.stop()

def start():
    suite.privilegedStartService()
    suite.startService()
    seen["early"] = ready_file.exists()
    reactor.addSystemEventTrigger("before", "shutdown", suite.stopService)
    reactor.callWhenRunning(look)
    reactor.run()
    seen["late"] = ready_file.exists()
"""


def service(name: str, *endpoints: str) -> ListeningService:
    factory = ServerFactory.forProtocol(Protocol)
    factory.noisy = False
    return ListeningService(Connections(name, Limits(), reactor=Clock()), endpoints, factory)


class ReadyFileTests(TestCase):
    """Where the services listen, for programs."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path = self.folder / "ready.json"

    def test_content(self) -> None:
        services = [service("one", *["tcp:0:interface=127.0.0.1"] * 2), service("other")]
        for each in services:
            each.privilegedStartService()
            self.addCleanup(each.stopService)
        ready_file = ReadyFile(self.path)
        ready_file.write(services)
        self.assertFalse(self.path.exists())
        ready_file.publish()
        written = json.loads(self.path.read_text())
        self.assertEqual(written, {"one": services[0].addresses, "other": []})
        self.assertEqual(list(written), ["one", "other"])
        self.assertEqual(len(written["one"]), 2)
        self.assertTrue(self.path.read_text().endswith("}\n"))

    def test_it_is_moved_into_place(self) -> None:
        """Whoever has the old file open keeps it whole, and nothing else is left behind."""
        self.path.write_text("old")
        with self.path.open() as old:
            ready_file = ReadyFile(self.path)
            ready_file.write([service("one")])
            ready_file.publish()
            self.assertEqual(old.read(), "old")
            self.assertNotEqual(os.fstat(old.fileno()).st_ino, self.path.stat().st_ino)
        self.assertEqual(json.loads(self.path.read_text()), {"one": []})
        self.assertEqual(list(self.folder.iterdir()), [self.path])

    def test_a_stop_before_it_is_in_place(self) -> None:
        ready_file = ReadyFile(self.path)
        ready_file.remove()
        ready_file.write([])
        ready_file.remove()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_where_it_cannot_be_written(self) -> None:
        """A clear error at the start; it would otherwise run on and never say ``ready``."""
        for name in ("nowhere/ready.json", ".", "/"):
            command = twistd("-n", "dialogue", "--ephemeral", "--ready-file", name)
            ended = run(["timeout", "10", *command], self.folder)
            text = (ended.stdout + ended.stderr).decode()
            self.assertEqual(ended.returncode, 1, text)
            self.assertNotIn("Traceback", text)
            self.assertIn("--ready-file", text)


class ProcessTests(SynchronousTestCase):
    """A suite that runs."""

    def run_program(self, rest: str) -> str:
        folder = Path(self.mktemp())
        folder.mkdir()
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM + rest],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(ended.stderr, "")
        return ended.stdout

    def test_from_start_to_stop(self) -> None:
        ready, seen_text = self.run_program(
            "start()\nprint(json.dumps(seen))",
        ).splitlines()
        seen = json.loads(seen_text)
        self.assertEqual(ready, "ready")
        self.assertEqual(seen["file"], seen["addresses"])
        self.assertEqual([len(each) for each in seen["file"].values()], [2, 1])
        self.assertEqual(seen["folder"], ["ready.json"])
        self.assertEqual((seen["early"], seen["late"]), (False, False))

    def test_ready_is_printed_where_twistd_does_not_log(self) -> None:
        printed = self.run_program("sys.stdout = sys.stderr = io.StringIO()\nstart()")
        self.assertEqual(printed, "ready\n")

    def test_a_daemon_without_standard_output(self) -> None:
        self.assertEqual(self.run_program("sys.__stdout__ = None\nstart()"), "")

    def test_a_ready_file_that_somebody_removed(self) -> None:
        printed = self.run_program(
            "def stop():\n    ready_file.unlink()\n    reactor.stop()\nstart()"
        )
        self.assertEqual(printed, "ready\n")

    def test_a_second_signal_while_it_stops(self) -> None:
        """Two at once: the second asks for haste, and that is all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            printed = self.run_program(
                "import os\n"
                "def stop():\n"
                f"    for _ in range(2):\n        os.kill(os.getpid(), {int(number)})\n"
                "start()\nassert not seen['late']"
            )
            self.assertEqual(printed, "ready\n")


class SuiteTests(SynchronousTestCase):
    """The suite as twistd knows it, before it runs."""

    def test_services(self) -> None:
        services = [service("one"), service("other")]
        suite = Suite(services, reactor=MemoryReactor())
        self.assertEqual(list(suite), services)
        self.assertIs(suite.getServiceNamed("other"), services[1])
        self.assertTrue(IService.providedBy(suite))

    def test_one_that_cannot_start(self) -> None:
        suite = Suite([service("one", "tpc:0")], reactor=MemoryReactor())
        self.assertRaises(CannotStart, suite.privilegedStartService)

    def test_alone(self) -> None:
        class Options(ServiceOptions):
            service = "clock"

        made: list[Options] = []

        def make(options: Options) -> ListeningService:
            made.append(options)
            return service("clock")

        options = Options()
        options.parseOptions([])
        suite = alone(make)(options)
        self.assertIsInstance(suite, Suite)
        assert isinstance(suite, Suite)
        self.assertEqual([each.name for each in suite], ["clock"])
        self.assertEqual(made, [options])
        self.assertRaises(usage.UsageError, options.parseOptions, ["--only=clock"])
