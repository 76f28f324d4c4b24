"""What may be done with a hand, and why something else may not.

These are functions of the rules, of a hand and of what else its seat has. Whose turn it is, the
:class:`~netsuite.blackjack.round.Round` knows. A simulation asks millions of times: so what may be
done is a set of bits, one for each :class:`~netsuite.blackjack.stages.Action`, and why something
may not be done is worked out when somebody wants to know.
"""

from __future__ import annotations

from typing import Final

from netsuite.blackjack.cards import ACE, POINTS, TEN_POINTS
from netsuite.blackjack.hand import Hand
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.stages import Action

__all__ = ["ACTIONS", "EARLY", "asks_early", "can_split", "insurance", "playing", "why_not"]

_HIT, _STAND, _DOUBLE, _SPLIT, _SURRENDER, _INSURE, _NO_INSURANCE, _PLAY_ON = (
    1 << action for action in Action
)

#: For each set of bits its actions.
ACTIONS: Final = tuple(
    tuple(action for action in Action if bits & 1 << action) for bits in range(1 << len(Action))
)

#: What may be done before the dealer looks for a blackjack.
EARLY: Final = _SURRENDER | _PLAY_ON


def asks_early(rules: Rules, up: int) -> bool:
    """Whether seats may surrender before the dealer looks for a blackjack.

    :param rules: the rules.
    :param up: the dealer's card that is shown.
    """
    looks = rules.peeks and rules.naturals and POINTS[up] in (ACE, TEN_POINTS)
    return looks and rules.surrender == "early"


def insurance(hand: Hand, left: int | None) -> int:
    """What may be done when insurance is offered.

    :param hand: the hand.
    :param left: the chips that its seat has left; ``None`` for enough.
    """
    return (
        _INSURE | _NO_INSURANCE
        if hand.bet >= 2 and _affords(left, hand.bet // 2)
        else _NO_INSURANCE
    )


def playing(rules: Rules, hand: Hand, hands: int, left: int | None, up: int) -> int:
    """What may be done with a hand whose turn it is to be played.

    :param rules: the rules.
    :param hand: the hand.
    :param hands: how many hands its seat has.
    :param left: the chips that its seat has left; ``None`` for enough.
    :param up: the dealer's card that is shown.
    """
    if len(hand.cards) != 2:
        return _HIT | _STAND
    if hand.split:
        if hand.cards[0] % 13 == 0 and not rules.hit_split_aces:
            return _STAND | _SPLIT
        options = _HIT | _STAND
        lowest, highest = rules.split_double_totals
    else:
        options = _HIT | _STAND
        # Who was asked before the dealer looked is not asked again.
        if rules.surrender != "none" and not asks_early(rules, up):
            options |= _SURRENDER
        lowest, highest = rules.double_totals
    if lowest <= hand.total <= highest and _affords(left, hand.bet):
        options |= _DOUBLE
    if can_split(rules, hand, hands, left):
        options |= _SPLIT
    return options


def can_split(rules: Rules, hand: Hand, hands: int, left: int | None) -> bool:
    """Whether a hand of two cards may be split; the parameters are those of :func:`playing`."""
    first, second = hand.cards
    return POINTS[first] == POINTS[second] and _why_not_split(rules, hand, hands, left) is None


def why_not(action: Action, rules: Rules, hand: Hand, hands: int, left: int | None) -> str | None:
    """Why a hand may not do what others may do in this phase.

    :param action: what it may not do; the other parameters are those of :func:`playing`.
    """
    match action:
        case Action.HIT:
            return _ONE_CARD
        case Action.DOUBLE:
            return _why_not_double(rules, hand, left)
        case Action.SPLIT:
            return _why_not_split(rules, hand, hands, left)
        case Action.SURRENDER:
            return _why_not_surrender(rules, hand)
        case _:
            return _why_not_insure(hand, left)


_ONE_CARD: Final = "split aces get one card each"


def _why_not_double(rules: Rules, hand: Hand, left: int | None) -> str | None:
    if rules.double == "none":
        return "doubling is not allowed at this table"
    if len(hand.cards) != 2:
        return "only a hand of two cards may be doubled"
    if hand.split and hand.cards[0] % 13 == 0 and not rules.hit_split_aces:
        return _ONE_CARD
    if hand.split and not rules.double_after_split:
        return "doubling is not allowed after a split"
    lowest, highest = rules.double_totals
    if not lowest <= hand.total <= highest:
        return f"only {lowest} to {highest} may be doubled; this hand is {hand.total}"
    return _too_few(left, hand.bet, "doubling")


def _why_not_split(rules: Rules, hand: Hand, hands: int, left: int | None) -> str | None:
    if rules.max_hands == 1:
        return "splitting is not allowed at this table"
    if not hand.is_pair(by_value=True):
        return "only a pair may be split"
    if not hand.is_pair(rules.split_tens == "value"):
        return "only tens of the same rank may be split"
    if hands >= rules.max_hands:
        return f"a seat may have {rules.max_hands} hands at most"
    if hand.split and hand.cards[0] % 13 == 0 and not rules.resplit_aces:
        return "aces may be split once only"
    return _too_few(left, hand.bet, "splitting")


def _why_not_surrender(rules: Rules, hand: Hand) -> str:
    if rules.surrender == "none":
        return "surrendering is not allowed at this table"
    if hand.split:
        return "a hand that was split cannot be surrendered"
    if len(hand.cards) != 2:
        return "a hand can be surrendered only before it takes a card"
    return "it was your choice to play on, before the dealer looked for a blackjack"


def _why_not_insure(hand: Hand, left: int | None) -> str | None:
    if hand.bet < 2:
        return "a bet of one chip cannot be insured: insurance costs half of it"
    return _too_few(left, hand.bet // 2, "insurance")


def _affords(left: int | None, chips: int) -> bool:
    return left is None or left >= chips


def _too_few(left: int | None, chips: int, what: str) -> str | None:
    if left is None or left >= chips:
        return None
    return f"{what} costs {chips} chips; you have {left} left"
