"""Which server a command talks to, from its options."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import attrs
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    clientFromString,
)
from twisted.internet.interfaces import IStreamClientEndpoint

from netsuite.catalogue import CATALOGUE
from netsuite.client.arguments import default_endpoint
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.text import printable

#: A ready file larger than this is none, in bytes.
MAX_READY_FILE = 1 << 20

#: ``tcp:HOST:PORT`` and no more; an IPv6 address stands in brackets.
_PLAIN = re.compile(
    r"(?P<transport>tcp|udp):(?:\[(?P<ip6>[^]]+)]|(?P<host>[^][:=\\]+)):(?P<port>\d+)"
)

#: Names of this machine, which refuses at once where it does not listen.
_LOCAL = frozenset({"localhost", "ip6-localhost"})


@attrs.frozen
class Target:
    """A server to talk to.

    :param text: how it is called in messages: ``tcp:127.0.0.1:12345``.
    :param transport: ``"tcp"``, ``"udp"``, or ``""`` for an endpoint description of another
        kind.
    :param host: its host name or IP address, if *transport* is given.
    :param port: its port.
    :param start: the command that starts such a service, for a hint.
    """

    text: str
    transport: str
    host: str = ""
    port: int = 0
    start: str = ""

    def __str__(self) -> str:
        return self.text

    def endpoint(self, reactor: Any, timeout: float) -> IStreamClientEndpoint:
        """Return the endpoint to connect to.

        :param timeout: how long each attempt may take, in seconds.
        :raises WrongUsage: for a description that is not a stream client endpoint's.
        """
        if self.transport == "udp":
            raise WrongUsage(f"{self} is a UDP address; TCP is meant here")
        if isIPv6Address(self.host):
            return TCP6ClientEndpoint(reactor, self.host, self.port, timeout)
        if isIPAddress(self.host):
            return TCP4ClientEndpoint(reactor, self.host, self.port, timeout)
        if self.transport:
            # Happy eyeballs (RFC 8305) starts with ::1 and gives it 0.3 s before 127.0.0.1,
            # although this machine answers at once either way.
            delay = 0.01 if self.host in _LOCAL else None
            return HostnameEndpoint(
                reactor, self.host, self.port, timeout=timeout, attemptDelay=delay
            )
        try:
            endpoint: IStreamClientEndpoint = clientFromString(reactor, _escape_ip6(self.text))
            return endpoint
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise WrongUsage(
                f"{self.text!r} is not a client endpoint ({printable(str(error))}); "
                "type tcp:HOST:PORT, unix:/PATH or tls:HOST:PORT"
            ) from error


def choose(options: argparse.Namespace, service: str, transport: str = "tcp") -> Target:
    """Return the server that the options name.

    :param options: what :func:`netsuite.client.arguments.add_connection` added.
    :param service: the service's name in the catalogue.
    :param transport: ``"tcp"`` (or any other stream), or ``"udp"``.
    :raises WrongUsage: when the options contradict each other.
    :raises ClientError: when the ready file does not tell.
    """
    entry = CATALOGUE[service]
    start = " ".join(("twistd -n", entry.plugin, *entry.arguments))
    ways = [options.connect, options.ready_file, options.host or options.port]
    if sum(way is not None for way in ways) > 1:
        raise WrongUsage(
            "--connect, --ready-file and --host/--port exclude each other; keep one of them"
        )
    if options.connect is not None:
        target = parse_address(options.connect, start)
    elif options.ready_file is not None:
        return parse_address(_from_ready_file(options.ready_file, service, transport), start)
    else:
        host = (options.host or "localhost").removeprefix("[").removesuffix("]")
        port = options.port or default_endpoint(service, transport).port
        shown = f"[{host}]" if ":" in host else host
        target = Target(f"{transport}:{printable(shown)}:{port}", transport, host, port, start)
    if (target.transport == "udp") != (transport == "udp"):
        raise WrongUsage(f"{target} is not {transport.upper()}; type {transport}:HOST:PORT")
    return target


def parse_address(text: str, start: str = "") -> Target:
    """Read an address or an endpoint description, such as ``tcp:[::1]:4000``.

    :raises WrongUsage: for a port that there cannot be.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return Target(text, "", start=start)
    port = int(plain["port"])
    if not 0 < port < 65536:
        raise WrongUsage(f"{text!r} has no valid port: a number from 1 to 65535")
    return Target(text, plain["transport"], plain["ip6"] or plain["host"], port, start)


def read_ready_file(path: Path) -> dict[str, list[str]]:
    """Return the addresses of each running service, by the services' names.

    :raises ClientError: when the file cannot be read, or is no ready file.
    """
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MAX_READY_FILE))
    except OSError as error:
        raise ClientError(
            f"cannot read {path}: {error.strerror}; does the service run with --ready-file?"
        ) from error
    except ValueError as error:
        raise ClientError(f"{path} is not a ready file: it is not JSON") from error
    if not isinstance(found, dict) or not all(
        isinstance(addresses, list) and all(isinstance(address, str) for address in addresses)
        for addresses in found.values()
    ):
        raise ClientError(f"{path} is not a ready file: a list of addresses for each service")
    return found


def _from_ready_file(path: Path, service: str, transport: str) -> str:
    """Return the first address of a service that the command can use."""
    services = read_ready_file(path)
    for address in services.get(service, []):
        if address.startswith("udp:") == (transport == "udp"):
            return address
    known = ", ".join(printable(name) for name in services) or "none"
    raise ClientError(f"{path} has no {transport.upper()} address of {service}; running: {known}")


def _escape_ip6(description: str) -> str:
    """Turn a bracketed IPv6 address into what Twisted's endpoint strings take."""
    kind, colon, rest = description.partition(":")
    if kind in {"tcp", "ssl"} and rest.startswith("[") and "]" in rest:
        address, _, rest = rest[1:].partition("]")
        rest = address.replace(":", r"\:") + rest
    return f"{kind}{colon}{rest}"
