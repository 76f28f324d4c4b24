"""What a client is told when something is wrong: the same few members of JSON, whatever it is."""

from __future__ import annotations

from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from netsuite.genes.bulk import BadRows
from netsuite.genes.repository import Changed, UnknownGene
from netsuite.storage import OutcomeUnknown, StoreError
from netsuite.web.responses import HTTPError, Response, reason_phrase

__all__ = ["error_page", "error_response"]

_log = Logger(namespace="netsuite")

_RETRY = {"Retry-After": "1"}

#: What is said of an error of the router's that says nothing itself.
_MESSAGES = {
    404: "there is nothing at this path; GET / lists the paths that there are",
    405: "this path does not take the method; Allow names those that it takes",
}


def error_page(error: HTTPError) -> Response:
    """Return the answer that tells an error."""
    told: dict[str, Any] = {
        "status": error.status,
        "message": error.message
        or _MESSAGES.get(error.status)
        or reason_phrase(error.status).decode("ascii").lower(),
    }
    if isinstance(error, BadRows):
        told["bad_rows"] = error.number
        told["rows"] = [{"line": row.line, "message": row.message} for row in error.first]
    return Response.json({"error": told}, error.status, headers=error.headers)


def error_response(request: IRequest, error: Exception) -> Response:
    """Return the answer that tells what a handler, or the router, raised."""
    return error_page(_translated(request, error))


def _translated(request: IRequest, error: Exception) -> HTTPError:
    if isinstance(error, HTTPError):
        return error
    if isinstance(error, UnknownGene):
        return HTTPError(404, "there is no gene with this id; GET /genedb/gene lists all")
    if isinstance(error, Changed):
        return HTTPError(412, "the gene has changed since you read it: read it again, then decide")
    if isinstance(error, OutcomeUnknown):
        return HTTPError(
            503,
            "the store got out of reach in the middle of the change, which may have been made or "
            "not: look before you try again",
            headers=_RETRY,
        )
    if isinstance(error, StoreError):
        return HTTPError(
            503,
            "the store is out of reach just now, and nothing was changed: try again later",
            headers=_RETRY,
        )
    # repr() of bytes is ASCII without control characters, whatever the client sent.
    _log.failure(
        "genes: {method!r} {path!r} failed",
        failure=Failure(error),
        method=request.method,
        path=request.path,
    )
    return HTTPError(500, "the service made a mistake, which its log tells about")
