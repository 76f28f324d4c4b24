"""The rules of a table, as data: :class:`Rules`, and those that have a name, :data:`PRESETS`.

How chips are paid: all amounts are whole chips, and what a bet would bring beyond whole chips the
house keeps. So at 3:2 a blackjack on 5 chips pays 7, surrendering 5 chips returns 2, and insuring a
bet of 5 costs 2. Even bets are paid exactly at 3:2, multiples of five at 6:5, multiples of ten at
both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from attrs import field, fields, frozen

from netsuite.blackjack.cards import POINTS

__all__ = ["MAX_NAME", "MAX_SEATS", "PRESETS", "Rules", "RulesError", "settings"]

#: How many seats a table has.
MAX_SEATS: Final = 7

#: The most characters of the name of some rules.
MAX_NAME: Final = 40

#: What a blackjack pays; with ``none`` it is a 21 like any other.
BlackjackPays = Literal["3:2", "6:5", "1:1", "none"]
#: On which totals of two cards the bet may be doubled.
Double = Literal["any", "9-11", "10-11", "none"]
#: Whether a hand may be given up for half of the bet: ``late``, once the dealer has no blackjack;
#: ``early``, before that is known.
Surrender = Literal["none", "late", "early"]
#: ``peek``: the dealer takes a second card face down, and looks at once whether it makes a
#: blackjack. ``none``: the dealer takes it when the players are done.
HoleCard = Literal["peek", "none"]
#: Which tens are a pair: all cards that count ten, or only those of one rank.
SplitTens = Literal["value", "rank"]

_MAX_CHIPS: Final = 10**12
_NO_TOTALS: Final[tuple[int, int]] = (22, 0)
_TOTALS: Final[Mapping[str, tuple[int, int]]] = {
    "any": (0, 21),
    "9-11": (9, 11),
    "10-11": (10, 11),
    "none": _NO_TOTALS,
}
_PAYS: Final[Mapping[str, tuple[int, int]]] = {
    "3:2": (3, 2),
    "6:5": (6, 5),
    "1:1": (1, 1),
    "none": (1, 1),
}


class RulesError(ValueError):
    """A set of rules makes no sense; the message says which setting, and why.

    :param setting: the setting's name.
    :param reason: why it cannot be as it is, and what to do.
    """

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        #: The setting's name.
        self.setting = setting
        #: Why it cannot be as it is.
        self.reason = reason

    def __reduce__(self) -> tuple[type[RulesError], tuple[str, str]]:
        return RulesError, (self.setting, self.reason)


@frozen(kw_only=True)
class Rules:
    """The rules of a table. Those that make no sense cannot be made.

    :param name: what to call them, in at most :data:`MAX_NAME` characters.
    :param decks: how many decks are in the shoe, 1 to 8.
    :param penetration: the share of the cards in front of the cut card, 0.1 to 0.95.
    :param dealer_hits_soft_17: whether the dealer draws to a soft 17.
    :param blackjack_pays: what a blackjack pays: ``3:2``, ``6:5`` or ``1:1``; with ``none`` it is a
        21 like any other.
    :param double: on which totals of two cards the bet may be doubled: ``any``, ``9-11``,
        ``10-11`` or ``none``.
    :param double_after_split: whether it may be doubled after a split.
    :param max_hands: how many hands a seat may have after splits, 1 (no splits) to 4.
    :param resplit_aces: whether an ace that comes to a split ace may be split again.
    :param hit_split_aces: whether split aces are played on; otherwise each gets one card.
    :param split_tens: which tens are a pair: by ``value``, a king and a ten, too; by ``rank``, not.
    :param surrender: ``none``; ``late``, when the dealer has looked for a blackjack; ``early``,
        before.
    :param insurance: whether there is insurance when the dealer shows an ace: up to half of the
        bet, paid 2:1 when the dealer has a blackjack.
    :param hole_card: ``peek``: the dealer takes a second card face down, and looks at once whether
        it makes a blackjack; ``none``: the dealer takes it when the players are done.
    :param original_bets_only: without a hole card, whether the dealer's blackjack takes a seat's
        first bet only, and what was added by doubles and splits is returned, as if the dealer had
        looked.
    :param bets: whether there are bets.
    :param min_bet: the smallest bet, in chips.
    :param max_bet: the largest bet, in chips.
    :param bankroll: the chips of a new player.
    :raises RulesError: when they make no sense.
    """

    name: str = "custom"
    decks: int = 6
    penetration: float = 0.75
    dealer_hits_soft_17: bool = True
    blackjack_pays: BlackjackPays = "3:2"
    double: Double = "any"
    double_after_split: bool = True
    max_hands: int = 4
    resplit_aces: bool = False
    hit_split_aces: bool = False
    split_tens: SplitTens = "value"
    surrender: Surrender = "none"
    insurance: bool = True
    hole_card: HoleCard = "peek"
    original_bets_only: bool = False
    bets: bool = True
    min_bet: int = 10
    max_bet: int = 500
    bankroll: int = 1000

    #: Whether a blackjack is more than a 21.
    naturals: bool = field(init=False, eq=False, repr=False)
    #: Whether the dealer looks at once for a blackjack.
    peeks: bool = field(init=False, eq=False, repr=False)
    #: What a blackjack pays, as numerator and denominator.
    pays: tuple[int, int] = field(init=False, eq=False, repr=False)
    #: The lowest and the highest total that may be doubled; the lowest is above the highest when
    #: none may.
    double_totals: tuple[int, int] = field(init=False, eq=False, repr=False)
    #: The same after a split.
    split_double_totals: tuple[int, int] = field(init=False, eq=False, repr=False)
    #: How many seats the shoe has cards for, whatever they do, at most :data:`MAX_SEATS`.
    max_seats: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _check_types(self)
        _check_ranges(self)
        _check_sense(self)
        totals = _TOTALS[self.double]
        derived = {
            "naturals": self.blackjack_pays != "none",
            "peeks": self.hole_card == "peek",
            "pays": _PAYS[self.blackjack_pays],
            "double_totals": totals,
            "split_double_totals": totals if self.double_after_split else _NO_TOTALS,
            "max_seats": _seats(self.decks, self.max_hands),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "blackjack_pays": get_args(BlackjackPays),
    "double": get_args(Double),
    "split_tens": get_args(SplitTens),
    "surrender": get_args(Surrender),
    "hole_card": get_args(HoleCard),
}

_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "decks": (1, 8),
    "penetration": (0.1, 0.95),
    "max_hands": (1, 4),
    "min_bet": (1, _MAX_CHIPS),
    "max_bet": (1, _MAX_CHIPS),
    "bankroll": (1, _MAX_CHIPS),
}


def settings() -> tuple[str, ...]:
    """The names of all settings, in order."""
    return tuple(each.name for each in fields(Rules) if each.init)


def _check_types(rules: Rules) -> None:
    for each in fields(Rules):
        if not each.init:
            continue
        value, name = getattr(rules, each.name), each.name
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                expected = ", ".join(map(repr, _CHOICES[name]))
                raise RulesError(name, f"expected one of {expected}, not {value!r:.40}")
        elif isinstance(each.default, bool):
            if not isinstance(value, bool):
                raise RulesError(name, f"expected true or false, not {value!r:.40}")
        elif isinstance(each.default, str):
            if not (isinstance(value, str) and value.isprintable() and value.strip()):
                raise RulesError(name, f"expected a name, not {value!r:.40}")
            if len(value) > MAX_NAME:
                raise RulesError(name, f"expected at most {MAX_NAME} characters, not {len(value)}")
        elif isinstance(value, bool) or not isinstance(value, (int, type(each.default))):
            kind = "a whole number" if isinstance(each.default, int) else "a number"
            raise RulesError(name, f"expected {kind}, not {value!r:.40}")


def _check_ranges(rules: Rules) -> None:
    for name, (lowest, highest) in _RANGES.items():
        value = getattr(rules, name)
        # Written so that it refuses a NaN.
        if not lowest <= value <= highest:
            raise RulesError(name, f"expected {lowest} to {highest}, not {value}")


def _check_sense(rules: Rules) -> None:
    if rules.bets:
        if rules.max_bet < rules.min_bet:
            raise RulesError("max_bet", f"{rules.max_bet} is below min_bet, {rules.min_bet}")
        if rules.bankroll < rules.min_bet:
            raise RulesError(
                "bankroll",
                f"with {rules.bankroll} chips a new player cannot bet min_bet, {rules.min_bet}",
            )
    else:
        for name, off in (("double", "none"), ("surrender", "none"), ("insurance", False)):
            if getattr(rules, name) != off:
                raise RulesError(
                    name, f"must be {_toml(off)}: it is about the bet, and there are no bets"
                )
        if rules.max_hands > 1:
            raise RulesError("max_hands", "must be 1: a split needs a second bet; there are none")
        if rules.blackjack_pays in ("3:2", "6:5"):
            raise RulesError("blackjack_pays", "must be '1:1' or 'none': there are no bets")
    if rules.max_hands == 1:
        for name in ("resplit_aces", "hit_split_aces"):
            if getattr(rules, name):
                raise RulesError(name, "must be false: with max_hands = 1 nothing can be split")
    if rules.resplit_aces and rules.max_hands == 2:
        raise RulesError(
            "resplit_aces", "must be false: with max_hands = 2 nothing can be split again"
        )
    if rules.blackjack_pays == "none":
        if rules.insurance:
            raise RulesError(
                "insurance", "must be false: with blackjack_pays = 'none' there is none to insure"
            )
        if rules.original_bets_only:
            raise RulesError(
                "original_bets_only",
                "must be false: with blackjack_pays = 'none' the dealer has no blackjack either",
            )
    if rules.original_bets_only and rules.hole_card == "peek":
        raise RulesError(
            "original_bets_only",
            "must be false: with hole_card = 'peek' a dealer's blackjack ends the round before"
            " anything is added to the bets",
        )
    if rules.surrender == "late" and rules.hole_card == "none":
        raise RulesError(
            "surrender",
            "cannot be 'late': with hole_card = 'none' the dealer does not look for a blackjack"
            " before the players play; choose 'early', 'none', or hole_card = 'peek'",
        )


def _toml(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _seats(decks: int, max_hands: int) -> int:
    """How many seats the shoe has cards for, if each plays as many hands as possible, all long."""
    points = sorted(POINTS * decks)
    for seats in range(MAX_SEATS, 1, -1):
        # All hands have at most 20 points before their last card, as have the dealer's. The small
        # cards make the longest hands.
        hands = seats * max_hands + 1
        left, cards = 20 * hands, hands
        for each in points:
            left -= each
            if left < 0:
                break
            cards += 1
        if cards <= len(points):
            return seats
    return 1


#: The seed's: no bets, hit or stand, the dealer draws below 17, the nearest to 21 wins.
_SIMPLE: Final = Rules(
    name="simple",
    dealer_hits_soft_17=False,
    blackjack_pays="none",
    double="none",
    double_after_split=False,
    max_hands=1,
    insurance=False,
    bets=False,
)

#: Six decks as most tables on the Las Vegas Strip have them: 3:2, doubling on any two cards and
#: after splits, surrender at some tables only (https://vegasadvantage.com/las-vegas-blackjack-rules);
#: the dealer hits soft 17 (https://www.lasvegasadvisor.com/question/2009-03-03); four hands, one
#: card to each split ace (http://blackjack-player.org/vegas-strip-blackjack.htm).
_VEGAS: Final = Rules(name="vegas")

#: Six decks, the dealer stands on soft 17 and takes the second card last, doubling on 9 to 11 and
#: after splits, one split, no surrender, all bets are lost to a blackjack:
#: https://nitrobetting.eu/casino/table-games/european-blackjack/; doubling also
#: https://casinocopenhagen.dk/en/blackjack.
_EUROPEAN: Final = Rules(
    name="european",
    dealer_hits_soft_17=False,
    double="9-11",
    max_hands=2,
    hole_card="none",
)

#: The rules that have a name.
PRESETS: Final[Mapping[str, Rules]] = MappingProxyType(
    {rules.name: rules for rules in (_SIMPLE, _VEGAS, _EUROPEAN)}
)
