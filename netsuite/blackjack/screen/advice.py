"""Which choice is best, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from netsuite.blackjack.screen.lines import MINUS, Ink, flowed, text, words
from netsuite.blackjack.screen.speech import sentences
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.session.commands import ACTIONS
from netsuite.blackjack.stages import Action

__all__ = ["advice", "tutor"]

#: What choices are called whose words are no names.
_NAMES: Final = {
    Action.INSURE: "insurance",
    Action.NO_INSURANCE: "no insurance",
    Action.PLAY_ON: "playing on",
}

#: What is no more than a rounding error, in units of the bet.
_NOTHING: Final = 1e-9


def advice(style: Style, values: Mapping[Action, float]) -> list[str]:
    """Say what each choice is worth.

    :param style: how.
    :param values: for each choice what it brings on average, in units of the bet, the best first.
    """
    (best, value), *others = values.items()
    if style.reader:
        said = [f"Best: {_name(best)}. On average it {_brings(value)} of the bet."]
        said += [f"{_name(action).capitalize()} {_brings(worth)}." for action, worth in others]
        return sentences(style, said)
    pieces = [
        *words("Best:"),
        *words(_name(best), Ink.STRONG),
        *words(f"{_signed(value)} of the bet on average."),
    ]
    last = len(others) - 1
    for index, (action, worth) in enumerate(others):
        mark = "." if index == last else ","
        pieces.append(text(f"{_name(action)} {_signed(worth)}{mark}", Ink.FAINT))
    return flowed(style, pieces)


def tutor(style: Style, chosen: Action, values: Mapping[Action, float]) -> list[str]:
    """Say that another choice was better.

    :param style: how.
    :param chosen: what was chosen.
    :param values: for each choice what it brings on average, in units of the bet.
    :returns: nothing if there was none.
    """
    best = max(values, key=values.__getitem__)
    better = values[best] - values.get(chosen, values[best])
    if better < _NOTHING:
        return []
    by = f"{better:.2f}" if better >= 0.005 else "less than 0.01"
    said = f"Better: {_name(best)}, by {by} of the bet on average."
    return flowed(style, words(said, Ink.STRONG))


def _name(action: Action) -> str:
    return _NAMES.get(action, ACTIONS[action].word)


def _signed(value: float) -> str:
    shown = f"{abs(value):.2f}"
    sign = "" if float(shown) == 0 else "+" if value > 0 else MINUS
    return sign + shown


def _brings(value: float) -> str:
    shown = f"{abs(value):.2f}"
    if float(shown) == 0:
        return "brings 0"
    return f"{'wins' if value > 0 else 'loses'} {shown}"
