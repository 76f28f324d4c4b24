"""A folder as a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from netsuite.files.media_types import media_type
from netsuite.files.paths import Entry

__all__ = ["MOST_ENTRIES", "listing"]

#: How many entries a listing shows. A page is made in one piece.
MOST_ENTRIES = 5000

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #8884 }
td:first-child { overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
:root { color-scheme: light dark }
"""


def listing(segments: Iterable[bytes], entries: Iterable[Entry], more: bool) -> str:
    """Return the page that lists a folder: folders first, each kind by name.

    :param segments: the path of its URL, percent-decoded; empty for the top.
    :param entries: what is in it.
    :param more: whether there is more that is left out.
    """
    path = [*segments]
    title = escape("/" + "".join(f"{_shown(segment)}/" for segment in path))
    rows = [_row(b"../", "../", "", "", "")] if path else []
    rows += [_entry_row(entry) for entry in sorted(entries, key=_order)]
    note = f"<p>Only {len(rows)} entries are shown; there are more.</p>\n" if more else ""
    return (
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
        '<meta name=viewport content="width=device-width">\n'
        f"<title>Index of {title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Index of <bdi>{title}</bdi></h1>\n<table>\n"
        "<tr><th>Name<th class=number>Size<th>Type<th>Modified (UTC)</tr>\n"
        f"{''.join(rows)}</table>\n{note}</body>\n</html>\n"
    )


def _order(entry: Entry) -> tuple[bool, str, bytes]:
    return entry.size is not None, _shown(entry.name).casefold(), entry.name


def _entry_row(entry: Entry) -> str:
    shown = _shown(entry.name)
    modified = _date(entry.modified)
    if entry.size is None:
        return _row(entry.name, f"{shown}/", "", "folder", modified, end="/")
    kind = media_type(shown).partition(";")[0]
    return _row(entry.name, shown, _size(entry.size), kind, modified)


def _row(name: bytes, shown: str, size: str, kind: str, modified: str, end: str = "") -> str:
    # Every byte that has a meaning in a URL is encoded, colons and slashes included, so that a
    # name can neither look like a scheme nor begin a query. Only "../" is ours.
    href = "../" if name == b"../" else quote(name, safe="") + end
    return (
        f'<tr><td><a href="{href}"><bdi>{escape(shown)}</bdi></a>'
        f"<td class=number>{size}<td>{escape(kind)}<td>{modified}</tr>\n"
    )


def _shown(name: bytes) -> str:
    """Return a name for the eye: what is not text in it is shown as U+FFFD."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in name.decode("utf-8", "replace")
    )


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    if size < 999_950:
        return f"{size / 1e3:.1f} kB"
    if size < 999_950_000:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e9:.1f} GB"


def _date(modified: float) -> str:
    try:
        return datetime.fromtimestamp(modified, UTC).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return ""
