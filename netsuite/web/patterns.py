"""Path patterns such as ``/genedb/gene/<gene_id>``, and finding the one that a path fits.

Everything here works on plain values and knows nothing of HTTP messages or of Twisted: an HTTP
engine splits the raw path at ``/``, decodes the percent-escapes of each segment once, and
hands over the segments as bytes. So ``%2F`` stays inside its segment, and ``%252F`` is never
decoded twice.

>>> pattern = Pattern.parse("/genedb/gene/<int:gene_id>")
>>> pattern.build(gene_id=7)
'/genedb/gene/7'
>>> tree = PatternTree()
>>> tree.add(pattern, "a gene")
>>> tree.find([b"genedb", b"gene", b"7"])
('a gene', {'gene_id': 7})

What the rules are:

- A pattern describes the whole path, segment by segment. Slashes count: ``/gene``, ``/gene/``
  and ``//gene`` are three paths, and none redirects to another.
- ``<name>`` is one segment of text, not empty. ``<int:name>`` is one segment that is a decimal
  number as :class:`int` prints it, 0 or more. ``<path:name>`` stands last and takes all that
  is left, slashes included.
- The most specific pattern wins, compared from the left: a literal segment before ``<int:…>``,
  that before ``<name>``, that before ``<path:…>``. The order of declaration does not matter.
- A segment is UTF-8 without NUL. A path with any other is :class:`PathDecodeError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import Generic, TypeVar
from urllib.parse import quote

import attrs

__all__ = ["Parameter", "PathDecodeError", "Pattern", "PatternTree"]

T = TypeVar("T")

#: The largest number that ``<int:…>`` takes: that of a signed 64-bit integer, so that a value
#: fits any database column it is compared with.
LARGEST_INT = 2**63 - 1

# RFC 3986, section 3.3: what a segment may hold unescaped, beyond letters, digits and "-._~".
_SEGMENT_SAFE = "!$&'()*+,;=:@"


class PathDecodeError(ValueError):
    """A path has a segment that is not UTF-8, or that holds NUL: the client's fault."""


def _decode(segment: bytes) -> str:
    """Return a segment as text.

    :raises PathDecodeError: if it is not UTF-8 or holds NUL.
    """
    try:
        text = segment.decode()
    except UnicodeDecodeError:
        raise PathDecodeError("the path is not UTF-8") from None
    if "\0" in text:
        raise PathDecodeError("the path holds a NUL character")
    return text


# The converters. Each turns a segment (the last one: all that are left) into a value, or says
# with None that they do not fit.


def _to_str(segment: bytes) -> str | None:
    return _decode(segment) if segment else None


def _to_int(segment: bytes) -> int | None:
    # The length is checked first: int() takes quadratic time, and refuses 4,300 digits.
    if not segment.isdigit() or len(segment) > 19 or (segment[0] == 48 and segment != b"0"):
        return None
    number = int(segment)
    return number if number <= LARGEST_INT else None


def _to_path(segments: Sequence[bytes]) -> str | None:
    # An empty start would make the value an absolute path, and a slash inside a segment could
    # not be told from one between two: neither is a path below this place.
    if not segments[0] or any(b"/" in segment for segment in segments):
        return None
    return _decode(b"/".join(segments))


#: The converters of a single segment, the most specific first.
_SEGMENT_CONVERTERS: Mapping[str, Callable[[bytes], str | int | None]] = {
    "int": _to_int,
    "str": _to_str,
}

_PARAMETER = re.compile(r"<(?:(?P<converter>[^<>:]*):)?(?P<name>[^<>:]*)>")


