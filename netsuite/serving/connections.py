"""Who is connected to a service: admission, deadlines, the drain, and the log lines.

A listening service has one :class:`Connections`. Its protocols enter when they are connected and
leave when the connection is lost; in between they set :attr:`Connection.deadline`, a plain
attribute, as often as they like. One sweep a second looks for deadlines that have passed, so that
ten thousand idle connections need no timers, and a byte received resets none.
"""

from __future__ import annotations

import math
import resource
from collections import Counter
from functools import cached_property
from itertools import count

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.logger import Logger

from netsuite.serving.addresses import address_text, remote_host
from netsuite.serving.limits import Limits

_log = Logger(namespace="netsuite")


class Connection:
    """One accepted connection, as its service sees it: a base for server protocols.

    A subclass is a Twisted protocol as well. It calls ``connections.enter(self, peer)`` from
    ``connectionMade`` and ``connections.leave(self)`` from ``connectionLost``.
    """

    connections: Connections
    #: When to call :meth:`expired`, on the clock of ``connections``; infinity for never.
    deadline = math.inf
    #: What tells this connection from all others of the process, in the log.
    number = 0
    #: The client's address.
    address: IAddress
    #: The IP address that the connection counts for; None for one that is exempt.
    host: str | None = None

    @property
    def peer(self) -> str:
        """The client's address in words, such as ``tcp:127.0.0.1:50544``."""
        return address_text(self.address)

    def expired(self) -> None:
        """Do what is due now that the deadline has passed."""
        raise NotImplementedError

    def drain(self) -> None:
        """Finish the requests in hand, take no new ones, and close."""
        raise NotImplementedError

    def abort(self) -> None:
        """Close at once, whatever is in hand."""
        raise NotImplementedError


class Connections:
    """The connections of one service.

    :param service: the service's name, for the log.
    :param limits: how many may enter.
    :param log_all: also write a log line for every connection that opens or closes.
    :param reactor: the clock of the deadlines.
    """

    # Numbers are unique in the process, so that one log can be searched for one connection; and
    # file descriptors are the process's too.
    _numbers = count(1)
    _in_process = 0

    def __init__(
        self,
        service: str,
        limits: Limits,
        *,
        log_all: bool = False,
        reactor: IReactorTime | None = None,
    ) -> None:
        if reactor is None:
            from twisted.internet import reactor as default

            reactor = IReactorTime(default)
        self.service = service
        self.limits = limits
        self.reactor = reactor
        self._log_all = log_all
        self._open: set[Connection] = set()
        self._per_host: Counter[str] = Counter()
        # Often enough that a deadline is met within a quarter of the shortest timeout.
        self._interval = min(1.0, limits.idle_timeout / 4, limits.request_timeout / 4)
        self._sweep: IDelayedCall | None = None
        self._end_of_grace: IDelayedCall | None = None
        self._draining = False
        self._waiting: list[Deferred[None]] = []
        self._refused = 0
        self._quiet_until = -math.inf

    @cached_property
    def _descriptors(self) -> float:
        # Asked when the first client comes: the limit is raised when the process has started.
        return descriptors_for_connections()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def draining(self) -> bool:
        """Whether the service is stopping, so that nobody else will come."""
        return self._draining

    def admits(self, address: IAddress) -> bool:
        """Decide whether a client that has just connected is let in.

        Refusals are logged, but no more than one line a second: whoever floods the service
        shall not flood the log too.
        """
        if self._draining:
            return False
        if len(self._open) >= self.limits.max_connections:
            reason = f"{len(self._open)} connections are open already"
        elif Connections._in_process >= self._descriptors:
            reason = "the process is short of file descriptors (see ulimit -n)"
        elif self._per_host[remote_host(address) or ""] >= self.limits.max_per_peer:
            reason = f"{self.limits.max_per_peer} connections of that address are open already"
        else:
            return True
        self._log_refusal(address, reason)
        return False

    def enter(self, connection: Connection, address: IAddress) -> None:
        """Count a connection that has been made, and watch its deadline."""
        connection.connections = self
        connection.number = next(self._numbers)
        connection.address = address
        connection.host = remote_host(address)
        self._open.add(connection)
        Connections._in_process += 1
        if connection.host is not None:
            self._per_host[connection.host] += 1
        if self._sweep is None:
            self._sweep = self.reactor.callLater(self._interval, self._look)
        if self._log_all:
            self.log(connection, "connected")

    def leave(self, connection: Connection) -> None:
        """Forget a connection that has been lost."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        Connections._in_process -= 1
        if connection.host is not None:
            self._per_host[connection.host] -= 1
            if not self._per_host[connection.host]:
                del self._per_host[connection.host]
        if self._log_all:
            self.log(connection, "closed")
        if self._draining and not self._open:
            self._drained()

    def log(self, connection: Connection, reason: str) -> None:
        """Write a line that names the service, the connection, its peer and the reason.

        :param reason: in words of ours; what the peer sent goes through
            :func:`~netsuite.text.printable` first.
        """
        _log.info(
            "{service} #{number} {peer}: {reason}",
            service=self.service,
            number=connection.number,
            peer=connection.peer,
            reason=reason,
        )

    def drain(self) -> Deferred[None]:
        """Let the requests in hand finish, within the grace period, and close everything.

        Asking a second time means that somebody is in a hurry: what is left is closed at once.

        :returns: a Deferred that fires when no connection is left.
        """
        hurry, self._draining = self._draining, True
        for connection in list(self._open):
            if hurry:
                connection.abort()
            else:
                connection.drain()
        if not self._open:
            self._drained()
            return succeed(None)
        if self._end_of_grace is None:
            self._end_of_grace = self.reactor.callLater(self.limits.grace, self._grace_is_over)
        waiter: Deferred[None] = Deferred()
        self._waiting.append(waiter)
        return waiter

    def _grace_is_over(self) -> None:
        self._end_of_grace = None
        _log.warn(
            "{service}: {count} connections were still busy after {grace} s and are cut off",
            service=self.service,
            count=len(self._open),
            grace=self.limits.grace,
        )
        for connection in list(self._open):
            connection.abort()

    def _drained(self) -> None:
        for call in (self._sweep, self._end_of_grace):
            if call is not None:
                call.cancel()
        self._sweep = self._end_of_grace = None
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.callback(None)

    def _look(self) -> None:
        if not self._open:
            self._sweep = None
            return
        self._sweep = self.reactor.callLater(self._interval, self._look)
        now = self.reactor.seconds()
        for connection in [c for c in self._open if c.deadline <= now]:
            connection.expired()

    def _log_refusal(self, address: IAddress, reason: str) -> None:
        self._refused += 1
        now = self.reactor.seconds()
        if now < self._quiet_until:
            return
        self._quiet_until = now + 1.0
        _log.warn(
            "{service}: {peer} is refused: {reason}; {refused} refused since the last such line",
            service=self.service,
            peer=address_text(address),
            reason=reason,
            refused=self._refused,
        )
        self._refused = 0


#: Descriptors kept for other ends than connections: the log, the store, scripts' pipes.
RESERVED_DESCRIPTORS = 128


def descriptors_for_connections() -> float:
    """Return how many connections the process's limit of file descriptors leaves room for."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else max(1, soft - RESERVED_DESCRIPTORS)


def raise_descriptor_limit() -> None:
    """Let the process open as many files as its hard limit allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
