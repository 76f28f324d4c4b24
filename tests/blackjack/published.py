"""Published house edges, in percent, and where they stand.

"WoO" is Michael Shackleford's https://wizardofodds.com/games/blackjack/.

"Hoppe" is Hugues Hoppe's "Blackjack Notebook", https://github.com/hhoppe/blackjack, as of commit
018e8e66: the file blackjack.py, section "House edge results". It computes and simulates the edge of
many rules, to 0.001 %, and quotes for each what the calculator of WoO says and Wikipedia's table
of decks. The player has the best strategy that looks at totals only, the cut card lies where our
file of the rules puts it. :data:`TABLES` has its simulations.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from netsuite.blackjack.rulefile import read_rules
from netsuite.blackjack.rules import PRESETS, Rules

_FILES = Path(__file__).with_suffix("")

VEGAS = PRESETS["vegas"]


@frozen
class Infinite:
    """The edge of an infinite shoe.

    :param source: where it stands.
    :param rules: the rules.
    :param edge: the figure, in percent.
    :param exact: how far it may be off, in percent: half of its last digit, or more for a reason.
    """

    source: str
    rules: Rules
    edge: float
    exact: float


def _vegas(**changes: Any) -> Rules:
    return evolve(VEGAS, **changes)


_STANDING: Final = _vegas(dealer_hits_soft_17=False)

INFINITE: Final = (
    Infinite("WoO: appendix/1/, Expected Returns in Infinite-Deck", _STANDING, 0.511734, 5e-7),
    # The player may have any number of hands there. A fifth hand is worth little.
    Infinite("WoO: appendix/5, Expected Returns with Infinite Decks", _STANDING, 0.5093975, 0.003),
    Infinite(
        # We differ by 0.000014, and do not know why.
        'Peter Griffin, The Theory of Blackjack, "Linear Approximation to Infinite Deck"',
        evolve(_STANDING, double_after_split=False, max_hands=2),
        0.690223,
        0.00002,
    ),
    Infinite("Hoppe: Number of decks", VEGAS, 0.731, 0.0005),
    Infinite("Hoppe: Number of decks", _STANDING, 0.512, 0.0005),
    Infinite("Hoppe: Number of decks", _vegas(surrender="late"), 0.629, 0.0005),
    Infinite("Hoppe: Number of decks", evolve(_STANDING, surrender="late"), 0.426, 0.0005),
    Infinite(
        "Hoppe: Best and worst house edge, of the player who hits and stands only",
        evolve(
            _STANDING,
            blackjack_pays="1:1",
            hole_card="none",
            double="none",
            double_after_split=False,
            max_hands=1,
        ),
        4.676,
        0.0005,
    ),
)

#: Hoppe, "Rule variations": how much each rule changes the edge, in percent, beside six decks,
#: late surrender and otherwise the rules of ``vegas``.
VARIATIONS: Final[Mapping[str, tuple[dict[str, Any], float]]] = MappingProxyType(
    {
        "a blackjack pays 6:5": ({"blackjack_pays": "6:5"}, 1.360),
        "a blackjack pays 1:1": ({"blackjack_pays": "1:1"}, 2.266),
        "the dealer stands on soft 17": ({"dealer_hits_soft_17": False}, -0.197),
        "doubling on 9 to 11": ({"double": "9-11"}, 0.106),
        "doubling on 10 and 11": ({"double": "10-11"}, 0.201),
        "no doubling after a split": ({"double_after_split": False}, 0.144),
        "no surrender": ({"surrender": "none"}, 0.088),
        "no splits": ({"max_hands": 1}, 0.559),
        "one split": ({"max_hands": 2}, 0.053),
        "three hands": ({"max_hands": 3}, 0.008),
        "aces are split again": ({"resplit_aces": True}, -0.068),
    }
)

#: How far the change that a rule makes to an infinite shoe may be from that to six decks: so much,
#: in percent of the bet, and a share of it. No surrender makes 0.088 and 0.102 in Hoppe's tables.
VARIATION_OFF: Final = 0.006
VARIATION_SHARE: Final = 0.1

#: What early surrender takes off the edge, in percent, where the dealer stands on soft 17. The
#: source does not say for how many decks: http://www.ws2real.com/blackjack-game-variations/.
EARLY_SURRENDER: Final = 0.624


@frozen
class Decks:
    """The edges of two numbers of decks, in percent, with four hands, but aces split only once.

    They are for the best strategy, which looks at each card, and cards that are shuffled after each
    round. WoO: appendix/9/, 2dh17r4, 5dh17r4, euro-6dh17r4 and euro-8dh17r4.

    :param rules: the rules.
    :param few: the smaller number of decks, and its edge.
    :param many: the larger number of decks, and its edge.
    """

    rules: Rules
    few: tuple[int, float]
    many: tuple[int, float]

    @property
    def limit(self) -> float:
        """Where the line through both, over 1/n, ends: the edge of an infinite shoe."""
        (few, first), (many, second) = self.few, self.many
        return (many * second - few * first) / (many - few)


DECKS_PAIRS: Final = (
    Decks(VEGAS, (2, 0.3797), (5, 0.5918)),
    Decks(_vegas(double_after_split=False), (2, 0.5252), (5, 0.7366)),
    Decks(_vegas(hole_card="none"), (6, 0.72705), (8, 0.7562)),
    Decks(_vegas(hole_card="none", double_after_split=False), (6, 0.86975), (8, 0.89865)),
)

#: How far :attr:`Decks.limit` may be off: the edges are not quite on a line.
LIMIT_OFF: Final = 0.01


@frozen
class Table:
    """A table with real decks and a cut card.

    :param name: the name of its file of rules.
    :param edge: Hoppe's simulation, in percent, to 0.001 % (two standard errors).
    :param calculator: what WoO's calculator says according to Hoppe, in percent.
    :param shuffled: whether these are for cards that are shuffled after each round, so that what a
        cut card costs is to be added.
    """

    name: str
    edge: float
    calculator: float
    shuffled: bool = False

    @property
    def path(self) -> Path:
        """The file of rules."""
        return _FILES / f"{self.name}.toml"

    @property
    def rules(self) -> Rules:
        """The rules."""
        return read_rules(self.path)

    @property
    def expected(self) -> float:
        """The edge to expect, in percent."""
        return self.edge + (CUT_CARD[self.rules.decks] if self.shuffled else 0)


#: For each number of decks what a cut card costs the player, in percent of the bet, beside a
#: shuffle after each round. WoO: cut-card-effect/ (once appendix/10/).
CUT_CARD: Final[Mapping[int, float]] = MappingProxyType(
    {1: 0.113, 2: 0.063, 4: 0.034, 5: 0.028, 6: 0.020, 8: 0.014}
)

TABLES: Final = (
    # Wikipedia's article on blackjack has for these 0.17, 0.46, 0.60, 0.64 and 0.66.
    Table("vegas-1", 0.170, 0.159),
    Table("vegas-2", 0.458, 0.457),
    Table("vegas-4", 0.596, 0.597),
    Table("vegas-6", 0.641, 0.639),
    Table("vegas-8", 0.663, 0.661),
    Table("standing", 0.427, 0.426),
    Table("caesars", 0.289, 0.285),
    Table("mirage", 0.505, 0.500),
    Table("live", 0.612, 0.611),
    Table("european", 0.665, 0.664, shuffled=True),
    Table("six-to-five", 1.932, 1.927),
    Table("ten-eleven", 0.770, 0.766),
    Table("no-double-after-split", 0.718, 0.713),
    Table("pitch-1", 0.083, 0.088),
    Table("pitch-2", 0.356, 0.347),
)

#: How much lower the edge of n decks is than that of an infinite shoe, times n, in percent, when
#: cards are shuffled after each round. In Hoppe's four tables of decks it is from 0.55 to 0.69. It
#: is not the same for all rules, so twice that range is allowed.
DECKS: Final = 0.62
DECKS_OFF: Final = 0.14

#: How far figures for a cut card may differ, in percent: its place matters, and WoO does not say
#: where it lies. Hoppe finds 0.026 % for six decks and 0.021 % for eight.
CUT_CARD_OFF: Final = 0.01

#: For each number of decks the most that it may cost to play by the strategy of an infinite shoe,
#: in percent. For six decks and more the charts differ in one or two hands, and little is at stake
#: there (ChartTests.test_hands_that_are_close). For one deck 18 hands differ. What that costs was
#: measured: 0.011 ± 0.012 by 100 million rounds of vegas-1, 0.037 ± 0.014 by 60 million of pitch-1.
STRATEGY_COST: Final[Mapping[int, float]] = MappingProxyType(
    {1: 0.06, 2: 0.02, 4: 0.005, 6: 0.002, 8: 0.002}
)
