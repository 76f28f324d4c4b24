"""What a search looks for, which records it finds, and in which order.

A record is found when each word of the query is the beginning of one of its words, or when one of
its symbols begins with the query. How closely it matches is its level: an equal symbol comes before
one that begins so, and either before words somewhere in the record; a current symbol before a
previous one before an alias. Within a level come those first that have little else: the shortest
symbols where these begin with the query, and the shortest symbols and names otherwise. None of it
depends on what else is stored, so that a page is never disturbed by what happens to other records.
"""

from __future__ import annotations

import re
from enum import IntEnum

import attrs

from netsuite.genes.records import Gene, storable

#: The longest query, in characters.
MAX_QUERY = 200

#: The longest word, in characters. PostgreSQL's lexemes are of up to 2046 bytes, and what is longer
#: is cut there without a word of warning.
MAX_WORD = 100

_words = re.compile(rf"[^\W_]{{1,{MAX_WORD}}}").findall


def key_of(text: str) -> str:
    """Return what is compared of a symbol: all but the case."""
    return text.casefold()


def words_of(text: str) -> list[str]:
    """Return the words of a text, case folded: each is letters and digits.

    What is longer than a word may be is several.
    """
    words: list[str] = _words(text.casefold())
    return words


class Level(IntEnum):
    """How closely a record matches a query; the least is best."""

    SYMBOL = 0
    NAME = 1
    PREVIOUS = 2
    ALIAS = 3
    SYMBOL_PREFIX = 4
    NAME_PREFIX = 5
    PREVIOUS_PREFIX = 6
    ALIAS_PREFIX = 7
    WORDS = 8
    WORD_PREFIXES = 9


#: The field that a level is about, where it is about one.
_FIELD_OF = {
    Level.SYMBOL: "symbol",
    Level.NAME: "name",
    Level.PREVIOUS: "previous_symbols",
    Level.ALIAS: "alias_symbols",
    Level.SYMBOL_PREFIX: "symbol",
    Level.NAME_PREFIX: "name",
    Level.PREVIOUS_PREFIX: "previous_symbols",
    Level.ALIAS_PREFIX: "alias_symbols",
}
#: The fields that are searched, in the order in which they tell why a record was found.
_SEARCHED = ("symbol", "name", "previous_symbols", "alias_symbols")


@attrs.frozen
class Match:
    """Why a record was found.

    :param field: the field that matched.
    :param type: ``exact``, ``prefix`` or ``words``.
    :param value: what stands there: the field's text, or the symbol of several.
    """

    field: str
    type: str
    value: str


class Query:
    """What is looked for.

    :param text: as it was typed.
    :raises ValueError: when it is empty, or too long.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if not 0 < len(self.text) <= MAX_QUERY or not storable(self.text):
            raise ValueError(f"expected 1 to {MAX_QUERY} characters of text")
        #: What symbols are compared with.
        self.key = key_of(self.text)
        #: The words, each once.
        self.words = tuple(dict.fromkeys(words_of(self.text)))
        #: What names are compared with.
        self.name = " ".join(words_of(self.text))

    def level(self, gene: Gene) -> Level | None:
        """Return how closely a gene matches, or None if it does not."""
        levels = [*self._symbol_levels(gene), *self._word_levels(gene)]
        return min(levels, default=None)

    def match(self, gene: Gene, level: int) -> Match:
        """Return why a gene was found.

        :param level: how closely it matches.
        """
        level = Level(level)
        field = _FIELD_OF.get(level)
        if field is not None:
            exact = level < Level.SYMBOL_PREFIX
            value = next(
                (text for text in _texts(gene, field) if self._fits(field, text, exact=exact)), ""
            )
            return Match(field, "exact" if exact else "prefix", value)
        for field in _SEARCHED:
            for text in _texts(gene, field):
                for word in words_of(text):
                    if any(word.startswith(wanted) for wanted in self.words):
                        return Match(field, "words", text)
        return Match("name", "words", gene.name)

    def _fits(self, field: str, text: str, *, exact: bool) -> bool:
        wanted = self.name if field == "name" else self.key
        text = " ".join(words_of(text)) if field == "name" else key_of(text)
        return text == wanted if exact else text.startswith(wanted)

    def _symbol_levels(self, gene: Gene) -> list[Level]:
        levels = []
        for field, exact, prefix in (
            ("symbol", Level.SYMBOL, Level.SYMBOL_PREFIX),
            ("previous_symbols", Level.PREVIOUS, Level.PREVIOUS_PREFIX),
            ("alias_symbols", Level.ALIAS, Level.ALIAS_PREFIX),
        ):
            for text in _texts(gene, field):
                if key_of(text) == self.key:
                    levels.append(exact)
                elif key_of(text).startswith(self.key):
                    levels.append(prefix)
        return levels

    def _word_levels(self, gene: Gene) -> list[Level]:
        if not self.words:
            return []
        words = {
            word for field in _SEARCHED for text in _texts(gene, field) for word in words_of(text)
        }
        if not all(any(word.startswith(wanted) for word in words) for wanted in self.words):
            return []
        name = " ".join(words_of(gene.name))
        if name == self.name:
            return [Level.NAME]
        if name.startswith(self.name):
            return [Level.NAME_PREFIX]
        return [Level.WORDS if words.issuperset(self.words) else Level.WORD_PREFIXES]


def _texts(gene: Gene, field: str) -> tuple[str, ...]:
    value = getattr(gene, field)
    return value if isinstance(value, tuple) else (value,)
