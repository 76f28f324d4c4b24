"""What is refused: messages that are too long or malformed, and clients that are too many."""

from __future__ import annotations

import math
import socket
import time

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.wire import connect, read_all, talk


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run a suite with small limits."""
    return start_once("netsuite", "--max-message", "100", "--max-connections", "5")


@pytest.mark.parametrize(
    ("service", "sent", "reply", "logged"),
    [
        ("dialogue", b"hi\0" + b"x" * 101, b"hi\0", "longer"),
        ("dialogue-sized", b"2;hi101;", b"2;hi", "longer"),
        ("dialogue-sized", b"2;hi02;hi", b"2;hi", "length"),
        ("dialogue-sized", b"nuqneH?", b"", "length"),
        ("dialogue-sized", b"1" * 50, b"", "l"),
        ("upper", b"hi\n" + b"x" * 102, b"HI\nerror: ", "longer"),
        ("secret", b"1" * 102, b"error: ", "longer"),
    ],
)
def test_what_cannot_be_a_message(
    service: str, sent: bytes, reply: bytes, logged: str, daemon: Daemon
) -> None:
    before = len(daemon.lines)
    with connect(daemon.address(service)) as client:
        host, port = client.getsockname()
        client.sendall(sent)
        got = read_all(client)
    assert got.startswith(reply)
    assert reply.endswith(b"error: ") or got == reply
    line = daemon.wait_for(f"tcp:{host}:{port}")
    assert f"{service} #" in line
    assert logged in line
    assert daemon.log.count(f"tcp:{host}:{port}") == 1
    assert len(daemon.lines) == before + 1
    assert talk(daemon.address("dialogue"), b"hi\0") == b"hi\0"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_a_request(request_: bytes, status: int, daemon: Daemon) -> None:
    with connect(daemon.address("home")) as client:
        host, port = client.getsockname()
        client.sendall(request_)
        assert read_all(client).startswith(b"HTTP/1.1 %d " % status)
    assert "home #" in daemon.wait_for(f"tcp:{host}:{port}")


def test_one_client_too_many(daemon: Daemon) -> None:
    address = daemon.address("dialogue")
    clients = [connect(address) for _ in range(5)]
    for client in clients:
        client.sendall(b"in\0")
        assert client.recv(100) == b"in\0"
    with connect(address) as refused:
        assert ended(refused)
    assert "5 connections are open already" in daemon.wait_for("is refused")
    # Others are not concerned: the limit is the service's own.
    assert talk(daemon.address("dialogue-sized"), b"2;hi") == b"2;hi"
    clients.pop().close()
    until = time.monotonic() + PATIENCE
    while True:
        client = connect(address)
        clients.append(client)
        client.sendall(b"hi\0")
        if not ended(client):
            break
        assert time.monotonic() < until
    for client in clients:
        client.close()


def test_a_flood_of_refusals_is_not_one_of_lines(daemon: Daemon) -> None:
    address = daemon.address("clock")
    clients = [connect(address) for _ in range(5)]
    for client in clients:
        client.sendall(b"?" * 25)
        assert len(client.recv(100)) == 24
    began = time.monotonic()
    for _ in range(200):
        with connect(address) as refused:
            assert ended(refused)
    took = time.monotonic() - began
    for client in clients:
        client.close()
    daemon.wait_for("clock: tcp")
    lines = [line for line in daemon.log.splitlines() if "clock: tcp" in line]
    assert 1 <= len(lines) <= math.ceil(took) + 1


def test_what_a_client_sends_does_not_reach_the_log_as_it_is(daemon: Daemon) -> None:
    for service in daemon.addresses.keys() - {"swap"}:  # which would wait for a partner
        for nasty in (b"\x1b[2J\r\r\n{reason.__class__}\x9b\xff\0" * 20, b"\x1b" * 200):
            with connect(daemon.address(service)) as client:
                try:
                    client.sendall(nasty)
                    client.shutdown(socket.SHUT_WR)
                    read_all(client)
                except ConnectionError:
                    pass
    assert talk(daemon.address("dialogue"), b"hi\0") == b"hi\0"
    assert "\x1b" not in daemon.log
    assert "__class__" not in daemon.log


def ended(client: socket.socket) -> bool:
    """Wait for an answer or the end; return whether it was the end."""
    try:
        return client.recv(100) == b""
    except ConnectionResetError:
        return True
