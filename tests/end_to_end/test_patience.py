"""Clients that do not behave: too slow, too long, too many, malformed, or idle."""

from __future__ import annotations

import select
import socket
import time

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.wire import connect, is_closed, read_all, talk

REQUEST_TIMEOUT = 1.2
IDLE_TIMEOUT = 2.0

#: For each service the beginning of a request, and a piece that never completes it.
UNFINISHED = {
    "dialogue": (b"no zero ", b"x"),
    "dialogue-sized": (b"1000;", b"x"),
    "clock": (b"", b"?"),
    "upper": (b"no end ", b"x"),
    "swap": (b"no end ", b"x"),
    "secret": (b"", b"1"),
    "home": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"x"),
    "secretword": (b"GET /", b"x"),
    "files": (
        b"POST /cgi-bin/form.py HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        b"x",
    ),
}


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run a suite that is not patient."""
    timeouts = [f"--request-timeout={REQUEST_TIMEOUT}", f"--idle-timeout={IDLE_TIMEOUT}"]
    return start_once("netsuite", *timeouts)


def ends(clients: dict[str, socket.socket], drip: dict[str, bytes]) -> dict[str, float]:
    """Wait until the server ends each connection, while each client sends a byte now and then.

    :param drip: what each sends every fifth of a second.
    :returns: how long each connection lasted, in seconds.
    """
    began = time.monotonic()
    lasted: dict[str, float] = {}
    waiting = dict(clients)
    next_drop = began
    while waiting:
        now = time.monotonic()
        assert now < began + PATIENCE, f"still connected: {', '.join(waiting)}"
        if now >= next_drop:
            next_drop += 0.2
            for name in drip.keys() & waiting.keys():
                waiting[name].sendall(drip[name])
        readable, _, _ = select.select(list(waiting.values()), [], [], max(0, next_drop - now))
        for name, client in list(waiting.items()):
            if client in readable and is_closed(client):
                lasted[name] = time.monotonic() - began
                del waiting[name]
    return lasted


def close(clients: dict[str, socket.socket]) -> None:
    """Close them all."""
    for client in clients.values():
        client.close()


def test_a_request_has_a_deadline_that_no_byte_puts_off(daemon: Daemon) -> None:
    clients = {name: connect(daemon.address(name)) for name in UNFINISHED}
    for name, (beginning, _) in UNFINISHED.items():
        clients[name].sendall(beginning)
    lasted = ends(clients, {name: piece for name, (_, piece) in UNFINISHED.items()})
    close(clients)
    for name, seconds in lasted.items():
        # The sweep that looks for it comes round in a quarter of the time.
        assert seconds + 0.05 >= REQUEST_TIMEOUT, name
        assert seconds < REQUEST_TIMEOUT * 1.25 + 0.5, name
        assert "longer than 1.2 s" in daemon.wait_for(f"{name} #"), name


def test_who_is_slow_is_told_where_the_protocol_has_words_for_it(daemon: Daemon) -> None:
    with connect(daemon.address("home")) as http, connect(daemon.address("upper")) as upper:
        http.sendall(UNFINISHED["home"][0])
        upper.sendall(b"shout\r\nno end")
        assert read_all(http).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        shouted, complaint, rest = read_all(upper).split(b"\r\n")
        assert (shouted, rest) == (b"SHOUT", b"")
        assert complaint.startswith(b"error: a request took longer")


def test_idle_connections_are_closed(daemon: Daemon) -> None:
    clients = {name: connect(daemon.address(name)) for name in UNFINISHED}
    clients["after a request"] = connect(daemon.address("dialogue"))
    clients["after a request"].sendall(b"nuqneH?\0")
    clients["after a page"] = connect(daemon.address("home"))
    clients["after a page"].sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    lasted = ends(clients, {})
    close(clients)
    assert lasted.keys() == clients.keys()
    for name, seconds in lasted.items():
        assert seconds + 0.05 >= IDLE_TIMEOUT, name
        assert seconds < IDLE_TIMEOUT * 1.25 + 0.5, name


def test_who_waits_for_a_partner_is_not_idle(daemon: Daemon) -> None:
    with connect(daemon.address("swap")) as waiting, connect(daemon.address("swap")) as idle:
        waiting.sendall(b"patient\r\n")
        assert read_all(idle) == b""  # after the idle timeout
        assert talk(daemon.address("swap"), b"late\r\n") == b"patient\r\n"
        assert read_all(waiting) == b"late\r\n"
