"""``netsuite clock``: ask for the time, once or again and again, as one client or as many.

With ``--follow`` it keeps asking after random pauses ("Are we there yet?"). With ``--clients``
as well it is the simulation of any number of clients, with live figures; Ctrl-C or
``--duration`` ends it with a summary. Its exit status is 1 if any client failed.
"""

from __future__ import annotations

import argparse
import random
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.task import deferLater

from netsuite.client.address import Target, choose
from netsuite.client.arguments import add_connection, count, pause, seconds
from netsuite.client.conversation import Conversation
from netsuite.client.crowd import Crowd, allow_connections
from netsuite.client.problems import WrongUsage
from netsuite.client.terminal import Output, stdout
from netsuite.framing import Records

SERVICE = "clock"

#: A request takes 25 bytes, whatever they are.
QUESTION = b"What is the time?".ljust(25)

#: An answer is what ctime() returns: 24 bytes until the year 10000.
ANSWER = 24

#: The pauses of the course's clockforkclient.py, in seconds.
PAUSES = (3.0, 10.0)

_Records = partial(Records, ANSWER)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--follow", action="store_true", help="keep asking")
    parser.add_argument(
        "--pause",
        type=pause,
        metavar="MIN-MAX",
        help="with --follow: the pause before asking again, in seconds, at random (default: 3-10)",
    )
    parser.add_argument(
        "--duration", type=seconds, metavar="SECONDS", help="with --follow: end after so long"
    )
    parser.add_argument(
        "--clients", type=count, metavar="N", help="be so many clients at once, and count"
    )
    parser.add_argument(
        "--json", action="store_true", help="with --clients: print the summary as JSON"
    )
    add_connection(parser, SERVICE)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    if not options.follow and (options.pause or options.duration):
        raise WrongUsage("--pause and --duration need --follow")
    if options.json and not options.clients:
        raise WrongUsage("--json needs --clients")
    target = choose(options, SERVICE)
    output = stdout()
    pauses = (options.pause or PAUSES) if options.follow else None
    if not options.clients:
        return run_reactor(
            lambda reactor: ask(reactor, target, output, options.timeout, pauses, options.duration)
        )
    allow_connections(options.clients)
    return run_reactor(
        lambda reactor: simulate(
            reactor,
            target,
            output,
            clients=options.clients,
            timeout=options.timeout,
            pauses=pauses,
            duration=options.duration,
            as_json=options.json,
        )
    )


async def ask(
    reactor: Any,
    target: Target,
    output: Output,
    timeout: float,
    pauses: tuple[float, float] | None = None,
    duration: float | None = None,
) -> int:
    """Ask for the time and print it.

    :param timeout: how long each answer may take, in seconds.
    :param pauses: the shortest and the longest pause before asking again, in seconds; None to
        ask once.
    :param duration: when to end, in seconds; None for never.
    :returns: the exit status.
    :raises ClientError: when an answer does not come.
    """
    conversation = await Conversation.open(reactor, target, _Records(), timeout)
    end = None if duration is None else reactor.seconds() + duration
    try:
        while True:
            conversation.send(QUESTION)
            output.line(await conversation.reply(timeout))
            if pauses is None:
                return 0
            wait = random.uniform(*pauses)
            if end is not None and reactor.seconds() + wait >= end:
                await deferLater(reactor, max(0.0, end - reactor.seconds()))
                return 0
            await deferLater(reactor, wait)
    finally:
        await conversation.close()


async def simulate(
    reactor: Any,
    target: Target,
    output: Output,
    *,
    clients: int,
    timeout: float,
    pauses: tuple[float, float] | None,
    duration: float | None,
    as_json: bool,
) -> int:
    """Be many clients, and show how they fare; the parameters are those of :func:`ask`.

    :param clients: how many.
    :param as_json: print the summary as JSON, and nothing before it.
    :returns: the exit status: 1 if any client failed.
    :raises ClientError: when not even the first client can connect.
    """
    from netsuite.client.display import Display

    crowd = Crowd(
        reactor,
        target,
        clients,
        question=QUESTION,
        framing=_Records,
        timeout=timeout,
        pauses=pauses,
    )
    display = Display(reactor, crowd.figures, output, as_json)
    running = Deferred.fromCoroutine(crowd.run())
    if duration is not None:
        running.addTimeout(duration, reactor)
    display.start(lambda failure: running.cancel())
    try:
        await running
    except (DeferredTimeout, CancelledError):
        pass  # it ended before the first client was connected
    finally:
        display.stop()
    display.summary()
    return 1 if crowd.figures.failures else 0
