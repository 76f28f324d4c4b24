"""How chips, totals and results are put into words, short enough for a table."""

from __future__ import annotations

from typing import Final

from netsuite.blackjack.cards import ACE, POINTS
from netsuite.blackjack.hand import BEST, Hand, Outcome
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.lines import MINUS, Ink, Line, text
from netsuite.blackjack.table.scene import Scene

__all__ = [
    "chips",
    "dealer_worth",
    "few_chips",
    "final_worth",
    "result",
    "seconds",
    "signed",
    "up_card",
    "worth",
]

#: For each outcome its word, and the ink.
_RESULTS: Final = {
    Outcome.WIN: ("win", Ink.WON),
    Outcome.BLACKJACK: ("blackjack", Ink.WON),
    Outcome.PUSH: ("push", Ink.EVEN),
    Outcome.LOSS: ("lose", Ink.PLAIN),
    Outcome.BUST: ("bust", Ink.PLAIN),
    Outcome.SURRENDERED: ("surrendered", Ink.PLAIN),
}

_UNITS: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"))


def chips(count: int) -> str:
    """A number of chips, such as ``1,000``."""
    return f"{count:,}"


def few_chips(count: int) -> str:
    """A number of chips in a few cells: ``1.2M`` for 1,200,000 to 1,299,999."""
    for unit, letter in _UNITS:
        if count >= 10 * unit:
            return f"{count // unit:,}{letter}"
        if count >= unit:
            return f"{count * 10 // unit / 10:g}{letter}"
    return chips(count)


def signed(count: int, short: bool = False) -> str:
    """What was won, such as ``+50``, or lost, such as ``-50``."""
    sign = MINUS if count < 0 else "+" if count else ""
    return sign + (few_chips if short else chips)(abs(count))


def seconds(left: float) -> int:
    """Whole seconds, to say how much time is left: never 0 while there is some."""
    return max(1, round(left))


def worth(rules: Rules, hand: Hand) -> str:
    """What a hand is worth while it is played."""
    if hand.outcome is Outcome.SURRENDERED:
        return f"{hand.total}, surrendered"
    if hand.bust:
        return f"{hand.total}, bust"
    if rules.naturals and hand.blackjack:
        return "blackjack"
    # Nothing depends on whether a 21 is soft.
    return f"soft {hand.total}" if hand.soft and hand.total < BEST else str(hand.total)


def final_worth(rules: Rules, hand: Hand) -> str:
    """What a hand is worth when nothing more is drawn to it."""
    return worth(rules, hand).removeprefix("soft ")


def result(rules: Rules, hand: Hand) -> Line:
    """How a hand ended, and what it brought."""
    assert hand.outcome is not None
    word, ink = _RESULTS[hand.outcome]
    won = hand.paid - hand.bet
    return text(f"{word} {signed(won)}" if rules.bets and won else word, ink)


def up_card(scene: Scene) -> str:
    """What the dealer's first card counts: ``an ace``, or ``10``."""
    assert scene.round is not None
    points = POINTS[scene.round.dealer.cards[0]]
    return "an ace" if points == ACE else str(points)


def dealer_worth(scene: Scene) -> str:
    """What the dealer's hand is worth, as far as it is seen."""
    play = scene.round
    assert play is not None
    return final_worth(scene.rules, play.dealer) if play.over else f"shows {up_card(scene)}"
