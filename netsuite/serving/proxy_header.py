"""The header of the PROXY protocol, versions 1 and 2, as a pure function of bytes.

Source: W. Tarreau, *The PROXY protocol, versions 1 & 2*, the document that HAProxy comes with.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import attrs
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

_V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_V2_FIXED = 16
#: The longest header of version 1, CRLF included.
_V1_LONGEST = 107
# The sizes of the address block by family and transport; a UNIX path is padded to 108 bytes.
_V2_SIZES = {0x00: 0, 0x11: 12, 0x12: 12, 0x21: 36, 0x22: 36, 0x31: 216, 0x32: 216}

_Host = ipaddress.IPv4Address | ipaddress.IPv6Address
_V1_FAMILIES: dict[bytes, Callable[[str], _Host]] = {
    b"TCP4": ipaddress.IPv4Address,
    b"TCP6": ipaddress.IPv6Address,
}


class ProxyHeaderError(ValueError):
    """What a proxy sent first is no header; the fault is the proxy's."""


@attrs.frozen
class ProxyHeader:
    """A header.

    :param source: the client; None where the proxy speaks for itself, or does not know.
    :param size: how many bytes the header takes.
    """

    source: IAddress | None
    size: int


def parse_header(data: bytes) -> ProxyHeader | None:
    """Parse the header at the beginning of a stream.

    :param data: the stream so far.
    :returns: the header, or None while it is incomplete.
    :raises ProxyHeaderError: when the stream does not begin with a header.
    """
    if data.startswith(_V2_SIGNATURE[: len(data)]):
        return _version_2(data)
    if data.startswith(b"PROXY "[: len(data)]):
        return _version_1(data)
    raise ProxyHeaderError("sent no PROXY header")


def _version_1(data: bytes) -> ProxyHeader | None:
    line, end, _rest = data[:_V1_LONGEST].partition(b"\r\n")
    if not end:
        if len(data) >= _V1_LONGEST:
            raise ProxyHeaderError("sent a PROXY header that is too long")
        return None
    size = len(line) + len(end)
    words = line.split(b" ")
    if words[1] == b"UNKNOWN":
        return ProxyHeader(None, size)
    try:
        _proxy, family, source, destination, *ports = words
        host = _host(family, source)
        _host(family, destination)
        source_port, _destination_port = map(_port, ports)
    except (KeyError, ValueError):
        raise ProxyHeaderError("sent a malformed PROXY header") from None
    return ProxyHeader(_address(host, source_port), size)


def _version_2(data: bytes) -> ProxyHeader | None:
    if len(data) < _V2_FIXED:
        return None
    command, family = data[12], data[13]
    size = _V2_FIXED + int.from_bytes(data[14:16], "big")
    local = command == 0x20
    if not local and (
        command != 0x21 or family not in _V2_SIZES or size < _V2_FIXED + _V2_SIZES[family]
    ):
        raise ProxyHeaderError("sent a malformed PROXY header")
    if len(data) < size:
        return None
    # What the addresses leave of the block is extensions, of which none matters here.
    block = data[_V2_FIXED:size]
    if local or family == 0x00:
        return ProxyHeader(None, size)
    if family in (0x11, 0x12):
        port = int.from_bytes(block[8:10], "big")
        return ProxyHeader(_address(ipaddress.IPv4Address(block[:4]), port), size)
    if family in (0x21, 0x22):
        port = int.from_bytes(block[32:34], "big")
        return ProxyHeader(_address(ipaddress.IPv6Address(block[:16]), port), size)
    return ProxyHeader(UNIXAddress(block[:108].rstrip(b"\0") or None), size)


def _host(family: bytes, text: bytes) -> _Host:
    if b"%" in text:  # ipaddress takes anything for the name of a zone
        raise ValueError(text)
    return _V1_FAMILIES[family](text.decode("ascii"))


def _port(text: bytes) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise ValueError(text)
    return int(text)


def _address(host: _Host, port: int) -> IAddress:
    kind = IPv4Address if host.version == 4 else IPv6Address
    # In its canonical spelling: limits are counted by it.
    return kind("TCP", str(host), port)