@attrs.frozen
class Parameter:
    """A variable part of a pattern.

    :param name: the keyword under which the handler receives the value.
    :param converter: ``"str"``, ``"int"`` or ``"path"``.
    """

    name: str
    converter: str = "str"

    def __str__(self) -> str:
        return f"<{self.name}>" if self.converter == "str" else f"<{self.converter}:{self.name}>"

    def convert(self, segments: Sequence[bytes]) -> str | int | None:
        """Return the value that these segments give, or None if they do not fit.

        :param segments: exactly one, unless the converter is ``"path"``.
        :raises PathDecodeError: if they are not text.
        """
        if self.converter == "path":
            return _to_path(segments)
        return _SEGMENT_CONVERTERS[self.converter](segments[0])

    def build(self, value: str | int) -> str:
        """Return the part of a path that gives this value back.

        :raises ValueError: if no path could.
        """
        text = str(value)
        segments = text.split("/") if self.converter == "path" else [text]
        try:
            fits = self.convert([segment.encode() for segment in segments]) == value
        except (UnicodeEncodeError, PathDecodeError):
            fits = False
        if not fits:
            raise ValueError(f"{value!r} cannot stand for {self} in a path")
        return "/".join(quote(segment, safe=_SEGMENT_SAFE) for segment in segments)


@attrs.frozen
class Pattern:
    """A path with some of its parts left open. Make one with :meth:`parse`.

    :param segments: what stands between the slashes: text for itself, or a parameter.
    """

    segments: tuple[str | Parameter, ...]

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read a pattern as it is written in the source.

        :param text: such as ``/genedb/gene/<gene_id>``; literal text stands for itself,
            without percent-escapes.
        :raises ValueError: if it is malformed; the message says what is wrong and where.
        """
        if not text.startswith("/"):
            raise ValueError(f"the pattern {text!r} does not start with a slash")
        segments = tuple(_parse_segment(text, segment) for segment in text[1:].split("/"))
        names = set()
        for position, parameter in enumerate(segments, start=1):
            if isinstance(parameter, str):
                continue
            if parameter.name in names:
                raise ValueError(f"the pattern {text!r} has two parameters {parameter.name!r}")
            names.add(parameter.name)
            if parameter.converter == "path" and position < len(segments):
                raise ValueError(f"in the pattern {text!r}, {parameter} is not the last segment")
        return cls(segments)

    def __str__(self) -> str:
        return "/" + "/".join(map(str, self.segments))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, from left to right."""
        return tuple(segment for segment in self.segments if isinstance(segment, Parameter))

    def build(self, **values: str | int) -> str:
        """Return the path, percent-encoded, in which the parameters have these values.

        :raises ValueError: if a value cannot stand in a path, such as an empty segment.
        :raises TypeError: if a parameter is missing, or there is none of that name.
        """
        expected = {parameter.name for parameter in self.parameters}
        if values.keys() != expected:
            raise TypeError(f"{self} takes {sorted(expected)}, not {sorted(values)}")
        return "/" + "/".join(
            quote(segment, safe=_SEGMENT_SAFE)
            if isinstance(segment, str)
            else segment.build(values[segment.name])
            for segment in self.segments
        )


def _parse_segment(pattern: str, segment: str) -> str | Parameter:
    """Read what stands between two slashes of a pattern.

    :param pattern: the whole pattern, for the error message.
    :raises ValueError: if it is malformed.
    """
    if "<" not in segment and ">" not in segment:
        if (odd := re.search(r"[%?#\0\ud800-\udfff]", segment)) is not None:
            raise ValueError(
                f"the pattern {pattern!r} holds {odd.group()!r}: write the path as text, "
                "without percent-escapes, query or fragment"
            )
        return segment
    match = _PARAMETER.fullmatch(segment)
    if match is None:
        raise ValueError(
            f"in the pattern {pattern!r}, {segment!r} is neither text nor one parameter: "
            "a parameter such as <name> takes a whole segment"
        )
    name, converter = match["name"], match["converter"]
    if not name.isidentifier() or iskeyword(name):
        raise ValueError(f"in the pattern {pattern!r}, {name!r} cannot name a parameter")
    if converter is None:
        return Parameter(name)
    known = (*_SEGMENT_CONVERTERS, "path")
    if converter not in known:
        raise ValueError(
            f"the pattern {pattern!r} has an unknown converter {converter!r}: "
            f"there are {', '.join(known)}"
        )
    return Parameter(name, converter)


