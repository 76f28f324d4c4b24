"""What is measured: each workload is a service and a way of using it."""

from __future__ import annotations

from typing import Literal

import attrs

#: How a workload's clients go about it; ``load.c`` says what each mode does.
Mode = Literal["stream", "connect", "udp"]


@attrs.frozen(kw_only=True)
class Workload:
    """Clients that all do the same.

    :param name: what it is called on the command line and in the figures.
    :param summary: what it does, in a few words.
    :param service: the service that the peers are asked to run.
    :param mode: how the clients go about it.
    :param request: one request's bytes.
    :param reply: the bytes of the one right reply.
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
    wildcard: int | None = None
    connections: int = 50
    depth: int = 1


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
)

#: Every workload by its name, in the order in which they are run.
WORKLOADS = {workload.name: workload for workload in _ALL}
