"""Which names there can be, and what of a text may be shown to others."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from wcwidth import wcwidth

__all__ = ["MAX_NAME", "MAX_TEXT", "MIN_NAME", "name_key", "one_line", "player_name"]

#: The fewest and the most characters of a name.
MIN_NAME: Final = 2
MAX_NAME: Final = 16

#: The most characters of a text that is shown to others.
MAX_TEXT: Final = 200

#: The most marks on one letter. Some scripts need two; more of them are drawn over other lines.
_MAX_MARKS: Final = 2

#: What the house calls itself and its guests, as keys.
_TAKEN: Final = re.compile(r"(?:dealer|house|guest)(?: ?\d+)?")

#: Letters and marks that show nothing: of Unicode's Default_Ignorable_Code_Point those that are
#: in categories L and M (DerivedCoreProperties.txt of Unicode 16).
_UNSEEN: Final = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164),
            *(0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
        ),
    )
)

_EXPECTED: Final = (
    f"a name has {MIN_NAME} to {MAX_NAME} characters: letters, digits, - and _, and single spaces"
    " between words"
)

# ECMA-48: control sequences, control strings, and other escape sequences.
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
)


def player_name(text: str) -> str:
    """Read a name.

    :param text: what was typed.
    :returns: the name, in Unicode's form NFC.
    :raises ValueError: when it cannot be a name; the message says what is expected.
    """
    name = unicodedata.normalize("NFC", text.strip(" "))
    if not MIN_NAME <= len(name) <= MAX_NAME or "  " in name:
        raise ValueError(_EXPECTED)
    if not all(_allowed(character) for character in name) or _overloaded(name):
        raise ValueError(_EXPECTED)
    if not any(character.isalpha() for character in name):
        raise ValueError(f"{_EXPECTED}; at least one letter")
    if _TAKEN.fullmatch(name_key(name)):
        raise ValueError(f"{name} is a name that the house uses; choose another")
    return name


def name_key(name: str) -> str:
    """What two names have in common that are one, since they differ in case or width only.

    It is what Unicode calls a compatibility caseless match (The Unicode Standard, section 3.13,
    D146).

    :param name: the name, as :func:`player_name` returned it.
    """
    folded = unicodedata.normalize("NFD", name).casefold()
    folded = unicodedata.normalize("NFKD", folded).casefold()
    return unicodedata.normalize("NFKC", folded)


def one_line(text: str) -> str:
    """Make a text fit to be shown to others: one line of characters that are seen, at most
    :data:`MAX_TEXT` of them.

    Terminal escapes, control characters, what changes the direction of writing, line separators and
    what has no meaning are left out. Brackets become parentheses, so that nobody can write what
    looks like a statement of :mod:`~netsuite.blackjack.fairness`.

    :param text: what somebody typed.
    :returns: the text; empty if nothing is left of it.
    """
    # Ahead of all: what is cut off need not be looked at, however long it is.
    text = _ESCAPES.sub("", text[: 10 * MAX_TEXT])
    shown = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if character in "\t\r\n" or category[0] == "Z":
            character = " "
        elif category[0] == "C" or character in _UNSEEN:
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= _MAX_MARKS:
            shown.append(character)
    line = " ".join("".join(shown).split())
    return line.translate(_PARENTHESES)[:MAX_TEXT].rstrip()


_PARENTHESES: Final = str.maketrans("[]", "()")


def _allowed(character: str) -> bool:
    if character in " -_":
        return True
    category = unicodedata.category(character)
    if character in _UNSEEN:
        return False
    if category in ("Mn", "Mc"):
        return True
    # Letters without a width, such as the vowels that Hangul syllables are made of, show nothing.
    return category in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd") and wcwidth(character) > 0


def _overloaded(name: str) -> bool:
    """Whether there are marks where no letter is, or too many on one."""
    marks = _MAX_MARKS + 1
    for character in name:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0 if category[0] == "L" else _MAX_MARKS + 1
        if category[0] == "M" and marks > _MAX_MARKS:
            return True
    return False
