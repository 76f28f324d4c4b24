"""``python -m netsuite``: the client program, also from a checkout that is not installed."""

from __future__ import annotations

import sys

from netsuite.client.main import run

if __name__ == "__main__":
    sys.exit(run())
