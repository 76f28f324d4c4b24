"""The command line that every plugin understands."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import attrs
from twisted.python import usage

from netsuite.catalogue import CATALOGUE, Entry
from netsuite.framing import FRAMINGS, Framing
from netsuite.serving.connections import Connections
from netsuite.serving.endpoints import describe, is_datagram, parse_datagram
from netsuite.serving.limits import Limits
from netsuite.storage import parse_url, redacted

Parser = Callable[[str], Any]


def parameter(
    name: str, parse: Parser, summary: str, *, shown: Callable[[str], str] = str
) -> list[Any]:
    """Return an entry of ``optParameters`` whose errors name the option and what is expected.

    :param parse: turns the text into the value; raises ``ValueError`` with what is expected.
    :param shown: takes out of the text what must not be shown.
    """

    def checked(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise usage.UsageError(f"--{name} {shown(text)}: {error}") from error

    return [name, None, None, summary, checked]


def seconds(text: str) -> float:
    """Parse a time in seconds.

    :raises ValueError: when it is not a number, negative, or endless.
    """
    with suppress(ValueError):
        value = float(text)
        if value >= 0 and math.isfinite(value):
            return value
    raise ValueError("expected a number of seconds, such as 5 or 0.5")


def positive_seconds(text: str) -> float:
    """Parse a time in seconds that is more than none.

    :raises ValueError: when it is not.
    """
    value = seconds(text)
    if not value:
        raise ValueError("expected more than 0 seconds")
    return value


def at_least(least: int) -> Parser:
    """Return a parser of whole numbers that are not below *least*."""

    def parse(text: str) -> int:
        with suppress(ValueError):
            value = int(text)
            if value >= least:
                return value
        raise ValueError(f"expected a whole number, at least {least}")

    return parse


def ip_address(text: str) -> str:
    """Parse an IP address.

    :raises ValueError: when it is a name, or nothing of the kind.
    """
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("expected an IP address, such as 127.0.0.1, 0.0.0.0 or ::1") from None


def one_of(choices: Collection[str]) -> Parser:
    """Return a parser that accepts certain words only."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"expected one of {', '.join(choices)}")
        return text

    return parse


class CommonOptions(usage.Options):
    """What the umbrella and every single service understand.

    An option that is not given is None, so that the umbrella hands on only what was given; each
    service's own defaults stand in :attr:`limits_by_default`.
    """

    #: The bounds of a service that is told of no others.
    limits_by_default: ClassVar[Limits] = Limits()

    optParameters: ClassVar[list[list[Any]]] = [
        parameter("interface", ip_address, "IP address to bind to (127.0.0.1)"),
        parameter("ready-file", Path, "File to write the addresses to, once all listen"),
        parameter("delay", seconds, "Seconds to take over each request (0)"),
        parameter("max-message", at_least(1), "Longest message accepted, in bytes"),
        parameter("max-connections", at_least(1), "Connections open at once, in all"),
        parameter("max-per-peer", at_least(1), "The same from one address; loopback is exempt"),
        parameter("idle-timeout", positive_seconds, "Seconds until an idle client is dropped"),
        parameter("request-timeout", positive_seconds, "Seconds a request may take to arrive"),
        parameter("grace", seconds, "Seconds to finish requests in at SIGTERM"),
    ]
    optFlags: ClassVar[list[list[Any]]] = [
        ["ephemeral", None, "Let the operating system choose every port"],
        ["log-connections", None, "Log each connection that opens or closes"],
    ]

    @property
    def limits(self) -> Limits:
        """The bounds to keep."""
        given = {
            field.name: self[field.name.replace("_", "-")]
            for field in attrs.fields(Limits)
            if self[field.name.replace("_", "-")] is not None
        }
        return attrs.evolve(self.limits_by_default, **given)

    @property
    def delay(self) -> float:
        """How long each request is to take, in seconds."""
        return self["delay"] or 0.0

    @property
    def ready_file(self) -> Path | None:
        """Where to write the addresses. It is absolute: a daemon changes its directory."""
        path: Path | None = self["ready-file"]
        return path.absolute() if path is not None else None

    def getUsage(self, width: int | None = None) -> str:
        """Return the help text, with the bounds that hold by default."""
        text = super().getUsage(width)
        shown = ", ".join(
            f"--{field.name.replace('_', '-')} {getattr(self.limits_by_default, field.name):g}"
            for field in attrs.fields(Limits)
        )
        return f"{text}\nBounds by default: {shown}\n"


class ServiceOptions(CommonOptions):
    """What the plugin of a single service understands."""

    #: The service's name in the catalogue.
    service: str

    def __init__(self) -> None:
        super().__init__()
        self._listen: list[str] = []

    def opt_listen(self, endpoint: str) -> None:
        """Endpoint to listen on, such as tcp:4000, unix:/path or udp:4000; may be repeated"""
        if is_datagram(endpoint):
            try:
                parse_datagram(endpoint)
            except ValueError as error:
                raise usage.UsageError(f"--listen {error}") from error
            if not any(each.transport == "udp" for each in self.entry.endpoints):
                raise usage.UsageError(f"--listen {endpoint}: {self.service} has no datagrams")
        self._listen.append(endpoint)

    @property
    def entry(self) -> Entry:
        """The service's entry in the catalogue."""
        return CATALOGUE[self.service]

    @property
    def endpoints(self) -> list[str]:
        """Where to listen, as endpoint strings."""
        interface = self["interface"] or "127.0.0.1"
        return self._listen or [
            describe(endpoint, interface, ephemeral=bool(self["ephemeral"]))
            for endpoint in self.entry.endpoints
        ]

    def connections(self, reactor: Any = None) -> Connections:
        """Return the books of a service run with these options."""
        return Connections(
            self.entry.name,
            self.limits,
            log_all=bool(self["log-connections"]),
            reactor=reactor,
        )


class MessageOptions(ServiceOptions):
    """What the plugin of a service that exchanges messages understands."""

    #: The framing of a service that is told of no other.
    framing_by_default: str

    optParameters: ClassVar[list[list[Any]]] = [
        parameter("framing", one_of(FRAMINGS), f"How messages are framed: {', '.join(FRAMINGS)}")
    ]

    @property
    def framing(self) -> str:
        """The framing's name."""
        return self["framing"] or self.framing_by_default

    @property
    def new_framing(self) -> type[Framing]:
        """What makes the framing of a connection."""
        return FRAMINGS[self.framing]


class StoreOptions(usage.Options):
    """What the plugin of a service that keeps something understands besides."""

    optParameters: ClassVar[list[list[Any]]] = [
        parameter(
            "store",
            parse_url,
            "Where state is kept: sqlite:PATH or postgresql://…",
            shown=redacted,
        )
    ]
