from __future__ import annotations

import json
import math
import random
import resource
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.clock import QUESTION, ask, simulate
from netsuite.client.crowd import allow_connections
from netsuite.client.figures import Durations, Figures
from netsuite.client.problems import ClientError
from tests.client.support import (
    NetworkTestCase,
    Piecemeal,
    Printed,
    Running,
    netsuite,
    reactor,
    target,
)

TIME = b"Sun Apr  4 18:16:14 2010"


def tell(transport: Any, data: bytes) -> None:
    transport.write(TIME * (len(data) // 25))


class AskTests(NetworkTestCase):
    def test_question(self) -> None:
        self.assertEqual(QUESTION, b"What is the time?        ")

    async def test_once_a_byte_at_a_time(self) -> None:
        heard: list[bytes] = []

        def answer(data: bytes) -> bytes:
            heard.append(data)
            return TIME

        output = Printed()
        port = self.serve_protocol(lambda: Piecemeal(answer))
        self.assertEqual(await ask(reactor, target(port), output, 5), 0)
        self.assertEqual((heard, output.bytes), ([QUESTION], TIME + b"\n"))

    async def test_follow(self) -> None:
        output = Printed()
        status = await ask(reactor, target(self.serve(tell)), output, 5, (0.01, 0.02), 1)
        lines = output.bytes.splitlines()
        self.assertEqual((status, set(lines)), (0, {TIME}))
        self.assertGreater(len(lines), 3)

    async def test_short_answer(self) -> None:
        def short(transport: Any, _data: bytes) -> None:
            transport.write(TIME[:-1])
            transport.loseConnection()

        with self.assertRaises(ClientError) as caught:
            await ask(reactor, target(self.serve(short)), Printed(), 5)
        self.assertIn("in the middle of an answer", str(caught.exception))

    async def test_command(self) -> None:
        port = str(self.serve(tell))
        self.assertEqual(await netsuite("clock", "--port", port), (TIME + b"\n", b"", 0))
        out, err, status = await netsuite(
            "clock", "--follow", "--pause=0.01-0.02", "--duration=0.2", "--port", port
        )
        self.assertEqual((err, status, set(out.splitlines())), (b"", 0, {TIME}))


class CrowdTests(NetworkTestCase):
    async def simulate(self, port: int, clients: int, **settings: Any) -> tuple[int, Any]:
        output = Printed()
        defaults: dict[str, Any] = {
            "timeout": 5,
            "pauses": None,
            "duration": None,
            "as_json": True,
        }
        status = await simulate(
            reactor, target(port), output, clients=clients, **{**defaults, **settings}
        )
        return status, json.loads(output.bytes)

    async def test_each_asks_once(self) -> None:
        peers = set()

        def answer(transport: Any, data: bytes) -> None:
            peers.add(transport.getPeer().port)
            tell(transport, data)

        status, figures = await self.simulate(self.serve(answer), 300)
        self.assertEqual(status, 0)
        self.assertEqual(len(peers), 300)
        times = figures.pop("answer_seconds")
        self.assertLessEqual(times["median"], times["p99"])
        self.assertLessEqual(times["p99"], times["max"])
        self.assertEqual(
            figures,
            {"clients": 300, "connected": 300, "requests": 300, "answers": 300, "failures": {}},
        )

    async def test_follow_until_the_time_is_up(self) -> None:
        status, figures = await self.simulate(self.serve(tell), 20, pauses=(0.01, 0.02), duration=1)
        self.assertEqual((status, figures["failures"], figures["connected"]), (0, {}, 20))
        self.assertGreater(figures["answers"], 20)

    async def test_failures_are_counted(self) -> None:
        served = 0

        def answer(transport: Any, data: bytes) -> None:
            nonlocal served
            served += 1
            if served % 2:
                tell(transport, data)
            else:
                transport.loseConnection()

        port = self.serve(answer)
        status, figures = await self.simulate(port, 10)
        self.assertEqual((status, figures["answers"]), (1, 5))
        self.assertEqual(
            figures["failures"],
            {f"tcp:127.0.0.1:{port} closed the connection before an answer": 5},
        )

    async def test_nobody_there(self) -> None:
        with self.assertRaises(ClientError):
            await self.simulate(await self.closed_port(), 10)

    async def test_cancelled(self) -> None:
        """Ctrl-C ends the crowd, with a summary and no connection left open."""
        output = Printed()
        everybody: Deferred[None] = Deferred()
        asked = 0

        def answer(transport: Any, data: bytes) -> None:
            nonlocal asked
            asked += 1
            tell(transport, data)
            if asked == 5:
                reactor.callLater(0.05, everybody.callback, None)

        running = Deferred.fromCoroutine(
            simulate(
                reactor,
                target(self.serve(answer)),
                output,
                clients=5,
                timeout=5,
                pauses=(60, 60),
                duration=None,
                as_json=False,
            )
        )
        await everybody
        running.cancel()
        self.assertEqual(await running, 0)
        self.assertIn(b"5 of 5 clients connected, 5 requests, 5 answers", output.bytes)

    async def test_command(self) -> None:
        port = str(self.serve(tell))
        out, err, status = await netsuite("clock", "--clients", "50", "--port", port)
        self.assertEqual((err, status), (b"", 0))
        self.assertRegex(
            out.decode(),
            r"^\d+ s: 50 of 50 clients connected, 50 requests, 50 answers, answer time median "
            r"[\d.]+ ms, p99 [\d.]+ ms, longest [\d.]+ m?s, 0 failures\n$",
        )

    async def test_interrupt(self) -> None:
        client = Running.start(
            "clock", "--follow", "--clients=3", "--pause=0.01", "--port", str(self.serve(tell))
        )
        await client.until(b"clients connected")  # the first line comes after five seconds
        self.assertNotIn(b"\x1b", client.out[1])
        transport: Any = client.transport
        transport.signalProcess("INT")
        self.assertEqual(await client.ended, 130)
        self.assertEqual(client.out[2], b"")
        self.assertIn(b"3 of 3 clients connected", client.out[1].splitlines()[-1])


class LimitTests(SynchronousTestCase):
    def test_limit_is_raised(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        allow_connections(100)
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (256, hard))
        allow_connections(300)
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (hard, hard))

    def test_too_many(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard == resource.RLIM_INFINITY:
            return
        with self.assertRaises(ClientError) as caught:
            allow_connections(hard)
        self.assertIn("open files", str(caught.exception))


class DurationsTests(SynchronousTestCase):
    def test_percentiles(self) -> None:
        random.seed(1)
        durations = Durations()
        true = sorted(random.lognormvariate(-5, 2) for _ in range(10_000))
        for seconds in true:
            durations.add(seconds)
        for percent in (1, 50, 99):
            exact = true[math.ceil(percent / 100 * len(true)) - 1]
            self.assertLess(abs(durations.percentile(percent) / exact - 1), 0.011)
        self.assertEqual(durations.longest, true[-1])
        self.assertLessEqual(durations.percentile(100), true[-1])

    def test_edges(self) -> None:
        durations = Durations()
        self.assertEqual(durations.percentile(50), 0)
        durations.add(0)
        self.assertEqual(durations.percentile(50), 0)

    def test_no_answer_yet(self) -> None:
        figures = Figures(5)
        self.assertIn("median none yet", figures.line())
        self.assertIn(("answer time, p99", "none yet"), figures.rows())
        self.assertIsNone(dict(figures.to_json()["answer_seconds"])["p99"])  # type: ignore[call-overload]  # a dict
