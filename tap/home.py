"""``twistd home``."""

from __future__ import annotations

from netsuite.home import home_router
from netsuite.serving.options import ServiceOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.web.site import Site


class Options(ServiceOptions):
    """The command line."""

    service = "home"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    site = Site(home_router().resource(), connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, site)


makeService = alone(service)
