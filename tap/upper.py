"""``twistd upper``."""

from __future__ import annotations

from netsuite.exchange import ExchangeFactory, complaint, delayed
from netsuite.serving.options import MessageOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone
from netsuite.upper import UpperDatagrams, answer


class Options(MessageOptions):
    """The command line."""

    service = "upper"
    framing_by_default = "line"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = ExchangeFactory(
        delayed(answer, options.delay), options.new_framing, connections, complain=complaint
    )
    return ListeningService(
        connections,
        options.endpoints,
        factory,
        new_datagram_protocol=lambda: UpperDatagrams(
            delay=options.delay, max_message=options.limits.max_message
        ),
    )


makeService = alone(service)
