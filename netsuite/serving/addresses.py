"""Addresses in words, and what they tell of a peer."""

from __future__ import annotations

import ipaddress

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

from netsuite.text import printable


def address_text(address: IAddress) -> str:
    """Return an address as text: ``tcp:127.0.0.1:50544``, ``udp:[::1]:53``, ``unix:/path``."""
    if isinstance(address, IPv4Address):
        return f"{address.type.lower()}:{address.host}:{address.port}"
    if isinstance(address, IPv6Address):
        return f"{address.type.lower()}:[{printable(address.host)}]:{address.port}"
    if isinstance(address, UNIXAddress):
        return f"unix:{printable(address.name)}" if address.name else "unix:"
    return printable(str(address))


def is_loopback(address: IAddress) -> bool:
    """Return whether an address is one of this machine's loopback addresses, or a UNIX socket."""
    if isinstance(address, (IPv4Address, IPv6Address)):
        return is_loopback_host(address.host)
    return isinstance(address, UNIXAddress)


def is_loopback_host(host: str) -> bool:
    """Return whether an IP address in text form is a loopback address."""
    if host.startswith("127."):
        return True
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_loopback


def remote_host(address: IAddress) -> str | None:
    """Return the IP address by which a peer's connections are counted; None if they are not.

    Loopback addresses are not counted: everybody on the machine shares them.
    """
    if isinstance(address, (IPv4Address, IPv6Address)) and not is_loopback_host(address.host):
        return address.host
    return None
