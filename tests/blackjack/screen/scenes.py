"""Scenes to show: what a table's member sees of a round with known cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netsuite.blackjack.cards import parse_card
from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table.scene import Place, Scene

VEGAS = PRESETS["vegas"]
SIMPLE = PRESETS["simple"]
EUROPEAN = PRESETS["european"]

HIT, STAND, DOUBLE, SPLIT, SURRENDER, INSURE, DECLINE, PLAY_ON = Action


def played(
    cards: str, *actions: Action, rules: Rules = VEGAS, bets: Sequence[int] = (50,)
) -> Round:
    """A round in which the cards of a known shoe were dealt, and something was done."""
    order = [parse_card(card) for card in cards.split()]
    play = Round(rules, Shoe.stacked(order), bets if rules.bets else [0] * len(bets))
    for action in actions:
        play.act(action)
    return play


def place(name: str = "Ann", **changes: Any) -> Place:
    """A seat of somebody who has not bet."""
    usual: dict[str, Any] = {
        "name": name,
        "chips": 1000,
        "bet": None,
        "hands": (),
        "insured": 0,
        "won": 0,
        "present": True,
        "sits_out": False,
    }
    return Place(**{**usual, **changes})


def waiting(rules: Rules = VEGAS, **changes: Any) -> Scene:
    """A private table before its first round."""
    usual: dict[str, Any] = {
        "name": "Ann",
        "rules": rules,
        "private": True,
        "places": (place(),),
        "me": 0,
        "round": None,
        "turn": None,
        "betting": True,
        "seconds": None,
        "left": 234,
        "cards": 52 * rules.decks,
        "shoe": 1,
        "watchers": (),
        "stopping": False,
    }
    return Scene(**{**usual, **changes})


def scene_of(
    play: Round,
    names: Sequence[str | None] = ("Ann",),
    *,
    chips: int = 1000,
    seats: Mapping[int, Mapping[str, Any]] | None = None,
    **changes: Any,
) -> Scene:
    """What is seen of a round.

    :param names: for each seat of the table who has it; None for a free one. Whoever has one
        plays, unless their name ends with ``!``: they sit out.
    :param chips: what each had before.
    :param seats: for each seat what is different about it.
    :param changes: what else is different.
    """
    places: list[Place | None] = []
    plays: list[int] = []
    for index, name in enumerate(names):
        if name is None:
            places.append(None)
            continue
        if name.endswith("!"):
            places.append(place(name[:-1], chips=chips, sits_out=True))
            continue
        seat = len(plays)
        plays.append(index)
        won = play.payout(seat) - play.staked(seat) if play.over else 0
        made: dict[str, Any] = {
            "chips": chips + won if play.over else chips - play.staked(seat),
            "bet": None if play.over else play.bets[seat],
            "hands": tuple(play.hands[seat]),
            "insured": play.insured[seat],
            "won": won,
        }
        places.append(place(name, **{**made, **(seats or {}).get(index, {})}))
    turn = None
    if play.turn is not None:
        turn = plays[play.turn[0]], play.turn[1]
    usual: dict[str, Any] = {
        "places": tuple(places),
        "private": len(names) == 1,
        "round": play,
        "turn": turn,
        "betting": play.over,
        "left": 217,
    }
    return waiting(play.rules, **{**usual, **changes})
