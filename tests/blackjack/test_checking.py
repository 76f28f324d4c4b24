"""A session that was tampered with is found out, and an honest one is not accused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack import checking
from netsuite.blackjack.cards import DECK
from netsuite.blackjack.checking import Checker, Outcome, TranscriptTooLongError, Verdict
from netsuite.blackjack.fairness import (
    Reveal,
    commitment_lines,
    reveal_lines,
    round_lines,
    seal,
)
from netsuite.blackjack.transcript import Committed, Unreadable
from tests.blackjack.sessions import PlayedShoe, judged, played, saved

RIGHT, WRONG, OPEN = Outcome.RIGHT, Outcome.WRONG, Outcome.OPEN


class Cases(SynchronousTestCase):
    def only(self, lines: Sequence[str]) -> Verdict:
        """The verdict on the only shoe."""
        (verdict,) = judged(saved(lines))
        return verdict

    def wrong(self, lines: Sequence[str], *problems: str) -> None:
        """See that all these are said to be wrong, and nothing else."""
        verdict = self.only(lines)
        self.assertIs(verdict.outcome, WRONG)
        self.assertEqual(len(verdict.problems), len(problems), verdict.problems)
        for problem, expected in zip(verdict.problems, problems, strict=True):
            self.assertRegex(problem, expected)


class HonestTests(Cases):
    def test_a_shoe(self) -> None:
        for columns in (40, 80, 120):
            verdict = self.only(played(decks=6).lines(columns))
            self.assertEqual(
                verdict,
                Verdict(
                    1,
                    RIGHT,
                    (),
                    (
                        "the order of 6 decks is the one that was committed to",
                        "15 cards of 3 rounds lie in it where they should",
                    ),
                ),
            )

    def test_some_shoes(self) -> None:
        lines = [line for number in (1, 2, 3) for line in played(number).lines()]
        self.assertEqual([each.outcome for each in judged(saved(lines))], [RIGHT] * 3)

    def test_a_shoe_that_ran_out(self) -> None:
        verdict = self.only(played(sizes=(20, 20, 20)).lines())
        self.assertIs(verdict.outcome, RIGHT)
        self.assertEqual(
            verdict.notes[-1],
            "40 cards shuffled again when the shoe ran out, which the commitment does not cover",
        )

    def test_not_revealed_yet(self) -> None:
        shoe = played()
        verdict = self.only(shoe.lines()[: -len(reveal_lines(1, shoe.reveal, 80))])
        self.assertEqual(
            verdict,
            Verdict(
                1,
                OPEN,
                (),
                (
                    "the order is not revealed here",
                    "15 cards of 3 rounds cannot be compared with it",
                ),
            ),
        )
        verdict = self.only(commitment_lines(1, shoe.commitment, 80))
        self.assertEqual(
            verdict,
            Verdict(1, OPEN, (), ("the order is not revealed here", "no round is told here")),
        )

    def test_revealed_without_a_round(self) -> None:
        verdict = self.only(played(sizes=()).lines())
        self.assertEqual(verdict.outcome, RIGHT)
        self.assertEqual(verdict.notes[-1], "no round is told here")

    def test_rounds_that_are_not_told(self) -> None:
        shoe = played(sizes=(4,) * 10)
        del shoe.rounds[4:6], shoe.rounds[2]
        verdict = self.only(shoe.lines())
        self.assertIs(verdict.outcome, RIGHT)
        self.assertEqual(verdict.notes[-1], "not told here: round 3, rounds 5-6")

    def test_somebody_who_came_later(self) -> None:
        shoe = played(sizes=(4,) * 10)
        del shoe.rounds[:3]
        verdict = self.only(shoe.lines())
        self.assertIs(verdict.outcome, RIGHT)
        self.assertEqual(
            verdict.notes[-2:],
            (
                "not told here: rounds 1-3",
                "whether the commitment came before the first card cannot be seen",
            ),
        )

    def test_somebody_who_was_not_told_the_commitment(self) -> None:
        """They came when it had been shown, and have asked to see the last shoe's reveal."""
        shoe = played(sizes=(4,) * 10)
        del shoe.rounds[:3]
        lines = shoe.lines()[len(commitment_lines(1, shoe.commitment, 80)) :]
        verdict = self.only(lines)
        self.assertIs(verdict.outcome, OPEN)
        self.assertEqual(
            verdict.notes,
            (
                "the commitment is not told here, and so it is not known what bound the house",
                "28 cards of 7 rounds lie in it where they should",
                "not told here: rounds 1-3",
            ),
        )
        verdict = self.only(reveal_lines(1, shoe.reveal, 80))
        self.assertEqual((verdict.outcome, len(verdict.notes)), (OPEN, 2))
        shoe.rounds[0] = (4, 13, shoe.rounds[0][2][::-1])
        self.wrong(shoe.lines()[2:], "round 4 shows")

    def test_drawn_again(self) -> None:
        for sizes in ((4, 6, 5), (20, 20, 20)):
            lines = played(sizes=sizes).lines()
            self.assertIs(self.only(lines + lines).outcome, RIGHT)
            twice = [part for line in lines for part in (line, *lines[: lines.index(line)], line)]
            self.assertIs(self.only(twice).outcome, RIGHT)

    def test_the_reveal_of_the_last_shoe_may_come_late(self) -> None:
        first, second = played(1), played(2)
        cut = -len(reveal_lines(1, first.reveal, 80))
        lines = first.lines()
        late = [*lines[:cut], *commitment_lines(2, second.commitment, 80), *lines[cut:]]
        self.assertEqual([each.outcome for each in judged(saved(late))], [RIGHT, OPEN])

    @given(
        st.integers(1, 8),
        st.lists(st.integers(4, 30), max_size=8),
        st.integers(40, 120),
        st.integers(),
    )
    @settings(deadline=None, max_examples=50)
    def test_any(self, decks: int, sizes: list[int], columns: int, seed: int) -> None:
        while sum(sizes[:-1]) >= 52 * decks:  # the cut card has come
            sizes.pop()
        shoe = played(decks=decks, sizes=sizes, seed=seed)
        self.assertIs(self.only(shoe.lines(columns)).outcome, RIGHT)


