"""Ours: the suite's own twistd plugins, with the limits, deadlines and logging they ship with."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from twisted.scripts import twistd

from netsuite.client.serve import find_plugins

from ..genes import GeneData
from .certificate import make_certificate, tls_endpoint
from .services import (
    BLACKJACK,
    CARS,
    DIALOGUE_IDLE,
    DIALOGUE_LARGE,
    DIALOGUE_TLS,
    GENES,
    GENES_READ,
    HOST,
    LARGE_LIMIT,
    UPPER_UDP,
    Arguments,
    announce,
    parse_arguments,
)

#: How often the ready file is looked for, in seconds.
_POLL = 0.01

#: The services whose names are not their plugins'.
_PLUGINS = {
    DIALOGUE_LARGE: "dialogue",
    DIALOGUE_IDLE: "dialogue",
    DIALOGUE_TLS: "dialogue",
    UPPER_UDP: "upper",
    GENES_READ: "genes",
}


def announce_when_ready(ready_file: Path) -> None:
    """Announce the port of the service once it has written its ready file.

    A timer's signal looks for it. A thread that waits would make every lock of the process dearer
    from then on, which a service that twistd starts is spared.
    """

    def look(number: int, frame: FrameType | None) -> None:
        if not ready_file.exists():
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        (addresses,) = json.loads(ready_file.read_text(encoding="utf-8")).values()
        announce(int(addresses[0].rpartition(":")[2]))

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _POLL, _POLL)


def store_of(arguments: Arguments) -> str | None:
    """Return the URL of a store with all there is; ``None`` if the service keeps nothing."""
    if arguments.service == CARS:
        fill(CARS, arguments.store)
        return arguments.store
    if arguments.service in (GENES, GENES_READ):
        shutil.copyfile(store_with_genes(arguments.gene_data), "genes.sqlite3")
        return "sqlite:genes.sqlite3"
    if arguments.service == BLACKJACK:
        return "sqlite:players.sqlite3"
    return None


def store_with_genes(data: GeneData) -> Path:
    """Return a store with all genes. It is to be copied: it is there for all rounds."""
    store = data.folder / "netsuite.sqlite3"
    if not store.exists():
        # Complete or not there at all: the peer may be killed while it writes.
        unfinished = data.folder / "unfinished.sqlite3"
        unfinished.unlink(missing_ok=True)
        fill(GENES, f"sqlite:{unfinished}", str(data.file))
        unfinished.rename(store)
    return store


def fill(service: str, *arguments: str) -> None:
    """Put all there is into an empty store."""
    command = [sys.executable, "-m", "benchmarks.filling", service, *arguments]
    subprocess.run(command, check=True)


def endpoint(arguments: Arguments) -> str:
    """Return the endpoint string of where to listen."""
    if arguments.service == DIALOGUE_TLS:
        return tls_endpoint(arguments.port, make_certificate())
    transport = "udp" if arguments.service == UPPER_UDP else "tcp"
    return f"{transport}:{arguments.port}:interface={HOST}"


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, libuv=True, store=True, rules=True)
    plugin = _PLUGINS.get(arguments.service, arguments.service)
    find_plugins()
    # In the working directory: whoever starts a peer gives it one of its own, and kills it.
    ready_file = Path("ready.json").absolute()
    ready_file.unlink(missing_ok=True)
    reactor = ["--reactor=libuv"] if arguments.libuv else []
    sys.argv[1:] = ["--nodaemon", "--pidfile=", *reactor, plugin]
    sys.argv += ["--listen", endpoint(arguments), "--ready-file", str(ready_file)]
    if arguments.service == DIALOGUE_LARGE:
        sys.argv += ["--max-message", str(LARGE_LIMIT)]
    store = store_of(arguments)
    if store is not None:
        sys.argv += ["--store", store]
    if plugin == BLACKJACK:
        sys.argv += ["--rules", arguments.rules]
    announce_when_ready(ready_file)
    twistd.run()


if __name__ == "__main__":
    main()
