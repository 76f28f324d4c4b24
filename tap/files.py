"""``twistd files``."""

from __future__ import annotations

from pathlib import Path

import attrs
from twisted.internet.defer import Deferred

from netsuite.files import CgiLimits, FileTree, file_tree
from netsuite.serving.limits import Limits
from netsuite.serving.options import ServiceOptions, at_least, parameter, positive_seconds
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.web.site import Site


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    if not path.is_dir():
        raise ValueError("expected a folder that exists")
    return path


class Options(ServiceOptions):
    """The command line."""

    service = "files"
    # Forms with a file in them are larger than messages.
    limits_by_default = Limits(max_message=16 * 1024 * 1024)

    optParameters = [
        parameter("root", _folder, "Folder to serve (a small sample)"),
        parameter("script-timeout", positive_seconds, "Seconds that a CGI script may run (30)"),
        parameter("max-scripts", at_least(1), "CGI scripts that may run at once (8)"),
    ]


@attrs.frozen
class _Scripts:
    """What becomes of the scripts that run when the service stops.

    :param tree: whose scripts they are.
    """

    tree: FileTree

    def open(self) -> None:
        """Do nothing: scripts are started when they are asked for."""

    def close(self) -> Deferred[None]:
        """End those that still run."""
        return self.tree.stop()


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    given = {"deadline": options["script-timeout"], "running": options["max-scripts"]}
    cgi_limits = attrs.evolve(
        CgiLimits(), **{name: value for name, value in given.items() if value is not None}
    )
    tree = file_tree(options["root"], cgi_limits=cgi_limits)
    site = Site(tree, connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, site, needs=[_Scripts(tree)])


makeService = alone(service)
