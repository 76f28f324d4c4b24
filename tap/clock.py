"""``twistd clock``."""

from __future__ import annotations

from netsuite.clock import answer, new_framing
from netsuite.exchange import ExchangeFactory, delayed
from netsuite.serving.options import ServiceOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(ServiceOptions):
    """The command line."""

    service = "clock"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = ExchangeFactory(delayed(answer, options.delay), new_framing, connections)
    return ListeningService(connections, options.endpoints, factory)


makeService = alone(service)
