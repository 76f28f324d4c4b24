"""Behind a proxy that says who the client is: the ``haproxy:`` endpoint."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons
from tests.end_to_end.programs import tool
from tests.end_to_end.wire import Address, connect, crowd, read_all, round_trip, talk

#: A client that is far away, of either version of IP.
FAR, FAR_6 = "192.0.2.7", "2001:db8::7"


def version_2(source: str, command: int = 0x21) -> bytes:
    """Return a header of version 2 for a TCP connection from *source*."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    here = "::1" if ":" in source else "127.0.0.1"
    body = socket.inet_pton(family, source) + socket.inet_pton(family, here)
    body += struct.pack("!2H", 40000, 8999)
    start = b"\r\n\r\n\0\r\nQUIT\n" + bytes([command, 0x21 if ":" in source else 0x11])
    return start + struct.pack("!H", len(body)) + body


HEADERS = {
    "version 1": (b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 8999\r\n", FAR),
    "version 1, IPv6": (b"PROXY TCP6 2001:db8::7 ::1 40000 8999\r\n", FAR_6),
    "version 2": (version_2(FAR), FAR),
    "version 2, IPv6": (version_2(FAR_6), FAR_6),
}


@pytest.fixture(scope="module")
def daemon(start_once: Daemons) -> Daemon:
    """Run services behind proxies, and a greeter that is not."""
    settings: Path = start_once.folder / "suite.toml"
    proxied = ("hello", "dialogue", "home", "swap")
    settings.write_text(
        "".join(
            f'[services.{name}]\nlisten = ["haproxy:tcp:0:interface=127.0.0.1"]\n'
            for name in proxied
        )
    )
    only = ",".join([*proxied, "greeter"])
    return start_once("netsuite", "--only", only, "--config", str(settings), "--log-connections")


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_in_two_pieces_cut_anywhere(name: str, daemon: Daemon) -> None:
    header, source = HEADERS[name]
    with crowd(daemon.address("hello"), len(header)) as clients:
        for cut, client in enumerate(clients):
            client.sendall(header[:cut])
        round_trip(daemon.address("greeter"))
        for cut, client in enumerate(clients):
            client.sendall(header[cut:])
        # None of them has said anything to the service itself.
        assert {read_all(client) for client in clients} == {b"Hello " + source.encode()}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_byte_by_byte(name: str, daemon: Daemon) -> None:
    header, source = HEADERS[name]
    with connect(daemon.address("hello")) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(header)):
            client.sendall(header[number : number + 1])
            round_trip(daemon.address("greeter"))
        assert read_all(client) == b"Hello " + source.encode()


@pytest.mark.parametrize("name", HEADERS)
def test_the_log_names_the_client(name: str, daemon: Daemon) -> None:
    header, source = HEADERS[name]
    shown = f"tcp:[{source}]:40000" if ":" in source else f"tcp:{source}:40000"
    before = len(daemon.lines)
    assert talk(daemon.address("dialogue"), header + b"hi\0") == b"hi\0"
    daemon.wait_for(f"{shown}: closed", since=before)
    lines = [line for line in daemon.lines[before:] if "dialogue #" in line]
    assert [line.partition(" tcp:")[2] for line in lines] == [
        f"{shown}: {event}".removeprefix("tcp:") for event in ("connected", "closed")
    ]


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", version_2(FAR, command=0x20)])
def test_a_proxy_that_speaks_for_itself(header: bytes, daemon: Daemon) -> None:
    assert talk(daemon.address("hello"), header) == b"Hello 127.0.0.1"


@pytest.mark.parametrize("name", HEADERS)
def test_half_close(name: str, daemon: Daemon) -> None:
    header, _ = HEADERS[name]
    reply = talk(daemon.address("dialogue"), header + b"nuqneH?\0" + b"x" * 50_000 + b"\0")
    assert reply == b"Qapla'!\0" + b"x" * 50_000 + b"\0"
    page = talk(daemon.address("home"), header + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"hello client" in page


@pytest.mark.parametrize(
    "header",
    [
        b"nuqneH?\0hello, I am no proxy\0\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 40000\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 high low\r\n",
        b"PROXY TCP4 \xff 127.0.0.1 40000 8999\r\n",
        b"PROXY TCP5 192.0.2.7 127.0.0.1 40000 8999\r\n",
        b"PROXY " + b"x" * 200,
        b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x31, 0x11, 0, 12]) + bytes(12),
        b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x11, 0, 3]) + bytes(3),
        b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x71, 0, 12]) + bytes(12),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_header(header: bytes, daemon: Daemon) -> None:
    with connect(daemon.address("dialogue")) as client:
        client.settimeout(5)
        address = client.getsockname()
        client.sendall(header)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""
    assert "PROXY header" in daemon.wait_for(f"tcp:127.0.0.1:{address[1]} sent")


def test_a_client_of_the_proxys_unix_socket(daemon: Daemon) -> None:
    header = b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x31, 0, 216])
    paths = b"/path/of/client".ljust(108, b"\0") + b"/path/of/proxy".ljust(108, b"\0")
    assert talk(daemon.address("hello"), header + paths) == b"Hello you"


def test_an_address_that_is_none_is_not_passed_on(daemon: Daemon) -> None:
    with connect(daemon.address("hello")) as client:
        client.sendall(b"PROXY TCP4 somewhere 127.0.0.1 40000 8999\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""


CONFIGURATION = """
global
    maxconn 100
defaults
    mode tcp
    timeout connect 10s
    timeout client 30s
    timeout server 30s
"""
LINK = """
listen {name}
    bind fd@{descriptor}
    server {name} {host}:{port} send-proxy{suffix}
"""


@pytest.fixture(params=["", "-v2"])
def proxied(
    request: pytest.FixtureRequest, daemon: Daemon, tmp_path: Path
) -> Iterator[dict[str, Address]]:
    """Run a real HAProxy in front of the services; return where it listens for each."""
    program = tool("haproxy")
    with contextlib.ExitStack() as stack:
        # HAProxy gets sockets that listen already: nobody has to wait for it to open them.
        servers = {
            name: stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for name in ("hello", "dialogue", "home", "swap")
        }
        configuration = CONFIGURATION
        for name, server in servers.items():
            host, port = daemon.address(name)
            configuration += LINK.format(
                name=name, descriptor=server.fileno(), host=host, port=port, suffix=request.param
            )
        (tmp_path / "haproxy.cfg").write_text(configuration)
        addresses: dict[str, Address] = {
            name: server.getsockname() for name, server in servers.items()
        }
        process = subprocess.Popen(
            [program, "-db", "-f", tmp_path / "haproxy.cfg"],
            pass_fds=[server.fileno() for server in servers.values()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    try:
        yield addresses
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


class TestRealHAProxy:
    def test_the_clients_address(self, proxied: dict[str, Address]) -> None:
        for source in ("127.0.0.7", "127.1.2.3"):
            with connect(proxied["hello"], source=source) as client:
                assert read_all(client) == b"Hello " + source.encode()

    def test_half_close(self, proxied: dict[str, Address]) -> None:
        assert talk(proxied["dialogue"], b"nuqneH?\0hi\0") == b"Qapla'!\0hi\0"
        page = talk(proxied["home"], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"hello client" in page

    def test_swap(self, proxied: dict[str, Address]) -> None:
        with connect(proxied["swap"]) as one, connect(proxied["swap"]) as other:
            one.sendall(b"one\n")
            one.shutdown(socket.SHUT_WR)
            other.sendall(b"other\n")
            assert read_all(one) == b"other\n"
            assert read_all(other) == b"one\n"
