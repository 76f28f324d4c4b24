from __future__ import annotations

import gzip
import sys
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.protocols.portforward import ProxyFactory

from netsuite.client.fetch import fetch
from netsuite.client.problems import ClientError
from netsuite.client.web import Request, new_agent, parse_url
from tests.client.support import (
    CHECKOUT,
    NetworkTestCase,
    Printed,
    Running,
    environment,
    netsuite,
    new_folder,
    reactor,
)


def page(body: bytes, status: bytes = b"200 OK", headers: bytes = b"X-Name: value\r\n") -> bytes:
    """Return a response."""
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), headers, body)


class WebTestCase(NetworkTestCase):
    """A test with a web server."""

    def web(self, *responses: bytes) -> int:
        """Serve each request with the next response, the last one again and again."""
        self.requests: list[bytes] = []

        def answer(transport: Any, data: bytes) -> None:
            self.requests.append(data)
            transport.write(responses[min(len(self.requests), len(responses)) - 1])
            transport.loseConnection()

        return self.serve(answer)


class FetchTests(WebTestCase):
    async def fetch(self, port: int, output: Printed, **settings: Any) -> int:
        settings.setdefault("timeout", 5)
        request = Request(parse_url(f"127.0.0.1:{port}/dir/page"))
        return await fetch(reactor, new_agent(reactor, 5), request, output, **settings)

    async def fails(
        self, port: int, words: str, output: Printed | None = None, **more: Any
    ) -> None:
        with self.assertRaises(ClientError) as caught:
            await self.fetch(port, Printed() if output is None else output, **more)
        self.assertIn(words, str(caught.exception))

    async def test_body_as_it_is(self) -> None:
        output = Printed()
        self.assertEqual(await self.fetch(self.web(page(b"\x1b[31m\xff")), output), 0)
        self.assertEqual(output.bytes, b"\x1b[31m\xff")

    async def test_body_on_a_terminal(self) -> None:
        output = Printed(terminal=True)
        await self.fetch(self.web(page(b"\x1b[31m\xff")), output)
        self.assertEqual(output.bytes, b"\\x1b[31m\\xff\n")

    async def test_headers(self) -> None:
        output = Printed()
        await self.fetch(self.web(page(b"body")), output, show_headers=True)
        self.assertEqual(
            output.bytes,
            b"HTTP/1.1 200 OK\r\nX-Name: value\r\nContent-Length: 4\r\n\r\nbody",
        )

    async def test_redirect(self) -> None:
        output = Printed()
        moved = page(b"gone", b"302 Found", b"Location: /there\r\n")
        self.assertEqual(await self.fetch(self.web(moved, page(b"here")), output), 0)
        self.assertEqual(output.bytes, b"here")
        self.assertTrue(self.requests[1].startswith(b"GET /there HTTP/1.1\r\n"))

    async def test_redirects_without_end(self) -> None:
        moved = page(b"gone", b"302 Found", b"Location: /there\r\n")
        await self.fails(self.web(moved), "redirects too often")
        self.assertLess(len(self.requests), 30)

    async def test_redirect_elsewhere(self) -> None:
        await self.fails(
            self.web(page(b"", b"302 Found", b"Location: file:///etc/passwd\r\n")),
            "redirects to where HTTP does not lead",
        )
        await self.fails(self.web(page(b"", b"302 Found")), "redirects to nowhere")

    async def test_error_page_is_printed_and_not_saved(self) -> None:
        path = new_folder(self) / "file"
        output = Printed()
        port = self.web(page(b"not here", b"404 Not \x1bFound"))
        await self.fails(port, "the server answered 404 Not \\x1bFound", output, path=path)
        self.assertEqual(output.bytes, b"not here")
        self.assertFalse(path.exists())

    async def test_gzip(self) -> None:
        output = Printed()
        body = gzip.compress(b"body" * 1000)
        await self.fetch(self.web(page(body, headers=b"Content-Encoding: gzip\r\n")), output)
        self.assertEqual(output.bytes, b"body" * 1000)

    async def test_cut_short(self) -> None:
        folder = new_folder(self)
        response = page(b"x" * 1000)[:-1]
        await self.fails(
            self.web(response), "cut short after 999 of 1,000 bytes", path=folder / "file"
        )
        self.assertEqual(list(folder.iterdir()), [])

    async def test_chunks_cut_short(self) -> None:
        response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        await self.fails(self.web(response), "cut short after 5 bytes")
        output = Printed()
        await self.fetch(self.web(response + b"0\r\n\r\n"), output)
        self.assertEqual(output.bytes, b"hello")

    async def test_no_length(self) -> None:
        output = Printed()
        await self.fetch(self.web(b"HTTP/1.0 200 OK\r\n\r\nhello"), output)
        self.assertEqual(output.bytes, b"hello")

    async def test_response_cut_at_every_byte(self) -> None:
        response = page(b"body")
        for cut in range(1, len(response)):

            def answer(transport: Any, _data: bytes, cut: int = cut) -> None:
                transport.write(response[:cut])
                reactor.callLater(0.002, transport.write, response[cut:])

            output = Printed()
            await self.fetch(self.serve(answer), output)
            self.assertEqual(output.bytes, b"body")

    async def test_ipv6(self) -> None:
        output = Printed()
        port = self.web(page(b"body"))
        proxy = reactor.listenTCP(0, ProxyFactory("127.0.0.1", port), interface="::1")
        self.addCleanup(proxy.stopListening)
        request = Request(parse_url(f"[::1]:{proxy.getHost().port}/ü"))
        await fetch(reactor, new_agent(reactor, 5), request, output, timeout=5)
        self.assertEqual(output.bytes, b"body")
        self.assertTrue(self.requests[0].startswith(b"GET /%C3%BC HTTP/1.1\r\n"))
        self.assertIn(b"\r\nHost: [::1]:", self.requests[0])

    async def test_stall(self) -> None:
        def answer(transport: Any, _data: bytes) -> None:
            transport.write(page(b"x" * 1000)[:-500])

        await self.fails(self.serve(answer), "stalled: nothing came for 0.2 s", timeout=0.2)

    async def test_slow_is_not_stalled(self) -> None:
        response = page(b"x" * 10)

        def answer(transport: Any, _data: bytes) -> None:
            transport.write(response[:-10])
            for number in range(10):
                reactor.callLater(number * 0.15, transport.write, b"x")

        output = Printed()
        await self.fetch(self.serve(answer), output, timeout=1)
        self.assertEqual(output.bytes, b"x" * 10)

    async def test_no_answer(self) -> None:
        await self.fails(self.serve(), "within 0.2 s", timeout=0.2)

    async def test_garbage(self) -> None:
        await self.fails(self.web(b"SSH-2.0-OpenSSH\r\n"), "no valid HTTP response")
        await self.fails(self.web(b""), "no valid HTTP response")

    async def test_refused(self) -> None:
        port = await self.closed_port()
        await self.fails(port, f"cannot reach http://127.0.0.1:{port}: connection refused")

    async def test_what_cannot_be_written_ends_the_download(self) -> None:
        lost: Deferred[None] = Deferred()

        class Full(Printed):
            def piece(self, data: bytes) -> None:
                raise OSError(28, "No space left on device")

        def answer(transport: Any, _data: bytes) -> None:
            transport.write(page(b"x" * 1000)[:-500])
            transport.protocol.connectionLost = lambda reason: lost.callback(None)

        with self.assertRaises(OSError):
            await self.fetch(self.serve(answer), Full())
        await lost

    async def test_memory_stays_small(self) -> None:
        """A body passes through; it is not collected."""
        size = 64 << 20
        chunk = b"x" * (1 << 16)

        def answer(transport: Any, _data: bytes) -> None:
            transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            left = size // len(chunk)

            class Producer:
                def resumeProducing(self) -> None:
                    nonlocal left
                    if left:
                        left -= 1
                        transport.write(chunk)
                    else:
                        transport.unregisterProducer()

                def stopProducing(self) -> None:
                    pass

            transport.registerProducer(Producer(), False)

        port = self.serve(answer)
        code = (
            "import sys; from pathlib import Path; from netsuite.client.main import run;"
            f"status = run(['fetch', 'http://127.0.0.1:{port}/', '-o', '/dev/null']);"
            # Not getrusage(): that begins with the peak of the process that forked this one.
            "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]);"
            "sys.exit(status)"
        )
        out, err, status = await getProcessOutputAndValue(
            sys.executable, ["-c", code], env=environment(), path=str(CHECKOUT)
        )
        self.assertEqual((err, status), (b"", 0))
        self.assertLess(int(out) // 1024, 120, "MiB")


class CommandTests(WebTestCase):
    async def test_method_headers_and_data(self) -> None:
        port = self.web(page(b"ok"))
        done = await netsuite(
            "fetch", f"localhost:{port}/p?q=1#f", "-d", "a=b", "-H", "X-One: 1", "-H", "x-two:2"
        )
        self.assertEqual(done, (b"ok", b"", 0))
        request = self.requests[0]
        self.assertTrue(request.startswith(b"POST /p?q=1 HTTP/1.1\r\n"), request)
        for line in (
            b"Content-Type: application/x-www-form-urlencoded",
            b"X-One: 1",
            b"X-Two: 2",
            b"Content-Length: 3",
            b"User-Agent: netsuite/",
        ):
            self.assertIn(line.lower(), request.lower())
        self.assertTrue(request.endswith(b"\r\n\r\na=b"))

    async def test_method(self) -> None:
        port = self.web(page(b"ok"))
        await netsuite("fetch", "-X", "PUT", f"localhost:{port}/", "-d", "x")
        self.assertTrue(self.requests[0].startswith(b"PUT / HTTP/1.1\r\n"))

    async def test_head(self) -> None:
        port = self.web(page(b"body")[:-4])
        out, err, status = await netsuite("fetch", "-I", f"localhost:{port}/")
        self.assertTrue(self.requests[0].startswith(b"HEAD / HTTP/1.1\r\n"))
        self.assertEqual((err, status), (b"", 0))
        self.assertIn(b"HTTP/1.1 200 OK\r\n", out)
        self.assertIn(b"Content-Length: 4\r\n", out)

    async def test_password(self) -> None:
        port = self.web(page(b"ok"))
        done = await netsuite("fetch", f"http://user:pass@127.0.0.1:{port}/")
        self.assertEqual(done, (b"ok", b"", 0))
        self.assertIn(b"authorization: basic dxnlcjpwyxnz", self.requests[0].lower())

    async def test_save(self) -> None:
        folder = new_folder(self)
        url = f"localhost:{self.web(page(b'body'))}/dir/na%20me.txt"
        for arguments, name in ((["-O"], "na me.txt"), (["-o", "other"], "other")):
            done = await netsuite("fetch", url, *arguments, cwd=str(folder))
            self.assertEqual(done, (b"", b"", 0))
            self.assertEqual((folder / name).read_bytes(), b"body")
            out, err, status = await netsuite("fetch", *arguments, url, cwd=str(folder))
            self.assertEqual((out, status), (b"", 1))
            self.assertIn(b"exists; --force replaces it", err)
        self.assertEqual(len(self.requests), 2)
        self.assertEqual(
            await netsuite("fetch", url, "-O", "--force", cwd=str(folder)), (b"", b"", 0)
        )

    async def test_error_status(self) -> None:
        port = self.web(page(b"not here", b"404 Not Found"))
        done = await netsuite("fetch", f"localhost:{port}/x")
        self.assertEqual(
            done, (b"not here", b"netsuite fetch: the server answered 404 Not Found\n", 1)
        )

    async def test_interrupted_download_leaves_no_file(self) -> None:
        def answer(transport: Any, _data: bytes) -> None:
            transport.write(page(b"x" * 1000)[:-500])

        folder = new_folder(self)
        url = f"localhost:{self.serve(answer)}/file"
        client = Running.start("fetch", "-i", "-O", url, cwd=str(folder))
        await client.until(b"Content-Length: 1000")
        transport: Any = client.transport
        transport.signalProcess("INT")
        self.assertEqual(await client.ended, 130)
        self.assertEqual(client.out[2], b"")
        self.assertEqual(list(folder.iterdir()), [])
