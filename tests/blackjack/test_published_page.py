"""The page on what rules are worth says what is published, and what the code computes."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.strategy import Solution
from tests.blackjack.published import CUT_CARD, INFINITE, TABLES

PAGE = Path(__file__).parents[2] / "docs" / "blackjack-odds.rst"


def rows(columns: int) -> list[list[str]]:
    """Return the rows of the table of so many columns, without its head."""
    found = []
    for table in PAGE.read_text(encoding="utf-8").split("\n\n"):
        lines = [re.split(r"\s{2,}", line) for line in table.split("\n")]
        if len(lines) > 3 and set("".join(lines[0])) == {"="} and len(lines[0]) == columns:
            found += lines[3:-1]
    return found


class PageTests(SynchronousTestCase):
    def test_tables(self) -> None:
        tables = sorted(TABLES, key=lambda table: table.name)
        found = rows(8)
        self.assertEqual(len(found), len(tables))
        for seed, (table, row) in enumerate(zip(tables, found, strict=True), 1):
            name, decks, seeded, published, calculator, played, deviation, infinite = row
            self.assertEqual(name.split()[0], f"``{table.name}``")
            self.assertEqual((int(decks), int(seeded)), (table.rules.decks, seed))
            self.assertEqual(published, f"{table.expected:.3f}")
            woo = table.calculator + (CUT_CARD[table.rules.decks] if table.shuffled else 0)
            self.assertEqual(calculator, f"{woo:.3f}")
            self.assertEqual(infinite, f"{100 * Solution(table.rules).house_edge():.3f}")
            edge, error = map(float, played.split(" ± "))
            off = float(deviation.replace("−", "-"))  # noqa: RUF001 -- the page's minus sign
            # What was divided had more digits than are shown.
            self.assertApproximates((edge - table.expected) / error, off, 0.12, name)

    def test_infinite_shoes(self) -> None:
        found = rows(3)
        self.assertEqual(len(found), 6)
        for _, published, ours in found:
            figures = [each for each in INFINITE if each.edge == float(published)]
            self.assertEqual(len(figures), 1, published)
            digits = len(ours.partition(".")[2])
            edge = 100 * Solution(figures[0].rules).house_edge()
            self.assertEqual(ours, f"{edge:.{digits}f}")
