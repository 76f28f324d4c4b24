"""What cannot run here is left out, with a reason."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.roster import LIMITS, OURS, PEERS, SINGLES, Peer
from benchmarks.toolchain import Toolchain, UnavailableError, find_compiler
from benchmarks.workloads import WORKLOADS

from .folders import temporary_folder


class RosterTests(SynchronousTestCase):
    def reason(self, peer: Peer, service: str = "dialogue") -> str:
        toolchain = Toolchain(temporary_folder(self))
        return str(self.assertRaises(UnavailableError, peer.command, service, toolchain))

    def test_the_references_offer_everything(self) -> None:
        services = {workload.service for workload in WORKLOADS.values()}
        self.assertEqual(PEERS[OURS].services, services)
        # What is written is kept, and that has no limit but the disk's; a game has none, nor has
        # TLS.
        limits = [PEERS[name].services for name in LIMITS]
        others = {"cars", "genes", "blackjack", "dialogue-tls"}
        self.assertEqual(frozenset.union(*limits), services - others)
        self.assertEqual(frozenset.intersection(*limits), frozenset())

    def test_who_shares_commits_is_compared_with_its_like(self) -> None:
        for name, single in SINGLES.items():
            self.assertEqual(PEERS[single].database, PEERS[name].database)
            self.assertNotEqual(PEERS[single].program, PEERS[name].program)

    def test_a_module_is_missing(self) -> None:
        peer = Peer("some", "", "threads.py", needs=("no_such_module",))
        self.assertEqual(self.reason(peer), "no_such_module is not installed")

    def test_a_program_is_missing(self) -> None:
        peer = Peer("some", "", "threads.py", runs="no-such-program")
        self.assertEqual(self.reason(peer), "no-such-program is not installed")

    def test_a_service_is_not_offered(self) -> None:
        self.assertEqual(self.reason(PEERS["streams"], "upper-udp"), "upper-udp is not offered")

    def test_no_compiler(self) -> None:
        self.patch(os, "environ", {**os.environ, "CC": "no-such-compiler"})
        self.assertIn("no-such-compiler was not found", self.reason(PEERS["c-epoll"]))


class ToolchainTests(SynchronousTestCase):
    def test_what_does_not_compile(self) -> None:
        try:
            find_compiler()
        except UnavailableError as reason:
            self.skipTest(str(reason))
        folder = temporary_folder(self)
        source = folder / "broken.c"
        source.write_text("this is not C\n")
        error = self.assertRaises(UnavailableError, Toolchain(folder).build, source)
        self.assertIn("broken.c does not compile here", str(error))
