"""What becomes of what is typed at a table: for each command of
:mod:`~netsuite.blackjack.session.commands` a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from netsuite.blackjack.players.names import one_line
from netsuite.blackjack.round import NotAllowedError
from netsuite.blackjack.screen import texts
from netsuite.blackjack.session.commands import ACTIONS, COMMANDS, Command, command_of
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table.table import TableError

if TYPE_CHECKING:
    from netsuite.blackjack.session.session import Session

__all__ = ["aside", "do", "press"]

# More digits than any bet has are no number to be read.
_MOST_DIGITS: Final = 15


def do(session: Session, text: str) -> None:
    """Do what a line says.

    :param text: the line.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if word.isascii() and word.isdigit():
        word, rest = "bet", word
    found = _sensible(session, command_of(word)) if word else (COMMANDS["deal"],)
    if len(found) == 1:
        _carry_out(session, found[0], rest)
    elif found:
        words = " or ".join(command.word for command in found)
        session.tell(f"{one_line(word)} may be {words}: type more of it.")
    else:
        _misunderstood(session, word)


def press(session: Session, key: str) -> None:
    """Do what a single key stands for.

    :param key: the key.
    """
    found = [command for command in COMMANDS.values() if command.key == key.casefold()]
    found = list(_sensible(session, tuple(found)))
    if found:
        _carry_out(session, found[0], "")
    else:
        _misunderstood(session, key)


def aside(session: Session, text: str) -> bool:
    """Do what a line says that is no answer to a question, but asks something itself.

    :param text: the line.
    :returns: whether it was one.
    """
    word, _, rest = text.strip().partition(" ")
    deed = _ASIDES.get(word.casefold())
    if deed is None:
        return False
    deed(session, rest.strip())
    return True


def _sensible(session: Session, found: tuple[Command, ...]) -> tuple[Command, ...]:
    """Narrow what a word may stand for down to what may be done now, if any of it may."""
    if len(found) < 2:
        return found
    now = _allowed(session)
    return tuple(command for command in found if command in now) or found


def _allowed(session: Session) -> list[Command]:
    scene = session.scene()
    if not scene.my_turn or scene.round is None:
        return []
    return [ACTIONS[action] for action in scene.round.allowed()]


def _carry_out(session: Session, command: Command, rest: str) -> None:
    try:
        _DEEDS[command.word](session, rest)
    except (TableError, NotAllowedError) as error:
        session.tell(_sentence(str(error)))


def _misunderstood(session: Session, word: str) -> None:
    scene = session.scene()
    expected = [command.word for command in _allowed(session)]
    if not expected:
        expected = ["a bet, such as 50"] if scene.betting and scene.rules.bets else ["deal"]
        if scene.me is None:
            expected = ["sit", "say", "quit"]
    session.tell(
        f"{one_line(word)!r:.30} is nothing that can be done here. "
        f"Expected: {', '.join(expected)}; or help."
    )


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


# The deeds.


def _act(action: Action) -> Callable[[Session, str], None]:
    def act(session: Session, _rest: str) -> None:
        scene = session.scene()
        values = None
        if session.tutor and scene.my_turn and scene.round is not None:
            values = session.house.solution.advice(scene.round)
        session.table.act(session, action)
        if values is not None:
            session.say(texts.tutor(session.style, action, values))

    return act


def _bet(session: Session, rest: str) -> None:
    if not rest.isascii() or not rest.isdigit() or len(rest) > _MOST_DIGITS:
        raise TableError("a bet is a whole number of chips, such as 50")
    session.table.bet(session, int(rest))
    session.last_bet = int(rest)


def _deal(session: Session, _rest: str) -> None:
    """Do what Enter does: bet as before, or just show what can be typed."""
    scene = session.scene()
    if not scene.betting or scene.me is None:
        return
    chips = session.last_bet
    if chips is None:
        chips = scene.rules.min_bet if scene.rules.bets else 0
    session.table.bet(session, chips)
    session.last_bet = chips


def _pass(session: Session, _rest: str) -> None:
    session.table.sit_out(session)


def _sit(session: Session, _rest: str) -> None:
    session.table.sit(session)


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
    session.say(texts.rules(session.style, house.rules, house.solution.house_edge()))


def _stats(session: Session, _rest: str) -> None:
    player = session.player
    session.say(texts.stats(session.style, player.name, player.chips, player.record))


def _top(session: Session, _rest: str) -> None:
    async def top() -> None:
        rows = await session.house.accounts.leaderboard(10)
        session.say(texts.leaderboard(session.style, rows, session.player.name))

    session.work(top())


def _refill(session: Session, _rest: str) -> None:
    session.work(session.refill())


def _fair(session: Session, _rest: str) -> None:
    table = session.table
    session.say(texts.fair(session.style, table.shoe_number, table.commitment, table.last_reveal))


def _quit(session: Session, _rest: str) -> None:
    session.leave()


def _switch(name: str, on: str, off: str) -> Callable[[Session, str], None]:
    """Return the deed of a switch.

    :param name: the preference.
    :param on: what to say when it is on.
    :param off: what to say when it is off.
    """

    def switch(session: Session, rest: str) -> None:
        choice = {"on": True, "off": False, "": True}.get(rest.casefold())
        if choice is None:
            session.tell(f"Expected on or off, not {one_line(rest)!r:.30}.")
            return
        setattr(session.preferences, name, choice)
        session.tell(on if choice else off)
        session.prefer()

    return switch


def _tutor(session: Session, rest: str) -> None:
    session.tutor = rest.casefold() != "off"
    session.tell(
        "You are told whenever another choice was better."
        if session.tutor
        else "You are left alone with your choices; ? asks which is best."
    )


_ASIDES: Final[Mapping[str, Callable[[Session, str], None]]] = MappingProxyType(
    {
        "help": _help,
        "rules": _rules,
        "stats": _stats,
        "quit": _quit,
        "keys": _switch("keys", "Single keys are taken.", "Whole lines are taken."),
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

_DEEDS: Final[Mapping[str, Callable[[Session, str], None]]] = MappingProxyType(
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
