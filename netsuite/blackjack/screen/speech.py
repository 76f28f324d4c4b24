"""The table in whole sentences, one fact a line, for those who have it read aloud.

The others come first, and what matters most last: what is asked follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from netsuite.blackjack.hand import Hand, Outcome
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.cards import spoken
from netsuite.blackjack.screen.lines import flowed, foreign, words
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips, final_worth, worth
from netsuite.blackjack.table.scene import Place, Scene

__all__ = ["described", "ending", "listed", "sentences"]

#: For each outcome how a hand ended, in the words of whoever played it.
_ENDINGS: Final = {
    Outcome.WIN: "You win",
    Outcome.BLACKJACK: "Blackjack! You win",
    Outcome.PUSH: "A push: nobody wins",
    Outcome.LOSS: "You lose",
    Outcome.BUST: "Bust. You lose",
    Outcome.SURRENDERED: "You surrendered",
}


def sentences(style: Style, said: Iterable[str]) -> list[str]:
    """Write sentences, each on a line of its own, or on several if it is long."""
    return [line for sentence in said for line in flowed(style, words(sentence))]


def listed(cards: Sequence[int]) -> str:
    """Cards in words, such as ``ace of spades, 7 of clubs``."""
    return ", ".join(map(spoken, cards))


def ending(rules: Rules, hand: Hand) -> str:
    """How a hand ended, in a sentence to whoever played it."""
    assert hand.outcome is not None
    said = _ENDINGS[hand.outcome]
    won = hand.paid - hand.bet
    if not rules.bets or not won:
        return f"{said}."
    if hand.outcome is Outcome.SURRENDERED:
        return f"{said} and lose {chips(-won)}."
    return f"{said} {chips(abs(won))}."


def described(style: Style, scene: Scene) -> list[str]:
    """Describe the table."""
    said: list[str] = []
    if not scene.private:
        said += _others(style, scene)
    if scene.round is not None:
        said.append(_dealer(scene))
    said += _mine(scene)
    return sentences(style, said)


def _others(style: Style, scene: Scene) -> Iterator[str]:
    for seat, place in enumerate(scene.places):
        if place is not None and seat != scene.me:
            yield from _other(scene, foreign(style, place.name), place)
    free = sum(place is None for place in scene.places)
    if free:
        yield "1 seat is free." if free == 1 else f"{free} seats are free."
    if scene.watchers:
        yield f"Watching: {', '.join(foreign(style, name) for name in scene.watchers)}."


def _other(scene: Scene, name: str, place: Place) -> Iterator[str]:
    """What is said of somebody else at the table."""
    over = scene.round is not None and scene.round.over
    for index, hand in enumerate(place.hands):
        which = f", hand {index + 1}" if len(place.hands) > 1 else ""
        said = f"{name}{which}: {listed(hand.cards)}. {_capital(worth(scene.rules, hand))}."
        if scene.rules.bets and not over:
            said += f" Bet {chips(hand.bet)}."
        yield said
    if place.hands and over:
        if scene.rules.bets:
            result = f"wins {chips(place.won)}" if place.won > 0 else f"loses {chips(-place.won)}"
            yield f"{name} {result}." if place.won else f"{name} neither wins nor loses."
        elif place.hands[0].outcome is not None:
            yield f"{name}: {place.hands[0].outcome.name.lower()}."
    if scene.betting and place.bet is not None:
        yield f"{name} has bet {chips(place.bet)}." if scene.rules.bets else f"{name} is ready."
    if place.sits_out:
        yield f"{name} sits out."
    if not place.present:
        yield f"{name} is away."


def _dealer(scene: Scene) -> str:
    play = scene.round
    assert play is not None
    if not play.over:
        return f"Dealer shows the {listed(play.shown())}."
    return f"Dealer has {listed(play.shown())}. {_capital(final_worth(scene.rules, play.dealer))}."


def _mine(scene: Scene) -> Iterator[str]:
    """What is said of my own hands and chips."""
    place, rules = scene.mine, scene.rules
    if place is None:
        return
    over = scene.round is not None and scene.round.over
    several = len(place.hands) > 1
    for index, hand in enumerate(place.hands):
        which = f"Hand {index + 1} of {len(place.hands)}" if several else "Your hand"
        yield f"{which}: {listed(hand.cards)}. {_capital(worth(rules, hand))}."
        if over:
            yield ending(rules, hand)
        elif rules.bets:
            yield f"Bet on it: {chips(hand.bet)}." if several else f"Your bet: {chips(hand.bet)}."
    if place.insured:
        yield _insurance(scene, place)
    if over and (several or place.insured):
        won = place.won
        result = f"you win {chips(won)}" if won > 0 else f"you lose {chips(-won)}"
        yield f"In all, {result if won else 'you neither win nor lose'}."
    if rules.bets:
        if scene.betting and place.bet is not None:
            yield f"Your bet on the next round: {chips(place.bet)}."
        yield f"You have {chips(place.chips)} chips."


def _insurance(scene: Scene, place: Place) -> str:
    play = scene.round
    assert play is not None
    if not play.over:
        return f"Insured for {chips(place.insured)}."
    if scene.rules.naturals and play.dealer.blackjack:
        return f"The insurance wins {chips(2 * place.insured)}."
    return f"The insurance loses {chips(place.insured)}."


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
