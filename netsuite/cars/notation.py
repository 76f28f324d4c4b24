"""The two notations of the registry's messages: pickles, and JSON.

The classic client writes pickles, of protocol 3. Programs that are not written in Python write
JSON, such as ``["GET_CAR_DETAILS", "024 HYR"]``. The first byte of a message tells them apart: each
pickle begins with 0x80, with which no UTF-8 text begins. A reply is in the notation of its request.

This module writes pickles with Python's ``pickle``, and is the only one that imports anything of
it. They are read by :mod:`netsuite.cars.pickles`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

# To write only: see above. A test holds the whole package to it.
from pickle import dumps
from typing import NoReturn

from netsuite.cars.pickles import MAX_DEPTH, PickleError, Plain, loads, too_deep

__all__ = ["JSON", "PICKLE", "Notation", "NotationError", "Plain", "notation_of"]

#: How many characters an integer may have in JSON. Python converts up to 640 digits however its
#: limit is set (sys.int_info.str_digits_check_threshold). The longest integer in a pickle that we
#: read has 614.
MAX_DIGITS = 640


class NotationError(ValueError):
    """A message is not in its notation, or a value cannot be written in one.

    What it says about a message quotes nothing from it.
    """


@dataclass(frozen=True)
class Notation:
    """How values are written as bytes, and read.

    :param name: what to call it.
    :param decode: reads a message. It raises :exc:`NotationError` when the message is not in this
        notation, and when it holds more than plain values, is nested more than
        :data:`~netsuite.cars.pickles.MAX_DEPTH` deep, or is built to exhaust memory or time.
    :param encode: writes a message. It raises :exc:`NotationError` when the notation has no way to
        write the value.
    """

    name: str
    decode: Callable[[bytes], Plain]
    encode: Callable[[Plain], bytes]


def _decode_pickle(payload: bytes) -> Plain:
    try:
        return loads(payload)
    except PickleError as error:
        raise NotationError(str(error)) from error


def _encode_pickle(value: Plain) -> bytes:
    return dumps(value, 3)


def _refuse_object(pairs: object) -> NoReturn:
    raise NotationError("the JSON holds an object; expected arrays and what is no container")


def _refuse_constant(name: str) -> NoReturn:
    raise NotationError("the JSON holds NaN or Infinity, which are not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotationError(f"the JSON holds an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotationError("the JSON holds a number that is too large")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_refuse_object,
    parse_constant=_refuse_constant,
    parse_int=_integer,
    parse_float=_float,
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
)
_TOO_DEEP = f"the JSON is nested more than {MAX_DEPTH} deep"


def _decode_json(payload: bytes) -> Plain:
    """Read JSON. The outermost array becomes a tuple, as a request is; those within are lists."""
    if not payload:
        raise NotationError("the message is empty")
    try:
        # Not json.loads: it takes UTF-16 and UTF-32 as well.
        value: Plain = _DECODER.decode(payload.decode("utf-8"))
    except UnicodeDecodeError:
        raise NotationError("the message is neither a pickle nor UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotationError(f"this is not JSON, from character {error.pos} on") from None
    except RecursionError:
        raise NotationError(_TOO_DEEP) from None
    if too_deep(value):
        raise NotationError(_TOO_DEEP)
    return tuple(value) if isinstance(value, list) else value


def _encode_json(value: Plain) -> bytes:
    try:
        text = _ENCODER.encode(value)
    except ValueError:
        raise NotationError("JSON has no way to write NaN and Infinity") from None
    # A lone surrogate cannot be written in UTF-8. Python's escape for it, \ud800, is JSON's.
    return text.encode("utf-8", "backslashreplace")


PICKLE = Notation("pickle", _decode_pickle, _encode_pickle)
JSON = Notation("JSON", _decode_json, _encode_json)


def notation_of(payload: bytes) -> Notation:
    """Return the notation of a message, by its first byte.

    It always returns one; an empty message is as bad in JSON as in any other.
    """
    return PICKLE if payload.startswith(b"\x80") else JSON
