"""Listening to a server that talks unasked, until it closes the connection."""

from __future__ import annotations

import argparse
from typing import Any

from netsuite.client.address import Target, choose
from netsuite.client.conversation import Connection, connect, piece, within
from netsuite.client.problems import ClientError
from netsuite.client.terminal import Output, stdout


def hear(options: argparse.Namespace, service: str) -> int:
    """Run a command that prints all that a service sends.

    :param service: the service's name in the catalogue.
    """
    from netsuite.client.running import run

    target = choose(options, service)
    output = stdout()
    return run(lambda reactor: listen(reactor, target, output, options.timeout))


async def listen(reactor: Any, target: Target, output: Output, timeout: float) -> int:
    """Print what a server sends until it closes the connection, a line end added if need be.

    :param timeout: how long all of it may take, in seconds.
    :returns: the exit status.
    :raises ClientError: when the server sends nothing, or does not come to an end.
    """
    connection = await connect(reactor, target, timeout)
    try:
        if not await within(_copy(connection, target, output), timeout, reactor, target):
            raise ClientError(f"{target} closed the connection without a word")
    finally:
        output.finish()
        await connection.close(reactor)
    return 0


async def _copy(connection: Connection, target: Target, output: Output) -> int:
    """Print all that arrives; return how many bytes that was."""
    total = 0
    while data := await piece(connection, target):
        output.piece(data)
        total += len(data)
    return total
