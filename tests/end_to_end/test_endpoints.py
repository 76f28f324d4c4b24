"""Where services listen: ``unix:``, ``tls:``, ``ssl:``, IPv6, several at once, and ``systemd:``."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.end_to_end.daemon import PATIENCE, Daemons, netsuite, run, twistd
from tests.end_to_end.programs import tool
from tests.end_to_end.wire import read_all, talk


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return a certificate authority."""
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> Path:
    """Return a file with a certificate for this machine and its key, in a folder of its own."""
    path = tmp_path / "certificates" / "localhost.pem"
    path.parent.mkdir()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(path))
    return path


Secure = Callable[[int, bytes], bytes]


@pytest.fixture
def secure(authority: trustme.CA) -> Secure:
    """Talk over TLS: send a request, and return everything that comes back."""
    context = ssl.create_default_context()
    authority.configure_trust(context)

    def talk_securely(port: int, request: bytes) -> bytes:
        with (
            socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as client,
        ):
            client.sendall(request)
            return read_all(client)

    return talk_securely


def test_a_unix_socket(start: Daemons, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    daemon = start("dialogue", "--listen", f"unix:{path}", ephemeral=False)
    assert daemon.addresses == {"dialogue": [f"unix:{path}"]}
    said = netsuite(tmp_path, "say", "--connect", f"unix:{path}", "nuqneH?")
    assert (said.returncode, said.stdout) == (0, b"Qapla'!\n")
    reply = run([tool("nc"), "-N", "-U", str(path)], tmp_path, stdin=b"one\0two\0").stdout
    assert reply == b"one\0two\0"
    daemon.stop()
    assert not path.exists()


def test_hello_over_a_unix_socket(start: Daemons, tmp_path: Path) -> None:
    start("hello", "--listen", f"unix:{tmp_path}/socket", ephemeral=False)
    reply = run([tool("nc"), "-N", "-U", f"{tmp_path}/socket"], tmp_path).stdout
    assert reply == b"Hello you"


def test_half_closed_clients_swap_over_a_unix_socket(start: Daemons, tmp_path: Path) -> None:
    path = f"{tmp_path}/socket"
    start("swap", "--listen", f"unix:{path}", ephemeral=False)
    clients = []
    for string in (b"one\n", b"two\n"):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE)
        client.connect(path)
        client.sendall(string)
        client.shutdown(socket.SHUT_WR)
        clients.append(client)
    assert [read_all(client) for client in clients] == [b"two\n", b"one\n"]
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "listen",
    [
        "tls:{folder}:0:interface=127.0.0.1",
        "ssl:0:privateKey={folder}/localhost.pem:interface=127.0.0.1",
    ],
)
def test_tls(listen: str, start: Daemons, certificate: Path, secure: Secure) -> None:
    endpoint = listen.format(folder=certificate.parent)
    daemon = start("upper", "--listen", endpoint, ephemeral=False)
    port = daemon.address("upper")[1]
    assert secure(port, b"one\r\ntwo\r\n\r\n") == b"ONE\r\nTWO\r\n"
    assert secure(port, b"x" * 100_000) == b"error: a message is longer than 65536 bytes\r\n"
    assert secure(port, b"again\r\n\r\n") == b"AGAIN\r\n"


def test_https(
    start: Daemons, certificate: Path, authority: trustme.CA, secure: Secure, tmp_path: Path
) -> None:
    endpoint = f"tls:{certificate.parent}:0:interface=127.0.0.1"
    daemon = start("home", "--listen", endpoint, ephemeral=False)
    port = daemon.address("home")[1]
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert b"hello client" in secure(port, request)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    page = run(
        [
            *(tool("curl"), "-sS", "--noproxy", "*", "--cacert", "authority.pem"),
            *("--resolve", f"localhost:{port}:127.0.0.1", f"https://localhost:{port}/"),
        ],
        tmp_path,
    )
    assert b"<h1>hello client</h1>" in page.stdout, page.stderr


def test_plain_text_on_a_tls_port_harms_nobody(
    start: Daemons, certificate: Path, secure: Secure
) -> None:
    endpoint = f"tls:{certificate.parent}:0:interface=127.0.0.1"
    daemon = start("upper", "--listen", endpoint, ephemeral=False)
    address = daemon.address("upper")
    with socket.create_connection(address, PATIENCE) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP" not in read_all(plain)
    assert secure(address[1], b"hi\r\n\r\n") == b"HI\r\n"


def test_several_endpoints(start: Daemons, tmp_path: Path) -> None:
    listens = ["tcp:0:interface=127.0.0.1", r"tcp6:0:interface=\:\:1", f"unix:{tmp_path}/socket"]
    arguments = [argument for listen in listens for argument in ("--listen", listen)]
    daemon = start("dialogue", *arguments, ephemeral=False)
    first, second, third = daemon.addresses["dialogue"]
    assert first.startswith("tcp:127.0.0.1:")
    assert second.startswith("tcp:[::1]:")
    assert third == f"unix:{tmp_path}/socket"
    assert talk(("127.0.0.1", int(first.rpartition(":")[2])), b"hi\0") == b"hi\0"
    assert talk(("::1", int(second.rpartition(":")[2])), b"hi\0") == b"hi\0"


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("tpc:12345", "no endpoint"),
        ("tcp:high", "no endpoint"),
        ("12345", "no endpoint"),
        ("udp:12345", "no datagrams"),
        ("ssl:0:privateKey=/no/such/file", "No such file"),
    ],
)
def test_what_is_no_endpoint(listen: str, expected: str, tmp_path: Path) -> None:
    ended = run(twistd("-n", "dialogue", "--listen", listen), tmp_path)
    text = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == 1
    assert "Traceback" not in text
    assert listen.partition(":")[0] in text
    assert expected in text
