"""The router: which function answers which method of which path.

Declaring is decorating, as with Klein and Flask::

    router = Router()

    @router.get("/genedb/gene/<gene_id>")
    async def gene(request: IRequest, gene_id: str) -> Response:
        return Response.json({"gene": await lookup(gene_id)})

    site = Site(router.resource())

The handlers of a service that holds state are methods. The router stands in the class body, and
the instance is named when the resource is made, so that nothing is bound by magic::

    class GeneAPI:
        router = Router()

        @router.put("/genedb/gene/<gene_id>")
        def update(self, request: IRequest, gene_id: str) -> Response: ...

    site = Site(GeneAPI.router.resource(GeneAPI(database)))

A router is a plain table. It reads no bytes and writes none: :meth:`Router.match` names the
route for a method and a path, and :mod:`netsuite.web.resource` calls it.
"""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncIterable,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from typing import TypeVar

import attrs
from twisted.web.resource import IResource

from netsuite.web.patterns import Parameter, PathDecodeError, Pattern, PatternTree
from netsuite.web.resource import RouterResource
from netsuite.web.responses import BadRequest, HTTPError, MethodNotAllowed, NotFound, Response

__all__ = ["BodyLimit", "Handler", "Result", "Route", "Router"]

#: What a handler returns; or an awaitable of it, such as a coroutine or a Deferred.
#:
#: - ``bytes``, ``str`` or a :class:`Response`: the whole answer.
#: - An iterable or asynchronous iterable of ``bytes``, bare or as the body of a response: it is
#:   streamed, and closed at the end or when the client leaves.
#: - An ``IResource``: it is rendered in place of the handler (it, and not a child of it).
#: - ``NOT_DONE_YET`` (an ``int``): the handler has written the answer itself, or will.
Result = (
    bytes
    | str
    | Response
    | IResource
    | int
    | Iterable[bytes]
    | AsyncIterable[bytes]
    | Awaitable[object]
)

#: A function of the request and, by keyword, the parameters of its pattern. A method's first
#: argument is the instance given to :meth:`Router.resource`.
Handler = Callable[..., Result]

#: How long a body may be, in bytes; or a function that returns it, of the instance given to
#: :meth:`Router.resource`, for what is known only when the service runs.
BodyLimit = int | Callable[..., int]

H = TypeVar("H", bound=Handler)

#: What every server recognises (RFC 9110, section 9.1; RFC 5789; QUERY, on its way to be one),
#: whether it allows it or not.
_STANDARD_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
)

# RFC 9110, section 5.6.2, without the lower-case letters: methods are case-sensitive, and a
# lower-case one in the source is a slip.
_METHOD_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~")


