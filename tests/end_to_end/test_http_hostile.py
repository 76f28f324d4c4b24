"""What the web services do with bytes that are no request, or mean no good.

RFC 9110 and RFC 9112, over real sockets. Whatever happens in a test, the service goes on.
"""

from __future__ import annotations

import contextlib
import io
import random
import socket
import time
from collections.abc import Iterator
from email.parser import BytesParser

import attrs
import pytest

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import Address, connect, read_all, resident, talk, until_idle

#: The services that are asked. Each has a page at ``/``, which takes no POST.
SERVICES = ["home", "genes"]

HOST = b"Host: localhost\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST

MAX_MESSAGE = 65_536
REQUEST_TIMEOUT = 1.5
MIB = 1 << 20


@attrs.frozen
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes


def answers(stream: bytes, *methods: str) -> list[Answer]:
    """Split what a server sent, of which nothing may be left over, into its responses.

    :param methods: those of the requests; GET where there are more responses.
    """
    found: list[Answer] = []
    while stream:
        first, _, stream = stream.partition(b"\r\n")
        version, status, reason = first.split(b" ", 2)
        assert version in (b"HTTP/1.1", b"HTTP/1.0"), first
        assert reason, first
        head, separator, stream = stream.partition(b"\r\n\r\n")
        assert separator
        headers = {
            name.lower(): value
            for name, value in BytesParser().parse(io.BytesIO(head + b"\r\n\r\n")).items()
        }
        method = methods[len(found)] if len(found) < len(methods) else "GET"
        length = int(headers.get("content-length", 0))
        if method == "HEAD" or status in (b"204", b"304"):
            length = 0
        assert len(stream) >= length
        found.append(Answer(int(status), headers, stream[:length]))
        stream = stream[length:]
    return found


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Return the name of each service in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def daemon(service: str, start_once: Daemons) -> Daemon:
    """Run a service as it is by default, but for the longest body."""
    return start_once(service, f"--max-message={MAX_MESSAGE}")


@pytest.fixture
def address(service: str, daemon: Daemon) -> Iterator[Address]:
    """Return where it listens; whatever happened in a test, it goes on."""
    where = daemon.address(service)
    with connect(where) as witness:
        yield where
        witness.sendall(GET)
        witness.shutdown(socket.SHUT_WR)
        assert [each.status for each in answers(read_all(witness))] == [200]
    assert [each.status for each in answers(talk(where, GET))] == [200]


def assert_refused(address: Address, request: bytes, *statuses: int) -> None:
    """Check that a request is refused, at once and once, and ends the connection.

    Another request is sent with it, which must not be answered; and the client goes on to
    listen: it is the server that ends the connection.
    """
    for pieces in ([request + GET], [request[:-1], request[-1:] + GET]):
        with connect(address) as client:
            for piece in pieces:
                client.sendall(piece)
            (answer,) = answers(read_all(client), request.partition(b" ")[0].decode("latin-1"))
            assert answer.status in statuses, (request[:80], answer)
            assert answer.headers["connection"] == "close"
            assert "date" in answer.headers


def head(*fields: bytes) -> bytes:
    """Return a request with some header fields and a Host."""
    return b"GET / HTTP/1.1\r\n" + HOST + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Host: other\r\n\r\n",
        b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost, localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: user@localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: http://localhost/\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost:port\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [localhost]\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET http://localhost/ HTTP/1.1\r\n\r\n",
        b"GET http:/// HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://user@localhost/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"HEAD / HTTP/1.1\r\n\r\n",
    ],
)
def test_hosts(request_: bytes, address: Address) -> None:
    assert_refused(address, request_, 400)


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\nHost: localhost:0\r\n",
        b"GET / HTTP/1.1\r\nhOST:\t LOCALHOST.:5000 \r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n",
        b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\n",
        b"GET HTTP://LocalHost:1/?q HTTP/1.1\r\nHost: localhost\r\n",
        b"GET / HTTP/1.0\r\n",
        b"GET / HTTP/1.9\r\nHost: localhost\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: localhost\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Latin-1: caf\xe9\r\nX-Empty:\r\n",
        b"GET /?a=%ff&b=%00&=&&%zz HTTP/1.1\r\nHost: localhost\r\n",
    ],
)
def test_what_is_all_right(line: bytes, address: Address) -> None:
    (answer,) = answers(talk(address, line + b"\r\n"))
    # A service may have a mind of its own about parameters.
    assert answer.status in ((200, 400) if b"?" in line else (200,))


