from __future__ import annotations

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from treq.testing import StubTreq
from twisted.python.filepath import FilePath
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from twisted.web.static import Data, File

from netsuite.web import (
    Handler,
    HTTPError,
    MethodNotAllowed,
    NotFound,
    Response,
    Result,
    Router,
)
from tests.web.wire import Wire, ask, parse


def answering(result: Result, methods: tuple[str, ...] = ("GET",)) -> Resource:
    """Make a router whose root answers with one thing."""
    router = Router()

    @router.route("/", methods)
    def root(request: IRequest) -> Result:
        return result

    return router.resource()


class AnswerTests(SynchronousTestCase):
    def test_bytes(self) -> None:
        answer = ask(answering(b"\0\xff"), "GET", b"/")
        self.assertEqual((answer.status, answer.reason, answer.body), (200, "OK", b"\0\xff"))
        self.assertEqual(answer["Content-Type"], "application/octet-stream")
        self.assertEqual(answer["Content-Length"], "2")

    def test_text(self) -> None:
        answer = ask(answering("grün"), "GET", b"/")
        self.assertEqual(answer.body, "grün".encode())
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer["Content-Length"], "5")

    def test_nothing(self) -> None:
        answer = ask(answering(b""), "GET", b"/")
        self.assertEqual((answer["Content-Length"], answer["Content-Type"]), ("0", None))

    def test_response(self) -> None:
        headers = {"Content-Type": "x/y", "Set-Cookie": ["a=1", "b=2"]}
        answer = ask(answering(Response(b"ok", 422, headers=headers)), "GET", b"/")
        self.assertEqual((answer.status, answer.reason), (422, "Unprocessable Entity"))
        self.assertEqual(answer["Content-Type"], "x/y")
        self.assertEqual(answer.headers.get_all("Set-Cookie"), ["a=1", "b=2"])
        self.assertEqual(answer["Content-Length"], "2")

    def test_a_header_cannot_add_another(self) -> None:
        answer = ask(answering(Response(b"", headers={"X-A": "b\r\nX-C: d"})), "GET", b"/")
        self.assertIsNone(answer["X-C"])

    def test_without_body(self) -> None:
        for status in (204, 304):
            answer = ask(answering(Response(b"", status, headers={"ETag": '"1"'})), "GET", b"/")
            self.assertEqual((answer.status, answer["ETag"]), (status, '"1"'))
            self.assertIsNone(answer["Content-Length"])
            self.assertIsNone(answer["Transfer-Encoding"])

    def test_what_the_request_has_already_stays(self) -> None:
        router = Router()

        @router.get("/")
        def root(request: IRequest) -> bytes:
            request.setHeader(b"Content-Type", b"image/png")
            request.setResponseCode(203)
            return b"png"

        class Around(Resource):
            isLeaf = True

            def render(self, request: Request) -> int:
                request.setHeader(b"Vary", b"Origin")
                return router.resource().render(request)

        answer = ask(Around(), "GET", b"/")
        self.assertEqual((answer.status, answer["Content-Type"]), (203, "image/png"))
        self.assertEqual(answer["Vary"], "Origin")
        self.assertEqual(ask(Around(), "GET", b"/lost")["Vary"], "Origin")

    def test_written_by_the_handler(self) -> None:
        router = Router()

        @router.get("/")
        def root(request: IRequest) -> int:
            request.write(b"self")
            request.finish()
            return NOT_DONE_YET

        self.assertEqual(ask(router.resource(), "GET", b"/").body, b"self")

    def test_no_answer(self) -> None:
        for odd in (None, 7, object()):
            answer = ask(answering(odd), "GET", b"/")  # type: ignore[arg-type]  # the point
            self.assertEqual(answer.status, 500)
            (failure,) = self.flushLoggedErrors(TypeError)
            self.assertIn(type(odd).__name__, failure.getErrorMessage())

    def test_one_after_the_other(self) -> None:
        wire = Wire(answering("one"))
        wire.send("GET", b"/")
        first = len(wire.received())
        wire.send("GET", b"/")
        self.assertEqual(len(wire.received()), 2 * first)
        self.assertFalse(wire.transport.disconnecting)

    def test_parameters(self) -> None:
        router = Router()

        @router.get("/<int:n>/<name>/<path:rest>")
        def show(request: IRequest, n: int, name: str, rest: str) -> str:
            return f"{n!r} {name!r} {rest!r}"

        answer = ask(router.resource(), "GET", b"/7/a%2Fb%2520/x//%C3%B6?n=8")
        self.assertEqual(answer.body.decode(), "7 'a/b%20' 'x//ö'")


