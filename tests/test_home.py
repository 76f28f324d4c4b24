from __future__ import annotations

from html.parser import HTMLParser

from twisted.trial.unittest import SynchronousTestCase

from netsuite.home import home_router
from tests.web.wire import ask


class _Heading(HTMLParser):
    """Finds the text of the first heading."""

    def __init__(self) -> None:
        super().__init__()
        self.declaration = ""
        self.text = ""
        self._inside = False

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "h1"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


class HomeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.resource = home_router().resource()

    def test_page(self) -> None:
        answer = ask(self.resource, "GET", b"/")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(answer["Content-Length"], str(len(answer.body)))
        page = _Heading()
        page.feed(answer.body.decode())
        self.assertEqual((page.declaration, page.text), ("DOCTYPE html", "hello client"))

    def test_head(self) -> None:
        page = ask(self.resource, "GET", b"/")
        answer = ask(self.resource, "HEAD", b"/")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer["Content-Length"], page["Content-Length"])

    def test_missing(self) -> None:
        for target, named in (
            (b"/the/path", "/the/path"),
            (b"/the/path?a=b", "/the/path"),
            (b"//", "//"),
            (b"/index.html", "/index.html"),
            (b"/a%20b/%2e%2E/%FF%00", "/a%20b/%2e%2E/%FF%00"),
            (b"/<script>", "/<script>"),
            (b"/\x7f\x9b2J", "/\\x7f\\x9b2J"),
            (b"/" + 10_000 * b"x", "/" + 10_000 * "x"),
        ):
            answer = ask(self.resource, "GET", target)
            self.assertEqual((answer.status, answer.reason), (404, "Not Found"))
            self.assertEqual(answer.body.decode(), f"{named} not found")
            self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
            self.assertEqual(answer["X-Content-Type-Options"], "nosniff")

    def test_other_methods(self) -> None:
        for method in ("POST", "PUT", "DELETE"):
            answer = ask(self.resource, method, b"/")
            self.assertEqual((answer.status, answer["Allow"]), (405, "GET, HEAD, OPTIONS"))
        answer = ask(self.resource, "OPTIONS", b"/")
        self.assertEqual((answer.status, answer["Allow"]), (204, "GET, HEAD, OPTIONS"))
