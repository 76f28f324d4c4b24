"""Who is measured: each peer is a program in ``peers/`` and its arguments."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import attrs

from .database import NEEDED
from .peers.services import (
    BLACKJACK,
    CARS,
    DIALOGUE_IDLE,
    DIALOGUE_LARGE,
    DIALOGUE_TLS,
    GENES,
    GENES_READ,
)
from .toolchain import Toolchain, UnavailableError

#: The peer that the others are compared with.
OURS = "netsuite"

#: The peers that are the most that can be expected. No service is offered by two of them.
LIMITS = ("c-epoll", "nginx")

_PROGRAMS = Path(__file__).parent / "peers"
_STREAMS = frozenset({"dialogue", DIALOGUE_LARGE, "clock", "upper"})
_STATELESS = _STREAMS | {"upper-udp"}
#: What takes an event loop, or the like: a process or a thread for each client is too much.
_CROWDS = frozenset({DIALOGUE_IDLE})
_TLS = frozenset({DIALOGUE_TLS})
_CARS = frozenset({CARS})
_GENES = frozenset({GENES, GENES_READ})
_BLACKJACK = frozenset({BLACKJACK})


@attrs.frozen
class Peer:
    """One way to write the services.

    :param name: what it is called on the command line and in the figures.
    :param summary: what it is, in a few words.
    :param program: its file in ``peers/``: Python, or C to be compiled.
    :param arguments: what it is told besides the service and the port.
    :param needs: the modules that it cannot do without.
    :param runs: the program that it cannot do without, if there is one.
    :param services: the services that it offers.
    :param database: whether it needs a PostgreSQL database, whose URL it is given as ``--store``.
    :param single: the name of the same with a commit for each write, to compare it with.
    """

    name: str
    summary: str
    program: str
    arguments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    runs: str | None = None
    services: frozenset[str] = _STATELESS
    database: bool = False
    single: str | None = None

    def command(self, service: str, toolchain: Toolchain) -> list[str]:
        """Return the command that runs a service on a port of the operating system's choice.

        :raises UnavailableError: if this peer does not offer the service, or cannot run here.
        """
        if service not in self.services:
            raise UnavailableError(f"{service} is not offered")
        for module in self.needs:
            if importlib.util.find_spec(module) is None:
                raise UnavailableError(f"{module} is not installed")
        if self.runs is not None and shutil.which(self.runs) is None:
            raise UnavailableError(f"{self.runs} is not installed")
        file = _PROGRAMS / self.program
        if file.suffix == ".c":
            start = [str(toolchain.build(file))]
        else:
            start = [sys.executable, "-m", f"benchmarks.peers.{file.stem}"]
        return [*start, "--service", service, "--port", "0", *self.arguments]


_UVLOOP = ("--uvloop",)
_LIBUV = ("--libuv",)
_POSTGRESQL = ("twisted", *NEEDED)
_UVICORN = ("uvicorn", "uvloop", "httptools")

_ALL = (
    Peer(
        OURS,
        "this suite, as twistd starts it; its store is an SQLite file",
        "netsuite_twistd.py",
        needs=("twisted",),
        services=_STATELESS | _CROWDS | _TLS | _CARS | _GENES | _BLACKJACK,
        single="netsuite-single",
    ),
    Peer(
        "netsuite-libuv",
        "this suite, on its own reactor",
        "netsuite_twistd.py",
        _LIBUV,
        needs=("twisted", "uvloop"),
        services=_STATELESS | _CROWDS | _TLS | _GENES | _BLACKJACK,
    ),
    Peer(
        "netsuite-pg",
        "the same, its store in PostgreSQL",
        "netsuite_twistd.py",
        needs=_POSTGRESQL,
        services=_CARS,
        database=True,
        single="netsuite-pg-single",
    ),
    Peer(
        "netsuite-single",
        "netsuite, a commit for each write",
        "netsuite_single.py",
        needs=("twisted",),
        services=_CARS,
    ),
    Peer(
        "netsuite-pg-single",
        "netsuite-pg, a commit for each write",
        "netsuite_single.py",
        needs=_POSTGRESQL,
        services=_CARS,
        database=True,
    ),
    Peer(
        "seed",
        "a thread for each client, cars in a dictionary, saved at its exit",
        "cars_threads.py",
        services=_CARS,
    ),
    Peer(
        "twisted",
        "stock Twisted: LineOnlyReceiver, one write a reply",
        "twisted_stock.py",
        needs=("twisted",),
        services=_STATELESS | _CROWDS | _TLS,
    ),
    Peer(
        "twisted-libuv",
        "the same, on this suite's reactor",
        "twisted_stock.py",
        _LIBUV,
        needs=("twisted", "uvloop"),
        services=_STATELESS | _CROWDS | _TLS,
    ),
    Peer("blocking", "one client at a time", "blocking.py"),
    Peer("threads", "socketserver, a thread for each client", "threads.py"),
    Peer("forks", "a process for each client", "forks.py"),
    Peer(
        "asyncio",
        "asyncio.Protocol",
        "asyncio_protocol.py",
        services=_STATELESS | _CROWDS | _TLS,
    ),
    Peer(
        "asyncio-uvloop",
        "asyncio.Protocol on uvloop",
        "asyncio_protocol.py",
        _UVLOOP,
        needs=("uvloop",),
        services=_STATELESS | _CROWDS | _TLS,
    ),
    Peer("streams", "asyncio streams", "asyncio_streams.py", services=_STREAMS | _CROWDS),
    Peer(
        "streams-uvloop",
        "asyncio streams on uvloop",
        "asyncio_streams.py",
        _UVLOOP,
        needs=("uvloop",),
        services=_STREAMS | _CROWDS,
    ),
    Peer(
        "gevent",
        "a greenlet for each client",
        "gevent_server.py",
        needs=("gevent",),
        services=_STATELESS | _CROWDS,
    ),
    Peer("c-epoll", "the limit: C on epoll", "epoll.c", services=_STATELESS | _CROWDS),
    Peer(
        "flask",
        "Flask on its development server, as in the seed",
        "genes_flask.py",
        needs=("flask",),
        services=_GENES,
    ),
    Peer(
        "flask-gunicorn",
        "Flask on gunicorn, 8 threads",
        "genes_gunicorn.py",
        needs=("flask", "gunicorn"),
        services=_GENES,
    ),
    Peer("klein", "Klein", "genes_klein.py", needs=("klein",), services=_GENES),
    Peer(
        "fastapi",
        "FastAPI on uvicorn, with uvloop and httptools",
        "genes_fastapi.py",
        needs=("fastapi", *_UVICORN),
        services=_GENES,
    ),
    Peer("aiohttp", "aiohttp", "genes_aiohttp.py", needs=("aiohttp",), services=_GENES),
    Peer(
        "aiohttp-uvloop",
        "aiohttp on uvloop",
        "genes_aiohttp.py",
        _UVLOOP,
        needs=("aiohttp", "uvloop"),
        services=_GENES,
    ),
    Peer(
        "falcon",
        "Falcon on uvicorn, with uvloop and httptools",
        "genes_falcon.py",
        needs=("falcon", *_UVICORN),
        services=_GENES,
    ),
    Peer(
        "nginx",
        "the limit of what only reads: files served by nginx",
        "genes_nginx.py",
        runs="nginx",
        services=frozenset({GENES_READ}),
    ),
    Peer(
        "netsuite-vegas",
        "netsuite, with the rules of its own choice, and bets",
        "netsuite_twistd.py",
        ("--rules", "vegas"),
        needs=("twisted",),
        services=_BLACKJACK,
    ),
    Peer(
        "blackjack-threads",
        "the seed's design: a thread for each player",
        "blackjack_threads.py",
        services=_BLACKJACK,
    ),
    Peer(
        "blackjack-streams",
        "asyncio streams, a coroutine for each player",
        "blackjack_streams.py",
        services=_BLACKJACK,
    ),
    Peer(
        "blackjack-telnetlib3",
        "telnetlib3's server",
        "blackjack_telnetlib3.py",
        needs=("telnetlib3",),
        services=_BLACKJACK,
    ),
    Peer(
        "blackjack-conch",
        "twisted.conch's telnet, line by line",
        "blackjack_conch.py",
        needs=("twisted",),
        services=_BLACKJACK,
    ),
)

#: For each peer that shares commits among writes, the one that is like it but does not.
SINGLES = {peer.name: peer.single for peer in _ALL if peer.single is not None}

#: Every peer by its name, in the order in which they take their turns.
PEERS = {peer.name: peer for peer in _ALL}
