"""telnetlib3: its server negotiates with the terminal, then runs a coroutine for each player."""

from __future__ import annotations

import asyncio

import telnetlib3
from telnetlib3.stream_reader import TelnetReader, TelnetReaderUnicode
from telnetlib3.stream_writer import TelnetWriter, TelnetWriterUnicode

from .blackjack_game import Game
from .services import HOST, announce, parse_arguments

#: How long a client may take to answer that it speaks telnet, in seconds: as long as at ours.
#: The library's own 4 would be waited for at each connection that does not.
NEGOTIATION = 0.4


async def play(
    reader: TelnetReader | TelnetReaderUnicode, writer: TelnetWriter | TelnetWriterUnicode
) -> None:
    """Play until they leave."""
    # The other kinds are for servers without an encoding.
    assert isinstance(reader, TelnetReaderUnicode)
    assert isinstance(writer, TelnetWriterUnicode)
    game = Game()
    writer.write(game.greeting.replace("\n", "\r\n"))
    while line := await reader.readline():
        writer.write(game.answer(line).replace("\n", "\r\n"))
        await writer.drain()
    writer.close()


async def serve(port: int) -> None:
    """Listen, announce and serve for ever."""
    server = await telnetlib3.create_server(
        HOST, port, shell=play, line_mode=True, connect_maxwait=NEGOTIATION
    )
    assert server.sockets is not None
    announce(server.sockets[0].getsockname()[1])
    await server.wait_closed()


def main() -> None:
    """Run the peer."""
    asyncio.run(serve(parse_arguments(__doc__).port))


if __name__ == "__main__":
    main()
