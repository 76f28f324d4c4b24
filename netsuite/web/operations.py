"""What a route takes and gives, declared once: requests are read by it, and it is described by it.

A declaration stands between a route and its handler::

    @router.get("/genes/<geneId>")
    @operation(
        path=[Path("geneId", {"type": "string"}, "The gene's id.")],
        query=[Query("limit", Integer(1, 1000), "How many, at most.")],
        answers={200: Answer("The gene.", {"application/json": GENE}), 404: NO_SUCH_GENE},
    )
    async def gene(self, request: IRequest, gene_id: str, limit: int | None) -> Response: ...

The handler is called with plain values: by keyword, each parameter of the path and of the query,
and the request's body as ``body``. What is not as declared never reaches it: a query parameter
that is unknown, repeated or malformed is 400, and so is a malformed body; a body of another media
type is 415. Who does not accept the one media type that there is gets 406; an operation that has
several chooses itself. The description of the API is made of the same declarations, by
:mod:`netsuite.web.openapi`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import attrs
from twisted.web.iweb import IRequest

from netsuite.web.bodies import Body
from netsuite.web.negotiation import choose
from netsuite.web.responses import BadRequest, HTTPError
from netsuite.web.router import Handler, Result
from netsuite.web.values import Kind, Schema

__all__ = ["Answer", "Declaration", "Field", "Operation", "Path", "Query", "operation"]

#: More parameters than any operation has: what is beyond is not even parsed.
_MAX_PARAMETERS = 100


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@attrs.frozen
class Query:
    """A parameter of the query. It is optional.

    :param name: its name.
    :param kind: what values it takes.
    :param description: what it is for, in Markdown.
    :param default: what the handler receives when it is not given.
    :param keyword: the handler's name for it.
    """

    name: str
    kind: Kind
    description: str
    default: object = None
    keyword: str = attrs.field(kw_only=True)

    @keyword.default
    def _own_name(self) -> str:
        return _snake_case(self.name)


@attrs.frozen
class Path:
    """A parameter of the path.

    What does not fit its schema is not refused: it leads to nothing, and the handler says so.

    :param name: its name in the pattern.
    :param schema: what values lead somewhere.
    :param description: what it is, in Markdown.
    :param keyword: the handler's name for it; in PEP 8's spelling, ``gene_id`` for ``geneId``.
    """

    name: str
    schema: Schema
    description: str
    keyword: str = attrs.field(kw_only=True)

    @keyword.default
    def _own_name(self) -> str:
        return _snake_case(self.name)


@attrs.frozen
class Field:
    """A header field, of a request (where the handler reads it) or of an answer.

    :param description: what it says, in Markdown.
    :param schema: its values.
    :param required: whether it is always there.
    """

    description: str
    schema: Schema = MappingProxyType({"type": "string"})
    required: bool = False


@attrs.frozen
class Answer:
    """What an operation answers with some status.

    :param description: when, in Markdown.
    :param content: the schema of the body, by its media type; empty where there is no body.
    :param headers: its header fields, by name.
    """

    description: str
    content: Mapping[str, Schema] = MappingProxyType({})
    headers: Mapping[str, Field] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Declaration:
    """What an operation takes and gives.

    :param answers: what it answers, by status.
    :param path: the parameters of its path.
    :param query: the parameters of its query.
    :param headers: the header fields that it looks at, by name.
    :param body: its request's body; None if it has none, and then whatever is sent is ignored.
    :param tags: what it belongs to.
    :param deprecated: whether new programs should let it be.
    """

    answers: Mapping[int, Answer]
    path: Sequence[Path] = ()
    query: Sequence[Query] = ()
    headers: Mapping[str, Field] = MappingProxyType({})
    body: Body | None = None
    tags: Sequence[str] = ()
    deprecated: bool = False

    @property
    def keywords(self) -> frozenset[str]:
        """What the handler is called with."""
        keywords = {path.keyword for path in self.path}
        keywords.update(query.keyword for query in self.query)
        if self.body is not None:
            keywords.add("body")
        return frozenset(keywords)


class Operation:
    """A handler with its declaration; the router calls it as it would call the handler.

    :param handler: what is called with the values that a request gives.
    :param declaration: what it takes and gives.
    :raises TypeError: if the handler does not take just the values that are declared.
    """

    __name__: str
    __wrapped__: Handler

    def __init__(self, handler: Handler, declaration: Declaration) -> None:
        self.handler = handler
        self.declaration = declaration
        self._parameters = {query.name: query for query in declaration.query}
        self._defaults = {query.keyword: query.default for query in declaration.query}
        self._path_keywords = {path.name: path.keyword for path in declaration.path}
        self._offer = _only_offer(declaration)
        _check_handler(handler, declaration.keywords)
        update_wrapper(self, handler)
        # The router looks whether it may pass what the pattern holds; the names are translated
        # here.
        del self.__wrapped__

    def __call__(self, *arguments: Any, **path: str | int) -> Result:
        """Answer a request.

        :param arguments: the handler's instance, if it has one, and the request.
        :param path: what the pattern's parameters stand for.
        :raises HTTPError: when the request is not as declared.
        """
        request = arguments[-1]
        if self._offer is not None:
            _check_accept(request, self._offer)
        values: dict[str, object] = {
            self._path_keywords[name]: value for name, value in path.items()
        }
        values.update(self._defaults)
        _path, _, query = request.uri.partition(b"?")
        if query:
            values.update(self._read_query(query))
        if self.declaration.body is not None:
            values["body"] = self.declaration.body.read(request)
        return self.handler(*arguments, **values)

    def renamed(self, name: str, **changes: Any) -> Operation:
        """Return the same operation for another path.

        :param name: what it is called there.
        :param changes: what is declared otherwise.
        """
        other = Operation(self.handler, attrs.evolve(self.declaration, **changes))
        other.__name__ = name
        return other

    def _read_query(self, query: bytes) -> dict[str, object]:
        """Return what the parameters stand for, by keyword.

        :raises BadRequest: when one is unknown, repeated or malformed.
        """
        try:
            # Escapes or not, it is UTF-8: that is what curl sends for a symbol typed as it is.
            pairs = parse_qsl(
                query.decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MAX_PARAMETERS,
            )
        except UnicodeDecodeError:
            raise BadRequest("the query is not UTF-8") from None
        except ValueError:
            raise BadRequest(f"the query has more than {_MAX_PARAMETERS} parameters") from None
        values: dict[str, object] = {}
        for name, text in pairs:
            parameter = self._parameters.get(name)
            if parameter is None:
                known = ", ".join(self._parameters) or "none"
                raise BadRequest(f"{name[:40]!a} is no query parameter here: there are {known}")
            if parameter.keyword in values:
                known = ", ".join(self._parameters)
                raise BadRequest(
                    f"the query parameter {name} is given twice: give each of {known} once"
                )
            try:
                if "\0" in text:
                    raise ValueError("expected a text without NUL")
                values[parameter.keyword] = parameter.kind.parse(text)
            except ValueError as error:
                raise BadRequest(f"the query parameter {name}: {error}") from None
        return values


def operation(**declaration: Any) -> Callable[[Handler], Operation]:
    """Declare what the decorated handler takes and gives.

    :param declaration: see :class:`Declaration`.
    """
    declared = Declaration(**declaration)
    return lambda handler: Operation(handler, declared)


def _only_offer(declaration: Declaration) -> str | None:
    """Return the media type of all that an operation answers with if it succeeds, or None."""
    offers = {
        media_type
        for status, answer in declaration.answers.items()
        if status < 300
        for media_type in answer.content
    }
    return offers.pop() if len(offers) == 1 else None


def _check_accept(request: IRequest, offer: str) -> None:
    """Check that a client takes the one media type that there is.

    :raises HTTPError: with status 406, if it does not.
    """
    accept = request.requestHeaders.getRawHeaders(b"Accept")
    # Programs that do not care say nothing, or this.
    if accept is None or accept == [b"*/*"]:
        return
    if choose(request, (offer,)) is None:
        raise HTTPError(406, f"the answer is {offer} and nothing else: accept that")


def _check_handler(handler: Handler, keywords: frozenset[str]) -> None:
    """Check that a handler takes a request (after its instance, perhaps) and what is declared.

    :raises TypeError: if it does not.
    """
    names = list(inspect.signature(handler).parameters)
    given = names[len(names) - len(keywords) :]
    if set(given) != keywords or len(names) - len(given) not in (1, 2):
        name = getattr(handler, "__qualname__", repr(handler))
        raise TypeError(
            f"{name} takes {', '.join(names)}: it is declared to take a request and then"
            f" {', '.join(sorted(keywords)) or 'nothing'}"
        )