def test_how_long_the_body_is(address: Address) -> None:
    chunked = b"Transfer-Encoding: chunked"
    for fields, statuses in (
        ([b"Content-Length: 5", b"Content-Length: 6"], (400,)),
        ([b"Content-Length: 5", b"Content-Length: 5"], (400,)),
        ([b"Content-Length: 5, 6"], (400,)),
        ([b"Content-Length: -1"], (400,)),
        ([b"Content-Length: +5"], (400,)),
        ([b"Content-Length: 5 5"], (400,)),
        ([b"Content-Length: 0x5"], (400,)),
        ([b"Content-Length: 5.0"], (400,)),
        ([b"Content-Length:"], (400,)),
        ([b"Content-Length: " + b"9" * 20], (413,)),
        ([b"Content-Length: " + b"9" * 5000], (413,)),
        ([b"Content-Length: 70000"], (413,)),
        ([b"Content-Length: 5", chunked], (400,)),
        ([chunked, b"Content-Length: 5"], (400,)),
        ([chunked, chunked], (400,)),
        ([b"Transfer-Encoding: chunked, chunked"], (400,)),
        ([b"Transfer-Encoding: gzip, chunked"], (400, 501)),
        ([b"Transfer-Encoding: gzip"], (400, 501)),
        ([b"Transfer-Encoding: identity"], (400, 501)),
        ([b"Transfer-Encoding: xchunked"], (400, 501)),
        ([b"Transfer-Encoding : chunked"], (400,)),
        ([b"Transfer-Encoding:\x0bchunked"], (400,)),
    ):
        request = POST + b"".join(field + b"\r\n" for field in fields) + b"\r\n"
        assert_refused(address, request, *statuses)
    assert_refused(address, b"POST / HTTP/1.0\r\n" + chunked + b"\r\n\r\n", 400)


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"0x1\r\n",
        b"1 \r\n",
        b"\r\n",
        b"1\r\nab\r\n",
        b"1\nab\r\n",
        b"1;\x01\r\n",
        b"1;" + b"x" * 2000,
        b"1" * 2000,
        b"0\r\n" + b"a: b\r\n" * 12_000,
        b"0\r\na: " + b"b" * 70_000,
        b"ffffffffffffffff\r\n" + bytes(70_000),
        b"10000\r\n" + bytes(65536) + b"\r\n1\r\nx",
    ],
)
def test_chunks(body: bytes, address: Address) -> None:
    request = POST + b"Transfer-Encoding: chunked\r\n\r\n" + body
    assert_refused(address, request, 413 if len(body) > 65_536 and body[:1] in b"f1" else 400)


def test_chunks_that_are_all_right(address: Address) -> None:
    stream = (
        POST + b"Transfer-Encoding: Chunked\r\n\r\n"
        b'5;name=value;other="a;b"\r\nhello\r\n0a\r\n0123456789\r\n000;last\r\n'
        b"Trailer: dropped\r\nContent-Length: 99\r\n\r\n"
    )
    assert [each.status for each in answers(talk(address, stream + GET))] == [405, 200]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (head(b"X: a", b" folded"), 400),
        (head(b"X: a", b"\tfolded"), 400),
        (b"GET / HTTP/1.1\r\n " + HOST + b"\r\n", 400),
        (head(b"X : a"), 400),
        (head(b"no colon"), 400),
        (head(b": a"), 400),
        (head(b"X: a\rb"), 400),
        (head(b"X: a\nb"), 400),
        (head(b"X: a\0b"), 400),
        (head(b"X: \x1b[2J"), 400),
        (head(b"X\xe9: a"), 400),
        (head(*[b"X: a"] * 1000), 431),
        (head(b"X: " + b"a" * 20_000), 431),
        (head(*[b"X: " + b"a" * 1000] * 20), 431),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"A" * 20_000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET / HTTP/0.9\r\n\r\n", 505),
        (b"GET / http/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1x\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.\r\n" + HOST + b"\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b" GET / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET\t/\tHTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"G@T / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET path HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /#fragment HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /a\rb HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /a\0b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET gopher://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n", 501),
        (b"GET / HTTP/1.1\n" + b"Host: localhost\n\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 400),
        (b"\xff" * 100 + b"\r\n", 400),
        (b"\x00" * 40_000, 414),
    ],
)
def test_heads(request_: bytes, status: int, address: Address) -> None:
    assert_refused(address, request_, status)


