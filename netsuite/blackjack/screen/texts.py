"""What is shown when a session begins, and whenever somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from netsuite.blackjack.fairness import commitment_lines, reveal_lines
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.rules import Rules
from netsuite.blackjack.screen.advice import advice, tutor
from netsuite.blackjack.screen.labels import bracketed, highlighted
from netsuite.blackjack.screen.lines import (
    Ink,
    Line,
    beside,
    columns_of,
    flowed,
    foreign,
    text,
    width_of,
    words,
    written,
)
from netsuite.blackjack.screen.rulebook import rules
from netsuite.blackjack.screen.speech import sentences
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.wording import chips, few_chips, signed
from netsuite.blackjack.session.commands import COMMANDS, Command
from netsuite.blackjack.table.events import ShoeRevealed

if TYPE_CHECKING:
    from netsuite.blackjack.players.accounts import Standing

__all__ = [
    "advice",
    "fair",
    "greeting",
    "help",
    "leaderboard",
    "rules",
    "stats",
    "tutor",
    "wrapped",
]

#: The most characters of a sentence.
_MOST: Final = 2000

#: All commands, in groups, and these in two columns.
_COLUMNS: Final = (
    (
        ("Before a round", ("bet", "deal", "pass")),
        ("Your turn", ("hit", "stand", "double", "split", "surrender", "play", "yes", "no", "?")),
        ("Always", ("help", "rules", "quit")),
    ),
    (
        ("The table", ("look", "fair", "say", "sit", "watch")),
        ("You", ("stats", "top", "refill")),
        ("On or off", ("tutor", "keys", "colour", "unicode", "reader", "prompts")),
    ),
)

#: How the house binds itself, and how that can be checked.
_FAIR: Final = (
    (
        "Before a shoe is dealt, the house binds itself to the order of its cards: it shows the"
        " SHA-256 of a random number and that order, the commitment."
    ),
    (
        "When the shoe is over, it reveals both. Whoever computes the SHA-256 of them sees that no"
        " card was moved in between. That the shuffle was random, this cannot show."
    ),
    (
        "Cards that had to be shuffled and dealt again, because a shoe ran out in the middle of a"
        " round, are not covered."
    ),
)
_CHECK: Final = (
    (
        "To check it, save what is on your screen from beginning to end, and run: netsuite"
        " blackjack verify FILE"
    ),
    (
        "Or compute it yourself, from what was revealed, with single spaces between: printf %s"
        ' "NONCE CARD CARD ..." | sha256sum'
    ),
)

#: From this width on there is room for both columns.
_ROOMY: Final = 78
_LABEL: Final = 13

_SWITCH: Final = "on|off"


def wrapped(style: Style, sentence: str) -> list[str]:
    """Write a sentence, on as many lines as it takes.

    :param style: how.
    :param sentence: what to say. Whatever cannot be shown in it is escaped.
    """
    return flowed(style, words(foreign(style, sentence, _MOST)))


def greeting(style: Style, table: Rules, shared: bool, seed: int | None) -> list[str]:
    """Say what this is, before anything is known of whoever has come.

    :param style: how.
    :param table: the rules.
    :param shared: whether all play at one table.
    :param seed: what the shoes are shuffled by; None for no seed.
    """
    said = [
        "Welcome to blackjack! Come nearer to 21 than the dealer, without going over.",
        f"The rules are {foreign(style, table.name)}; you play at"
        + (" a table with others." if shared else " a table of your own."),
    ]
    if seed is not None:
        said.append(f"The shoes are shuffled with the seed {seed}: they are the same every time.")
    said.append("At any time you may type help, rules or quit.")
    said.append("If you use a screen reader, type reader.")
    return sentences(style, said)


def help(style: Style) -> list[str]:  # noqa: A001 - it is called as texts.help
    """Say what can be typed.

    :param style: how.
    """
    left, right = ([line for group in column for line in _group(*group)] for column in _COLUMNS)
    if style.reader:
        lines = sentences(style, map(_spelled, COMMANDS.values()))
    elif columns_of(style) < _ROOMY:
        lines = [written(style, line) for line in left + right]
    else:
        lines = [written(style, line) for line in beside(left, right)]
    said = "The first letters of a word are enough, where they tell it from the others."
    return lines + flowed(style, words(said, Ink.FAINT))


def _group(title: str, group: tuple[str, ...]) -> list[Line]:
    """A group of commands, a line each."""
    lines = [text(title, Ink.STRONG)]
    for word in group:
        command = COMMANDS[word]
        label = highlighted(bracketed(word, command.key or word))
        if command.takes not in ("", _SWITCH):
            label += text(f" {command.takes}")
        lines.append(text(" ") + label.filled(_LABEL - 1) + text(command.summary, Ink.FAINT))
    return lines


def _spelled(command: Command) -> str:
    """A command in a sentence."""
    key = f", or {command.key}" if command.key not in ("", command.word) else ""
    takes = f" {command.takes.replace('|', ' or ')}" if command.takes else ""
    return f"{command.word}{takes}{key}: {command.summary}."


def stats(style: Style, name: str, have: int, record: Record) -> list[str]:
    """Say what somebody has won and lost.

    :param style: how.
    :param name: who.
    :param have: the chips they have.
    :param record: what they have played.
    """
    facts = [("rounds", chips(record.rounds)), ("hands", chips(record.hands))]
    for what, count in (
        ("won", record.won),
        ("pushed", record.pushed),
        ("lost", record.lost),
    ):
        share = f" ({count / record.hands:.0%})" if record.hands else ""
        facts.append((what, f"{chips(count)}{share}"))
    facts.append(("blackjacks", chips(record.blackjacks)))
    if record.staked:
        net = f"{chips(abs(record.net))} {'won' if record.net >= 0 else 'lost'}"
        facts += [("staked", chips(record.staked)), ("in all", net)]
    facts.append(("chips", chips(have)))
    who = foreign(style, name)
    if style.reader:
        return sentences(style, [f"{who}.", *(f"{what}: {count}." for what, count in facts)])
    return [
        written(style, text(who, Ink.STRONG)),
        *(written(style, text(f"  {what:<12}{count}")) for what, count in facts),
    ]


def leaderboard(style: Style, rows: Sequence[Standing], me: str) -> list[str]:
    """Say who has the most chips.

    :param style: how.
    :param rows: those who have the most, in order.
    :param me: the name of whoever asks.
    """
    if not rows:
        return wrapped(style, "Nobody with a name has played yet.")
    if style.reader:
        return sentences(
            style,
            (
                f"{place}: {foreign(style, row.name)}, {chips(row.chips)} chips."
                for place, row in enumerate(rows, 1)
            ),
        )
    cells = [
        [text(each, Ink.FAINT) for each in ("", "", "chips", "rounds", "won")],
        *(_standing(style, place, row, me) for place, row in enumerate(rows, 1)),
    ]
    widths = [width_of(column) for column in zip(*cells, strict=True)]
    while sum(widths) + 2 * len(widths) - 2 > columns_of(style):
        widths.pop()
    lines = []
    for row_cells in cells:
        line = text("")
        for index, (cell, width) in enumerate(zip(row_cells, widths, strict=False)):
            left = cell.filled(width) if index == 1 else text(" " * (width - cell.width)) + cell
            line += left + text("  ")
        lines.append(written(style, line))
    return lines


def _standing(style: Style, place: int, row: Standing, me: str) -> list[Line]:
    ink = Ink.STRONG if row.name == me else Ink.PLAIN
    name = foreign(style, row.name)
    return [
        text(("▸ " if row.name == me else "") + f"{place}.", ink),
        text(name, ink).cut(16),
        text(few_chips(row.chips), ink),
        text(few_chips(row.rounds), ink),
        text(signed(row.net, short=True), ink),
    ]


def fair(style: Style, number: int, commitment: str | None, last: ShoeRevealed | None) -> list[str]:
    """Say how to check that a shoe was not tampered with.

    :param style: how.
    :param number: the number of the current shoe.
    :param commitment: what binds the house to it; None when there is no shoe.
    :param last: the last shoe that was revealed; None if there was none.
    """
    columns = columns_of(style)
    lines = sentences(style, _FAIR)
    if commitment is not None:
        lines += commitment_lines(number, commitment, columns)
    if last is not None:
        lines += reveal_lines(last.number, last.reveal, columns)
    return lines + sentences(style, _CHECK)
