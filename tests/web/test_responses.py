from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.web.responses import (
    BadRequest,
    HTTPError,
    MethodNotAllowed,
    NotFound,
    Response,
    reason_phrase,
)


class ResponseTests(SynchronousTestCase):
    def test_defaults(self) -> None:
        response = Response(b"x")
        self.assertEqual((response.body, response.status, response.headers), (b"x", 200, {}))

    def test_immutable(self) -> None:
        with self.assertRaises(AttributeError):
            Response(b"x").status = 404  # type: ignore[misc]  # that is the point

    def test_helpers(self) -> None:
        for response, content_type, body in (
            (Response.text("ö", 201), "text/plain; charset=utf-8", "ö"),
            (Response.html("<p>", 201), "text/html; charset=utf-8", "<p>"),
            (Response.json({"ö": None}, 201), "application/json", b'{"\\u00f6": null}'),
        ):
            self.assertEqual(response.headers, {"Content-Type": content_type})
            self.assertEqual((response.body, response.status), (body, 201))

    def test_helpers_take_headers(self) -> None:
        response = Response.json([], headers={"Content-Type": "application/x+json", "ETag": '"1"'})
        self.assertEqual(response.headers, {"Content-Type": "application/x+json", "ETag": '"1"'})

    def test_status_must_be_final(self) -> None:
        for status in (0, 100, 199, 600, -200):
            self.assertRaises(ValueError, Response, b"", status)

    def test_json_has_no_nan(self) -> None:
        self.assertRaises(ValueError, Response.json, [float("nan")])

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(exclude_categories=[])),
            lambda values: st.lists(values) | st.dictionaries(st.text(), values),
        )
    )
    def test_whatever_came_as_json_goes_back_as_json(self, value: object) -> None:
        body = Response.json(value).body
        assert isinstance(body, bytes)
        self.assertTrue(body.isascii())
        self.assertEqual(json.loads(body), value)


class HTTPErrorTests(SynchronousTestCase):
    def test_page(self) -> None:
        response = HTTPError(409, "gene 7 is there", headers={"X-A": "b"}).response()
        self.assertEqual(response.body, "409 Conflict: gene 7 is there\n")
        self.assertEqual(response.status, 409)
        self.assertEqual(
            response.headers,
            {
                "Content-Type": "text/plain; charset=utf-8",
                "X-Content-Type-Options": "nosniff",
                "X-A": "b",
            },
        )

    def test_page_without_message(self) -> None:
        self.assertEqual(NotFound().response().body, "404 Not Found\n")

    def test_what_the_client_sent_cannot_act(self) -> None:
        body = BadRequest("no \x1b[2J gene\r\n\u202e\ud800").response().body
        assert isinstance(body, str)
        self.assertEqual(body, "400 Bad Request: no \\x1b[2J gene\\r\\n\\u202e\\ud800\n")

    def test_page_is_short(self) -> None:
        body = NotFound("x" * 100_000).response().body
        assert isinstance(body, str)
        self.assertLess(len(body), 1100)

    def test_method_not_allowed(self) -> None:
        error = MethodNotAllowed(["PUT", "GET"], "no", headers={"X-A": "b"})
        self.assertEqual(error.allowed, ("GET", "PUT"))
        self.assertEqual(error.headers, {"Allow": "GET, PUT", "X-A": "b"})
        self.assertEqual(str(error), "405 Method Not Allowed: no")

    def test_status_must_be_an_error(self) -> None:
        for status in (200, 304, 399, 600):
            self.assertRaises(ValueError, HTTPError, status)

    def test_reason_phrases(self) -> None:
        for status, phrase in ((404, b"Not Found"), (422, b"Unprocessable Entity")):
            self.assertEqual(reason_phrase(status), phrase)
        self.assertEqual(reason_phrase(599), b"Unknown Status")
