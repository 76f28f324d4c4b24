"""``twistd secretword``."""

from __future__ import annotations

from netsuite.secret import Secret
from netsuite.secretword import SecretWord, draw_word
from netsuite.serving.options import ServiceOptions, StoreOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.web.site import Site


class Options(ServiceOptions, StoreOptions):
    """The command line."""

    service = "secretword"

    optParameters = [["secret", None, None, "The secret, instead of one that is drawn"]]
    optFlags = [["new", None, "Draw a new secret, although there is one"]]


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    secret = Secret(
        "secretword",
        draw_word,
        store_url=options["store"],
        preset=options["secret"],
        renew=bool(options["new"]),
    )
    site = Site(SecretWord.router.resource(SecretWord(secret)), connections, delay=options.delay)
    return ListeningService(connections, options.endpoints, site, needs=[secret])


makeService = alone(service)
