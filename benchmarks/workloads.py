"""What is measured: each workload is a service and a way of using it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Literal

import attrs

from . import blackjack, cars, gene_requests
from .gene_requests import Dialect, Exchange
from .genes import GeneData
from .peers.services import (
    BLACKJACK,
    DIALOGUE_IDLE,
    DIALOGUE_LARGE,
    DIALOGUE_TLS,
    GENES,
    GENES_READ,
    LARGE_LIMIT,
)

#: How a workload's clients go about it; ``load.c`` says what each mode does, and ``players.c`` what
#: ``play`` is.
Mode = Literal["stream", "connect", "udp", "http", "tls", "play"]


#: How many files a server may have open besides its connections. Ours keeps 128 for itself.
_OTHER_FILES = 200


@attrs.frozen(kw_only=True)
class Workload:
    """Clients that all do the same.

    :param name: what it is called on the command line and in the figures.
    :param summary: what it does, in a few words.
    :param service: the service that the peers are asked to run.
    :param mode: how the clients go about it.
    :param request: one request's bytes; or those of several, all of the same length. With the mode
        ``http`` their lengths differ, and each follows its length as four bytes, the highest first.
        With the mode ``play``: the letters that are typed.
    :param reply: the bytes of the one right reply; or of each request's, as the requests. With the
        mode ``play``: what stands in each answer that ends a round, and it depends on the service.
    :param records: how many requests and replies these are. Each client has some for itself.
    :param counter: where in each request there is a number of four bytes, the lowest first, that
        is raised by one before each time that the request is sent.
    :param wildcard: a byte value that stands, in ``reply``, for any byte.
    :param connections: how many clients there are at once.
    :param depth: how many requests a client sends before it waits for their replies.
    :param idle: how many more connections there are, from the beginning to the end. Each has had
        one reply.
    :param bulk: whether it is bytes that matter, so that those in a second are shown too.
    :param pause: for how long a player thinks before each line, in seconds, on average.
    :param least_seconds: how long it is measured at least.
    :param exchanges: what returns the requests and replies of a gene service, which depend on the
        service.
    """

    name: str
    summary: str
    service: str
    mode: Mode = "stream"
    request: bytes = b""
    reply: bytes = b""
    records: int = 1
    counter: int | None = None
    wildcard: int | None = None
    connections: int = 50
    depth: int = 1
    idle: int = 0
    bulk: bool = False
    pause: float = 0.0
    least_seconds: float = 0.0
    exchanges: Callable[[GeneData, Dialect], list[Exchange]] | None = None

    def within(self, files: float) -> Workload:
        """Return this workload with no more idle connections than there can be.

        :param files: how many files the server may open, and the load generator.
        """
        most = max(0, files - self.connections - _OTHER_FILES)
        return self if self.idle <= most else attrs.evolve(self, idle=int(most))

    @property
    def crowd(self) -> int:
        """How many clients come before the load begins, to see what memory each takes."""
        return self.connections if self.mode == "play" else self.idle

    def prepared(self, data: GeneData, port: int) -> Workload:
        """Return this workload with what it takes from the server: requests and replies.

        :param data: the genes, if it is about genes.
        :param port: that of the server that will be measured.
        :raises ProgramError: if that server's answers are not as they must be.
        """
        if self.mode == "play":
            return attrs.evolve(self, reply=blackjack.learn(port))
        if self.exchanges is None:
            return self
        with contextlib.closing(Dialect(port)) as dialect:
            exchanges = self.exchanges(data, dialect)
        return attrs.evolve(
            self,
            request=b"".join([_framed(exchange.request) for exchange in exchanges]),
            reply=b"".join([_framed(exchange.body) for exchange in exchanges]),
            records=len(exchanges),
        )


def _framed(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text


_LARGE = b"x" * LARGE_LIMIT + b"\0"
_WRITES = cars.raise_mileages()
_LOOKUPS = cars.look_ups()

_ALL = (
    Workload(
        name="dialogue",
        summary="NUL-framed echo, 50 connections, 1 request in flight",
        service="dialogue",
        request=b"hi\0",
        reply=b"hi\0",
    ),
    Workload(
        name="dialogue-pipelined",
        summary="the same, 16 requests at a time",
        service="dialogue",
        request=b"hi\0",
        reply=b"hi\0",
        depth=16,
    ),
    Workload(
        name="dialogue-connect",
        summary="connect, one request, close; 50 clients at once",
        service="dialogue",
        mode="connect",
        request=b"hi\0",
        reply=b"hi\0",
    ),
    Workload(
        name="dialogue-large",
        summary="messages of 1 MiB, 10 connections, 1 in flight",
        service=DIALOGUE_LARGE,
        request=_LARGE,
        reply=_LARGE,
        connections=10,
        bulk=True,
    ),
    Workload(
        name="dialogue-idle",
        summary="50 connections, 1 request in flight, beside 10,000 that are idle",
        service=DIALOGUE_IDLE,
        request=b"hi\0",
        reply=b"hi\0",
        idle=10_000,
    ),
    Workload(
        name="dialogue-tls",
        summary="over TLS, 50 connections, 1 request in flight",
        service=DIALOGUE_TLS,
        mode="tls",
        request=b"hi\0",
        reply=b"hi\0",
    ),
    Workload(
        name="clock",
        summary="25-byte requests for the time, 50 connections, 1 in flight",
        service="clock",
        request=b"What is the time?".ljust(25),
        # As ctime() has it: "Sat Nov 21 03:13:54 2026".
        reply=b"??? ??? ?? ??:??:?? ????",
        wildcard=ord("?"),
    ),
    Workload(
        name="upper",
        summary="CRLF lines to upper case over TCP, 50 connections, 1 in flight",
        service="upper",
        request=b"hello world\r\n",
        reply=b"HELLO WORLD\r\n",
    ),
    Workload(
        name="upper-udp",
        summary="datagrams to upper case, 20 sockets, 1 in flight",
        service="upper-udp",
        mode="udp",
        request=b"hello world",
        reply=b"HELLO WORLD",
        connections=20,
    ),
    *(
        Workload(
            name=f"cars-write-{connections}",
            summary=f"a car's mileage is raised and kept; clients: {connections}, 1 in flight",
            service="cars",
            request=_WRITES.requests,
            reply=_WRITES.replies,
            records=cars.COUNT,
            counter=cars.MILEAGE_AT,
            connections=connections,
        )
        for connections in (1, 16, 64, 256)
    ),
    Workload(
        name="cars-lookup",
        summary="a car's details, 50 connections, 1 in flight",
        service="cars",
        request=_LOOKUPS.requests,
        reply=_LOOKUPS.replies,
        records=cars.COUNT,
    ),
    Workload(
        name="cars-lookup-connect",
        summary="the same, but a connection for each request; 50 clients at once",
        service="cars",
        mode="connect",
        request=_LOOKUPS.requests,
        reply=_LOOKUPS.replies,
        records=cars.COUNT,
    ),
    *(
        Workload(
            name=f"genes-{name}",
            summary=f"{summary}, {gene_requests.CLIENTS} connections, 1 in flight",
            service=service,
            mode="http",
            connections=gene_requests.CLIENTS,
            exchanges=exchanges,
        )
        for name, summary, service, exchanges in (
            ("get", "GET of one gene", GENES_READ, gene_requests.one_gene),
            (
                "page",
                f"GET of a page of {gene_requests.PAGE} genes",
                GENES_READ,
                gene_requests.pages,
            ),
            ("search", "GET of what a search finds", GENES, gene_requests.searches),
            ("update", "PUT of a gene's name, which is kept", GENES, gene_requests.updates),
        )
    ),
    Workload(
        name="blackjack",
        summary="rounds of blackjack, 1,000 tables at once, players who do not think",
        service=BLACKJACK,
        mode="play",
        request=blackjack.LETTERS,
        connections=1000,
    ),
    Workload(
        name="blackjack-thinking",
        summary="the same, but each player thinks for about 1 s before each line",
        service=BLACKJACK,
        mode="play",
        request=blackjack.LETTERS,
        connections=1000,
        pause=1.0,
        least_seconds=2.0,
    ),
    Workload(
        name="blackjack-9000",
        summary="9,000 tables at once, players who think for about 6 s",
        service=BLACKJACK,
        mode="play",
        request=blackjack.LETTERS,
        connections=9000,
        pause=6.0,
        least_seconds=9.0,  # in which each has typed something
    ),
)

#: Every workload by its name, in the order in which they are run.
WORKLOADS = {workload.name: workload for workload in _ALL}
