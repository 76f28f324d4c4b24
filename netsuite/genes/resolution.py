"""Which gene a symbol means: the one that bears it now, did so before, or is also called so."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import attrs

from netsuite.genes.records import Gene


class Kind(IntEnum):
    """What a symbol is to a gene; the least is asked first."""

    CURRENT = 0
    PREVIOUS = 1
    ALIAS = 2

    @property
    def match_type(self) -> str:
        """What answers call it."""
        return self.name.lower()


#: A gene that is known by a symbol, and what the symbol is to it.
Candidate = tuple[Kind, Gene]


@attrs.frozen
class Resolution:
    """What became of a symbol.

    :param query: the symbol, as it was asked for.
    :param gene: the gene that it means, if it means one.
    :param kind: what the symbol is to the gene, or to the candidates; None when it is not known.
    :param candidates: the genes that it means, when these are several. None of them is picked.
    :param others: what else it is, to genes that come after.
    """

    query: str
    gene: Gene | None = None
    kind: Kind | None = None
    candidates: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()

    @property
    def match_type(self) -> str | None:
        """``current``, ``previous``, ``alias`` or ``ambiguous``; None when it is not known."""
        if self.candidates:
            return "ambiguous"
        return None if self.kind is None else self.kind.match_type


def resolve(query: str, found: Sequence[Candidate]) -> Resolution:
    """Tell what a symbol means.

    Current symbols go before previous ones, and these before aliases. Where a symbol is that of
    several genes at one level, those count that bear it in the very same spelling, if there are
    any: case tells some symbols apart.

    :param query: the symbol.
    :param found: the genes that are known by it, in any case of its letters.
    """
    if not found:
        return Resolution(query)
    best = min(kind for kind, _gene in found)
    level = [candidate for candidate in found if candidate[0] == best]
    chosen = [candidate for candidate in level if query in _spellings(*candidate)] or level
    others = tuple(candidate for candidate in found if candidate not in chosen)
    if len(chosen) == 1:
        return Resolution(query, chosen[0][1], best, others=others)
    return Resolution(query, None, best, tuple(chosen), others)


def _spellings(kind: Kind, gene: Gene) -> tuple[str, ...]:
    if kind is Kind.CURRENT:
        return (gene.symbol,)
    return gene.previous_symbols if kind is Kind.PREVIOUS else gene.alias_symbols