class MethodTests(SynchronousTestCase):
    def test_head(self) -> None:
        for result in ("body", b"body", Response.json([1]), [b"a", b"b"], Data(b"abc", "a/b")):
            got = ask(answering(result), "GET", b"/")
            wire = Wire(answering(result))
            wire.send("HEAD", b"/")
            head, _, body = wire.received().partition(b"\r\n\r\n")
            self.assertEqual(body, b"")
            answer = parse(wire.received(), "HEAD")
            self.assertEqual(answer.status, 200)
            for name in ("Content-Type", "Content-Length"):
                self.assertEqual(answer[name], got[name])
            # The connection can be used again.
            wire.send("HEAD", b"/")
            self.assertEqual(wire.received().count(head), 2)

    def test_options(self) -> None:
        answer = ask(answering("x", ("PUT", "GET")), "OPTIONS", b"/")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS, PUT")
        self.assertIsNone(answer["Content-Length"])

    def test_options_of_a_method_with_parameters(self) -> None:
        class Service:
            router = Router()

            @router.delete("/<x>")
            def remove(self, request: IRequest, x: str) -> str:
                return x

        answer = ask(Service.router.resource(Service()), "OPTIONS", b"/y")
        self.assertEqual((answer.status, answer["Allow"]), (204, "DELETE, OPTIONS"))

    def test_asterisk(self) -> None:
        answer = ask(answering("x"), "OPTIONS", b"*")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(ask(answering("x"), "GET", b"*").status, 405)

    def test_not_allowed(self) -> None:
        answer = ask(answering("x"), "DELETE", b"/")
        self.assertEqual((answer.status, answer.reason), (405, "Method Not Allowed"))
        self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS")
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer["Content-Length"], str(len(answer.body)))

    def test_unknown(self) -> None:
        self.assertEqual(ask(answering("x"), "BREW", b"/").status, 501)

    def test_targets_that_are_no_paths(self) -> None:
        for target in (b"xgenes", b"?a=b", b"genes.example:80"):
            for method in ("GET", "CONNECT", "HEAD"):
                self.assertEqual(ask(answering("x"), method, target).status, 400)


class PlaceTests(SynchronousTestCase):
    """Where the resource may stand, and what may stand in its place."""

    def test_below_another(self) -> None:
        router = Router()

        @router.get("/genes/<gene>")
        def gene(request: IRequest, gene: str) -> str:
            return gene

        router.get("/")(lambda request: "index")
        root, api = Resource(), Resource()
        root.putChild(b"api", api)
        api.putChild(b"v1", router.resource())
        for path, status, body in (
            (b"/api/v1/genes/a%2Fb", 200, b"a/b"),
            (b"/api/v1/", 200, b"index"),
            (b"/api/v1", 404, b"404 Not Found\n"),
            (b"/api/v1/api/v1/genes/x", 404, b"404 Not Found\n"),
        ):
            answer = ask(root, "GET", path)
            self.assertEqual((answer.status, answer.body), (status, body))

    def test_treq(self) -> None:
        client: Any = StubTreq(answering(Response.json({"a": [1]})))
        response = self.successResultOf(client.get("http://localhost/"))
        self.assertEqual(self.successResultOf(client.json_content(response)), {"a": [1]})

    def test_a_file_in_place(self) -> None:
        folder = FilePath(self.mktemp())
        folder.makedirs()
        folder.child("a.txt").setContent(b"0123456789")
        router = Router()

        @router.route("/f/<name>", ("GET", "POST"))
        def file(request: IRequest, name: str) -> File:
            return File(folder.child(name).path)

        # To GET a file takes a reactor: see LoopbackTests.
        answer = ask(router.resource(), "HEAD", b"/f/a.txt")
        self.assertEqual((answer.status, answer["Content-Length"]), (200, "10"))
        self.assertEqual(answer["Content-Type"], "text/plain")
        self.assertEqual(ask(router.resource(), "GET", b"/f/b.txt").status, 404)
        refused = ask(router.resource(), "POST", b"/f/a.txt")
        self.assertEqual((refused.status, refused["Allow"]), (405, "GET, HEAD"))

    def test_where_a_resource_in_place_stands(self) -> None:
        seen = []

        class Probe(Resource):
            def render_GET(self, request: IRequest) -> bytes:
                seen.append((request.prepath, request.postpath))
                return b""

        router = Router()
        router.get("/a/<x>")(lambda request, x: Probe())
        root = Resource()
        root.putChild(b"r", router.resource())
        ask(root, "GET", b"/r/a/b")
        self.assertEqual(seen, [([b"r", b"a", b"b"], [])])


