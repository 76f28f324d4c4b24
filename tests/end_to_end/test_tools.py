"""Talking to the services with ``nc`` and ``telnet``, as people do."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon
from tests.end_to_end.programs import Telnet, nc, tool
from tests.end_to_end.wire import CTIME, Address


class TestNetcat:
    def test_three_requests_and_the_end(self, suite: Daemon, tmp_path: Path) -> None:
        reply = nc(tmp_path, suite.address("dialogue"), b"time\0nuqneH?\0hi\0")
        assert re.fullmatch(rb"\d\d:\d\d:\d\d\0Qapla'!\0hi\0", reply)

    def test_a_sized_message(self, suite: Daemon, tmp_path: Path) -> None:
        address = suite.address("dialogue-sized")
        assert nc(tmp_path, address, b"12;Hello world!") == b"12;Hello world!"

    def test_a_service_that_speaks_first(self, suite: Daemon, tmp_path: Path) -> None:
        assert nc(tmp_path, suite.address("greeter"), b"") == b"Thank you for connecting"
        assert nc(tmp_path, suite.address("hello"), b"") == b"Hello 127.0.0.1"

    def test_bare_line_feeds_are_answered_in_kind(self, suite: Daemon, tmp_path: Path) -> None:
        assert nc(tmp_path, suite.address("upper"), b"one\ntwo\r\n") == b"ONE\nTWO\r\n"
        assert nc(tmp_path, suite.address("secret"), b"none\n") == b"wrong\n"

    def test_clock(self, suite: Daemon, tmp_path: Path) -> None:
        request = b"What is the time?".ljust(25)
        reply = nc(tmp_path, suite.address("clock"), 2 * request)
        assert CTIME.fullmatch(reply[:24].decode())
        assert CTIME.fullmatch(reply[24:].decode())

    def test_two_swap(self, suite: Daemon, tmp_path: Path) -> None:
        command = [tool("nc"), "-N", *map(str, suite.address("swap"))]
        clients = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for client, string in zip(clients, [b"ketchup\r\n", b"mustard\r\n"], strict=True):
            assert client.stdin is not None
            client.stdin.write(string)
            client.stdin.close()
            client.stdin = None
        got = [client.communicate(timeout=PATIENCE)[0] for client in clients]
        assert got == [b"mustard\r\n", b"ketchup\r\n"]

    def test_http_by_hand(self, suite: Daemon, tmp_path: Path) -> None:
        request = b"GET /no/such HTTP/1.1\r\nHost: localhost\r\n\r\n"
        head, _, body = nc(tmp_path, suite.address("home"), request).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 404 ")
        assert body == b"/no/such not found"


class TestTelnet:
    @pytest.fixture
    def telnet(self) -> Iterator[type[Telnet]]:
        """Connect telnets, and end them after the test."""
        connected = []

        class Remembered(Telnet):
            def __init__(self, address: Address) -> None:
                super().__init__(address)
                connected.append(self)

        yield Remembered
        for each in connected:
            each.close()

    def test_upper(self, suite: Daemon, telnet: type[Telnet]) -> None:
        session = telnet(suite.address("upper"))
        session.expect("Escape character is")
        for line in ("Hello", "straße"):
            session.type(line)
            session.expect(line.replace("ß", "\0").upper().replace("\0", "ß") + "\r\n")
        session.type("")
        session.expect("Connection closed by foreign host.")
        assert session.process.wait(PATIENCE) is not None

    def test_secret(self, suite: Daemon, telnet: type[Telnet]) -> None:
        session = telnet(suite.address("secret"))
        session.expect("Escape character is")
        for guess in ("0", "a million", "1e3", ""):
            session.type(guess)
            session.expect("wrong\r\n")

    def test_hello(self, suite: Daemon, telnet: type[Telnet]) -> None:
        session = telnet(suite.address("hello"))
        session.expect("Hello 127.0.0.1")
        session.expect("Connection closed by foreign host.")

    def test_swap(self, suite: Daemon, telnet: type[Telnet]) -> None:
        first, second = (telnet(suite.address("swap")) for _ in range(2))
        first.expect("Escape character is")
        second.expect("Escape character is")
        first.type("a for b")
        second.type("b for a")
        first.expect("b for a\r\n")
        second.expect("a for b\r\n")
