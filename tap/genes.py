"""``twistd genes``."""

from __future__ import annotations

from twisted.python import usage

from netsuite.genes.api import MAX_IMPORT, GeneAPI
from netsuite.genes.errors import error_page
from netsuite.genes.repository import Genes
from netsuite.serving.limits import Limits
from netsuite.serving.options import ServiceOptions, StoreOptions, at_least, parameter
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.web.cors import CrossOrigin, parse_origin
from netsuite.web.hosts import AllowedHosts, allowed_host
from netsuite.web.site import Site


class Options(ServiceOptions, StoreOptions):
    """The command line."""

    service = "genes"
    # The longest record, and a thousand symbols to resolve.
    limits_by_default = Limits(max_message=1024 * 1024)

    optParameters = [
        parameter("max-import", at_least(1), f"Longest file imported, in bytes ({MAX_IMPORT})")
    ]
    optFlags = [["no-samples", None, "Leave a store that never had genes empty"]]

    def __init__(self) -> None:
        super().__init__()
        self._hosts: list[str] = []
        self._origins: list[str] = []

    def opt_allow_host(self, name: str) -> None:
        """Host to answer for besides our own, such as genes.example.org; may be repeated"""
        try:
            self._hosts.append(allowed_host(name))
        except ValueError as error:
            raise usage.UsageError(f"--allow-host {name}: {error}") from error

    def opt_cors_origin(self, origin: str) -> None:
        """Origin whose pages may use the API, such as https://example.org; may be repeated"""
        try:
            self._origins.append(parse_origin(origin))
        except ValueError as error:
            raise usage.UsageError(f"--cors-origin {origin}: {error}") from error

    @property
    def hosts(self) -> AllowedHosts:
        """The hosts to answer for."""
        return AllowedHosts(frozenset(self._hosts))

    @property
    def cross_origin(self) -> CrossOrigin:
        """What pages of other origins may do."""
        return CrossOrigin(frozenset(self._origins))


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    genes = Genes(options["store"], samples=not options["no-samples"])
    api = GeneAPI(genes, max_import=options["max-import"] or MAX_IMPORT)
    site = Site(
        GeneAPI.router.resource(api),
        connections,
        delay=options.delay,
        hosts=options.hosts,
        cross_origin=options.cross_origin,
        error_page=error_page,
    )
    return ListeningService(connections, options.endpoints, site, needs=[genes])


makeService = alone(service)
