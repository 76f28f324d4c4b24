"""Stopping: the requests in hand are answered, new ones refused, and the exit status is 0."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.wire import connect, read_all, round_trip, until_idle

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def start_slow(start: Daemons, delay: float, *arguments: str) -> Daemon:
    """Start services that take their time, and a greeter that does not."""
    settings: Path = start.folder / "suite.toml"
    slow = ("dialogue", "clock", "home")
    settings.write_text("".join(f"[services.{name}]\ndelay = {delay}\n" for name in slow))
    only = ",".join([*slow, "swap", "greeter"])
    return start("netsuite", "--only", only, "--config", str(settings), *arguments)


def send(daemon: Daemon, service: str, request: bytes) -> socket.socket:
    """Connect and send a request."""
    client = connect(daemon.address(service))
    client.sendall(request)
    return client


def wait_until_refused(daemon: Daemon, service: str) -> None:
    """Wait until nobody listens any more, which is a moment after the log says so."""
    daemon.wait_for(f"(TCP Port {daemon.address(service)[1]} Closed)")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connect(daemon.address(service)).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            pass  # it was waiting to be accepted
        assert time.monotonic() < until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_in_hand_are_answered(number: signal.Signals, start: Daemons) -> None:
    daemon = start_slow(start, 1)
    clients = {
        "dialogue": send(daemon, "dialogue", b"nuqneH?\0hi\0"),
        "clock": send(daemon, "clock", b" " * 25),
        "home": send(daemon, "home", GET),
    }
    idle = connect(daemon.address("dialogue"))
    round_trip(daemon.address("greeter"))
    began = time.monotonic()
    daemon.signal(number)
    wait_until_refused(daemon, "dialogue")
    wait_until_refused(daemon, "home")
    with idle:
        assert read_all(idle) == b""
    assert time.monotonic() - began < 0.9
    clients["clock"].sendall(b" " * 25)  # too late
    answers = {name: read_all(client) for name, client in clients.items()}
    for client in clients.values():
        client.close()
    assert answers["dialogue"] == b"Qapla'!\0hi\0"
    assert len(answers["clock"]) == 24
    assert answers["home"].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close\r\n" in answers["home"].lower()
    assert answers["home"].endswith(b"</html>\n")
    assert daemon.wait() == 0
    assert time.monotonic() - began < 4
    assert f"{number.name}: finishing the requests in hand" in daemon.log


def test_who_takes_too_long_is_cut_off(start: Daemons) -> None:
    daemon = start_slow(start, 30, "--grace", "1")
    clients = [send(daemon, "dialogue", b"hi\0"), send(daemon, "home", GET)]
    round_trip(daemon.address("greeter"))
    began = time.monotonic()
    daemon.signal()
    assert daemon.wait() == 0
    assert 1 <= time.monotonic() - began < 4
    for client in clients:
        with client, pytest.raises(ConnectionResetError):
            client.recv(100)
    for service in ("dialogue", "home"):
        assert f"{service}: 1 connections were still busy" in daemon.log


def test_a_second_signal_is_in_a_hurry(start: Daemons) -> None:
    daemon = start_slow(start, 30, "--grace", "60")
    clients = [send(daemon, "dialogue", b"hi\0"), send(daemon, "home", GET)]
    round_trip(daemon.address("greeter"))
    began = time.monotonic()
    daemon.signal()
    daemon.wait_for("finishing the requests in hand")
    daemon.signal(signal.SIGINT)
    assert daemon.wait() == 0
    assert time.monotonic() - began < 5
    for client in clients:
        client.close()


def test_nothing_to_do_is_no_reason_to_stay(start: Daemons) -> None:
    daemon = start("netsuite")
    clients = [connect(daemon.address(service)) for service in ("dialogue", "home", "swap")]
    round_trip(daemon.address("greeter"))
    daemon.signal()
    for client in clients:
        with client:
            assert read_all(client) == b""
    assert daemon.wait() == 0


def test_who_waits_for_a_partner_holds_nothing_up(start: Daemons) -> None:
    daemon = start("swap")
    with send(daemon, "swap", b"waits for a partner\n") as waiting:
        until_idle(daemon.pid)
        began = time.monotonic()
        daemon.signal()
        assert read_all(waiting) == b""
        waiting.close()
        assert daemon.wait() == 0
        assert time.monotonic() - began < 4


def test_a_client_that_does_not_close_holds_nothing_up(start: Daemons) -> None:
    daemon = start("netsuite", "--only", "dialogue,home,greeter")
    clients = [connect(daemon.address(service)) for service in ("dialogue", "home")]
    round_trip(daemon.address("greeter"))
    began = time.monotonic()
    daemon.signal()
    assert daemon.wait() == 0
    assert time.monotonic() - began < 5
    for client in clients:
        client.close()


def test_a_script_that_runs_is_ended(start: Daemons) -> None:
    root = start.folder / "root"
    (root / "cgi-bin").mkdir(parents=True)
    script = root / "cgi-bin" / "slow"
    mark = root / "pid"
    script.write_text(f"#!/bin/sh\necho $$ > {mark}.new; mv {mark}.new {mark}\nexec sleep 600\n")
    script.chmod(0o755)
    daemon = start("files", "--root", str(root), "--grace", "1")
    with send(daemon, "files", b"GET /cgi-bin/slow HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        until = time.monotonic() + PATIENCE
        while not mark.exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        pid = int(mark.read_text())
        daemon.signal()
        assert daemon.wait() == 0
    assert not Path(f"/proc/{pid}").exists()