class TamperedTests(Cases):
    def setUp(self) -> None:
        self.shoe = played()

    def test_a_card(self) -> None:
        for round_index, place in ((0, 0), (1, 3), (2, 4)):
            shoe = played()
            number, first, cards = shoe.rounds[round_index]
            other = (cards[place] + 1) % 52
            changed = (*cards[:place], other, *cards[place + 1 :])
            shoe.rounds[round_index] = (number, first, changed)
            self.wrong(
                shoe.lines(), rf"round {number} shows \w+ as card {first + place}, which is \w+$"
            )

    def test_two_cards_exchanged(self) -> None:
        number, first, cards = self.shoe.rounds[1]
        self.shoe.rounds[1] = (number, first, (cards[1], cards[0], *cards[2:]))
        self.wrong(self.shoe.lines(), "round 2 shows .* as card 5,")

    def test_the_order(self) -> None:
        """It was changed behind what has been dealt."""
        order = list(self.shoe.reveal.order)
        order[40], order[41] = order[41], order[40]
        self.shoe.reveal = attrs.evolve(self.shoe.reveal, order=tuple(order))
        self.wrong(self.shoe.lines(), "order and nonce are not those of the commitment")

    def test_the_nonce(self) -> None:
        self.shoe.reveal = attrs.evolve(self.shoe.reveal, nonce="0" * 32)
        self.wrong(self.shoe.lines(), "order and nonce are not those of the commitment")

    def test_the_commitment(self) -> None:
        self.shoe.commitment = seal(DECK).commitment
        self.wrong(self.shoe.lines(), "order and nonce are not those of the commitment")

    def test_an_order_that_is_not_whole_decks(self) -> None:
        for order in (
            DECK[:-1],
            (*DECK[:-1], 0),
            (*DECK, 0),
            (*DECK, *DECK[:-1], 0),
            (0,) * 52,
        ):
            reveal = Reveal("0" * 32, order)
            shoe = PlayedShoe(1, reveal, reveal.commitment, [(1, 1, order[:4])])
            self.wrong(shoe.lines(), "the order is not a number of whole decks")

    def test_a_commitment_after_the_deal(self) -> None:
        lines = self.shoe.lines()
        head = lines.index("Your bet, Enter for 50:")
        for start, end, problem in (
            (0, head + 2, "the commitment comes after cards were dealt"),
            (0, len(lines) - 5, "the commitment comes after cards were dealt"),
        ):
            moved = [*lines[head:end], *lines[start:head], *lines[end:]]
            self.wrong(moved, problem)
        self.wrong(
            [*lines[head:], *lines[:head]],
            "after cards were dealt",
            "the commitment comes after the reveal",
        )

    def test_no_commitment(self) -> None:
        self.wrong(self.shoe.lines()[2:], "there is no commitment")

    def test_two_commitments(self) -> None:
        other = commitment_lines(1, "0" * 64, 80)
        lines = self.shoe.lines()
        for place in (0, 2, 6, len(lines)):
            verdict = self.only([*lines[:place], *other, *lines[place:]])
            self.assertIs(verdict.outcome, WRONG)
            self.assertRegex(verdict.problems[0], "another commitment than in line")

    def test_two_reveals(self) -> None:
        other = reveal_lines(1, seal(DECK), 80)
        lines = self.shoe.lines()
        self.wrong([*lines, *other], "another reveal than in line")
        self.wrong(
            [*lines[: -len(other)], *other, *lines[-len(other) :]],
            "another reveal than in line",
            "order and nonce are not those",
            "round 1 shows",
            "round 2 shows",
            "round 3 shows",
        )

    def test_a_round_told_twice(self) -> None:
        number, first, cards = self.shoe.rounds[1]
        other = round_lines(1, number, first, cards[::-1], 80)
        self.wrong([*self.shoe.lines(), *other], "round 2 is told otherwise than in line")

    def test_rounds_that_overlap(self) -> None:
        order = self.shoe.reveal.order
        self.shoe.rounds[1] = (2, 4, order[3:10])
        self.wrong(self.shoe.lines(), "round 2 begins with card 4, and not with card 5")
        self.shoe.rounds[1] = (2, 5, order[4:11])
        self.wrong(self.shoe.lines(), "round 3 begins with card 11, and not with card 12")
        self.shoe.rounds[1:] = [(5, 3, order[2:9])]
        self.wrong(self.shoe.lines(), "round 5 begins with card 3, which was dealt before")

    def test_cards_passed_over(self) -> None:
        order = self.shoe.reveal.order
        self.shoe.rounds[1:] = [(2, 6, order[5:9])]
        self.wrong(self.shoe.lines(), "round 2 begins with card 6, and not with card 5")
        self.shoe.rounds = [(1, 2, order[1:5])]
        self.wrong(self.shoe.lines(), "round 1 begins with card 2, and not with card 1")

    def test_cards_passed_over_where_rounds_are_not_told(self) -> None:
        """A house that does not like the next cards could say that somebody else had them."""
        order = self.shoe.reveal.order
        for number, first in ((3, 8), (4, 12)):
            self.shoe.rounds[1:] = [(number, first, order[first - 1 : first + 4])]
            some = "1 round" if number == 3 else "2 rounds"
            self.wrong(
                self.shoe.lines(),
                f"round {number} begins with card {first}, which leaves too few cards for {some}"
                f" not told here: {first - 5}$",
            )
            self.shoe.rounds[1:] = [(number, first + 1, order[first : first + 5])]
            self.assertIs(self.only(self.shoe.lines()).outcome, RIGHT)
        self.shoe.rounds = [(2, 4, order[3:9])]
        self.wrong(self.shoe.lines(), "round 2 begins with card 4, which leaves too few cards")

    def test_rounds_that_are_too_short(self) -> None:
        order = self.shoe.reveal.order
        self.shoe.rounds[2] = (3, 11, order[10:13])
        self.wrong(self.shoe.lines(), "round 3 takes less than 4 cards$")

    def test_rounds_out_of_sequence(self) -> None:
        self.shoe.rounds.reverse()
        self.wrong(self.shoe.lines(), "round 2 comes after round 3", "round 1 comes after round 2")

    def test_a_count_that_does_not_fit(self) -> None:
        lines = [line.replace("cards 5-10", "cards 5-11") for line in self.shoe.lines()]
        self.wrong(lines, "round 2 shows 6 cards, and says", "round 3 begins with card 11, and")

    def test_a_round_after_the_reveal(self) -> None:
        order = self.shoe.reveal.order
        self.wrong(
            [*self.shoe.lines(), *round_lines(1, 4, 16, order[15:20], 80)],
            "round 4 is dealt after the reveal",
        )

    def test_a_shoe_that_goes_on_behind_the_next(self) -> None:
        first, second = played(1), played(2)
        head = len(commitment_lines(1, first.commitment, 80))
        one, other = first.lines(), second.lines()
        verdicts = judged(saved([*one[: head + 2], *other[: head + 2], *one[head + 2 :]]))
        self.assertEqual([each.outcome for each in verdicts], [WRONG, OPEN])
        self.assertRegex(verdicts[0].problems[0], "round 2 comes after shoe 2 was begun")
        verdicts = judged(saved([*other, *one]))
        self.assertEqual([each.outcome for each in verdicts], [WRONG, RIGHT])
        self.assertRegex(verdicts[0].problems[0], "the commitment comes after shoe 2 was begun")

    def test_the_same_shoe_again(self) -> None:
        """Whoever remembers the first knows the second."""
        again = attrs.evolve(played(1), number=2)
        verdicts = judged(saved([*played(1).lines(), *again.lines()]))
        self.assertEqual([each.outcome for each in verdicts], [RIGHT, WRONG])
        self.assertRegex(verdicts[1].problems[0], "the commitment is that of shoe 1 again")

    def test_any_character(self) -> None:
        """Whatever is changed in a statement, or left out of it, is noticed."""
        text = "\n".join(self.shoe.lines(120))
        chance = random.Random(1)
        places = [
            place
            for found in re.finditer(r"\[Shoe[^]]*\]", text)
            for place in range(found.start() + 5, found.end() - 1)
            if not text[place].isspace()
        ]
        for place in places:
            for new in ("", chance.choice("0123456789ASHDCKQJabcdef,-:")):
                if new == text[place]:
                    continue
                verdicts = judged(f"{text[:place]}{new}{text[place + 1 :]}".encode())
                outcomes = {each.outcome for each in verdicts}
                self.assertIn(WRONG, outcomes, (new, text[place - 10 : place + 10]))


