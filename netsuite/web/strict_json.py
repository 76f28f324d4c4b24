r"""Reading JSON that comes from a client.

The standard library's reader takes more than JSON, and lets some of its own exceptions through.
This one takes what RFC 8259 describes and what every reader understands in the same way
(RFC 7493), and has one exception, whose message tells where the text goes wrong:

- UTF-8, with or without a byte order mark; no lone surrogates, not as ``\ud800`` either;
- no member of an object twice;
- no ``NaN`` or ``Infinity``, and no number that becomes one;
- bounds on the nesting and on the digits of an integer.

>>> loads(b'{"symbol": "A1BG"}')
{'symbol': 'A1BG'}
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "JSONError", "loads"]

#: How many arrays and objects may stand within each other. Python's own limit depends on who
#: calls; this one is far below it.
MAX_DEPTH = 64

#: How many characters an integer may have. Python converts up to 640 digits however its limit is
#: set (sys.int_info.str_digits_check_threshold).
MAX_DIGITS = 640

# A string, closed or not, or a backslash that ends a line. That an open string goes to the end
# keeps the search linear.
_STRING_OR_CONTINUATION = re.compile(r'"(?:[^"\\]|\\.)*+"?|\\(?=\r?\n)', re.DOTALL)


class JSONError(ValueError):
    """A text is not JSON; the message is a sentence's end, such as "is not JSON: … at line 1"."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _value in pairs:
            if name in seen:
                raise JSONError(f"has the member {name[:60]!a} twice in one object")
            seen.add(name)
    return members


def _constant(name: str) -> NoReturn:
    raise JSONError(f"is not JSON: it holds {name}, which JSON has not")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise JSONError(f"holds an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise JSONError("holds a number that is too large")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
)


def loads(data: bytes, *, continued_lines: bool = False) -> object:
    """Read a JSON text.

    :param data: the text, in UTF-8.
    :param continued_lines: whether a backslash at the end of a line is white space, where the text
        is not JSON otherwise. Some people write commands over several lines so, and do not know
        that in single quotes a shell hands the backslash on.
    :returns: dictionaries, lists, strings, numbers, booleans and None.
    :raises JSONError: if it is not JSON.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JSONError(f"is not UTF-8, from byte {error.start} on") from None
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        if not continued_lines or "\\" not in text:
            raise _located(error) from None
        try:
            value = _decode(_STRING_OR_CONTINUATION.sub(_without_continuation, text))
        except json.JSONDecodeError:
            raise _located(error) from None
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def _decode(text: str) -> object:
    """Read a text within the bounds.

    :raises json.JSONDecodeError: if it is not JSON.
    :raises JSONError: if it is out of bounds.
    """
    too_deep = JSONError(f"is nested more than {MAX_DEPTH} deep")
    try:
        value: object = _DECODER.decode(text)
    except RecursionError:
        raise too_deep from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
        raise too_deep
    return value


def _depth_exceeds(value: object, most: int) -> bool:
    """Return whether more than so many containers stand within each other."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)


def _located(error: json.JSONDecodeError) -> JSONError:
    """Return what to say of a text that is not JSON."""
    reason = error.msg[0].lower() + error.msg[1:]
    return JSONError(f"is not JSON: {reason} at line {error.lineno}, column {error.colno}")


def _without_continuation(match: re.Match[str]) -> str:
    found = match.group()
    return found if found.startswith('"') else " "


def _refuse_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JSONError("holds half of a surrogate pair, which is no character") from None
