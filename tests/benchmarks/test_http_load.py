"""The load generators' HTTP: right responses count, however they come, and wrong ones are found."""

from __future__ import annotations

import contextlib
import itertools
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.figures import Figures
from benchmarks.gene_requests import Exchange
from benchmarks.generator import Generator, choose_generator
from benchmarks.genes import GeneData
from benchmarks.http import request
from benchmarks.processes import ProgramError, server
from benchmarks.roster import PEERS
from benchmarks.toolchain import Toolchain, UnavailableError
from benchmarks.workloads import WORKLOADS, Workload

from .folders import temporary_folder
from .genes import some_genes

_BODY = b'{"gene": []}'
_REQUEST = request("GET", "/")
_SIZED = b"HTTP/1.1 200 OK\r\nServer: test\r\ncontent-length: 12\r\n\r\n" + _BODY
_CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'1\r\n{\r\nA;x=y\r\n"gene": []\r\n1\r\n}\r\n0\r\n\r\n'
)


@contextlib.contextmanager
def answering(*responses: bytes, cut: bool = False, leaves: bool = False) -> Iterator[int]:
    """Give the same responses on each connection, in turn, over and over.

    :param cut: whether each comes in two pieces, cut at another byte each time.
    :param leaves: whether a connection ends with its first response.
    :returns: the port.
    """
    cuts = itertools.count()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(ConnectionError):
                for response in itertools.cycle(responses):
                    if not self.request.recv(65536):
                        return
                    at = next(cuts) % len(response) if cut else 0
                    for piece in filter(None, (response[:at], response[at:])):
                        self.request.sendall(piece)
                    if leaves:
                        return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=[0.01])
        thread.start()
        try:
            yield running.server_address[1]
        finally:
            running.shutdown()
            thread.join()


def _asking(data: object, dialect: object) -> list[Exchange]:
    return [Exchange(_REQUEST, _BODY)]


class _HTTPTests:
    """What must hold for either generator."""

    def setUp(self) -> None:
        test = self._test()
        self.folder = temporary_folder(test)
        self.toolchain = Toolchain(self.folder)
        self.generator = self.choose()

    def _test(self) -> SynchronousTestCase:
        assert isinstance(self, SynchronousTestCase)
        return self

    def choose(self) -> Generator:
        raise NotImplementedError

    def measure(self, port: int, workload: Workload | None = None) -> Figures:
        if workload is None:
            workload = Workload(
                name="", summary="", service="", mode="http", connections=3, exchanges=_asking
            ).prepared(GeneData(self.folder), port)
        return self.generator.measure(workload, port, warmup=0.05, seconds=0.3, folder=self.folder)

    def complaint(self, *responses: bytes, leaves: bool = False) -> str:
        with answering(*responses, leaves=leaves) as port:
            return str(self._test().assertRaises(ProgramError, self.measure, port))

    def test_every_workload(self) -> None:
        """With the one that closes connections, and with the one that sends chunks."""
        test = self._test()
        data = some_genes(self.folder)
        for name, workload in itertools.product(("flask", "klein"), WORKLOADS.values()):
            if workload.exchanges is None:
                continue
            try:
                command = PEERS[name].command(workload.service, self.toolchain)
            except UnavailableError as reason:
                raise SkipTest(str(reason)) from None
            place = Path(temporary_folder(test))
            with server([*command, "--data", str(self.folder)], place) as running:
                prepared = workload.prepared(data, running.port)
                figures = self.measure(running.port, prepared)
            test.assertGreater(figures.requests, 0)
            test.assertTrue(0 < figures.p50 <= figures.p99 <= figures.longest, figures)
            test.assertEqual(figures.connections, workload.connections)
            test.assertEqual((figures.lost, figures.errors), (0, 0))

    def test_cut_at_every_byte(self) -> None:
        for responses in ((_SIZED,), (_CHUNKED,), (_CHUNKED, _SIZED)):
            with answering(*responses, cut=True) as port:
                figures = self.measure(port)
            self._test().assertGreater(figures.requests, 0)
            self._test().assertEqual(figures.received, figures.requests * len(_BODY))
            self._test().assertEqual((figures.served, figures.errors), (3, 0))

    def test_an_announced_end(self) -> None:
        for response in (_SIZED, _CHUNKED):
            last = response.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")
            with answering(last, leaves=True) as port:
                figures = self.measure(port)
            self._test().assertGreater(figures.requests, 3)
            self._test().assertEqual((figures.served, figures.errors), (3, 0))

    def test_an_end_without_a_word(self) -> None:
        self._test().assertIn("no reply came", self.complaint(_SIZED, leaves=True))

    def test_a_wrong_response(self) -> None:
        for wrong in (
            _SIZED.replace(b"200 OK", b"404 Not Found"),
            _SIZED.replace(b"gene", b"jean"),
            _SIZED.replace(b"12", b"13") + b" ",
            _SIZED.replace(b"content-length", b"content-size"),
            _CHUNKED.replace(b"gene", b"jean"),
            _CHUNKED.replace(b"1\r\n}\r\n", b""),
            _CHUNKED.replace(b"0\r\n\r\n", b"1\r\n \r\n0\r\n\r\n"),
            _CHUNKED.replace(b"A;x=y", b"x"),
            b"SSH-2.0-test\r\n\r\n",
        ):
            # The second one; the first time all is well.
            self._test().assertIn("wrong reply", self.complaint(_SIZED, wrong), wrong)

    def test_more_than_was_asked_for(self) -> None:
        complaint = self.complaint(_SIZED + b"HTTP/1.1")
        self._test().assertRegex(complaint, "wrong reply|more bytes")

    def test_files_that_do_not_fit(self) -> None:
        for requests, records in ((b"\0\0\0\1a\0\0\0\1b", 1), (b"\0\0\0\1a\0\0\0\2b", 2)):
            workload = Workload(
                name="", summary="", service="", mode="http", connections=1,
                request=requests, reply=b"\0\0\0\1a" * records, records=records,
            )  # fmt: skip
            error = self._test().assertRaises(ProgramError, self.measure, 1, workload)
            self._test().assertIn("--records", str(error))


class CHTTPTests(_HTTPTests, SynchronousTestCase):
    def choose(self) -> Generator:
        generator = choose_generator(self.toolchain)
        if generator.caveat is not None:
            raise SkipTest(generator.caveat)
        return generator


class PythonHTTPTests(_HTTPTests, SynchronousTestCase):
    def choose(self) -> Generator:
        return Generator((sys.executable, "-m", "benchmarks.load"))