class Registry:
    """A service whose handlers are methods."""

    router = Router()

    def __init__(self, owner: str) -> None:
        self._owner = owner

    @router.get("/cars/<license>")
    def car(self, request: IRequest, license: str) -> str:
        return f"{self._owner} drives {license}"

    @router.get("/lost")
    def lost(self, request: IRequest) -> str:
        raise KeyError("keys")

    @router.errors(KeyError)
    def not_here(self, request: IRequest, error: KeyError) -> Response:
        return Response.text(f"{self._owner} lost {error.args[0]}", 410)


class InstanceTests(SynchronousTestCase):
    def test_each_resource_has_its_instance(self) -> None:
        for owner in ("Jack", "Jill"):
            resource = Registry.router.resource(Registry(owner))
            self.assertEqual(ask(resource, "GET", b"/cars/7").body.decode(), f"{owner} drives 7")
            answer = ask(resource, "GET", b"/lost")
            self.assertEqual((answer.status, answer.body.decode()), (410, f"{owner} lost keys"))

    def test_no_instance(self) -> None:
        error = self.assertRaises(TypeError, Registry.router.resource)
        self.assertIn("methods need router.resource(instance)", str(error))


class ErrorTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.router = Router()
        self.error: Exception = KeyError("secret detail")

        @self.router.get("/")
        def root(request: IRequest) -> bytes:
            raise self.error

        self.resource = self.router.resource()

    def test_http_error(self) -> None:
        self.error = HTTPError(409, "<b>\x1b[0m", headers={"X-A": "b"})
        answer = ask(self.resource, "GET", b"/")
        self.assertEqual((answer.status, answer["X-A"]), (409, "b"))
        self.assertEqual(answer.body, b"409 Conflict: <b>\\x1b[0m\n")
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer["X-Content-Type-Options"], "nosniff")

    def test_unforeseen(self) -> None:
        answer = ask(self.resource, "GET", b"/")
        self.assertEqual(answer.status, 500)
        self.assertEqual(answer.body, b"500 Internal Server Error\n")
        (failure,) = self.flushLoggedErrors(KeyError)
        self.assertIn("in root", failure.getTraceback())

    def test_the_connection_lives_on(self) -> None:
        wire = Wire(self.resource)
        wire.send("GET", b"/")
        wire.send("GET", b"/lost")
        self.assertEqual(wire.received().count(b"HTTP/1.1 "), 2)
        self.flushLoggedErrors(KeyError)

    def test_handler(self) -> None:
        @self.router.errors(LookupError)
        def lookup(request: IRequest, error: LookupError) -> Response:
            return Response.json({"lost": str(error.args[0])}, 410)

        answer = ask(self.resource, "GET", b"/")
        self.assertEqual((answer.status, answer.body), (410, b'{"lost": "secret detail"}'))

    def test_handler_of_what_the_router_refuses(self) -> None:
        @self.router.errors(HTTPError)
        def refused(request: IRequest, error: HTTPError) -> Response:
            return Response.json(error.status, error.status)

        for method, target, status in (
            ("GET", b"/lost", 404),
            ("PUT", b"/", 405),
            ("BREW", b"/", 501),
            ("GET", b"/%FF", 400),
            ("GET", b"lost", 400),
        ):
            answer = ask(self.resource, method, target)
            self.assertEqual((answer.status, answer.body), (status, b"%d" % status))
            self.assertEqual(answer["Allow"], "GET, HEAD, OPTIONS" if status == 405 else None)

    def test_bare_body_has_the_status_of_the_error(self) -> None:
        self.router.errors(HTTPError)(lambda request, error: f"no: {error.message}")
        self.router.errors(KeyError)(lambda request, error: "failed")
        self.assertEqual(ask(self.resource, "GET", b"/").status, 500)
        self.error = HTTPError(418, "tea", headers={"X-A": "b"})
        answer = ask(self.resource, "GET", b"/")
        self.assertEqual((answer.status, answer.body, answer["X-A"]), (418, b"no: tea", "b"))

    def test_handler_translates(self) -> None:
        @self.router.errors(KeyError)
        def lost(request: IRequest, error: KeyError) -> bytes:
            raise NotFound("no such key")

        self.router.errors(HTTPError)(lambda request, error: error.message)
        answer = ask(self.resource, "GET", b"/")
        self.assertEqual((answer.status, answer.body), (404, b"no such key"))

    def test_handler_fails(self) -> None:
        @self.router.errors(KeyError)
        def lost(request: IRequest, error: KeyError) -> bytes:
            return bytes(1 // 0)

        answer = ask(self.resource, "GET", b"/")
        self.assertEqual((answer.status, answer.body), (500, b"500 Internal Server Error\n"))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_handlers_that_fail_for_each_other(self) -> None:
        calls = []

        @self.router.errors(KeyError)
        def lost(request: IRequest, error: KeyError) -> bytes:
            calls.append("lost")
            raise ValueError

        @self.router.errors(ValueError)
        def wrong(request: IRequest, error: ValueError) -> bytes:
            calls.append("wrong")
            raise KeyError("again")

        self.assertEqual(ask(self.resource, "GET", b"/").status, 500)
        self.assertEqual(calls, ["lost", "wrong"])
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_handler_returns_no_answer(self) -> None:
        nothing = cast(Handler, lambda request, error: None)
        self.router.errors(KeyError)(nothing)
        self.assertEqual(ask(self.resource, "GET", b"/").status, 500)
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)

    def test_headers_that_are_none(self) -> None:
        for odd in ({"a b": "c"}, {"X-A": "\ud800"}):
            self.error = HTTPError(409, headers=odd)
            self.assertEqual(ask(self.resource, "GET", b"/").status, 500)
            self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_after_the_answer_has_begun(self) -> None:
        @self.router.get("/begun")
        def begun(request: IRequest) -> bytes:
            request.write(b"begun")
            raise MethodNotAllowed([])

        wire = Wire(self.resource)
        wire.send("GET", b"/begun")
        self.assertTrue(wire.transport.disconnected)
        self.assertFalse(wire.received().endswith(b"0\r\n\r\n"))
        self.assertEqual(len(self.flushLoggedErrors(MethodNotAllowed)), 1)


