"""SHUTDOWN: the car registry stops for a client as it does for a signal, or not at all."""

from __future__ import annotations

import contextlib
import socket

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.registry import DONE, GET_LEMON, LEMON, ask, frame, reply, request
from tests.end_to_end.wire import connect, is_closed, read_all, talk

SHUTDOWN = request("SHUTDOWN")
FAR = b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 9653\r\n"
ELSEWHERE = (False, "This server is stopped by clients on its own machine only")

#: How long each request takes of a registry that is slow, in seconds.
DELAY = 0.8


def assert_stopped(daemon: Daemon) -> None:
    """Check that a process ends as it should."""
    assert daemon.wait() == 0
    assert "SIGTERM: finishing the requests in hand" in daemon.log
    assert "cut off" not in daemon.log


@pytest.mark.parametrize("payload", [SHUTDOWN, frame(b'["SHUTDOWN"]')])
def test_it_stops(payload: bytes, start: Daemons) -> None:
    daemon = start("cars")
    address = daemon.address("cars")
    with connect(address) as idle, connect(address) as client:
        client.sendall(request(*GET_LEMON) + payload + request(*GET_LEMON))
        assert reply(client) == LEMON
        assert read_all(client) == b""
        assert read_all(idle) == b""
    assert_stopped(daemon)
    with pytest.raises(ConnectionRefusedError):
        connect(address)


def test_requests_in_hand_are_answered(start: Daemons) -> None:
    """Also when several clients stop the server, each while it stops already."""
    daemon = start("cars", "--delay", str(DELAY))
    address = daemon.address("cars")
    with contextlib.ExitStack() as stack:
        stopping = [stack.enter_context(connect(address)) for _ in range(3)]
        others = [stack.enter_context(connect(address)) for _ in range(20)]
        for client in stopping:
            client.sendall(SHUTDOWN)
        for number, client in enumerate(others):
            client.sendall(request("NEW_REGISTRATION", f"LATE {number}", 4, 0, "x"))
        assert [reply(client) for client in others] == [DONE] * len(others)
        assert [read_all(client) for client in (*stopping, *others)] == [b""] * 23
    assert_stopped(daemon)
    again = start("cars")
    assert ask(again.address("cars"), "GET_LICENSES_STARTING_WITH", "LATE") == (
        True,
        sorted(f"LATE {number}" for number in range(20)),
    )


def test_no_shutdown(start: Daemons) -> None:
    daemon = start("cars", "--no-shutdown")
    with connect(daemon.address("cars")) as client:
        client.sendall(SHUTDOWN + request(*GET_LEMON))
        assert reply(client) == (False, "This server is not stopped by clients")
        assert reply(client) == LEMON
    assert ask(daemon.address("cars"), *GET_LEMON) == LEMON


def test_the_whole_suite_stops(start: Daemons) -> None:
    daemon = start("netsuite", "--only", "cars,dialogue,greeter")
    with connect(daemon.address("dialogue")) as dialogue:
        dialogue.sendall(b"hi\0")
        assert dialogue.recv(100) == b"hi\0"
        assert talk(daemon.address("cars"), SHUTDOWN) == b""
        assert read_all(dialogue) == b""
    assert_stopped(daemon)


def test_who_is_far_away_does_not_stop_it(start: Daemons) -> None:
    path = start.folder / "socket"
    daemon = start(
        *("cars", "--listen", "haproxy:tcp:0:interface=127.0.0.1", "--listen", f"unix:{path}"),
        ephemeral=False,
    )
    with connect(daemon.address("cars")) as client:
        client.sendall(FAR + SHUTDOWN + frame(b'["SHUTDOWN"]') + request(*GET_LEMON))
        assert reply(client) == ELSEWHERE
        assert reply(client) == ELSEWHERE
        assert reply(client) == LEMON
        assert not is_closed(client)
    with socket.socket(socket.AF_UNIX) as near:
        near.settimeout(PATIENCE)
        near.connect(str(path))
        near.sendall(request(*GET_LEMON))
        assert reply(near) == LEMON
        near.sendall(SHUTDOWN)
        assert read_all(near) == b""
    assert_stopped(daemon)
