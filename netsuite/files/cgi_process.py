"""A CGI script as a process that can be ended, children and all.

``reactor.spawnProcess`` cannot put a process into a session of its own. A launcher written in
Python that does so before it becomes the script takes some ten times as long as the script itself
(11.5 ms against 0.8 ms for ``/bin/true``) and can be killed before it got that far. So the process
is started by :class:`subprocess.Popen`, which returns when the script has its session and is
executed, or raises the error that prevented it; its pipes are on the reactor from then on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Protocol, cast

from twisted.internet import abstract, fdesc, main, process
from twisted.internet.interfaces import IReactorFDSet, IReactorTime
from twisted.python.failure import Failure

__all__ = ["PIPE_SIZE", "ScriptListener", "ScriptProcess"]

#: What is read from a script at a time: what a pipe holds on Linux.
PIPE_SIZE = 65536


class ScriptListener(Protocol):
    """Who is told what a script does."""

    def output_received(self, data: bytes) -> None:
        """Take a piece of the script's standard output."""

    def error_received(self, data: bytes) -> None:
        """Take a piece of its standard error."""

    def script_gone(self, status: int) -> None:
        """Take note that all output has been passed on and the process is gone.

        :param status: its exit status, or the negative number of the signal that ended it.
        """


class ScriptProcess:
    """A running script, the leader of a session of its own.

    The script stays unreaped until this is done with it, so that its process group keeps its number
    and a signal to the group can reach nobody else. When the script has exited and its output has
    ended, whatever it left running in the group is killed: nothing outlives the request.

    :param reactor: watches the pipes; it has to provide IReactorFDSet too.
    :param listener: is told what comes.
    :param path: the program.
    :param variables: its whole environment.
    :param stdin: an open file, from which it reads the request's body at its own pace.
    :param grace: seconds between SIGTERM and SIGKILL in :meth:`end`.
    :raises OSError: if the program cannot be executed.
    """

    def __init__(
        self,
        reactor: IReactorTime,
        listener: ScriptListener,
        path: Path,
        variables: Mapping[bytes, bytes],
        stdin: IO[bytes],
        grace: float,
    ) -> None:
        self._reactor = reactor
        self._listener = listener
        self._grace = grace
        self._status: int | None = None
        self._ending = False
        self._killed = False
        self._gone = False
        self._popen = subprocess.Popen(
            [path],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=path.parent,
            env=variables,
            start_new_session=True,
        )
        self.pid = self._popen.pid
        self._output = _Pipe(reactor, self._popen.stdout, listener.output_received, self._check)
        self._errors = _Pipe(reactor, self._popen.stderr, listener.error_received, self._check)
        # Twisted's SIGCHLD handler asks each of these in turn. Its registration function would
        # reap a script that has exited already, so the entry is made without it.
        cast("dict[int, Any]", process.reapProcessHandlers)[self.pid] = self
        self.reapProcess()

    def pause(self) -> None:
        """Stop reading the output; the script waits when its pipe is full."""
        self._output.pause()

    def resume(self) -> None:
        """Read the output again."""
        self._output.resume()

    def end(self) -> None:
        """End the script and its children: SIGTERM now, SIGKILL after the grace period.

        Output is thrown away from now on. The listener hears when the script is gone.
        """
        if self._ending or self._gone:
            return
        self._ending = True
        self._output.discard()
        self._signal(signal.SIGTERM)
        self._killing = self._reactor.callLater(self._grace, self._kill)
        self._check()

    def reapProcess(self) -> None:
        """See whether the script has exited. Twisted calls this at each SIGCHLD."""
        if self._status is not None:
            return
        # WNOWAIT leaves it unreaped.
        found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is not None:
            exited = found.si_code == os.CLD_EXITED
            self._status = found.si_status if exited else -found.si_status
            self._check()

    def _kill(self) -> None:
        self._killed = True
        self._signal(signal.SIGKILL)
        self._check()

    def _signal(self, number: int) -> None:
        # A group of which only the unreaped leader is left is an error on some systems (macOS).
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _check(self) -> None:
        """Finish if there is nothing more to wait for.

        A script that is being ended may have children that take their time over SIGTERM: as long
        as one of them holds a pipe open, it has the rest of the grace period.
        """
        if self._status is None or self._gone:
            return
        ended = self._output.ended and (self._errors.ended or not self._ending)
        if not ended and not self._killed:
            return
        self._gone = True
        if self._ending and self._killing.active():
            self._killing.cancel()
        self._errors.drain()
        self._output.close()
        self._errors.close()
        self._signal(signal.SIGKILL)
        del process.reapProcessHandlers[self.pid]
        self._popen.wait()
        self._listener.script_gone(self._status)


class _Pipe(abstract.FileDescriptor):
    """The reading end of a pipe on the reactor."""

    def __init__(
        self,
        reactor: IReactorTime,
        pipe: IO[bytes] | None,
        received: Callable[[bytes], None],
        at_end: Callable[[], None],
    ) -> None:
        super().__init__(cast(IReactorFDSet, reactor))
        assert pipe is not None
        fdesc.setNonBlocking(pipe)
        self._pipe = pipe
        self._received = received
        self._at_end = at_end
        self.connected = True
        self.startReading()

    @property
    def ended(self) -> bool:
        """Whether everything has been read, or nothing more is to be."""
        return self._pipe.closed

    def fileno(self) -> int:
        """Return the descriptor, -1 when it is closed."""
        return -1 if self._pipe.closed else self._pipe.fileno()

    def doRead(self) -> Exception | None:
        """Pass on what is there."""
        try:
            data = os.read(self._pipe.fileno(), PIPE_SIZE)
        except BlockingIOError:
            return None
        except OSError:
            return main.CONNECTION_LOST
        if not data:
            return main.CONNECTION_DONE
        self._received(data)
        return None

    def connectionLost(self, reason: Failure) -> None:
        """Close the pipe: all who could write to it have closed it."""
        self.close()
        self._at_end()

    def discard(self) -> None:
        """Read on, so that the script is not held up, and throw it away."""
        self._received = lambda data: None
        self.resume()

    def pause(self) -> None:
        """Do not read for now."""
        if not self.ended:
            self.stopReading()

    def resume(self) -> None:
        """Read again."""
        if not self.ended:
            self.startReading()

    def drain(self) -> None:
        """Pass on what is left in the pipe, whether or not its end has been seen."""
        if not self.ended:
            self.doRead()

    def close(self) -> None:
        """Read no more."""
        if not self.ended:
            self.stopReading()
            self.connected = False
            self._pipe.close()
