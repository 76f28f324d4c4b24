"""What a script needs of a ``twisted.web`` request: the facts for its variables, and the body."""

from __future__ import annotations

import errno
import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

from twisted.web.http import parse_qs
from twisted.web.server import Request

from netsuite.files.cgi_environment import CgiRequest
from netsuite.files.paths import Root, Script

__all__ = ["body", "explain", "facts", "turn_into_get"]


def facts(request: Request, script: Script, root: Root) -> CgiRequest:
    """Return what a script is told about a request.

    :param request: the request.
    :param script: the script.
    :param root: the folder that is served.
    """
    # prepath is not empty when the tree is not the top of its site.
    name = b"".join(b"/" + segment for segment in [*(request.prepath or ()), *script.name])
    client, host = request.getClientAddress(), request.getHost()
    encrypted = request.isSecure()
    return CgiRequest(
        method=request.method,
        protocol=request.clientproto,
        query=request.uri.partition(b"?")[2],
        script_name=name,
        path_info=b"".join(b"/" + segment for segment in script.rest),
        path_translated=root.translated(script.rest),
        headers=request.requestHeaders.getAllRawHeaders(),
        content_length=_length(request),
        # A Unix socket has neither address nor port. Both variables have to be there all the same;
        # "unix:" is what nginx says.
        server_host=getattr(host, "host", "localhost"),
        server_port=getattr(host, "port", 443 if encrypted else 80),
        client=getattr(client, "host", "unix:"),
        encrypted=encrypted,
    )


def body(request: Request) -> IO[bytes]:
    """Return the request's body as an open file that the script can have as its standard input.

    A script reads a file at its own pace, in part or not at all, and nobody has to wait for it.

    :param request: the request; the file stays usable when the request is over.
    """
    content = _content(request)
    if not _length(request):
        return Path(os.devnull).open("rb")
    content.seek(0)
    try:
        number = content.fileno()
    except OSError:
        # A small body, which twisted.web keeps in memory.
        with tempfile.TemporaryFile(buffering=0) as file:
            file.write(content.read())
            file.seek(0)
            return os.fdopen(os.dup(file.fileno()), "rb", buffering=0)
    content.flush()
    os.lseek(number, 0, os.SEEK_SET)
    return os.fdopen(os.dup(number), "rb", buffering=0)


def turn_into_get(request: Request, target: bytes) -> None:
    """Make a request one for another path, as a GET without a body (RFC 3875, section 6.2.2).

    A HEAD stays one: its client expects no body.

    :param request: the request, of which nothing has been answered yet.
    :param target: the path, with the query if there is one.
    """
    if request.method != b"HEAD":
        request.method = b"GET"
    request.uri = target
    request.path, _, query = target.partition(b"?")
    request.args = parse_qs(query, True)
    for name in (b"content-length", b"content-type", b"transfer-encoding"):
        request.requestHeaders.removeHeader(name)
    _content(request).close()
    request.content = BytesIO()


def explain(error: OSError) -> str:
    """Return why a script could not be executed, and what to do about it.

    :param error: what the system said.
    """
    said = error.strerror or str(error)
    if error.errno == errno.ENOEXEC:
        return f"{said}: its first line has to name the program that runs it, such as #!/bin/sh"
    if error.errno == errno.ENOENT:
        return (
            f"{said}: the program that its first line (#!) names is not there. "
            "A line that ends in CR LF, as editors on Windows write it, has this effect too"
        )
    return said


def _length(request: Request) -> int | None:
    headers = request.requestHeaders
    if not headers.hasHeader(b"content-length") and not headers.hasHeader(b"transfer-encoding"):
        return None
    # What twisted.web has stored is decoded: the length of a chunked body is known as well.
    return _content(request).seek(0, os.SEEK_END)


def _content(request: Request) -> BinaryIO:
    # It is None only until the headers have been read.
    return cast(BinaryIO, request.content)
