"""Answers that take time, and clients that do not wait for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Generator, Iterator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks, succeed
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest
from twisted.web.static import Data

from netsuite.web import HTTPError, NotFound, Response, Result, Router
from tests.web.wire import Wire, ask, parse


class WaitingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.router = Router()
        #: What the handlers wait for, and what has become of them.
        self.gate: Deferred[Any] = Deferred()
        self.events: list[str] = []

        @self.router.get("/coroutine")
        async def coroutine(request: IRequest) -> Result:
            try:
                result: Result = await self.gate
            except CancelledError:
                self.events.append("cancelled")
                raise
            return result

        @self.router.get("/deferred")
        def deferred(request: IRequest) -> Deferred[Result]:
            return self.gate

        @self.router.get("/inline")
        @inlineCallbacks
        def inline(request: IRequest) -> Generator[Deferred[Result], Any, Result]:
            result: Result = yield self.gate
            return result

        @self.router.get("/chained")
        def chained(request: IRequest) -> Deferred[Result]:
            return succeed(None).addCallback(lambda _: self.gate)

        class Custom:
            def __await__(_self) -> Generator[Any, Any, Any]:  # noqa: N805 - self is the test
                return self.gate.__await__()

        @self.router.get("/awaitable")
        def awaitable(request: IRequest) -> Awaitable[Result]:
            return Custom()

        self.paths = [str(route.pattern).encode() for route in self.router.routes]
        self.resource = self.router.resource()

    def each(self) -> Iterator[Wire]:
        """Ask each handler, and yield the connection while it waits."""
        for path in self.paths:
            with self.subTest(path=path):
                self.gate = Deferred()
                wire = Wire(self.resource)
                wire.send("GET", path)
                self.assertEqual(wire.received(), b"")
                yield wire

    def test_result(self) -> None:
        results = ("later", Response(b"later"), Data(b"later", "a/b"), [b"lat", b"er"])
        for result in results:
            for wire in self.each():
                self.gate.callback(result)
                answer = parse(wire.received())
                self.assertEqual((answer.status, answer.body), (200, b"later"))

    def test_at_once(self) -> None:
        for path in self.paths:
            self.gate = succeed("now")
            self.assertEqual(ask(self.resource, "GET", path).body, b"now")

    def test_awaited_twice(self) -> None:
        async def later() -> str:
            return "later"

        for wire in self.each():
            self.gate.callback(later())
            self.assertEqual(parse(wire.received()).body, b"later")

    def test_http_error(self) -> None:
        for wire in self.each():
            self.gate.errback(NotFound("nothing came"))
            answer = parse(wire.received())
            self.assertEqual((answer.status, answer.body), (404, b"404 Not Found: nothing came\n"))

    def test_unforeseen_error(self) -> None:
        for wire in self.each():
            self.gate.errback(ZeroDivisionError())
            self.assertEqual(parse(wire.received()).status, 500)
            self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_the_traceback_is_logged(self) -> None:
        @self.router.get("/fails")
        async def fails(request: IRequest) -> str:
            await self.gate
            raise KeyError("late")

        wire = Wire(self.resource)
        wire.send("GET", b"/fails")
        self.gate.callback(None)
        (failure,) = self.flushLoggedErrors(KeyError)
        self.assertIn("in fails", failure.getTraceback())

    def test_no_answer(self) -> None:
        for wire in self.each():
            self.gate.callback(None)
            self.assertEqual(parse(wire.received()).status, 500)
            self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)

    def test_cancelled_by_the_handler_itself(self) -> None:
        for wire in self.each():
            self.gate.cancel()
            self.assertEqual(parse(wire.received()).status, 500)
            self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)

    def test_error_handler_that_waits(self) -> None:
        waiting: Deferred[str] = Deferred()

        @self.router.errors(HTTPError)
        async def refused(request: IRequest, error: HTTPError) -> str:
            return await waiting

        wire = Wire(self.resource)
        wire.send("GET", b"/lost")
        self.assertEqual(wire.received(), b"")
        waiting.callback("really lost")
        answer = parse(wire.received())
        self.assertEqual((answer.status, answer.body), (404, b"really lost"))

    # The client leaves

    def test_leaving_cancels(self) -> None:
        for wire in self.each():
            cancelled: list[Deferred[Any]] = []
            self.gate._canceller = cancelled.append
            wire.leave()
            self.assertEqual(cancelled, [self.gate])
            self.assertEqual(self.flushLoggedErrors(), [])
        self.assertEqual(self.events, ["cancelled"])

    def test_leaving_the_second_wait(self) -> None:
        for wire in self.each():
            first, self.gate = self.gate, Deferred()
            first.callback(self.second())
            wire.leave()
            self.assertEqual(self.events.pop(), "second cancelled")
            self.assertEqual(wire.received(), b"")

    async def second(self) -> str:
        try:
            await self.gate
        except CancelledError:
            self.events.append("second cancelled")
            raise
        return "unreachable"

    def test_leaving_after_the_answer(self) -> None:
        for wire in self.each():
            self.gate.callback("x")
            wire.leave()

    def test_a_handler_that_finishes_all_the_same(self) -> None:
        closed: list[str] = []

        class Chunks:
            def __iter__(self) -> Iterator[bytes]:
                raise AssertionError("nobody wants them")

            def close(self) -> None:
                closed.append("closed")

        for result in ("text", Response(b"x"), Chunks(), Response(Chunks()), self.chunks()):

            @self.router.get(f"/stubborn/{id(result)}")
            async def stubborn(request: IRequest, result: Result = result) -> Result:
                try:
                    await Deferred()
                except CancelledError:
                    return result
                raise AssertionError("not cancelled")

            wire = Wire(self.resource)
            wire.send("GET", f"/stubborn/{id(result)}".encode())
            wire.leave()
            self.assertEqual(wire.received(), b"")
        self.assertEqual(closed, ["closed", "closed"])

    async def chunks(self) -> AsyncIterator[bytes]:
        yield b"never asked for"

    def test_a_handler_that_fails_when_cancelled(self) -> None:
        @self.router.get("/clumsy")
        async def clumsy(request: IRequest) -> str:
            try:
                await Deferred()
            finally:
                raise KeyError("in cleaning up")

        wire = Wire(self.resource)
        wire.send("GET", b"/clumsy")
        wire.leave()
        (failure,) = self.flushLoggedErrors(KeyError)
        self.assertIn("in clumsy", failure.getTraceback())

    def test_an_error_handler_is_cancelled_too(self) -> None:
        @self.router.errors(NotFound)
        async def lost(request: IRequest, error: NotFound) -> str:
            return await self.second()

        wire = Wire(self.resource)
        wire.send("GET", b"/lost")
        wire.leave()
        self.assertEqual(self.events, ["second cancelled"])
