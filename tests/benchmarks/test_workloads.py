"""What the workloads are made of, and what this machine makes of them."""

from __future__ import annotations

import math

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.workloads import WORKLOADS


class IdleTests(SynchronousTestCase):
    def test_as_many_as_files_allow(self) -> None:
        workload = WORKLOADS["dialogue-idle"]
        for files, idle in ((math.inf, 10_000), (10_250, 10_000), (1024, 774), (100, 0)):
            self.assertEqual(workload.within(files).idle, idle)
        self.assertEqual(WORKLOADS["dialogue"].within(100), WORKLOADS["dialogue"])

    def test_crowds(self) -> None:
        crowds = {workload.name: workload.crowd for workload in WORKLOADS.values()}
        self.assertEqual(
            {name: crowd for name, crowd in crowds.items() if crowd},
            {
                "dialogue-idle": 10_000,
                "blackjack": 1000,
                "blackjack-thinking": 1000,
                "blackjack-9000": 9000,
            },
        )
