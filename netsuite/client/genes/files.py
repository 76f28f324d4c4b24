"""The formats of files of genes, and how they are told by a file's name."""

from __future__ import annotations

from pathlib import PurePath

from netsuite.client.problems import WrongUsage
from netsuite.text import printable

#: What can be exported, with its media type.
MEDIA_TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}

#: What can be imported.
IMPORTED = ("tsv", "csv", "ndjson")

#: HGNC calls its complete set, which is TSV, ``hgnc_complete_set.txt``.
_SUFFIXES = {".txt": "tsv", ".tab": "tsv", ".jsonl": "ndjson"}


def format_of(name: str) -> str:
    """Return which format the suffix of a file's name says it has.

    :param name: the file's name, or ``-`` for standard input or output.
    :raises WrongUsage: when it does not say.
    """
    suffix = PurePath(name).suffix.lower()
    file_format = _SUFFIXES.get(suffix, suffix.removeprefix("."))
    if file_format not in MEDIA_TYPES:
        what = "a pipe" if name == "-" else f"{printable(name)!r}"
        raise WrongUsage(f"{what} does not tell which format it has; say so with --format")
    return file_format
