"""Declared operations: what reaches a handler, and what is refused before."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource

from netsuite.web import Handler, Response, Router
from netsuite.web.bodies import FileBody, JSONBody, Upload
from netsuite.web.operations import Answer, Operation, Path, Query, operation
from netsuite.web.values import Flag, Integer, Kind, OneOf, Parsed, Text
from tests.web.wire import Answer as Received
from tests.web.wire import Wire, parse

OK = {200: Answer("It is done.", {"application/json": {}})}

QUERY = [
    Query("limit", Integer(1, 1000), "How many."),
    Query("sort", OneOf(("id", "-id")), "The order.", "id"),
    Query("replaceAll", Flag(), "Whether.", False),
    Query("q", Text(5), "What.", keyword="wanted"),
]


def ask(resource: Resource, method: str, target: str, body: bytes = b"", *headers: str) -> Received:
    """Return the answer to a request."""
    lines = ["Host: localhost", f"Content-Length: {len(body)}", *headers]
    head = "".join(f"{line}\r\n" for line in (f"{method} {target} HTTP/1.1", *lines))
    wire = Wire(resource)
    wire.channel.dataReceived(f"{head}\r\n".encode("latin-1") + body)
    return parse(wire.received(), method)


class Seen:
    """Records what a handler is called with."""

    def __init__(self, **declared: Any) -> None:
        self.values: dict[str, Any] = {}
        handlers: dict[str, Handler] = {"query": self.see_query, "body": self.see_body}
        handler: Handler = next((handlers[name] for name in declared), self.see_nothing)
        router = Router()
        router.post("/")(operation(answers=OK, **declared)(handler))
        self.resource = router.resource()

    def see_query(
        self,
        _request: IRequest,
        limit: int | None,
        sort: str,
        replace_all: bool,
        wanted: str | None,
    ) -> Response:
        self.values = {"limit": limit, "sort": sort, "replace_all": replace_all, "wanted": wanted}
        return Response.json({})

    def see_body(self, _request: IRequest, body: object) -> Response:
        self.values = {"body": body}
        return Response.json({})

    def see_nothing(self, _request: IRequest) -> Response:
        return Response.json({})

    def post(self, query: str = "", body: bytes = b"", *headers: str) -> Received:
        self.values = {}
        return ask(self.resource, "POST", f"/{query}", body, *headers)


class QueryTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.seen = Seen(query=QUERY)

    def test_defaults(self) -> None:
        for query in ("", "?", "?&", "?&&"):
            self.assertEqual(self.seen.post(query).status, 200)
            defaults = {"limit": None, "sort": "id", "replace_all": False, "wanted": None}
            self.assertEqual(self.seen.values, defaults)

    def test_values(self) -> None:
        self.seen.post("?limit=7&sort=-id&replaceAll=true&q=a%26%20%C3%9F")
        values = {"limit": 7, "sort": "-id", "replace_all": True, "wanted": "a& ß"}
        self.assertEqual(self.seen.values, values)
        self.seen.post("?q=a+b")
        self.assertEqual(self.seen.values["wanted"], "a b")

    def test_the_defaults_are_not_changed(self) -> None:
        self.seen.post("?limit=7")
        self.seen.post("")
        self.assertIsNone(self.seen.values["limit"])

    def refused(self, query: str, *told: str) -> None:
        answer = self.seen.post(query)
        self.assertEqual((answer.status, self.seen.values), (400, {}))
        for each in told:
            self.assertIn(each, answer.body.decode())

    def test_unknown(self) -> None:
        for name in ("x", "LIMIT", "", "replace_all", "wanted", "%C3%A9", "%0A", "x" * 5000):
            self.refused(f"?{name}=1", "limit, sort, replaceAll, q")

    def test_repeated(self) -> None:
        for query in ("?limit=1&limit=1", "?q=a&q=b", "?limit=1&q=x&l%69mit=2"):
            self.refused(query, "twice", "limit, sort, replaceAll, q")

    def test_malformed(self) -> None:
        self.refused("?limit=0", "limit", "1 to 1000")
        self.refused("?sort=name", "sort", "id, -id")
        self.refused("?replaceAll=1", "replaceAll", "true or false")
        self.refused("?q=abcdef", "q", "1 to 5")
        self.refused("?q=", "q")
        self.refused("?q", "q")
        self.refused("?q=%00", "NUL")
        self.refused("?q=%ff", "UTF-8")
        self.refused("?q=%ed%a0%80", "UTF-8")  # half of a surrogate pair
        self.refused("?" + "q=a&" * 1000, "parameters")

    @given(st.text(st.characters(max_codepoint=255), max_size=50))
    def test_anything(self, text: str) -> None:
        raw = quote(text.encode("latin-1"), safe="&=%+;?/")
        self.assertIn(self.seen.post(f"?{raw}").status, (200, 400))


class KindTests(SynchronousTestCase):
    """Values as they are parsed, and as their schemas state them."""

    def check(self, kind: Kind, good: dict[str, object], bad: list[str]) -> None:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no types

        valid = Draft202012Validator(dict(kind.schema)).is_valid
        for text, value in good.items():
            self.assertEqual(kind.parse(text), value)
            self.assertTrue(valid(value), value)
        for text in bad:
            self.assertRaises(ValueError, kind.parse, text)

    def test_integers(self) -> None:
        good: dict[str, object] = {"1": 1, "1000": 1000, "007": 7}
        bad = ["0", "1001", "", "-1", "+1", " 1", "1.0", "1e2", "1_0", "٣", "9" * 9999, "²"]
        self.check(Integer(1, 1000), good, bad)

    def test_texts(self) -> None:
        good: dict[str, object] = {"a": "a", "ab": "ab"}
        self.check(Text(2, pattern="^[a-z]+$"), good, ["", "abc", "A", "a\n", "\na"])

    def test_words_and_flags(self) -> None:
        self.check(OneOf(("a", "-a")), {"a": "a", "-a": "-a"}, ["", "b", "A", "a,-a"])
        self.check(Flag(), {"true": True, "false": False}, ["", "True", "1", "yes"])
        self.check(Parsed(int, {"type": "integer"}), {"5": 5}, ["x"])


class BodyTests(SynchronousTestCase):
    """Bodies of JSON."""

    def parse(self, values: dict[str, Any]) -> list[str]:
        if "bad" in values:
            raise ValueError("bad must not be there")
        return [*values]

    def setUp(self) -> None:
        self.seen = Seen(body=JSONBody({}, self.parse, media_types=("a/json", "b/json")))

    def test_parsed(self) -> None:
        for media_type in ("a/json", "B/JSON", "a/json; charset=utf-8", 'a/json;charset="UTF-8"'):
            answer = self.seen.post("", b'{"x": 1}', f"Content-Type: {media_type}")
            self.assertEqual((answer.status, self.seen.values), (200, {"body": ["x"]}))

    def test_malformed(self) -> None:
        for body, told in (
            (b"{", "line 1"),
            (b"[]", "object"),
            (b"3", "object"),
            (b"", "not JSON"),
            (b'{"bad": 1}', "bad must not be there"),
            (b'{"a": 1, \\\n "b": 2}', "not JSON"),
        ):
            answer = self.seen.post("", body, "Content-Type: a/json")
            self.assertEqual((answer.status, self.seen.values), (400, {}))
            self.assertIn(told, answer.body.decode())

    def test_other_media_types(self) -> None:
        for fields in (
            [],
            ["Content-Type:"],
            ["Content-Type: text/plain"],
            ["Content-Type: a/json, b/json"],
            ["Content-Type: a/json", "Content-Type: a/json"],
            ["Content-Type: \xff"],
            ["Content-Type: a/*"],
            ["Content-Type: a/json; charset=utf-16"],
            ["Content-Type: a/json", "Content-Encoding: gzip"],
        ):
            answer = self.seen.post("", b"{}", *fields)
            self.assertEqual((answer.status, answer["Accept"]), (415, "a/json, b/json"))
            self.assertIn("a/json or b/json", answer.body.decode())

    def test_a_query_is_refused_first(self) -> None:
        self.assertEqual(self.seen.post("?x=1", b"{").status, 400)


class FileTests(SynchronousTestCase):
    """Bodies that are files."""

    def test_upload(self) -> None:
        seen = Seen(body=FileBody({"text/csv": {}, "text/x": {}}))
        self.assertEqual(seen.post("", b"a,b\n", "Content-Type: text/csv").status, 200)
        upload: Upload = seen.values["body"]
        # It is still open, although the answer is complete.
        self.assertEqual((upload.media_type, upload.file.read()), ("text/csv", b"a,b\n"))
        answer = seen.post("", b"a,b\n", "Content-Type: text/plain")
        self.assertEqual((answer.status, answer["Accept"]), (415, "text/csv, text/x"))


class AcceptTests(SynchronousTestCase):
    def test_the_only_media_type(self) -> None:
        seen = Seen()
        for accept in ("*/*", "application/json", "text/html, application/*;q=0.1", ""):
            self.assertEqual(seen.post("", b"", f"Accept: {accept}").status, 200)
        self.assertEqual(seen.post("", b"").status, 200)
        for accept in ("text/html", "application/json;q=0"):
            answer = seen.post("", b"", f"Accept: {accept}")
            self.assertEqual(answer.status, 406)
            self.assertIn("application/json", answer.body.decode())


class PathTests(SynchronousTestCase):
    """Methods of a service, and its patterns' parameters in PEP 8's spelling."""

    def test_a_method(self) -> None:
        class Service:
            router = Router()

            @router.get("/genes/<geneId>/<int:n>")
            @operation(path=[Path("geneId", {}, "Which."), Path("n", {}, "How many.")], answers=OK)
            def look(self, _request: IRequest, gene_id: str, n: int) -> Response:
                """Look at it."""
                return Response.text(f"{self.name} {gene_id!r} {n!r}")

            router.get("/old/<geneId>/<int:n>")(look.renamed("look_again", deprecated=True))

            def __init__(self, name: str) -> None:
                self.name = name

        resource = Service.router.resource(Service("Ada"))
        for folder in ("genes", "old"):
            answer = ask(resource, "GET", f"/{folder}/a%2Fb/7")
            self.assertEqual(answer.body, b"Ada 'a/b' 7")
            self.assertEqual(ask(resource, "GET", f"/{folder}/a/7?x=1").status, 400)
        first, second = Service.router.routes
        self.assertEqual((first.name, second.name), ("look", "look_again"))
        self.assertEqual((first.summary, second.summary), ("Look at it.", "Look at it."))
        assert isinstance(first.handler, Operation)
        assert isinstance(second.handler, Operation)
        self.assertFalse(first.handler.declaration.deprecated)
        self.assertTrue(second.handler.declaration.deprecated)

    def test_a_handler_that_takes_something_else(self) -> None:
        def without(request: IRequest) -> Response:
            raise NotImplementedError

        def another(request: IRequest, other: str) -> Response:
            raise NotImplementedError

        def more(
            request: IRequest, limit: int, sort: str, replace_all: bool, wanted: str, x: int
        ) -> Response:
            raise NotImplementedError

        for handler in (without, another, more):
            error = self.assertRaises(TypeError, operation(answers=OK, query=QUERY), handler)
            self.assertIn(handler.__name__, str(error))
            self.assertIn("replace_all", str(error))
