"""Moments of a game, and the windows in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from netsuite.blackjack.cards import DECK
from netsuite.blackjack.fairness import Reveal
from netsuite.blackjack.players.accounts import Standing
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.news import tell
from netsuite.blackjack.screen.prompts import prompt
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.table import draw
from netsuite.blackjack.stages import Action
from netsuite.blackjack.strategy import Solution
from netsuite.blackjack.table import events
from netsuite.blackjack.table.scene import Scene
from tests.blackjack.screen.scenes import (
    DOUBLE,
    EUROPEAN,
    HIT,
    INSURE,
    SIMPLE,
    SPLIT,
    STAND,
    VEGAS,
    place,
    played,
    scene_of,
    waiting,
)

__all__ = ["MOMENTS", "WINDOWS"]

#: The windows, by what is said of them.
WINDOWS: Final[Mapping[str, Style]] = {
    "80 columns, Unicode": Style(columns=80, unicode=True),
    "40 columns, ASCII": Style(columns=40),
    "120 columns, 40 rows, Unicode": Style(columns=120, rows=40, unicode=True),
    "80 columns, 12 rows, ASCII": Style(columns=80, rows=12),
    "60 columns, Unicode, colours": Style(columns=60, unicode=True, colour=True),
    "read aloud": Style(reader=True, unicode=True, colour=True),
}

Show = Callable[[Style], list[str]]

_LATE: Final = Rules(name="late", surrender="late")
_RICH: Final = Rules(name="high rollers", min_bet=1, max_bet=10**12)
_NAMES: Final = ("Ann", "Bob the Builder", None, "王小明", "Zoë", "Mallory", "Guest 12!")
_COMPANY: Final = "8H 10S AH 9D 5C 4D KC 3D 9C 7D 2D 6H 5S 7H JD 9H 8S 7S"
_ORDER: Final = tuple(Random(5).sample(DECK, 52))
_REVEAL: Final = Reveal("0123456789abcdef" * 2, _ORDER)


def _table(scene: Scene, keys: bool = False, last_bet: int | None = 50) -> Show:
    """Show a table, and what can be typed."""
    return lambda style: draw(style, scene) + prompt(style, scene, keys=keys, last_bet=last_bet)


def _company(me: int | None, *more: Action, seconds: float | None = 18.0) -> Scene:
    """A table that others play at, too."""
    bets = (50, 100, 50, 20, 500)
    play = played(_COMPANY, *more, bets=bets)
    seats: dict[int, dict[str, Any]] = {1: {"present": False}}
    if play.over:
        seats[0] = {"bet": 75}
    return scene_of(
        play, _NAMES, me=me, watchers=("Eve", "Трудодень"), seconds=seconds, seats=seats
    )


def _told(scene: Scene, *told: events.Event) -> Show:
    """Show what is said of some events."""
    return lambda style: [line for event in told for line in tell(style, event, scene)]


_SPLIT: Final = "8H 10S 8D 6C 8C 8S 10D 5H 4C 9H 2H 7H 6S KD QC"

#: What is shown, by the name of a file in ``expected/``.
MOMENTS: Final[Mapping[str, Show]] = {
    "first-bet": _table(waiting(shoe=0, left=0), last_bet=None),
    "turn": _table(scene_of(played("AH 10S 7D 5C"))),
    "turn-with-keys": _table(scene_of(played("8H 10S 8D 6C", rules=_LATE)), keys=True),
    "won": _table(scene_of(played("AH 10S 7D 6C 3C 9D", HIT))),
    "blackjack": _table(scene_of(played("AH 10S KD 6C"))),
    "insurance": _table(scene_of(played("AH AS KD 6C"))),
    "no-hole-card": _table(scene_of(played("8H 10S 3D", rules=EUROPEAN))),
    "long-hand": _table(scene_of(played("2H 10S 2D 6C 2C 2S AD AH 5H AS AC", *[HIT] * 7), left=0)),
    "four-hands": _table(scene_of(played(_SPLIT, SPLIT, SPLIT, SPLIT, HIT))),
    "four-hands-paid": _table(
        scene_of(played(_SPLIT, SPLIT, SPLIT, SPLIT, HIT, STAND, DOUBLE, STAND))
    ),
    "fortune": _table(
        scene_of(
            played(
                "8H AS 8D 6C 3C 8S 10D 5H 4C", INSURE, SPLIT, DOUBLE, rules=_RICH, bets=(10**12,)
            ),
            chips=10**13,
        )
    ),
    "too-few-chips": _table(waiting(places=(place(chips=3),))),
    "simple": _table(scene_of(played("8H AS 8D 6C", rules=SIMPLE))),
    "simple-lost": _table(scene_of(played("8H AS 8D 6C", STAND, rules=SIMPLE))),
    "company": _table(_company(0)),
    "company-waiting": _table(_company(3, STAND)),
    "company-watching": _table(_company(None, STAND)),
    "company-paid": _table(_company(3, STAND, HIT, *[STAND] * 4)),
    "news": _told(
        _company(3, STAND),
        events.ShoeStarted(2, _REVEAL.commitment, 7),
        events.BetPlaced(0, 50),
        events.SatOut(6),
        events.Acted(0, 0, HIT, (5,), 15, False, False),
        events.Acted(1, 1, HIT, (40,), 25, True, False),
        events.Acted(3, 0, STAND, (), 20, False, True),
        events.TimeShort(3, 5.0),
        events.RoundOver(3, 17, _ORDER[:6]),
        events.ShoeRevealed(1, _REVEAL),
        events.Joined("Eve"),
        events.SatDown(2, "Eve"),
        events.CutOff(1, "Bob the Builder", 30.0),
        events.Returned(1, "Bob the Builder"),
        events.Left(4, "Zoë", "lost the connection"),
        events.Said("王小明", "I should not have taken that card; what would you have done, Ann?"),
        events.Stopping(),
    ),
    "greeting": lambda style: texts.greeting(style, SIMPLE, True, 7),
    "help": texts.help,
    "rules": lambda style: texts.rules(style, VEGAS, 0.0073),
    "rules-simple": lambda style: texts.rules(style, SIMPLE, 0.0466),
    "stats": lambda style: texts.stats(style, "Zoë", 1050, Record(12, 14, 6, 2, 6, 1, 700, 50)),
    "leaders": lambda style: texts.leaderboard(
        style,
        [
            Standing("王小明", 125_000, 124_000, 812),
            Standing("Ann", 1_250_000, 250, 12),
            Standing("Zoë", 20, -980, 30),
        ],
        "Ann",
    ),
    "advice": lambda style: texts.advice(
        style, Solution(_LATE).advice(played("8H 10S 8D 6C", rules=_LATE))
    ),
    "fair": lambda style: texts.fair(style, 2, _REVEAL.commitment, events.ShoeRevealed(1, _REVEAL)),
}
