"""``netsuite greet``: print what the ``greeter`` service sends until it closes the connection."""

from __future__ import annotations

import argparse

from netsuite.client.arguments import add_connection
from netsuite.client.hearing import hear

SERVICE = "greeter"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    add_connection(parser, SERVICE)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    return hear(options, SERVICE)
