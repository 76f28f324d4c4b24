"""``netsuite fetch URL``: print what a URL holds, or save it.

The body goes to standard output, or with ``-o FILE`` or ``-O`` into a file, which appears
complete or not at all. Redirects are followed. A status of 400 or more is a failure: its body
is printed, never saved, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IResponse

from netsuite.client.arguments import add_timeout, add_words, to_bytes
from netsuite.client.download import Saved, length_of, name_from, receive
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.terminal import Output, on_terminal, stdout
from netsuite.client.web import Request, new_agent, parse_url, send
from netsuite.text import printable

#: What a method or a header's name consists of (RFC 9110, section 5.6.2).
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    add_words(parser, "URL", "what to fetch; without a scheme it is http://")
    saving = parser.add_mutually_exclusive_group()
    saving.add_argument("-o", "--output", metavar="FILE", type=Path, help="save it as FILE")
    saving.add_argument(
        "-O",
        "--remote-name",
        action="store_true",
        help="save it in the current directory, under the URL's last name",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    parser.add_argument(
        "-i", "--headers", action="store_true", help="print the status line and headers first"
    )
    parser.add_argument("-I", "--head", action="store_true", help="ask for the headers only (HEAD)")
    parser.add_argument("-X", "--method", help="the method (default: GET, or POST with -d)")
    parser.add_argument("-d", "--data", help="send this as the body")
    parser.add_argument(
        "-H",
        "--header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="send this header too; may be repeated",
    )
    add_timeout(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    request = _request(options)
    path: Path | None = options.output
    if options.remote_name:
        path = name_from(request.url)
    output = stdout()
    return run_reactor(
        lambda reactor: fetch(
            reactor,
            new_agent(reactor, options.timeout),
            request,
            output,
            timeout=options.timeout,
            path=path,
            force=options.force,
            show_headers=options.headers or options.head,
        )
    )


async def fetch(
    reactor: Any,
    agent: IAgent,
    request: Request,
    output: Output,
    *,
    timeout: float,
    path: Path | None = None,
    force: bool = False,
    show_headers: bool = False,
) -> int:
    """Fetch a URL.

    :param timeout: how long connecting and the headers may take, and how long the server may
        pause in the body, in seconds.
    :param path: where to save the body; None prints it.
    :param force: replace a file that exists.
    :param show_headers: print the status line and the headers.
    :returns: the exit status.
    :raises ClientError: when the fetch fails.
    """
    from netsuite.client.progress import DownloadBar

    with ExitStack() as closing:
        # Opened first: if it cannot be written, nothing need be fetched.
        saved = Saved(path, force) if path is not None else None
        if saved is not None:
            closing.enter_context(saved)
        response = await send(reactor, agent, request, timeout)
        if show_headers:
            output.piece(head(response))
        code = int(response.code)
        refused = ClientError(f"the server answered {code} {printable(response.phrase)}".rstrip())
        into_file = saved is not None and code < 400
        bar: DownloadBar | None = None
        if on_terminal(sys.stderr) and (into_file or not output.terminal):
            name = request.url.path[-1] if request.url.path else request.url.host
            bar = closing.enter_context(DownloadBar(reactor, name, length_of(response)))

        def write(data: bytes) -> None:
            if saved is not None and into_file:
                saved.write(data)
            else:
                output.piece(data)
            if bar is not None:
                bar.add(len(data))

        try:
            await receive(reactor, response, write, timeout)
        finally:
            # On a terminal the shell's prompt belongs on a line of its own.
            output.finish(newline=output.terminal)
        if code >= 400:
            raise refused
    return 0


def head(response: IResponse) -> bytes:
    """Return a response's status line and headers, as they were sent but for their order."""
    protocol, major, minor = response.version
    status = b"%b/%d.%d %d %b" % (protocol, major, minor, response.code, response.phrase)
    lines = [status.rstrip()]
    for name, values in response.headers.getAllRawHeaders():
        # Twisted's decoding of gzip leaves an empty Content-Encoding where there was none.
        if name != b"Content-Encoding" or any(values):
            lines.extend(b"%b: %b" % (name, value) for value in values)
    length = length_of(response)
    if length is not None and not response.headers.hasHeader("content-length"):
        # Twisted keeps it apart, as a matter of the connection.
        lines.append(b"Content-Length: %d" % length)
    return b"\r\n".join([*lines, b"", b""])


def _request(options: argparse.Namespace) -> Request:
    """Make the request that the options ask for."""
    if len(options.words) != 1:
        raise WrongUsage("give one URL" + (", and only one" if options.words else ""))
    method = options.method or ("GET" if options.data is None else "POST")
    if options.head:
        if options.data is not None or options.method not in {None, "HEAD"}:
            raise WrongUsage("-I sends HEAD, which goes with neither -d nor -X")
        method = "HEAD"
    if not _TOKEN.fullmatch(method):
        raise WrongUsage(f"{printable(method)!r} is not a method")
    headers = Headers()
    for text in options.header:
        name, colon, value = text.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or any(end in value for end in "\r\n\0"):
            raise WrongUsage(f"{printable(text)!r} is not a header; type 'Name: value'")
        headers.addRawHeader(name.encode(), to_bytes([value.strip()]))
    data = None
    if options.data is not None:
        data = to_bytes([options.data])
        if not headers.hasHeader("content-type"):
            headers.addRawHeader("Content-Type", "application/x-www-form-urlencoded")
    return Request(parse_url(options.words[0]), method, headers, data)
