"""UDP ports that libuv watches.

The datagrams are read and sent by Python's sockets, without a detour: uvloop's own transports do
not send empty datagrams, and are slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet import udp
from twisted.python import context, log

from netsuite.libuv.logcontext import LogContext

if TYPE_CHECKING:
    from netsuite.libuv.reactor import LibuvReactor

__all__ = ["UDPPort"]


class UDPPort(udp.Port):
    """A UDP port."""

    reactor: LibuvReactor

    #: Whether it waits for datagrams.
    reads = False
    #: Whether datagrams are to be sent: they are sent at once, or dropped.
    writes = False

    # The address that the datagram came from which the protocol is being told of.
    _sender: Any = None
    _log_context: LogContext

    def startReading(self) -> None:
        """Read datagrams from now on."""
        if not self.reads:
            self.reads = True
            self._log_context = LogContext(self)
            self.reactor.loop.add_reader(self.fileno(), self._readable)
            self.reactor.watch(self)

    def stopReading(self) -> None:
        """Read none any more."""
        if self.reads:
            self.reads = False
            self.reactor.loop.remove_reader(self.fileno())
            self.reactor.forget(self)

    def _readable(self) -> None:
        contexts = context.theContextTracker.currentContext().contexts
        contexts.append(self._log_context)
        try:
            self.doRead()
        except BaseException:
            log.err()
        finally:
            self._sender = None
            contexts.pop()

    def doRead(self) -> None:
        """Read what there is, up to a bound, so that others have their turn."""
        receive, size = self.socket.recvfrom, self.maxPacketSize
        left = self.maxThroughput
        # The port may be closed by what it is told, or pause.
        while left > 0 and self.reads:
            try:
                data, sender = receive(size)
            except OSError as error:
                if left == self.maxThroughput or error.errno not in udp._sockErrReadIgnore:
                    self._watch_again()
                self._not_read(error)
                return
            left -= len(data) or 1
            if len(sender) > 2:  # Twisted tells nothing of the flow and the scope.
                sender = sender[:2]
            self._sender = sender
            try:
                self.protocol.datagramReceived(data, sender)
            except BaseException:
                log.err()

    def _watch_again(self) -> None:
        """Have libuv watch the socket again: it ends its watch at an error."""
        self.reactor.loop.call_soon(self._again)

    def _again(self) -> None:
        if self.reads:
            self.stopReading()
            self.startReading()

    def _not_read(self, error: OSError) -> None:
        if error.errno in udp._sockErrReadIgnore:
            return
        if error.errno not in udp._sockErrReadRefuse:
            raise error
        if self._connectedAddr:
            self.protocol.connectionRefused()

    def write(self, datagram: bytes, addr: tuple[str, int] | None = None) -> None:
        """Send a datagram; to one who has just sent one, without looking at the address."""
        if self._connectedAddr:
            self._write_connected(datagram, addr)
            return
        if addr is None or addr is not self._sender:
            super().write(datagram, addr)
            return
        try:
            self.socket.sendto(datagram, addr)
        except OSError:
            # What becomes of it, is decided there.
            super().write(datagram, addr)

    def _write_connected(self, datagram: bytes, addr: tuple[str, int] | None) -> None:
        try:
            self.socket.send(datagram)
        except ConnectionRefusedError:
            # That of an earlier datagram; nobody else will be told.
            self._watch_again()
            self.protocol.connectionRefused()
        except OSError:
            super().write(datagram, addr)
