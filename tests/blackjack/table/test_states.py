"""The tables of states: nothing is missing in them, and no state cannot be reached or left."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.stages import STAGES, Phase
from netsuite.blackjack.table.play import ANSWERS
from netsuite.blackjack.table.states import HOLDS, STATES, Cause, Change, Hold, State

S = TypeVar("S", bound=Enum)
C = TypeVar("C", bound=Enum)


def reached(table: Mapping[S, Mapping[C, S]], start: S) -> set[S]:
    """The states that follow upon one, at any time."""
    found, new = {start}, [start]
    while new:
        for state in table[new.pop()].values():
            if state not in found:
                found.add(state)
                new.append(state)
    return found


class StatesTests(SynchronousTestCase):
    def test_table(self) -> None:
        self.assertEqual(set(STATES), set(State))
        self.assertEqual(reached(STATES, State.OPEN), set(State))
        for state in State:
            self.assertIn(State.CLOSED, reached(STATES, state))
        self.assertEqual({cause for each in STATES.values() for cause in each}, set(Cause))

    def test_a_last_round_is_followed_by_none(self) -> None:
        self.assertEqual(reached(STATES, State.LAST), {State.LAST, State.ENDING, State.CLOSED})

    def test_seat(self) -> None:
        self.assertEqual(set(HOLDS), set(Hold))
        self.assertEqual(reached(HOLDS, Hold.TAKEN), set(Hold))
        for hold in Hold:
            self.assertIn(Hold.FREE, reached(HOLDS, hold))
        self.assertEqual({change for each in HOLDS.values() for change in each}, set(Change))

    def test_answers(self) -> None:
        """The table has an answer to every question."""
        for phase in Phase:
            if STAGES[phase].asks:
                self.assertIn(ANSWERS[phase], STAGES[phase].asks)
            else:
                self.assertNotIn(phase, ANSWERS)
