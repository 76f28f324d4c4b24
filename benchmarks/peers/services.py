"""What all Python peers share: the services' rules, and their command line.

The peers differ in how they carry bytes, so that is all that should differ: each gives what it has
read to a :class:`Conversation` and writes what it gets back. Peers whose point is to do without
(``asyncio_streams``, ``twisted_stock``) use :func:`dialogue_reply` and the like alone.
"""

from __future__ import annotations

import argparse
import socket
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from ..genes import GeneData

#: The address that every peer listens on.
HOST = "127.0.0.1"

#: How many connections may wait to be accepted, wherever a peer can say so. The seeds' 5 would
#: measure the kernel's retransmission timer.
BACKLOG = 1024

#: The size of a read, in bytes: that of asyncio's transports and of Twisted's.
READ_SIZE = 65536

#: The longest unfinished request that is held, in bytes.
LIMIT = 65536

#: The same where large messages are exchanged: a message of 1 MiB.
LARGE_LIMIT = 1024 * 1024

#: The size of a clock request, in bytes.
CLOCK_REQUEST = 25


class TooLongError(ValueError):
    """A request is longer than its service allows."""


def dialogue_reply(request: bytes) -> bytes:
    """Return the dialogue's reply to one request, both without their terminators."""
    if request == b"time":
        return time.strftime("%H:%M:%S").encode("ascii")
    if request == b"nuqneH?":
        return b"Qapla'!"
    return request


def clock_reply() -> bytes:
    """Return the clock's reply to any request: 24 bytes."""
    return time.ctime().encode("ascii")


class Conversation(ABC):
    """One connection's requests, answered as far as they are complete."""

    #: A read without these bytes completes no request.
    end = b""
    #: The longest unfinished request that is held, in bytes.
    limit = LIMIT

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Take what was read and return what there is to write, which may be nothing.

        :param data: the bytes that came, cut anywhere.
        :returns: the replies to the requests that these bytes complete, in order.
        :raises TooLongError: if the unfinished request is longer than :attr:`limit`.
        """
        held = self._held
        replies = b""
        if self.end not in data:
            held += data
        else:
            if held:
                held += data
                data = bytes(held)
                held.clear()
            replies, rest = self.answer(data)
            held += rest
        if len(held) > self.limit:
            raise TooLongError(f"a request is longer than {self.limit} bytes")
        return replies

    @abstractmethod
    def answer(self, data: bytes) -> tuple[bytes, bytes]:
        """Return the replies to the complete requests in ``data``, and the bytes left over."""


class Dialogue(Conversation):
    """NUL-terminated requests and replies."""

    end = b"\0"

    def answer(self, data: bytes) -> tuple[bytes, bytes]:
        """Answer each request that its zero byte has ended."""
        *requests, rest = data.split(b"\0")
        return b"".join([dialogue_reply(request) + b"\0" for request in requests]), rest


class LargeDialogue(Dialogue):
    """The same, with large messages."""

    limit = LARGE_LIMIT


class Clock(Conversation):
    """25-byte requests and 24-byte replies."""

    def answer(self, data: bytes) -> tuple[bytes, bytes]:
        """Tell the time once for every 25 bytes."""
        count, rest = divmod(len(data), CLOCK_REQUEST)
        replies = b"".join([clock_reply() for _ in range(count)])
        return replies, data[len(data) - rest :]


class Upper(Conversation):
    """Lines, in upper case. A reply ends as its request did."""

    end = b"\n"

    def answer(self, data: bytes) -> tuple[bytes, bytes]:
        """Turn everything up to the last line end into upper case."""
        end = data.rfind(b"\n") + 1
        return data[:end].upper(), data[end:]


#: The dialogue with messages of 1 MiB.
DIALOGUE_LARGE = "dialogue-large"

#: The dialogue for ten thousand clients at once, most of whom are idle.
DIALOGUE_IDLE = "dialogue-idle"

#: The dialogue over TLS.
DIALOGUE_TLS = "dialogue-tls"

#: The stream services by name. ``upper-udp`` needs no conversation: its rule is ``bytes.upper``.
CONVERSATIONS: dict[str, type[Conversation]] = {
    "dialogue": Dialogue,
    DIALOGUE_LARGE: LargeDialogue,
    DIALOGUE_IDLE: Dialogue,
    DIALOGUE_TLS: Dialogue,
    "clock": Clock,
    "upper": Upper,
}

#: The one datagram service.
UPPER_UDP = "upper-udp"

#: The one service that keeps something: the cars of :mod:`benchmarks.cars`, with their mileages.
CARS = "cars"


#: The gene API: a gene, a page of them, a search, an update of one.
GENES = "genes"

#: What of it files can do: a gene, and a page of them.
GENES_READ = "genes-read"

#: The seed's simple game of blackjack, in words: what they are is up to the peer.
BLACKJACK = "blackjack"

SERVICES = (*CONVERSATIONS, UPPER_UDP, CARS, GENES, GENES_READ, BLACKJACK)


class Arguments(NamedTuple):
    """What every peer is told.

    :param service: the name of the service to run.
    :param port: where to listen; 0 lets the operating system choose.
    :param uvloop: whether to run on uvloop, for the peers that can.
    :param libuv: whether to run on this suite's reactor, for the peers that can.
    :param store: the URL of an empty store, for the peers that have one.
    :param data: the folder of the :class:`~benchmarks.genes.GeneData`, for the gene services.
    :param rules: the rules of blackjack, for the peers that have a choice.
    """

    service: str
    port: int
    uvloop: bool
    libuv: bool
    store: str
    data: Path
    rules: str

    @property
    def gene_data(self) -> GeneData:
        """The genes to be served."""
        return GeneData(self.data)

    @property
    def conversation(self) -> type[Conversation]:
        """The conversation of a stream service."""
        return CONVERSATIONS[self.service]


def parse_arguments(
    description: str | None,
    *,
    uvloop: bool = False,
    libuv: bool = False,
    store: bool = False,
    rules: bool = False,
) -> Arguments:
    """Read a peer's command line.

    :param description: the peer's docstring, for ``--help``.
    :param uvloop: whether this peer takes ``--uvloop``.
    :param libuv: whether this peer takes ``--libuv``.
    :param store: whether this peer takes ``--store``; the default is a file in its folder.
    :param rules: whether this peer takes ``--rules``; the default is the seed's.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--service", required=True, choices=SERVICES)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, default=Path(), metavar="FOLDER")
    if uvloop:
        parser.add_argument("--uvloop", action="store_true")
    if libuv:
        parser.add_argument("--libuv", action="store_true")
    if store:
        parser.add_argument("--store", default="sqlite:cars.sqlite3", metavar="URL")
    if rules:
        parser.add_argument("--rules", default="simple")
    options = parser.parse_args()
    return Arguments(
        options.service,
        options.port,
        uvloop and options.uvloop,
        libuv and options.libuv,
        options.store if store else "",
        options.data,
        options.rules if rules else "",
    )


def listen(port: int) -> socket.socket:
    """Return a socket that listens, for the peers that can be given one."""
    # The protocol's number is said: without it asyncio does not set TCP_NODELAY, and a response
    # in two writes takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(BACKLOG)
    return listener


def announce(port: int) -> None:
    """Tell whoever started this peer that it listens."""
    # Not sys.stdout: twistd turns that into its log.
    print(f"ready {port}", file=sys.__stdout__, flush=True)
