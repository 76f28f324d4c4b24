"""Some services run as one process: it says when they are ready, and stops as it should."""

from __future__ import annotations

import errno
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger

from netsuite.serving.connections import raise_descriptor_limit
from netsuite.serving.options import CommonOptions
from netsuite.serving.service import CannotStart, ListeningService

Options = TypeVar("Options", bound=CommonOptions)

_log = Logger(namespace="netsuite")


class Suite(MultiService):
    """Runs services; what every plugin of ours hands to twistd.

    Once all of them listen and the reactor runs, it logs a line for each endpoint, prints ``ready``
    on standard output, and writes the ready file. At SIGTERM or SIGINT it lets them drain, and the
    process exits with status 0; a second signal cuts the drain short.

    :param services: the services.
    :param ready_file: where to write the addresses; see :class:`ReadyFile`.
    :param reactor: the reactor that runs them.
    """

    def __init__(
        self,
        services: Sequence[ListeningService],
        *,
        ready_file: Path | None = None,
        reactor: Any = None,
    ) -> None:
        super().__init__()
        if reactor is None:
            from twisted.internet import reactor
        self._reactor = reactor
        self._listening = tuple(services)
        self._ready_file = ReadyFile(ready_file) if ready_file is not None else None
        self._stopping = False
        for service in services:
            service.setServiceParent(self)

    def privilegedStartService(self) -> None:
        """Make all of them listen.

        :raises netsuite.serving.service.CannotStart: when one cannot.
        """
        raise_descriptor_limit()
        super().privilegedStartService()

    def startService(self) -> None:
        """Have readiness announced as soon as the reactor runs.

        :raises netsuite.serving.service.CannotStart: when the ready file cannot be written.
        """
        super().startService()
        if self._ready_file is not None:
            self._ready_file.write(self._listening)
        self._reactor.callWhenRunning(self._started)

    def stopService(self) -> Deferred[None]:
        """Stop all of them.

        :returns: a Deferred that fires when the last connection is closed.
        """
        if self._ready_file is not None:
            self._ready_file.remove()
        return cast("Deferred[None]", super().stopService())

    def _started(self) -> None:
        # Twisted's own handlers would end the process by the signal, and not with status 0.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)
        # All that was made so far stays. Left to itself, the collector of cyclic garbage would look
        # through it again and again, and stop everything for tens of milliseconds each time.
        gc.collect()
        gc.freeze()
        for service in self._listening:
            for address in service.addresses:
                _log.info("{service} listens on {address}", service=service.name, address=address)
        if self._ready_file is not None:
            self._ready_file.publish()
        # Not through sys.stdout: there twistd would put a date in front of it.
        if sys.__stdout__ is not None:
            print("ready", file=sys.__stdout__, flush=True)

    def _signalled(self, number: int, _frame: object) -> None:
        self._reactor.callFromThread(self._stop, signal.Signals(number).name)

    def _stop(self, cause: str) -> None:
        if self._stopping:
            _log.info("{cause} again: what is left is cut off", cause=cause)
            for service in self._listening:
                service.hurry()
            return
        self._stopping = True
        _log.info("{cause}: finishing the requests in hand", cause=cause)
        with suppress(ReactorNotRunning):  # it may be stopping for another reason
            self._reactor.stop()


def alone(service: Callable[[Options], ListeningService]) -> Callable[[Options], IService]:
    """Return the ``makeService`` of a plugin that runs one service.

    :param service: makes the service of parsed options.
    """

    def makeService(options: Options) -> IService:
        return Suite([service(options)], ready_file=options.ready_file)

    return makeService


class ReadyFile:
    """Where the services listen, as a JSON object of names and lists of addresses.

    For example ``{"upper": ["tcp:127.0.0.1:40123", "udp:127.0.0.1:40124"]}``. The file is complete
    from the moment it exists: it is written elsewhere and moved into place.

    :param path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.parent / f".{path.name}.{os.getpid()}"

    def write(self, services: Sequence[ListeningService]) -> None:
        """Write it, but not yet in its place.

        :raises CannotStart: when that cannot be done.
        """
        addresses = {service.name: service.addresses for service in services}
        try:
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._draft.write_text(json.dumps(addresses, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise CannotStart(
                f"netsuite: the ready file {self._path} cannot be written: {error.strerror}. "
                "Choose another with --ready-file."
            ) from error

    def publish(self) -> None:
        """Move it into its place."""
        self._draft.replace(self._path)

    def remove(self) -> None:
        """Remove it: nobody listens any more."""
        for path in (self._draft, self._path):
            path.unlink(missing_ok=True)
