"""What is said of what happens at a table, in a line or two."""

from __future__ import annotations

from typing import Final

from netsuite.blackjack.fairness import commitment_lines, reveal_lines, round_lines
from netsuite.blackjack.hand import Hand
from netsuite.blackjack.screen.cards import name
from netsuite.blackjack.screen.lines import (
    Ink,
    Line,
    columns_of,
    flowed,
    foreign,
    text,
    words,
    written,
)
from netsuite.blackjack.screen.speech import listed
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips, seconds, worth
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.scene import Scene

__all__ = ["tell"]

#: What is said of whoever has done something: of oneself, and of somebody else.
_DEEDS: Final = {
    Action.HIT: ("hit", "hits"),
    Action.STAND: ("stand", "stands"),
    Action.DOUBLE: ("double", "doubles"),
    Action.SPLIT: ("split", "splits"),
    Action.SURRENDER: ("surrender", "surrenders"),
    Action.INSURE: ("insure the bet", "insures the bet"),
    Action.NO_INSURANCE: ("take no insurance", "takes no insurance"),
    Action.PLAY_ON: ("play on", "plays on"),
}


def tell(style: Style, event: events.Event, scene: Scene) -> list[str]:
    """Say what has happened.

    :param style: how.
    :param event: what has happened.
    :param scene: the table as it is now. It may be ahead of the event.
    :returns: nothing where the prompt says it, or the table, which is drawn when a round begins and
        when it is over.
    """
    match event:
        case events.ShoeStarted() | events.ShoeRevealed() | events.RoundOver():
            return _fairness(style, event, scene)
        case events.Said(who, said):
            speaker = f"{foreign(style, who)}{' says' if style.reader else ''}:"
            pieces = [*words(speaker, Ink.STRONG), *words(foreign(style, said))]
            return flowed(style, pieces, indent="  ")
        case events.Acted():
            return flowed(style, _acted(style, event, scene), indent="  ")
        case events.TurnCame(seat, hand) if seat == scene.me:
            return flowed(style, _turn(style, hand, scene))
        case _:
            return flowed(style, words(_sentence(style, event, scene)), indent="  ")


def _fairness(
    style: Style,
    event: events.ShoeStarted | events.ShoeRevealed | events.RoundOver,
    scene: Scene,
) -> list[str]:
    """What the house is bound to. Hashes and orders are not read aloud: ``fair`` shows them."""
    columns = columns_of(style)
    match event:
        case events.ShoeStarted(number, commitment, seed):
            said = f"Shoe {number} has been shuffled"
            said += "." if seed is None else f" with the seed {seed}: the same cards every time."
            if style.reader:
                return flowed(style, words(f"{said} The command fair says how to check it."))
            lines = [] if seed is None else flowed(style, words(said, Ink.FAINT))
            return lines + _faint(style, commitment_lines(number, commitment, columns))
        case events.ShoeRevealed(number, reveal):
            if style.reader:
                said = f"Shoe {number} is over. The command fair shows its order."
                return flowed(style, words(said))
            return _faint(style, reveal_lines(number, reveal, columns))
        case events.RoundOver(number, first, cards):
            if style.reader:
                return []
            return _faint(style, round_lines(scene.shoe, number, first, cards, columns))


def _faint(style: Style, lines: list[str]) -> list[str]:
    return [written(style, text(line, Ink.FAINT)) for line in lines]


def _acted(style: Style, event: events.Acted, scene: Scene) -> list[Line]:
    """What somebody has done, and what came of it."""
    who = _who(style, event.seat, scene)
    mine = event.seat == scene.me
    said = f"{who} {_DEEDS[event.action][not mine]}"
    if event.late:
        said = f"Your time is up. {said}" if mine else f"{who}'s time is up. {said}"
    split = event.hand > 0 or len(_hands(event.seat, scene)) > 1
    if split and (event.hand or event.action is not Action.SPLIT):
        said += f" on hand {event.hand + 1}"
    if event.action is Action.STAND:
        return words(f"{said}: {event.total}." if split else f"{said} on {event.total}.")
    if not event.cards:
        return words(f"{said}.")
    total = f"{event.total}: bust." if event.bust else f"{event.total}."
    if style.reader:
        return words(f"{said}: {listed(event.cards)}. {total}")
    *cards, last = map(name, event.cards)
    return [*words(f"{said}:"), *cards, last + text(","), *words(total)]


def _turn(style: Style, index: int, scene: Scene) -> list[Line]:
    """Which cards lie in a hand of mine that is new: of a split, all hands but the first."""
    hands = _hands(scene.me, scene)
    if not index < len(hands) > 1 or len(hands[index].cards) > 2:
        return []
    hand = hands[index]
    label, total = f"Hand {index + 1}:", f"{worth(scene.rules, hand)}."
    if style.reader:
        return words(f"{label} {listed(hand.cards)}. {total.capitalize()}")
    *cards, last = map(name, hand.cards)
    return [*words(label), *cards, last + text(","), *words(total)]


def _sentence(style: Style, event: events.Event, scene: Scene) -> str:
    """What else may be told; nothing where there is nothing to tell."""
    me = scene.me
    match event:
        case events.BetPlaced(seat, bet) if seat != me:
            who = _who(style, seat, scene)
            return f"{who} bets {chips(bet)}." if scene.rules.bets else f"{who} is ready."
        case events.SatOut(seat):
            if seat == me:
                return "You let the next round pass."
            return f"{_who(style, seat, scene)} lets the next round pass."
        case events.TimeShort(seat, left) if seat == me:
            return f"{seconds(left)} seconds left!"
        case events.Joined(who):
            return f"{foreign(style, who)} has come to watch."
        case events.SatDown(seat, who) if not scene.private:
            return "You have a seat." if seat == me else f"{foreign(style, who)} takes a seat."
        case events.Left(_, who, reason):
            return f"{foreign(style, who)} leaves{f': {reason}' if reason else ''}."
        case events.StoodUp(_, who, reason):
            said = "You watch" if who == scene.name else f"{foreign(style, who)} watches"
            return f"{said} from now on{f': {reason}' if reason else ''}."
        case events.CutOff(_, who, left):
            return (
                f"{foreign(style, who)} has lost the connection; the seat is kept for"
                f" {seconds(left)} s."
            )
        case events.Returned(seat, who):
            return "You are back." if seat == me else f"{foreign(style, who)} is back."
        case events.TakenOver():
            return "You have signed in from elsewhere, and go on there."
        case events.Stopping():
            return "The service is stopping: there will be no further round."
        case _:
            return ""


def _who(style: Style, seat: int, scene: Scene) -> str:
    """How to speak of a seat, which may be free by now."""
    if seat == scene.me:
        return "You"
    place = scene.places[seat]
    return f"Seat {seat + 1}" if place is None else foreign(style, place.name)


def _hands(seat: int | None, scene: Scene) -> tuple[Hand, ...]:
    place = None if seat is None else scene.places[seat]
    return () if place is None else place.hands
