"""Showing that a shoe was not tampered with: a commitment before it, and a reveal after it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Reveal:
    """What the house was bound to.

    :param nonce: what makes the commitment impossible to guess, in hexadecimal.
    :param order: the cards, in the order in which they lay in the shoe.
    :param again: cards that were shuffled and dealt again in the middle of a round, when the shoe
        had run out. The commitment does not cover them.
    """

    nonce: str
    order: tuple[int, ...]
    again: tuple[int, ...] = ()
