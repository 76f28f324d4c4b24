"""A conversation: the time, a Klingon greeting, and an echo for everything else."""

from __future__ import annotations

import time


def answer(request: bytes) -> bytes:
    """Return the reply to one message.

    ``time`` is answered with the local time, ``HH:MM:SS``; ``nuqneH?`` ("what do you want?") with
    ``Qapla'!`` ("success!"); anything else with itself.
    """
    if request == b"time":
        return time.strftime("%H:%M:%S").encode("ascii")
    if request == b"nuqneH?":
        return b"Qapla'!"
    return request
