"""What can be typed now: it is always on the screen."""

from __future__ import annotations

from typing import Final, NamedTuple

from netsuite.blackjack.screen.labels import bracketed, highlighted, typed
from netsuite.blackjack.screen.lines import Ink, flowed, foreign, text, words
from netsuite.blackjack.screen.speech import sentences
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips, seconds, up_card, worth
from netsuite.blackjack.session.commands import ACTIONS, COMMANDS
from netsuite.blackjack.stages import Action, Phase
from netsuite.blackjack.table.scene import Place, Scene

__all__ = ["prompt"]

#: The last line for those who have it read aloud, and for everybody else.
_BET: Final = "Your bet: "
_CHOICE: Final = "Your choice: "
_PROMPT: Final = "> "

#: How to answer.
_KEY: Final = "Press a key."
_LETTER: Final = "Type a letter, then Enter."
_NUMBER: Final = "Type a number."

_ADVICE: Final = COMMANDS["?"]
_SAY: Final = ("[say] TEXT", COMMANDS["say"].summary)
_PASS: Final = ("[pass]", COMMANDS["pass"].summary)


class _Question(NamedTuple):
    """What is asked of somebody.

    :param facts: what to know first, in sentences.
    :param how: how to answer, for those who may not know.
    :param options: what to answer, and what it does. Keys are in brackets.
    :param also: other commands that make sense.
    """

    facts: list[str]
    how: str
    options: list[tuple[str, str]]
    also: tuple[str, ...]


def prompt(
    style: Style, scene: Scene, *, keys: bool = False, last_bet: int | None = None
) -> list[str]:
    """Say what can be typed.

    :param style: how.
    :param scene: the table as it is now.
    :param keys: whether single keys are taken, without Enter.
    :param last_bet: the last bet, which Enter repeats; None before the first, when Enter bets as
        little as possible.
    :returns: lines, the last of which is not to be ended: what is typed follows it.
    """
    asked = _question(style, scene, keys, last_bet)
    if style.reader:
        return _read(style, asked)
    facts = [word for fact in asked.facts for word in words(fact)] + words(asked.how, Ink.FAINT)
    options = [highlighted(label) + text(" ") for label, _ in asked.options]
    also = [text(f"{word} ·", Ink.FAINT) for word in asked.also[:-1]]
    also += [text(word, Ink.FAINT) for word in asked.also[-1:]]
    return [*flowed(style, facts), *flowed(style, [*options, *also]), _PROMPT]


def _read(style: Style, asked: _Question) -> list[str]:
    """One option a line."""
    said = [*asked.facts]
    for label, summary in asked.options:
        said.append(f"{typed(label)}: {summary}.")
    if asked.also:
        said.append(f"Also: {', '.join(asked.also)}.")
    return [*sentences(style, said), _BET if asked.how == _NUMBER else _CHOICE]


def _question(style: Style, scene: Scene, keys: bool, last_bet: int | None) -> _Question:
    place = scene.mine
    if place is None:
        return _watching(scene)
    if scene.my_turn:
        return _turn(style, scene, keys)
    if scene.betting and place.bet is None:
        return _betting(style, scene, place, last_bet)
    return _waiting(style, scene, place)


def _turn(style: Style, scene: Scene, keys: bool) -> _Question:
    """My hand is asked."""
    play = scene.round
    place = scene.mine
    assert play is not None
    assert place is not None
    assert scene.turn is not None
    index = scene.turn[1]
    hand = place.hands[index]
    total, up = worth(scene.rules, hand), up_card(scene)
    which = f"Hand {index + 1} of {len(place.hands)}" if len(place.hands) > 1 else "Your turn"
    facts = [f"{which}: {total} against {up}."]
    if play.phase is Phase.INSURANCE:
        facts.append(_insurance(scene))
    elif play.phase is Phase.EARLY:
        facts.append("Surrender before the dealer looks?")
    facts += _time(style, scene)
    options = []
    for action in play.allowed():
        word, key, _, summary, _ = ACTIONS[action]
        options.append((bracketed(word, key), summary))
    options.append((f"[{_ADVICE.key}] advice", _ADVICE.summary))
    how = _KEY if keys else _LETTER
    also = ("/ for other commands",) if keys else ("help", "rules", "quit")
    return _Question(facts, how if play.phase is Phase.PLAYING else "", options, also)


def _insurance(scene: Scene) -> str:
    play = scene.round
    assert play is not None
    refused = play.why_not(Action.INSURE)
    if refused is not None:
        return f"You cannot insure: {refused}."
    cost = chips(play.hand.bet // 2)
    if play.hand.blackjack:
        return f"Insure it for {cost}, for even money?"
    return f"Insurance for {cost}?"


def _betting(style: Style, scene: Scene, place: Place, last_bet: int | None) -> _Question:
    """I may bet on the next round."""
    rules = scene.rules
    also = ("rules", "stats", "help", "quit")
    others = [] if scene.private else [_PASS]
    passed = ["You let this round pass."] if place.sits_out else []
    if not rules.bets:
        deal = [("[Enter] deals", "deal the cards")]
        return _Question([*passed, *_time(style, scene)], "", deal + others, also)
    if place.chips < rules.min_bet:
        few = (
            f"You have {chips(place.chips)} chips, and the smallest bet is {chips(rules.min_bet)}."
        )
        refill = ("[refill]", COMMANDS["refill"].summary)
        return _Question([few], "", [refill, *others], also)
    most = min(place.chips, rules.max_bet)
    facts = [*passed, f"Your bet, {chips(rules.min_bet)} to {chips(most)}?", *_time(style, scene)]
    options = []
    offered = rules.min_bet if last_bet is None else last_bet
    if rules.min_bet <= offered <= most:
        again = "" if last_bet is None else " again"
        options.append((f"[Enter] {chips(offered)}{again}", f"bet {chips(offered)}{again}"))
    return _Question(facts, _NUMBER, options + others, also)


def _waiting(style: Style, scene: Scene, place: Place) -> _Question:
    """I wait for others."""
    also = ("help", "rules", "quit")
    if scene.betting:
        bet = f"You bet {chips(place.bet or 0)}." if scene.rules.bets else "You are ready."
        back = ("[pass]", "take it back")
        return _Question(
            [bet, "The others may still bet.", *_time(style, scene)], "", [back, _SAY], also
        )
    return _Question(_going_on(style, scene), "", [] if scene.private else [_SAY], also)


def _watching(scene: Scene) -> _Question:
    """I have no seat."""
    free = any(place is None for place in scene.places)
    sit = ("[sit]", "take a seat" if free else "have the next seat that is free")
    return _Question(["You are watching."], "", [sit, _SAY], ("look", "help", "quit"))


def _going_on(style: Style, scene: Scene) -> list[str]:
    if scene.turn is None:
        return ["This was the last round." if scene.stopping else "The round goes on."]
    asked = scene.places[scene.turn[0]]
    who = "Somebody" if asked is None else foreign(style, asked.name)
    return [f"{who}'s turn.", *_time(style, scene)]


def _time(style: Style, scene: Scene) -> list[str]:
    """How much time is left, if there is any hurry."""
    if scene.seconds is None:
        return []
    return [f"{seconds(scene.seconds)} {'seconds' if style.reader else 's'} left."]