class AgainTests(Cases):
    def setUp(self) -> None:
        self.shoe = played(sizes=(20, 20, 20))

    def changed(self, again: Sequence[int]) -> list[str]:
        self.shoe.reveal = attrs.evolve(self.shoe.reveal, again=tuple(again))
        return self.shoe.lines()

    def test_another_card(self) -> None:
        again = self.shoe.reveal.again
        self.wrong(self.changed((*again[1:], again[0])), "round 3 shows .* as card 53,")

    def test_a_card_that_lies_on_the_table(self) -> None:
        again = list(self.shoe.reveal.again)
        again[-1] = self.shoe.reveal.order[-1]
        self.wrong(self.changed(again), "are not those of the rounds before round 3")

    def test_a_card_too_few(self) -> None:
        self.wrong(self.changed(self.shoe.reveal.again[:-1]), "are not those of the rounds")

    def test_none(self) -> None:
        self.wrong(self.changed(()), "round 3 has more cards than the shoe")

    def test_where_the_round_is_not_told(self) -> None:
        again = self.shoe.reveal.again
        del self.shoe.rounds[2]
        self.assertIs(self.only(self.changed(again)).outcome, RIGHT)
        self.wrong(self.changed((*again, again[0])), "are not in the shoe so often")

    def test_a_round_of_nothing_else(self) -> None:
        again = self.shoe.reveal.again
        self.shoe.rounds.append((4, 61, again[8:12]))
        self.wrong(self.shoe.lines(), "round 4 begins when the shoe has run out")

    def test_without_a_reveal(self) -> None:
        lines = self.shoe.lines()
        cut = lines.index("[Shoe 1 revealed:")
        again = next(index for index, line in enumerate(lines) if "again" in line)
        self.wrong([*lines[:cut], *lines[again:]], "dealt again, but nothing is revealed")

    def test_told_twice(self) -> None:
        lines = self.shoe.lines()
        self.wrong(
            [*lines, "[Shoe 1 dealt again, not covered: AS]"],
            "other cards are said to have been dealt again than in line",
        )


