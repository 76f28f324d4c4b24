"""Checking a saved session: was each shoe what its commitment bound the house to?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Final

import attrs

from netsuite.blackjack.cards import DECK, card_name
from netsuite.blackjack.fairness import Reveal
from netsuite.blackjack.transcript import (
    Again,
    Committed,
    Played,
    Revealed,
    Statement,
    Unreadable,
)

__all__ = ["MAX_STATEMENTS", "Checker", "Outcome", "TranscriptTooLongError", "Verdict"]

#: The most different statements of a transcript: those of a week without a break.
MAX_STATEMENTS: Final = 50_000

#: The most that is said of what is wrong with a shoe.
_MAX_PROBLEMS: Final = 10
#: The most gaps between its rounds that are named.
_MAX_GAPS: Final = 10
#: The fewest cards of a round: two of one player's, and two of the dealer's.
_FEWEST: Final = 4


class TranscriptTooLongError(Exception):
    """There are more statements in the transcript than can be checked at once."""


class Outcome(Enum):
    """What can be said of a shoe."""

    #: What can be checked is right.
    RIGHT = "right"
    #: Something is not as it should be.
    WRONG = "wrong"
    #: Nothing is wrong, but what it could be checked by is not all there.
    OPEN = "not checked"


@attrs.frozen
class Verdict:
    """What can be said of a shoe, or of what belongs to none.

    :param shoe: the shoe's number; None for what belongs to none.
    :param problems: what is wrong, each a sentence without its full stop.
    :param notes: what is to be known besides, likewise.
    """

    shoe: int | None
    outcome: Outcome
    problems: tuple[str, ...]
    notes: tuple[str, ...]


@attrs.define
class _Shoe:
    """What was said of a shoe. Each kind of statement counts where it was seen first."""

    number: int
    committed: Committed | None = None
    revealed: Revealed | None = None
    again: Again | None = None
    rounds: dict[int, Played] = attrs.Factory(dict)
    problems: list[str] = attrs.Factory(list)

    def wrong(self, problem: str) -> None:
        """Note that something is wrong."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == _MAX_PROBLEMS:
            self.problems.append("more is wrong than is told here")


