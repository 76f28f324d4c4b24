"""HTTP requests, with one clear sentence for each way in which they fail."""

from __future__ import annotations

import re
from typing import Any

import attrs
from hyperlink import DecodedURL, EncodedURL, URLParseError
from OpenSSL import SSL
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError
from twisted.internet.defer import TimeoutError as DeferredTimeout
from twisted.internet.error import ConnectError, ConnectingCancelledError, DNSLookupError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.failure import Failure
from twisted.web.client import (
    URI,
    Agent,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseFailed,
    ResponseNeverReceived,
)
from twisted.web.error import Error as HTTPError
from twisted.web.error import InfiniteRedirection, SchemeNotSupported
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer, IResponse
from zope.interface import implementer

from netsuite import __version__
from netsuite.client.address import Target
from netsuite.client.conversation import unreachable
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.text import printable

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_PORTS = {"http": 80, "https": 443}

#: Failures that only hold others: the reasons why a request or a response broke off.
_WRAPPERS = (
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseFailed,
    ResponseNeverReceived,
)


def parse_url(text: str) -> DecodedURL:
    """Read a URL as people type it: without a scheme it is an ``http`` one.

    :raises WrongUsage: when it is none that can be fetched.
    """
    shown = printable(text)
    full = text if _SCHEME.match(text) else f"http://{text}"
    try:
        url = DecodedURL.from_text(full)
    except (URLParseError, ValueError) as error:
        raise WrongUsage(f"{shown!r} is not a URL: {printable(str(error))}") from error
    if url.scheme not in _PORTS:
        raise WrongUsage(f"{shown!r} is neither an http nor an https URL")
    if not url.host:
        raise WrongUsage(f"{shown!r} names no host")
    if url.port is not None and not 0 < url.port < 65536:
        raise WrongUsage(f"{shown!r} has no valid port: a number from 1 to 65535")
    try:
        _encoded(url).to_uri()
    except ValueError as error:
        raise WrongUsage(f"{shown!r} names no valid host: {printable(str(error))}") from error
    return url


class _Literal(EncodedURL):
    """A URL whose host is an IPv6 address, which hyperlink would encode as if it were a name."""

    def to_uri(self) -> EncodedURL:
        """Return the URL in ASCII."""
        named = EncodedURL.from_text(self.to_text(with_password=True)).replace(host="host")
        return named.to_uri().replace(host=self.host)


def _encoded(url: DecodedURL) -> EncodedURL:
    """Return a URL as treq is given it."""
    text = url.to_text(with_password=True)
    return _Literal.from_text(text) if ":" in url.host else EncodedURL.from_text(text)


@attrs.frozen
class Request:
    """An HTTP request.

    :param url: what to ask for.
    :param method: ``GET`` and so on.
    :param headers: further headers.
    :param data: the body, or what produces it, or None.
    """

    url: DecodedURL
    method: str = "GET"
    headers: Headers = attrs.Factory(Headers)
    data: bytes | IBodyProducer | None = None


@implementer(IAgentEndpointFactory)
class _Always:
    """Connects to one server, whatever the URL says."""

    def __init__(self, reactor: Any, target: Target, timeout: float) -> None:
        self._endpoint = target.endpoint(reactor, timeout)

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """Return the endpoint for a URL."""
        return self._endpoint


def new_agent(reactor: Any, timeout: float, target: Target | None = None) -> IAgent:
    """Return an agent that opens a connection for each request.

    :param timeout: how long connecting may take, in seconds.
    :param target: connect there, whatever the URL says.
    """
    if target is not None:
        agent: IAgent = Agent.usingEndpointFactory(reactor, _Always(reactor, target, timeout))
        return agent
    return Agent(reactor, connectTimeout=timeout)


async def send(
    reactor: Any, agent: IAgent, request: Request, timeout: float, target: Target | None = None
) -> IResponse:
    """Send a request, follow redirects, and wait for the response's headers.

    :param timeout: how long that may take, in seconds.
    :param target: the server, for messages; None calls it as the URL does.
    :returns: the response, whose body has not been read.
    :raises ClientError: when there is none.
    """
    url = request.url
    headers = request.headers.copy()
    if not headers.hasHeader("user-agent"):
        headers.addRawHeader("User-Agent", f"netsuite/{__version__}")
    auth = None
    if url.userinfo and any(url.userinfo):
        auth = (url.user, url.userinfo[1] if len(url.userinfo) > 1 else "")
        url = DecodedURL(url.encoded_url.replace(userinfo=""))
    target = target or Target(origin(url), "tcp", url.host, url.port or _PORTS[url.scheme])

    def give_up(_result: object, seconds: float) -> Failure:
        return Failure(DeferredTimeout(seconds, "response"))

    try:
        return await (
            HTTPClient(agent)
            .request(
                request.method,
                _encoded(url),
                headers=headers,
                data=request.data,
                auth=auth,
                browser_like_redirects=True,
                unbuffered=True,
                reactor=reactor,
            )
            .addTimeout(timeout, reactor, onTimeoutCancel=give_up)
        )
    except ConnectingCancelledError as error:
        raise CancelledError from error
    except DeferredTimeout as error:
        raise ClientError(
            f"no answer from {target} within {timeout:g} s; --timeout allows it more"
        ) from error
    except (ConnectError, DNSLookupError, OSError, SSL.Error) as error:
        raise unreachable(target, error, timeout) from error
    except (*_WRAPPERS, HTTPError, SchemeNotSupported) as error:
        raise _failed(target, error, timeout) from error


def why(failure: Failure) -> str:
    """Return in words why a response broke off."""
    error = failure.value
    if isinstance(error, _WRAPPERS) and error.reasons:
        return why(error.reasons[0])
    text = printable(str(error))
    return text.rstrip(".").lower() or type(error).__name__


def _failed(target: Target, error: Exception, timeout: float) -> ClientError:
    """Say why there is no response."""
    unsent = isinstance(error, RequestTransmissionFailed)
    while isinstance(error, _WRAPPERS) and error.reasons:
        error = error.reasons[0].value
    if isinstance(error, (CancelledError, ClientError)):
        raise error
    if isinstance(error, SSL.Error):
        return unreachable(target, error, timeout)
    if isinstance(error, InfiniteRedirection):
        return ClientError(f"{target} redirects too often")
    if isinstance(error, SchemeNotSupported):
        return ClientError(f"{target} redirects to where HTTP does not lead")
    if isinstance(error, HTTPError):
        return ClientError(f"{target} redirects to nowhere: {printable(str(error))}")
    if unsent:
        return ClientError(
            f"the connection to {target} was lost while the request was being sent: "
            f"{why(Failure(error))}"
        )
    return ClientError(f"{target} sent no valid HTTP response: {why(Failure(error))}")


def origin(url: DecodedURL) -> str:
    """Return the scheme, host and port of a URL, for messages."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port in {None, _PORTS[url.scheme]} else f":{url.port}"
    return printable(f"{url.scheme}://{host}{port}")
