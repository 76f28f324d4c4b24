"""Bodies that are sent as they are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from http.client import IncompleteRead
from math import inf

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest

from netsuite.web import HTTPError, NotFound, Response, Result, Router
from tests.web.wire import Wire, ask, parse

Chunks = Iterator[bytes] | AsyncIterator[bytes]


class StreamTestCase(SynchronousTestCase):
    """Two generators, and a router to send what they make."""

    def setUp(self) -> None:
        self.router = Router()
        self.resource = self.router.resource()
        #: What the generators have done, in order.
        self.events: list[str] = []
        #: One generator of either kind, which makes so many chunks.
        self.kinds: tuple[Callable[[int], Chunks], ...] = (self.plain, self.asynchronous)

    def plain(self, count: int) -> Iterator[bytes]:
        try:
            for number in range(count):
                self.events.append(str(number))
                yield b"%d." % number
        finally:
            self.events.append("closed")

    async def asynchronous(self, count: int) -> AsyncIterator[bytes]:
        try:
            for number in range(count):
                self.events.append(str(number))
                yield b"%d." % number
        finally:
            self.events.append("closed")

    def stream(self, result: Result, capacity: float = inf, method: str = "GET") -> Wire:
        """Send a request that is answered with this result."""
        path = f"/{len(self.router.routes)}"
        self.router.get(path)(lambda request: result)
        wire = Wire(self.resource, capacity)
        wire.send(method, path.encode())
        return wire


class StreamTests(StreamTestCase):
    def test_chunked(self) -> None:
        for result in (self.plain(3), self.asynchronous(3), [b"0.", b"1.", b"", b"2."]):
            answer = parse(self.stream(result).received())
            self.assertEqual((answer.status, answer.body), (200, b"0.1.2."))
            self.assertEqual(answer["Transfer-Encoding"], "chunked")
            self.assertEqual(answer["Content-Type"], "application/octet-stream")
            self.assertIsNone(answer["Content-Length"])
        self.assertEqual(self.events, 2 * ["0", "1", "2", "closed"])

    def test_headers(self) -> None:
        headers = {"Content-Type": "text/csv; charset=utf-8", "X-A": "b"}
        answer = parse(self.stream(Response(self.plain(3), 203, headers=headers)).received())
        self.assertEqual((answer.status, answer.body, answer["X-A"]), (203, b"0.1.2.", "b"))
        self.assertEqual(answer["Content-Type"], "text/csv; charset=utf-8")

    def test_a_handler_may_be_a_generator(self) -> None:
        @self.router.get("/a")
        def plain(request: IRequest) -> Iterator[bytes]:
            yield b"a"

        @self.router.get("/b")
        async def asynchronous(request: IRequest) -> AsyncIterator[bytes]:
            yield b"b"

        self.assertEqual(ask(self.resource, "GET", b"/a").body, b"a")
        self.assertEqual(ask(self.resource, "GET", b"/b").body, b"b")

    def test_no_chunks(self) -> None:
        for kind in self.kinds:
            answer = parse(self.stream(Response(kind(0), headers={"X-A": "b"})).received())
            self.assertEqual((answer.body, answer["Content-Length"]), (b"", "0"))
            self.assertEqual(answer["X-A"], "b")

    def test_next_request_on_the_connection(self) -> None:
        wire = self.stream(self.plain(3))
        wire.send("GET", b"/lost")
        self.assertIn(b"0\r\n\r\nHTTP/1.1 404", wire.received())
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_http_1_0(self) -> None:
        self.router.get("/old")(lambda request: self.plain(3))
        wire = Wire(self.resource)
        wire.send("GET", b"/old", version="1.0")
        self.assertEqual(parse(wire.received()).body, b"0.1.2.")
        self.assertTrue(wire.transport.disconnecting)

    def test_head_asks_for_no_chunk(self) -> None:
        class File:
            closed = False

            def __iter__(self) -> Iterator[bytes]:
                raise AssertionError("nobody wants them")

            def close(self) -> None:
                self.closed = True

        file = File()
        for result in (self.plain(3), self.asynchronous(3), file):
            wire = self.stream(result, method="HEAD")
            self.assertEqual(parse(wire.received(), "HEAD").status, 200)
        self.assertTrue(file.closed)
        self.assertEqual(self.events, [])


class BackpressureTests(StreamTestCase):
    def test_a_chunk_at_a_time(self) -> None:
        for kind in self.kinds:
            self.events.clear()
            wire = self.stream(kind(3), capacity=0)
            for number in range(3):
                self.assertEqual(self.events, [str(n) for n in range(number + 1)])
                self.assertTrue(wire.received().endswith(b"\r\n%d.\r\n" % number))
                wire.transport.drain()
            self.assertEqual(self.events, ["0", "1", "2", "closed"])
            self.assertEqual(parse(wire.received()).body, b"0.1.2.")

    def test_a_long_one(self) -> None:
        def long() -> Iterator[bytes]:
            for _ in range(10_000):
                self.events.append("made")
                yield bytes(1024)

        wire = self.stream(long(), capacity=64 * 1024)
        made = len(self.events)
        self.assertLessEqual(made, 64)
        wire.transport.drain()
        self.assertLessEqual(len(self.events), made + 65)
        self.assertGreater(len(self.events), made)

    def test_paused_again_while_paused(self) -> None:
        wire = self.stream(self.plain(2), capacity=0)
        wire.transport.pushing.pauseProducing()
        wire.transport.drain()
        self.assertEqual(self.events, ["0", "1"])

    def test_resumed_while_not_paused(self) -> None:
        gate: Deferred[None] = Deferred()

        async def waiting() -> AsyncIterator[bytes]:
            yield b"0."
            await gate
            yield b"1."

        wire = self.stream(waiting())
        wire.transport.drain()
        gate.callback(None)
        self.assertEqual(parse(wire.received()).body, b"0.1.")


class LeavingTests(StreamTestCase):
    def test_while_paused(self) -> None:
        for kind in self.kinds:
            self.events.clear()
            wire = self.stream(kind(3), capacity=0)
            wire.leave()
            self.assertEqual(self.events, ["0", "closed"])
            self.assertEqual(self.flushLoggedErrors(), [])

    def test_while_the_next_chunk_is_made(self) -> None:
        async def waiting() -> AsyncIterator[bytes]:
            try:
                yield b"0."
                await Deferred()
            except CancelledError:
                self.events.append("cancelled")
                raise

        wire = self.stream(waiting())
        wire.leave()
        self.assertEqual(self.events, ["cancelled"])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_before_the_first_chunk(self) -> None:
        async def waiting() -> AsyncIterator[bytes]:
            try:
                await Deferred()
                yield b"0."
            finally:
                self.events.append("closed")

        wire = self.stream(waiting())
        wire.leave()
        self.assertEqual((self.events, wire.received()), (["closed"], b""))

    def test_the_transport_may_say_it_first(self) -> None:
        wire = self.stream(self.plain(3), capacity=0)
        wire.transport.pushing.stopProducing()
        self.assertEqual(self.events, ["0", "closed"])
        wire.leave()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_generator_that_goes_on_all_the_same(self) -> None:
        async def stubborn() -> AsyncIterator[bytes]:
            try:
                while True:
                    try:
                        yield b"."
                        await Deferred()
                    except CancelledError:
                        self.events.append("ignored")
            finally:
                self.events.append("closed")

        self.stream(stubborn()).leave()
        self.assertEqual(self.events, ["ignored", "closed"])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_generator_that_ends_in_peace(self) -> None:
        async def calm() -> AsyncIterator[bytes]:
            yield b"."
            try:
                await Deferred()
            except CancelledError:
                return

        self.stream(calm()).leave()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_generator_that_cannot_be_closed(self) -> None:
        def clumsy() -> Iterator[bytes]:
            try:
                yield b"."
            finally:
                raise KeyError("in cleaning up")

        self.stream(clumsy(), capacity=0).leave()
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)


class FailingTests(StreamTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.failing: tuple[Callable[[int, Exception], Chunks], ...] = (
            self.failing_plain,
            self.failing_asynchronous,
        )

    def failing_plain(self, after: int, error: Exception) -> Iterator[bytes]:
        yield from self.plain(after)
        raise error

    async def failing_asynchronous(self, after: int, error: Exception) -> AsyncIterator[bytes]:
        async for chunk in self.asynchronous(after):
            yield chunk
        raise error

    def test_before_the_first_chunk(self) -> None:
        for kind in self.failing:
            response = Response(
                kind(0, NotFound("no such list")), headers={"ETag": '"1"', "Content-Type": "a/b"}
            )
            answer = parse(self.stream(response).received())
            self.assertEqual((answer.status, answer.body), (404, b"404 Not Found: no such list\n"))
            # Nothing of the answer that failed is left.
            self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
            self.assertIsNone(answer["ETag"])

    def test_in_the_midst(self) -> None:
        @self.router.errors(Exception)
        def refused(request: IRequest, error: HTTPError) -> str:
            raise AssertionError("it is too late for that")

        for kind in self.failing:
            for error in (HTTPError(503), KeyError("x")):
                wire = self.stream(kind(2, error))
                self.assertTrue(wire.transport.disconnected)
                truncated = self.assertRaises(IncompleteRead, parse, wire.received())
                self.assertEqual(truncated.partial, b"0.1.")
                wire.leave()
                self.assertEqual(len(self.flushLoggedErrors(type(error))), 1)

    def test_chunks_that_are_not_bytes(self) -> None:
        odd: list[object] = [["text"], {"a": 1}, [None]]
        for result in odd:
            answer = parse(self.stream(result).received())  # type: ignore[arg-type]  # the point
            self.assertEqual(answer.status, 500)
            self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)
        wire = self.stream([b"bytes", "text"])  # type: ignore[list-item]  # the point
        self.assertTrue(wire.transport.disconnected)
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)