class AnyRequestTests(SynchronousTestCase):
    """Whatever is sent, nothing fails."""

    token = st.text("!#$%&'*+-.^_`|~09AZaz", min_size=1, max_size=8)
    methods = st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT"]) | token
    #: What Twisted lets into a request's target: anything but spaces and control characters.
    target = st.lists(
        st.binary(max_size=5)
        | st.sampled_from([b"/", b"%", b"%2F", b"%00", b"%FF", b"a", b"7", b"?", b"*", b"//x:1"])
    ).map(lambda parts: bytes(c for c in b"".join(parts) if 32 < c <= 176))

    def setUp(self) -> None:
        router = Router()
        for pattern in ("/", "/a", "/a/<x>", "/a/<int:n>", "/a/<path:p>", "/<x>/a/"):

            @router.route(pattern, ("GET", "PUT"))
            def show(request: IRequest, **parameters: str | int) -> Response:
                return Response.json(parameters)

        self.resource = router.resource()

    @given(methods, st.just(b"") | st.just(b"/"), target)
    def test_any_request(self, method: str, start: bytes, rest: bytes) -> None:
        target = start + rest or b"/"
        wire = Wire(self.resource)
        wire.send(method, target)
        answer = parse(wire.received(), method)
        expected = (200, 204, 400, 404, 405, 501)
        self.assertIn(answer.status, expected)
        if target != b"*" and answer.status in (204, 405):
            self.assertIn("OPTIONS", answer.headers["Allow"])
        self.assertEqual(self.flushLoggedErrors(), [])
