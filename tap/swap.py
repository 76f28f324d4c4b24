"""``twistd swap``."""

from __future__ import annotations

from netsuite.serving.options import MessageOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.swap import SwapFactory


class Options(MessageOptions):
    """The command line."""

    service = "swap"
    framing_by_default = "line"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = SwapFactory(options.new_framing, connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, factory)


makeService = alone(service)
