"""No string is given to two clients, to its own sender, or lost."""

from __future__ import annotations

import select
import socket
import struct
import time

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.wire import Address, connect, crowd, is_closed, read_all, round_trip


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run swap, and a greeter to see by that it has read what was sent."""
    return start_once("netsuite", "--only", "swap,greeter")


@pytest.fixture
def swap(daemon: Daemon) -> Address:
    """Return where swap listens."""
    return daemon.address("swap")


def send(daemon: Daemon, string: bytes, *, half_close: bool = False) -> socket.socket:
    """Send a string to swap, and wait until it has been read."""
    client = connect(daemon.address("swap"))
    client.sendall(string + b"\r\n")
    if half_close:
        client.shutdown(socket.SHUT_WR)
    round_trip(daemon.address("greeter"))
    return client


def test_501_clients(daemon: Daemon, swap: Address) -> None:
    with crowd(swap, 501) as clients:
        for number, client in enumerate(clients):
            client.sendall(b"string %d\r\n" % number)
        waiting = still_waiting(clients, 1)
        round_trip(daemon.address("greeter"))
        assert still_waiting(clients, 1) == waiting
        received = {
            number: int(read_all(client).split()[1])
            for number, client in enumerate(clients)
            if number not in waiting
        }
        assert len(received) == 500
        assert sorted(received) == sorted(received.values())
        for number, partner in received.items():
            assert partner != number
            assert received[partner] == number
        # The one who waits gets the next string, and gives the one that it brought.
        with send(daemon, b"late") as late:
            assert read_all(late) == b"string %d\r\n" % waiting[0]
            assert read_all(clients[waiting[0]]) == b"late\r\n"


def still_waiting(clients: list[socket.socket], most: int) -> list[int]:
    """Wait until all clients but a few have an answer; return the numbers of those few."""
    until = time.monotonic() + PATIENCE
    poll = select.poll()
    for client in clients:
        poll.register(client, select.POLLIN)
    answered: set[int] = set()
    while len(answered) < len(clients) - most:
        assert time.monotonic() < until, f"only {len(answered)} have an answer"
        for descriptor, _ in poll.poll(1000):
            answered.add(descriptor)
            poll.unregister(descriptor)
    return [number for number, client in enumerate(clients) if client.fileno() not in answered]


def readable(client: socket.socket) -> bool:
    """Return whether something has arrived."""
    client.settimeout(0)
    try:
        return len(client.recv(1, socket.MSG_PEEK)) > 0
    except BlockingIOError:
        return False
    finally:
        client.settimeout(PATIENCE)


def test_one_who_leaves_while_waiting_is_forgotten(daemon: Daemon) -> None:
    send(daemon, b"gone").close()
    with send(daemon, b"second") as second, send(daemon, b"third") as third:
        assert read_all(second) == b"third\r\n"
        assert read_all(third) == b"second\r\n"


def test_one_whose_connection_breaks_is_forgotten(daemon: Daemon) -> None:
    broken = send(daemon, b"gone")
    broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    broken.close()  # with a reset
    with send(daemon, b"second") as second, send(daemon, b"third") as third:
        assert read_all(second) == b"third\r\n"
        assert read_all(third) == b"second\r\n"


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_half_closed_clients_swap(first: bool, second: bool, daemon: Daemon) -> None:
    with (
        send(daemon, b"one", half_close=first) as one,
        send(daemon, b"two", half_close=second) as two,
    ):
        assert read_all(one) == b"two\r\n"
        assert read_all(two) == b"one\r\n"


def test_a_half_closed_one_that_dies_is_forgotten(daemon: Daemon) -> None:
    send(daemon, b"dead", half_close=True).close()
    with send(daemon, b"second") as second:
        round_trip(daemon.address("greeter"))
        assert not readable(second)
        with send(daemon, b"third", half_close=True) as third:
            assert read_all(second) == b"third\r\n"
            assert read_all(third) == b"second\r\n"


def test_many_that_die_lose_nobodys_string(daemon: Daemon) -> None:
    for number in range(20):
        send(daemon, b"dead %d" % number, half_close=number % 2 == 0).close()
    with send(daemon, b"second") as second, send(daemon, b"third") as third:
        assert read_all(second) == b"third\r\n"
        assert read_all(third) == b"second\r\n"


def test_one_who_leaves_during_the_delay_is_forgotten(start: Daemons) -> None:
    settings = start.folder / "suite.toml"
    settings.write_text("[services.swap]\ndelay = 1\n")
    daemon = start("netsuite", "--only", "swap,greeter", "--config", str(settings))
    with send(daemon, b"first") as first:
        send(daemon, b"gone").close()
        with send(daemon, b"third") as third:
            assert read_all(first) == b"third\r\n"
            assert read_all(third) == b"first\r\n"


def test_only_the_first_string_counts(daemon: Daemon) -> None:
    with send(daemon, b"first\r\nsecond\r\nthird") as one, send(daemon, b"other") as other:
        assert read_all(one) == b"other\r\n"
        assert read_all(other) == b"first\r\n"


def test_nobody_waits_on_a_connection_without_a_string(daemon: Daemon) -> None:
    with connect(daemon.address("swap")) as silent:
        with send(daemon, b"one") as one, send(daemon, b"two") as two:
            assert read_all(one) == b"two\r\n"
            assert read_all(two) == b"one\r\n"
        assert not is_closed(silent)
