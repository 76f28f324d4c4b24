"""HTTP over one connection: bounds, deadlines, half-close and the drain."""

from __future__ import annotations

import math

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET
from zope.interface import implementer

from netsuite.serving.connections import Connections
from netsuite.serving.limits import LINGER, Limits
from netsuite.web.channel import FIRST_PROBE, Channel
from netsuite.web.heads import MAX_FIELDS
from netsuite.web.output import ENOUGH
from netsuite.web.request import Request
from netsuite.web.site import Site
from tests.transports import CLIENT, REMOTE, Transport

LIMITS = Limits(max_message=10, idle_timeout=300.0, request_timeout=60.0, max_per_peer=1)
GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


class Echo(Resource):
    """Answers with its path and body; ``/late`` when the test says so."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.late: list[Request] = []
        self.left: list[Request] = []

    def render(self, request: Request) -> bytes | int:
        if request.path.startswith(b"/late"):
            self.late.append(request)
            if request.path == b"/late/watched":
                request.watch_client()
            request.notifyFinish().addErrback(lambda _: self.left.append(request))
            return NOT_DONE_YET
        assert request.content is not None
        return b"%b %b" % (request.path, request.content.read())


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.echo = Echo()
        self.site = self.new_site()

    def new_site(self, delay: float = 0.0) -> Site:
        self.connections = Connections("web", LIMITS, reactor=self.clock)
        return Site(self.echo, self.connections, delay=delay)

    def connect(self, limit: int | None = None) -> tuple[Channel, Transport]:
        channel = self.site.buildProtocol(CLIENT)
        assert channel is not None
        transport = Transport(limit)
        channel.makeConnection(transport)
        return channel, transport

    def bodies(self, transport: Transport) -> list[bytes]:
        """Return the bodies of the responses that were written."""
        found = []
        rest = transport.value()
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            found.append(rest[:length])
            rest = rest[length:]
        return found

    def finish(self, request: Request, body: bytes) -> None:
        request.setHeader(b"content-length", b"%d" % len(body))
        request.write(body)
        request.finish()


class RequestTests(Case):
    """Requests in any pieces, and targets in any form."""

    def test_every_cut(self) -> None:
        stream = (
            GET
            + b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
            + b"POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"2\r\nhi\r\n0\r\n\r\n"
            + GET
        )
        for cut in range(len(stream) + 1):
            channel, transport = self.connect()
            channel.dataReceived(stream[:cut])
            channel.dataReceived(stream[cut:])
            self.assertEqual(self.bodies(transport), [b"/ ", b"/p abc", b"/c hi", b"/ "], cut)

    def test_absolute_targets(self) -> None:
        for target, path in ((b"http://h/a/b", b"/a/b "), (b"HTTP://h", b"/ ")):
            channel, transport = self.connect()
            channel.dataReceived(b"GET %b HTTP/1.1\r\nHost: other\r\n\r\n" % target)
            self.assertEqual(self.bodies(transport), [path])

    def test_delay(self) -> None:
        self.site = self.new_site(delay=5.0)
        channel, transport = self.connect()
        channel.dataReceived(GET * 2)
        self.clock.advance(4.9)
        self.assertEqual(transport.value(), b"")
        self.clock.advance(0.1)
        self.assertEqual(len(self.bodies(transport)), 1)
        self.clock.advance(5)
        self.assertEqual(len(self.bodies(transport)), 2)

    def test_a_delayed_request_is_dropped_when_the_client_is_lost(self) -> None:
        self.site = self.new_site(delay=5.0)
        channel, _transport = self.connect()
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n")
        channel.connectionLost(Failure(ConnectionDone()))
        self.clock.advance(5)
        self.assertEqual(self.echo.late, [])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_the_client_is_who_the_factory_was_told_of(self) -> None:
        """Behind a proxy the transport's peer is the proxy."""
        channel = self.site.buildProtocol(REMOTE)
        assert channel is not None
        channel.makeConnection(Transport())
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n")
        self.assertEqual(self.echo.late[0].getClientAddress(), REMOTE)
        self.assertIsNone(self.site.buildProtocol(REMOTE), "one connection is all it may have")


