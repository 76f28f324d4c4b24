"""The client program on a terminal, at the end of a broken pipe, and interrupted."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
import sys
import tty
from typing import Any

from twisted.internet.defer import Deferred

from tests.client.support import (
    CHECKOUT,
    NetworkTestCase,
    Running,
    environment,
    netsuite,
    reactor,
)

#: More than the megabyte from which a download counts as long.
LONG = b"x" * (3 << 20)


class TerminalTests(NetworkTestCase):
    def terminal(self) -> tuple[Any, int]:
        """Return the test's end of a pseudo-terminal, read by the reactor, and the other end."""
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.addCleanup(os.close, theirs)
        end = TerminalEnd(ours)
        self.addCleanup(end.close)
        return end, theirs

    async def test_replies_are_made_safe(self) -> None:
        end, theirs = self.terminal()
        port = self.serve(lambda transport, data: transport.write(b"\x1b[2J\xff\0"))
        client = Running.start("say", "hi", "--port", str(port), files={0: "w", 1: theirs, 2: "r"})
        self.assertEqual(await client.ended, 0)
        await end.until(b"\n")
        self.assertEqual((end.data, client.out[2]), (b"\\x1b[2J\\xff\n", b""))

    async def test_prompt(self) -> None:
        end, theirs = self.terminal()
        port = self.serve(lambda transport, data: transport.write(data))
        client = Running.start("say", "--port", str(port), files={0: theirs, 1: theirs, 2: theirs})
        await end.until(b"> ")
        os.write(end.descriptor, b"one\n")
        await end.until(b"> one\n> ")
        os.write(end.descriptor, b"two\n")
        await end.until(b"> one\n> two\n> ")
        transport: Any = client.transport
        transport.signalProcess("INT")  # while a thread waits for the terminal
        self.assertEqual(await client.ended, 130)

    async def test_no_prompt_in_a_pipe(self) -> None:
        end, theirs = self.terminal()
        port = self.serve(lambda transport, data: transport.write(data))
        client = Running.start("say", "--port", str(port), files={0: "w", 1: "r", 2: theirs})
        transport: Any = client.transport
        transport.write(b"one\n")
        await client.until(b"one\n")
        transport.closeStdin()
        self.assertEqual(await client.ended, 0)
        self.assertEqual(end.data, b"")

    async def test_waiting_for_a_partner(self) -> None:
        end, theirs = self.terminal()
        heard: Deferred[Any] = Deferred()
        port = self.serve(lambda transport, data: heard.callback(transport))
        client = Running.start("swap", "hi", "--port", str(port), files={0: "w", 1: "r", 2: theirs})
        partner = await heard
        await end.until("waiting for a partner…".encode())
        partner.write(b"yours\r\n")
        self.assertEqual(await client.ended, 0)
        self.assertEqual(client.out[1], b"yours\n")

    async def test_live_figures(self) -> None:
        end, theirs = self.terminal()
        port = self.serve(lambda transport, data: transport.write(b"x" * 24))
        client = Running.start(
            *("clock", "--clients=7", "--follow", "--pause=0.01", "--port", str(port)),
            files={0: "w", 1: theirs, 2: "r"},
        )
        await end.until(b"7 of 7")
        end.data = b""
        await end.until(b"answer time, p99")  # drawn again
        self.assertIn(b"\x1b[", end.data)
        transport: Any = client.transport
        transport.signalProcess("INT")
        self.assertEqual(await client.ended, 130)
        await end.until(b"7 of 7 clients connected")
        self.assertEqual(client.out[2], b"")

    def download(self, body: bytes = LONG) -> str:
        def answer(transport: Any, _data: bytes) -> None:
            transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
            transport.write(body)

        return f"localhost:{self.serve(answer)}/long.txt"

    async def test_progress_bar(self) -> None:
        end, theirs = self.terminal()
        asked: Deferred[Any] = Deferred()
        half = len(LONG) // 2

        def answer(transport: Any, _data: bytes) -> None:
            transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG))
            transport.write(LONG[:half])
            asked.callback(transport)

        url = f"localhost:{self.serve(answer)}/long.txt"
        client = Running.start("fetch", url, files={0: "w", 1: "r", 2: theirs})
        server = await asked
        await end.until(b"1.6/3.1 MB")
        server.write(LONG[half:])
        self.assertEqual(await client.ended, 0)
        self.assertEqual(client.out[1], LONG)
        await end.until(b"3.1/3.1 MB")
        self.assertIn(b"long.txt", end.data)

    async def test_no_progress_bar_for_a_short_download(self) -> None:
        end, theirs = self.terminal()
        url = self.download(b"short")
        client = Running.start("fetch", url, files={0: "w", 1: "r", 2: theirs})
        self.assertEqual(await client.ended, 0)
        self.assertEqual((client.out[1], end.data), (b"short", b""))

    async def test_no_progress_bar_into_what_is_read_on_the_terminal(self) -> None:
        end, theirs = self.terminal()
        client = Running.start("fetch", self.download(), files={0: "w", 1: theirs, 2: theirs})
        self.assertEqual(await client.ended, 0)
        await end.until(b"\n")
        self.assertEqual(end.data, LONG + b"\n")

    async def test_no_progress_bar_in_a_pipe(self) -> None:
        self.assertEqual(await netsuite("fetch", self.download()), (LONG, b"", 0))


