"""Entity tags and the conditions made with them (RFC 9110, sections 8.8.3 and 13.1).

A resource with revisions names each by a tag. A client that has one asks for a newer one only
(If-None-Match), or writes only if it has seen the latest (If-Match)::

    tag = EntityTag(str(gene.revision))
    if not_modified(request, tag):
        return tag.not_modified()
    return Response.json(gene, headers={"ETag": str(tag)})

Writing is different: between looking and writing somebody else may write. So
:func:`matching` says what is asked for, for the write itself to compare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Literal

import attrs
from twisted.web.iweb import IRequest

from netsuite.web.responses import BadRequest, Headers, HTTPError, Response

__all__ = ["ANY", "Condition", "EntityTag", "Wildcard", "excluding", "matching", "not_modified"]

#: The most tags that are read of one condition. A cache sends a handful.
MAX_TAGS = 100

_OPAQUE = r"[\x21\x23-\x7e\x80-\xff]*"
_is_opaque = re.compile(_OPAQUE).fullmatch
# A list (RFC 9110, 5.6.1): empty elements are let be. A tag may hold a comma.
_ELEMENT = re.compile(rf'[ \t]*+(?:(W/)?"({_OPAQUE})"[ \t]*+)?(?:,|$)')


class Wildcard(Enum):
    """What ``*`` stands for."""

    ANY = "*"


#: Any tag: the condition is that there is something at all.
ANY: Literal[Wildcard.ANY] = Wildcard.ANY

#: What a condition names: any tag, or those with one of these opaque parts.
Condition = frozenset[str] | Literal[Wildcard.ANY]


@attrs.frozen
class EntityTag:
    """What tells one state of a resource from another.

    :param opaque: anything of Latin-1 but quotes, spaces and control characters.
    :param weak: whether states that differ in bytes, but not in meaning, may share it.
    :raises ValueError: if a character is not allowed.
    """

    opaque: str = attrs.field()
    weak: bool = False

    @opaque.validator
    def _check(self, _attribute: object, value: str) -> None:
        if not _is_opaque(value):
            raise ValueError(f"{value!r} cannot stand in an entity tag")

    def __str__(self) -> str:
        return f'W/"{self.opaque}"' if self.weak else f'"{self.opaque}"'

    def strongly_equals(self, other: EntityTag) -> bool:
        """Tell whether both name the same bytes: neither is weak (RFC 9110, 8.8.3.2)."""
        return not self.weak and self == other

    def weakly_equals(self, other: EntityTag) -> bool:
        """Tell whether both name what means the same."""
        return self.opaque == other.opaque

    def meets(self, condition: Condition) -> bool:
        """Tell whether a condition names this tag.

        :param condition: from :func:`matching` or :func:`excluding`, which have chosen already
            which of the client's tags count; for the former, a weak tag of ours never does.
        """
        return condition is ANY or self.opaque in condition

    def not_modified(self, headers: Headers | None = None) -> Response:
        """Return the answer to a client that has this state already.

        :param headers: others that the 200 would have had and RFC 9110, 15.4.5, wants here:
            Cache-Control, Content-Location, Expires, Vary.
        """
        return Response(status=304, headers={**(headers or {}), "ETag": str(self)})


def matching(request: IRequest) -> Condition | None:
    """Return what If-Match asks for: ANY, opaque parts of strong tags, or None if it is not there.

    The comparison is strong: weak tags never match and are left out, so that the set may be
    empty, and then nothing meets it. What is not met is answered with 412.

    :raises BadRequest: if the field is malformed.
    """
    tags = _tags(request, "If-Match")
    if tags is None or tags is ANY:
        return tags
    return frozenset(tag.opaque for tag in tags if not tag.weak)


def excluding(request: IRequest) -> Condition | None:
    """Return what If-None-Match asks for; as :func:`matching`, but weak tags count as well.

    A write is answered with 412 if what is there meets it: with ``*``, if there is anything.

    :raises BadRequest: if the field is malformed.
    """
    tags = _tags(request, "If-None-Match")
    if tags is None or tags is ANY:
        return tags
    return frozenset(tag.opaque for tag in tags)


def not_modified(request: IRequest, tag: EntityTag) -> bool:
    """Weigh the conditions of a GET or HEAD request for something that is there.

    In the order of RFC 9110, 13.2.2: first If-Match, then If-None-Match.

    :param tag: that of what would be sent.
    :returns: whether to send :meth:`EntityTag.not_modified` instead.
    :raises BadRequest: if a field is malformed.
    :raises HTTPError: with status 412, if there is an If-Match and it is not met.
    """
    required = matching(request)
    if required is not None and required is not ANY and (tag.weak or tag.opaque not in required):
        raise HTTPError(412, "If-Match names another state than the present one")
    excluded = excluding(request)
    return excluded is not None and tag.meets(excluded)


def _tags(request: IRequest, name: str) -> list[EntityTag] | Literal[Wildcard.ANY] | None:
    """Return the tags of a field; several fields of one name are one list."""
    # As bytes: twisted.web would decode text as UTF-8, and clients send anything.
    values = request.requestHeaders.getRawHeaders(name.encode("ascii"))
    return None if values is None else _parse(name, values)


def _parse(name: str, values: Sequence[bytes]) -> list[EntityTag] | Literal[Wildcard.ANY]:
    """Parse the list of tags in a field.

    :param name: the field's name, for the message.
    :raises BadRequest: if it is malformed, or too long.
    """
    text = b",".join(values).decode("latin-1")
    if text.strip(" \t") == "*":
        return ANY
    tags: list[EntityTag] = []
    position = 0
    while position < len(text):
        match = _ELEMENT.match(text, position)
        if match is None:
            break
        position = match.end()
        if match[2] is not None:
            tags.append(EntityTag(match[2], weak=match[1] is not None))
            if len(tags) > MAX_TAGS:
                raise BadRequest(f"{name} names more than {MAX_TAGS} entity tags")
    if position < len(text) or not tags:
        raise BadRequest(
            f'{name} is malformed: expected * or entity tags in double quotes, such as "5", "6"'
        )
    return tags
