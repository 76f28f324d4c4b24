"""A folder served over HTTP: its files, listings of its folders, and the CGI scripts in it.

The public function is :func:`file_tree`. Underneath, each module is about one thing:

- :mod:`~netsuite.files.paths`: what a URL names, and that nothing outside the root can be named;
- :mod:`~netsuite.files.sending`, :mod:`~netsuite.files.ranges`,
  :mod:`~netsuite.files.conditions`, :mod:`~netsuite.files.media_types`: a file as a response;
- :mod:`~netsuite.files.listing`: a folder as a page;
- :mod:`~netsuite.files.cgi`: running scripts, with what they are told
  (:mod:`~netsuite.files.cgi_environment`), what they say (:mod:`~netsuite.files.cgi_response`),
  their processes (:mod:`~netsuite.files.cgi_process`) and their complaints
  (:mod:`~netsuite.files.cgi_errors`);
- :mod:`~netsuite.files.tree`: the resource that ties these together.
"""

from __future__ import annotations

from pathlib import Path

from twisted.internet.interfaces import IReactorTime

from netsuite.files.cgi import CgiLimits
from netsuite.files.paths import Root
from netsuite.files.tree import FileTree

__all__ = ["SAMPLE", "CgiLimits", "FileTree", "file_tree"]

#: The folder that is served when no other is given.
# Resolved: an editable install is made of links, and what a link in a root leads to outside of it
# is not served.
SAMPLE = Path(__file__).resolve().with_name("sample")


def file_tree(
    root: Path | None = None,
    *,
    reactor: IReactorTime | None = None,
    cgi_limits: CgiLimits | None = None,
) -> FileTree:
    """Return a resource that serves a folder.

    Call its :meth:`~netsuite.files.tree.FileTree.stop` when the server stops.

    :param root: the folder; None for the sample that comes with the package.
    :param reactor: where scripts are watched; None for the global one.
    :param cgi_limits: what scripts may use; None for the defaults.
    :raises OSError: if *root* is not a folder, or not there.
    """
    if reactor is None:
        from twisted.internet import reactor as global_reactor

        reactor = IReactorTime(global_reactor)
    return FileTree(Root(SAMPLE if root is None else root), cgi_limits or CgiLimits(), reactor)