@pytest.mark.parametrize(
    "target",
    [
        b"/%",
        b"/%zz",
        b"/%00",
        b"/%ff",
        b"/%c3%28",
        b"/%ed%a0%80",
        b"/%2e%2e/%2e%2e",
        b"/..",
        b"/../../etc/passwd",
        b"//",
        b"//localhost/",
        b"/a%2fb",
        b"/%250a",
        b"/%0d%0aX-Injected:%20yes",
        b"/;a=b",
        b"/<script>",
        b"/" + b"a/" * 4000,
        b"/?" + b"a&" * 4000,
        b"/?" + b"%" * 4000,
    ],
)
def test_targets(target: bytes, address: Address) -> None:
    request = b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    first, second = answers(talk(address, request + GET))
    assert first.status in (200, 400, 404, 414)
    assert "x-injected" not in first.headers
    assert second.status == 200


def test_methods(address: Address) -> None:
    for method, statuses in (
        ("HEAD", (200,)),
        ("OPTIONS", (200, 204)),
        ("TRACE", (405,)),
        ("get", (501,)),
        ("BREW", (501,)),
        ("X" * 1000, (501,)),
    ):
        stream = talk(address, method.encode() + GET[3:] + GET)
        first, second = answers(stream, method)
        assert (first.status in statuses, second.status) == (True, 200), method
        assert method not in ("OPTIONS", "TRACE") or "GET" in first.headers["allow"]
    for target in (b"*", b"http://localhost/"):
        request = b"OPTIONS " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"
        assert answers(talk(address, request), "OPTIONS")[0].status in (200, 204)


def test_head_says_what_get_would(address: Address) -> None:
    stream = talk(address, b"HEAD" + GET[3:] + GET)
    first, second = answers(stream, "HEAD", "GET")
    assert first.headers["content-length"] == second.headers["content-length"]
    assert first.headers["content-type"] == second.headers["content-type"]
    assert int(second.headers["content-length"]) == len(second.body) > 0
    assert "content-length" not in answers(talk(address, b"OPTIONS" + GET[3:]))[0].headers


def test_pipelining(address: Address) -> None:
    """In order, in any pieces, and not beyond an error."""
    requests = {200: GET, 404: b"GET /no/page HTTP/1.1\r\n" + HOST + b"\r\n", 405: POST + b"\r\n"}
    statuses = random.Random(4).choices(list(requests), k=200)
    stream = b"".join(requests[status] for status in statuses)
    for size in (1, 7, 1000, len(stream)):
        with connect(address) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(stream), size):
                client.sendall(stream[at : at + size])
            client.shutdown(socket.SHUT_WR)
            assert [each.status for each in answers(read_all(client))] == statuses
    broken = GET + POST + b"Content-Length: 3\r\n\r\nabc" + head(b"bad") + GET * 5
    with connect(address) as client:
        client.sendall(broken)
        assert [each.status for each in answers(read_all(client))] == [200, 405, 400]


