"""What can be typed, as it is shown: in brackets."""

from __future__ import annotations

from netsuite.blackjack.screen.lines import Ink, Line, text

__all__ = ["bracketed", "highlighted", "typed"]


def bracketed(word: str, key: str) -> str:
    """A command's word with its key in brackets, such as ``[h]it``."""
    before, found, after = word.partition(key)
    return f"{before}[{key}]{after}" if found else f"[{key}] {word}"


def typed(label: str) -> str:
    """What stands in the brackets of a label."""
    return label[label.index("[") + 1 : label.index("]")]


def highlighted(label: str) -> Line:
    """A label whose brackets stand back behind what is in them."""
    before, _, rest = label.partition("[")
    key, _, after = rest.partition("]")
    return (
        text(before)
        + text("[", Ink.FAINT)
        + text(key, Ink.STRONG)
        + text("]", Ink.FAINT)
        + text(after)
    )
