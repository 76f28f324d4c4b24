"""Ranges of texts that start alike, in the order of code points: that of both databases here."""

from __future__ import annotations


def end_of(prefix: str) -> str | None:
    """Return the first text behind all that start with a prefix; None if nothing is behind them."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)
