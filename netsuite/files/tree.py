"""The resource for all that is under the root: it finds what a URL names and answers with it."""

from __future__ import annotations

from urllib.parse import quote

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.web.resource import Resource
from twisted.web.server import Request

from netsuite.files.cgi import CgiLimits, CgiRunner
from netsuite.files.listing import MOST_ENTRIES, listing
from netsuite.files.pages import page, refuse
from netsuite.files.paths import Folder, ForbiddenError, MalformedPathError, PathError, Root, Script
from netsuite.files.sending import send_file

__all__ = ["FileTree"]

_METHODS = b"GET, HEAD, OPTIONS"
_WHY = {
    MalformedPathError.status: "The path holds a zero byte.",
    ForbiddenError.status: "You may not have this.",
}


class FileTree(Resource):
    """Files, listings and scripts. It may stand anywhere in a site.

    :param root: what is served.
    :param limits: what scripts may use.
    :param reactor: where they are watched.
    """

    # The whole path is looked at together, not segment by segment as Twisted's static.File does:
    # then there is one place that decides what is served, netsuite.files.paths.
    isLeaf = True

    def __init__(self, root: Root, limits: CgiLimits, reactor: IReactorTime) -> None:
        super().__init__()
        self._root = root
        self._reactor = reactor
        self._cgi = CgiRunner(root, limits, reactor)

    def render(self, request: Request) -> bytes | int:
        """Answer a request.

        :param request: the request.
        :returns: the body, or ``NOT_DONE_YET``.
        """
        try:
            found = self._root.find(request.postpath or [])
            if isinstance(found, Script):
                return self._cgi.render(request, found)
            if request.method not in (b"GET", b"HEAD"):
                return _other_method(request)
            if isinstance(found, Folder):
                return self._folder(request, found)
            return send_file(request, found.path, self._reactor)
        except PathError as error:
            return refuse(request, error.status, _WHY.get(error.status, "There is no such file."))

    @property
    def scripts_running(self) -> int:
        """How many scripts there are, those being ended included."""
        return self._cgi.running

    def stop(self) -> Deferred[None]:
        """End all scripts and start no more.

        :returns: a Deferred that fires when all are gone.
        """
        return self._cgi.stop()

    def _folder(self, request: Request, folder: Folder) -> bytes | int:
        segments = [*(request.prepath or ()), *(request.postpath or ())]
        if not folder.slash:
            # Made from the decoded path, of which every segment is a name: so it begins with one
            # slash and cannot lead to another host.
            query = request.uri.partition(b"?")[1:]
            path = "".join("/" + quote(segment, safe="") for segment in segments) + "/"
            request.setHeader(b"location", path.encode() + b"".join(query))
            return refuse(request, 301, f"The folder is at {path}")
        index = self._root.index(folder.path)
        if index is not None:
            return send_file(request, index, self._reactor)
        entries, more = self._root.entries(folder.path, MOST_ENTRIES)
        return page(request, listing(segments[:-1], entries, more))


def _other_method(request: Request) -> bytes:
    request.setHeader(b"allow", _METHODS)
    if request.method == b"OPTIONS":
        request.setResponseCode(204)
        return b""
    # twisted.web itself would say 501 to all methods but GET, HEAD and POST.
    return refuse(request, 405, "Files can only be read.")
