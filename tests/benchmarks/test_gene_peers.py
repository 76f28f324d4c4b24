"""Every gene service that can run here gives the same answers."""

from __future__ import annotations

import contextlib
import json

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.gene_requests import Dialect
from benchmarks.peers.services import GENES, GENES_READ
from benchmarks.processes import ProgramError, server
from benchmarks.roster import PEERS, Peer
from benchmarks.toolchain import Toolchain, UnavailableError
from benchmarks.workloads import WORKLOADS

from .folders import temporary_folder
from .genes import some_genes

_WORKLOADS = [workload for workload in WORKLOADS.values() if workload.exchanges is not None]


class GenePeerTests(SynchronousTestCase):
    """A test for each peer, added below."""

    def check(self, peer: Peer) -> None:
        folder = temporary_folder(self)
        data = some_genes(folder)
        try:
            commands = {
                service: [*peer.command(service, Toolchain(folder)), "--data", str(folder)]
                for service in sorted(peer.services & {GENES, GENES_READ})
            }
        except UnavailableError as reason:
            raise SkipTest(str(reason)) from None
        for service, command in commands.items():
            place = folder / service
            place.mkdir()
            with server(command, place) as running:
                # What it finds out is whether the answers are right.
                for workload in _WORKLOADS:
                    if workload.service == service:
                        prepared = workload.prepared(data, running.port)
                        self.assertGreater(prepared.records, 0, workload.name)
                with contextlib.closing(Dialect(running.port)) as dialect:
                    error = self.assertRaises(ProgramError, dialect.ask, "/genedb/gene/none")
                    self.assertIn(": 404 ", str(error))
                    if service == GENES:
                        self.check_changes(dialect, data.genes[-1].record)

    def check_changes(self, dialect: Dialect, record: dict[str, str]) -> None:
        """What has been changed is answered and found from then on."""
        target = f"/genedb/gene/{record['id']}"
        for changes in ({"name": "quokka"}, {"symbol": "WALLABY"}):
            record = {**record, **changes}
            body, _ = dialect.ask(target, "PUT", json.dumps(changes).encode())
            self.assertEqual(json.loads(body), {"gene": record})
        self.assertEqual(json.loads(dialect.ask(target)[0]), {"gene": [record]})
        for query in ("quok", "wallaby"):
            body, _ = dialect.ask(f"/genedb/gene?q={query}")
            self.assertEqual(json.loads(body), {"genes": [record]})


def _test_of(peer: Peer) -> object:
    def test(self: GenePeerTests) -> None:
        self.check(peer)

    return test


for _peer in PEERS.values():
    if GENES_READ in _peer.services:
        setattr(GenePeerTests, f"test_{_peer.name.replace('-', '_')}", _test_of(_peer))
