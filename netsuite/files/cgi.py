"""Running CGI scripts: which requests get a process, and how its output becomes the response.

A request's states, and what leads from one to the next:

========  ==============================  =====================================================
state     event                           what happens
========  ==============================  =====================================================
HEAD      header block complete           its status and headers are sent: BODY
..        header block: local redirect    REDIRECT
..        header block malformed          502: OVER
..        script gone                     502: OVER
REDIRECT  script gone, exit status 0      the target answers: OVER
..        script gone, any other status   502: OVER
BODY      output                          sent, as fast as the client takes it
..        script gone, exit status 0      the response is complete: OVER
..        script gone, any other status   the response is broken off: OVER
all       deadline                        504, or in BODY the response is broken off: OVER
all       shutdown                        503, or in BODY the response is broken off: OVER
all       client gone                     OVER
OVER      (entered)                       the script is ended, unless it is gone already
========  ==============================  =====================================================
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any
from weakref import WeakKeyDictionary

import attrs
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import NO_BODY_CODES
from twisted.web.server import NOT_DONE_YET, Request
from zope.interface import implementer

from netsuite.files.cgi_environment import UnusableRequestError, environment
from netsuite.files.cgi_errors import ErrorBudget, ErrorStream
from netsuite.files.cgi_process import ScriptProcess
from netsuite.files.cgi_request import body, explain, facts, turn_into_get
from netsuite.files.cgi_response import Document, HeadParser, LocalRedirect, MalformedHeadError
from netsuite.files.pages import break_off, refuse
from netsuite.files.paths import Root, Script
from netsuite.text import printable
from netsuite.web import request as web_request

__all__ = ["CgiLimits", "CgiRunner"]

_log = Logger(namespace="netsuite")

#: How often a request may be redirected inside the server (RFC 3875, section 6.2.2, asks for a
#: limit and leaves the number open; Apache's is the same).
MOST_REDIRECTS = 10


def _positive(instance: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} has to be greater than 0, not {value}")


@attrs.frozen(kw_only=True)
class CgiLimits:
    """What scripts may use.

    :param deadline: seconds that a request may take in all, local redirects included.
    :param running: how many scripts may run at once. A request beyond that is answered with 503
        at once, rather than kept waiting for a place that may not come.
    :param grace: seconds that a script has between SIGTERM and SIGKILL.
    :param head: the longest header block that a script may send, in bytes.
    """

    deadline: float = attrs.field(default=30.0, validator=_positive)
    running: int = attrs.field(default=8, validator=_positive)
    grace: float = attrs.field(default=2.0, validator=_positive)
    head: int = attrs.field(default=32768, validator=_positive)


@attrs.define
class _Journey:
    """How far a request has come through local redirects.

    :param deadline: when it has to be answered, on the reactor's clock.
    :param redirects: how often it has been redirected.
    """

    deadline: float
    redirects: int = 0


class CgiRunner:
    """Runs scripts for requests, and ends them.

    :param root: the folder that is served.
    :param limits: what scripts may use.
    :param reactor: where they are watched.
    """

    def __init__(self, root: Root, limits: CgiLimits, reactor: IReactorTime) -> None:
        self.root = root
        self.limits = limits
        self.reactor = reactor
        self.errors = ErrorBudget(reactor.seconds)
        self._journeys: WeakKeyDictionary[Request, _Journey] = WeakKeyDictionary()
        self._runs: set[_Run] = set()
        self._stopping = False
        self._waiting: list[Deferred[None]] = []

    @property
    def running(self) -> int:
        """How many scripts there are, those being ended included."""
        return len(self._runs)

    def render(self, request: Request, script: Script) -> bytes | int:
        """Answer a request with what a script says.

        :param request: the request.
        :param script: the script.
        :returns: what a resource's ``render`` returns.
        """
        if self._stopping:
            return refuse(request, 503, "The server is shutting down.")
        if len(self._runs) >= self.limits.running:
            request.setHeader(b"retry-after", b"1")
            return refuse(request, 503, "Too many scripts are running. Try again in a moment.")
        run = _Run(self, request, script)
        try:
            run.start()
        except UnusableRequestError:
            return refuse(request, 400, "The request holds a zero byte.")
        except OSError as error:
            _log.error(
                "{script} cannot be run: {why}",
                script=run.name,
                why=printable(explain(error)),
            )
            return refuse(request, 502, "The script cannot be run. The server's log says why.")
        self._runs.add(run)
        return NOT_DONE_YET

    def journey(self, request: Request) -> _Journey:
        """Return how far *request* has come."""
        return self._journeys.setdefault(
            request, _Journey(self.reactor.seconds() + self.limits.deadline)
        )

    def ended(self, run: _Run) -> None:
        """Take note that a script is gone.

        :param run: its request.
        """
        self._runs.remove(run)
        if not self._runs:
            waiting, self._waiting = self._waiting, []
            for deferred in waiting:
                deferred.callback(None)

    def stop(self) -> Deferred[None]:
        """End all scripts and start no more.

        :returns: a Deferred that fires when all are gone.
        """
        self._stopping = True
        for run in list(self._runs):
            run.shut_down()
        if not self._runs:
            return succeed(None)
        self._waiting.append(Deferred())
        return self._waiting[-1]


class _State(Enum):
    HEAD = auto()
    REDIRECT = auto()
    BODY = auto()
    OVER = auto()


@implementer(IPushProducer)
class _Run:
    """One request and its script.

    :param runner: who keeps count.
    :param request: the request.
    :param script: the script.
    """

    def __init__(self, runner: CgiRunner, request: Request, script: Script) -> None:
        self.name = printable(b"/".join(script.name))
        self._runner = runner
        self._request = request
        self._script = script
        self._journey = runner.journey(request)
        self._state = _State.HEAD
        self._parser = HeadParser(runner.limits.head)
        self._errors = ErrorStream(self.name, runner.errors)
        self._target = b""
        # How many bytes of body are still to come: None if the script has not said it.
        self._left: int | None = None

    def start(self) -> None:
        """Start the script.

        :raises UnusableRequestError: if the request cannot be put into variables.
        :raises OSError: if the script cannot be executed.
        """
        runner, request = self._runner, self._request
        variables = environment(facts(request, self._script, runner.root))
        with body(request) as stdin:
            self._process = ScriptProcess(
                runner.reactor, self, self._script.path, variables, stdin, runner.limits.grace
            )
        remaining = self._journey.deadline - runner.reactor.seconds()
        self._deadline = runner.reactor.callLater(max(0, remaining), self._expired)
        request.notifyFinish().addErrback(self._client_gone)
        if isinstance(request, web_request.Request):
            # Other requests may outlast a half-close unasked; a script is too dear for that.
            request.watch_client()

    # What the script does.

    def output_received(self, data: bytes) -> None:
        """Take a piece of the script's output."""
        if self._state is _State.HEAD:
            self._head_received(data)
        elif self._state is _State.BODY:
            self._send(data)

    def error_received(self, data: bytes) -> None:
        """Log what the script writes to its standard error."""
        self._errors.feed(data)

    def script_gone(self, status: int) -> None:
        """Complete the response, if it can be."""
        self._errors.end()
        self._runner.ended(self)
        if status != 0 and self._state is not _State.OVER:
            how = f"exited with status {status}" if status > 0 else f"was ended by signal {-status}"
            _log.warn("{script} {how}", script=self.name, how=how)
        if self._state is _State.HEAD:
            self._fail(502, "it ended before its header block did")
        elif self._state is _State.REDIRECT:
            self._redirect() if status == 0 else self._fail(502, "it failed")
        elif self._state is _State.BODY:
            if status == 0 and self._left is None:
                self._left = 0
            self._conclude("it ended too early")

    # What the client does.

    def _client_gone(self, _: Failure) -> None:
        if self._state is not _State.OVER:
            _log.info("{script} is ended: its client has gone", script=self.name)
            self._over()

    def pauseProducing(self) -> None:
        """Let the script wait: the client does not read as fast as it writes."""
        self._process.pause()

    def resumeProducing(self) -> None:
        """Go on."""
        self._process.resume()

    def stopProducing(self) -> None:
        """Do nothing: that the client has gone is heard from the request."""

    # What the clock and the operator do.

    def _expired(self) -> None:
        self._cut(504, f"it took longer than {self._runner.limits.deadline:g} s")

    def shut_down(self) -> None:
        """End the script because the server stops."""
        self._cut(503, "the server is shutting down")

    def _cut(self, status: int, why: str) -> None:
        if self._state is _State.BODY:
            self._conclude(why)
        elif self._state is not _State.OVER:
            self._fail(status, why)

    # The response.

    def _head_received(self, data: bytes) -> None:
        try:
            complete = self._parser.feed(data)
        except MalformedHeadError as error:
            self._fail(502, str(error))
            return
        if complete is None:
            return
        head, rest = complete
        if isinstance(head, LocalRedirect):
            self._target = head.target
            self._state = _State.REDIRECT
        else:
            self._begin(head)
            self._send(rest)

    def _begin(self, head: Document) -> None:
        request = self._request
        self._state = _State.BODY
        # A response without Content-Type is the script's choice: twisted.web is not to add one.
        request.defaultContentType = None
        request.setResponseCode(head.status, head.reason)
        for name, value in head.headers:
            request.responseHeaders.addRawHeader(name, value)
        self._left = head.length
        if head.length is not None and head.status not in NO_BODY_CODES:
            request.setHeader(b"content-length", b"%d" % head.length)
        if request.method == b"HEAD" or head.status in NO_BODY_CODES:
            self._left = 0
        request.registerProducer(self, True)
        # The headers go out at once, however long the body takes.
        request.write(b"")

    def _send(self, data: bytes) -> None:
        if self._left is not None:
            # More than Content-Length says would be taken for the beginning of the next response.
            data = data[: self._left]
            self._left -= len(data)
        if data:
            self._request.write(data)

    def _conclude(self, otherwise: str) -> None:
        """Finish the response if all of it has been sent, or else break it off.

        :param otherwise: why it is not complete, if it is not.
        """
        complete = self._left == 0
        self._over()
        if complete:
            self._request.unregisterProducer()
            self._request.finish()
        else:
            _log.warn("{script} is cut off: {why}", script=self.name, why=otherwise)
            break_off(self._request, self._runner.reactor)

    def _fail(self, status: int, why: str) -> None:
        """Answer with an error page. The log is told the reason; the client is told the kind."""
        _log.warn("{script} fails: {why}", script=self.name, why=printable(why))
        self._over()
        pages = {
            502: "The script did not answer as a CGI script does. The server's log says more.",
            503: "The server is shutting down.",
            504: "The script took too long.",
        }
        self._request.write(refuse(self._request, status, pages[status]))
        self._request.finish()

    def _redirect(self) -> None:
        if self._journey.redirects == MOST_REDIRECTS:
            self._fail(502, f"{MOST_REDIRECTS} local redirects have not led to a page")
            return
        self._over()
        self._journey.redirects += 1
        turn_into_get(self._request, self._target)
        self._request.process()

    def _over(self) -> None:
        self._state = _State.OVER
        if self._deadline.active():
            self._deadline.cancel()
        self._process.end()
