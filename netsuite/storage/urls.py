"""The URLs that name stores."""

from __future__ import annotations

import os
import re
from pathlib import Path

_SQLITE = "sqlite:"
_POSTGRESQL = ("postgresql://", "postgres://")
#: What libpq makes sense of: one ``@`` at most, behind the user, and nothing half encoded.
_WELL_FORMED = re.compile(r"[^/]+//([^@/]*@)?[^@?]*(\?.*)?")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
EXPECTED = "expected sqlite:PATH or postgresql://USER@HOST/DATABASE"
_ENCODE = "in a user's name or a password, write @ as %40, / as %2F, : as %3A and % as %25"


def default_url() -> str:
    """Return the URL of the store that is used unless another is named.

    It is the user's, wherever the service is started from:
    ``$XDG_STATE_HOME/netsuite/netsuite.sqlite3``, or below ``~/.local/state``.
    """
    base = os.environ.get("XDG_STATE_HOME", "")
    state = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
    return f"{_SQLITE}{state / 'netsuite' / 'netsuite.sqlite3'}"


def parse_url(text: str) -> str:
    """Parse the URL of a store, and make a path in it absolute: a daemon changes its directory.

    :raises ValueError: when it is not one.
    """
    path = path_of(text)
    if path is not None:
        return f"{_SQLITE}{path}"
    if text.startswith(_POSTGRESQL):
        # libpq's own complaint would show parts of the password.
        if not _WELL_FORMED.fullmatch(text) or _HALF_ENCODED.search(text):
            raise ValueError(f"{redacted(text)!r} cannot be understood: {_ENCODE}")
        return text
    raise ValueError(f"{redacted(text)!r} names no store: {EXPECTED}")


def path_of(url: str) -> Path | None:
    """Return the file that a URL names, as an absolute path; None if it names none.

    :raises ValueError: when it is in the home folder of nobody.
    """
    path = url.removeprefix(_SQLITE)
    if path == url or not path:
        return None
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError(f"{url!r} names no file: there is no such user") from error


def redacted(url: str) -> str:
    """Return a URL without the password in it, for messages and the log."""
    # Up to the last @, wherever it is: rather too much than half a password.
    url = re.sub(r"(?<=://)([^:@/?]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)((?:password|secret)\s*=)[^&]*", r"\1***", url)
