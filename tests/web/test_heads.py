"""What the head of a request may look like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from netsuite.web.heads import MAX_FIELDS, MAX_HEAD, Head, RequestLine, parse_request_line
from netsuite.web.responses import HTTPError


class RequestLineTests(SynchronousTestCase):
    """The first line."""

    def test_targets(self) -> None:
        for target, path, authority in (
            (b"/", b"/", None),
            (b"/a%20b/%zz?q=1&r=%", b"/a%20b/%zz?q=1&r=%", None),
            (b"//a", b"//a", None),
            (b"/http://h/", b"/http://h/", None),
            (b'/{}|\\^"<>', b'/{}|\\^"<>', None),
            (b"http://h/a/b", b"/a/b", b"h"),
            (b"HTTPS://[::1]:80", b"/", b"[::1]:80"),
            (b"http://h?x/y", b"/?x/y", b"h"),
            (b"http://", b"/", b""),
        ):
            line = parse_request_line(b"GET %b HTTP/1.1" % target)
            self.assertEqual(line, RequestLine(b"GET", path, b"HTTP/1.1", authority))
        self.assertEqual(parse_request_line(b"OPTIONS * HTTP/1.1").target, b"*")
        self.assertEqual(parse_request_line(b"GET /a?b?c HTTP/1.1").path, b"/a")

    def test_versions(self) -> None:
        for version, known in (
            (b"1.0", b"HTTP/1.0"),
            (b"1.1", b"HTTP/1.1"),
            (b"1.9", b"HTTP/1.1"),
        ):
            self.assertEqual(parse_request_line(b"GET / HTTP/" + version).version, known)
        for version in (b"0.9", b"2.0", b"3.1"):
            self.assert_status(505, b"GET / HTTP/" + version)

    def test_methods(self) -> None:
        for method in (b"GET", b"get", b"M-SEARCH", b"!#$%&'*+-.^_`|~09azAZ"):
            self.assertEqual(parse_request_line(method + b" / HTTP/1.1").method, method)
        self.assert_status(501, b"CONNECT example.org:443 HTTP/1.1")

    def test_malformed(self) -> None:
        for line in (
            b"GET",
            b"GET /",
            b"GET  / HTTP/1.1",
            b"GET / HTTP/1.1 ",
            b" GET / HTTP/1.1",
            b"GET\t/ HTTP/1.1",
            b"GET / HTTP/1.1\r",
            b"GET /\0 HTTP/1.1",
            b"GET /\r HTTP/1.1",
            b"GET /\n HTTP/1.1",
            b"GET /\x7f HTTP/1.1",
            b"GET /\xc3\xa9 HTTP/1.1",
            b"GET /#fragment HTTP/1.1",
            b"GET / http/1.1",
            b"GET / HTTP/1",
            b"GET / HTTP/1.10",
            b"GET / HTTP/11.1",
            b"GET / HTTP/1,1",
            b"GET / HTTP/\xb2.0",
            b"G(T / HTTP/1.1",
            b"G\xe9T / HTTP/1.1",
            b" / HTTP/1.1",
            b"GET * HTTP/1.1",
            b"GET path HTTP/1.1",
            b"GET h:80 HTTP/1.1",
            b"GET ftp://h/ HTTP/1.1",
            b"\x16\x03\x01\x02",
        ):
            self.assert_status(400, line)

    def assert_status(self, status: int, line: bytes) -> None:
        self.assertEqual(
            self.assertRaises(HTTPError, parse_request_line, line).status, status, line
        )


class HeadTests(SynchronousTestCase):
    """The header fields."""

    def refusal(self, *lines: bytes, version: bytes = b"1.1") -> HTTPError:
        head = Head()
        head.take(b"GET / HTTP/" + version)
        for line in lines[:-1]:
            head.take(line)
        error: HTTPError = self.assertRaises(HTTPError, head.take, lines[-1])
        return error

    def test_what_passes(self) -> None:
        head = Head()
        self.assertFalse(head.take(b""))
        self.assertIsNone(head.line)
        self.assertFalse(head.take(b"PUT http://h/a HTTP/1.7"))
        self.assertEqual(head.line, RequestLine(b"PUT", b"/a", b"HTTP/1.1", b"h"))
        for line in (
            b"Host:h",
            b"x!#$%&'*+-.^_`|~9:",
            b"X: \t a\tb \xff\x80 ",
            b"Content-Length: \t007 ",
        ):
            self.assertFalse(head.take(line))
        self.assertTrue(head.take(b""))
        self.assertEqual(head.length, 7)
        self.assertEqual(
            head.fields,
            [
                (b"Host", b"h"),
                (b"x!#$%&'*+-.^_`|~9", b""),
                (b"X", b"a\tb \xff\x80"),
                (b"Content-Length", b"007"),
            ],
        )

    def test_lengths(self) -> None:
        for field, length in (
            (b"Accept: */*", 0),
            (b"content-length: 12", 12),
            (b"TRANSFER-ENCODING: Chunked", None),
        ):
            head = Head()
            self.assertFalse(head.take(b"POST / HTTP/1.1"))
            self.assertFalse(head.take(field))
            self.assertTrue(head.take(b""))
            self.assertEqual(head.length, length, field)

    def test_an_empty_line_before_the_first(self) -> None:
        """Is passed over; a second one is not."""
        head = Head()
        self.assertFalse(head.take(b""))
        self.assertEqual(self.assertRaises(HTTPError, head.take, b"").status, 400)

    def test_malformed_fields(self) -> None:
        for line in (
            b"no colon",
            b": no name",
            b"Host : h",
            b"Host\t: h",
            b"Ho st: h",
            b"H\xf6st: h",
            b"X: a\0b",
            b"X: a\rb",
            b"X: a\nb",
            b"X: a\r",
            b"X: \x1b[0m",
            b"X: \x7f",
            b"X\0: a",
            b" folded",
            b"\tfolded",
            b" ",
        ):
            self.assertEqual(self.refusal(b"A: b", line).status, 400, line)
        self.assertIn("second line", self.refusal(b"A: b", b" c").message)
        self.assertIn("second line", self.refusal(b" Host: h").message)

    def test_how_long_the_body_is(self) -> None:
        length, chunked = b"Content-Length: 5", b"Transfer-Encoding: Chunked"
        for lines, status in (
            ([b"Content-Length: "], 400),
            ([b"Content-Length: -5"], 400),
            ([b"Content-Length: +5"], 400),
            ([b"Content-Length: 5 5"], 400),
            ([b"Content-Length: 5, 5"], 400),
            ([b"Content-Length: 0x5"], 400),
            ([b"Content-Length: 5_0"], 400),
            ([b"Content-Length: \xb2"], 400),
            ([b"Content-Length: " + b"9" * 19], 413),
            ([b"Content-Length: " + b"9" * 5000], 413),  # more than int() takes
            ([length, length], 400),
            ([length, b"content-length: 6"], 400),
            ([length, chunked], 400),
            ([chunked, length], 400),
            ([chunked, chunked], 400),
            ([b"Transfer-Encoding: "], 400),
            ([b"Transfer-Encoding: identity"], 400),
            ([b"Transfer-Encoding: xchunked"], 400),
            ([b"Transfer-Encoding: \x0bchunked"], 400),
            ([b"Transfer-Encoding: chunked, gzip"], 400),
            ([b"Transfer-Encoding: chunked, chunked"], 400),
            ([b"Transfer-Encoding: gzip, chunked"], 501),
        ):
            self.assertEqual(self.refusal(*lines).status, status, lines)
        self.assertEqual(self.refusal(chunked, version=b"1.0").status, 400)

    def test_bounds(self) -> None:
        self.assertEqual(self.refusal(*[b"a: b"] * (MAX_FIELDS + 1)).status, 431)
        for size, fits in ((MAX_HEAD, True), (MAX_HEAD + 1, False)):
            head = Head()
            first = b"GET / HTTP/1.1"
            head.take(first)
            line = b"a: " + b"b" * (size - len(first) - len(b"a: ") - 4)
            if fits:
                head.take(line)
            else:
                self.assertEqual(self.assertRaises(HTTPError, head.take, line).status, 431)
        error = self.assertRaises(HTTPError, Head().take, b"GET /" + b"x" * MAX_HEAD)
        self.assertEqual(error.status, 414)

    def test_time(self) -> None:
        """No line takes long to judge: none of these would end in minutes, were it quadratic."""
        for filler in (b" ", b"\t", b"a", b":", b"%20", b"/"):
            for line in (b"X:" + filler * 5000 + b"\0", filler * 5000):
                self.assertIn(self.refusal(line).status, (400,), line[:9])
