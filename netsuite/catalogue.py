"""What there is in the suite: every service's name, purpose and place, as plain data.

The plugin options, the umbrella, the client program and ``netsuite doctor`` all read this one
table, and none of them needs to import a service to do so.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs


@attrs.frozen
class Endpoint:
    """Where a service listens unless it is told otherwise.

    :param transport: ``"tcp"`` or ``"udp"``.
    :param port: the port's number.
    """

    transport: str
    port: int

    def __str__(self) -> str:
        return f"{self.transport}:{self.port}"


@attrs.frozen
class Entry:
    """One service of the suite.

    :param name: what the umbrella calls it, in flags, configuration and the ready file.
    :param summary: what it does, in a few words.
    :param endpoints: its default endpoints.
    :param plugin: the name of its twistd plugin, which is also that of its module in
        ``netsuite.tap``.
    :param arguments: the plugin's arguments that make this service of it.
    """

    name: str
    summary: str
    endpoints: tuple[Endpoint, ...]
    plugin: str
    arguments: tuple[str, ...] = ()

    @property
    def tap(self) -> str:
        """The dotted name of the module that builds the service."""
        return f"netsuite.tap.{self.plugin}"


def _tcp(name: str, port: int, summary: str) -> Entry:
    return Entry(name, summary, (Endpoint("tcp", port),), name)


_ENTRIES = (
    _tcp("greeter", 12344, "thanks each client for connecting"),
    _tcp("hello", 8999, "greets each client by its IP address"),
    _tcp("dialogue", 12345, "tells the time, speaks Klingon, echoes the rest"),
    Entry(
        "dialogue-sized",
        "the dialogue, with each message preceded by its length",
        (Endpoint("tcp", 12346),),
        "dialogue",
        ("--framing", "sized"),
    ),
    _tcp("clock", 12091, "answers each 25-byte request with the time"),
    Entry(
        "upper",
        "turns ASCII letters into upper case, over TCP and UDP",
        (Endpoint("tcp", 2345), Endpoint("udp", 2345), Endpoint("udp", 11111)),
        "upper",
    ),
    _tcp("swap", 12092, "swaps a string between two clients"),
    _tcp("secret", 12093, "a secret number to guess"),
    _tcp("home", 8000, "a home page, over HTTP"),
    _tcp("secretword", 8001, "a secret word to guess, over HTTP"),
    _tcp("files", 8888, "files, listings and CGI scripts, over HTTP"),
    _tcp("genes", 5000, "records of genes: an API and a browser, over HTTP"),
    _tcp("cars", 9653, "a registry of cars, in pickles or JSON"),
    _tcp("blackjack", 9000, "a game of blackjack, over telnet"),
)

#: Every service by its name, in the order in which the suite starts them.
CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}


def udp_ports() -> Iterator[int]:
    """Yield the suite's default UDP ports."""
    for entry in _ENTRIES:
        for endpoint in entry.endpoints:
            if endpoint.transport == "udp":
                yield endpoint.port
