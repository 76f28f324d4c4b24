"""What a CGI script is told about its request: RFC 3875, section 4.1, as a pure function.

A script gets these variables and nothing of the server's own environment, which may hold secrets.
Beyond the RFC there are only ``PATH`` and ``LANG``, without which few scripts run well, and
``HTTPS=on`` when the connection is encrypted, for which the RFC has no variable.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

import netsuite

__all__ = ["CgiRequest", "UnusableRequestError", "environment"]

#: Headers that are not handed on. Credentials: section 4.1.18 asks for it. ``Proxy``: many HTTP
#: clients take HTTP_PROXY for their configuration (CVE-2016-5385, "httpoxy"). Content-Length and
#: Content-Type have variables of their own. The others are about the connection, not the request.
_WITHHELD = frozenset(
    {
        b"authorization",
        b"proxy-authorization",
        b"proxy",
        b"content-length",
        b"content-type",
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Only these names map to variables one to one: with an underscore, X_Real_IP would arrive as the
# X-Real-IP that a proxy is trusted to set; other characters have no place in a variable's name.
_PLAIN_NAME = re.compile(rb"[A-Za-z0-9-]+")

_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?")


class UnusableRequestError(ValueError):
    """The request holds a zero byte, which no environment variable can."""


@attrs.frozen(kw_only=True)
class CgiRequest:
    """The facts of a request that are a script's business.

    :param method: the method, as the client sent it.
    :param protocol: ``HTTP/1.1``, for example.
    :param query: what follows the ``?``, still encoded.
    :param script_name: the path up to and including the script's name, decoded.
    :param path_info: the path after it, decoded; empty or beginning with a slash.
    :param path_translated: the file that *path_info* would name; used only when there is one.
    :param headers: the names of the request's headers, each with its values.
    :param content_length: the length of the body as the script will read it, in bytes; None if the
        request has no body.
    :param server_host: the address that the request arrived at, if there is no usable Host header.
    :param server_port: the port that it arrived at.
    :param client: the client's address.
    :param encrypted: whether it came over TLS.
    """

    method: bytes
    protocol: bytes
    query: bytes
    script_name: bytes
    path_info: bytes
    path_translated: bytes
    headers: Iterable[tuple[bytes, Sequence[bytes]]]
    content_length: int | None
    server_host: str
    server_port: int
    client: str
    encrypted: bool


def environment(request: CgiRequest) -> Mapping[bytes, bytes]:
    """Return the whole environment of the script that answers *request*.

    :raises UnusableRequestError: if a value holds a zero byte.
    """
    headers = {name.lower(): values for name, values in request.headers if values}
    variables = {
        b"GATEWAY_INTERFACE": b"CGI/1.1",
        b"SERVER_SOFTWARE": f"netsuite/{netsuite.__version__}".encode(),
        b"SERVER_PROTOCOL": request.protocol,
        b"SERVER_NAME": _server_name(headers.get(b"host", ()), request.server_host),
        b"SERVER_PORT": b"%d" % request.server_port,
        b"REQUEST_METHOD": request.method,
        b"SCRIPT_NAME": request.script_name,
        b"QUERY_STRING": request.query,
        b"REMOTE_ADDR": request.client.encode(),
        # No name is looked up; section 4.1.9 has the address stand in for it.
        b"REMOTE_HOST": request.client.encode(),
        b"PATH": _search_path(),
        b"LANG": b"C.UTF-8",
    }
    if request.encrypted:
        variables[b"HTTPS"] = b"on"
    if request.path_info:
        variables[b"PATH_INFO"] = request.path_info
        variables[b"PATH_TRANSLATED"] = request.path_translated
    if request.content_length is not None:
        variables[b"CONTENT_LENGTH"] = b"%d" % request.content_length
    if b"content-type" in headers:
        variables[b"CONTENT_TYPE"] = headers[b"content-type"][0]
    for name, values in headers.items():
        if name not in _WITHHELD and _PLAIN_NAME.fullmatch(name):
            separator = b"; " if name == b"cookie" else b", "
            variables[b"HTTP_" + name.upper().replace(b"-", b"_")] = separator.join(values)
    if any(b"\0" in value for value in variables.values()):
        raise UnusableRequestError
    return variables


def _server_name(hosts: Sequence[bytes], listening: str) -> bytes:
    match = _HOST.fullmatch(hosts[0]) if hosts else None
    if match is not None:
        return match[1]
    return (f"[{listening}]" if ":" in listening else listening).encode()


def _search_path() -> bytes:
    # First where this Python is, so that "#!/usr/bin/env python3" finds the one that runs the
    # server, also where none is installed system-wide.
    folders = ["/usr/local/bin", "/usr/bin", "/bin"]
    if sys.executable:
        folders.insert(0, str(Path(sys.executable).parent))
    return os.fsencode(os.pathsep.join(folders))
