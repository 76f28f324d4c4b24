"""The load generators' figures hold together, and a server's faults are found."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.figures import Figures
from benchmarks.generator import Generator, choose_generator
from benchmarks.processes import ProgramError, Server, server
from benchmarks.roster import PEERS
from benchmarks.toolchain import Toolchain
from benchmarks.workloads import WORKLOADS, Mode, Workload

from .folders import temporary_folder
from .test_http_load import answering


class _GeneratorTests:
    """What must hold for either generator, against a peer that either machine can run."""

    peer: str

    def setUp(self) -> None:
        test = self._test()
        self.folder = temporary_folder(test)
        self.toolchain = Toolchain(self.folder)
        self.begun = 0

    def _test(self) -> SynchronousTestCase:
        assert isinstance(self, SynchronousTestCase)
        return self

    def choose(self, mode: Mode) -> Generator:
        raise NotImplementedError

    def begin(self) -> None:
        self.begun += 1

    @contextlib.contextmanager
    def serving(self, service: str) -> Iterator[Server]:
        others = {"cars": "seed", "dialogue-tls": "asyncio"}
        peer = PEERS[others.get(service, self.peer)]
        command = peer.command(service, self.toolchain)
        with (
            tempfile.TemporaryDirectory() as folder,
            server(command, Path(folder)) as running,
        ):
            yield running

    def measure(self, workload: Workload) -> Figures:
        with self.serving(workload.service) as running:
            return self.measure_port(workload, running.port)

    def measure_port(self, workload: Workload, port: int) -> Figures:
        return self.choose(workload.mode).measure(
            workload, port, warmup=0.05, seconds=0.3, folder=self.folder, begun=self.begin
        )

    def test_every_workload(self) -> None:
        for workload in WORKLOADS.values():
            # test_http_load and test_blackjack have two of these.
            if workload.mode not in ("http", "tls", "play"):
                self.check(workload)

    def test_over_tls(self) -> None:
        self.check(WORKLOADS["dialogue-tls"])
        # More than a record of TLS holds, and than is taken of a connection at once.
        self.check(attrs.evolve(WORKLOADS["dialogue-tls"], depth=100))
        message = b"x" * 60_000 + b"\0"
        self.check(attrs.evolve(WORKLOADS["dialogue-tls"], request=message, reply=message))

    def check(self, workload: Workload) -> None:
        test = self._test()
        workload = attrs.evolve(workload, idle=min(workload.idle, 300))
        self.begun = 0
        if workload.service == "cars":
            # Its threads would not all have their turn in so short a time.
            workload = attrs.evolve(workload, connections=min(workload.connections, 16))
        figures = self.measure(workload)
        test.assertGreater(figures.requests, workload.connections, workload.name)
        test.assertGreaterEqual(figures.seconds, 0.3)
        test.assertLess(figures.seconds, 3)
        test.assertTrue(0 < figures.p50 <= figures.p99 <= figures.longest, figures)
        # No more requests can have been under way than there are clients, each with `depth`;
        # half of the requests took at least the median.
        in_flight = workload.connections * workload.depth
        least = figures.requests / 2 * figures.p50
        test.assertLess(least, (figures.seconds + figures.longest) * in_flight * 1.02)
        # At both ends of the measurement a reply may be half there.
        size = len(workload.reply) // workload.records
        test.assertApproximates(figures.received, figures.requests * size, in_flight * size)
        test.assertEqual(figures.served, figures.connections)
        test.assertEqual((figures.lost, figures.errors), (0, 0))
        test.assertTrue(0 < figures.busy < 1.5, figures)
        test.assertEqual(self.begun, 1)

    def test_idle_connections(self) -> None:
        """They are watched, even where the others are enough."""
        workload = attrs.evolve(WORKLOADS["dialogue-idle"], idle=5)
        for response, leaves, complaint in (
            (b"hi\0", True, "an idle connection was lost"),
            (b"ho\0", False, "wrong reply"),
            (b"hi\0hi\0", False, "more bytes came than were asked for"),
        ):
            with answering(response, leaves=leaves) as port:
                error = self._test().assertRaises(ProgramError, self.measure_port, workload, port)
            self._test().assertIn(complaint, str(error))

    def test_a_wrong_reply(self) -> None:
        for name, wrong in (("dialogue", b"ho\0"), ("clock", b"??? ??? ?? ??-??-?? ????")):
            workload = attrs.evolve(WORKLOADS[name], reply=wrong)
            error = self._test().assertRaises(ProgramError, self.measure, workload)
            self._test().assertIn("wrong reply", str(error))

    def cars(self, name: str, count: int, **changes: Any) -> Workload:
        """Return a workload with the first few cars only."""
        workload = WORKLOADS[name]
        share = workload.records // count
        return attrs.evolve(
            workload,
            request=workload.request[: len(workload.request) // share],
            reply=workload.reply[: len(workload.reply) // share],
            records=count,
            connections=3,
            **changes,
        )

    def test_clients_have_their_own_requests(self) -> None:
        """Each takes its cars in turn and again, with a mileage that grows beyond a byte."""
        for count in (4, 5):
            figures = self.measure(self.cars("cars-write-1", count))
            self._test().assertGreater(figures.requests, 300)
            self._test().assertEqual(figures.served, 3)

    def test_a_counter_that_stands_still(self) -> None:
        workload = self.cars("cars-write-1", 5, counter=None)
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("wrong reply", str(error))

    def test_the_reply_to_another_request(self) -> None:
        workload = self.cars("cars-lookup", 5)
        size = len(workload.reply) // 5
        moved = workload.reply[size:] + workload.reply[:size]
        workload = attrs.evolve(workload, reply=moved)
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("wrong reply", str(error))

    def test_too_few_requests(self) -> None:
        workload = self.cars("cars-write-1", 2)
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("a request of its own for each client", str(error))
        workload = attrs.evolve(WORKLOADS["dialogue"], records=2)
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("--records", str(error))

    def test_a_silent_server(self) -> None:
        workload = attrs.evolve(WORKLOADS["dialogue"], request=b"no zero byte")
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("no reply came", str(error))

    def test_lost_datagrams(self) -> None:
        """A socket that nobody reads: all is lost, and nothing hangs."""
        workload = attrs.evolve(WORKLOADS["upper-udp"], service="dialogue")
        error = self._test().assertRaises(ProgramError, self.measure, workload)
        self._test().assertIn("no reply came", str(error))


class CGeneratorTests(_GeneratorTests, SynchronousTestCase):
    peer = "c-epoll"

    def choose(self, mode: Mode) -> Generator:
        generator = choose_generator(self.toolchain, mode)
        if generator.caveat is not None:
            raise SkipTest(generator.caveat)
        return generator

    def test_a_large_message(self) -> None:
        """One that no single send or receive carries."""
        message = b"x" * 60_000 + b"\0"
        workload = attrs.evolve(
            WORKLOADS["dialogue-pipelined"], request=message, reply=message, connections=4
        )
        figures = self.measure(workload)
        self.assertGreater(figures.requests, 4)
        self.assertEqual(figures.errors, 0)


class PythonGeneratorTests(_GeneratorTests, SynchronousTestCase):
    peer = "asyncio"

    def choose(self, mode: Mode) -> Generator:
        return Generator((sys.executable, "-m", "benchmarks.load"))


class FallbackTests(SynchronousTestCase):
    def test_without_a_compiler(self) -> None:
        self.patch(os, "environ", {**os.environ, "CC": "no-such-compiler"})
        generator = choose_generator(Toolchain(temporary_folder(self)))
        self.assertIn("benchmarks.load", generator.command)
        assert generator.caveat is not None
        self.assertIn("no-such-compiler was not found", generator.caveat)
        self.assertIn("bottleneck", generator.caveat)
