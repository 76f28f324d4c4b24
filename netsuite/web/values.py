"""What a parameter of a request may be: how it is read, and how a description states it.

Both come from one object, so that they say the same.

>>> limit = Integer(1, 1000)
>>> limit.parse("50")
50
>>> dict(limit.schema)
{'type': 'integer', 'minimum': 1, 'maximum': 1000}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs

__all__ = ["Flag", "Integer", "Kind", "OneOf", "Parsed", "Schema", "Text"]

#: A JSON Schema (draft 2020-12, as OpenAPI 3.1 has it).
Schema = Mapping[str, Any]


class Kind(Protocol):
    """What values a parameter takes."""

    @property
    def schema(self) -> Schema:
        """The values, as a description states them."""

    def parse(self, text: str) -> object:
        """Return the value that a text stands for.

        :raises ValueError: when it stands for none; the message says what is expected.
        """


@attrs.frozen
class Text:
    """A text.

    :param most: how many characters it may have; it has one at least.
    :param pattern: what it matches, as ECMAScript and Python understand it alike.
    :param expected: the same in words.
    """

    most: int
    pattern: str = attrs.field(default="", kw_only=True)
    expected: str = attrs.field(default="", kw_only=True)

    @property
    def schema(self) -> Schema:
        """See :class:`Kind`."""
        schema = {"type": "string", "minLength": 1, "maxLength": self.most}
        return {**schema, "pattern": self.pattern} if self.pattern else schema

    def parse(self, text: str) -> str:
        """See :class:`Kind`."""
        # Python's "$" matches before a line break at the end, too; ECMAScript's does not.
        pattern = (
            self.pattern.removesuffix("$") + r"\Z" if self.pattern.endswith("$") else self.pattern
        )
        if not 1 <= len(text) <= self.most or not re.search(pattern, text):
            raise ValueError(f"expected 1 to {self.most} characters{self.expected}")
        return text


@attrs.frozen
class Integer:
    """A whole number within bounds, in decimal digits.

    :param least: the smallest; not negative.
    :param most: the largest.
    """

    least: int
    most: int

    @property
    def schema(self) -> Schema:
        """See :class:`Kind`."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def parse(self, text: str) -> int:
        """See :class:`Kind`."""
        # The length is looked at first: int() takes quadratic time.
        if text.isascii() and text.isdigit() and len(text) <= len(str(self.most)):
            number = int(text)
            if self.least <= number <= self.most:
                return number
        raise ValueError(f"expected a whole number from {self.least} to {self.most}")


@attrs.frozen
class OneOf:
    """One of some words.

    :param words: the words.
    """

    words: tuple[str, ...]

    @property
    def schema(self) -> Schema:
        """See :class:`Kind`."""
        return {"type": "string", "enum": list(self.words)}

    def parse(self, text: str) -> str:
        """See :class:`Kind`."""
        if text not in self.words:
            raise ValueError(f"expected one of {', '.join(self.words)}")
        return text


@attrs.frozen
class Flag:
    """``true`` or ``false``."""

    @property
    def schema(self) -> Schema:
        """See :class:`Kind`."""
        return {"type": "boolean"}

    def parse(self, text: str) -> bool:
        """See :class:`Kind`."""
        if text not in ("true", "false"):
            raise ValueError("expected true or false")
        return text == "true"


@attrs.frozen
class Parsed:
    """What a function makes of a text. That its schema fits it is for a test to find out.

    :param parse: the function; it raises ``ValueError`` with a message that says what is expected.
    :param schema: the texts that it takes.
    """

    parse: Callable[[str], object]
    schema: Schema