class RefusalTests(Case):
    """What the client must not send, and is told so."""

    def assert_refused(self, stream: bytes, status: bytes) -> None:
        for pieces in ([stream], [stream[at : at + 1] for at in range(len(stream))]):
            channel, transport = self.connect()
            for piece in pieces:
                channel.dataReceived(piece)
            self.assertTrue(transport.value().startswith(b"HTTP/1.1 " + status), transport.value())
            self.assertEqual(transport.value().count(b"Connection: close"), 1)
            self.assertTrue(transport.write_closed)
            self.assertEqual(self.echo.late, [])
            channel.connectionLost(Failure(ConnectionDone()))

    def test_bodies(self) -> None:
        head = b"POST /late HTTP/1.1\r\nHost: h\r\n"
        chunk = b"6\r\nabcdef\r\n"
        self.assert_refused(head + b"Content-Length: 11\r\n\r\n", b"413 ")
        self.assert_refused(head + b"Content-Length: 11\r\n\r\n" + b"x" * 11 + GET, b"413 ")
        chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
        self.assert_refused(chunked + chunk + chunk + b"0\r\n\r\n", b"413 ")
        self.assert_refused(chunked + b"zz\r\n", b"400 ")

    def test_heads(self) -> None:
        """What is wrong with them is a matter of the heads' own tests."""
        for stream in (
            b"nonsense\r\n",
            b"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
            b"GET http://h/ HTTP/1.1\r\n\r\n",
            b"\r\n\r\n",
        ):
            self.assert_refused(stream, b"400 ")
        self.assert_refused(b"GET / HTTP/2.0\r\n", b"505 ")

    def test_heads_beyond_the_bounds(self) -> None:
        self.assert_refused(b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n", b"414 ")
        self.assert_refused(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n", b"431 ")
        many = b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (MAX_FIELDS + 1)
        self.assert_refused(many, b"431 ")
        long = b"GET / HTTP/1.1\r\n" + (b"a: " + b"b" * 994 + b"\r\n") * 17
        self.assert_refused(long, b"431 ")

    def test_a_refusal_of_head_has_no_body(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"HEAD / HTTP/1.1\r\n\r\n")
        head, _, body = transport.value().partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 400 "))
        self.assertIn(b"\r\nContent-Length: ", head)
        self.assertEqual(body, b"")

    def test_bodies_in_chunks(self) -> None:
        head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        for body in (
            b"-1\r\n",
            b"+1\r\na\r\n",
            b" 1\r\na\r\n",
            b"1 \r\na\r\n",
            b"0x1\r\na\r\n",
            b"1_0\r\na\r\n",
            b"\r\n",
            b"1\nab",
            b"1\r\nabc",  # no CRLF after it
            b"1;a\nb=c\r\na\r\n",
            b"1;" + b"x" * 2000,
            b"f" * 2000,
            b"0\r\n" + b"a: b\r\n" * 11_000,
            b"0\r\na: " + b"b" * 66_000,
        ):
            channel, transport = self.connect()
            channel.dataReceived(head)
            # A part of it may be enough.
            for at in range(0, len(body), 1000):
                channel.dataReceived(body[at : at + 1000])
            # What is missing would not have been waited for.
            channel.dataReceived(b"\r\n" if body == b"1\nab" else b"")
            self.assertTrue(transport.value().startswith(b"HTTP/1.1 400 "), body[:20])
            self.assertTrue(transport.write_closed)
            channel.connectionLost(Failure(ConnectionDone()))

    def test_extensions_and_trailers_are_dropped(self) -> None:
        channel, transport = self.connect()
        stream = (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
            b'2;name="a b"\r\nab\r\n01;x\r\nc\r\n0;y\r\nTrailer: x\r\nHost: i\r\n\r\n'
        )
        for at in range(len(stream)):
            channel.dataReceived(stream[at : at + 1])
        channel.dataReceived(GET)
        self.assertEqual(self.bodies(transport), [b"/ abc", b"/ "])


class DeadlineTests(Case):
    """Nobody holds a connection for ever."""

    def test_a_request_must_arrive_in_time(self) -> None:
        for start in (
            b"GET / HTTP/1.1\r\nX: ",
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n",
            b"G",
        ):
            channel, transport = self.connect()
            channel.dataReceived(start)
            for _ in range(8):
                self.clock.pump([1] * 7)
                self.assertEqual(transport.value(), b"")
                channel.dataReceived(b"x")
            self.clock.pump([1] * 6)
            self.assertTrue(transport.value().startswith(b"HTTP/1.1 408 "), start)
            self.assertTrue(transport.write_closed)
            channel.connectionLost(Failure(ConnectionDone()))

    def test_idle(self) -> None:
        channel, transport = self.connect()
        for _ in range(3):
            channel.dataReceived(GET)
            self.clock.advance(299)
        self.assertFalse(transport.write_closed)
        self.clock.pump([1, 1])
        self.assertTrue(transport.write_closed)
        self.assertEqual(len(self.bodies(transport)), 3)

    def test_a_request_in_hand_is_not_idle(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n" + GET[:9])
        self.assertEqual(channel.deadline, math.inf)
        self.clock.pump([1000, 1000])
        self.finish(self.echo.late[0], b"late")
        channel.dataReceived(GET[9:])
        self.assertEqual(self.bodies(transport), [b"late", b"/ "])

    def test_a_client_that_does_not_read(self) -> None:
        channel, transport = self.connect(limit=10)
        channel.dataReceived(GET * 1000)
        answered = transport.value().count(b"HTTP/1.1")
        self.assertLess(answered, 500, "the others wait")
        self.assertLess(len(transport.value()), 2 * ENOUGH)
        self.assertEqual(transport.producerState, "paused")
        transport.read()
        self.assertEqual(transport.value().count(b"HTTP/1.1"), answered)
        self.clock.pump([299, 2, 1])
        self.assertTrue(transport.disconnected)

    def test_producers_are_paused_once(self) -> None:
        """However often the transport has said stop, it says go on but once."""
        calls: list[str] = []

        @implementer(IPushProducer)
        class Producer:
            def pauseProducing(self) -> None:
                calls.append("pause")

            def resumeProducing(self) -> None:
                calls.append("resume")

            def stopProducing(self) -> None:
                calls.append("stop")

        channel, transport = self.connect(limit=10)
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n" + GET)
        request = self.echo.late[0]
        request.registerProducer(Producer(), True)
        for _ in range(2):
            request.write(b"more than ten bytes")
        self.assertEqual(calls, ["pause"])
        transport.read()
        self.assertEqual(calls, ["pause", "resume"])
        request.unregisterProducer()
        request.finish()
        self.assertTrue(transport.value().endswith(b"/ "))


class EndTests(Case):
    """Half-close, the drain, and the linger."""

    def test_half_close_with_a_request_in_hand(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n" + GET)
        channel.readConnectionLost()
        self.assertFalse(transport.disconnecting)
        self.finish(self.echo.late[0], b"late")
        self.assertEqual(self.bodies(transport), [b"late", b"/ "])
        self.assertTrue(transport.disconnecting)

    def test_half_close_without(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(GET + GET[:5])
        channel.readConnectionLost()
        self.assertEqual(self.bodies(transport), [b"/ "])
        self.assertTrue(transport.disconnecting)

    def test_a_watched_client_is_asked(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET /late/watched HTTP/1.1\r\nHost: h\r\n\r\n")
        channel.readConnectionLost()
        self.clock.advance(FIRST_PROBE)
        self.assertEqual(transport.value(), b"HTTP/1.1 100 Continue\r\n\r\n")
        self.clock.pump([0.01, 0, 0.01])
        transport.connected = False
        self.clock.pump([2 * FIRST_PROBE, 0.01, 0])
        self.assertTrue(transport.disconnected)
        channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.echo.left, self.echo.late)
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_others_are_not(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n")
        channel.readConnectionLost()
        self.clock.advance(60)
        self.assertEqual(transport.value(), b"")

    def test_a_watched_client_that_leaves_in_the_middle(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET /late/watched HTTP/1.1\r\nHost: h\r\n\r\n")
        self.echo.late[0].write(b"begun")
        channel.readConnectionLost()
        self.assertTrue(transport.disconnected)

    def test_connection_close(self) -> None:
        channel, transport = self.connect()
        channel.dataReceived(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + GET)
        self.assertEqual(len(self.bodies(transport)), 1)
        self.assertTrue(transport.write_closed)
        self.assertFalse(transport.disconnecting)
        channel.writeConnectionLost()
        self.clock.advance(LINGER)
        self.assertTrue(transport.disconnected)

    def test_who_asks_for_the_end(self) -> None:
        for head, ends in (
            (b"HTTP/1.1\r\nConnection: keep-alive, Close", True),
            (b"HTTP/1.1\r\nConnection: x\r\nConnection: close,y", True),
            (b"HTTP/1.1\r\nConnection: closed", False),
            (b"HTTP/1.0", True),
            (b"HTTP/1.0\r\nConnection: keep-alive", True),  # it need not be heeded
        ):
            channel, transport = self.connect()
            channel.dataReceived(b"GET / %b\r\nHost: h\r\n\r\n" % head)
            self.assertEqual(self.bodies(transport), [b"/ "])
            self.assertEqual(transport.write_closed, ends, head)
            self.assertEqual(b"\r\nConnection: close\r\n" in transport.value(), ends)
            channel.connectionLost(Failure(ConnectionDone()))

    def test_drain(self) -> None:
        idle, idle_transport = self.connect()
        busy, busy_transport = self.connect()
        busy.dataReceived(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n" + GET)
        drained = self.connections.drain()
        self.assertTrue(idle_transport.write_closed)
        self.finish(self.echo.late[0], b"late")
        self.assertEqual(self.bodies(busy_transport), [b"late"])
        self.assertIn(b"connection: close", busy_transport.value().lower())
        self.assertTrue(busy_transport.write_closed)
        for channel in (idle, busy):
            channel.connectionLost(Failure(ConnectionDone()))
        self.successResultOf(drained)
