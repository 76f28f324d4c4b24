"""Questions and answers over UDP."""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.interfaces import IHostResolution, IResolutionReceiver
from twisted.internet.protocol import DatagramProtocol
from zope.interface import implementer

from netsuite.client.address import Target
from netsuite.client.conversation import unreachable
from netsuite.client.problems import ClientError, WrongUsage

#: The most that a datagram carries over IPv4, in bytes (RFC 768, RFC 791).
MAX_DATAGRAM = 65_507


class _Question(DatagramProtocol):
    """One question, from a port of its own, so that a late answer cannot be taken for another's."""

    def __init__(self, address: tuple[str, int], question: bytes) -> None:
        self.answer: Deferred[bytes] = Deferred()
        self._address = address
        self._question = question

    def startProtocol(self) -> None:
        """Connect the socket, so that the system drops what others send, and ask."""
        self._socket().connect(*self._address)
        self.ask()

    def ask(self) -> None:
        """Send the question, unless there is an answer."""
        if not self.answer.called:
            self._socket().write(self._question)

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """Take the first answer that comes from the address asked."""
        if tuple(addr[:2]) == self._address and not self.answer.called:
            self.answer.callback(datagram)

    def connectionRefused(self) -> None:
        """Note that nobody listens there (ICMP port unreachable)."""
        if not self.answer.called:
            self.answer.errback(ConnectionRefusedError())

    def stopProtocol(self) -> None:
        """Note the same: where epoll reports nothing but the error, Twisted closes the socket."""
        self.connectionRefused()

    def _socket(self) -> Any:
        return self.transport


@implementer(IResolutionReceiver)
class _Addresses:
    """Collects the addresses of a host."""

    def __init__(self) -> None:
        self.found: Deferred[list[IPv4Address | IPv6Address]] = Deferred()
        self._addresses: list[IPv4Address | IPv6Address] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Do nothing yet."""

    def addressResolved(self, address: Any) -> None:
        """Keep an address."""
        if address not in self._addresses:
            self._addresses.append(address)

    def resolutionComplete(self) -> None:
        """Hand over the addresses."""
        if not self.found.called:
            self.found.callback(self._addresses)


async def resolve(reactor: Any, target: Target, timeout: float) -> list[IPv4Address | IPv6Address]:
    """Return the IP addresses of a server, the preferred one first.

    :raises ClientError: when there are none.
    """
    receiver = _Addresses()
    reactor.nameResolver.resolveHostName(
        receiver, target.host, target.port, transportSemantics="UDP"
    )
    try:
        addresses = await receiver.found.addTimeout(timeout, reactor)
    except DeferredTimeout as error:
        raise unreachable(target, error, timeout) from error
    if not addresses:
        raise ClientError(f"cannot reach {target}: there is no such host")
    return addresses


async def ask(
    reactor: Any,
    target: Target,
    addresses: list[IPv4Address | IPv6Address],
    question: bytes,
    timeout: float,
) -> bytes:
    """Send a datagram and wait for the answer from the same address.

    Either datagram may be lost on the way. The question is therefore sent once more when half
    of the time has passed: so it must be one that may be answered twice.

    :param addresses: the server's; one that refuses is dropped in favour of the next.
    :param timeout: how long the answer may take, in seconds.
    :raises WrongUsage: when the question does not fit into a datagram.
    :raises ClientError: when there is no answer.
    """
    if len(question) > MAX_DATAGRAM:
        raise WrongUsage(f"{len(question)} bytes do not fit into a datagram ({MAX_DATAGRAM} do)")
    while True:
        address = addresses[0]
        protocol = _Question((address.host, address.port), question)
        anywhere = "::" if isinstance(address, IPv6Address) else "0.0.0.0"
        port = reactor.listenUDP(0, protocol, interface=anywhere, maxPacketSize=1 << 16)
        again = reactor.callLater(timeout / 2, protocol.ask)
        try:
            return await protocol.answer.addTimeout(timeout, reactor)
        except DeferredTimeout as error:
            raise ClientError(
                f"no answer from {target} within {timeout:g} s, asked twice: a datagram may be "
                f"lost or ignored; is the service running? ({target.start})"
            ) from error
        except ConnectionRefusedError as error:
            if len(addresses) == 1:
                raise ClientError(
                    f"cannot reach {target}: connection refused; "
                    f"is the service running? ({target.start})"
                ) from error
            del addresses[0]
        finally:
            if again.active():
                again.cancel()
            await maybeDeferred(port.stopListening)
