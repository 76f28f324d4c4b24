"""What becomes of what is typed at a table: for each command of
:mod:`~netsuite.blackjack.session.commands` a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from netsuite.blackjack.players.accounts import Account
from netsuite.blackjack.players.names import one_line
from netsuite.blackjack.round import NotAllowedError
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.wording import chips
from netsuite.blackjack.session.commands import (
    ACTIONS,
    COMMAND_KEY,
    COMMANDS,
    Command,
    command_named,
    command_of,
)
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table.refusals import TableError

if TYPE_CHECKING:
    from netsuite.blackjack.session.session import Session

__all__ = ["aside", "do", "press", "sentence"]

Deed = Callable[["Session", str], None]

#: A whole number of chips, as people write it and as we do; a bet never has more digits.
_CHIPS: Final = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}")
#: What is meant as a number, whether it is one or not: no command has a digit.
_NUMBER: Final = re.compile(r"\D?\d")

#: What works even where a secret word is asked for.
_EVERYWHERE: Final = frozenset({"help", "rules", "stats", "quit"})

_ON_OR_OFF: Final = {"on": True, "off": False, "": True}


def do(session: Session, line: str) -> None:
    """Do what a line says.

    :param line: the line.
    """
    text = line.strip()
    if not text:
        _enter(session)
        return
    word, rest = _parted(text)
    if not word:
        session.tell(f"Type a command behind {COMMAND_KEY}, such as {COMMAND_KEY}help.")
        return
    if _NUMBER.match(word):
        _attempt(session, _bet, f"{word} {rest}".strip())
        return
    found = _sensible(session, command_of(word))
    if len(found) == 1:
        _attempt(session, _DEEDS[found[0].word], rest)
    elif found:
        words = " or ".join(command.word for command in found)
        session.tell(f"{_quoted(word)} may be {words}: type more of it.")
    else:
        _misunderstood(session, word)


def press(session: Session, key: str) -> None:
    """Do what a single key stands for.

    :param key: the key.
    """
    keys = (command for command in COMMANDS.values() if command.key == key.casefold())
    found = _sensible(session, tuple(keys))
    if found:
        _attempt(session, _DEEDS[found[0].word], "")
    else:
        _misunderstood(session, key)


def aside(session: Session, line: str, *, hidden: bool) -> bool:
    """Do what a line says that is no answer to a question, but asks something itself.

    :param line: the line.
    :param hidden: whether the answer is a secret word. That can be anything but one of the few
        words that work everywhere.
    :returns: whether it was one.
    """
    if hidden and line.casefold() not in _EVERYWHERE:
        return False
    word, rest = _parted(line.strip())
    command = command_named(word)
    if command is None or command.word not in _ASIDES:
        return False
    _attempt(session, _ASIDES[command.word], rest)
    return True


def sentence(reason: str) -> str:
    """Return a reason as a sentence.

    :param reason: in words for a player.
    """
    return f"{reason[:1].upper()}{reason[1:]}."


def _parted(text: str) -> tuple[str, str]:
    """Part what was typed into a word and what is behind it."""
    word, _, rest = text.removeprefix(COMMAND_KEY).lstrip().partition(" ")
    return word, rest.strip()


def _sensible(session: Session, found: tuple[Command, ...]) -> tuple[Command, ...]:
    """Narrow what a word may stand for down to what may be done now, if any of it may."""
    if len(found) < 2:
        return found
    now = _allowed(session)
    return tuple(command for command in found if command in now) or found


def _allowed(session: Session) -> list[Command]:
    """The choices there are now."""
    scene = session.scene()
    if not scene.my_turn or scene.round is None:
        return []
    return [ACTIONS[action] for action in scene.round.allowed()]


def _attempt(session: Session, deed: Deed, rest: str) -> None:
    try:
        deed(session, rest)
    except (TableError, NotAllowedError) as error:
        session.tell(sentence(str(error)))


def _misunderstood(session: Session, word: str) -> None:
    """Say what was expected."""
    expected, others = _expected(session), "help"
    if session.single_keys:
        expected = [COMMANDS[each].key for each in expected]
        others = f"{COMMAND_KEY} to begin another command, such as {COMMAND_KEY}help"
    session.tell(
        f"{_quoted(word)} is nothing that can be done here. "
        f"Expected: {', '.join(expected)}; or {others}."
    )


def _expected(session: Session) -> list[str]:
    scene = session.scene()
    if scene.my_turn:
        return [*(command.word for command in _allowed(session)), "?"]
    if scene.me is None:
        return ["sit", "say", "quit"]
    if not scene.betting:
        return ["say", "look", "quit"]
    return ["a bet, such as 50", "deal"] if scene.rules.bets else ["deal"]


def _quoted(word: str) -> str:
    shown = one_line(word)
    return f"'{shown[:20]}…'" if len(shown) > 20 else f"'{shown}'"


# The deeds.


def _act(action: Action) -> Deed:
    def act(session: Session, _rest: str) -> None:
        scene = session.scene()
        values = None
        if session.tutor and scene.my_turn and scene.round is not None:
            values = session.house.solution.advice(scene.round)
        session.table.act(session, action)
        if values is not None:
            session.say(texts.tutor(session.style, action, values))

    return act


def _enter(session: Session) -> None:
    """Bet as before where a bet is asked for; otherwise what can be typed is shown again."""
    scene = session.scene()
    if scene.betting and scene.mine is not None and scene.mine.bet is None:
        _attempt(session, _deal, "")


def _deal(session: Session, _rest: str) -> None:
    rules, has, again = session.house.rules, session.player.chips, session.last_bet
    if again is None:
        again = rules.min_bet if rules.bets else 0
    elif rules.min_bet <= has < again:
        raise TableError(
            f"your last bet was {chips(again)}, and you have {chips(has)} chips left; "
            "bet less, or type refill for free chips"
        )
    _place(session, again)


def _bet(session: Session, rest: str) -> None:
    if not session.house.rules.bets:
        raise TableError("there are no bets in this game; press Enter for cards")
    if not _CHIPS.fullmatch(rest):
        raise TableError("a bet is a whole number of chips, such as 50")
    _place(session, int(rest.replace(",", "")))


def _place(session: Session, bet: int) -> None:
    """Place a bet: not before it is known what became of the last round in the store."""
    player = session.player

    def place(_: object = None) -> None:
        session.table.bet(session, bet)
        session.last_bet = bet

    async def place_later(account: Account) -> None:
        await account.writing.run(lambda: None)
        _attempt(session, lambda *_: place(), "")

    if isinstance(player, Account) and player.writing.locked:
        session.work(place_later(player))
    else:
        place()


def _pass(session: Session, _rest: str) -> None:
    session.table.sit_out(session)


def _sit(session: Session, _rest: str) -> None:
    waiting = session.table.sit(session)
    if waiting:
        session.tell(
            "You have the next seat that is free."
            if waiting == 1
            else f"You have a seat when {waiting} have become free."
        )


def _watch(session: Session, _rest: str) -> None:
    session.table.watch(session)


def _say(session: Session, rest: str) -> None:
    session.table.say(session, one_line(rest))


def _advise(session: Session, _rest: str) -> None:
    scene = session.scene()
    if not scene.my_turn or scene.round is None:
        raise TableError("there is nothing to choose for you just now")
    session.say(texts.advice(session.style, session.house.solution.advice(scene.round)))


def _look(session: Session, _rest: str) -> None:
    session.look()


def _help(session: Session, _rest: str) -> None:
    session.say(texts.help(session.style))


def _rules(session: Session, _rest: str) -> None:
    house = session.house
    session.say(texts.rules(session.style, house.rules, house.edge))


def _stats(session: Session, _rest: str) -> None:
    player = session.player
    if session.at_table:
        mine = session.scene().mine
        has = player.chips if mine is None else mine.chips
        session.say(texts.stats(session.style, player.name, has, player.record))
    else:
        session.tell("You have not played yet.")


def _top(session: Session, _rest: str) -> None:
    async def top() -> None:
        rows = await session.house.accounts.leaderboard(10)
        session.say(texts.leaderboard(session.style, rows, session.player.name))

    session.work(top())


def _refill(session: Session, _rest: str) -> None:
    house, player = session.house, session.player
    up_to = house.rules.bankroll

    async def refill(account: Account) -> None:
        if await house.accounts.refill(account, up_to, house.today()):
            session.tell(f"You have {chips(up_to)} chips again.")
        else:
            session.tell("You have had the free chips of today. A new day begins at 0:00 UTC.")

    if player.chips >= up_to:
        session.tell(f"Chips are filled up to {chips(up_to)}, and you have {chips(player.chips)}.")
    elif isinstance(player, Account):
        session.work(refill(player))
    elif session.refilled:
        session.tell("A guest gets free chips once. Whoever has a name gets some every day.")
    else:
        session.refilled = True
        player.chips = up_to
        session.tell(f"You have {chips(up_to)} chips again.")


def _fair(session: Session, _rest: str) -> None:
    table = session.table
    session.say(texts.fair(session.style, table.shoe_number, table.commitment, table.last_reveal))


def _quit(session: Session, _rest: str) -> None:
    session.leave()


def _on_or_off(rest: str) -> bool:
    """Read what is behind the word of a switch."""
    choice = _ON_OR_OFF.get(rest.casefold())
    if choice is None:
        raise TableError(f"expected on or off, not {_quoted(rest)}")
    return choice


def _switch(name: str, on: str, off: str) -> Deed:
    """Return the deed of a switch.

    :param name: the preference.
    :param on: what to say when it is on.
    :param off: what to say when it is off.
    """

    def switch(session: Session, rest: str) -> None:
        choice = _on_or_off(rest)
        setattr(session.desk.preferences, name, choice)
        changed = session.prefer()
        session.tell(on if choice else off)
        if changed and session.at_table and not session.scene().betting:
            session.look()

    return switch


def _tutor(session: Session, rest: str) -> None:
    session.tutor = _on_or_off(rest)
    session.tell(
        "You are told whenever another choice was better."
        if session.tutor
        else "You are left alone with your choices; ? asks which is best."
    )


#: What can be typed before one is at a table, too.
_ASIDES: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "help": _help,
        "rules": _rules,
        "stats": _stats,
        "quit": _quit,
        "keys": _switch(
            "keys",
            "Single keys are taken, if your program can send them.",
            "Whole lines are taken.",
        ),
        "colour": _switch("colour", "Colours are on.", "Colours are off."),
        "unicode": _switch("unicode", "Cards are drawn as A♠.", "Cards are written as AS."),
        "reader": _switch(
            "reader", "Everything is said in plain sentences.", "The table is drawn."
        ),
        "prompts": _switch(
            "prompts", "The ends of prompts are marked.", "The ends of prompts are not marked."
        ),
    }
)

_DEEDS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        **_ASIDES,
        **{command.word: _act(action) for action, command in ACTIONS.items()},
        "bet": _bet,
        "deal": _deal,
        "pass": _pass,
        "sit": _sit,
        "watch": _watch,
        "say": _say,
        "?": _advise,
        "look": _look,
        "top": _top,
        "refill": _refill,
        "fair": _fair,
        "tutor": _tutor,
    }
)
