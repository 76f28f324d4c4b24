"""Pages of other origins: who may read our answers (CORS), and that none writes unasked.

By default a browser lets a page send us requests, but not read our answers. To named origins we
allow reading, and writing too, by the CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol).
For all others, what matters is that a page can *send* a POST without asking ("cross-site request
forgery"). A browser says in such a request whence it comes, in Sec-Fetch-Site and Origin, which no
page can change; so it can be refused. Programs send neither field, and are let be.

The check is that of Go's ``net/http.CrossOriginProtection``, whose author surveyed what browsers do
(https://words.filippo.io/csrf/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs
from twisted.web.http_headers import Headers

from netsuite.web.hosts import Host
from netsuite.web.responses import HTTPError

__all__ = ["CrossOrigin", "parse_origin"]

#: What a page of another origin may use, may send and may read, besides what it may anyway.
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_REQUEST_FIELDS = b"Content-Type, If-Match, If-None-Match"
_RESPONSE_FIELDS = b"ETag, Link, Location"
#: For how long a browser need not ask again, in seconds; Chromium's own limit is as long.
_MAX_AGE = b"7200"

_SAFE = frozenset({b"GET", b"HEAD", b"OPTIONS"})
_PORTS = {"http": 80, "https": 443}


def parse_origin(text: str) -> str:
    """Return an origin as browsers write it: lower case, without the scheme's own port.

    :param text: such as ``https://genes.example.org``.
    :raises ValueError: when it is none; the message says what is expected. ``null`` and ``*`` are
        none: any page can be of the former, and all are of the latter.
    """
    expected = "expected SCHEME://HOST or SCHEME://HOST:PORT, such as https://genes.example.org"
    scheme, separator, authority = text.lower().partition("://")
    try:
        if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
            raise ValueError
        host = Host.parse(authority.encode("ascii"))
    except ValueError:
        raise ValueError(expected) from None
    return _serialised(scheme, host)


def _serialised(scheme: str, host: Host) -> str:
    name = f"[{host.name}]" if ":" in host.name else host.name
    if host.port is None or host.port == _PORTS.get(scheme):
        return f"{scheme}://{name}"
    return f"{scheme}://{name}:{host.port}"


@attrs.frozen
class CrossOrigin:
    """What pages of other origins may do.

    :param origins: those that may do what our own may, as :func:`parse_origin` returns them.
    """

    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> CrossOrigin:
        """Return what some named origins may do.

        :raises ValueError: when one is malformed.
        """
        return cls(frozenset(map(parse_origin, texts)))

    def check(self, method: bytes, headers: Headers, host: Host | None, *, secure: bool) -> None:
        """Refuse a request that may change something and comes from a page of another origin.

        :param method: the request's.
        :param headers: the request's.
        :param host: where it is directed.
        :param secure: whether it came over TLS.
        :raises HTTPError: with status 403.
        """
        if method in _SAFE or self._is_allowed(headers):
            return
        sites = headers.getRawHeaders(b"Sec-Fetch-Site")
        if sites is not None:
            # "none": the user's own doing, such as an address typed in.
            ours = list(sites) in ([b"same-origin"], [b"none"])
        else:
            origins = headers.getRawHeaders(b"Origin")
            own = None if host is None else _serialised("https" if secure else "http", host)
            ours = origins is None or (own is not None and list(origins) == [own.encode("ascii")])
        if not ours:
            raise HTTPError(
                403,
                "a page of another origin may not change anything here; "
                "to let it, start the service with --cors-origin and the page's origin",
            )

    def is_preflight(self, method: bytes, headers: Headers) -> bool:
        """Tell whether a request is the question of a browser what a page may do, to be answered.

        It is not, for a page that may do nothing: then it is a request as any other.
        """
        return (
            method == b"OPTIONS"
            and headers.hasHeader(b"Access-Control-Request-Method")
            and self._is_allowed(headers)
        )

    def add_to(self, response: Headers, method: bytes, request: Headers) -> None:
        """Add to the header fields of a response, whatever its status, what CORS needs.

        :param response: its header fields.
        :param method: the request's.
        :param request: its header fields.
        """
        if not self.origins:
            return
        vary = response.getRawHeaders(b"Vary", ())
        if not any(field.strip(b" \t").lower() in (b"origin", b"*") for field in _members(vary)):
            response.setRawHeaders(b"Vary", [b", ".join((*vary, b"Origin"))])
        if not self._is_allowed(request):
            return
        (origin,) = request.getRawHeaders(b"Origin", ())
        response.setRawHeaders(b"Access-Control-Allow-Origin", [origin])
        if self.is_preflight(method, request):
            response.setRawHeaders(b"Access-Control-Allow-Methods", [_METHODS])
            response.setRawHeaders(b"Access-Control-Allow-Headers", [_REQUEST_FIELDS])
            response.setRawHeaders(b"Access-Control-Max-Age", [_MAX_AGE])
        else:
            response.setRawHeaders(b"Access-Control-Expose-Headers", [_RESPONSE_FIELDS])

    def _is_allowed(self, headers: Headers) -> bool:
        values = headers.getRawHeaders(b"Origin", ())
        return len(values) == 1 and values[0].decode("latin-1") in self.origins


def _members(values: Iterable[bytes]) -> Iterable[bytes]:
    return b",".join(values).split(b",")
