"""File descriptors that are sent along with bytes, over a UNIX socket: libuv cannot do that."""

from __future__ import annotations

from twisted.internet.interfaces import IFileDescriptorReceiver

from netsuite.libuv.stream import Stream

__all__ = ["UNIXStream"]


class UNIXStream(Stream):
    """A connection that leaves libuv when file descriptors are expected, or to be sent."""

    def _built(self) -> None:
        """Leave before anything is read: a descriptor that libuv reads past is lost."""
        if IFileDescriptorReceiver.providedBy(self.protocol):
            self._leave()

    def sendFileDescriptor(self, fileno: int) -> None:
        """Send a file descriptor along with the bytes that are written next."""
        super().sendFileDescriptor(fileno)  # type: ignore[misc]  # of Twisted's UNIX connections
        self._leave_soon()
