"""Medians, quantiles and ratios, from given figures."""

from __future__ import annotations

from typing import Any

import attrs
from twisted.trial.unittest import SynchronousTestCase

from benchmarks.figures import Figures, Measurement, Summary, quantile, summarise

_FIGURES = Figures(
    requests=1000,
    seconds=1.0,
    p50=0.001,
    p99=0.002,
    longest=0.003,
    received=3000,
    connections=50,
    served=50,
    lost=0,
    errors=0,
    busy=0.5,
)


def run(peer: str, number: int = 1, workload: str = "echo", **changes: Any) -> Measurement:
    return Measurement(workload, peer, number, attrs.evolve(_FIGURES, **changes))


class QuantileTests(SynchronousTestCase):
    def test_is_one_of_the_values(self) -> None:
        values = [float(n) for n in range(100, 0, -1)]
        self.assertEqual(quantile(values, 0.99), 99.0)
        self.assertEqual(quantile(values, 0.5), 50.0)
        self.assertEqual(quantile(values, 1), 100.0)

    def test_of_few_values(self) -> None:
        self.assertEqual(quantile([7.0], 0.5), 7.0)
        self.assertEqual(quantile([1.0, 2.0], 0.5), 1.0)
        self.assertEqual(quantile([1.0, 2.0], 0.99), 2.0)

    def test_needs_values_and_a_share(self) -> None:
        for values, share in (([], 0.5), ([1.0], 0.0), ([1.0], 1.1)):
            with self.assertRaises(ValueError):
                quantile(values, share)


class SummariseTests(SynchronousTestCase):
    def summarise(self, *measurements: Measurement) -> list[Summary]:
        return summarise(measurements, "ours", ("limit", "bound"), {"ours": "ours-single"})

    def test_medians_and_ratios(self) -> None:
        summaries = self.summarise(
            *(run("ours", n, requests=r) for n, r in enumerate((900, 2000, 1000), 1)),
            *(run("limit", n, requests=r) for n, r in enumerate((4000, 4100, 100), 1)),
            *(run("other", n, requests=r, seconds=2.0) for n, r in enumerate((500, 900, 1000), 1)),
        )
        self.assertEqual([s.peer for s in summaries], ["limit", "ours", "other"])
        limit, ours, other = summaries
        self.assertEqual((ours.rate, ours.slowest, ours.fastest), (1000, 900, 2000))
        self.assertEqual((ours.to_ours, ours.to_limit), (1.0, 0.25))
        self.assertEqual((limit.to_ours, limit.to_limit), (4.0, 1.0))
        self.assertEqual((other.rate, other.to_ours), (450, 0.45))
        self.assertEqual(other.rounds, 3)

    def test_medians_of_round_trips(self) -> None:
        (summary,) = self.summarise(
            *(run("ours", n, p50=n / 10, p99=n / 5) for n in (5, 1, 2)),
        )
        self.assertEqual((summary.p50, summary.p99), (0.2, 0.4))

    def test_an_even_number_of_rounds(self) -> None:
        (summary,) = self.summarise(run("ours", 1, requests=100), run("ours", 2, requests=300))
        self.assertEqual(summary.rate, 200)

    def test_bytes_in_a_second(self) -> None:
        (summary,) = self.summarise(
            *(run("ours", n, received=100 * n, seconds=0.5) for n in (1, 5, 2)),
        )
        self.assertEqual(summary.throughput, 400)

    def test_no_reference(self) -> None:
        (summary,) = self.summarise(run("other"))
        self.assertIsNone(summary.to_ours)
        self.assertIsNone(summary.limit)
        self.assertIsNone(summary.to_limit)

    def test_each_workload_has_its_own_limit(self) -> None:
        summaries = self.summarise(
            run("ours", workload="a", requests=10),
            run("limit", workload="a", requests=40),
            run("ours", workload="b", requests=10),
            run("bound", workload="b", requests=20),
        )
        self.assertEqual(
            [(s.peer, s.limit, s.to_limit) for s in summaries],
            [
                ("limit", "limit", 1.0),
                ("ours", "limit", 0.25),
                ("bound", "bound", 1.0),
                ("ours", "bound", 0.5),
            ],
        )

    def test_a_commit_for_each_write(self) -> None:
        ours, single = self.summarise(
            *(run("ours", n, requests=r) for n, r in enumerate((600, 500, 100), 1)),
            run("ours-single", requests=100),
        )
        self.assertEqual(ours.to_single, 5.0)
        self.assertIsNone(single.to_single)

    def test_workloads_are_kept_apart(self) -> None:
        summaries = self.summarise(
            run("ours", workload="b", requests=10),
            run("ours", workload="a", requests=40),
            run("other", workload="b", requests=5),
            run("other", workload="a", requests=10),
        )
        ratios = [(s.workload, s.peer, s.to_ours) for s in summaries]
        self.assertEqual(
            ratios,
            [("b", "ours", 1.0), ("b", "other", 0.5), ("a", "ours", 1.0), ("a", "other", 0.25)],
        )

    def test_the_worst_round_counts_for_trouble(self) -> None:
        (summary,) = self.summarise(
            run("ours", 1, served=50, lost=1, errors=2), run("ours", 2, served=3, lost=4, errors=0)
        )
        self.assertEqual((summary.served, summary.connections), (3, 50))
        self.assertEqual((summary.lost, summary.errors), (5, 2))

    def test_the_generator_is_the_bottleneck_only_if_the_server_had_time(self) -> None:
        for busy, server_busy, expected in (
            (0.97, 0.5, True),
            (0.97, 0.97, False),
            (0.97, None, True),
            (0.5, 0.5, False),
            (0.5, None, False),
        ):
            measurement = attrs.evolve(run("ours", busy=busy), server_busy=server_busy)
            (summary,) = self.summarise(run("ours", busy=0.1), measurement)
            self.assertEqual(summary.generator_bound, expected, (busy, server_busy))
