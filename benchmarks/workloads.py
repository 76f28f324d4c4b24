"""What is measured: each workload is a service and a way of using it."""

from __future__ import annotations

from typing import Literal

import attrs

from . import cars

#: How a workload's clients go about it; ``load.c`` says what each mode does.
Mode = Literal["stream", "connect", "udp"]


@attrs.frozen(kw_only=True)
class Workload:
    """Clients that all do the same.

    :param name: what it is called on the command line and in the figures.
    :param summary: what it does, in a few words.
    :param service: the service that the peers are asked to run.
    :param mode: how the clients go about it.
    :param request: one request's bytes; or those of several, all of the same length.
    :param reply: the bytes of the one right reply; or of each request's, all of the same length.
    :param records: how many requests and replies these are. Each client has some for itself.
    :param counter: where in each request there is a number of four bytes, the lowest first, that
        is raised by one before each time that the request is sent.
    :param wildcard: a byte value that stands, in ``reply``, for any byte.
    :param connections: how many clients there are at once.
    :param depth: how many requests a client sends before it waits for their replies.
    """

    name: str
    summary: str
    service: str
    mode: Mode = "stream"
    request: bytes
    reply: bytes
    records: int = 1
    counter: int | None = None
    wildcard: int | None = None
    connections: int = 50
    depth: int = 1


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
)

#: Every workload by its name, in the order in which they are run.
WORKLOADS = {workload.name: workload for workload in _ALL}
