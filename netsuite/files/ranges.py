"""The Range header: which parts of a file a client asks for (RFC 9110, section 14).

``twisted.web.static.File`` answers 500 when a suffix is longer than the file, when none of several
ranges is in it, and to a list without any range; so this module reads the header anew.
"""

from __future__ import annotations

import re

import attrs

__all__ = ["MOST_RANGES", "Range", "UnsatisfiableError", "select_ranges"]

#: A header that names more ranges than this is ignored. RFC 9110, section 14.2 allows it, and
#: section 17.15 says why: many tiny or overlapping parts cost the server far more than the client.
MOST_RANGES = 16

_UNIT = re.compile(rb"[ \t]*bytes[ \t]*=(.*)", re.IGNORECASE | re.DOTALL)
# Numbers of up to 18 digits: longer than that no file is.
_SPEC = re.compile(rb"(\d{1,18})-(\d{0,18})|-(\d{1,18})")


class UnsatisfiableError(ValueError):
    """None of the ranges overlaps the file (status 416)."""


@attrs.frozen
class Range:
    """A part of a file.

    :param start: the offset of its first byte.
    :param size: its length in bytes, at least 1.
    """

    start: int
    size: int

    def content_range(self, total: int) -> bytes:
        """Return the part's ``Content-Range``.

        :param total: the length of the whole file.
        """
        return b"bytes %d-%d/%d" % (self.start, self.start + self.size - 1, total)


def select_ranges(header: bytes, total: int) -> list[Range]:
    """Return the parts of a file that a Range header asks for.

    :param header: the header's value, as the client sent it.
    :param total: the length of the file in bytes.
    :returns: the parts in the order in which they are asked for; an empty list if the header is
        to be ignored, and the whole file sent: it is malformed, in another unit than bytes, asks
        for too many ranges or for more bytes than there are, or the file is empty. (An empty file
        has no range to give, but it is no error either: some clients send ``Range`` always.)
    :raises UnsatisfiableError: if none of the ranges is in the file.
    """
    value = _UNIT.fullmatch(header)
    if value is None or total == 0:
        return []
    specs = [spec for spec in (each.strip(b" \t") for each in value[1].split(b",")) if spec]
    if not 0 < len(specs) <= MOST_RANGES:
        return []
    parts = []
    for spec in specs:
        match = _SPEC.fullmatch(spec)
        if match is None:
            return []
        first, last, suffix = match.groups()
        if suffix is not None:
            size = min(int(suffix), total)
            start = total - size
        else:
            start = int(first)
            end = int(last) if last else total - 1
            if end < start and last:
                return []
            size = min(end, total - 1) - start + 1
        if size > 0:
            parts.append(Range(start, size))
    if not parts:
        raise UnsatisfiableError
    if sum(part.size for part in parts) > total:
        return []
    return parts
