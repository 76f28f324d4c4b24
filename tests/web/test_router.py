from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest

from netsuite.web import BadRequest, HTTPError, MethodNotAllowed, NotFound, Route, Router


def handler(request: IRequest, **parameters: str | int) -> bytes:
    """Do the work.

    And say so.
    """
    return b""


class DeclarationTests(SynchronousTestCase):
    def test_routes_in_order(self) -> None:
        router = Router()
        router.get("/b")(handler)
        router.route("/a/<int:n>/<path:p>", ("PUT", "PATCH"))(handler)
        router.delete("/b")(handler)
        self.assertEqual(
            [(str(route.pattern), route.methods) for route in router.routes],
            [("/b", ("GET",)), ("/a/<int:n>/<path:p>", ("PUT", "PATCH")), ("/b", ("DELETE",))],
        )

    def test_what_a_route_tells(self) -> None:
        router = Router()
        router.get("/a/<int:n>/<path:p>")(handler)
        (route,) = router.routes
        self.assertIs(route.handler, handler)
        self.assertEqual(route.name, "handler")
        self.assertEqual(route.summary, "Do the work.")
        self.assertEqual(route.description, "Do the work.\n\nAnd say so.")
        self.assertEqual(
            [(parameter.name, parameter.converter) for parameter in route.parameters],
            [("n", "int"), ("p", "path")],
        )
        with self.assertRaises(AttributeError):
            route.methods = ()  # type: ignore[misc]  # that is the point

    def test_what_a_route_cannot_tell(self) -> None:
        class Silent:
            def __call__(self, request: IRequest) -> bytes:
                return b""

        Silent.__doc__ = None
        router = Router()
        router.get("/")(Silent())
        (route,) = router.routes
        self.assertEqual((route.name, route.summary, route.description), ("Silent", "", ""))

    def test_shorthands(self) -> None:
        router = Router()
        for name in ("get", "put", "post", "patch", "delete"):
            getattr(router, name)("/")(handler)
            self.assertEqual(router.routes[-1].methods, (name.upper(),))

    def test_get_is_the_default(self) -> None:
        router = Router()
        router.route("/")(handler)
        self.assertEqual(router.routes[0].methods, ("GET",))

    def test_the_function_stays_itself_and_decorators_stack(self) -> None:
        router = Router()
        self.assertIs(router.get("/a")(router.put("/b")(handler)), handler)
        self.assertEqual([str(route.pattern) for route in router.routes], ["/b", "/a"])

    def test_conflicts(self) -> None:
        router = Router()
        router.route("/a/<x>", ("GET", "PUT"))(handler)
        for pattern, methods, problem in (
            ("/a/<x>", ("GET",), "GET /a/<x> is answered by handler already"),
            ("/a/<x>", ("DELETE", "PUT"), "PUT /a/<x> is answered by handler already"),
            ("/a/<y>", ("DELETE",), "'/a/<y>' fits just the paths that '/a/<x>' fits"),
        ):
            error = self.assertRaises(ValueError, router.route(pattern, methods), handler)
            self.assertIn(problem, str(error))
        self.assertEqual(len(router.routes), 1)

    def test_malformed(self) -> None:
        router = Router()
        self.assertRaises(ValueError, router.get, "no-slash")
        for methods, problem in (
            ((), "needs a method"),
            ("GET", "write ('GET',)"),
            (("get",), "'get' is not a method"),
            (("",), "'' is not a method"),
            (("A B",), "'A B' is not a method"),
            (("É",), "'É' is not a method"),
        ):
            error = self.assertRaises(ValueError, router.route, "/", methods)
            self.assertIn(problem, str(error))

    def test_error_handlers_conflict(self) -> None:
        router = Router()
        router.errors(KeyError)(handler)
        self.assertRaises(ValueError, router.errors(ValueError, KeyError), handler)
        self.assertRaises(ValueError, router.errors)
        # The one that was refused left nothing behind.
        self.assertIsNone(router.error_handler(ValueError()))


class MatchTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.router = Router()
        for pattern, methods in (
            ("/", ("GET",)),
            ("/genes", ("GET", "POST")),
            ("/genes/<gene>", ("PUT",)),
            ("/genes/latest", ("BREW",)),
        ):
            self.router.route(pattern, methods)(self.named(pattern))

    @staticmethod
    def named(name: str) -> Callable[..., bytes]:
        def handle(request: IRequest, **parameters: str | int) -> bytes:
            return name.encode()

        return handle

    def assertAllows(self, method: bytes, segments: list[bytes], *allowed: str) -> None:
        error = self.assertRaises(MethodNotAllowed, self.router.match, method, segments)
        self.assertEqual(error.allowed, allowed)

    def test_match(self) -> None:
        route, parameters = self.router.match(b"PUT", [b"genes", b"7"])
        self.assertEqual((str(route.pattern), parameters), ("/genes/<gene>", {"gene": "7"}))

    def test_head_is_get(self) -> None:
        self.assertEqual(self.router.match(b"HEAD", [b""]), self.router.match(b"GET", [b""]))
        self.assertAllows(b"HEAD", [b"genes", b"7"], "OPTIONS", "PUT")

    def test_head_of_its_own(self) -> None:
        for order in (("GET", "HEAD"), ("HEAD", "GET")):
            router = Router()
            for method in order:
                router.route("/", (method,))(self.named(method))
            for method in order:
                self.assertEqual(router.match(method.encode(), [b""])[0].methods, (method,))

    def test_options_of_its_own(self) -> None:
        self.router.route("/genes", ("OPTIONS",))(self.named("own"))
        self.assertIs(self.router.match(b"OPTIONS", [b"genes"])[0], self.router.routes[-1])
        self.assertRaises(
            ValueError, self.router.route("/genes", ("OPTIONS",)), self.named("again")
        )

    def test_options_is_not_listed(self) -> None:
        self.assertNotIn("OPTIONS", [m for route in self.router.routes for m in route.methods])

    def test_method_not_allowed(self) -> None:
        self.assertAllows(b"DELETE", [b"genes"], "GET", "HEAD", "OPTIONS", "POST")
        self.assertAllows(b"TRACE", [b""], "GET", "HEAD", "OPTIONS")

    def test_a_method_known_elsewhere(self) -> None:
        self.assertAllows(b"BREW", [b"genes"], "GET", "HEAD", "OPTIONS", "POST")

    def test_the_most_specific_pattern_owns_the_path(self) -> None:
        self.assertAllows(b"PUT", [b"genes", b"latest"], "BREW", "OPTIONS")

    def test_unknown_path(self) -> None:
        self.assertRaises(NotFound, self.router.match, b"GET", [b"gene"])
        self.assertRaises(NotFound, self.router.match, b"CONNECT", [b"gene"])

    def test_unknown_method(self) -> None:
        for method in (b"FOO", b"get", b"", b"\xff"):
            for path in ([b"genes"], [b"unknown"]):
                error = self.assertRaises(HTTPError, self.router.match, method, path)
                self.assertEqual(error.status, 501)

    def test_a_path_that_is_not_text(self) -> None:
        self.assertRaises(BadRequest, self.router.match, b"GET", [b"genes", b"\xff"])
        self.assertRaises(BadRequest, self.router.match, b"FOO", [b"\xff"])

    @given(
        st.binary(max_size=8) | st.sampled_from([b"GET", b"HEAD", b"OPTIONS", b"PUT", b"BREW"]),
        st.lists(st.binary(max_size=4) | st.sampled_from([b"", b"genes", b"latest"]), max_size=4),
    )
    def test_any_request(self, method: bytes, segments: list[bytes]) -> None:
        try:
            route, parameters = self.router.match(method, segments)
        except HTTPError as error:
            self.assertIn(error.status, (400, 404, 405, 501))
        else:
            self.assertIsInstance(route, Route)
            self.assertEqual(set(parameters), {p.name for p in route.parameters})


class ErrorHandlerTests(SynchronousTestCase):
    def test_most_specific(self) -> None:
        router = Router()
        named = MatchTests.named
        general, http, missing = named("general"), named("http"), named("missing")
        router.errors(Exception)(general)
        router.errors(NotFound)(missing)
        router.errors(HTTPError)(http)
        self.assertIs(router.error_handler(NotFound()), missing)
        self.assertIs(router.error_handler(BadRequest()), http)
        self.assertIs(router.error_handler(KeyError()), general)
        self.assertIsNone(router.error_handler(KeyboardInterrupt()))


class ResourceTests(SynchronousTestCase):
    def test_handlers_are_checked(self) -> None:
        def none(request: IRequest) -> bytes:
            return b""

        def other(request: IRequest, y: str) -> bytes:
            return b""

        def method(self: object, request: IRequest, x: str) -> bytes:
            return b""

        for odd in (none, other, method):
            router = Router()
            router.get("/<x>")(odd)
            error = self.assertRaises(TypeError, router.resource)
            self.assertIn(f"the handler of GET /<x>, {odd.__qualname__}(", str(error))
        router.resource(object())

    def test_error_handlers_are_checked(self) -> None:
        router = Router()

        @router.errors(KeyError)
        def lost(request: IRequest) -> bytes:
            return b""

        error = self.assertRaises(TypeError, router.resource)
        self.assertIn("the handler of KeyError", str(error))
