"""Making what others send safe to show."""

from __future__ import annotations


def printable(text: str | bytes, most: int = 200) -> str:
    r"""Return *text* with everything escaped that a terminal or a log might act upon.

    Control characters, terminal escapes, line breaks and bytes that are not UTF-8 become
    backslash escapes, such as ``\x1b``; letters of every script stay as they are.

    :param text: what somebody else sent.
    :param most: how many characters of it to keep; ``…`` stands for what was cut.
    """
    if isinstance(text, bytes):
        # A character takes four bytes at most: no need to decode what is cut off anyway.
        text = text[: 4 * most + 4].decode("utf-8", "backslashreplace")
    shown = text[:most] + ("…" if len(text) > most else "")
    if shown.isprintable():
        return shown
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "backslashreplace").decode("ascii")
        for character in shown
    )
