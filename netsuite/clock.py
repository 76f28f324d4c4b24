"""A clock that is asked with records of 25 bytes and answers with 24."""

from __future__ import annotations

import time

from netsuite.framing import Records

#: The size of a request. Clients send ``What is the time?``, padded with spaces.
REQUEST_SIZE = 25


def answer(_request: bytes) -> bytes:
    """Return the local time as C's ``ctime`` writes it, without the newline: 24 bytes."""
    return time.ctime().encode("ascii")


def new_framing(_limit: int) -> Records:
    """Return a framing for one connection; there is but one size of requests."""
    return Records(REQUEST_SIZE)
