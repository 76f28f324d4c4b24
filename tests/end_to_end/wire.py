"""Plain blocking sockets, and as many of them as a test needs."""

from __future__ import annotations

import contextlib
import re
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE

Address = tuple[str, int]

#: What the clock says.
CTIME = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}")

#: Descriptors that a test process needs for other ends than a crowd's sockets.
_OTHERS = 100


def connect(address: Address, *, source: str = "") -> socket.socket:
    """Return a connected socket on which nothing waits for ever.

    :param source: the IP address to connect from.
    """
    return socket.create_connection(
        address, timeout=PATIENCE, source_address=(source, 0) if source else None
    )


def read_until(client: socket.socket, end: bytes) -> bytes:
    """Read up to and including *end*, which nothing must follow."""
    data = b""
    while not data.endswith(end):
        piece = client.recv(65536)
        assert piece, f"the connection ended after {data!r}"
        data += piece
    return data


def read_all(client: socket.socket) -> bytes:
    """Read up to the end of the stream."""
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def talk(address: Address, request: bytes, *, source: str = "") -> bytes:
    """Connect, send, shut down the sending side, and return everything that comes back."""
    with connect(address, source=source) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        return read_all(client)


def is_closed(client: socket.socket) -> bool:
    """Return whether the server has ended a connection on which it says nothing more."""
    client.settimeout(0)
    try:
        return client.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
    finally:
        client.settimeout(PATIENCE)


def round_trip(address: Address) -> None:
    """Wait until a server's reactor has seen what arrived before, by being greeted twice.

    The reactor is told of events in the order in which they happened. It reads in one turn what
    has arrived since the last one; after two there is nothing left of it.

    :param address: of a ``greeter`` of that process.
    """
    for _ in range(2):
        assert talk(address, b"") == b"Thank you for connecting"


@contextlib.contextmanager
def crowd(address: Address, size: int) -> Iterator[list[socket.socket]]:
    """Have many connections open at once; skip the test where the system forbids so many."""
    needed = size + _OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != hard < needed:
        pytest.skip(f"needs {needed} file descriptors; the limit is {hard} (see ulimit -Hn)")
    if resource.RLIM_INFINITY != soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    try:
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(connect(address)) for _ in range(size)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident(pid: int) -> int:
    """Return how much memory a process has resident, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def until_idle(pid: int) -> None:
    """Wait until a process has nothing more to do: until it has used no processor for a while."""
    until = time.monotonic() + PATIENCE
    used = -1
    while used != (used := processor_time(pid)):
        assert time.monotonic() < until, "it is busy all the time"
        time.sleep(0.2)


def processor_time(pid: int) -> int:
    """Return how much of a processor a process has used, in clock ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
