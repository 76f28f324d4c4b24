"""Media types: which to answer with (RFC 9110, 12.5.1), and which a body has (8.3).

Accept is a preference, so it is read with patience: what is malformed in it is ignored, member by
member, and a field that says nothing asks for nothing. Programs do send
``text/html, image/gif, *; q=.2`` (Java's URLConnection, for decades). The standard leaves it to the
server whether to heed the field at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from twisted.web.iweb import IRequest

__all__ = ["ContentType", "choose", "content_type"]

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TYPE = re.compile(rf"[ \t]*({_TOKEN})(?:/({_TOKEN}))?")
_PARAMETER = re.compile(rf"[ \t]*+;[ \t]*+(?:({_TOKEN})=({_TOKEN}|{_QUOTED}))?")
# Up to the next comma that is not in quotes.
_MEMBER = re.compile(rf'(?:[^",]|{_QUOTED})+')
#: The longest Accept that is read, in characters; browsers send some 200. To look for the end of
#: what is in quotes takes quadratic time.
MAX_ACCEPT = 2000
# RFC 9110, 12.4.2, but the zero before the point may be missing.
_QUALITY = re.compile(r"0?(?:\.\d{0,3})?|1(?:\.0{0,3})?")


@attrs.frozen
class _MediaType:
    """A media type, or a range of them, in lower case.

    :param kind: such as ``text``.
    :param subtype: such as ``csv``.
    :param parameters: but for ``q``, by name.
    :param quality: the value of ``q``.
    """

    kind: str
    subtype: str
    parameters: Mapping[str, str]
    quality: float = 1.0

    @classmethod
    def parse(cls, text: str) -> _MediaType | None:
        """Return what a text stands for, or None if it is malformed."""
        match = _TYPE.match(text)
        if match is None or (match[2] is None and match[1] != "*"):
            return None
        kind, subtype = match[1].lower(), (match[2] or "*").lower()
        parameters: dict[str, str] = {}
        text, position = text.rstrip(" \t"), match.end()
        while position < len(text):
            if (match := _PARAMETER.match(text, position)) is None:
                return None
            position = match.end()
            if match[1] is not None:
                parameters.setdefault(match[1].lower(), _unquoted(match[2]))
        quality = parameters.pop("q", "1")
        if _QUALITY.fullmatch(quality) is None or quality in ("", "."):
            return None
        return cls(kind, subtype, parameters, float(quality))

    def precision(self, offer: _MediaType) -> int:
        """Return how precisely this range names an offer: the more the better; 0 if not at all."""
        if self.kind == "*" and self.subtype == "*":
            found = 1
        elif self.kind != offer.kind:
            return 0
        elif self.subtype == "*":
            found = 2
        elif self.subtype == offer.subtype:
            found = 3
        else:
            return 0
        # What we offer is in UTF-8 if it is text, whatever of that is asked for.
        required = {name: value for name, value in self.parameters.items() if name != "charset"}
        if not required.items() <= offer.parameters.items():
            return 0
        return found + len(required)


def choose(request: IRequest, offers: Sequence[str]) -> str | None:
    """Return which of some media types to answer with, by the request's Accept.

    Each offer has the quality of the range that names it most precisely. The best is chosen; of
    several that are as good, the first.

    :param offers: what there is, the server's own favourite first.
    :returns: None if nothing is acceptable: answer with 406. Without the field, the first.
    """
    values = request.requestHeaders.getRawHeaders(b"Accept", ())
    accept = b",".join(values).decode("latin-1")
    ranges = list(_parse_ranges(accept)) if len(accept) <= MAX_ACCEPT else []
    if not ranges:
        return offers[0]
    best, best_quality = None, 0.0
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


def _parse_ranges(text: str) -> Iterator[_MediaType]:
    for member in _MEMBER.findall(text):
        if (parsed := _MediaType.parse(member)) is not None:
            yield parsed


def _quality(offer: str, ranges: Iterable[_MediaType]) -> float:
    offered = _MediaType.parse(offer)
    if offered is None:
        raise ValueError(f"{offer!r} is not a media type")
    found = ((each.precision(offered), each.quality) for each in ranges)
    precision, quality = max(found)
    return quality if precision else 0.0


@attrs.frozen
class ContentType:
    """What the body of a request is.

    :param media_type: in lower case, without parameters; empty if it is not said, or malformed.
    :param charset: in lower case, or None.
    """

    media_type: str = ""
    charset: str | None = None


def content_type(request: IRequest) -> ContentType:
    """Return what a request says of its body.

    A Content-Type that is missing, malformed or sent twice says nothing, so that it is none of
    those that a service takes, and can be answered with 415 as any other.
    """
    # As bytes: twisted.web would decode text as UTF-8, and clients send anything.
    values = request.requestHeaders.getRawHeaders(b"Content-Type", ())
    if len(values) != 1:
        return ContentType()
    parsed = _MediaType.parse(values[0].decode("latin-1"))
    if parsed is None or "*" in (parsed.kind, parsed.subtype):
        return ContentType()
    charset = parsed.parameters.get("charset")
    return ContentType(f"{parsed.kind}/{parsed.subtype}", charset and charset.lower())


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
