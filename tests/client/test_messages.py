"""The commands that exchange messages: greet, hello, say, upper, swap and guess."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from netsuite.client.conversation import given
from netsuite.client.guess import guess_numbers, guess_words
from netsuite.client.hearing import listen
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.say import say
from netsuite.client.swap import swap
from netsuite.client.upper import upper_tcp
from netsuite.client.web import new_agent
from netsuite.framing import FRAMINGS
from tests.client.support import (
    NetworkTestCase,
    Piecemeal,
    Printed,
    netsuite,
    reactor,
    target,
)


def close(transport: Any, _data: bytes = b"") -> None:
    transport.loseConnection()


class HearingTests(NetworkTestCase):
    async def test_all_that_is_sent(self) -> None:
        def greet(transport: Any) -> None:
            transport.write(b"Thank you ")
            reactor.callLater(0.01, transport.write, b"for connecting")
            reactor.callLater(0.02, transport.loseConnection)

        output = Printed()
        port = self.serve(connected=greet)
        self.assertEqual(await listen(reactor, target(port), output, 5), 0)
        self.assertEqual(output.bytes, b"Thank you for connecting\n")

    async def test_silence(self) -> None:
        with self.assertRaises(ClientError) as caught:
            await listen(reactor, target(self.serve(connected=close)), Printed(), 5)
        self.assertIn("without a word", str(caught.exception))

    async def test_a_server_that_does_not_end(self) -> None:
        output = Printed()
        port = self.serve(connected=lambda transport: transport.write(b"SSH-2.0\x1b[m\r\n"))
        with self.assertRaises(ClientError) as caught:
            await listen(reactor, target(port), output, 0.2)
        self.assertIn("within 0.2 s", str(caught.exception))
        self.assertEqual(output.bytes, b"SSH-2.0\x1b[m\r\n")

    async def test_commands(self) -> None:
        def greet(transport: Any) -> None:
            transport.write(b"Hello you")
            transport.loseConnection()

        port = str(self.serve(connected=greet))
        for command in ("greet", "hello"):
            done = await netsuite("--port", port, command)
            self.assertEqual(done, (b"Hello you\n", b"", 0))


class SayTests(NetworkTestCase):
    async def test_each_framing_with_replies_a_byte_at_a_time(self) -> None:
        for name, framing in FRAMINGS.items():
            output = Printed()
            port = self.serve_protocol(lambda: Piecemeal(lambda data: data))
            status = await say(
                reactor,
                target(port),
                given([b"time is precious", b"hi"]),
                output,
                framing=name,
                timeout=5,
            )
            self.assertEqual((status, output.bytes), (0, b"time is precious\nhi\n"), framing)

    async def test_what_a_framing_cannot_carry(self) -> None:
        for framing, message in (("nul", b"a\0b"), ("line", b"a\nb")):
            with self.assertRaises(WrongUsage):
                await say(
                    reactor,
                    target(self.serve()),
                    given([message]),
                    Printed(),
                    framing=framing,
                    timeout=5,
                )

    async def test_command(self) -> None:
        def answer(transport: Any, data: bytes) -> None:
            transport.write(data.replace(b"nuqneH?", b"Qapla'!"))

        port = str(self.serve(answer))
        self.assertEqual(
            await netsuite("say", "time", "--port", port, "is", "precious"),
            (b"time is precious\n", b"", 0),
        )
        self.assertEqual(
            await netsuite("say", f"--port={port}", "--", "--not-an-option"),
            (b"--not-an-option\n", b"", 0),
        )
        self.assertEqual(
            await netsuite(
                "say", f"--connect=tcp:127.0.0.1:{port}", stdin=b"time\r\nnuqneH?\n\nhi"
            ),
            (b"time\nQapla'!\n\nhi\n", b"", 0),
        )

    async def test_many_lines(self) -> None:
        port = str(self.serve(lambda transport, data: transport.write(data)))
        lines = b"".join(b"line %d\n" % number for number in range(5000))
        self.assertEqual(await netsuite("say", "--port", port, stdin=lines), (lines, b"", 0))

    async def test_problems(self) -> None:
        nobody = await self.closed_port()
        out, err, status = await netsuite("say", "hi", "--host=127.0.0.1", f"--port={nobody}")
        self.assertEqual((out, status), (b"", 1))
        self.assertEqual(
            err.decode(),
            f"netsuite say: cannot reach tcp:127.0.0.1:{nobody}: connection refused; "
            "is the service running? (twistd -n dialogue)\n",
        )
        for port, timeout, words in (
            (self.serve(close), "60", b"closed the connection before an answer"),
            (self.serve(), "0.5", b"no answer from tcp:localhost"),
        ):
            out, err, status = await netsuite("say", "hi", f"--port={port}", "--timeout", timeout)
            self.assertEqual((out, status, err.count(b"\n")), (b"", 1, 1))
            self.assertIn(words, err)
        out, err, status = await netsuite("say", "hi", "--connect", "localhost:5")
        self.assertEqual((out, status, err.count(b"\n")), (b"", 2, 1))

    async def test_no_such_host(self) -> None:
        out, err, status = await netsuite("say", "hi", "--host", "no-such-host.invalid")
        self.assertEqual((out, status), (b"", 1))
        self.assertIn(b"cannot reach tcp:no-such-host.invalid:12345: there is no such host", err)


class UpperTests(NetworkTestCase):
    async def test_lines(self) -> None:
        heard = bytearray()

        def answer(data: bytes) -> bytes:
            heard.extend(data)
            return data.upper()

        output = Printed()
        port = self.serve_protocol(lambda: Piecemeal(answer))
        lines = given([b"abc", b"", b"\xfcx"])
        self.assertEqual(await upper_tcp(reactor, target(port), lines, output, 5), 0)
        self.assertEqual(output.bytes, b"ABC\n\n\xfcX\n")
        self.assertEqual(bytes(heard)[:7], b"abc\r\n\xfcx")

    async def test_session_ends_with_an_empty_line(self) -> None:
        heard = bytearray()
        ended: Deferred[None] = Deferred()

        def answer(transport: Any, data: bytes) -> None:
            heard.extend(data)
            if heard.endswith(b"\r\n\r\n"):
                ended.callback(None)
            else:
                transport.write(data.upper())

        port = self.serve(answer)
        await upper_tcp(reactor, target(port), given([b"hi"]), Printed(), 5)
        await ended
        self.assertEqual(bytes(heard), b"hi\r\n\r\n")

    async def test_command(self) -> None:
        port = str(self.serve(lambda transport, data: transport.write(data.upper())))
        self.assertEqual(await netsuite("upper", "ab", "cd", "--port", port), (b"AB CD\n", b"", 0))
        self.assertEqual(await netsuite("upper", "ab\ncd", "--port", port), (b"AB\nCD\n", b"", 0))
        self.assertEqual(
            await netsuite("upper", "--port", port, stdin=b"ab\n\ncd\n"), (b"AB\n\nCD\n", b"", 0)
        )


class SwapTests(NetworkTestCase):
    async def test_partner(self) -> None:
        heard: list[bytes] = []

        def answer(transport: Any, data: bytes) -> None:
            heard.append(data)
            transport.write(b"from the partner\r\n")
            transport.loseConnection()

        port = self.serve(answer)
        output = Printed()
        self.assertEqual(await swap(reactor, target(port), b"mine", output, None), 0)
        self.assertEqual((heard, output.bytes), ([b"mine\r\n"], b"from the partner\n"))
        done = await netsuite("swap", "--port", str(port), stdin=b"first\nsecond\n")
        self.assertEqual(done, (b"from the partner\n", b"", 0))
        self.assertEqual(heard[1:], [b"first\r\n"])

    async def test_nobody_comes(self) -> None:
        with self.assertRaises(ClientError):
            await swap(reactor, target(self.serve()), b"mine", Printed(), 0.1)
        with self.assertRaises(ClientError):
            await swap(reactor, target(self.serve(close)), b"mine", Printed(), None)

    async def test_nothing_to_swap(self) -> None:
        with self.assertRaises(WrongUsage):
            await swap(reactor, target(1), b"two\nlines", Printed(), None)
        _, err, status = await netsuite("swap")
        self.assertEqual(status, 2)
        self.assertIn(b"nothing to swap", err)


class GuessTests(NetworkTestCase):
    def secret(self, secret: bytes = b"42") -> int:
        found = False

        def answer(data: bytes) -> bytes:
            nonlocal found
            replies = []
            for guess in data.splitlines():
                replies.append(
                    b"secret found" if found else b"right" if guess == secret else b"wrong"
                )
                found = found or guess == secret
            return b"".join(reply + b"\r\n" for reply in replies)

        return self.serve(lambda transport, data: transport.write(answer(data)))

    async def test_statuses(self) -> None:
        port = self.secret()
        for guesses, printed, status in (
            ([b"1", b"x"], b"wrong\nwrong\n", 1),
            ([b"1", b"42", b"42"], b"wrong\nright\nsecret found\n", 0),
            ([b"1"], b"secret found\n", 0),
            ([], b"", 1),
        ):
            output = Printed()
            got = await guess_numbers(reactor, target(port), given(guesses), output, 5)
            self.assertEqual((output.bytes, got), (printed, status))

    async def test_command(self) -> None:
        port = str(self.secret())
        done = await netsuite("guess", "1", "-42", "--port", port)
        self.assertEqual(done, (b"wrong\nwrong\n", b"", 1))
        done = await netsuite("guess", "--port", port, stdin=b"1\n42\n")
        self.assertEqual(done, (b"wrong\nright\n", b"", 0))


class GuessWordTests(NetworkTestCase):
    async def guess(self, page: bytes, status: bytes = b"200 OK") -> tuple[bytes, int, list[bytes]]:
        asked: list[bytes] = []

        def answer(transport: Any, data: bytes) -> None:
            asked.append(data.split(b" ")[1])
            transport.write(
                b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(page), page)
            )

        output = Printed()
        where = target(self.serve(answer))
        agent = new_agent(reactor, 5, where)
        words = given(["ä b/c".encode()])
        got = await guess_words(reactor, agent, where, words, output, 5)
        return output.bytes, got, asked

    async def test_page(self) -> None:
        page = b"<html><head><title>right?</title></head><body><h1 class='right'>%b</h1></html>"
        for verdict, status in ((b"wrong", 1), (b"right", 0), (b"secret found", 0)):
            self.assertEqual(
                await self.guess(page % verdict), (verdict + b"\n", status, [b"/%C3%A4%20b%2Fc"])
            )

    async def test_another_page(self) -> None:
        for page, status in (
            (b"hello client", b"200 OK"),
            (b"wrong", b"404 Not Found"),
            (b"x" * 100_000, b"200 OK"),
        ):
            with self.assertRaises(ClientError):
                await self.guess(page, status)
