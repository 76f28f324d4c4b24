"""Which host a request is for: the Host field, and the hosts that a service answers for.

A service on the loopback interface is not out of reach of the web: a page from anywhere may give
its own name the address 127.0.0.1 once it has been loaded ("DNS rebinding"), and then reads and
writes as if the service were its own. The Host field still says whose name was asked for, so a
service that holds something answers for the names that it knows and no other
(:class:`AllowedHosts`). An IP address cannot be rebound.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from functools import lru_cache

import attrs
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IAddress

from netsuite.serving.addresses import is_loopback, is_loopback_host
from netsuite.web.responses import BadRequest, HTTPError

__all__ = ["AllowedHosts", "Host", "allowed_host", "host_of", "machine_names"]

#: The longest name that the DNS has (RFC 1035, 2.3.4), in characters.
_MAX_NAME = 253

# RFC 3986, 3.2.2: an address in brackets, or a name; percent-escapes are in no name of the DNS,
# but in the grammar. IPv4 addresses have the form of names. The port may be empty (3.2.3).
_HOST = re.compile(
    rb"(?:\[([0-9A-Fa-f:.]{2,45})\]|((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+))(?::(\d*))?"
)


@attrs.frozen
class Host:
    """Where a request is directed.

    :param name: the name in lower case, without a dot at the end; or the IP address in its usual
        form, without brackets.
    :param port: the port, if one is named.
    :param is_address: whether the name is an IP address.
    """

    name: str
    port: int | None = None
    is_address: bool = False

    # The same few come in all requests.
    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, value: bytes) -> Host:
        """Parse what a Host field holds, or the authority of a URL of HTTP.

        :raises ValueError: when it is malformed. An empty one is: no URL of HTTP lacks its host
            (RFC 9110, 4.2.1). One with a user is, too (4.2.4).
        """
        match = _HOST.fullmatch(value)
        if match is None:
            raise ValueError("expected NAME or NAME:PORT")
        bracketed, name, digits = match.groups()
        if digits and (len(digits) > 5 or int(digits) > 65535):
            raise ValueError("expected a port from 0 to 65535")
        port = int(digits) if digits else None
        if bracketed is not None:
            # It raises ValueError for what is none.
            return cls(str(ipaddress.IPv6Address(bracketed.decode("ascii"))), port, True)
        text = name.decode("ascii").lower()
        try:
            return cls(str(ipaddress.IPv4Address(text)), port, True)
        except ValueError:
            text = text.removesuffix(".")
            if not 0 < len(text) <= _MAX_NAME:
                raise ValueError(f"expected a name of 1 to {_MAX_NAME} characters") from None
            return cls(text, port)


def host_of(fields: Sequence[bytes], authority: bytes | None, version: bytes) -> Host | None:
    """Return the host of a request (RFC 9112, 3.2 and 3.3).

    :param fields: the values of its Host fields.
    :param authority: that of its target, if the target is an absolute URL. Then it counts, and
        not the field, which must be there all the same.
    :param version: ``HTTP/1.1`` or ``HTTP/1.0``. The latter does not need the field.
    :returns: None if the request names no host.
    :raises BadRequest: if the field is missing, repeated or malformed.
    """
    if len(fields) > 1:
        raise BadRequest("the request has more than one Host field: send one")
    if not fields and version != b"HTTP/1.0":
        raise BadRequest("the request has no Host field: HTTP/1.1 needs one")
    host = None
    try:
        for value in (*fields, *(() if authority is None else (authority,))):
            host = Host.parse(value)
    except ValueError as error:
        raise BadRequest(f"the request's host is malformed: {error}") from None
    return host


def allowed_host(text: str) -> str:
    """Return the name of a host that a service is to answer for, as :class:`Host` has it.

    :param text: what was given for ``--allow-host``.
    :raises ValueError: when it is no name and no address; the message says what is expected.
    """
    expected = "expected a host's name or IP address without a port, such as genes.example.org"
    # People write IPv6 addresses without brackets where there can be no port.
    value = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    try:
        host = Host.parse(value.encode("ascii"))
    except ValueError:
        raise ValueError(expected) from None
    # The grammar has more characters, of which none is in a name that anybody is reached by; who
    # writes *.example.org expects something of it.
    if host.port is not None or not re.fullmatch(r"[\w.:-]+", host.name) or value.endswith(":"):
        raise ValueError(expected)
    return host.name


def machine_names() -> frozenset[str]:
    """Return what this machine calls itself, in lower case: the whole name, and its first label.

    The fully qualified name of a machine that calls itself by the short one is in the DNS only,
    which is not asked: it may take its time, and whoever answers for it would be believed.
    """
    name = socket.gethostname().lower().removesuffix(".")
    return frozenset({name, name.partition(".")[0]} - {""})


@attrs.frozen
class AllowedHosts:
    """The hosts that a service answers for, whatever the port.

    They are judged by the address that the connection arrived at, which is exact for any
    endpoint: one that listens on all interfaces, or behind a proxy.

    - At a Unix socket, any host: no browser gets there.
    - Anywhere else: ``localhost`` and names below it (RFC 6761, 6.3: they are this machine to
      whoever asks), this machine's names, and those that are given.
    - At a loopback address, loopback addresses; at another address, any IP address: behind a
      translation of addresses it is another one than we see.

    :param names: further names, as :func:`allowed_host` returns them.
    :param own: this machine's names.
    """

    names: frozenset[str] = frozenset()
    own: frozenset[str] = attrs.field(factory=machine_names)

    @classmethod
    def of(cls, texts: Iterable[str]) -> AllowedHosts:
        """Return those of a service to which some more were given.

        :raises ValueError: when one is malformed.
        """
        return cls(frozenset(map(allowed_host, texts)))

    def allows(self, host: Host, arrived: IAddress) -> bool:
        """Decide whether to answer.

        :param host: what the request asks for.
        :param arrived: our end of the connection.
        """
        if isinstance(arrived, UNIXAddress) or host.name in self.names:
            return True
        if host.is_address:
            return not is_loopback(arrived) or is_loopback_host(host.name)
        return host.name == "localhost" or host.name.endswith(".localhost") or host.name in self.own

    def check(self, host: Host | None, arrived: IAddress) -> None:
        """Refuse what is not to be answered.

        :param host: what the request asks for; None, in HTTP/1.0 only, is let through: every
            browser sends it.
        :param arrived: our end of the connection.
        :raises HTTPError: with status 421 (RFC 9110, 15.5.20).
        """
        if host is not None and not self.allows(host, arrived):
            # The grammar has left nothing in the name that needs escaping.
            raise HTTPError(
                421,
                f"this service does not answer for the host {host.name}; "
                f"if it should, start it with --allow-host {host.name}",
            )