@attrs.frozen(eq=False)
class Route:
    """One declaration: a pattern, its methods, and the function that answers them.

    :param pattern: which paths.
    :param methods: which methods, as declared.
    :param handler: what answers.
    :param max_body: how long a request's body may be; None for what the service allows anyway.
    """

    pattern: Pattern
    methods: tuple[str, ...]
    handler: Handler
    max_body: BodyLimit | None = None

    @property
    def name(self) -> str:
        """The handler's name."""
        return str(getattr(self.handler, "__name__", type(self.handler).__name__))

    @property
    def description(self) -> str:
        """The handler's docstring."""
        return inspect.getdoc(self.handler) or ""

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return self.description.partition("\n")[0]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the path, from left to right, with their converters."""
        return self.pattern.parameters


class _Target:
    """All that one pattern answers to.

    HEAD is answered by the handler of GET, and OPTIONS with the list of methods, unless they
    have routes of their own. (HTTP leaves out the body of any answer to HEAD.)
    """

    def __init__(self, pattern: Pattern) -> None:
        self.routes: dict[bytes, Route] = {b"OPTIONS": Route(pattern, (), self._options)}

    @property
    def allowed(self) -> list[str]:
        """The methods, sorted."""
        return sorted(method.decode("ascii") for method in self.routes)

    def owner(self, method: str) -> Route | None:
        """Return the route that declares a method itself, or None."""
        route = self.routes.get(method.encode("ascii"))
        return route if route is not None and method in route.methods else None

    def add(self, route: Route) -> None:
        """Let a route answer its methods."""
        for method in route.methods:
            self.routes[method.encode("ascii")] = route
        if "GET" in route.methods:
            self.routes.setdefault(b"HEAD", route)

    def _options(self, *_instance_and_request: object, **_parameters: object) -> Response:
        return Response(status=204, headers={"Allow": ", ".join(self.allowed)})


class Router:
    """A table of routes and error handlers.

    A path is looked up first, then its method, as OpenAPI has it: the most specific pattern
    (see :mod:`netsuite.web.patterns`) owns the path, and another that fits it too is not asked.
    Errors of declaration, such as a malformed pattern or a method that is taken already, are
    raised where the decorator stands.
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []
        self._targets: PatternTree[_Target] = PatternTree()
        self._methods = set(_STANDARD_METHODS)
        self._error_handlers: dict[type[Exception], Handler] = {}

    # Declaring

    def route(
        self,
        pattern: str,
        methods: Collection[str] = ("GET",),
        *,
        max_body: BodyLimit | None = None,
    ) -> Callable[[H], H]:
        """Declare the decorated function to answer these methods of this path.

        The function itself is returned, so that decorators can be stacked (the lowest declares
        first) and the function called.

        :param pattern: such as ``/genedb/gene/<gene_id>``.
        :param methods: their names, in upper case.
        :param max_body: how long the body of a request may be, in bytes, where that is more (or
            less) than what the service allows for any: a number, or a function of the instance,
            such as ``lambda api: api.max_import``. It is heeded where the router is the root of a
            :class:`~netsuite.web.site.Site`; how slowly a long body may come is in
            :mod:`netsuite.web.uploads`.
        :raises ValueError: if the pattern is malformed or fits just the paths of another, if a
            method is none, or if it has a handler already.
        """
        parsed = Pattern.parse(pattern)
        names = _check_methods(methods)

        def declare(handler: H) -> H:
            target = self._targets.get(parsed)
            if target is None:
                target = _Target(parsed)
                self._targets.add(parsed, target)
            for name in names:
                if (owner := target.owner(name)) is not None:
                    raise ValueError(f"{name} {parsed} is answered by {owner.name} already")
            route = Route(parsed, names, handler, max_body)
            target.add(route)
            self._routes.append(route)
            self._methods.update(names)
            return handler

        return declare

    def get(self, pattern: str) -> Callable[[H], H]:
        """Declare a handler of GET, and of HEAD with it."""
        return self.route(pattern, ("GET",))

    def put(self, pattern: str, *, max_body: BodyLimit | None = None) -> Callable[[H], H]:
        """Declare a handler of PUT. See :meth:`route` for *max_body*."""
        return self.route(pattern, ("PUT",), max_body=max_body)

    def post(self, pattern: str, *, max_body: BodyLimit | None = None) -> Callable[[H], H]:
        """Declare a handler of POST. See :meth:`route` for *max_body*."""
        return self.route(pattern, ("POST",), max_body=max_body)

    def patch(self, pattern: str, *, max_body: BodyLimit | None = None) -> Callable[[H], H]:
        """Declare a handler of PATCH. See :meth:`route` for *max_body*."""
        return self.route(pattern, ("PATCH",), max_body=max_body)

    def delete(self, pattern: str) -> Callable[[H], H]:
        """Declare a handler of DELETE."""
        return self.route(pattern, ("DELETE",))

    def errors(self, *classes: type[Exception]) -> Callable[[H], H]:
        """Declare the decorated function to answer when a handler, or the router, raises these.

        It is called with the request and the exception, and returns what a handler returns.
        Of several that fit, the one for the most specific class is called. A bare body is sent
        with the error's own status: that of an :class:`HTTPError`, 500 for any other.

        An exception with a handler is not logged. Each error handler is called once for a
        request at most: what it raises itself is answered by another, or by the default.

        :raises ValueError: if a class has an error handler already, or none is named.
        """
        if not classes:
            raise ValueError("name the exceptions: errors(HTTPError)")

        def declare(handler: H) -> H:
            for class_ in classes:
                if class_ in self._error_handlers:
                    raise ValueError(f"{class_.__name__} has an error handler already")
            self._error_handlers.update(dict.fromkeys(classes, handler))
            return handler

        return declare

    # Looking up

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes in the order of declaration; not the automatic HEAD and OPTIONS."""
        return tuple(self._routes)

    def match(
        self, method: bytes, segments: Sequence[bytes]
    ) -> tuple[Route, Mapping[str, str | int]]:
        """Return the route for a request, and the parameters for its handler.

        :param method: as it was sent; methods are case-sensitive.
        :param segments: what stands between the slashes of the path, each decoded once.
        :raises HTTPError: with status 400 for a path that is not UTF-8, 404 for one that is not
            known, 405 for a method that it does not allow, and 501 for a method that neither
            the standard nor this router knows (RFC 9110, section 9.1), whatever the path.
        """
        try:
            found = self._targets.find(segments)
        except PathDecodeError as error:
            raise BadRequest(str(error)) from None
        if found is not None:
            target, parameters = found
            route = target.routes.get(method)
            if route is not None:
                return route, parameters
        if method.decode("latin-1") not in self._methods:
            raise HTTPError(501, "this server does not know the method")
        if found is None:
            raise NotFound()
        raise MethodNotAllowed(target.allowed)

    def error_handler(self, error: BaseException) -> Handler | None:
        """Return the handler for an exception, or None."""
        for class_ in type(error).__mro__:
            if (handler := self._error_handlers.get(class_)) is not None:
                return handler
        return None

    def resource(self, instance: object | None = None) -> RouterResource:
        """Return an ``IResource`` that answers by this table, at any place in a resource tree.

        Put a router below another path with ``parent.putChild(b"api", router.resource())``;
        its patterns then start there.

        :param instance: the first argument of every handler and error handler, if these are
            methods.
        :raises TypeError: if a handler cannot be called with what it would be called with, such
            as when it does not take a parameter of its pattern.
        """
        leading = () if instance is None else (instance,)
        for route in self._routes:
            parameters = {parameter.name: object() for parameter in route.parameters}
            _check_call(
                f"{'/'.join(route.methods)} {route.pattern}", route.handler, leading, parameters
            )
        for class_, handler in self._error_handlers.items():
            _check_call(class_.__name__, handler, (*leading, object()), {})
        return RouterResource(self, leading)


def _check_methods(methods: Collection[str]) -> tuple[str, ...]:
    """Return the methods of a declaration.

    :raises ValueError: if they are none.
    """
    if isinstance(methods, str):
        raise ValueError(f"methods is a collection of names: write ({methods!r},)")
    names = tuple(dict.fromkeys(methods))
    if not names:
        raise ValueError("a route needs a method")
    for name in names:
        if not name or not _METHOD_CHARACTERS.issuperset(name):
            raise ValueError(f"{name!r} is not a method: methods are names in upper case")
    return names


def _check_call(
    purpose: str, handler: Handler, leading: tuple[object, ...], parameters: Mapping[str, object]
) -> None:
    """Check that a handler takes the arguments that it will be called with, and a request.

    :param purpose: what it handles, for the message.
    :raises TypeError: if it does not.
    """
    signature = inspect.signature(handler)
    try:
        signature.bind(*leading, object(), **parameters)
    except TypeError as error:
        name = getattr(handler, "__qualname__", repr(handler))
        raise TypeError(
            f"the handler of {purpose}, {name}{signature}, cannot be called: {error}"
            " (methods need router.resource(instance), functions router.resource())"
        ) from None
