"""``netsuite swap [TEXT…]``: send a string, and print the one that a partner sent.

The words are joined by spaces; without words the string is the first line of standard input.
It waits for a partner as long as the server lets it, unless ``--timeout`` says otherwise.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from netsuite.client.address import Target, choose
from netsuite.client.arguments import add_connection, add_words, to_bytes
from netsuite.client.conversation import Conversation
from netsuite.client.problems import WrongUsage
from netsuite.client.terminal import MAX_MESSAGE, Output, on_terminal, stdin, stdout
from netsuite.framing import Line

SERVICE = "swap"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    add_words(parser, "TEXT", "what to swap; the first line of standard input, if not given")
    add_connection(parser, SERVICE, timeout=None)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    target = choose(options, SERVICE)
    output = stdout()

    async def main(reactor: Any) -> int:
        if options.words:
            text = to_bytes(options.words)
        else:
            try:
                text = await anext(stdin(reactor))
            except StopAsyncIteration:
                raise WrongUsage("nothing to swap: type a string, or send a line") from None
        return await swap(reactor, target, text, output, options.timeout)

    return run_reactor(main)


async def swap(
    reactor: Any, target: Target, text: bytes, output: Output, timeout: float | None
) -> int:
    """Send a string and print the partner's.

    :param timeout: how long to wait for a partner, in seconds; None is as long as it takes.
    :returns: the exit status.
    :raises ClientError: when no partner's string comes.
    """
    if b"\n" in text:
        raise WrongUsage("the string to swap must be a single line")
    conversation = await Conversation.open(reactor, target, Line(MAX_MESSAGE), timeout)
    try:
        conversation.send(text)
        if on_terminal(sys.stderr):
            print("waiting for a partner…", file=sys.stderr)
        output.line(await conversation.reply(timeout))
    finally:
        await conversation.close()
    return 0
