"""A service of one's own: it sends each line back, the last byte first."""

from __future__ import annotations

import os

from twisted.application.service import Application

from netsuite.exchange import ExchangeFactory, complaint
from netsuite.framing import Line
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite


def backwards(line: bytes) -> bytes | None:
    """Return the line with its bytes in reverse order; None, which ends the session, if empty."""
    return line[::-1] or None


endpoint = os.environ.get("LISTEN", "tcp:12399:interface=127.0.0.1")
connections = Connections("backwards", Limits(max_message=1000, idle_timeout=60))
factory = ExchangeFactory(backwards, Line, connections, complain=complaint)

application = Application("backwards")
Suite([ListeningService(connections, [endpoint], factory)]).setServiceParent(application)
