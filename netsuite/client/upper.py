"""``netsuite upper [TEXT…]``: have ASCII letters turned into capitals, over TCP or UDP.

The words are joined by spaces; without words each line of standard input is sent. An empty
line would end a TCP session, and needs no server to be in capitals: it is printed as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from typing import Any

from netsuite.client.address import Target, choose
from netsuite.client.arguments import add_connection, add_words, to_bytes
from netsuite.client.conversation import WINDOW, Conversation, exchange, given
from netsuite.client.datagrams import ask, resolve
from netsuite.client.terminal import MAX_MESSAGE, Output, stdin, stdout
from netsuite.framing import Line

SERVICE = "upper"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    add_words(parser, "TEXT", "what to send; each line of standard input, if nothing is given")
    parser.add_argument("--udp", action="store_true", help="send each line as a UDP datagram")
    add_connection(parser, SERVICE)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    target = choose(options, SERVICE, "udp" if options.udp else "tcp")
    output = stdout()

    async def main(reactor: Any) -> int:
        window = WINDOW
        lines: AsyncIterator[bytes]
        if options.words:
            lines = given(to_bytes(options.words).splitlines() or [b""])
        else:
            lines = stdin(reactor)
            window = 1 if lines.interactive else WINDOW
        if options.udp:
            return await upper_udp(reactor, target, lines, output, options.timeout)
        return await upper_tcp(reactor, target, lines, output, options.timeout, window)

    return run_reactor(main)


async def upper_tcp(
    reactor: Any,
    target: Target,
    lines: AsyncIterator[bytes],
    output: Output,
    timeout: float,
    window: int = WINDOW,
) -> int:
    """Send lines over one connection and print the answers.

    :param timeout: how long each answer may take, in seconds.
    :param window: how many answers may be outstanding.
    :returns: the exit status.
    :raises ClientError: when an answer does not come.
    """
    conversation = await Conversation.open(reactor, target, Line(MAX_MESSAGE), timeout)
    try:
        await exchange(conversation, lines, output.line, timeout, window=window, ask_empty=False)
        conversation.send(b"")  # the end of the session
    finally:
        await conversation.close()
    return 0


async def upper_udp(
    reactor: Any, target: Target, lines: AsyncIterator[bytes], output: Output, timeout: float
) -> int:
    """Send each line as a datagram and print the answers.

    :param timeout: how long each answer may take, in seconds.
    :returns: the exit status.
    :raises ClientError: when an answer does not come.
    """
    addresses = await resolve(reactor, target, timeout)
    async for line in lines:
        answer = await ask(reactor, target, addresses, line, timeout) if line else b""
        output.line(answer)
    return 0
