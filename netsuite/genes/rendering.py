"""How records become answers: their JSON, and their entity tags."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from twisted.web.iweb import IRequest

from netsuite.genes.records import SEED_FIELDS, as_json
from netsuite.genes.repository import MAX_CANDIDATES, Changed, Stored
from netsuite.genes.resolution import Candidate, Resolution
from netsuite.web.conditions import ANY, Condition, EntityTag, excluding, matching
from netsuite.web.responses import Headers, Response

__all__ = ["json_response", "resolution_json", "revisions_wanted", "tag_of"]

# Made once: json.dumps with arguments makes an encoder for each call. What is stored holds no lone
# surrogates, so UTF-8 can hold it as it is.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode

_REVISION = re.compile(r"([0-9]{1,18})(?:-[0-9a-f]{8})?")


def json_response(value: object, headers: Headers | None = None) -> Response:
    """Answer with JSON that is made of what is stored."""
    return Response(
        _encode(value).encode(), headers={"Content-Type": "application/json", **(headers or {})}
    )


def tag_of(stored: Stored, fields: Sequence[str]) -> EntityTag:
    """Return what names a record's state, as these fields show it."""
    return EntityTag(f"{stored.revision}{_suffix(fields)}")


@lru_cache(maxsize=256)
def _suffix(fields: tuple[str, ...]) -> str:
    if fields == SEED_FIELDS:
        return ""
    return "-" + hashlib.sha256(",".join(fields).encode()).hexdigest()[:8]


async def revisions_wanted(
    request: IRequest, get: Callable[[], Awaitable[Stored | None]]
) -> Collection[int] | None:
    """Return of which revisions a record may be that a request is to change; None for any.

    A tag of any choice of fields stands for its revision.

    :param get: returns the record.
    :raises BadRequest: if a condition is malformed.
    :raises Changed: if If-None-Match names the record as it is.
    """
    wanted = _revisions(matching(request))
    excluded = excluding(request)
    if excluded is None:
        return wanted
    stored = await get()
    if stored is None:
        return wanted
    unwanted = _revisions(excluded)
    if unwanted is None or stored.revision in unwanted:
        raise Changed()
    return {stored.revision}.intersection({stored.revision} if wanted is None else wanted)


def _revisions(condition: Condition | None) -> Collection[int] | None:
    """Return the revisions that a condition names; None for any."""
    if condition is None or condition is ANY:
        return None
    return {int(match[1]) for tag in condition if (match := _REVISION.fullmatch(tag)) is not None}


def resolution_json(resolution: Resolution, fields: Sequence[str]) -> dict[str, Any]:
    """Return what a symbol means, as the members of a JSON object."""
    gene = resolution.gene
    return {
        "query": resolution.query,
        "match_type": resolution.match_type,
        "gene": None if gene is None else as_json(gene, fields),
        "candidates": [_candidate(each, fields) for each in resolution.candidates[:MAX_CANDIDATES]],
        "other_matches": [_candidate(each, fields) for each in resolution.others[:MAX_CANDIDATES]],
    }


def _candidate(candidate: Candidate, fields: Sequence[str]) -> dict[str, Any]:
    kind, gene = candidate
    return {"match_type": kind.match_type, "gene": as_json(gene, fields)}
