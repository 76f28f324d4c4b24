"""Conditional requests: is what the client has still what there is (RFC 9110, section 13)?

``twisted.web`` knows If-Modified-Since and a part of If-None-Match; it heeds the former also when
the latter is there, and splits lists of tags at spaces only. The five conditions are few enough to
stand here together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

import attrs
from twisted.web.http import datetimeToString, stringToDatetime

__all__ = ["Validators", "Verdict", "evaluate", "range_applies"]

_TAG = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')

Lookup = Callable[[bytes], bytes | None]


class Verdict(Enum):
    """What the conditions of a request come to; the value is the status, if they settle it."""

    PROCEED = 200
    NOT_MODIFIED = 304
    FAILED = 412


@attrs.frozen
class Validators:
    """What tells one state of a file from another.

    :param tag: its entity tag, with quotes.
    :param modified: when it was last changed, in whole seconds since 1970.
    """

    tag: bytes
    modified: int

    @classmethod
    def of_file(cls, changed_ns: int, size: int, now: float) -> Validators:
        """Return the validators of a file.

        The tag is strong, and of modification time (in nanoseconds) and size, as that of other
        servers of files.

        :param changed_ns: when it was last changed, in nanoseconds since 1970.
        :param size: its length in bytes.
        :param now: the time. A change in the future is reported as a change now
            (RFC 9110, section 8.8.2.1).
        """
        return cls(b'"%x-%x"' % (changed_ns, size), min(changed_ns // 10**9, int(now)))

    @property
    def last_modified(self) -> bytes:
        """The value of the Last-Modified header."""
        return bytes(datetimeToString(self.modified))


def evaluate(header: Lookup, validators: Validators) -> Verdict:
    """Weigh the conditions of a GET or HEAD request, in the order of RFC 9110, section 13.2.2.

    :param header: returns the value of the header of that name, or None.
    :param validators: those of the file.
    """
    match, unmodified = header(b"if-match"), header(b"if-unmodified-since")
    if match is not None:
        # A strong comparison: a weak tag never matches.
        if match.strip() != b"*" and validators.tag not in _TAG.findall(match):
            return Verdict.FAILED
    elif unmodified is not None:
        since = _seconds(unmodified)
        if since is not None and validators.modified > since:
            return Verdict.FAILED
    none_match, modified = header(b"if-none-match"), header(b"if-modified-since")
    if none_match is not None:
        tags = [tag.removeprefix(b"W/") for tag in _TAG.findall(none_match)]
        if none_match.strip() == b"*" or validators.tag in tags:
            return Verdict.NOT_MODIFIED
    elif modified is not None:
        since = _seconds(modified)
        if since is not None and validators.modified <= since:
            return Verdict.NOT_MODIFIED
    return Verdict.PROCEED


def range_applies(header: Lookup, validators: Validators) -> bool:
    """Tell whether If-Range, if it is there, lets a Range header be heeded (section 13.1.5).

    :param header: returns the value of the header of that name, or None.
    :param validators: those of the file.
    """
    condition = header(b"if-range")
    return condition is None or condition in (validators.tag, validators.last_modified)


def _seconds(date: bytes) -> int | None:
    """Return an HTTP date in seconds since 1970, or None: an invalid date is ignored."""
    try:
        return int(stringToDatetime(date))
    except (ValueError, IndexError, KeyError, OverflowError):
        return None
