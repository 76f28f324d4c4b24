"""``twistd cars``."""

from __future__ import annotations

from netsuite.cars.registry import Registry
from netsuite.cars.service import CarsFactory, stop_process
from netsuite.serving.options import ServiceOptions, StoreOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(ServiceOptions, StoreOptions):
    """The command line."""

    service = "cars"

    optFlags = [
        ["no-shutdown", None, "Refuse a client's SHUTDOWN, even from this machine"],
        ["no-samples", None, "Leave a registry without cars empty"],
    ]


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    registry = Registry(options["store"], samples=not options["no-samples"])
    factory = CarsFactory(
        registry,
        connections,
        delay=options.delay,
        stop=None if options["no-shutdown"] else stop_process,
    )
    return ListeningService(connections, options.endpoints, factory, needs=[registry])


makeService = alone(service)
