"""The rules of a table, each in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.lines import Ink, flowed, foreign, text, words
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips

__all__ = ["rules"]

_DOUBLE: Final = {
    "any": "any two cards",
    "9-11": "two cards that make 9 to 11",
    "10-11": "two cards that make 10 or 11",
}


def rules(style: Style, table: Rules, edge: float) -> list[str]:
    """Say what the rules are.

    :param style: how.
    :param table: the rules of the table.
    :param edge: the part of the first bet that the house may expect to win with each round.
    """
    name = foreign(style, table.name)
    lines = flowed(style, words(f"The rules of this table: {name}.", Ink.STRONG))
    bullet = [] if style.reader else [text("•")]
    for sentence in _sentences(table, edge):
        lines += flowed(style, [*bullet, *words(sentence)], indent="  " if bullet else "")
    return lines


def _sentences(table: Rules, edge: float) -> Iterator[str]:
    yield "Nearest to 21 without going over wins. An ace counts 1 or 11, a picture 10."
    decks = "One deck" if table.decks == 1 else f"{table.decks} decks"
    yield f"{decks}, shuffled again when {table.penetration:.0%} of the cards have been dealt."
    yield from _dealer(table)
    yield from _blackjack(table)
    if table.bets:
        yield from _choices(table)
        yield (
            f"Bets are {chips(table.min_bet)} to {chips(table.max_bet)} chips; a new player has"
            f" {chips(table.bankroll)}."
        )
        yield from _rounding(table)
    else:
        yield "There are no bets: hit or stand."
    yield _edge(table, edge)


def _dealer(table: Rules) -> Iterator[str]:
    if table.dealer_hits_soft_17:
        yield "The dealer hits up to 16, and a soft 17, in which an ace counts 11."
    else:
        yield "The dealer hits up to 16, and stands on every 17, soft or not."
    if not table.peeks:
        yield "The dealer takes the second card when the players are done."
    elif table.naturals:
        yield "The dealer, showing an ace or a ten, looks at once for a blackjack."
    else:
        yield "The dealer's second card lies face down until the players are done."


def _blackjack(table: Rules) -> Iterator[str]:
    if not table.naturals:
        yield "An ace and a ten are a 21 like any other."
        return
    yield "An ace and a ten, as they are dealt, are a blackjack: it beats any other 21."
    if not table.bets:
        return
    pays, of = table.pays
    bet = of * -(-table.min_bet // of)
    example = ""
    if bet <= table.max_bet:
        example = f": {chips(bet * pays // of)} on a bet of {chips(bet)}"
    yield f"A blackjack pays {pays} to {of}{example}."
    if table.original_bets_only:
        yield "The dealer's blackjack takes the first bet only, and not what was added to it."
    elif not table.peeks:
        yield "The dealer's blackjack takes all bets, doubled and split ones too."


def _choices(table: Rules) -> Iterator[str]:
    """What can be done with a hand beyond hitting and standing."""
    if table.double == "none":
        yield "Bets cannot be doubled."
    else:
        split = ""
        if table.max_hands > 1:
            split = ", also after a split" if table.double_after_split else ", not after a split"
        yield f"Bets can be doubled on {_DOUBLE[table.double]}{split}, for one card."
    if table.max_hands == 1:
        yield "Pairs cannot be split."
    else:
        yield from _splits(table)
    if table.surrender == "none":
        yield "There is no surrender."
    else:
        yield f"Two cards can be surrendered for half the bet{_when(table)}."
    if table.insurance:
        yield "Insurance, when the dealer shows an ace, costs half the bet and pays 2 to 1."
    else:
        yield "There is no insurance."


def _splits(table: Rules) -> Iterator[str]:
    most = "once" if table.max_hands == 2 else f"to at most {table.max_hands} hands"
    yield f"Pairs can be split {most}, each with a bet like the first."
    if table.split_tens == "value":
        yield "A ten and a picture are a pair, since both count 10."
    else:
        yield "A ten and a picture are no pair, though both count 10."
    aces = "are played on like others" if table.hit_split_aces else "get one card each"
    again = ""
    if table.max_hands > 2:
        again = " and can be split again" if table.resplit_aces else " and cannot be split again"
    yield f"Split aces {aces}{again}."
    if table.naturals:
        yield "A 21 after a split is no blackjack."


def _when(table: Rules) -> str:
    """When a hand can be surrendered."""
    if not table.naturals:
        return ""
    return ", but not to a blackjack" if table.surrender == "late" else ", even to a blackjack"


def _rounding(table: Rules) -> Iterator[str]:
    """Where parts of chips could be paid, and are not."""
    pays, of = table.pays
    if table.naturals and of > 1:
        bet = table.min_bet + (table.min_bet % of == 0)
        example = f"a blackjack on {chips(bet)} pays {chips(bet * pays // of)}"
    elif table.surrender != "none":
        bet = table.min_bet + (table.min_bet % 2 == 0)
        example = f"surrendering {chips(bet)} returns {chips(bet // 2)}"
    else:
        return
    if bet <= table.max_bet:
        yield f"Chips are whole, and what is less the house keeps: {example}."


def _edge(table: Rules, edge: float) -> str:
    """What the house may expect to win. An endless shoe is a good measure of a long one."""
    if table.bets:
        who = "house" if edge >= 0 else "player"
        result = f"the {who} wins {abs(edge):.2%} of each first bet"
    else:
        who, other = ("dealer", "player") if edge >= 0 else ("player", "dealer")
        result = f"the {who} wins {abs(edge) * 100:.2f} of 100 rounds more than the {other}"
    return f"With best play {result} (in an endless shoe)."