class Checker:
    """Takes the statements of a transcript one after the other, and judges them at its end.

    What is said twice in the same words, as on a screen that was drawn anew, counts once.
    """

    def __init__(self) -> None:
        self._shoes: dict[int, _Shoe] = {}
        self._stray = _Shoe(0)
        self._count = 0
        # By each commitment the shoe that it was first shown for.
        self._commitments: dict[str, int] = {}
        # The shoe that was begun, or dealt from, last.
        self._latest = 0

    def take(self, statement: Statement) -> None:
        """Take the next statement.

        :raises TranscriptTooLongError: when there are too many.
        """
        if isinstance(statement, Unreadable):
            self._stray.wrong(
                f"line {statement.line}: this is cut short or was changed, and cannot be read:"
                f" [{statement.text}"
            )
            return
        shoe = self._shoes.get(statement.shoe) or _Shoe(statement.shoe)
        match statement:
            case Committed():
                new = self._commit(shoe, statement)
            case Revealed():
                new = self._reveal(shoe, statement)
            case Again():
                new = self._deal_again(shoe, statement)
            case Played():
                new = self._play(shoe, statement)
        if new:
            self._count += 1
            if self._count > MAX_STATEMENTS:
                raise TranscriptTooLongError(
                    f"line {statement.line}: there are more than {MAX_STATEMENTS} statements;"
                    " check the transcript in parts"
                )
            self._shoes[statement.shoe] = shoe

    def _commit(self, shoe: _Shoe, new: Committed) -> bool:
        old = shoe.committed
        if old is not None:
            if old.commitment != new.commitment:
                shoe.wrong(
                    f"line {new.line}: another commitment than in line {old.line}; if these are"
                    " two sessions, check each by itself"
                )
            return False
        shoe.committed = new
        if shoe.rounds:
            first = min(played.line for played in shoe.rounds.values())
            shoe.wrong(
                f"line {new.line}: the commitment comes after cards were dealt (line {first})"
            )
        if shoe.revealed is not None:
            shoe.wrong(
                f"line {new.line}: the commitment comes after the reveal"
                f" (line {shoe.revealed.line})"
            )
        other = self._commitments.setdefault(new.commitment, shoe.number)
        if other != shoe.number:
            shoe.wrong(f"line {new.line}: the commitment is that of shoe {other} again")
        self._follow(shoe, new.line, "the commitment")
        return True

    def _reveal(self, shoe: _Shoe, new: Revealed) -> bool:
        old = shoe.revealed
        if old is not None:
            if (old.nonce, old.order) != (new.nonce, new.order):
                shoe.wrong(f"line {new.line}: another reveal than in line {old.line}")
            return False
        shoe.revealed = new
        return True

    def _deal_again(self, shoe: _Shoe, new: Again) -> bool:
        old = shoe.again
        if old is not None:
            if old.cards != new.cards:
                shoe.wrong(
                    f"line {new.line}: other cards are said to have been dealt again than in"
                    f" line {old.line}"
                )
            return False
        shoe.again = new
        return True

    def _play(self, shoe: _Shoe, new: Played) -> bool:
        old = shoe.rounds.get(new.number)
        if old is not None:
            if (old.first, old.last, old.cards) != (new.first, new.last, new.cards):
                shoe.wrong(
                    f"line {new.line}: round {new.number} is told otherwise than in line {old.line}"
                )
            return False
        if new.last - new.first + 1 != len(new.cards):
            shoe.wrong(
                f"line {new.line}: round {new.number} shows {len(new.cards)} cards, and says that"
                f" they are cards {new.first}-{new.last}"
            )
        if shoe.rounds and (before := next(reversed(shoe.rounds.values()))).number > new.number:
            shoe.wrong(
                f"line {new.line}: round {new.number} comes after round {before.number}"
                f" (line {before.line})"
            )
        if shoe.revealed is not None:
            shoe.wrong(
                f"line {new.line}: round {new.number} is dealt after the reveal"
                f" (line {shoe.revealed.line})"
            )
        self._follow(shoe, new.line, f"round {new.number}")
        shoe.rounds[new.number] = new
        return True

    def _follow(self, shoe: _Shoe, line: int, what: str) -> None:
        """See to it that a shoe is over when the next begins."""
        if shoe.number < self._latest:
            shoe.wrong(f"line {line}: {what} comes after shoe {self._latest} was begun")
        self._latest = max(self._latest, shoe.number)

    def verdicts(self) -> list[Verdict]:
        """Judge what was taken.

        :returns: a verdict for each shoe, in the order of their numbers; and one more if there was
            something that cannot be read.
        """
        judged = [_judged(shoe) for _, shoe in sorted(self._shoes.items())]
        if self._stray.problems:
            judged.append(Verdict(None, Outcome.WRONG, tuple(self._stray.problems), ()))
        return judged


def _judged(shoe: _Shoe) -> Verdict:
    rounds = sorted(shoe.rounds.values(), key=lambda played: played.number)
    _check_places(shoe, rounds)
    if shoe.committed is None and 1 in shoe.rounds:
        # Whoever came later has not seen it; but this one was there from the beginning.
        shoe.wrong("there is no commitment, and so nothing bound the house to an order")
    if shoe.revealed is not None:
        _check_order(shoe, shoe.revealed)
        _check_cards(shoe, shoe.revealed.order, rounds)
    elif shoe.again is not None:
        shoe.wrong(f"line {shoe.again.line}: cards were dealt again, but nothing is revealed")
    if shoe.problems:
        return Verdict(shoe.number, Outcome.WRONG, tuple(shoe.problems), ())
    checked = shoe.committed is not None and shoe.revealed is not None
    return Verdict(
        shoe.number, Outcome.RIGHT if checked else Outcome.OPEN, (), tuple(_notes(shoe, rounds))
    )


