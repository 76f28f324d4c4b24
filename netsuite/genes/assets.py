"""Files that browsers fetch, read once and served from memory.

No path that a client sends ever reaches the file system: it is looked up among the names of what
was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs
from twisted.web.iweb import IRequest

from netsuite.web.conditions import EntityTag, not_modified
from netsuite.web.responses import Headers, NotFound, Response

__all__ = ["Assets"]

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}

#: Nothing is fetched from elsewhere, nothing inline is run, nobody frames the page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS: Headers = MappingProxyType(
    {
        "Cache-Control": "no-cache",  # ask each time whether it is still right
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)


@attrs.frozen
class _File:
    """A file in memory.

    :param contents: what is in it.
    :param media_type: what it is.
    :param tag: names its contents.
    """

    contents: bytes
    media_type: str
    tag: EntityTag


class Assets:
    """The files of a folder.

    :param folder: where they are. What has another ending than those that we know is left out.
    """

    def __init__(self, folder: Path) -> None:
        self._files: Mapping[str, _File] = {
            path.name: _read(path) for path in folder.iterdir() if path.suffix in _MEDIA_TYPES
        }

    def serve(self, request: IRequest, name: str) -> Response:
        """Answer with a file.

        :param name: the file's name in the folder.
        :raises NotFound: when there is none of that name.
        """
        file = self._files.get(name)
        if file is None:
            raise NotFound("there is no such file; the pages are /browse and /docs")
        if not_modified(request, file.tag):
            return file.tag.not_modified(_HEADERS)
        headers = {**_HEADERS, "Content-Type": file.media_type, "ETag": str(file.tag)}
        return Response(file.contents, headers=headers)


def _read(path: Path) -> _File:
    contents = path.read_bytes()
    tag = EntityTag(hashlib.sha256(contents).hexdigest()[:32])
    return _File(contents, _MEDIA_TYPES[path.suffix], tag)
