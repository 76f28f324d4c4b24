"""Why something cannot be done at a table, in words for a player."""

from __future__ import annotations

from netsuite.blackjack.rules import Rules

__all__ = ["TableError", "check_bet"]


class TableError(Exception):
    """That cannot be done at the table now; the message says why, in words for a player."""


def check_bet(rules: Rules, has: int, chips: int) -> None:
    """Check that somebody can bet that much.

    :param rules: the rules.
    :param has: the chips they have.
    :param chips: the bet.
    :raises TableError: when they cannot.
    """
    if not rules.bets:
        if chips:
            raise TableError("there are no bets in this game; deal asks for cards")
        return
    lowest, highest = rules.min_bet, rules.max_bet
    if has < lowest:
        raise TableError(
            f"you have {has} chips left, and the smallest bet is {lowest}; "
            "refill gives you free chips once a day"
        )
    if not lowest <= chips <= highest:
        amounts = f"{lowest} to {highest}, in whole chips" if lowest < highest else f"{lowest}"
        raise TableError(f"bets are {amounts}")
    if chips > has:
        raise TableError(f"you have {has} chips left")
