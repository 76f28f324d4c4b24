"""asyncio as it is usually written: a coroutine for each client, streams, one write a reply."""

from __future__ import annotations

import asyncio
import contextlib

from .asyncio_protocol import new_loop
from .services import (
    BACKLOG,
    CLOCK_REQUEST,
    DIALOGUE_IDLE,
    DIALOGUE_LARGE,
    Arguments,
    announce,
    clock_reply,
    dialogue_reply,
    listen,
    parse_arguments,
)

_Reader = asyncio.StreamReader
_Writer = asyncio.StreamWriter


async def dialogue(reader: _Reader, writer: _Writer) -> None:
    """Answer NUL-terminated requests."""
    while True:
        request = await reader.readuntil(b"\0")
        writer.write(dialogue_reply(request[:-1]) + b"\0")
        await writer.drain()


async def clock(reader: _Reader, writer: _Writer) -> None:
    """Tell the time for each 25 bytes."""
    while True:
        await reader.readexactly(CLOCK_REQUEST)
        writer.write(clock_reply())
        await writer.drain()


async def upper(reader: _Reader, writer: _Writer) -> None:
    """Turn lines into upper case."""
    while True:
        writer.write((await reader.readuntil(b"\n")).upper())
        await writer.drain()


SERVICES = {
    "dialogue": dialogue,
    DIALOGUE_LARGE: dialogue,
    DIALOGUE_IDLE: dialogue,
    "clock": clock,
    "upper": upper,
}


async def serve(arguments: Arguments) -> None:
    """Listen, announce and serve for ever."""
    service = SERVICES[arguments.service]

    async def client(reader: _Reader, writer: _Writer) -> None:
        leaving = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError)
        with contextlib.closing(writer), contextlib.suppress(*leaving):
            await service(reader, writer)

    server = await asyncio.start_server(
        client,
        sock=listen(arguments.port),
        backlog=BACKLOG,
        limit=arguments.conversation.limit,
    )
    announce(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, uvloop=True)
    with asyncio.Runner(loop_factory=new_loop(arguments.uvloop)) as runner:
        runner.run(serve(arguments))


if __name__ == "__main__":
    main()
