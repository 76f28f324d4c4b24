"""Where to listen: Twisted's endpoint strings, and ``udp:`` besides.

Twisted's strings know streams only; for datagrams the same form is used,
``udp:PORT[:interface=ADDRESS]``.
"""

from __future__ import annotations

import ipaddress
import re

import attrs
from twisted.internet.endpoints import quoteStringArgument, serverFromString
from twisted.internet.interfaces import IReactorCore, IStreamServerEndpoint

from netsuite.catalogue import Endpoint
from netsuite.serving.proxied import PROXY_PREFIX, ProxiedEndpoint

#: How many connections may wait to be accepted. Twisted's own 50 makes a crowd that arrives at
#: once wait for TCP's retransmissions, seconds long.
BACKLOG = 1024

# What the parts of Twisted's strings are when they are given without a name.
_POSITIONS = {
    "tcp": ("port", "interface", "backlog"),
    "tcp6": ("port", "backlog", "interface"),
    "ssl": ("port", "privateKey", "certKey", "sslmethod", "interface", "backlog"),
    "tls": ("path", "port", "backlog", "interface"),
    "unix": ("address", "mode", "backlog"),
}
# Twisted's strings mean every interface unless they name one.
_LOOPBACK = {"tcp": "127.0.0.1", "ssl": "127.0.0.1", "tls": "127.0.0.1", "tcp6": "::1"}


@attrs.frozen
class DatagramPort:
    """Where to receive datagrams.

    :param port: the port's number; 0 leaves the choice to the operating system.
    :param interface: the IP address to bind to.
    """

    port: int
    interface: str = "127.0.0.1"


def describe(endpoint: Endpoint, interface: str, *, ephemeral: bool) -> str:
    """Return the endpoint string of a default endpoint.

    :param interface: the IP address to bind to.
    :param ephemeral: whether the operating system chooses the port.
    """
    port = 0 if ephemeral else endpoint.port
    transport = endpoint.transport
    if transport == "tcp" and ipaddress.ip_address(interface).version == 6:
        transport = "tcp6"
    return f"{transport}:{port}:interface={quoteStringArgument(interface)}"


def is_datagram(description: str) -> bool:
    """Return whether an endpoint string asks for datagrams."""
    return description.startswith("udp:")


def parse_datagram(description: str) -> DatagramPort:
    """Parse an endpoint string that begins with ``udp:``.

    :raises ValueError: when it is malformed; the message says what is expected.
    """
    form = f"{description!r}: expected udp:PORT or udp:PORT:interface=ADDRESS"
    port, _, rest = description.removeprefix("udp:").partition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(form)
    if not rest:
        return DatagramPort(int(port))
    key, _, interface = rest.partition("=")
    try:
        ipaddress.ip_address(interface.replace("\\:", ":"))
    except ValueError:
        raise ValueError(form) from None
    if key != "interface":
        raise ValueError(form)
    return DatagramPort(int(port), interface.replace("\\:", ":"))


def parse_stream(reactor: IReactorCore, description: str) -> IStreamServerEndpoint:
    """Parse an endpoint string for streams: ``tcp:``, ``unix:``, ``tls:``, ``haproxy:`` and so on.

    One that names no interface is for the loopback interface.

    :raises ValueError: when it is malformed; the message says why.
    """
    if description.startswith(PROXY_PREFIX):
        return ProxiedEndpoint(parse_stream(reactor, description.removeprefix(PROXY_PREFIX)))
    try:
        return IStreamServerEndpoint(serverFromString(reactor, _with_defaults(description)))
    except Exception as error:
        # Twisted's parsers raise whatever their arguments make them stumble over.
        raise ValueError(f"{description!r} is no endpoint to listen on: {error}") from error


def _with_defaults(description: str) -> str:
    """Add what an endpoint string leaves to us: the interface, and the backlog."""
    kind, *parts = re.split(r"(?<!\\):", description)
    positions = _POSITIONS.get(kind, ())
    unnamed = [part for part in parts if "=" not in part]
    given = {*positions[: len(unnamed)], *(part.partition("=")[0] for part in parts)}
    if kind in _LOOPBACK and "interface" not in given:
        description += f":interface={quoteStringArgument(_LOOPBACK[kind])}"
    if "backlog" in positions and "backlog" not in given:
        description += f":backlog={BACKLOG}"
    return description
