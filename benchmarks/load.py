"""The load generator for machines without a C compiler: ``load.c`` in a few lines of asyncio.

It takes the same options and prints the same figures, but it is slower than the fast servers and
then measures itself. ``load.c`` says what the modes do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from .figures import Figures, quantile
from .http import read_answer

_HOST = "127.0.0.1"

#: What a client sends at once, and each reply that it must get.
_Wave = tuple[bytes, bytes]

_Seat = tuple[asyncio.StreamReader, asyncio.StreamWriter]

#: How long a datagram's reply may take before it counts as lost, in seconds.
_UDP_TIMEOUT = 0.2

#: How many idle connections wait for their replies at once.
_AT_ONCE = 100

#: How long it may take until none does, in seconds.
_SEATING = 60.0


class LoadError(Exception):
    """There is nothing to report: a reply was wrong, or none came."""


@attrs.define
class Tally:
    """What has been counted since it was made."""

    started: float = attrs.field(factory=time.perf_counter)
    cpu: float = attrs.field(factory=time.process_time)
    latencies: list[float] = attrs.Factory(list)
    received: int = 0
    served: set[int] = attrs.Factory(set)
    lost: int = 0
    errors: int = 0

    def figures(self, connections: int) -> Figures:
        """Return the figures until now.

        :raises LoadError: if no reply came.
        """
        if not self.latencies:
            raise LoadError(f"no reply came ({self.errors} errors)")
        seconds = time.perf_counter() - self.started
        return Figures(
            requests=len(self.latencies),
            seconds=seconds,
            p50=quantile(self.latencies, 0.50),
            p99=quantile(self.latencies, 0.99),
            longest=max(self.latencies),
            received=self.received,
            connections=connections,
            served=len(self.served),
            lost=self.lost,
            errors=self.errors,
            busy=round((time.process_time() - self.cpu) / seconds, 3),
        )


class _Datagrams(asyncio.DatagramProtocol):
    """Puts what comes into a future."""

    def __init__(self) -> None:
        self.reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.reply.done():
            self.reply.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(exc)


class Load:
    """All the clients.

    :param options: the command line.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._port: int = options.port
        cut = _cut_framed if options.mode == "http" else _cut
        self._requests = cut(options.request.read_bytes(), options.records)
        self._replies = cut(options.reply.read_bytes(), options.records)
        if options.counter is not None and options.records < options.connections:
            raise LoadError("--counter needs a request of its own for each client")
        self._tally = Tally()
        #: How streams are opened.
        self._how: dict[str, Any] = {"limit": max(2**16, *map(len, self._replies))}
        if options.mode == "tls":
            # Whatever certificate it is.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self._how |= {"ssl": context, "server_hostname": "localhost"}

    async def run(self) -> Figures:
        """Warm up, measure, and return the figures.

        :raises LoadError: if a reply was wrong, or none came.
        """
        options = self._options
        idle = await self._seat()
        clients = [asyncio.create_task(self._client(n)) for n in range(options.connections)]
        for duration in (options.warmup, options.seconds):
            self._tally = Tally()
            done, _ = await asyncio.wait(
                [*clients, *idle], timeout=duration, return_when=asyncio.FIRST_EXCEPTION
            )
            for client in done:
                client.result()
        return self._tally.figures(options.connections)

    async def _seat(self) -> list[asyncio.Task[None]]:
        """Open the idle connections, some at a time.

        :returns: what watches them, once each has had its reply.
        :raises LoadError: if one has none.
        """
        count = self._options.idle
        if not count:
            return []
        free = asyncio.Semaphore(_AT_ONCE)
        try:
            async with asyncio.timeout(_SEATING):
                seats = await asyncio.gather(*(self._sit(free) for _ in range(count)))
        except (OSError, asyncio.IncompleteReadError):  # a TimeoutError is an OSError
            raise LoadError(f"not all of {count} idle connections had a reply") from None
        print("seated", flush=True)
        return [asyncio.create_task(self._stay(*seat)) for seat in seats]

    async def _sit(self, free: asyncio.Semaphore) -> _Seat:
        async with free:
            reader, writer = await asyncio.open_connection(_HOST, self._port, **self._how)
            writer.write(self._requests[0])
            reply = await reader.readexactly(len(self._replies[0]))
            self._count(-1, reply, self._replies[0], 0)
            return reader, writer

    async def _stay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            if await reader.read(1):
                raise LoadError("more bytes came than were asked for")
            raise LoadError("an idle connection was lost")

    async def _client(self, number: int) -> None:
        use = {
            "stream": self._stream,
            "connect": self._connect,
            "udp": self._datagrams,
            "http": self._http,
            "tls": self._stream,
        }
        waves = self._waves(number)
        while True:
            try:
                await use[self._options.mode](number, waves)
            except (OSError, asyncio.IncompleteReadError):
                self._tally.errors += 1
                if self._options.mode in ("stream", "http", "tls"):
                    return

    def _waves(self, number: int) -> Iterator[_Wave]:
        """Yield what a client sends, and what it must get, for each time that it does."""
        options = self._options
        own = range(number % options.records, options.records, options.connections)
        while True:
            for record in own:
                request = self._requests[record]
                if options.counter is not None:
                    request = self._requests[record] = _counted_up(request, options.counter)
                yield request * options.depth, self._replies[record]

    def _count(self, number: int, reply: bytes, expected: bytes, started: float) -> None:
        if reply != expected and not self._similar(reply, expected):
            raise LoadError("wrong reply")
        self._tally.latencies.append(time.perf_counter() - started)
        self._tally.received += len(reply)
        self._tally.served.add(number)

    def _similar(self, reply: bytes, expected: bytes) -> bool:
        wildcard = self._options.any
        return wildcard is not None and all(
            theirs == ours or ours == wildcard for theirs, ours in zip(reply, expected, strict=True)
        )

    async def _stream(self, number: int, waves: Iterator[_Wave]) -> None:
        reader, writer = await asyncio.open_connection(_HOST, self._port, **self._how)
        with contextlib.closing(writer):
            for wave, expected in waves:
                started = time.perf_counter()
                writer.write(wave)
                for _ in range(self._options.depth):
                    reply = await reader.readexactly(len(expected))
                    self._count(number, reply, expected, started)

    async def _http(self, number: int, waves: Iterator[_Wave]) -> None:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection(_HOST, self._port)
        with contextlib.closing(writer):
            for wave, expected in waves:
                writer.write(wave)
                try:
                    answer = await read_answer(reader)
                except ValueError as error:
                    raise LoadError(f"wrong reply: {error}") from None
                self._count(number, answer.body, expected, started)
                if answer.last:
                    return
                started = time.perf_counter()

    async def _connect(self, number: int, waves: Iterator[_Wave]) -> None:
        wave, expected = next(waves)
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection(_HOST, self._port)
        with contextlib.closing(writer):
            writer.write(wave)
            reply = await reader.readexactly(len(expected))
            self._count(number, reply, expected, started)

    async def _datagrams(self, number: int, waves: Iterator[_Wave]) -> None:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(
            _Datagrams, remote_addr=(_HOST, self._port)
        )
        with contextlib.closing(transport):
            if transport.get_extra_info("sockname")[1] == self._port:
                return  # nobody listens there, and the socket would answer itself
            for wave, expected in waves:
                started = time.perf_counter()
                protocol.reply = loop.create_future()
                transport.sendto(wave)
                try:
                    async with asyncio.timeout(_UDP_TIMEOUT):
                        reply = await protocol.reply
                except TimeoutError:
                    # A late reply must not pass for the next one: go on from another port.
                    self._tally.lost += 1
                    return
                self._count(number, reply, expected, started)


