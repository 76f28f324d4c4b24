"""asyncio as it is written for speed: a Protocol, all requests of a read answered at once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from .certificate import make_certificate
from .services import (
    BACKLOG,
    DIALOGUE_TLS,
    HOST,
    UPPER_UDP,
    Arguments,
    Conversation,
    TooLongError,
    announce,
    listen,
    parse_arguments,
)


class StreamServer(asyncio.Protocol):
    """One client. It is not read from while it does not read."""

    transport: asyncio.Transport

    def __init__(self, conversation: Conversation) -> None:
        self.feed = conversation.feed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        try:
            replies = self.feed(data)
        except TooLongError:
            self.transport.close()
        else:
            if replies:
                self.transport.write(replies)

    def pause_writing(self) -> None:
        """Stop reading: replies pile up."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again: the client has caught up."""
        self.transport.resume_reading()


class UpperServer(asyncio.DatagramProtocol):
    """Every datagram goes back in upper case."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one datagram."""
        self.transport.sendto(data.upper(), addr)


async def serve(arguments: Arguments) -> None:
    """Listen, announce and serve for ever."""
    loop = asyncio.get_running_loop()
    if arguments.service == UPPER_UDP:
        address = (HOST, arguments.port)
        transport, _ = await loop.create_datagram_endpoint(UpperServer, local_addr=address)
        announce(transport.get_extra_info("sockname")[1])
        await loop.create_future()
    context = None
    if arguments.service == DIALOGUE_TLS:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(make_certificate())
    server = await loop.create_server(
        lambda: StreamServer(arguments.conversation()),
        sock=listen(arguments.port),
        backlog=BACKLOG,
        ssl=context,
    )
    announce(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def new_loop(uvloop: bool) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop that was asked for."""
    if not uvloop:
        return asyncio.new_event_loop
    from uvloop import new_event_loop

    return new_event_loop


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, uvloop=True)
    with asyncio.Runner(loop_factory=new_loop(arguments.uvloop)) as runner:
        runner.run(serve(arguments))


if __name__ == "__main__":
    main()
