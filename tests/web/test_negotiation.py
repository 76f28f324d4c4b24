"""Which media type to answer with, and which a body has."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http_headers import Headers
from twisted.web.test.requesthelper import DummyRequest

from netsuite.web.negotiation import MAX_ACCEPT, ContentType, choose, content_type

JSON, NDJSON, CSV, TSV = OFFERS = (
    "application/json",
    "application/x-ndjson",
    "text/csv",
    "text/tab-separated-values",
)


def request(field: str, *values: bytes) -> Any:
    """Return a request with a header field, once or more often."""
    found = DummyRequest([b""])
    found.requestHeaders = Headers({field.encode(): list(values)})
    return found


class AcceptTests(SynchronousTestCase):
    def chosen(self, *values: bytes) -> str | None:
        return choose(request("Accept", *values), OFFERS)

    def test_ranges(self) -> None:
        for value, expected in (
            (b"text/csv", CSV),
            (b"TEXT/Csv", CSV),
            (b"text/*", CSV),
            (b"*/*", JSON),
            (b"text/html, */*;q=0.1", JSON),
            (b"text/html", None),
            (b"image/*", None),
            (b"application/*;q=0.5, text/*", CSV),
            (b"text/csv;q=0.5, text/tab-separated-values;q=0.6", TSV),
            (b"text/tab-separated-values, text/csv", CSV),  # as good: our order counts
            (b"*/*, application/json;q=0", NDJSON),
            (b"application/*;q=0, */*", CSV),
            (b"text/csv;q=0", None),
            (b"text/*;q=0.3, text/csv;q=0.2, */*;q=0.1", TSV),  # the most precise counts
            (b"text/csv ; q=0.9 , application/json;q=0.899", CSV),
            (b"text/csv;Q=1.000;x=y", None),  # what we offer has no x
            (b'text/csv;charset="utf-8", */*;q=0.1', CSV),
            (b"application/json;charset=latin-1", JSON),
            (b'a/b;c="d,text/csv;", text/tab-separated-values', TSV),
            (b'a/b;c="\\",text/csv,\\"", text/tab-separated-values', TSV),
        ):
            self.assertEqual(self.chosen(value), expected, value)

    def test_several_fields_are_one(self) -> None:
        self.assertEqual(self.chosen(b"text/html", b"text/csv;q=0.1"), CSV)

    def test_offers_with_parameters(self) -> None:
        offers = ("text/html", "text/html;level=1", "text/html;level=2")
        for value, expected in (
            (b"text/html;level=2", "text/html;level=2"),
            (b"text/html;q=0.5, text/html;level=1", "text/html;level=1"),
            (b"text/html;level=1;q=0.1, text/html;q=0.5, */*", "text/html"),
        ):
            self.assertEqual(choose(request("Accept", value), offers), expected)

    def test_what_says_nothing(self) -> None:
        self.assertEqual(choose(request("X", b"y"), OFFERS), JSON)
        for value in (
            b"",
            b",,",
            b"text",
            b"/",
            b"text/",
            b"text/csv;q=2",
            b"text/csv;q=",
            b"text/csv;q=0.1234",
            b"text/csv;q=-1",
            b"text/csv q=1",
            b'text/csv;a="b',
            b"\xff\xfe",
            b"text/csv," + b"x" * MAX_ACCEPT,
            b'\\"' * 8000,
        ):
            self.assertEqual(self.chosen(value), JSON, value)

    def test_malformed_members_are_ignored(self) -> None:
        self.assertEqual(self.chosen(b"oops, text/csv;q=0.5, x/y;q=z"), CSV)
        # What Java sends.
        self.assertEqual(self.chosen(b"text/html, image/gif, *; q=.2, */*; q=.2"), JSON)

    def test_every_cut(self) -> None:
        value = b'text/csv;a="b,c";q=0.5, */*;q=0.1'
        for cut in range(len(value) + 1):
            self.assertIn(self.chosen(value[:cut]), (JSON, CSV, None))

    def test_an_offer_must_be_a_media_type(self) -> None:
        self.assertRaises(ValueError, choose, request("Accept", b"*/*"), ["json"])


class ContentTypeTests(SynchronousTestCase):
    def test_what_is_said(self) -> None:
        for value, expected in (
            (b"application/json", ContentType(JSON)),
            (b"Application/JSON;Charset=UTF-8", ContentType(JSON, "utf-8")),
            (b'text/csv ; header=present; charset="Latin-1"', ContentType(CSV, "latin-1")),
            (b"text/csv;", ContentType(CSV)),
            (b"text/csv; charset=a; charset=b", ContentType(CSV, "a")),
        ):
            self.assertEqual(content_type(request("Content-Type", value)), expected)

    def test_what_is_not(self) -> None:
        for values in (
            (b"",),
            (b"json",),
            (b"*/*",),
            (b"text/*",),
            (b"application/json, text/csv",),
            (b"application/json; charset",),
            (b"application/json\xff",),
            (b"application/json", b"application/json"),
        ):
            self.assertEqual(content_type(request("Content-Type", *values)), ContentType(), values)
        self.assertEqual(content_type(request("X", b"y")), ContentType())