def _notes(shoe: _Shoe, rounds: list[Played]) -> Iterator[str]:
    """What there is to be known of a shoe with which nothing is wrong."""
    cards = _counted(sum(len(played.cards) for played in rounds), "card")
    told = f"{cards} of {_counted(len(rounds), 'round')}" if rounds else ""
    if shoe.committed is None:
        yield "the commitment is not told here, and so it is not known what bound the house"
    if shoe.revealed is None:
        yield "the order is not revealed here"
    elif shoe.committed is not None:
        decks = _counted(len(shoe.revealed.order) // len(DECK), "deck")
        yield f"the order of {decks} is the one that was committed to"
    if not rounds:
        yield "no round is told here"
    elif shoe.revealed is None:
        yield f"{told} cannot be compared with it"
    else:
        yield f"{told} lie in it where they should"
    if missing := _missing(rounds):
        yield f"not told here: {missing}"
        if rounds[0].number > 1 and shoe.committed is not None:
            yield "whether the commitment came before the first card cannot be seen"
    if shoe.again is not None:
        again = _counted(len(shoe.again.cards), "card")
        yield f"{again} shuffled again when the shoe ran out, which the commitment does not cover"


def _check_places(shoe: _Shoe, rounds: list[Played]) -> None:
    """See to it that each round goes on where the one before it ended, and no card is skipped."""
    number = last = 0
    for played in rounds:
        where = f"line {played.line}: round {played.number}"
        begins = f"{where} begins with card {played.first}"
        between, missing = played.first - last - 1, played.number - number - 1
        if between and not missing:
            shoe.wrong(f"{begins}, and not with card {last + 1}")
        elif between < 0:
            shoe.wrong(f"{begins}, which was dealt before")
        elif between < _FEWEST * missing:
            of = _counted(missing, "round")
            shoe.wrong(f"{begins}, which leaves too few cards for {of} not told here: {between}")
        if len(played.cards) < _FEWEST:
            shoe.wrong(f"{where} takes less than {_FEWEST} cards")
        number, last = played.number, played.last


def _check_order(shoe: _Shoe, revealed: Revealed) -> None:
    """See to it that the order is the one that was committed to, and some whole decks."""
    counts = Counter(revealed.order)
    if len(counts) != len(DECK) or len(set(counts.values())) != 1:
        shoe.wrong(f"line {revealed.line}: the order is not a number of whole decks")
    if (
        shoe.committed is not None
        and shoe.committed.commitment != Reveal(revealed.nonce, tuple(revealed.order)).commitment
    ):
        shoe.wrong(
            f"line {revealed.line}: order and nonce are not those of the commitment"
            f" (line {shoe.committed.line})"
        )


def _check_cards(shoe: _Shoe, order: bytes, rounds: list[Played]) -> None:
    """Compare the cards of the rounds with the order, and with those that were dealt again."""
    again = shoe.again.cards if shoe.again is not None else b""
    dealt = order + again
    for played in rounds:
        where = f"line {played.line}: round {played.number}"
        expected = dealt[played.first - 1 : played.first - 1 + len(played.cards)]
        differing = next(
            (
                place
                for place, pair in enumerate(zip(played.cards, expected, strict=False))
                if pair[0] != pair[1]
            ),
            None,
        )
        if differing is not None:
            shoe.wrong(
                f"{where} shows {card_name(played.cards[differing])} as card"
                f" {played.first + differing}, which is {card_name(expected[differing])}"
            )
        elif len(expected) < len(played.cards):
            shoe.wrong(f"{where} has more cards than the shoe")
        if played.first > len(order):
            shoe.wrong(f"{where} begins when the shoe has run out")
    if again:
        _check_again(shoe, order, again, rounds)


def _check_again(shoe: _Shoe, order: bytes, again: bytes, rounds: list[Played]) -> None:
    """See to it that the cards dealt again are those of the rounds before."""
    assert shoe.again is not None
    where = f"line {shoe.again.line}: the cards dealt again are not"
    ran_out = next((each for each in rounds if each.first <= len(order) < each.last), None)
    if ran_out is None:
        if Counter(again) - Counter(order):
            shoe.wrong(f"{where} in the shoe so often")
    elif Counter(again) != Counter(order[: ran_out.first - 1]):
        shoe.wrong(f"{where} those of the rounds before round {ran_out.number}")


def _missing(rounds: list[Played]) -> str:
    """Name the rounds that are not told, of those that there must have been."""
    gaps = []
    number = 0
    for played in rounds:
        if played.number > number + 1:
            first, last = number + 1, played.number - 1
            gaps.append(f"round {first}" if first == last else f"rounds {first}-{last}")
        number = played.number
    return ", ".join(gaps[:_MAX_GAPS]) + (" and others" if len(gaps) > _MAX_GAPS else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
