"""Showing that a shoe was not tampered with: a commitment before it, and a reveal after it.

The commitment is the SHA-256 of an ASCII text: the nonce and the names of the cards, in order, with
single spaces between. So ``printf %s "NONCE CARD CARD …" | sha256sum`` computes it too. It binds
the house to the order; that the order was drawn at random, it cannot show.

What is shown of this are *statements* in brackets, which are found again in a saved session,
whatever the width at which it was wrapped: white space has no meaning in them. Nothing that a
player can say or be called holds a bracket, see :mod:`netsuite.blackjack.players.names`.
:mod:`netsuite.blackjack.transcript` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from secrets import token_hex
from typing import Final

import attrs

from netsuite.blackjack.cards import card_name

__all__ = ["NONCE_DIGITS", "Reveal", "commitment_lines", "reveal_lines", "round_lines", "seal"]

#: How many hexadecimal digits a nonce has: 128 bits, beyond any search.
NONCE_DIGITS: Final = 32

#: A commitment is broken here where the window is narrower than the whole of it.
_HALF: Final = 32


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

    @property
    def commitment(self) -> str:
        """What binds the house to nonce and order, in hexadecimal. It says nothing about
        ``again``."""
        text = " ".join([self.nonce, *map(card_name, self.order)])
        return sha256(text.encode("ascii")).hexdigest()


def seal(order: Sequence[int]) -> Reveal:
    """Bind the house to the order of a shoe from which nothing has been dealt.

    :param order: the shoe's cards.
    :returns: what is to be kept until the shoe is over, with a fresh nonce; show its
        :attr:`~Reveal.commitment` now. Add the cards dealt again with :func:`attrs.evolve`.
    """
    return Reveal(token_hex(NONCE_DIGITS // 2), tuple(order))


def commitment_lines(number: int, commitment: str, columns: int) -> list[str]:
    """The lines that show a commitment.

    :param number: the shoe's number.
    :param commitment: in hexadecimal.
    :param columns: the width, at least 40.
    """
    whole = 1 + len(commitment) + 1 <= columns
    digits = [commitment] if whole else [commitment[:_HALF], commitment[_HALF:]]
    return _filled(f"[Shoe {number} commitment (SHA-256):", digits, columns)


def reveal_lines(number: int, reveal: Reveal, columns: int) -> list[str]:
    """The lines that reveal a shoe.

    What stands in the lines between the colon and the bracket is what the commitment was made of.

    :param number: the shoe's number.
    :param reveal: what the house was bound to.
    :param columns: the width, at least 40.
    """
    words = [reveal.nonce, *map(card_name, reveal.order)]
    lines = [f"[Shoe {number} revealed:", *_filled("", words, columns, indent=" ")]
    if reveal.again:
        head = f"[Shoe {number} dealt again, not covered:"
        lines += _filled(head, map(card_name, reveal.again), columns)
    return lines


def round_lines(
    shoe: int, number: int, first: int, cards: Sequence[int], columns: int
) -> list[str]:
    """The lines that say which cards of a shoe a round took.

    :param shoe: the shoe's number.
    :param number: counts the rounds dealt from it, from 1.
    :param first: the place in the shoe of the round's first card, counted from 1.
    :param cards: all cards of the round, in the order in which they were dealt.
    :param columns: the width, at least 40.
    """
    head = f"[Shoe {shoe} round {number}, cards {first}-{first + len(cards) - 1}:"
    return _filled(head, map(card_name, cards), columns)


def _filled(head: str, words: Iterable[str], columns: int, indent: str = "") -> list[str]:
    """A statement, from its head to its closing bracket, in as few lines as possible."""
    first, *rest = [*head.split(), *words]
    lines = []
    line = indent + first
    for word in rest:
        # One column is kept for the bracket, which stands at the end of whichever line is last.
        if len(line) + 1 + len(word) + 1 <= columns:
            line = f"{line} {word}"
        else:
            lines.append(line)
            line = f" {word}"
    return [*lines, line + "]"]
