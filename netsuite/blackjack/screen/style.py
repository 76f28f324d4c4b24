"""How somebody wants to be shown things."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["MAX_COLUMNS", "MIN_COLUMNS", "Style"]

#: The narrowest and the widest layout there is; a window beyond is treated as the nearest.
MIN_COLUMNS: Final = 40
MAX_COLUMNS: Final = 120


@attrs.frozen(kw_only=True)
class Style:
    """How somebody wants to be shown things.

    :param columns: the window's width in characters.
    :param rows: its height; None where it is not known.
    :param unicode: whether it can show more than ASCII.
    :param colour: whether colours are wanted.
    :param reader: whether it is read aloud: no art, one fact a line, one option a line.
    """

    columns: int = 80
    rows: int | None = None
    unicode: bool = False
    colour: bool = False
    reader: bool = False
