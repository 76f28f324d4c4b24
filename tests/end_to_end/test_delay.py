"""Clients that all have to wait, and none of them for another: ``--delay``."""

from __future__ import annotations

import socket
import time

import pytest

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import connect, crowd, read_all, read_until, talk

CLIENTS = 1000

#: How long each request takes, where nothing depends on how long it is.
DELAY = 0.7


@pytest.fixture(scope="module")
def delayed(start_once: Daemons) -> Daemon:
    """Run the suite with some delay."""
    return start_once("netsuite", "--delay", str(DELAY))


def test_every_service_keeps_its_delay(delayed: Daemon) -> None:
    get = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    requests = {
        "greeter": (b"", b"Thank you for connecting"),
        "hello": (b"", b"Hello 127.0.0.1"),
        "dialogue": (b"nuqneH?\0", b"Qapla'!\0"),
        "dialogue-sized": (b"7;nuqneH?", b"7;Qapla'!"),
        "clock": (b" " * 25, b":"),
        "upper": (b"shout\n", b"SHOUT\n"),
        "secret": (b"none\n", b"wrong\n"),
        "home": (get, b"hello client"),
        "secretword": (get, b"Guess"),
        "files": (get, b"notes.txt"),
    }
    began = time.monotonic()
    clients = {name: connect(delayed.address(name)) for name in requests}
    swappers = [connect(delayed.address("swap")) for _ in range(2)]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.settimeout(10)
    datagrams.sendto(b"quiet", delayed.address("upper", "udp"))
    for swapper, string in zip(swappers, (b"a\n", b"b\n"), strict=True):
        swapper.sendall(string)
    for name, (request, _) in requests.items():
        clients[name].sendall(request)
        clients[name].shutdown(socket.SHUT_WR)
    for name, (_, reply) in requests.items():
        with clients[name] as client:
            assert reply in read_all(client), name
            assert DELAY <= time.monotonic() - began < 3 * DELAY, name
    for swapper, string in zip(swappers, (b"b\n", b"a\n"), strict=True):
        with swapper:
            assert read_all(swapper) == string
    with datagrams:
        assert datagrams.recv(100) == b"QUIET"
    assert time.monotonic() - began < 3 * DELAY


def test_a_thousand_wait_side_by_side(delayed: Daemon) -> None:
    with crowd(delayed.address("dialogue"), CLIENTS) as clients:
        began = time.monotonic()
        for number, client in enumerate(clients):
            client.sendall(b"client %d\0" % number)
        replies = [read_until(client, b"\0") for client in clients]
        took = time.monotonic() - began
    assert replies == [b"client %d\0" % number for number in range(CLIENTS)]
    assert DELAY <= took < DELAY + 3


def test_requests_on_one_connection_are_answered_in_order(delayed: Daemon) -> None:
    requests = b"".join(b"%d\0" % number for number in range(50)) + b"nuqneH?\0"
    began = time.monotonic()
    replies = talk(delayed.address("dialogue"), requests)
    assert replies == requests.replace(b"nuqneH?", b"Qapla'!")
    # They wait side by side too.
    assert DELAY <= time.monotonic() - began < 3 * DELAY


def test_more_requests_than_may_be_in_hand_at_once(delayed: Daemon) -> None:
    requests = b"".join(b"%d\0" % number for number in range(100))
    assert talk(delayed.address("dialogue"), requests) == requests


def test_one_who_is_delayed_delays_no_other_service(start: Daemons) -> None:
    settings = start.folder / "suite.toml"
    settings.write_text("[services.clock]\ndelay = 1\n")
    daemon = start("netsuite", "--only", "clock,dialogue", "--config", str(settings))
    with connect(daemon.address("clock")) as waiting:
        began = time.monotonic()
        waiting.sendall(b"?" * 25)
        for _ in range(20):
            assert talk(daemon.address("dialogue"), b"hi\0") == b"hi\0"
        assert time.monotonic() - began < 1
        assert len(waiting.recv(100)) == 24
        assert time.monotonic() - began >= 1


@pytest.mark.slow
def test_five_seconds_for_three_clients_and_for_a_thousand(start: Daemons) -> None:
    daemon = start("dialogue", "--delay", "5")
    address = daemon.address("dialogue")
    began = time.monotonic()
    three = [connect(address) for _ in range(3)]
    for client, request in zip(three, (b"time\0", b"nuqneH?\0", b"Hello World!\0"), strict=True):
        client.sendall(request)
    the_time, klingon, echo = (read_until(client, b"\0") for client in three)
    assert 5 <= time.monotonic() - began < 8
    assert len(the_time) == len(b"HH:MM:SS\0")
    assert (klingon, echo) == (b"Qapla'!\0", b"Hello World!\0")
    for client in three:
        client.close()
    with crowd(address, CLIENTS) as clients:
        began = time.monotonic()
        for client in clients:
            client.sendall(b"nuqneH?\0")
        assert {read_until(client, b"\0") for client in clients} == {b"Qapla'!\0"}
        assert 5 <= time.monotonic() - began < 8