def _cut(content: bytes, records: int) -> list[bytes]:
    """Return the equally long records of a file."""
    size, rest = divmod(len(content), records)
    if not size or rest:
        raise LoadError(f"--records: the files do not hold {records} equally long ones")
    return [content[at : at + size] for at in range(0, len(content), size)]


def _cut_framed(content: bytes, records: int) -> list[bytes]:
    """Return the records of a file in which each follows its size."""
    texts, at = [], 0
    while at < len(content):
        start = at + 4
        at = start + int.from_bytes(content[at:start], "big")
        texts.append(content[start:at])
    if len(texts) != records or at > len(content):
        raise LoadError(f"--records: the files do not hold {records}")
    return texts


def _counted_up(request: bytes, at: int) -> bytes:
    """Return a request with its counter raised by one."""
    number = int.from_bytes(request[at : at + 4], "little") + 1
    return request[:at] + number.to_bytes(4, "little") + request[at + 4 :]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    modes = ["stream", "connect", "udp", "http", "tls"]
    parser.add_argument("--mode", choices=modes, default="stream")
    for name in ("port", "connections", "depth"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("warmup", "seconds"):
        parser.add_argument(f"--{name}", type=float, required=True)
    for name in ("request", "reply"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--any", type=int)
    parser.add_argument("--records", type=int, default=1)
    parser.add_argument("--counter", type=int)
    parser.add_argument("--idle", type=int, default=0)
    try:
        figures = asyncio.run(Load(parser.parse_args(arguments)).run())
    except LoadError as error:
        sys.exit(f"load: {error}")
    print(json.dumps(attrs.asdict(figures)))


if __name__ == "__main__":
    main()
