"""What a gene's record is, and what may stand in one.

The fields are those of HGNC's complete set that name a gene; ``id`` is the service's own key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

#: All fields, in the order in which they are written.
FIELDS = (
    "id",
    "symbol",
    "name",
    "hgnc_id",
    "entrez_id",
    "ensembl_gene_id",
    "location",
    "locus_type",
    "previous_symbols",
    "alias_symbols",
)
#: What every record has, and what is answered unless other fields are asked for.
SEED_FIELDS = FIELDS[:3]
#: What a record may have none of.
OPTIONAL_FIELDS = FIELDS[3:8]
#: Fields of several symbols.
LIST_FIELDS = FIELDS[8:]

#: The longest id, symbol, name and other text, in characters. What is sorted by must fit into an
#: entry of PostgreSQL's indexes, which is of up to 2704 bytes.
MAX_ID, MAX_SYMBOL, MAX_NAME, MAX_TEXT = 64, 100, 600, 200
#: The most symbols in a list.
MAX_SYMBOLS = 200

#: An id stands in a URL, in a column of a file and on a command line, and needs no quoting there.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"

#: What no line of text may hold, as patterns write it: control characters, and the separators of
#: lines and paragraphs.
CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
# White space, as Python and ECMAScript agree about it.
_SPACE = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"
#: A line of text without white space at either end.
TEXT_PATTERN = f"^[^{_SPACE}{CONTROL}]([^{CONTROL}]*[^{_SPACE}{CONTROL}])?$"
#: The same without the bar that stands between symbols in a file.
SYMBOL_PATTERN = f"^[^|{_SPACE}{CONTROL}]([^|{CONTROL}]*[^|{_SPACE}{CONTROL}])?$"

#: The value of a field.
Value = str | tuple[str, ...] | None


class InvalidGene(ValueError):  # noqa: N818 - it names what was found
    """A record that cannot be one; the message names the field and says what is expected."""


class Gene(NamedTuple):
    """A gene. What is in it has been checked, by :func:`gene_from` or when it was stored."""

    id: str
    symbol: str
    name: str
    hgnc_id: str | None = None
    entrez_id: str | None = None
    ensembl_gene_id: str | None = None
    location: str | None = None
    locus_type: str | None = None
    previous_symbols: tuple[str, ...] = ()
    alias_symbols: tuple[str, ...] = ()


def gene_from(values: Mapping[str, object]) -> Gene:
    """Return the gene that a JSON object, or a file's row, describes.

    :param values: by field; optional ones may be missing or None.
    :raises InvalidGene: when a field is missing, unknown, or holds what it must not.
    """
    for field in SEED_FIELDS:
        if values.get(field) is None:
            raise InvalidGene(f"{field} is missing: a gene has an id, a symbol and a name")
    checked: dict[str, Any] = changes_from(values)
    return Gene(**checked)


def changes_from(values: Mapping[str, object]) -> dict[str, Value]:
    """Return what is to change in a record, by field.

    :param values: some fields; None takes an optional one away.
    :raises InvalidGene: when a field is unknown, or holds what it must not.
    """
    changes: dict[str, Value] = {}
    for field, value in values.items():
        check = _CHECKS.get(field)
        if check is None:
            raise InvalidGene(
                f"{field[:40]!a} is no field of a gene: there are {', '.join(FIELDS)}"
            )
        changes[field] = check(field, value)
    return changes


def as_json(gene: Gene, fields: Sequence[str] = SEED_FIELDS) -> dict[str, Value]:
    """Return some fields of a gene as the members of a JSON object."""
    return {field: getattr(gene, field) for field in fields}


# Checks


def is_id(text: str) -> bool:
    """Tell whether a text can be the id of a record."""
    return len(text) <= MAX_ID and _IS_ID(text) is not None


def storable(text: str) -> bool:
    """Tell whether each database could hold a text: one without NUL and lone surrogates."""
    return _STORABLE(text) is not None


_IS_ID = re.compile(ID_PATTERN.removesuffix("$") + r"\Z").match
_STORABLE = re.compile(r"[^\0\ud800-\udfff]*\Z").match


def _matcher(pattern: str) -> Callable[[str], object]:
    # JSON can hold lone surrogates, and UTF-8 cannot.
    return re.compile(pattern.replace("[^", r"[^\ud800-\udfff").removesuffix("$") + r"\Z").match


def _checker(
    matches: Callable[[str], object], most: int, expected: str
) -> Callable[[str, object], str]:
    def check(field: str, value: object) -> str:
        if not isinstance(value, str):
            raise InvalidGene(f"{field} must be a text")
        if not 0 < len(value) <= most or not matches(value):
            raise InvalidGene(f"{field} must be {expected}")
        return value

    return check


_LINE = "without line breaks, control characters, and white space at either end"
_check_id = _checker(
    _IS_ID,
    MAX_ID,
    f"1 to {MAX_ID} ASCII letters, digits, and . _ : - (not first)",
)
_check_symbol = _checker(
    _matcher(SYMBOL_PATTERN), MAX_SYMBOL, f"1 to {MAX_SYMBOL} characters, {_LINE}, and without |"
)
_check_name = _checker(_matcher(TEXT_PATTERN), MAX_NAME, f"1 to {MAX_NAME} characters, {_LINE}")
_check_text = _checker(_matcher(TEXT_PATTERN), MAX_TEXT, f"1 to {MAX_TEXT} characters, {_LINE}")


def _check_optional(field: str, value: object) -> str | None:
    return None if value is None else _check_text(field, value)


def _check_symbols(field: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise InvalidGene(f"{field} must be a list of symbols")
    if len(value) > MAX_SYMBOLS:
        raise InvalidGene(f"{field} must hold at most {MAX_SYMBOLS} symbols")
    symbols = tuple(_check_symbol(f"{field}[{i}]", symbol) for i, symbol in enumerate(value))
    if len(set(symbols)) < len(symbols):
        raise InvalidGene(f"{field} must not hold a symbol twice")
    return symbols


_CHECKS: Mapping[str, Callable[[str, object], Value]] = {
    "id": _check_id,
    "symbol": _check_symbol,
    "name": _check_name,
    **dict.fromkeys(OPTIONAL_FIELDS, _check_optional),
    **dict.fromkeys(LIST_FIELDS, _check_symbols),
}
