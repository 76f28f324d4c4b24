"""The options that commands have in common, and options in any place among the arguments."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path

from netsuite.catalogue import CATALOGUE, Endpoint

#: The common options that take a value. They may also stand before the command.
VALUED = frozenset({"--host", "--port", "--connect", "--ready-file", "--timeout"})

#: How long to wait for an answer unless told otherwise, in seconds.
TIMEOUT = 10.0


def is_option(word: str) -> bool:
    """Return whether a word of the command line is an option; ``-`` alone is none."""
    return len(word) > 1 and word.startswith("-")


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command's arguments, with options before, among and after them.

    Everything behind a ``--`` is taken literally and added to the argument called ``words``.

    :raises SystemExit: as argparse does, after writing a message to standard error.
    """
    literal: list[str] = []
    if "--" in arguments:
        cut = list(arguments).index("--")
        arguments, literal = arguments[:cut], list(arguments[cut + 1 :])
    options, unknown = parser.parse_known_intermixed_args(list(arguments))
    if unknown:
        parser.error(f"unknown argument {unknown[0]}; words that begin with a dash go behind --")
    if literal:
        if not hasattr(options, "words"):
            parser.error(f"unknown argument {literal[0]}")
        options.words = [*options.words, *literal]
    return options


def add_words(parser: argparse.ArgumentParser, metavar: str, description: str) -> None:
    """Add the command's arguments, as ``options.words``."""
    parser.add_argument("words", nargs="*", metavar=metavar, help=description)


def add_connection(
    parser: argparse.ArgumentParser,
    service: str,
    *,
    timeout: float | None = TIMEOUT,
    default_port: str | None = None,
) -> None:
    """Add the options that say which server to talk to, and how long to wait for it.

    :param service: the service's name in the catalogue.
    :param timeout: the default for ``--timeout``, in seconds; None waits as long as it takes.
    :param default_port: how the help describes the default port, if not by its number.
    """
    where = parser.add_argument_group("where the server is")
    where.add_argument("--host", help="its host name or IP address (default: localhost)")
    usual = default_port or str(default_endpoint(service, "tcp").port)
    where.add_argument("--port", type=port, help=f"its port (default: {usual})")
    where.add_argument(
        "--connect",
        metavar="ENDPOINT",
        help="a Twisted client endpoint instead: tcp:HOST:PORT, unix:/PATH, tls:HOST:PORT",
    )
    where.add_argument(
        "--ready-file",
        metavar="PATH",
        type=Path,
        help="take the address from the file that a running service wrote with --ready-file",
    )
    add_timeout(parser, timeout)


def add_timeout(parser: argparse.ArgumentParser, timeout: float | None = TIMEOUT) -> None:
    """Add ``--timeout``."""
    usual = "as long as it takes" if timeout is None else f"{timeout:g}"
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=timeout,
        metavar="SECONDS",
        help=f"how long to wait for each answer (default: {usual})",
    )


def default_endpoint(service: str, transport: str) -> Endpoint:
    """Return where a service listens by default.

    :param transport: ``"tcp"`` or ``"udp"``.
    """
    return next(
        endpoint for endpoint in CATALOGUE[service].endpoints if endpoint.transport == transport
    )


def to_bytes(words: Sequence[str]) -> bytes:
    """Return words joined by spaces, byte for byte as they were typed."""
    return os.fsencode(" ".join(words))


def seconds(text: str) -> float:
    """Read a positive number of seconds."""
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return value


def pause(text: str) -> tuple[float, float]:
    """Read the shortest and the longest pause, in seconds: ``3-10``, or ``5`` for both."""
    low, dash, high = text.partition("-")
    shortest = _number(low)
    longest = _number(high) if dash else shortest
    if not 0 <= shortest <= longest < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not MIN-MAX in seconds, such as 3-10")
    return shortest, longest


def port(text: str) -> int:
    """Read a port number."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to 65535")
    return int(text)


def count(text: str) -> int:
    """Read how many of something there shall be: one at least."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
