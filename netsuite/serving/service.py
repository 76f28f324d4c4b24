"""A listening service, as Twisted's application framework knows services."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from netsuite.serving.addresses import address_text
from netsuite.serving.connections import Connections
from netsuite.serving.endpoints import is_datagram, parse_datagram, parse_stream

#: The longest datagram there can be, in bytes; Twisted would cut off all beyond 8 KiB.
MAX_DATAGRAM = 65_536

_log = Logger(namespace="netsuite")


class CannotStart(SystemExit, Exception):  # noqa: N818 - as SystemExit
    """A service cannot have what it needs, such as its address; the message says what to do.

    twistd tidies up after any ``Exception``; and a ``SystemExit`` ends the process with status 1
    and its message, without a traceback.
    """


class Need(typing.Protocol):
    """Something that a service needs as long as it has clients, such as a store."""

    def open(self) -> None:
        """Get it ready, before the first client.

        :raises CannotStart: when it cannot be had.
        """

    def close(self) -> Awaitable[None]:
        """Put it away, after the last client."""


class ListeningService(Service):
    """Listens on some endpoints, for streams or datagrams, and drains when it is stopped.

    :param connections: who is connected; its service's name is this one's.
    :param endpoints: endpoint strings; see :mod:`netsuite.serving.endpoints`.
    :param factory: builds the protocols of its connections.
    :param needs: what it needs as long as it has clients.
    :param new_datagram_protocol: makes the protocol of a datagram endpoint, for services that
        have such.
    :param reactor: where to listen.
    """

    def __init__(
        self,
        connections: Connections,
        endpoints: Sequence[str],
        factory: IProtocolFactory,
        *,
        needs: Sequence[Need] = (),
        new_datagram_protocol: Callable[[], DatagramProtocol] | None = None,
        reactor: Any = None,
    ) -> None:
        if reactor is None:
            from twisted.internet import reactor
        self.name = connections.service
        self.connections = connections
        self._endpoints = tuple(endpoints)
        self._needs = tuple(needs)
        self._factory = factory
        self._new_datagram_protocol = new_datagram_protocol
        self._reactor = reactor
        self._ports: list[IListeningPort] = []

    @property
    def addresses(self) -> list[str]:
        """Where the service listens, as text such as ``tcp:127.0.0.1:12345``."""
        return [address_text(port.getHost()) for port in self._ports]

    def privilegedStartService(self) -> None:
        """Open what is needed, and listen on every endpoint.

        :raises CannotStart: when one cannot be had; the message names the service and the
            endpoint, and says what to do.
        """
        for need in self._needs:
            need.open()
        for description in self._endpoints:
            try:
                self._ports.append(self._listen(description))
            except (CannotListenError, OSError) as error:
                reason = getattr(error, "socketError", error)
                raise CannotStart(
                    f"netsuite: {self.name} cannot listen on {description}: "
                    f"{getattr(reason, 'strerror', None) or reason}. Stop the program that has "
                    "it, or choose another with --listen or --ephemeral."
                ) from error
            except ValueError as error:
                raise CannotStart(
                    f"netsuite: {self.name} cannot listen: {error}. "
                    "See --listen for what is expected."
                ) from error

    def startService(self) -> None:
        """Note that the service runs; a service started without privileges listens now."""
        if not self._ports:
            self.privilegedStartService()
        super().startService()

    def stopService(self) -> Deferred[None]:
        """Stop listening, let the requests in hand finish, and put away what was needed.

        :returns: a Deferred that fires when all that is done.
        """
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        closing = [maybeDeferred(port.stopListening) for port in self._ports]
        self._ports.clear()
        await self.connections.drain()
        for deferred in closing:
            await deferred
        for need in reversed(self._needs):
            await need.close()

    def hurry(self) -> None:
        """Cut off what is still being drained."""
        self.connections.drain()

    def _listen(self, description: str) -> IListeningPort:
        if is_datagram(description):
            where = parse_datagram(description)
            if self._new_datagram_protocol is None:
                raise ValueError(f"{description!r}: this service has no datagrams")
            port: IListeningPort = self._reactor.listenUDP(
                where.port,
                self._new_datagram_protocol(),
                interface=where.interface,
                maxPacketSize=MAX_DATAGRAM,
            )
            return port
        listening = parse_stream(self._reactor, description).listen(self._factory)
        results: list[IListeningPort | Failure] = []
        listening.addBoth(results.append)
        if not results:
            raise ValueError(f"{description!r} needs a running reactor")
        (result,) = results
        if isinstance(result, Failure):
            result.raiseException()
        return result
