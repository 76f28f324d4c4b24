"""Real scripts behind a real server: what they say."""

from __future__ import annotations

import os
import time

from twisted.internet.task import deferLater

from .scripts import REQUEST, CgiTestCase
from .served import PATIENCE, Response, clock


class ResponseTests(CgiTestCase):
    """What scripts say."""

    async def reply(self, source: str, path: str = "", method: str = "GET") -> Response:
        self.script("x", source)
        if not hasattr(self, "port"):
            self.serve()
        return await self.ask(f"/cgi-bin/x{path}", method=method)

    async def test_document(self) -> None:
        response = await self.reply(
            r'printf "Content-Type: a/b\r\nSet-Cookie: a\nStatus: 404 Gone Fishing\n\nbody"'
        )
        self.assertEqual((response.status, response.body), (404, b"body"))
        self.assertEqual(response.headers["content-type"], "a/b")
        self.assertEqual(response.headers["set-cookie"], "a")
        self.assertEqual(self.events, [])

    async def test_no_content_type(self) -> None:
        response = await self.reply(r'printf "A: b\n\nbody"')
        self.assertNotIn("content-type", response.headers)

    async def test_head(self) -> None:
        response = await self.reply(
            r'printf "A: b\nContent-Length: 9\n\n$REQUEST_METHOD"', method="HEAD"
        )
        self.assertEqual((response.status, response.rest), (200, b""))
        self.assertEqual(response.headers["content-length"], "9")

    async def test_no_content(self) -> None:
        response = await self.reply(r'printf "Status: 204\nContent-Length: 4\n\nbody"')
        self.assertEqual((response.status, response.body, response.rest), (204, b"", b""))

    async def test_old_protocol(self) -> None:
        self.script("x", r'printf "A: b\n\nbody"')
        self.serve()
        response = await self.ask("/cgi-bin/x", version="1.0")
        self.assertEqual(response.body, b"body")
        self.assertNotIn("transfer-encoding", response.headers)

    async def test_streamed(self) -> None:
        self.family()
        self.serve()
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until(lambda: b"first" in client.data)

    async def test_headers_alone_are_sent(self) -> None:
        self.family("print('A: b\\n', flush=True)")
        self.serve()
        client = await self.send(REQUEST % b"/cgi-bin/family")
        await self.until(lambda: b"\r\n\r\n" in client.data)

    async def test_client_redirect(self) -> None:
        response = await self.reply(r'printf "Location: http://example.com/\n\n"')
        self.assertEqual(response.status, 302)
        self.assertEqual(response.headers["location"], "http://example.com/")

    async def test_local_redirect(self) -> None:
        self.file("a.txt", b"target")
        # With one place only, the first script has to be gone before the second can start.
        self.serve(running=1)
        self.script(
            "y", r'printf "A: b\n\n$REQUEST_METHOD $QUERY_STRING ${CONTENT_LENGTH-none} "; cat'
        )
        response = await self.reply(r'printf "Location: /a.txt\n\n"')
        self.assertEqual((response.status, response.body), (200, b"target"))
        response = await self.reply(r'printf "Location: /a.txt\n\n"', method="HEAD")
        self.assertEqual((response.status, response.rest), (200, b""))
        self.script("x", r'printf "Location: /cgi-bin/y?a=b\n\n"')
        response = await self.ask("/cgi-bin/x", method="POST", body=b"lost")
        self.assertEqual(response.body, b"GET a=b none ")
        response = await self.reply(r'printf "Location: /nope\n\n"')
        self.assertEqual(response.status, 404)

    async def test_redirects_in_a_circle(self) -> None:
        response = await self.reply(r'echo >>count; printf "Location: /cgi-bin/x\n\n"')
        self.assertEqual(response.status, 502)
        self.assertEqual((self.scripts / "count").read_text().count("\n"), 11)

    async def test_redirect_of_a_script_that_fails(self) -> None:
        response = await self.reply(r'printf "Location: /\n\n"; exit 1')
        self.assertEqual(response.status, 502)

    async def test_malformed(self) -> None:
        for source, why in (
            ("echo '<html>'; echo; echo", "not a header"),
            ("true", "before its header block"),
            ("exit 3", "exited with status 3"),
            ("kill -9 $$", "ended by signal 9"),
            ("echo 'Content-Type: a/b'", "before its header block"),
            ("head -c 100000 /dev/zero | tr '\\0' a; sleep 100", "longer than"),
            ("printf 'A: \\033[2J\\n\\n'", "control character"),
        ):
            response = await self.reply(source)
            self.assertEqual(response.status, 502, source)
            self.assertTrue(response.complete)
            self.logged(why)

    async def test_what_cannot_be_executed(self) -> None:
        self.serve()
        for interpreter, why in (
            ("/no/such/program", r"not there.*CR LF"),
            ("/bin/sh\r", r"not there.*CR LF"),
        ):
            self.script("x", "", interpreter)
            self.assertEqual((await self.ask("/cgi-bin/x")).status, 502)
            self.logged(why)
        self.file("cgi-bin/bare", b"echo no first line\n").chmod(0o755)
        self.assertEqual((await self.ask("/cgi-bin/bare")).status, 502)
        self.logged(r"cgi-bin/bare cannot be run.*#!/bin/sh")

    async def test_failure_after_the_headers(self) -> None:
        for end in ("exit 1", "kill -9 $$"):
            response = await self.reply(rf'printf "A: b\n\nbody"; {end}')
            self.assertEqual((response.status, response.complete), (200, False))

    async def test_failure_in_the_old_protocol(self) -> None:
        # Nothing but a reset tells this client that the end is not the end.
        self.script("x", r'printf "A: b\n\nbody"; exit 1')
        self.serve()
        client = await self.send(b"GET /cgi-bin/x HTTP/1.0\r\n\r\n")
        client.ended.addTimeout(PATIENCE, clock)
        await client.ended
        assert client.reason is not None
        self.assertIn("non-clean", client.reason.getErrorMessage())

    async def test_failure_after_all_has_been_said(self) -> None:
        response = await self.reply(r'printf "Content-Length: 4\n\nbody"; exit 1')
        self.assertEqual((response.body, response.complete), (b"body", True))
        self.logged("exited with status 1")

    async def test_more_than_the_length(self) -> None:
        self.script("x", r'printf "Content-Length: 4\n\nbodyHTTP/1.1 200 OK"')
        self.serve()
        last = b"GET /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        response = await self.ended(await self.send(REQUEST % b"/cgi-bin/x" + last))
        self.assertEqual((response.body, response.complete), (b"body", True))
        self.assertTrue(response.rest.startswith(b"HTTP/1.1 404 "))

    async def test_less_than_the_length(self) -> None:
        response = await self.reply(r'printf "Content-Length: 9\n\nbody"')
        self.assertEqual((response.body, response.complete), (b"body", False))
        self.logged("too early")

    async def test_standard_error(self) -> None:
        await self.reply(r'printf "one\n\033[2Jtwo" >&2; printf "A: b\n\n"')
        self.assertIn("cgi-bin/x: one", self.events)
        self.assertIn(r"cgi-bin/x: \x1b[2Jtwo", self.events)

    async def test_last_words_on_standard_error(self) -> None:
        # The end of the output and the words are there at the same moment, in this order.
        self.script(
            "x",
            "(while [ ! -e go ]; do sleep 0.01; done; exec >&-; echo late >&2; touch said) &"
            r'echo $$ >pid; printf "A: b\n\nx"; touch told',
        )
        tree = self.serve()
        await self.send(REQUEST % b"/cgi-bin/x")
        await self.until((self.scripts / "told").exists)
        pid = int((self.scripts / "pid").read_text())
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        await self.until(lambda: os.waitid(os.P_PID, pid, flags) is not None)
        # Let the server hear of it, and then of nothing until both have happened.
        await deferLater(clock, 0.05)
        (self.scripts / "go").touch()
        while not (self.scripts / "said").exists():
            time.sleep(0.01)
        await self.until(lambda: tree.scripts_running == 0)
        self.assertIn("cgi-bin/x: late", self.events)

    async def test_much_on_standard_error(self) -> None:
        response = await self.reply(
            "head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2; yes | head -c 3000000 >&2; "
            r'printf "A: b\n\ndone"'
        )
        self.assertEqual(response.body, b"done")
        self.assertLessEqual(len(self.events), 201)

    async def test_big_output_to_a_slow_reader(self) -> None:
        total, piece = 50_000_000, 50_000
        self.script(
            "big",
            f"""
import os
os.write(1, b"Content-Length: {total}\\n\\n")
progress = os.open("progress", os.O_CREAT | os.O_WRONLY)
for number in range({total // piece}):
    data = bytes({piece})
    while data:
        data = data[os.write(1, data):]
    os.pwrite(progress, b"%012d" % ((number + 1) * {piece}), 0)
""",
            "python",
        )
        self.serve()
        client = await self.send(
            b"GET /cgi-bin/big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        await self.until(lambda: len(client.data) > 0)
        client.link.pauseProducing()

        def written() -> int:
            try:
                return int((self.scripts / "progress").read_bytes() or b"0")
            except FileNotFoundError:
                return 0

        before, same = -1, 0
        while same < 30:
            await deferLater(clock, 0.01)
            now = written()
            before, same = now, (same + 1 if now == before else 0)
        # The rest, up to some megabytes, is in the kernel's socket buffers.
        self.assertLess(written(), total // 2)
        client.link.resumeProducing()
        response = await self.ended(client)
        self.assertEqual((len(response.body), response.complete), (total, True))
