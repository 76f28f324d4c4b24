"""``twistd hello``."""

from __future__ import annotations

from netsuite.greeting import HelloFactory
from netsuite.serving.options import ServiceOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(ServiceOptions):
    """The command line."""

    service = "hello"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = HelloFactory(connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, factory)


makeService = alone(service)
