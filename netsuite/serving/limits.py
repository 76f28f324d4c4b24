"""The bounds that every listening service keeps."""

from __future__ import annotations

import attrs

from netsuite.framing import MAX_MESSAGE


@attrs.frozen(kw_only=True)
class Limits:
    """What a service allows its clients, and how long it waits for them.

    :param max_message: the longest message or request body accepted, in bytes.
    :param max_connections: connections open at once, in all.
    :param max_per_peer: connections open at once from one IP address; loopback addresses
        are exempt.
    :param idle_timeout: how long a connection may stay idle, or leave its replies unread,
        in seconds.
    :param request_timeout: how long a request may take to arrive, from its first byte to its
        last, in seconds. Unlike the idle timeout it is not put off by a byte now and then.
    :param grace: how long requests in hand may take to finish when the service stops, in
        seconds.
    """

    max_message: int = MAX_MESSAGE
    max_connections: int = 20_000
    max_per_peer: int = 200
    idle_timeout: float = 300.0
    request_timeout: float = 60.0
    grace: float = 10.0


#: How long a connection that the server has ended may take to close, in seconds: time for the
#: client to read what it was sent last.
LINGER = 2.0
