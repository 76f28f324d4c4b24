"""The site: what is decided by the head of a request, and what is in the head of every answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, BinaryIO

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest

from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.web import BadRequest, HTTPError, Response, Router
from netsuite.web.channel import Channel
from netsuite.web.conditions import EntityTag
from netsuite.web.cors import CrossOrigin
from netsuite.web.hosts import AllowedHosts
from netsuite.web.site import Site
from netsuite.web.uploads import IN_MEMORY, MAX_UPLOADS, MIN_RATE, spool, take_body
from tests.transports import CLIENT, Transport
from tests.web.wire import Answer, parse

LIMITS = Limits(max_message=100, request_timeout=60.0, grace=10.0)
LAB = b"https://lab.example"
LONG = 40 * MIN_RATE


class API:
    """A service with a route for long bodies."""

    router = Router()
    max_import = LONG

    def __init__(self) -> None:
        self.waiting: list[tuple[IRequest, Deferred[Response]]] = []

    @router.get("/")
    def index(self, request: IRequest) -> Response:
        return Response.json([], headers={"Vary": "Accept"})

    @router.get("/same")
    def same(self, request: IRequest) -> Response:
        return EntityTag("5").not_modified()

    @router.post("/")
    def add(self, request: IRequest) -> Response:
        raise BadRequest("no")

    @router.post("/import", max_body=lambda api: api.max_import)
    @router.put("/short", max_body=10)
    def take(self, request: IRequest) -> Response:
        body: Any = request.content
        return Response.text(str(len(body.read())))

    @router.post("/wait", max_body=LONG)
    def wait(self, request: IRequest) -> Awaitable[Response]:
        waiter: Deferred[Response] = Deferred()
        self.waiting.append((request, waiter))
        return waiter


def as_json(error: HTTPError) -> Response:
    return Response.json({"error": {"status": error.status}}, error.status)


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.api = API()
        self.site = self.new_site()

    def new_site(self, **options: Any) -> Site:
        connections = Connections("web", LIMITS, reactor=self.clock)
        return Site(API.router.resource(self.api), connections, **options)

    def connect(self) -> tuple[Channel, Transport]:
        channel = self.site.buildProtocol(CLIENT)
        assert channel is not None
        transport = Transport()
        channel.makeConnection(transport)
        return channel, transport

    def ask(
        self, method: str = "GET", target: str = "/", *fields: bytes, body: bytes = b""
    ) -> Answer:
        """Send a request, and return the answer, which must be there at once."""
        channel, transport = self.connect()
        head = f"{method} {target} HTTP/1.1\r\n".encode()
        if not any(field.startswith(b"Host:") for field in fields):
            head += b"Host: localhost\r\n"
        head += b"".join(field + b"\r\n" for field in fields)
        if body:
            head += b"Content-Length: %d\r\n" % len(body)
        channel.dataReceived(head + b"\r\n" + body)
        answer = parse(transport.value(), method)
        channel.connectionLost(Failure(ConnectionDone()))
        return answer


class HostTests(Case):
    def test_any_unless_told(self) -> None:
        self.assertEqual(self.ask("GET", "/", b"Host: evil.example").status, 200)

    def test_allowed_hosts(self) -> None:
        self.site = self.new_site(hosts=AllowedHosts.of(["genes.example"]), error_page=as_json)
        for host in (b"localhost:1", b"127.0.0.1", b"genes.example"):
            self.assertEqual(self.ask("GET", "/", b"Host: " + host).status, 200)
        answer = self.ask("GET", "/", b"Host: evil.example")
        self.assertEqual((answer.status, answer.body), (421, b'{"error": {"status": 421}}'))
        self.assertEqual(self.ask("GET", "http://evil.example/").status, 421)
        self.assertEqual(
            self.ask("GET", "http://genes.example/", b"Host: evil.example").status, 200
        )


class RefusalTests(Case):
    """The page of what is refused before a resource sees it."""

    def test_by_default(self) -> None:
        answer = self.ask("GET", "/", b"Host: a b")
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertTrue(answer.body.startswith(b"400 Bad Request: the request's host"))
        self.assertEqual(answer["Connection"], "close")
        self.assertIsNotNone(answer["Date"])

    def test_the_services_own(self) -> None:
        self.site = self.new_site(error_page=as_json)
        for answer, status in (
            (self.ask("GET", "/", b"Host: a b"), 400),
            (self.ask("GET", "nonsense"), 400),
            (self.ask("POST", "/", b"Content-Length: 101"), 413),
            (self.ask("GET", "/", b"X: " + b"x" * 20_000), 431),
            (self.ask("GET", "/", *[b"X: x"] * 200), 431),
        ):
            self.assertEqual(answer.status, status)
            self.assertEqual(answer["Content-Type"], "application/json")
            self.assertEqual(answer.body, b'{"error": {"status": %d}}' % status)
        channel, transport = self.connect()
        channel.dataReceived(b"GET / HTTP/1.1\r\n")
        self.clock.pump([1] * 62)
        self.assertEqual(parse(transport.value()).body, b'{"error": {"status": 408}}')

    def test_the_errors_own_fields(self) -> None:
        channel, transport = self.connect()
        channel.refuse(HTTPError(503, "no", headers={"Retry-After": "7"}))
        self.assertEqual(parse(transport.value())["Retry-After"], "7")


class CrossOriginTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.site = self.new_site(cross_origin=CrossOrigin.of([LAB.decode()]))

    def test_every_answer_may_be_read(self) -> None:
        for answer, status in (
            (self.ask("GET", "/", b"Origin: " + LAB), 200),
            (self.ask("HEAD", "/", b"Origin: " + LAB), 200),
            (self.ask("GET", "/same", b"Origin: " + LAB), 304),
            (self.ask("GET", "/none", b"Origin: " + LAB), 404),
            (self.ask("POST", "/", b"Origin: " + LAB), 400),
            (self.ask("DELETE", "/", b"Origin: " + LAB), 405),
            (self.ask("OPTIONS", "/", b"Origin: " + LAB), 204),
            (self.ask("POST", "/", b"Origin: " + LAB, b"Content-Length: 101"), 413),
        ):
            self.assertEqual(answer.status, status)
            self.assertEqual(answer["Access-Control-Allow-Origin"], LAB.decode(), status)
            self.assertIn("Origin", answer["Vary"] or "", status)
        self.assertEqual(self.ask("GET", "/")["Vary"], "Accept, Origin")
        self.assertIsNone(
            self.ask("GET", "/", b"Origin: https://evil.example")["Access-Control-Allow-Origin"]
        )

    def test_writes_of_other_pages(self) -> None:
        answer = self.ask("POST", "/import", b"Origin: https://evil.example", body=b"x")
        self.assertEqual(answer.status, 403)
        self.assertIsNone(answer["Access-Control-Allow-Origin"])
        self.assertEqual(
            self.ask("POST", "/import", b"Origin: http://localhost", body=b"x").body, b"1"
        )
        self.assertEqual(self.ask("POST", "/import", b"Origin: " + LAB, body=b"x").body, b"1")

    def test_preflight(self) -> None:
        question = b"Access-Control-Request-Method: PUT"
        for path in ("/import", "/", "/none"):
            answer = self.ask("OPTIONS", path, b"Origin: " + LAB, question)
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertIn("PUT", answer["Access-Control-Allow-Methods"] or "")
            self.assertIsNone(answer["Content-Length"])
        answer = self.ask("OPTIONS", "/", b"Origin: https://evil.example", question)
        self.assertIsNone(answer["Access-Control-Allow-Methods"])
        self.assertIn("GET", answer["Allow"] or "")


class BodyTests(Case):
    """Bodies, by route."""

    def chunked(self, target: str, body: bytes) -> Answer:
        channel, transport = self.connect()
        channel.dataReceived(
            b"POST %b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" % target.encode()
        )
        for at in range(0, len(body), 50_000):
            piece = body[at : at + 50_000]
            channel.dataReceived(b"%x\r\n%b\r\n" % (len(piece), piece))
        channel.dataReceived(b"0\r\n\r\n")
        answer = parse(transport.value())
        channel.connectionLost(Failure(ConnectionDone()))
        return answer

    def test_bounds(self) -> None:
        longest = bytes(LONG)
        self.assertEqual(self.ask("POST", "/import", body=longest).body, b"%d" % LONG)
        self.assertEqual(self.chunked("/import", longest).body, b"%d" % LONG)
        self.assertEqual(self.chunked("/import", longest + b"x").status, 413)
        self.assertEqual(self.ask("PUT", "/short", body=bytes(10)).body, b"10")
        for method, target, length in (
            ("POST", "/import", LONG + 1),
            ("PUT", "/short", 11),
            ("POST", "/", 101),
            ("GET", "/import", 101),
            ("POST", "/none", 101),
            ("POST", "/%FF", 101),
            ("POST", "/import/", 101),
        ):
            # Nothing of the body has been sent.
            answer = self.ask(method, target, b"Content-Length: %d" % length)
            self.assertEqual(answer.status, 413, target)
        self.assertEqual(
            self.ask("POST", "/%69mport?x", body=bytes(101)).body, b"101", "paths are decoded"
        )

    def test_the_limit_may_change(self) -> None:
        self.api.max_import = 200
        self.assertEqual(self.ask("POST", "/import", body=bytes(200)).status, 200)
        self.assertEqual(self.ask("POST", "/import", b"Content-Length: 201").status, 413)

    def test_expect(self) -> None:
        channel, transport = self.connect()
        head = b"POST /import HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
        channel.dataReceived(head + b"3\r\n\r\n")
        self.assertEqual(transport.value(), b"HTTP/1.1 100 Continue\r\n\r\n")
        transport.clear()
        channel.dataReceived(b"abc")
        self.assertEqual(parse(transport.value()).body, b"3")
        transport.clear()
        channel.dataReceived(head + b"%d\r\n\r\n" % (LONG + 1))
        self.assertTrue(transport.value().startswith(b"HTTP/1.1 413 "))

    def upload(self, length: int, target: bytes = b"/wait") -> tuple[Channel, Transport]:
        channel, transport = self.connect()
        channel.dataReceived(
            b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (target, length)
        )
        return channel, transport

    def test_a_slow_upload(self) -> None:
        """It may take a second for each MIN_RATE bytes, besides what any request may take."""
        channel, transport = self.upload(LONG, b"/import")
        for _ in range(40):
            self.clock.pump([1] * 2)
            channel.dataReceived(bytes(MIN_RATE))
        self.assertEqual(parse(transport.value()).body, b"%d" % LONG)

    def test_a_trickle(self) -> None:
        channel, transport = self.upload(LONG, b"/import")
        channel.dataReceived(bytes(10 * MIN_RATE))
        for _ in range(69):
            self.clock.advance(1)
            channel.dataReceived(b"x")
            self.assertEqual(transport.value(), b"")
        self.clock.pump([1] * 2)
        answer = parse(transport.value())
        self.assertEqual(answer.status, 408)
        self.assertIn(b"slower than", answer.body)
        self.assertEqual(self.site.uploads, set())

    def test_what_is_around_a_body_does_not_count(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(
            b"POST /import HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(62):
            channel.dataReceived((b"1;" + b"x" * 1000 + b"\r\na\r\n") * 40)
            self.clock.advance(1)
        self.assertEqual(parse(transport.value()).status, 408)

    def test_so_many_at_once(self) -> None:
        uploads = [self.upload(LONG) for _ in range(MAX_UPLOADS)]
        answer = self.ask("POST", "/import", b"Content-Length: 101")
        self.assertEqual((answer.status, answer["Retry-After"]), (503, "10"))
        self.assertEqual(self.ask("POST", "/import", body=bytes(100)).body, b"100")
        # One leaves, one is refused, one is answered.
        uploads[0][0].connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.ask("POST", "/import", body=bytes(101)).body, b"101")
        self.upload(LONG)
        uploads[1][0].dataReceived(bytes(LONG))
        self.assertEqual(self.ask("POST", "/import", b"Content-Length: 101").status, 503)
        self.api.waiting[0][1].callback(Response.text("done"))
        self.assertEqual(self.ask("POST", "/import", body=bytes(101)).body, b"101")

    def test_the_spool(self) -> None:
        for length in (0, IN_MEMORY, IN_MEMORY + 1, None):
            with spool(length) as file:
                file.write(bytes(2 * IN_MEMORY))
                file.seek(0)
                self.assertEqual(len(file.read()), 2 * IN_MEMORY)

    def content(self) -> BinaryIO:
        """Return the body of the one request that waits."""
        ((request, _waiter),) = self.api.waiting
        content: Any = request.content
        return content  # type: ignore[no-any-return]  # an Interface's attribute

    def test_it_goes_with_the_client(self) -> None:
        channel, _transport = self.upload(LONG)
        channel.dataReceived(bytes(LONG))
        content = self.content()
        channel.connectionLost(Failure(ConnectionDone()))
        self.assertTrue(content.closed)

    def test_it_goes_with_the_answer(self) -> None:
        channel, _transport = self.upload(LONG)
        channel.dataReceived(bytes(LONG))
        content = self.content()
        self.api.waiting[0][1].callback(Response.text("done"))
        self.assertTrue(content.closed)

    def test_what_is_refused_is_not_kept(self) -> None:
        channel, _transport = self.connect()
        channel.dataReceived(
            b"POST /import HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"%x\r\n%b\r\nzz\r\n" % (LONG, bytes(LONG))
        )
        content = channel.requests[0].content
        self.assertEqual(content.seek(0, 2), 0)

    def test_a_body_that_was_taken_stays(self) -> None:
        channel, _transport = self.upload(LONG)
        channel.dataReceived(bytes(LONG))
        ((request, _waiter),) = self.api.waiting
        with take_body(request) as body:
            channel.connectionLost(Failure(ConnectionDone()))
            self.assertEqual(len(body.read()), LONG)

    def test_a_full_disk(self) -> None:
        channel, transport = self.upload(LONG, b"/import")

        class Full:
            def tell(self) -> int:
                return 0

            def write(self, data: bytes) -> int:
                raise OSError(28, "No space left on device")

            def seek(self, position: int) -> int:
                return position

            def truncate(self) -> int:
                return 0

            def close(self) -> None:
                pass

        channel.requests[0].content = Full()
        channel.dataReceived(b"x")
        self.assertEqual(parse(transport.value()).status, 507)
