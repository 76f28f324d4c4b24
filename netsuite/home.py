"""The home page: ``/`` says hello, and nothing else is there."""

from __future__ import annotations

from twisted.web.iweb import IRequest

from netsuite.text import printable
from netsuite.web import BadRequest, HTTPError, NotFound, Response, Router

__all__ = ["PAGE", "home_router"]

#: What the whole site consists of.
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>My Home Page</title>
</head>
<body>
<h1>hello client</h1>
</body>
</html>
"""


def home_router() -> Router:
    """Return the routes of the home page.

    A path that is not there is answered with 404 and ``/the/path not found``: the path as it was
    requested, with its percent-escapes and without its query.
    """
    router = Router()

    @router.get("/")
    def home(request: IRequest) -> Response:
        """Greet the client."""
        return Response.html(PAGE)

    # The only bad request here is a path that cannot be decoded. That is not there either.
    @router.errors(NotFound, BadRequest)
    def missing(request: IRequest, error: HTTPError) -> Response:
        """Name the path that is not there."""
        path = printable(request.path, most=4 * len(request.path))  # an escape takes up to 4
        return Response.text(
            f"{path} not found", 404, headers={"X-Content-Type-Options": "nosniff"}
        )

    return router
