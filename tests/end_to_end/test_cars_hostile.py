"""What the car registry does with clients that mean no good, while others go on."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.registry import (
    DONE,
    GET_LEMON,
    LEMON,
    ask,
    frame,
    receive,
    reply,
    request,
)
from tests.end_to_end.wire import Address, connect, read_all, resident, until_idle

MIB = 1 << 20

MAX_MESSAGE = 1000
REQUEST_TIMEOUT = 1.0
IDLE_TIMEOUT = 1.6


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run a registry as it is by default."""
    return start_once("cars")


@pytest.fixture
def address(daemon: Daemon) -> Iterator[Address]:
    """Return where it listens; whatever happened in a test, it goes on."""
    where = daemon.address("cars")
    with connect(where) as witness:
        yield where
        witness.sendall(request(*GET_LEMON))
        assert reply(witness) == LEMON
    assert ask(where, *GET_LEMON) == LEMON


def last_words(client: socket.socket) -> Any:
    """Return the last reply, which the end of the stream follows."""
    said = reply(client)
    assert read_all(client) == b""
    return said


class Run:
    """An object whose pickle runs a command where it is loaded."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (self.command,))


def test_pickles_that_run_something(address: Address, daemon: Daemon, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    command = f"touch {mark}"
    payloads = [
        pickle.dumps(("GET_CAR_DETAILS", Run(command)), 3),
        pickle.dumps(Run(command), 3),
        *(pickle.dumps(Run(command), protocol) for protocol in (0, 1, 2, 4, 5)),
        b"\x80\x03(S'%b'\nios\nsystem\n." % command.encode(),
        b"cos\nsystem\n(S'%b'\ntR." % command.encode(),
    ]
    # They do what they are here for: Python itself would run each of them.
    for payload in payloads:
        with contextlib.suppress(Exception):
            pickle.loads(payload)
        mark.unlink()
    for payload in payloads:
        with connect(address) as client:
            since = len(daemon.lines)
            client.sendall(frame(payload))
            assert_refused(client, daemon, since)
    assert not mark.exists()


def assert_refused(client: socket.socket, daemon: Daemon, since: int) -> None:
    """Check that a client is told why, and then cut off, and that one log line says the same."""
    ok, reason = last_words(client)
    assert ok is False
    host, port = client.getsockname()
    line = daemon.wait_for(f"tcp:{host}:{port}: ", since=since)
    assert line.endswith(reason), line
    assert "] cars #" in line
    assert len([each for each in daemon.lines[since:] if f":{port}: " in each]) == 1


def test_garbage(address: Address, daemon: Daemon) -> None:
    noise = random.Random(3).randbytes
    for garbage in (
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise(500),
        b"\xff" * 1000,
        frame(b""),
        frame(noise(50_000)),
        frame(b"\x80\x03" + noise(50_000)),
        frame(b"\x80\x03" + b"(" * 60_000),
        frame(b"[" * 60_000),
        frame(b"\x80\x03\x8a\xff" + noise(255) + b"2" * 60_000),
        frame(b'["GET_CAR_DETAILS", 1' + b"0" * 60_000 + b"]"),
        frame(b'{"action": "\x1b]0;mine\x07"}'),
    ):
        since = len(daemon.lines)
        with connect(address) as client:
            client.sendall(garbage)
            assert_refused(client, daemon, since)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 2**31, 2**32 - 1])
def test_giant_lengths(size: int, address: Address, daemon: Daemon) -> None:
    before = resident(daemon.pid)
    with connect(address) as client:
        # The length alone is enough to be refused,
        client.sendall(struct.pack("!I", size))
        assert reply(client) == (False, "a message is longer than 65536 bytes")
        # and what follows is not kept.
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                client.sendall(bytes(MIB // 4))
        assert resident(daemon.pid) - before <= 2 * MIB


def test_many_that_wait_with_unfinished_requests(address: Address, daemon: Daemon) -> None:
    """What a client may have the server keep is what it has sent, and no more."""
    unfinished = struct.pack("!I", 65536) + bytes(10_000)
    before = resident(daemon.pid)
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(address)).sendall(unfinished)
        until_idle(daemon.pid)
        assert resident(daemon.pid) - before <= 100 * 4 * len(unfinished) + 2 * MIB


def test_one_who_leaves_in_the_middle_of_a_reply(address: Address, daemon: Daemon) -> None:
    with connect(address) as client:
        for number in range(2000):
            client.sendall(request("NEW_REGISTRATION", f"LONG {number:0>90}", 4, 0, "x"))
            assert number % 50 or reply(client) == DONE
        assert [reply(client) for _ in range(2000 - 40)] == [DONE] * (2000 - 40)
    question = request("GET_LICENSES_STARTING_WITH", "LONG")
    for farewell in (True, False):
        client = connect(address)
        client.sendall(question * 200)
        assert len(receive(client, 1000)) == 1000
        if not farewell:
            # What is in its buffer is thrown away, and the server gets a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        assert ask(address, *GET_LEMON) == LEMON


def test_one_who_leaves_before_its_changes_are_made(address: Address) -> None:
    client = connect(address)
    requests = [request("NEW_REGISTRATION", f"GONE {number}", 4, 0, "x") for number in range(40)]
    client.sendall(b"".join(requests))
    assert reply(client) == DONE
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    ok, found = ask(address, "GET_LICENSES_STARTING_WITH", "GONE")
    assert ok
    assert "GONE 0" in found
    # Of the others nobody was told; each was made as any other, or was not.
    for license in found:
        again = ask(address, "NEW_REGISTRATION", license, 4, 0, "x")
        assert again == (False, "Cannot register duplicate license")


@pytest.fixture(scope="module")
def impatient(start_once: Daemons) -> Daemon:
    """Run a registry that allows little."""
    return start_once(
        "cars",
        f"--max-message={MAX_MESSAGE}",
        f"--request-timeout={REQUEST_TIMEOUT}",
        f"--idle-timeout={IDLE_TIMEOUT}",
    )


def test_the_longest_message(impatient: Daemon) -> None:
    license = "x" * (MAX_MESSAGE - len(request("GET_CAR_DETAILS", "")) + 4)
    longest = request("GET_CAR_DETAILS", license)
    assert len(longest) == 4 + MAX_MESSAGE
    since = len(impatient.lines)
    with connect(impatient.address("cars")) as client:
        client.sendall(longest)
        assert reply(client) == (False, "This license is not registered")
        client.sendall(longest + request("GET_CAR_DETAILS", license + "x"))
        assert reply(client) == (False, "This license is not registered")
        reason = f"a message is longer than {MAX_MESSAGE} bytes"
        assert last_words(client) == (False, reason)
        impatient.wait_for(reason, since=since)


def test_half_a_request_and_silence(impatient: Daemon) -> None:
    halves = [b"\0", b"\0\0\0\x10", request(*GET_LEMON)[:-1], request(*GET_LEMON) + b"\0\0"]
    reason = f"a request took longer than {REQUEST_TIMEOUT:g} s to arrive"
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(impatient.address("cars"))) for _ in halves]
        idle = stack.enter_context(connect(impatient.address("cars")))
        began = time.monotonic()
        for client, half in zip(clients, halves, strict=True):
            client.sendall(half)
        assert reply(clients[-1]) == LEMON
        for client in clients:
            assert last_words(client) == (False, reason)
            # The sweep that looks for it comes round in a quarter of the time.
            lasted = time.monotonic() - began
            assert REQUEST_TIMEOUT <= lasted + 0.05 < REQUEST_TIMEOUT * 1.25 + 0.6
        assert read_all(idle) == b""
        lasted = time.monotonic() - began
        assert IDLE_TIMEOUT <= lasted + 0.05 < IDLE_TIMEOUT * 1.25 + 0.6
    assert impatient.log.count(reason) == len(halves)