class _Node(Generic[T]):
    """What patterns have in common up to some segment, and how they go on."""

    __slots__ = ("converted", "literals", "names", "rest", "value")

    def __init__(self) -> None:
        #: Where literal segments lead.
        self.literals: dict[bytes, _Node[T]] = {}
        #: Where parameters lead, the most specific converter first.
        self.converted: dict[Callable[[bytes], str | int | None], _Node[T]] = {}
        #: What a ``<path:…>`` leads to.
        self.rest: _Node[T] | None = None
        #: What stands for the pattern that ends here, and its parameters' names.
        self.value: T | None = None
        self.names: tuple[str, ...] = ()

    def next(self, segment: str | Parameter) -> _Node[T]:
        """Return the node to which a segment leads, made if it is new."""
        if isinstance(segment, str):
            return self.literals.setdefault(segment.encode(), _Node())
        if segment.converter == "path":
            self.rest = self.rest or _Node()
            return self.rest
        node = self.converted.setdefault(_SEGMENT_CONVERTERS[segment.converter], _Node())
        self.converted = {
            convert: self.converted[convert]
            for convert in _SEGMENT_CONVERTERS.values()
            if convert in self.converted
        }
        return node

    def find(
        self, segments: Sequence[bytes], depth: int, values: list[str | int]
    ) -> _Node[T] | None:
        """Return the node at which the path ends, if a pattern ends there.

        The work is bounded by the number of nodes, whatever the path: none is entered twice.

        :param segments: the whole path.
        :param depth: how many of them led here.
        :param values: what the parameters stand for; those of the pattern found are added.
        :raises PathDecodeError: if a segment that a parameter would take is not text.
        """
        if depth == len(segments):
            return None if self.value is None else self
        segment = segments[depth]
        if (node := self.literals.get(segment)) is not None and (
            found := node.find(segments, depth + 1, values)
        ) is not None:
            return found
        for convert, node in self.converted.items():
            if (value := convert(segment)) is not None:
                values.append(value)
                if (found := node.find(segments, depth + 1, values)) is not None:
                    return found
                values.pop()
        if self.rest is not None and (value := _to_path(segments[depth:])) is not None:
            values.append(value)
            return self.rest
        return None


class PatternTree(Generic[T]):
    """A mapping from patterns to values that is looked up by path."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._patterns: dict[Pattern, T] = {}

    def get(self, pattern: Pattern) -> T | None:
        """Return the value added for this pattern, or None."""
        return self._patterns.get(pattern)

    def add(self, pattern: Pattern, value: T) -> None:
        """Let a pattern lead to a value.

        :raises ValueError: if a pattern that fits the same paths is there already. Two that
            differ in nothing but their parameters' names do.
        """
        node = self._root
        for segment in pattern.segments:
            node = node.next(segment)
        if node.value is not None:
            same = next(p for p in self._patterns if _shape(p) == _shape(pattern))
            raise ValueError(f"the pattern '{pattern}' fits just the paths that '{same}' fits")
        node.value, node.names = value, tuple(p.name for p in pattern.parameters)
        self._patterns[pattern] = value

    def find(self, segments: Sequence[bytes]) -> tuple[T, dict[str, str | int]] | None:
        """Return the value of the most specific pattern that a path fits, and its parameters.

        :param segments: what stands between the slashes of the path, each decoded once.
        :returns: None if the path fits no pattern.
        :raises PathDecodeError: if a segment is not UTF-8 or holds NUL.
        """
        values: list[str | int] = []
        node = self._root.find(segments, 0, values)
        if node is None or node.value is None:
            for segment in segments:
                _decode(segment)
            return None
        return node.value, dict(zip(node.names, values, strict=True))


def _shape(pattern: Pattern) -> tuple[object, ...]:
    """Return what two patterns share when they fit the same paths."""
    return tuple(
        (segment.converter,) if isinstance(segment, Parameter) else segment
        for segment in pattern.segments
    )
