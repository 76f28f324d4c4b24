"""Upper-casing, over TCP and over UDP.

Over UDP anybody can put anybody's address on a datagram, so that three things must not be done: to
answer another service like this one, which would answer in turn, for ever (CVE-1999-0103); to send
more than was received; and to let somebody aim the answers at a third party in any quantity. A
reply is as long as its request; the other two are :class:`UpperDatagrams`' business.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import deferLater

from netsuite.catalogue import udp_ports
from netsuite.framing import MAX_MESSAGE
from netsuite.serving.addresses import is_loopback_host

#: Ports below this one belong to the system's services; some of them answer whatever they get.
FIRST_USER_PORT = 1024
#: How many datagrams a second are answered to one address, and how many of them at once.
RATE, BURST = 20.0, 40.0
#: How many addresses' rates are kept. When they are more, those that have rested longest are
#: forgotten, which costs no more than another burst for each.
ADDRESSES = 4096
#: How many delayed answers may wait at once; datagrams beyond are dropped, as UDP may.
MAX_WAITING = 10_000


def answer(request: bytes) -> bytes | None:
    """Return the request with the ASCII letters in upper case; None ends the session.

    Other bytes stay as they are, so that a reply is as long as its request. An empty line ends
    a session over TCP.
    """
    return request.upper() or None


class RateLimit:
    """A token bucket for each address.

    :param rate: tokens added in a second.
    :param burst: the most that a bucket holds.
    """

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when they were counted

    def __len__(self) -> int:
        return len(self._buckets)

    def allows(self, host: str, now: float) -> bool:
        """Take a token for *host*, if there is one.

        :param now: the time in seconds, on a clock that does not go back.
        """
        tokens, then = self._buckets.pop(host, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        allowed = tokens >= 1.0
        # Put back at the end: the first bucket is the one that has rested longest.
        self._buckets[host] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        return allowed


class Siblings:
    """The UDP ports of this machine on which such a service listens, in any process.

    Each service holds a name in Linux's abstract socket namespace as long as it listens: nothing is
    left behind, not even by a process that is killed. Other systems have no such namespace; there
    only the suite's default ports are known.
    """

    #: For how long what was found out about a port is believed, in seconds.
    BELIEVED = 1.0

    def __init__(self, defaults: Collection[int] = tuple(udp_ports())) -> None:
        self._defaults = frozenset(defaults)
        self._held: list[socket.socket] = []
        self._known: dict[int, tuple[bool, float]] = {}

    def announce(self, port: int) -> None:
        """Tell everybody that a service listens on *port*."""
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            name.bind(self._name(port))
        except OSError:  # not Linux; or the port is bound twice, and announced already
            name.close()
        else:
            self._held.append(name)

    def withdraw(self) -> None:
        """Take back what was announced."""
        for name in self._held:
            name.close()
        self._held.clear()

    def stranger_until(self, port: int, now: float) -> float:
        """Return until when *port* is known to be no such service's; *now* if it is one's.

        :param now: the time in seconds, on a clock that does not go back.
        """
        if port in self._defaults:
            return now
        known, until = self._known.get(port, (False, now))
        if until <= now:
            if len(self._known) >= ADDRESSES:
                self._known.clear()
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
                try:
                    probe.connect(self._name(port))
                except OSError:
                    known = False
                else:
                    known = True
            until = now + self.BELIEVED
            self._known[port] = (known, until)
        return now if known else until

    @staticmethod
    def _name(port: int) -> str:
        return f"\0netsuite/udp/{port}"


class UpperDatagrams(DatagramProtocol):
    """One datagram in, one datagram out, to its sender only.

    :param delay: how long each answer takes, in seconds.
    :param max_message: the longest datagram that is answered, in bytes.
    """

    noisy = False

    def __init__(
        self,
        *,
        delay: float = 0.0,
        max_message: int = MAX_MESSAGE,
        reactor: Any = None,
        siblings: Siblings | None = None,
    ) -> None:
        if reactor is None:
            from twisted.internet import reactor
        self._clock = IReactorTime(reactor)
        self._seconds = self._clock.seconds
        self._delay = delay
        self._max_message = max_message
        self._waiting = 0
        self._limit = RateLimit()
        self._siblings = siblings or Siblings()
        # Until when programs of this machine are known to be no siblings, by their addresses.
        self._known: dict[Any, float] = {}

    def startProtocol(self) -> None:
        """Announce the port to others of this kind."""
        assert self.transport is not None
        self._siblings.announce(self.transport.getHost().port)

    def stopProtocol(self) -> None:
        """Take the announcement back."""
        self._siblings.withdraw()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """Answer, unless the sender is not to be answered."""
        if len(datagram) > self._max_message:
            return
        seconds = self._seconds
        now = seconds()
        if self._known.get(addr, 0.0) <= now and not self._admits(addr, now):
            return
        if not self._delay:
            self._send(datagram.upper(), addr)
        elif self._waiting < MAX_WAITING:
            self._waiting += 1
            deferLater(self._clock, self._delay, self._send_late, datagram.upper(), addr)

    def _admits(self, addr: Any, now: float) -> bool:
        """Decide whether a sender is to be answered."""
        host, port = addr[0], addr[1]
        if port < FIRST_USER_PORT:
            return False
        until = self._siblings.stranger_until(port, now)
        if until <= now:
            return False
        if not is_loopback_host(host):
            return self._limit.allows(host, now)
        if len(self._known) >= ADDRESSES:
            self._known.clear()
        self._known[addr] = until
        return True

    def _send_late(self, datagram: bytes, addr: Any) -> None:
        self._waiting -= 1
        self._send(datagram, addr)

    def _send(self, datagram: bytes, addr: Any) -> None:
        if self.transport is not None:
            try:  # noqa: SIM105 - a context manager takes longer than all else here
                self.transport.write(datagram, addr)
            except OSError:
                pass  # an address that nothing can be sent to, such as a broadcast
