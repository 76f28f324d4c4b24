from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.cgi_response import (
    Document,
    Head,
    HeadParser,
    LocalRedirect,
    MalformedHeadError,
)

LIMIT = 1000

GOOD = [
    b"Content-Type: text/plain\n\nbody",
    b"Content-Type: text/plain\r\n\r\nbody\r\n\r\nmore",
    b"Content-Type: text/plain\r\n\nbody",
    b"Content-Type: text/plain\n\r\n\nbody",
    b"Status: 404 Not Here\nContent-Type: a/b\nSet-Cookie: a\nSet-Cookie: b\n\n",
    b"Location: /x?y\n\n",
    b"Location: http://example.com/\r\n\r\n",
    b"Content-Length: 4\nX: y\n\nbodybody",
]
BAD = [
    b"\n",
    b"\r\n",
    b"\nContent-Type: a/b\n\n",
    b"<html>\n<p>hello\n\n",
    b"HTTP/1.1 200 OK\nContent-Type: a/b\n\n",
    b"Content-Type : a/b\n\n",
    b"Content-Type: a/b\n folded\n\n",
    b": x\n\n",
    b"A: b\rC: d\n\n",
    b"A: b\0\n\n",
    b"Status: 200\nStatus: 200\n\n",
    b"Content-Length: 1\nContent-Length: 1\n\n",
    b"Status: OK\n\n",
    b"Status: 100 Continue\n\n",
    b"Status: 2000\n\n",
    b"Status: \n\n",
    b"Content-Length: -1\n\n",
    b"Content-Length: 1_0\n\n",
    b"Location:\n\n",
    b"A: " + b"x" * LIMIT + b"\n\n",
    b"x" * (LIMIT + 1),
]


def read(*pieces: bytes) -> tuple[Head, bytes] | None:
    parser = HeadParser(LIMIT)
    remaining = iter(pieces)
    for piece in remaining:
        complete = parser.feed(piece)
        if complete is not None:
            head, body = complete
            return head, body + b"".join(remaining)
    return None


def document(data: bytes) -> Document:
    complete = read(data)
    assert complete is not None
    head, _ = complete
    assert isinstance(head, Document)
    return head


class HeadTests(SynchronousTestCase):
    def test_document(self) -> None:
        self.assertEqual(
            read(b"Content-Type: text/plain\nX-Y:  z \n\nbody"),
            (
                Document(200, None, ((b"Content-Type", b"text/plain"), (b"X-Y", b"z")), None),
                b"body",
            ),
        )

    def test_line_ends(self) -> None:
        for end in (b"\n\n", b"\r\n\r\n", b"\r\n\n", b"\n\r\n"):
            complete = read(b"Content-Type: a/b" + end + b"\r\nbody")
            assert complete is not None
            self.assertEqual(complete[1], b"\r\nbody")

    def test_unfinished(self) -> None:
        for data in (b"", b"Content-Type: a/b", b"Content-Type: a/b\r\n", b"A: b\n\r"):
            self.assertIsNone(read(data))

    def test_status(self) -> None:
        head = document(b"status: 404 Not Here\n\n")
        self.assertEqual((head.status, head.reason), (404, b"Not Here"))
        head = document(b"Status: 299\n\n")
        self.assertEqual((head.status, head.reason), (299, None))

    def test_length(self) -> None:
        head = document(b"Content-Length: 12\nContent-Type: a/b\n\n")
        self.assertEqual((head.length, len(head.headers)), (12, 1))

    def test_location(self) -> None:
        for local in (b"/", b"/x?y=z", b"/a%20b"):
            complete = read(b"Location: " + local + b"\n\n")
            self.assertEqual(complete, (LocalRedirect(local), b""))
        for data in (
            b"Location: http://example.com/\n\n",
            b"Location: //example.com/\n\n",
            b"Location: /x#y\n\n",
            b"Location: x\n\n",
            b"Location: /x\nSet-Cookie: a\n\n",
            b"Location: /x\nContent-Type: a/b\n\n",
        ):
            head = document(data)
            self.assertEqual(head.status, 302, data)
            self.assertEqual(head.headers[0][0], b"Location")
        self.assertEqual(document(b"Status: 201\nLocation: /x\n\n").status, 201)

    def test_headers_of_the_connection_are_the_servers(self) -> None:
        head = document(
            b"Content-Type: a/b\nConnection: close\nTransfer-Encoding: chunked\nServer: x\n"
            b"Date: x\nKeep-Alive: 5\nUpgrade: x\n\n"
        )
        self.assertEqual(head.headers, ((b"Content-Type", b"a/b"),))

    def test_malformed(self) -> None:
        for data in BAD:
            self.assertRaises(MalformedHeadError, read, data)

    def test_the_limit_is_for_the_head(self) -> None:
        self.assertIsNotNone(read(b"A: b\n\n" + b"x" * 10 * LIMIT))
        self.assertIsNotNone(read(b"A: " + b"x" * (LIMIT - 5) + b"\n\n"))
        self.assertRaises(MalformedHeadError, read, b"A: " + b"x" * (LIMIT - 4) + b"\n\n")

    def test_cut_at_every_byte(self) -> None:
        for data in GOOD:
            whole = read(data)
            self.assertIsNotNone(whole)
            for cut in range(len(data) + 1):
                self.assertEqual(read(data[:cut], data[cut:]), whole)
            self.assertEqual(read(*(data[n : n + 1] for n in range(len(data)))), whole)
        for data in BAD:
            for cut in range(len(data) + 1):
                self.assertRaises(MalformedHeadError, read, data[:cut], data[cut:])
            pieces = [data[n : n + 1] for n in range(len(data))]
            self.assertRaises(MalformedHeadError, read, *pieces)

    @given(st.lists(st.binary()))
    def test_any_bytes_in_any_pieces(self, pieces: list[bytes]) -> None:
        def outcome(*pieces: bytes) -> object:
            try:
                return read(*pieces)
            except MalformedHeadError:
                return "malformed"

        self.assertEqual(outcome(*pieces), outcome(b"".join(pieces)))