class BoundTests(SynchronousTestCase):
    def test_problems(self) -> None:
        shoe = played(sizes=(4,) * 13)
        shoe.rounds = [(n, first, cards[::-1]) for n, first, cards in shoe.rounds]
        (verdict,) = judged(saved(shoe.lines()))
        self.assertEqual(len(verdict.problems), 11)
        self.assertEqual(verdict.problems[-1], "more is wrong than is told here")

    def test_gaps(self) -> None:
        shoe = played(decks=4, sizes=(4,) * 52)
        shoe.rounds = shoe.rounds[::2]
        (verdict,) = judged(saved(shoe.lines()))
        self.assertTrue(verdict.notes[-1].endswith("round 18, round 20 and others"))

    def test_what_cannot_be_read(self) -> None:
        checker = Checker()
        for line in range(1, 10_000):
            checker.take(Unreadable(line, "Shoe1"))
        (verdict,) = checker.verdicts()
        self.assertEqual((verdict.shoe, verdict.outcome), (None, WRONG))
        self.assertEqual(len(verdict.problems), 11)

    def test_statements(self) -> None:
        checker = Checker()
        for shoe in range(1, checking.MAX_STATEMENTS + 1):
            checker.take(Committed(shoe, shoe, f"{shoe:064x}"))
        checker.take(Committed(1, 1, f"{1:064x}"))
        with self.assertRaisesRegex(TranscriptTooLongError, "line 70000: .* in parts"):
            checker.take(Committed(70_000, 70_000, "0" * 64))

    def test_huge_numbers(self) -> None:
        for change in (
            lambda text: text.replace("cards 5-10", "cards 999999999-999999999"),
            lambda text: text.replace("round 2", "round 999999999"),
            lambda text: text.replace("Shoe 1 round", "Shoe 999999999 round"),
        ):
            self.assertTrue(self.is_wrong(change))

    def is_wrong(self, change: Callable[[str], str]) -> bool:
        verdicts = judged(change("\n".join(played().lines())).encode())
        return any(each.outcome is WRONG for each in verdicts)
