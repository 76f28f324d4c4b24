"""Ours: the suite's own twistd plugins, with the limits, deadlines and logging they ship with."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

from twisted import plugins
from twisted.scripts import twistd

from ..genes import GeneData
from .services import (
    BLACKJACK,
    CARS,
    GENES,
    GENES_READ,
    HOST,
    UPPER_UDP,
    Arguments,
    announce,
    parse_arguments,
)

_CHECKOUT = Path(__file__).resolve().parents[2]

#: How often the ready file is looked for, in seconds.
_POLL = 0.01


def find_plugins(package: ModuleType) -> None:
    """Make the checkout's plugins known to Twisted unless they are installed.

    :param package: ``twisted.plugins``, which lists the folders where Twisted looks.
    """
    if importlib.util.find_spec("twisted.plugins.netsuite_plugins") is None:
        package.__path__.append(str(_CHECKOUT / "twisted_plugins"))


def announce_when_ready(ready_file: Path) -> None:
    """Wait until the service has written its ready file and announce the port that is in it."""
    while not ready_file.exists():
        time.sleep(_POLL)
    (addresses,) = json.loads(ready_file.read_text(encoding="utf-8")).values()
    announce(int(addresses[0].rpartition(":")[2]))


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


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, store=True, rules=True)
    transport, plugin = "tcp", arguments.service
    if arguments.service == UPPER_UDP:
        transport, plugin = "udp", "upper"
    elif arguments.service == GENES_READ:
        plugin = "genes"
    find_plugins(plugins)
    # In the working directory: whoever starts a peer gives it one of its own, and kills it.
    ready_file = Path("ready.json").absolute()
    ready_file.unlink(missing_ok=True)
    listen = f"{transport}:{arguments.port}:interface={HOST}"
    sys.argv[1:] = ["--nodaemon", "--pidfile=", plugin]
    sys.argv += ["--listen", listen, "--ready-file", str(ready_file)]
    store = store_of(arguments)
    if store is not None:
        sys.argv += ["--store", store]
    if plugin == BLACKJACK:
        sys.argv += ["--rules", arguments.rules]
    threading.Thread(target=announce_when_ready, args=[ready_file], daemon=True).start()
    twistd.run()


if __name__ == "__main__":
    main()
