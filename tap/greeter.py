"""``twistd greeter``."""

from __future__ import annotations

from netsuite.greeting import greeter_factory
from netsuite.serving.options import ServiceOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(ServiceOptions):
    """The command line."""

    service = "greeter"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = greeter_factory(connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, factory)


makeService = alone(service)
