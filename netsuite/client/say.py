"""``netsuite say WORD…``: say something to the dialogue service, and print its reply.

The words are joined by spaces. Without words each line of standard input is a message; the
messages follow each other on one connection, without waiting for each reply.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from typing import Any

import attrs

from netsuite.client.address import Target, choose
from netsuite.client.arguments import add_connection, add_words, default_endpoint, to_bytes
from netsuite.client.conversation import WINDOW, Conversation, exchange, given
from netsuite.client.problems import WrongUsage
from netsuite.client.terminal import MAX_MESSAGE, Output, stdin, stdout
from netsuite.framing import FRAMINGS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    add_words(parser, "WORD", "what to say; each line of standard input, if nothing is given")
    parser.add_argument(
        "--framing",
        choices=list(FRAMINGS),
        default="nul",
        help="how messages are told apart (default: nul)",
    )
    plain, sized = (default_endpoint(_service(name), "tcp").port for name in ("nul", "sized"))
    add_connection(parser, "dialogue", default_port=f"{plain}; {sized} with --framing sized")


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    target = choose(options, _service(options.framing))
    if options.framing not in {"nul", "sized"}:
        target = attrs.evolve(target, start=f"{target.start} --framing {options.framing}")
    output = stdout()

    async def main(reactor: Any) -> int:
        if options.words:
            return await say(
                reactor,
                target,
                given([to_bytes(options.words)]),
                output,
                framing=options.framing,
                timeout=options.timeout,
            )
        lines = stdin(reactor)
        return await say(
            reactor,
            target,
            lines,
            output,
            framing=options.framing,
            timeout=options.timeout,
            window=1 if lines.interactive else WINDOW,
        )

    return run_reactor(main)


async def say(
    reactor: Any,
    target: Target,
    messages: AsyncIterator[bytes],
    output: Output,
    *,
    framing: str,
    timeout: float | None,
    window: int = WINDOW,
) -> int:
    """Say messages to a server and print its replies, in order.

    :param framing: one of :data:`netsuite.framing.FRAMINGS`.
    :param timeout: how long each reply may take, in seconds.
    :param window: how many replies may be outstanding.
    :returns: the exit status.
    :raises ClientError: when a reply does not come.
    """
    conversation = await Conversation.open(reactor, target, FRAMINGS[framing](MAX_MESSAGE), timeout)
    try:
        await exchange(
            conversation,
            (_check(message, framing) async for message in messages),
            output.line,
            timeout,
            window=window,
        )
    finally:
        await conversation.close()
    return 0


def _service(framing: str) -> str:
    return "dialogue-sized" if framing == "sized" else "dialogue"


def _check(message: bytes, framing: str) -> bytes:
    """Return a message that the framing can carry.

    :raises WrongUsage: when it would be taken for two.
    """
    for name, delimiter, words in (("nul", b"\0", "a zero byte"), ("line", b"\n", "a line end")):
        if framing == name and delimiter in message:
            raise WrongUsage(f"a message in --framing {name} cannot contain {words}; try sized")
    return message
