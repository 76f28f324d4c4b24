"""Many simulated clients at once, each on a connection of its own."""

from __future__ import annotations

import random
import resource
from collections.abc import Callable
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred, DeferredSemaphore, gatherResults
from twisted.internet.task import deferLater

from netsuite.client.address import Target
from netsuite.client.conversation import Connection, Conversation, connect
from netsuite.client.figures import Figures
from netsuite.client.problems import ClientError
from netsuite.framing import Framing

#: How many clients connect at the same time: well below the usual listen backlog.
CONNECTING = 50

#: How many different reasons of failure are told apart.
MAX_REASONS = 20

#: Files that a process has open besides its clients' connections, roughly.
_OTHER_FILES = 32


def allow_connections(count: int) -> None:
    """Raise this process's limit of open files as far as it may, for *count* connections.

    :raises ClientError: when that is not enough.
    """
    needed = count + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard != resource.RLIM_INFINITY and hard < needed:
            raise ClientError(
                f"{count:,} clients need {needed:,} open files, and this process may have "
                f"{hard:,} (see ulimit -Hn); simulate fewer"
            )


class Crowd:
    """Clients that each ask a server again and again, with random pauses.

    A client that fails stays away; the others go on.

    :param reactor: the reactor.
    :param target: the server.
    :param clients: how many clients.
    :param question: what they ask.
    :param framing: makes the framing of one connection.
    :param timeout: how long connecting and each answer may take, in seconds.
    :param pauses: the shortest and the longest pause between an answer and the next question,
        in seconds; None to ask but once.
    """

    def __init__(
        self,
        reactor: Any,
        target: Target,
        clients: int,
        *,
        question: bytes,
        framing: Callable[[], Framing],
        timeout: float,
        pauses: tuple[float, float] | None,
    ) -> None:
        self.figures = Figures(clients)
        self._reactor = reactor
        self._target = target
        self._question = question
        self._framing = framing
        self._timeout = timeout
        self._pauses = pauses
        self._connecting = DeferredSemaphore(CONNECTING)
        self._clients: list[Deferred[None]] = []

    async def run(self) -> None:
        """Let the crowd ask until all clients have ended; when cancelled, all leave.

        :raises ClientError: when the very first client cannot connect.
        :raises CancelledError: when cancelled before it has.
        """
        first = await connect(self._reactor, self._target, self._timeout)
        self._target = _found(self._target, first)
        self._clients = [
            Deferred.fromCoroutine(self._client(first if index == 0 else None))
            for index in range(self.figures.clients)
        ]
        # Cancelling this cancels each client, and still waits until all have closed.
        await gatherResults(self._clients)

    async def _client(self, connection: Connection | None) -> None:
        """Be one client."""
        try:
            if connection is None:
                connection = await self._connecting.run(
                    lambda: Deferred.fromCoroutine(
                        connect(self._reactor, self._target, self._timeout)
                    )
                )
            await self._ask(connection)
        except CancelledError:
            pass
        except ClientError as problem:
            reason = str(problem)
            failures = self.figures.failures
            if len(failures) >= MAX_REASONS and reason not in failures:
                reason = "other reasons"
            failures[reason] += 1
        finally:
            if connection is not None:
                await connection.close(self._reactor)

    async def _ask(self, connection: Connection) -> None:
        figures, clock = self.figures, self._reactor
        conversation = Conversation(connection, self._framing(), self._target, clock)
        figures.connected += 1
        figures.reached += 1
        try:
            while True:
                begun = clock.seconds()
                conversation.send(self._question)
                figures.requests += 1
                await conversation.reply(self._timeout)
                figures.answers += 1
                figures.durations.add(clock.seconds() - begun)
                if self._pauses is None:
                    return
                await deferLater(clock, random.uniform(*self._pauses))
        finally:
            figures.connected -= 1


def _found(target: Target, connection: Connection) -> Target:
    """Return the target by the IP address that was found, so that it is looked up only once."""
    transport: Any = connection.transport
    peer = transport.getPeer()
    if target.transport == "tcp" and isinstance(peer, (IPv4Address, IPv6Address)):
        return Target(target.text, "tcp", peer.host, peer.port, target.start)
    return target
