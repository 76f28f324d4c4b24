"""The rules of a table in a few words, as they are printed on its felt."""

from __future__ import annotations

from typing import Final

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.lines import Ink, Line, text
from netsuite.blackjack.screen.wording import few_chips

__all__ = ["legend", "phrases"]

_DOUBLE: Final = {"any": "any two cards", "9-11": "9 to 11", "10-11": "10 and 11"}


def phrases(rules: Rules) -> list[str]:
    """The rules in short phrases, the most important ones first."""
    found = []
    if rules.naturals and rules.bets:
        found.append("Blackjack pays {} to {}".format(*rules.pays))
    if rules.dealer_hits_soft_17:
        found.append("Dealer hits soft 17")
    else:
        found.append("Dealer stands on all 17s")
    if rules.insurance:
        found.append("Insurance pays 2 to 1")
    if not rules.peeks:
        found.append("No hole card")
    if rules.double != "none":
        found.append(f"Double {_DOUBLE[rules.double]}")
    if rules.max_hands > 1:
        found.append(f"Split to {rules.max_hands} hands")
    if rules.surrender != "none":
        found.append(f"{rules.surrender.title()} surrender")
    found.append(f"{rules.decks} decks" if rules.decks > 1 else "One deck")
    if rules.bets:
        found.append(f"Bets {few_chips(rules.min_bet)} to {few_chips(rules.max_bet)}")
    return found


def legend(rules: Rules, width: int) -> Line:
    """As much of the rules as fits into a line of so many cells."""
    kept = ""
    for phrase in phrases(rules)[:4]:
        longer = f"{kept} · {phrase}" if kept else phrase
        if len(longer) > width:
            break
        kept = longer
    return text(kept, Ink.FAINT)
