"""The tables and the JSON."""

from __future__ import annotations

import io
import json

import attrs
from rich.console import Console
from twisted.trial.unittest import SynchronousTestCase

from benchmarks.figures import Measurement
from benchmarks.report import as_json, as_tables, format_time
from benchmarks.runner import Absence, Outcome, Settings

from .test_figures import run


def printed(outcome: Outcome, *caveats: str) -> str:
    file = io.StringIO()
    Console(file=file, width=110).print(as_tables(outcome, caveats))
    return file.getvalue()


def outcome(*more: Measurement) -> Outcome:
    ours = run("netsuite", workload="dialogue", requests=1000)
    limit = run("c-epoll", workload="dialogue", requests=8000)
    return Outcome([ours, limit, *more])


class FormatTimeTests(SynchronousTestCase):
    def test_three_figures_and_a_unit(self) -> None:
        for seconds, text in (
            (0.00000123, "1.23 µs"),
            (0.000377, "377 µs"),
            (0.00123, "1.23 ms"),
            (0.0944, "94.4 ms"),
            (0.0009996, "1.00 ms"),
            (0.136, "136 ms"),
            (1.5, "1.50 s"),
        ):
            self.assertEqual(format_time(seconds), text)


class TableTests(SynchronousTestCase):
    def row(self, text: str, peer: str) -> list[str]:
        (line,) = [line for line in text.splitlines() if line.startswith(f"│ {peer} ")]
        return [cell.strip() for cell in line.strip("│").split("│")]

    def test_rows(self) -> None:
        text = printed(outcome())
        self.assertEqual(
            self.row(text, "netsuite"),
            ["netsuite", "1,000", "1,000-1,000", "1.00 ms", "2.00 ms", "50/50", "1.00", "0.12"],
        )
        self.assertEqual(self.row(text, "c-epoll")[-2:], ["8.00", "1.00"])
        self.assertNotIn("*", text)

    def test_bytes(self) -> None:
        text = printed(Outcome([run("netsuite", workload="dialogue-large", received=5 * 2**21)]))
        self.assertIn("MiB/s", text)
        self.assertEqual(self.row(text, "netsuite")[2:4], ["1,000-1,000", "10"])

    def test_memory(self) -> None:
        for workload, heading in (("dialogue-idle", "KiB/idle"), ("blackjack", "KiB/player")):
            measured = attrs.evolve(run("netsuite", workload=workload), memory=1536)
            text = printed(Outcome([measured, run("gevent", workload=workload)]))
            self.assertIn(heading, text)
            self.assertEqual(self.row(text, "netsuite")[-2:], ["1.5", "1.00"])
            self.assertEqual(self.row(text, "gevent")[-2:], ["-", "1.00"])

    def test_without_a_reference(self) -> None:
        text = printed(Outcome([run("gevent", workload="clock")]))
        self.assertEqual(self.row(text, "gevent")[-2:], ["50/50", "-"])
        self.assertNotIn("÷ c-epoll", text)

    def test_another_limit(self) -> None:
        measured = [run("nginx", workload="genes-get", requests=4000)]
        text = printed(Outcome([*measured, run("netsuite", workload="genes-get", requests=1000)]))
        self.assertIn("÷ nginx", text)
        self.assertEqual(self.row(text, "netsuite")[-2:], ["1.00", "0.25"])

    def test_a_commit_for_each_write(self) -> None:
        singles = ("netsuite-single", 100), ("netsuite-pg", 900), ("netsuite-pg-single", 150)
        measured = [run(name, workload="cars-write-1", requests=n) for name, n in singles]
        ours = run("netsuite", workload="cars-write-1", requests=500)
        text = printed(Outcome([*measured, ours]))
        self.assertIn("÷ single", text)
        self.assertNotIn("÷ c-epoll", text)
        for peer, ratios in (
            ("netsuite", ["1.00", "5.00"]),
            ("netsuite-single", ["0.20", "-"]),
            ("netsuite-pg", ["1.80", "6.00"]),
            ("netsuite-pg-single", ["0.30", "-"]),
        ):
            self.assertEqual(self.row(text, peer)[-2:], ratios)

    def test_remarks(self) -> None:
        troubled = outcome(
            run("threads", workload="dialogue", busy=0.99), run("forks", workload="clock", lost=3)
        )
        troubled.left_out.append(Absence("clock", "gevent", "gevent is not installed"))
        troubled.left_out.append(Absence("upper", "gevent", "gevent is not installed"))
        for peer in ("streams", "streams-uvloop"):
            troubled.left_out.append(Absence("upper-udp", peer, "upper-udp is not offered"))
        troubled.failed.append(Absence("upper", "forks", "[wrong] reply"))
        text = printed(troubled, "it is slow")
        self.assertEqual(self.row(text, "threads")[1], "1,000*")
        for remark in (
            "* The load generator was busy",
            "Beware: it is slow.",
            "clock, forks: 3 datagrams lost, 0 errors.",
            "Left out: gevent (clock, upper): gevent is not installed",
            "Left out: streams, streams-uvloop (upper-udp): upper-udp is not offered",
            "FAILED: forks (upper): [wrong] reply",
        ):
            self.assertIn(remark, text)


class JsonTests(SynchronousTestCase):
    def test_everything_is_there(self) -> None:
        given = outcome()
        given.left_out.append(Absence("clock", "gevent", "gevent is not installed"))
        settings = Settings(rounds=1, seconds=2.0)
        machine: dict[str, object] = {"cpu": "abacus"}
        content = json.loads(json.dumps(as_json(given, settings, machine, ["it is slow"])))
        self.assertEqual(content["machine"], machine)
        self.assertEqual(content["caveats"], ["it is slow"])
        self.assertEqual(content["settings"]["seconds"], 2.0)
        self.assertEqual(content["workloads"]["dialogue"]["connections"], 50)
        self.assertEqual(content["workloads"]["dialogue"]["request_size"], 3)
        self.assertEqual([s["peer"] for s in content["summaries"]], ["c-epoll", "netsuite"])
        self.assertEqual(content["summaries"][1]["to_limit"], 0.125)
        self.assertEqual(content["measurements"], [attrs.asdict(m) for m in given.measurements])
        self.assertEqual(content["left_out"][0]["reason"], "gevent is not installed")
