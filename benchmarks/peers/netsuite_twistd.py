"""Ours: the suite's own twistd plugins, with the limits, deadlines and logging they ship with."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

from twisted import plugins
from twisted.scripts import twistd

from .services import CARS, HOST, UPPER_UDP, announce, parse_arguments

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


def main() -> None:
    """Run the peer."""
    arguments = parse_arguments(__doc__, store=True)
    transport, plugin = "tcp", arguments.service
    if arguments.service == UPPER_UDP:
        transport, plugin = "udp", "upper"
    find_plugins(plugins)
    # In the working directory: whoever starts a peer gives it one of its own, and kills it.
    ready_file = Path("ready.json").absolute()
    ready_file.unlink(missing_ok=True)
    listen = f"{transport}:{arguments.port}:interface={HOST}"
    sys.argv[1:] = ["--nodaemon", "--pidfile=", plugin]
    sys.argv += ["--listen", listen, "--ready-file", str(ready_file)]
    if arguments.service == CARS:
        fill = [sys.executable, "-m", "benchmarks.filling", arguments.store]
        subprocess.run(fill, check=True)
        sys.argv += ["--store", arguments.store]
    threading.Thread(target=announce_when_ready, args=[ready_file], daemon=True).start()
    twistd.run()


if __name__ == "__main__":
    main()
