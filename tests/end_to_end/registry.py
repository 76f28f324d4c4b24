"""Asking a car registry over plain sockets, in Python's own pickles."""

from __future__ import annotations

import contextlib
import json
import pickle
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.end_to_end.wire import Address, connect
from tests.storage import postgres

DONE = (True, None)
LEMON = (True, 2, 97543, "Jack Lemon")
GET_LEMON = ("GET_CAR_DETAILS", "024 HYR")


def frame(payload: bytes) -> bytes:
    """Put the length in front of a message."""
    return struct.pack("!I", len(payload)) + payload


def request(*items: object) -> bytes:
    """Return a request as the classic client sends it."""
    return frame(pickle.dumps(items, 3))


def receive(client: socket.socket, size: int) -> bytes:
    """Read so many bytes."""
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        assert piece, f"the connection ended after {data!r}"
        data += piece
    return data


def reply(client: socket.socket) -> Any:
    """Read one reply, in whichever notation it is."""
    (size,) = struct.unpack("!I", receive(client, 4))
    payload = receive(client, size)
    return pickle.loads(payload) if payload[0] == 0x80 else tuple(json.loads(payload))


def ask(address: Address, *items: object) -> Any:
    """Return the reply to one request on a connection of its own."""
    with connect(address) as client:
        client.sendall(request(*items))
        return reply(client)


@contextlib.contextmanager
def new_store(database: str, folder: Path) -> Iterator[str]:
    """Have an empty store.

    :param database: ``"sqlite"`` or ``"postgresql"``.
    :param folder: where the file of the former is.
    :returns: its URL.
    """
    if database == "sqlite":
        yield f"sqlite:{folder / 'store.sqlite3'}"
        return
    url = postgres.server().create()
    yield url
    postgres.server().drop(url)
