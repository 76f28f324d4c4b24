from __future__ import annotations

import os
import tempfile
import threading
from types import SimpleNamespace

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.client.problems import ClientError
from netsuite.client.terminal import MAX_MESSAGE, Lines, Shown, read_some
from tests.client.support import Printed, new_folder

NASTY = (
    "a\tb\r\nc\x1b[31m\x07\x9b\rd\u202e\U000e0001\r\n".encode() + b"\xff\x80" + "ü€😀\r".encode()
)
SAFE = "a\tb\nc\\x1b[31m\\x07\\x9b\\x0dd\\u202e\\U000e0001\n\\xff\\x80ü€😀\\x0d"


class ShownTests(SynchronousTestCase):
    def test_cut_anywhere(self) -> None:
        for first in range(len(NASTY) + 1):
            for second in (first, (first + len(NASTY)) // 2):
                shown = Shown()
                text = shown.feed(NASTY[:first]) + shown.feed(NASTY[first:second])
                self.assertEqual(text + shown.feed(NASTY[second:], final=True), SAFE)


class OutputTests(SynchronousTestCase):
    def test_a_pipe_gets_the_bytes_as_they_are(self) -> None:
        output = Printed()
        output.line(NASTY)
        output.piece(NASTY)
        output.finish()
        self.assertEqual(output.bytes, NASTY + b"\n" + NASTY + b"\n")

    def test_a_terminal_gets_them_made_safe(self) -> None:
        output = Printed(terminal=True)
        output.line(NASTY)
        output.piece(NASTY[:20])
        output.piece(NASTY[20:])
        output.finish()
        self.assertEqual(output.bytes.decode(), f"{SAFE}\n{SAFE}\n")

    def test_a_line_end_is_not_doubled(self) -> None:
        output = Printed()
        output.piece(b"x\n")
        output.finish()
        self.assertEqual(output.bytes, b"x\n")


async def collect(lines: Lines) -> list[bytes]:
    return [line async for line in lines]


class LinesTests(TestCase):
    timeout = 10

    async def test_pipe(self) -> None:
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        lines = Lines(reactor, read)
        os.write(write, b"one\r\ntwo\n\nth")
        self.assertEqual(await anext(lines), b"one")
        self.assertEqual(await anext(lines), b"two")
        self.assertEqual(await anext(lines), b"")
        os.write(write, b"ree")
        os.close(write)
        self.assertEqual(await collect(lines), [b"three"])

    async def test_regular_file(self) -> None:
        """Epoll refuses regular files; the lines of one must be read all the same."""
        path = new_folder(self) / "file"
        path.write_bytes(b"".join(b"line %d\n" % number for number in range(20_000)))
        with path.open("rb") as file:
            lines = await collect(Lines(reactor, file.fileno()))
        self.assertEqual(lines, [b"line %d" % number for number in range(20_000)])

    async def test_line_too_long(self) -> None:
        path = new_folder(self) / "file"
        path.write_bytes(b"x" * (MAX_MESSAGE + 1))
        with path.open("rb") as file, self.assertRaises(ClientError) as caught:
            await collect(Lines(reactor, file.fileno()))
        self.assertIn("longer than", str(caught.exception))

    async def test_closed(self) -> None:
        # Not one that was closed a moment ago: the reactor may open it anew as it starts.
        with self.assertRaises(OSError):
            await collect(Lines(reactor, 1 << 20))

    async def test_a_line_being_waited_for_can_be_given_up(self) -> None:
        read, write = os.pipe()
        waiting = Deferred.fromCoroutine(collect(Lines(reactor, read)))
        waiting.addErrback(lambda _: None)
        waiting.cancel()
        self.assertTrue(waiting.called)
        os.close(write)  # lets the thread end
        os.close(read)


class ReadTests(SynchronousTestCase):
    def test_nothing_is_read_of_another_file(self) -> None:
        """Although its number is that of the file that was to be read, which has been closed."""
        begun: list[threading.Thread] = []
        self.patch(threading.Thread, "start", lambda thread: begun.append(thread))
        with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
            second.write(b"second")
            second.seek(0)
            number = os.dup(first.fileno())
            at_once = SimpleNamespace(callFromThread=lambda call, *arguments: call(*arguments))
            reading = read_some(at_once, number)
            reading.cancel()
            self.failureResultOf(reading)
            os.dup2(second.fileno(), number)
            begun[0].run()
            self.assertEqual(os.read(number, 10), b"second")
            os.close(number)
