"""Every peer that can run here answers as the service it claims to be."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from benchmarks.cars import CARS, frame
from benchmarks.database import Database
from benchmarks.peers.certificate import NAME
from benchmarks.peers.services import DIALOGUE_IDLE, DIALOGUE_LARGE, DIALOGUE_TLS, LARGE_LIMIT
from benchmarks.processes import ProgramError, child, server
from benchmarks.roster import PEERS, Peer
from benchmarks.toolchain import Toolchain, UnavailableError

from .folders import temporary_folder
from .processes import DEADLINE, children, is_alive, wait_until

#: What a registry is asked, and what it must answer, however often.
_CARS = {
    ("GET_CAR_DETAILS", CARS[1].license): (True, *CARS[1][1:]),
    ("GET_CAR_DETAILS", "none"): (False, "This license is not registered"),
    ("CHANGE_MILEAGE", CARS[0].license, -1): (False, "Cannot set a negative mileage"),
    ("CHANGE_MILEAGE", CARS[0].license, 1): (False, "Cannot wind the odometer back"),
    ("CHANGE_MILEAGE", "none", 1): (False, "This license is not registered"),
}

#: What each service is sent, as one piece, and what it must answer.
CONVERSATIONS = {
    "dialogue": (b"hi\0nuqneH?\0time\0", rb"hi\0Qapla'!\0\d\d:\d\d:\d\d\0"),
    DIALOGUE_LARGE: (
        b"hi\0" + b"x" * LARGE_LIMIT + b"\0hi\0",
        rb"hi\0x{%d}\0hi\0" % LARGE_LIMIT,
    ),
    DIALOGUE_IDLE: (b"hi\0", rb"hi\0"),
    DIALOGUE_TLS: (b"hi\0nuqneH?\0", rb"hi\0Qapla'!\0"),
    "clock": (
        b"What is the time?".ljust(25) * 2,
        rb"(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}){2}",
    ),
    "upper": (b"hello\r\nw\xc3\xb6rld 1\r\n", rb"HELLO\r\nW\xc3\xb6RLD 1\r\n"),
    "upper-udp": (b"hello w\xc3\xb6rld", rb"HELLO W\xc3\xb6RLD"),
    "cars": (
        b"".join(map(frame, _CARS)),
        b"".join([re.escape(frame(reply)) for reply in _CARS.values()]),
    ),
}


def converse(service: str, port: int, request: bytes, pattern: bytes) -> bytes:
    """Return what came, once it matches, or all that came."""
    kind = socket.SOCK_DGRAM if service == "upper-udp" else socket.SOCK_STREAM
    got = b""
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(socket.socket(socket.AF_INET, kind))
        client.settimeout(DEADLINE)
        client.connect(("127.0.0.1", port))
        if service == DIALOGUE_TLS:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client = stack.enter_context(context.wrap_socket(client, server_hostname=NAME))
        client.sendall(request)
        with contextlib.suppress(TimeoutError):
            while not re.fullmatch(pattern, got):
                data = client.recv(65536)
                if not data:
                    break
                got += data
    return got


class PeerTests(SynchronousTestCase):
    """A test for each peer, added below."""

    def check(self, peer: Peer) -> None:
        with contextlib.ExitStack() as stack:
            folder = temporary_folder(self)
            toolchain = Toolchain(folder)
            for service in sorted(peer.services & CONVERSATIONS.keys()):
                try:
                    command = peer.command(service, toolchain)
                except UnavailableError as reason:
                    raise SkipTest(str(reason)) from None
                if peer.database:
                    database = stack.enter_context(Database())
                    command += ["--store", database.fresh()]
                place = folder / service
                place.mkdir()
                running = stack.enter_context(server(command, place))
                request, pattern = CONVERSATIONS[service]
                # Twice, one client after the other: the first one's leaving must do no harm.
                for _ in range(2):
                    got = converse(service, running.port, request, pattern)
                    self.assertTrue(re.fullmatch(pattern, got), (service, got))
                time_taken = running.processor_time()
                self.assertTrue(time_taken is None or time_taken >= 0)


def _test_of(peer: Peer) -> object:
    def test(self: PeerTests) -> None:
        self.check(peer)

    return test


for _peer in PEERS.values():
    if _peer.services & CONVERSATIONS.keys():  # test_gene_peers has the others
        setattr(PeerTests, f"test_{_peer.name.replace('-', '_')}", _test_of(_peer))


class SingleThreadTests(SynchronousTestCase):
    def test_nothing_is_left_of_the_start(self) -> None:
        """Neither a thread nor a process: a lock is dearer in a process with threads."""
        if not Path("/proc/self/status").exists():
            raise SkipTest("only /proc tells how many threads there are")
        for name in ("netsuite", "netsuite-libuv", "twisted-libuv", "asyncio-uvloop"):
            folder = temporary_folder(self)
            try:
                command = PEERS[name].command("dialogue", Toolchain(folder))
            except UnavailableError as reason:
                raise SkipTest(str(reason)) from None
            with server(command, folder) as running:
                status = Path(f"/proc/{running.group}/status").read_text()
                self.assertIn("\nThreads:\t1\n", status, name)
                self.assertEqual(children(running.group), {}, name)

    def test_a_start_that_fails(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            command = PEERS["netsuite"].command("dialogue", Toolchain(temporary_folder(self)))
            command[command.index("--port") + 1] = str(taken.getsockname()[1])
            failing = server(command, temporary_folder(self))
            error = self.assertRaises(ProgramError, failing.__enter__)
        self.assertIn("cannot listen", str(error))


class ChildTests(SynchronousTestCase):
    def test_forks_are_killed_too(self) -> None:
        if not Path("/proc/self/stat").exists():
            raise SkipTest("only /proc tells which children there are")
        script = "sleep 1000 & echo ready 1; wait"
        with server(["sh", "-c", script], temporary_folder(self)) as running:
            family = [running.group, *children(running.group)]
        self.assertEqual(len(family), 2)
        wait_until(lambda: not any(map(is_alive, family)))

    def test_output_is_not_a_pipe(self) -> None:
        """A child that prints more than a pipe holds does not stop."""
        output = temporary_folder(self) / "out"
        with child(["head", "-c", "1000000", "/dev/zero"], output, None) as process:
            self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(output.stat().st_size, 1_000_000)

    def test_a_server_that_fails_is_quoted(self) -> None:
        failing = server(["sh", "-c", "printf 'no \\033 luck'; exit 1"], temporary_folder(self))
        error = self.assertRaises(ProgramError, failing.__enter__)
        self.assertIn("no \N{REPLACEMENT CHARACTER} luck", str(error))
