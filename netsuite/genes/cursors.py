"""Cursors: where a page of a list ended, as an opaque word for whoever asks for the next.

A cursor names the last record's place in the order of the list, not how many came before, so that
records that come and go in between move nobody else from one page to another.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from zlib import crc32

from netsuite.genes.records import storable

#: What orders a list, from the first to the last that is compared.
Position = tuple[str | int, ...]

#: The longest cursor, in characters. It holds a name, or a symbol, and a few numbers: four bytes a
#: character at most, and a third more in base64.
MAX_CURSOR = 6000


def encode(position: Position, listing: str) -> str:
    """Return the cursor of a position in a list.

    :param listing: what the list is one of; a cursor is of no use in another.
    """
    text = json.dumps([crc32(listing.encode()), *position], ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def decode(cursor: str, listing: str, shape: Sequence[type]) -> Position:
    """Return the position that a cursor stands for.

    :param shape: the types of what orders the list.
    :raises ValueError: when it is no cursor of this list.
    """
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
        check, *position = json.loads(text)
        if check != crc32(listing.encode()) or [type(each) for each in position] != [*shape]:
            raise ValueError
        for each in position:
            if abs(each) >= 2**63 if isinstance(each, int) else not storable(each):
                raise ValueError
        return tuple(position)
    except (ValueError, TypeError, RecursionError):
        raise ValueError(
            "expected a cursor from the Link header of the same list; begin again without one"
        ) from None
