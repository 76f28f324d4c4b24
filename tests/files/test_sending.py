from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from email.parser import BytesParser
from typing import Any, cast

from twisted.internet.task import Clock, deferLater
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from netsuite.files.paths import ForbiddenError, MissingError, Root
from netsuite.files.sending import send_file

from .served import PATIENCE, ServedTestCase, clock, parse


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Without root's right to read everything, if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class SendingTests(ServedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.serve()

    async def test_whole_file(self) -> None:
        self.file("a.txt", b"0123456789")
        response = await self.ask("/a.txt?ignored=1")
        self.assertEqual((response.status, response.body), (200, b"0123456789"))
        self.assertEqual(response.headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(response.headers["content-length"], "10")
        self.assertEqual(response.headers["accept-ranges"], "bytes")
        self.assertEqual(response.headers["x-content-type-options"], "nosniff")

    async def test_head(self) -> None:
        self.file("a.txt", b"0123456789")
        got, head = await self.ask("/a.txt"), await self.ask("/a.txt", method="HEAD")
        self.assertEqual((head.status, head.body, head.rest), (200, b"", b""))
        got.headers.pop("date")
        head.headers.pop("date")
        self.assertEqual(head.headers, got.headers)

    async def test_empty_file(self) -> None:
        self.file("empty.txt", b"")
        response = await self.ask("/empty.txt", "Range: bytes=0-")
        self.assertEqual((response.status, response.body, response.complete), (200, b"", True))

    async def test_big_file(self) -> None:
        content = os.urandom(3_000_000)
        self.file("big", content)
        response = await self.ask("/big")
        self.assertEqual(response.body, content)
        self.assertEqual(response.headers["content-type"], "application/octet-stream")

    async def test_names_that_need_encoding(self) -> None:
        for name, path in {
            b"a b": "/a%20b",
            b"\xff": "/%ff",
            b"what?": "/what%3F",
            b"%41": "/%2541",
            b"back\\slash": "/back%5cslash",
        }.items():
            (self.root / os.fsdecode(name)).write_bytes(name)
            self.assertEqual((await self.ask(path)).body, name)

    async def test_ranges(self) -> None:
        self.file("a.txt", b"0123456789")
        for header, body, content_range in (
            ("bytes=2-4", b"234", "bytes 2-4/10"),
            ("bytes=7-", b"789", "bytes 7-9/10"),
            ("bytes=-2", b"89", "bytes 8-9/10"),
            ("bytes=-2000", b"0123456789", "bytes 0-9/10"),
        ):
            response = await self.ask("/a.txt", f"Range: {header}")
            self.assertEqual((response.status, response.body), (206, body))
            self.assertEqual(response.headers["content-range"], content_range)
        for header in ("bytes=10-", "bytes=20-,30-"):
            response = await self.ask("/a.txt", f"Range: {header}")
            self.assertEqual(response.status, 416)
            self.assertEqual(response.headers["content-range"], "bytes */10")
            self.assertTrue(response.complete)
        for header in ("bytes=", "bytes=\xff", "bytes=5-2"):
            response = await self.ask("/a.txt", f"Range: {header}")
            self.assertEqual((response.status, response.body), (200, b"0123456789"))

    async def test_range_is_for_get(self) -> None:
        self.file("a.txt", b"0123456789")
        response = await self.ask("/a.txt", "Range: bytes=2-4", method="HEAD")
        self.assertEqual(response.status, 200)

    async def test_several_ranges(self) -> None:
        self.file("a.txt", b"0123456789")
        response = await self.ask("/a.txt", "Range: bytes=0-1,-3")
        self.assertEqual((response.status, response.complete), (206, True))
        kind = response.headers["content-type"].encode()
        message = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n" + response.body)
        parts = [
            (part["content-range"], part["content-type"], part.get_payload())
            for part in cast("list[Any]", message.get_payload())
        ]
        self.assertEqual(
            parts,
            [
                ("bytes 0-1/10", "text/plain; charset=utf-8", "01"),
                ("bytes 7-9/10", "text/plain; charset=utf-8", "789"),
            ],
        )

    async def test_conditions(self) -> None:
        path = self.file("a.txt", b"0123456789")
        os.utime(path, (784111777, 784111777))
        first = await self.ask("/a.txt")
        self.assertEqual(first.headers["last-modified"], "Sun, 06 Nov 1994 08:49:37 GMT")
        tag = first.headers["etag"]
        for header in (f"If-None-Match: {tag}", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"):
            response = await self.ask("/a.txt", header)
            self.assertEqual((response.status, response.body), (304, b""))
            self.assertEqual(response.headers["etag"], tag)
        failed = await self.ask("/a.txt", 'If-Match: "other"')
        self.assertEqual(failed.status, 412)
        partial = await self.ask("/a.txt", "Range: bytes=0-0", f"If-Range: {tag}")
        self.assertEqual(partial.status, 206)
        whole = await self.ask("/a.txt", "Range: bytes=0-0", 'If-Range: "old"')
        self.assertEqual((whole.status, whole.body), (200, b"0123456789"))
        path.write_bytes(b"changed")
        again = await self.ask("/a.txt", f"If-None-Match: {tag}")
        self.assertEqual((again.status, again.body), (200, b"changed"))

    async def test_file_that_shrinks_is_cut_off(self) -> None:
        path = self.file("big", bytes(20_000_000))
        client = await self.send(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        await self.until(lambda: len(client.data) > 0)
        client.link.pauseProducing()
        os.truncate(path, 1000)
        client.link.resumeProducing()
        client.ended.addTimeout(PATIENCE, clock)
        response = parse(await client.ended)
        self.assertFalse(response.complete)

    async def test_file_that_grows_ends_where_it_ended(self) -> None:
        path = self.file("big", bytes(5_000_000))
        client = await self.send(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        await self.until(lambda: len(client.data) > 0)
        with path.open("ab") as file:
            file.write(b"more")
        client.link.write(b"GET /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        client.ended.addTimeout(PATIENCE, clock)
        response = parse(await client.ended)
        self.assertEqual(response.body, bytes(5_000_000))
        self.assertTrue(response.rest.startswith(b"HTTP/1.1 404"))

    async def test_client_that_leaves(self) -> None:
        self.file("big", bytes(20_000_000))
        client = await self.send(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        await self.until(lambda: len(client.data) > 0)
        client.link.abortConnection()
        await client.ended
        held = os.fspath(self.root / "big")
        await self.until(lambda: held not in _open_files())

    async def test_fifo_does_not_hold_up(self) -> None:
        os.mkfifo(self.root / "fifo")
        os.mkfifo(self.root / "index.html")
        self.assertEqual((await self.ask("/fifo")).status, 404)
        listing = await self.ask("/")
        self.assertEqual(listing.status, 200)
        self.assertNotIn(b"fifo", listing.body)

    def test_fifo_that_takes_a_files_place(self) -> None:
        # Looked at as a file, and replaced before it is opened.
        os.mkfifo(self.root / "fifo")
        request = Request(DummyChannel(), parsePOSTFormSubmission=False)
        self.assertRaises(MissingError, send_file, request, self.root / "fifo", Clock())

    def test_link_that_takes_a_files_place(self) -> None:
        self.file("a.txt")
        (self.root / "link").symlink_to("a.txt")
        request = Request(DummyChannel(), parsePOSTFormSubmission=False)
        self.assertRaises(MissingError, send_file, request, self.root / "link", Clock())

    def test_what_cannot_be_read(self) -> None:
        path = self.file("private.txt")
        folder = self.file("private/x").parent
        request = Request(DummyChannel(), parsePOSTFormSubmission=False)
        self.root.chmod(0o755)
        path.chmod(0)
        folder.chmod(0)
        self.addCleanup(folder.chmod, stat.S_IRWXU)
        root = Root(self.root)
        with ordinary_user():
            self.assertRaises(ForbiddenError, send_file, request, path, Clock())
            self.assertRaises(ForbiddenError, root.entries, folder, 10)
            self.assertRaises(ForbiddenError, root.find, [b"private", b"x"])


class TreeTests(ServedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.serve()

    async def test_listing(self) -> None:
        self.file("a <b>.txt")
        self.file(".hidden")
        self.file("folder/x")
        response = await self.ask("/")
        self.assertEqual(response.status, 200)
        self.assertEqual(response.headers["content-type"], "text/html; charset=utf-8")
        self.assertIn(b'href="a%20%3Cb%3E.txt"', response.body)
        self.assertIn(b'href="folder/"', response.body)
        self.assertNotIn(b"hidden", response.body)
        self.assertNotIn(b"cgi-bin", response.body)
        head = await self.ask("/", method="HEAD")
        self.assertEqual((head.status, head.rest), (200, b""))
        self.assertEqual(head.headers["content-length"], str(len(response.body)))

    async def test_index(self) -> None:
        self.file("folder/index.html", b"<p>index")
        response = await self.ask("/folder/")
        self.assertEqual(response.body, b"<p>index")
        self.assertEqual(response.headers["content-type"], "text/html; charset=utf-8")

    async def test_slash_is_added(self) -> None:
        self.file("a b/x")
        response = await self.ask("/a%20b?q=1")
        self.assertEqual(response.status, 301)
        self.assertEqual(response.headers["location"], "/a%20b/?q=1")

    async def test_redirect_stays_here(self) -> None:
        self.file("other.example/x")
        self.file("\\other.example/x")
        self.assertEqual((await self.ask("//other.example")).status, 404)
        self.assertEqual((await self.ask("//other.example/..")).status, 404)
        response = await self.ask("/\\other.example")
        self.assertEqual(response.headers["location"], "/%5Cother.example/")

    async def test_traversal(self) -> None:
        outside = self.root.with_name(self.root.name + "-outside")
        outside.write_bytes(b"secret")
        self.addCleanup(outside.unlink)
        (self.root / "link").symlink_to(outside)
        self.file("folder/x")
        self.script("run", "echo secret")
        name = outside.name
        for path in (
            f"/../{name}",
            f"/folder/../../{name}",
            f"/%2e%2e/{name}",
            f"/..%2f{name}",
            f"/..%5c{name}",
            f"/%2e%2e%2f{name}",
            f"/%252e%252e/{name}",
            f"/{outside}",
            f"/%2f{str(outside)[1:].replace('/', '%2f')}",
            f"/folder/{outside}",
            "/link",
            "//link",
            "/../cgi-bin/run",
            "/folder/../cgi-bin/run",
            "//cgi-bin/run",
            "/./cgi-bin/run",
            "/%2fcgi-bin/run",
            "/cgi-bin%2frun",
            "/CGI-BIN/run",
            "/cgi-bin/../cgi-bin/run",
            "/cgi-bin//run",
        ):
            response = await self.ask(path)
            self.assertEqual(response.status, 404, path)
            self.assertNotIn(b"secret", response.body, path)
        self.assertEqual((await self.ask("/folder/x%00.txt")).status, 400)

    async def test_methods(self) -> None:
        self.file("a.txt")
        for path in ("/a.txt", "/"):
            for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
                response = await self.ask(path, method=method, body=b"x")
                self.assertEqual((response.status, method), (405, method))
                self.assertEqual(response.headers["allow"], "GET, HEAD, OPTIONS")
            response = await self.ask(path, method="OPTIONS")
            self.assertEqual((response.status, response.body), (204, b""))
            self.assertEqual(response.headers["allow"], "GET, HEAD, OPTIONS")
        self.assertEqual((await self.ask("/nope", method="DELETE")).status, 404)

    async def test_one_connection_many_requests(self) -> None:
        self.file("a.txt", b"<content>")
        request = b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n"
        client = await self.send(request * 3)
        await self.until(lambda: client.data.count(b"<content>") == 3)
        await deferLater(clock, 0)
        self.assertFalse(client.ended.called)


def _open_files() -> set[str]:
    """Return what this process has open."""
    links = set()
    for number in os.listdir("/dev/fd"):  # noqa: PTH208 - Path.iterdir opens it in the same way
        with contextlib.suppress(OSError):
            links.add(os.readlink(f"/dev/fd/{number}"))  # noqa: PTH115 - names, not paths
    return links
