"""The description of an API, in OpenAPI 3.1, made of the declarations of its routes.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from netsuite.web.operations import Answer, Field, Operation, Path, Query
from netsuite.web.patterns import Pattern
from netsuite.web.responses import reason_phrase
from netsuite.web.router import Route, Router
from netsuite.web.values import Schema

__all__ = ["About", "describe"]

_Object: TypeAlias = dict[str, Any]


@attrs.frozen(kw_only=True)
class About:
    """What a description says besides what the routes declare.

    :param title: the API's name.
    :param version: its version.
    :param description: what it is, in Markdown.
    :param tags: what operations belong to, with a description of each.
    :param schemas: the schemas that others refer to as ``#/components/schemas/NAME``.
    :param everywhere: what any operation may answer with.
    :param unsafe: what any operation may answer with that changes something.
    """

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    schemas: Mapping[str, Schema]
    everywhere: Mapping[int, Answer]
    unsafe: Mapping[int, Answer]

    def answers(self, route: Route, operation: Operation) -> dict[int, Answer]:
        """Return all that an operation may answer with, by status."""
        unsafe = {} if "GET" in route.methods else self.unsafe
        return {**self.everywhere, **unsafe, **operation.declaration.answers}


def describe(router: Router, about: About) -> _Object:
    """Return the description of a router's operations.

    Routes without a declaration, such as pages for people, are not described.

    :raises ValueError: if two operations have one name, or one does not declare just the
        parameters of its path.
    """
    paths: dict[str, _Object] = {}
    names = set()
    for route in router.routes:
        if not isinstance(route.handler, Operation):
            continue
        if route.name in names:
            raise ValueError(f"there are two operations {route.name!r}")
        names.add(route.name)
        item = paths.setdefault(_template(route.pattern), {})
        for method in route.methods:
            item[method.lower()] = _operation(route, route.handler, about)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": about.title,
            "version": about.version,
            "description": about.description,
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in about.tags.items()],
        "paths": paths,
        "components": {"schemas": _plain(about.schemas)},
    }


def _template(pattern: Pattern) -> str:
    """Return a pattern as OpenAPI writes it: ``/genes/{geneId}``."""
    return "/" + "/".join(
        segment if isinstance(segment, str) else f"{{{segment.name}}}"
        for segment in pattern.segments
    )


def _operation(route: Route, operation: Operation, about: About) -> _Object:
    declared = operation.declaration
    if [path.name for path in declared.path] != [each.name for each in route.parameters]:
        raise ValueError(f"{route.pattern} has other parameters than are declared")
    summary, _, description = route.description.partition("\n")
    described: _Object = {
        "operationId": route.name,
        "summary": summary.removesuffix("."),
        "description": description.strip(),
        "tags": list(declared.tags),
        "parameters": [
            *map(_path_parameter, declared.path),
            *map(_query_parameter, declared.query),
            *(
                {"name": name, "in": "header", **_field(field)}
                for name, field in declared.headers.items()
            ),
        ],
        "responses": {
            str(status): _answer(status, answer)
            for status, answer in sorted(about.answers(route, operation).items())
        },
    }
    if declared.body is not None:
        described["requestBody"] = {"required": True, "content": _content(declared.body.schemas)}
    if declared.deprecated:
        described["deprecated"] = True
    return {name: value for name, value in described.items() if value not in ("", [])}


def _path_parameter(path: Path) -> _Object:
    return {
        "name": path.name,
        "in": "path",
        "required": True,
        "description": path.description,
        "schema": _plain(path.schema),
    }


def _query_parameter(query: Query) -> _Object:
    return {
        "name": query.name,
        "in": "query",
        "description": query.description,
        # A list is one value, with commas: no parameter is repeated.
        "explode": False,
        "schema": _plain(query.kind.schema),
    }


def _field(field: Field) -> _Object:
    described = {"description": field.description, "schema": _plain(field.schema)}
    return {**described, "required": True} if field.required else described


def _answer(status: int, answer: Answer) -> _Object:
    described: _Object = {"description": answer.description or reason_phrase(status).decode()}
    if answer.headers:
        described["headers"] = {name: _field(field) for name, field in answer.headers.items()}
    if answer.content:
        described["content"] = _content(answer.content)
    return described


def _content(schemas: Mapping[str, Schema]) -> _Object:
    return {media_type: {"schema": _plain(schema)} for media_type, schema in schemas.items()}


def _plain(value: Any) -> Any:
    """Return a value made of the dictionaries and lists that JSON has."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