class TerminalEnd:
    """Reads what a process writes to a pseudo-terminal."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.data = b""
        self._waiting: list[tuple[bytes, Deferred[None]]] = []
        os.set_blocking(descriptor, False)
        reactor.addReader(self)

    def fileno(self) -> int:
        return self.descriptor

    def logPrefix(self) -> str:
        return "terminal"

    def connectionLost(self, reason: object) -> None:
        """Do nothing: the test closes it."""

    def doRead(self) -> None:
        self.data += os.read(self.descriptor, 1 << 16)
        self._look()

    def until(self, text: bytes) -> Deferred[None]:
        """Wait until the process has written something."""
        seen: Deferred[None] = Deferred()
        self._waiting.append((text, seen))
        self._look()
        return seen

    def close(self) -> None:
        reactor.removeReader(self)
        os.close(self.descriptor)

    def _look(self) -> None:
        for entry in self._waiting[:]:
            if entry[0] in self.data:
                self._waiting.remove(entry)
                entry[1].callback(None)


class EndingTests(NetworkTestCase):
    async def test_interrupt(self) -> None:
        heard: Deferred[Any] = Deferred()
        port = self.serve(lambda transport, data: heard.callback(transport))
        for signal, status in (("INT", 130), ("TERM", 143)):
            heard = Deferred()
            client = Running.start("say", "hi", "--timeout=60", "--port", str(port))
            await heard
            transport: Any = client.transport
            transport.signalProcess(signal)
            self.assertEqual(await client.ended, status)
            self.assertEqual(client.out, {1: b"", 2: b""})

    async def test_closed_pipe(self) -> None:
        port = self.serve(lambda transport, data: transport.write(data))
        for command in ("say --port %d </dev/zero", "list", "--help"):
            line = f"{sys.executable} -m netsuite {command} | head -c 1"
            if "%d" in line:
                line = f"yes | {sys.executable} -m netsuite say --port {port} | head -n 1"
            client = Shell.run(line)
            self.assertEqual(await client.ended, 0)
            self.assertEqual(client.out[2], b"", command)

    def test_closed_standard_files(self) -> None:
        for redirection, words in (
            ("<&-", b"standard input is closed"),
            (">&-", b"output is closed"),
        ):
            with socket.socket() as server:
                server.bind(("127.0.0.1", 0))
                server.listen()
                port = server.getsockname()[1]
                done = subprocess.run(
                    f"{sys.executable} -m netsuite say --port {port} {redirection}",
                    check=False,
                    shell=True,
                    cwd=CHECKOUT,
                    env=environment(),
                    stderr=subprocess.PIPE,
                    timeout=20,
                )
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)

    async def test_full_disk(self) -> None:
        client = Shell.run(f"{sys.executable} -m netsuite list >/dev/full")
        self.assertEqual(await client.ended, 1)
        self.assertIn(b"netsuite list: ", client.out[2])
        self.assertNotIn(b"Traceback", client.out[2])


class Shell(Running):
    """A shell command that runs the program."""

    @classmethod
    def run(cls, line: str) -> Shell:
        shell = cls()
        reactor.spawnProcess(
            shell, "/bin/sh", ["sh", "-c", line], env=environment(), path=str(CHECKOUT)
        )
        return shell
