"""Flask on gunicorn: one process with eight threads."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it has no types

from .gene_store import GeneStore
from .genes_flask import make_app
from .services import BACKLOG, HOST, Arguments, announce, parse_arguments


def _announce_first(worker: Any) -> None:
    announce(worker.sockets[0].getsockname()[1])


class Application(BaseApplication):  # type: ignore[misc]  # for the same reason
    """The application, and how gunicorn runs it.

    :param arguments: the command line.
    """

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        super().__init__()

    def load_config(self) -> None:
        """Set what is not gunicorn's default."""
        settings = {
            "bind": f"{HOST}:{self._arguments.port}",
            "backlog": BACKLOG,
            "workers": 1,
            "threads": 8,
            "keepalive": 60,
            "loglevel": "warning",
            "post_worker_init": _announce_first,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application, in its worker."""
        return make_app(GeneStore(self._arguments.gene_data.genes))


def main() -> None:
    """Run the peer."""
    Application(parse_arguments(__doc__)).run()


if __name__ == "__main__":
    main()
