"""The end of a round: how each hand ended, and what is paid for it."""

from __future__ import annotations

from collections.abc import Sequence

from netsuite.blackjack.hand import BEST, Hand, Outcome
from netsuite.blackjack.rules import Rules

__all__ = ["settle"]

# Enumerations are slow to look up; these are for the loop.
_WIN, _BLACKJACK, _PUSH, _LOSS, _BUST, _SURRENDERED = Outcome


def settle(
    rules: Rules, dealer: Hand, bets: Sequence[int], hands: Sequence[Sequence[Hand]]
) -> None:
    """Set each hand's outcome, and the chips paid for it.

    :param rules: the rules.
    :param dealer: the dealer's hand, as it is at the end.
    :param bets: for each seat its first bet.
    :param hands: for each seat its hands. Only those that were surrendered have an outcome.
    """
    natural = rules.naturals and dealer.blackjack
    for bet, each in zip(bets, hands, strict=True):
        if natural:
            _settle_blackjack(rules, bet, each)
        else:
            _settle_total(rules, dealer.total, each)


def _settle_total(rules: Rules, total: int, hands: Sequence[Hand]) -> None:
    """The dealer has no blackjack."""
    for hand in hands:
        bet = hand.bet
        if hand.outcome is _SURRENDERED:
            hand.paid = bet // 2
        elif hand.points > BEST:
            hand.outcome = _BUST
        elif rules.naturals and hand.blackjack:
            numerator, denominator = rules.pays
            hand.outcome = _BLACKJACK
            hand.paid = bet + bet * numerator // denominator
        else:
            worth = hand.total
            if total > BEST or worth > total:
                hand.outcome = _WIN
                hand.paid = 2 * bet
            elif worth == total:
                hand.outcome = _PUSH
                hand.paid = bet
            else:
                hand.outcome = _LOSS


def _settle_blackjack(rules: Rules, first_bet: int, hands: Sequence[Hand]) -> None:
    """The dealer has a blackjack."""
    for index, hand in enumerate(hands):
        if hand.outcome is _SURRENDERED:
            hand.paid = hand.bet // 2
        elif hand.blackjack:
            hand.outcome = _PUSH
            hand.paid = hand.bet
        elif rules.original_bets_only:
            # As if the dealer had looked: only the first bet was ever lost.
            hand.outcome = _PUSH if index else _LOSS
            hand.paid = hand.bet - (0 if index else first_bet)
        else:
            hand.outcome = _BUST if hand.points > BEST else _LOSS
