"""What kind of data a file holds, by its name."""

from __future__ import annotations

import mimetypes

__all__ = ["media_type"]

_COMPRESSED = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip2",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}
_UNKNOWN = "application/octet-stream"


def media_type(name: str) -> str:
    """Return the Content-Type for a file, with the character set if it is text.

    A compressed file is sent as what it is: with ``Content-Encoding``, as
    ``twisted.web.static.File`` has it, browsers store a ``.tar.gz`` unpacked under its packed name.
    A file whose kind is unknown is bytes, not HTML, which it would be there.

    :param name: the file's name.
    """
    # A name is no URL: "data:text/html," must not be read as one.
    kind, encoding = mimetypes.guess_type("./" + name)
    if encoding is not None:
        return _COMPRESSED.get(encoding, _UNKNOWN)
    if kind is None:
        return _UNKNOWN
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
