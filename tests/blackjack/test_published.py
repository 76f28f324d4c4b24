"""The exact solver, and the game itself as it is played, beside published house edges.

What a figure is, and how far it may be off, is said in :mod:`tests.blackjack.published`.
"""

from __future__ import annotations

import math

import pytest
from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.simulation import Player, Tally, processors, simulate
from netsuite.blackjack.strategy import Solution
from tests.blackjack.published import (
    CUT_CARD,
    CUT_CARD_OFF,
    DECKS,
    DECKS_OFF,
    DECKS_PAIRS,
    EARLY_SURRENDER,
    INFINITE,
    LIMIT_OFF,
    STRATEGY_COST,
    TABLES,
    VARIATION_OFF,
    VARIATION_SHARE,
    VARIATIONS,
    VEGAS,
    Table,
)

#: How many rounds of each table are played; 10 million were, for the documentation.
ROUNDS = 400_000

#: How many standard errors are allowed. One in 16,000 results is off by more.
ERRORS = 4

#: And for all tables together, where fewer find smaller mistakes: one in 370 is off by more.
ERRORS_IN_ALL = 3

#: Each table has a seed of its own, from here on: from the same seed come the same cards.
SEED = 1


def solved(rules: Rules) -> float:
    """Return the edge of an infinite shoe, in percent."""
    return 100 * Solution(rules).house_edge()


class SolverTests(SynchronousTestCase):
    def test_infinite_shoes(self) -> None:
        for figure in INFINITE:
            off = abs(solved(figure.rules) - figure.edge)
            self.assertLessEqual(off, figure.exact, (figure.source, figure.edge))

    def test_variations(self) -> None:
        rules = evolve(VEGAS, surrender="late")
        edge = solved(rules)
        for name, (changes, published) in VARIATIONS.items():
            change = solved(evolve(rules, **changes)) - edge
            off = VARIATION_OFF + VARIATION_SHARE * abs(published)
            self.assertApproximates(change, published, off, name)

    def test_early_surrender(self) -> None:
        rules = evolve(VEGAS, dealer_hits_soft_17=False)
        change = solved(rules) - solved(evolve(rules, surrender="early"))
        off = VARIATION_OFF + VARIATION_SHARE * EARLY_SURRENDER
        self.assertApproximates(change, EARLY_SURRENDER, off)

    def test_the_limit_of_many_decks(self) -> None:
        for pair in DECKS_PAIRS:
            self.assertApproximates(solved(pair.rules), pair.limit, LIMIT_OFF, pair)

    def test_tables(self) -> None:
        """The edge of an infinite shoe, less what the number of decks makes, and the cut card."""
        for table in TABLES:
            decks = table.rules.decks
            expected = solved(table.rules) - DECKS / decks + CUT_CARD[decks]
            off = DECKS_OFF / decks + CUT_CARD_OFF
            self.assertApproximates(expected, table.expected, off, table)


class TablesTests(SynchronousTestCase):
    def test_presets(self) -> None:
        for name, preset in (("vegas-6", "vegas"), ("european", "european")):
            (table,) = (each for each in TABLES if each.name == name)
            self.assertEqual(evolve(table.rules, name=preset), PRESETS[preset])

    def test_every_file_is_of_a_table(self) -> None:
        folder = TABLES[0].path.parent
        self.assertEqual(sorted(folder.iterdir()), sorted(table.path for table in TABLES))

    def test_some_rounds(self) -> None:
        """A few rounds find a mistake in what is paid, such as of a blackjack."""
        for table in TABLES:
            check(table, Player(table.rules).chunk(SEED, 0))


def check(table: Table, tally: Tally) -> None:
    """Check that what was played agrees with what was published."""
    off = 100 * tally.edge - table.expected
    allowed = ERRORS * 100 * tally.error
    assert -allowed < off < allowed + STRATEGY_COST[table.rules.decks], (table, tally)


@pytest.fixture(scope="module")
def played() -> dict[Table, Tally]:
    """Many rounds of each table."""
    tallies = {}
    for seed, table in enumerate(TABLES, SEED):
        for tally in simulate(table.rules, ROUNDS, seed=seed, processes=processors()):
            tallies[table] = tally
    return tallies


@pytest.mark.slow
def test_many_rounds(played: dict[Table, Tally]) -> None:
    for table, tally in played.items():
        assert tally.rounds == ROUNDS
        check(table, tally)


@pytest.mark.slow
def test_all_rounds_together(played: dict[Table, Tally]) -> None:
    """On the whole there is far less difference than from each."""
    off = sum(100 * tally.edge - table.expected for table, tally in played.items())
    error = 100 * math.sqrt(sum(tally.error**2 for tally in played.values()))
    cost = sum(STRATEGY_COST[table.rules.decks] for table in played)
    assert -ERRORS_IN_ALL * error < off < ERRORS_IN_ALL * error + cost
