"""The Q method, cell by cell, against the words of RFC 1143."""

from __future__ import annotations

import itertools
import random

from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.telnet.codes import Option, Verb
from netsuite.blackjack.telnet.options import AGREED, TABLE, Cause, Options, Side, State

# RFC 1143, section 7, for "him", typed from the text: state and queue, by what is received or
# wanted: the next state, and DO, DONT or nothing.
RFC_1143 = """
NO               WILL-agree   YES              DO
NO               WILL-refuse  NO               DONT
NO               WONT         NO               -
NO               enable       WANTYES          DO
NO               disable      NO               -
YES              WILL-agree   YES              -
YES              WILL-refuse  YES              -
YES              WONT         NO               DONT
YES              enable       YES              -
YES              disable      WANTNO           DONT
WANTNO           WILL-agree   NO               -
WANTNO           WILL-refuse  NO               -
WANTNO           WONT         NO               -
WANTNO           enable       WANTNO_OPPOSITE  -
WANTNO           disable      WANTNO           -
WANTNO_OPPOSITE  WILL-agree   YES              -
WANTNO_OPPOSITE  WILL-refuse  YES              -
WANTNO_OPPOSITE  WONT         WANTYES          DO
WANTNO_OPPOSITE  enable       WANTNO_OPPOSITE  -
WANTNO_OPPOSITE  disable      WANTNO           -
WANTYES          WILL-agree   YES              -
WANTYES          WILL-refuse  YES              -
WANTYES          WONT         NO               -
WANTYES          enable       WANTYES          -
WANTYES          disable      WANTYES_OPPOSITE -
WANTYES_OPPOSITE WILL-agree   WANTNO           DONT
WANTYES_OPPOSITE WILL-refuse  WANTNO           DONT
WANTYES_OPPOSITE WONT         NO               -
WANTYES_OPPOSITE enable       WANTYES          -
WANTYES_OPPOSITE disable      WANTYES_OPPOSITE -
"""

# How to bring an option to each state: what is wanted (True, False) and heard.
PATHS: dict[State, list[bool | str]] = {
    State.NO: [],
    State.YES: [True, "yes"],
    State.WANTYES: [True],
    State.WANTYES_OPPOSITE: [True, False],
    State.WANTNO: [True, "yes", False],
    State.WANTNO_OPPOSITE: [True, "yes", False, True],
}
# An option of each side that is agreed to unasked, and one that is not.
AGREEABLE = {Side.US: Option.EOR, Side.PEER: Option.NAWS}
DISAGREEABLE = {Side.US: Option.ECHO, Side.PEER: Option.ECHO}
SAYS = {
    Side.PEER: {"yes": Verb.WILL, "no": Verb.WONT, "DO": Verb.DO, "DONT": Verb.DONT},
    Side.US: {"yes": Verb.DO, "no": Verb.DONT, "DO": Verb.WILL, "DONT": Verb.WONT},
}


def brought_to(state: State, side: Side, option: Option) -> Options:
    options = Options()
    for step in PATHS[state]:
        if isinstance(step, bool):
            options.ask(side, option, step)
        else:
            options.hear(SAYS[side][step], option)
    return options


class OptionsTests(SynchronousTestCase):
    def test_table_is_complete(self) -> None:
        self.assertEqual(set(TABLE), set(itertools.product(State, Cause)))

    def test_every_cell_on_both_sides(self) -> None:
        rows = [line.split() for line in RFC_1143.strip().splitlines()]
        self.assertEqual(len(rows), len(TABLE))
        for (before, what, after, said), side in itertools.product(rows, Side):
            option = (DISAGREEABLE if what == "WILL-refuse" else AGREEABLE)[side]
            options = brought_to(State[before], side, option)
            self.assertIs(options.state(side, option), State[before])
            if what in ("enable", "disable"):
                answer = options.ask(side, option, what == "enable")
            else:
                heard = SAYS[side]["no" if what == "WONT" else "yes"]
                answer, changed = options.hear(heard, option)
                on = State[after] is State.YES
                expected = on if (State[before] is State.YES) is not on else None
                self.assertIs(changed, expected, (before, what, side))
            self.assertIs(options.state(side, option), State[after], (before, what, side))
            self.assertEqual(answer, SAYS[side].get(said), (before, what, side))

    def test_sides_are_independent(self) -> None:
        options = Options()
        options.hear(Verb.WILL, Option.SGA)
        self.assertTrue(options.on(Side.PEER, Option.SGA))
        self.assertFalse(options.on(Side.US, Option.SGA))

    def test_all_other_options_are_refused(self) -> None:
        for number in range(256):
            for side in Side:
                if (side, number) in AGREED:
                    continue
                options = Options()
                self.assertEqual(
                    options.hear(SAYS[side]["yes"], number), (SAYS[side]["DONT"], None)
                )
                self.assertIs(options.state(side, number), State.NO)

    def test_two_of_us_always_fall_silent(self) -> None:
        """Whatever two parties want, however their words cross, they soon agree."""
        rng = random.Random(1143)
        for _ in range(2000):
            ours, theirs = Options(), Options()
            to_us: list[Verb | None] = []
            to_them: list[Verb | None] = []
            for _ in range(rng.randrange(12)):
                step = rng.randrange(4)
                if step == 0:
                    to_them.append(ours.ask(Side.US, Option.SGA, rng.random() < 0.5))
                elif step == 1:
                    to_us.append(theirs.ask(Side.PEER, Option.SGA, rng.random() < 0.5))
                else:
                    self.deliver(theirs, to_them, to_us)
            for _ in range(40):
                self.deliver(theirs, to_them, to_us)
                self.deliver(ours, to_us, to_them)
            self.assertEqual((to_them, to_us), ([], []))
            self.assertIs(ours.on(Side.US, Option.SGA), theirs.on(Side.PEER, Option.SGA))

    def deliver(
        self, options: Options, queue: list[Verb | None], answers: list[Verb | None]
    ) -> None:
        if queue and (verb := queue.pop(0)) is not None:
            answers.append(options.hear(verb, Option.SGA)[0])
