"""Whether a port is free, and if not, whether one of our own services has it."""

from __future__ import annotations

import contextlib
import enum
import errno
import re
import socket

from netsuite.catalogue import Endpoint

#: How long a service has to show that it is ours, in seconds.
PATIENCE = 0.5

_GET = b"GET / HTTP/1.0\r\n\r\n"

#: What to send to each service, and what one of ours then says. Nothing sent here leaves a trace;
#: a string would, in ``swap``, which therefore cannot be told from another program.
_SIGNS = {
    "greeter": (b"", rb"Thank you for connecting"),
    "hello": (b"", rb"Hello 127\.0\.0\.1"),
    "dialogue": (b"nuqneH?\0", rb"Qapla'!\0"),
    "dialogue-sized": (b"7;nuqneH?", rb"7;Qapla'!"),
    "clock": (b" " * 25, rb"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}"),
    "upper": (b"netsuite\r\n", rb"NETSUITE\r\n"),
    "secret": (b"?\r\n", rb"(wrong|secret found)\r\n"),
    "home": (_GET, rb"hello client"),
    "secretword": (_GET, rb"<title>Secret word"),
    "files": (_GET, rb"Index of <bdi>"),
    "genes": (b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", rb"/genedb/gene"),
    "blackjack": (b"help\r\n", rb"(?i)blackjack"),
    "cars": (b'\0\0\0\x16["GET_CAR_DETAILS",""]', rb"This license is not registered"),
}

#: As much of an answer as is looked at, in bytes.
_ENOUGH = 4096


class Port(enum.Enum):
    """What there is to say of a port."""

    FREE = enum.auto()
    OURS = enum.auto()
    TAKEN = enum.auto()
    FORBIDDEN = enum.auto()


def look_at(service: str, endpoint: Endpoint, host: str = "127.0.0.1") -> Port:
    """Try to listen where a service would, and see who does so already.

    :param service: the service's name in the catalogue.
    :param host: the interface's address.
    """
    udp = endpoint.transport == "udp"
    address = (host, endpoint.port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        if not udp:
            # As the services do: a port whose last connections are ending is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            if not udp:
                probe.listen(1)
        except PermissionError:
            return Port.FORBIDDEN
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return Port.FREE
    return Port.OURS if can_tell(service) and _shows(service, address, udp) else Port.TAKEN


def can_tell(service: str) -> bool:
    """Return whether a service of ours can be told from another program."""
    return service in _SIGNS


def _shows(service: str, address: tuple[str, int], udp: bool) -> bool:
    """Return whether the program at an address speaks as the service does."""
    question, answer = _SIGNS[service]
    heard = b""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
        probe.settimeout(PATIENCE)
        probe.connect(address)
        probe.sendall(question)
        while not re.search(answer, heard) and len(heard) < _ENOUGH:
            data = probe.recv(_ENOUGH)
            if not data:
                break
            heard += data
    return re.search(answer, heard) is not None
