"""``twistd dialogue``."""

from __future__ import annotations

from netsuite.dialogue import answer
from netsuite.exchange import ExchangeFactory, delayed
from netsuite.serving.options import MessageOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import alone


class Options(MessageOptions):
    """The command line."""

    service = "dialogue"
    framing_by_default = "nul"

    def postOptions(self) -> None:
        """Tell the plugin's two services apart: they differ in name and default port."""
        if self.framing == "sized":
            self.service = "dialogue-sized"


def service(options: Options) -> ListeningService:
    """Return the service that the options describe."""
    connections = options.connections()
    factory = ExchangeFactory(delayed(answer, options.delay), options.new_framing, connections)
    return ListeningService(connections, options.endpoints, factory)


makeService = alone(service)
