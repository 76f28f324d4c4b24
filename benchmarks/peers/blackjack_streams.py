"""asyncio as it is usually written: a coroutine for each player, on streams."""

from __future__ import annotations

import asyncio
import contextlib

from .asyncio_protocol import new_loop
from .blackjack_game import Game, encoded
from .services import BACKLOG, HOST, announce, parse_arguments


async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Play until they leave."""
    game = Game()
    with contextlib.closing(writer), contextlib.suppress(OSError, ValueError):
        writer.write(encoded(game.greeting))
        while line := await reader.readline():
            writer.write(encoded(game.answer(line.decode("ascii", "replace"))))
            await writer.drain()


async def serve(port: int) -> None:
    """Listen, announce and serve for ever."""
    server = await asyncio.start_server(play, HOST, port, backlog=BACKLOG)
    announce(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, uvloop=True)
    with asyncio.Runner(loop_factory=new_loop(arguments.uvloop)) as runner:
        runner.run(serve(arguments.port))


if __name__ == "__main__":
    main()
