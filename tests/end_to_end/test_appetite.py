"""What clients cost: those that never read, and ten thousand that do nothing."""

from __future__ import annotations

import select
import socket
import statistics
import time

import pytest

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import connect, crowd, read_all, read_until, resident, talk, until_idle

MIB = 1 << 20

#: How much a client that reads nothing offers, in bytes.
OFFERED = 40 * MIB

#: For each service, one request that is worth an answer of about its own size or more.
REQUESTS = {
    "dialogue": b"hello, hello\0",
    "upper": b"x" * 60_000 + b"\r\n",
    "clock": b"What is the time?".ljust(25),
    "home": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    # The head of the answer is longer than its body: a service that counts on the buffer to fill
    # up with a body only will find it full when it is not ready for that.
    "files": b"GET /notes.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-9\r\n\r\n",
    "blackjack": b"\r\n10\r\nstand\r\nhelp\r\n",
}


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run the services that are asked."""
    return start_once("netsuite", "--only", ",".join([*REQUESTS, "greeter"]))


def fill(client: socket.socket, data: memoryview) -> int:
    """Send until the server takes no more, or has taken all.

    :returns: how much it took, in bytes.
    """
    client.setblocking(False)
    taken = 0
    while taken < len(data):
        # A server that is going to read at all does so within this time.
        if not select.select([], [client], [], 0.5)[1]:
            break
        taken += client.send(data[taken : taken + MIB])
    return taken


@pytest.mark.parametrize("service", REQUESTS)
def test_one_who_never_reads(service: str, daemon: Daemon) -> None:
    address = daemon.address(service)
    request = REQUESTS[service]
    many = memoryview(request * (OFFERED // len(request)))
    # What it takes to answer at all is not what this client costs.
    with connect(address) as honest:
        honest.sendall(request * 20)
        honest.recv(1 << 20)
    talk(daemon.address("dialogue"), b"hi\0")
    before = resident(daemon.pid)
    with connect(address) as client:
        taken = fill(client, many)
        assert taken < len(many), "the server read it all"
        began = time.monotonic()
        assert talk(daemon.address("dialogue"), b"hi\0") == b"hi\0"
        assert time.monotonic() - began < 1
        assert resident(daemon.pid) - before <= 2 * MIB
    assert talk(daemon.address("dialogue"), b"hi\0") == b"hi\0"


def test_one_who_never_reads_and_sends_one_huge_message(daemon: Daemon) -> None:
    before = resident(daemon.pid)
    with connect(daemon.address("dialogue")) as client:
        client.sendall(b"x" * 60_000)
        assert talk(daemon.address("greeter"), b"") == b"Thank you for connecting"
        assert resident(daemon.pid) - before <= 2 * MIB


@pytest.mark.parametrize("service", ["dialogue", "home", "files"])
def test_one_who_reads_late_gets_everything(service: str, daemon: Daemon) -> None:
    request = REQUESTS[service]
    with connect(daemon.address(service)) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        answer = read_all(client)
    number = 5 * MIB // len(answer)
    with connect(daemon.address(service)) as client:
        requests = memoryview(request * number)
        taken = fill(client, requests)
        # What the kernel did not take of the answers is now in the server's own buffer.
        until_idle(daemon.pid)
        received = 0
        while received < number * len(answer):
            wants = [client] if taken < len(requests) else []
            readable, writable, _ = select.select([client], wants, [], 10.0)
            assert readable or writable, f"it is stuck after {received // len(answer)} answers"
            if readable:
                received += len(client.recv(MIB))
            if writable:
                taken += client.send(requests[taken : taken + MIB])
        assert received == number * len(answer)


CROWD = 10_000


@pytest.mark.slow
def test_ten_thousand_idle_and_a_new_one(start: Daemons) -> None:
    daemon = start("netsuite", "--only", "dialogue,greeter")
    address = daemon.address("dialogue")
    with crowd(address, CROWD) as clients:
        for client in clients[:: CROWD // 100]:
            client.sendall(b"in\0")
            assert read_until(client, b"\0") == b"in\0"
        took = []
        for _ in range(50):
            began = time.perf_counter()
            assert talk(address, b"nuqneH?\0") == b"Qapla'!\0"
            took.append(time.perf_counter() - began)
        median, worst = statistics.median(took), max(took)
        # Every one of them is there still.
        for client in clients:
            client.sendall(b"still in\0")
        for client in clients:
            assert read_until(client, b"\0") == b"still in\0"
        memory = resident(daemon.pid)
    print(
        f"with {CROWD} idle, a new client is served in {median * 1000:.2f} ms (median), "
        f"{worst * 1000:.2f} ms (worst); the server has {memory / MIB:.0f} MiB"
    )
    assert median < 0.02
    assert worst < 0.25