def test_who_ends_the_connection(address: Address) -> None:
    for first, ends in (
        (b"GET / HTTP/1.0\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True),
        (head(b"Connection: close"), True),
        (head(b"Connection: keep-alive, CLOSE"), True),
        (head(b"Connection: TE", b"Connection: close"), True),
        (head(b"Connection: keep-alive"), False),
    ):
        with connect(address) as client:
            client.sendall(first + GET)
            if not ends:
                client.shutdown(socket.SHUT_WR)
            found = answers(read_all(client))
        assert [each.status for each in found] == [200] * (1 if ends else 2)
        assert ("connection" in found[0].headers) == ends


def test_half_close(address: Address) -> None:
    """What was asked before it is answered; what is incomplete is not."""
    assert [each.status for each in answers(talk(address, GET * 3))] == [200] * 3
    for incomplete in (
        GET[:-1],
        b"GET",
        b"\r\n",
        POST + b"Content-Length: 5\r\n\r\nabcd",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
    ):
        assert [each.status for each in answers(talk(address, GET + incomplete))] == [200]


def test_expect_continue(address: Address) -> None:
    with connect(address) as client:
        client.sendall(POST + b"Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        client.shutdown(socket.SHUT_WR)
        assert [each.status for each in answers(read_all(client))] == [405]
    # A body that is not wanted is not asked for.
    with connect(address) as client:
        client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 413 ")
    # An HTTP/1.0 client does not know what it says.
    old = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
    assert talk(address, old).split(b" ")[1] == b"405"


def test_bodies_without_end(address: Address, daemon: Daemon) -> None:
    """They are refused before the end, and what follows is not kept."""
    before = resident(daemon.pid)
    for head_, piece in (
        (b"Content-Length: 999999999", bytes(65_536)),
        (b"Transfer-Encoding: chunked", b"10000\r\n" + bytes(65_536) + b"\r\n"),
        (b"Transfer-Encoding: chunked", b"1\r\na\r\n" * 8192),
        (b"X: x\r\nTransfer-Encoding: chunked\r\n\r\n0", b"a: b\r\n" * 8192),
    ):
        with connect(address) as client:
            client.sendall(POST + head_ + b"\r\n" + (b"" if b"\n0" in head_ else b"\r\n"))
            with contextlib.suppress(ConnectionError):
                for _ in range(100):
                    client.sendall(piece)
            with contextlib.suppress(ConnectionError):
                assert read_all(client).split(b" ")[1] in (b"413", b"400")
    assert resident(daemon.pid) - before <= 4 * MIB


def test_many_heads_without_end(address: Address, daemon: Daemon) -> None:
    before = resident(daemon.pid)
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            client = stack.enter_context(connect(address))
            client.sendall(GET[:-2] + b"X: x\r\n" * 90 + b"X: " + b"x" * 8000)
        until_idle(daemon.pid)
        assert resident(daemon.pid) - before <= 100 * 64 * 1024 + 2 * MIB


def test_answers_that_are_not_read(address: Address, daemon: Daemon) -> None:
    before = resident(daemon.pid)
    with connect(address) as client:
        client.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            for _ in range(200_000):
                client.sendall(GET * 100)
        until_idle(daemon.pid)
        assert resident(daemon.pid) - before <= 4 * MIB


@pytest.fixture(scope="module")
def impatient(service: str, start_once: Daemons) -> Daemon:
    """Run a service that waits for little."""
    return start_once(service, f"--request-timeout={REQUEST_TIMEOUT}")


def test_one_byte_at_a_time(service: str, impatient: Daemon) -> None:
    """No byte puts off the deadline of a request."""
    trickles = {
        b"": b"G",
        b"GET /": b"a",
        b"GET / HTTP/1.1\r\nX: ": b"a",
        GET + b"GET / HTTP/1.1\r\n": b"X: a\r\n",
        POST + b"Content-Length: 60000\r\n\r\n": b"a",
        POST + b"Transfer-Encoding: chunked\r\n\r\n": b"1\r\na\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1;": b"a",
        POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ": b"a",
    }
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(impatient.address(service))) for _ in trickles]
        began = time.monotonic()
        for client, start in zip(clients, trickles, strict=True):
            client.sendall(start)
        for step in range(200):
            time.sleep(0.05)
            for client, more in zip(clients, trickles.values(), strict=True):
                with contextlib.suppress(ConnectionError):
                    at = step % len(more)
                    client.sendall(more[at : at + 1])
            # The sweep that looks for it comes round in a quarter of the time.
            if time.monotonic() - began > REQUEST_TIMEOUT * 1.25 + 0.6:
                break
        for client, start in zip(clients, trickles, strict=True):
            *before, last = answers(read_all(client))
            assert last.status == 408, start
            assert [each.status for each in before] == [200] * start.startswith(GET)
