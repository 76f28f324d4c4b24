"""Standard output and standard input, as a terminal or as a pipe."""

from __future__ import annotations

import codecs
import os
import sys
import threading
from collections import deque
from typing import Any, BinaryIO

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from netsuite.client.problems import ClientError
from netsuite.framing import FramingError, Line

#: The longest line taken from standard input, and the longest message taken from a server,
#: in bytes. A service takes 64 KiB unless it was told otherwise.
MAX_MESSAGE = 1 << 20

#: How much is read from standard input at once, in bytes.
CHUNK = 1 << 16


class Shown:
    r"""Makes a stream of bytes safe to show on a terminal.

    Line ends and tabs stay; other control characters, terminal escapes, invisible characters
    and bytes that are not UTF-8 become ``\x1b`` and the like. The pieces may be cut anywhere.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._return = ""

    def feed(self, data: bytes, final: bool = False) -> str:
        """Return what to show for the next bytes.

        :param final: nothing follows.
        """
        text = self._return + self._decoder.decode(data, final)
        self._return = ""
        if text.endswith("\r") and not final:
            # It may be half of a CRLF.
            text, self._return = text[:-1], "\r"
        text = text.replace("\r\n", "\n")
        return "".join(
            character if character.isprintable() or character in "\n\t" else _escape(character)
            for character in text
        )


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Output:
    """Where a command prints what servers send.

    :param stream: the bytes go there, at once.
    :param terminal: whether it is a terminal: then they are made safe to show; otherwise they
        pass unchanged.
    """

    def __init__(self, stream: BinaryIO, terminal: bool) -> None:
        self.terminal = terminal
        self._stream = stream
        self._shown = Shown()
        self._last = b"\n"

    def line(self, data: bytes) -> None:
        """Print one message as a line."""
        shown = Shown().feed(data, final=True).encode(errors="replace") if self.terminal else data
        self._write(shown + b"\n")

    def text(self, text: str) -> None:
        """Print a line of our own."""
        self._write(text.encode("utf-8", "surrogateescape") + b"\n")

    def piece(self, data: bytes) -> None:
        """Print the next piece of a stream."""
        if self.terminal:
            data = self._shown.feed(data).encode(errors="replace")
        self._write(data)

    def finish(self, newline: bool = True) -> None:
        """End a stream that was printed in pieces.

        :param newline: end the last line if the stream did not.
        """
        if self.terminal:
            self._write(self._shown.feed(b"", final=True).encode(errors="replace"))
        if newline and self._last != b"\n":
            self._write(b"\n")

    def _write(self, data: bytes) -> None:
        if data:
            self._last = data[-1:]
            self._stream.write(data)
            self._stream.flush()


def stdout() -> Output:
    """Return standard output.

    :raises ClientError: when it is closed.
    """
    if sys.stdout is None:
        raise ClientError("standard output is closed")
    return Output(sys.stdout.buffer, sys.stdout.isatty())


def on_terminal(stream: Any) -> bool:
    """Return whether a stream, which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


class Lines:
    """The lines of standard input, read without holding up the reactor.

    A thread does each read: a reactor can neither poll regular files, nor make a terminal
    non-blocking without doing so to every program that shares it. A line that is not read
    is not asked for.

    :param reactor: the reactor.
    :param descriptor: what to read; 0 is standard input.
    :param prompt: written to standard error before each line; none if empty.
    """

    def __init__(self, reactor: Any, descriptor: int = 0, prompt: str = "") -> None:
        self.interactive = bool(prompt)
        self._reactor = reactor
        self._descriptor = descriptor
        self._prompt = prompt
        self._cutter = Line(MAX_MESSAGE)
        self._lines: deque[bytes] = deque()
        self._ended = False

    def __aiter__(self) -> Lines:
        return self

    async def __anext__(self) -> bytes:
        if self._prompt and not self._lines and not self._ended:
            sys.stderr.write(self._prompt)
            sys.stderr.flush()
        while not self._lines:
            if self._ended:
                raise StopAsyncIteration
            data = await read_some(self._reactor, self._descriptor)
            try:
                if data:
                    self._lines.extend(self._cutter.feed(data))
                else:
                    self._ended = True
                    if self._cutter.partial:
                        self._lines.extend(self._cutter.feed(b"\n"))
            except FramingError as error:
                raise ClientError(
                    f"a line of standard input is longer than {MAX_MESSAGE} bytes"
                ) from error
        return bytes(self._lines.popleft())


def read_some(reactor: Any, descriptor: int, size: int = CHUNK) -> Deferred[bytes]:
    """Read from a file, pipe or terminal without holding up the reactor.

    A daemon thread does it: the process may end while a terminal is being waited for.

    :param descriptor: what to read. It may be closed while the thread waits.
    :param size: how much at most, in bytes.
    :returns: fires with what came, ``b""`` at the end, or fails with OSError.
    :raises OSError: if it is not open.
    """
    done: Deferred[bytes] = Deferred()
    # Of the thread's own: the number may be another file's by the time that it reads.
    own = os.dup(descriptor)

    def deliver(result: bytes | Failure) -> None:
        if not done.called:
            done.callback(result)

    def read() -> None:
        result: bytes | Failure
        try:
            result = os.read(own, size)
        except OSError:
            result = Failure()
        finally:
            os.close(own)
        reactor.callFromThread(deliver, result)

    threading.Thread(target=read, daemon=True).start()
    return done


def stdin(reactor: Any) -> Lines:
    """Return the lines of standard input, with a prompt when a person types them.

    :raises ClientError: when standard input is closed.
    """
    if sys.stdin is None:
        raise ClientError("standard input is closed")
    prompt = "> " if sys.stdin.isatty() and on_terminal(sys.stderr) else ""
    return Lines(reactor, sys.stdin.fileno(), prompt)
