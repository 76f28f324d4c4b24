"""What schemathesis is told about the gene API that no description can say.

It imports this file in a process of its own: see ``test_genes_schemathesis.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import strategies as st

_FIELDS = ("id", "symbol", "name")
_Rows = list[tuple[str, str, str]]

_word = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
_rows = st.lists(
    st.tuples(_word, _word, _word), min_size=1, max_size=3, unique_by=lambda row: row[0]
)


def _table(separator: str) -> Callable[[_Rows], bytes]:
    def write(rows: _Rows) -> bytes:
        return "\n".join(separator.join(row) for row in (_FIELDS, *rows)).encode()

    return write


def _ndjson(rows: _Rows) -> bytes:
    return "\n".join(json.dumps(dict(zip(_FIELDS, row, strict=True))) for row in rows).encode()


# JSON Schema cannot say what a good file is.
_csv, _tsv, _lines = _rows.map(_table(",")), _rows.map(_table("\t")), _rows.map(_ndjson)
schemathesis.openapi.media_type("text/csv", _csv)
schemathesis.openapi.media_type("text/tab-separated-values", _tsv)
schemathesis.openapi.media_type("application/x-ndjson", _lines)
schemathesis.openapi.media_type("application/octet-stream", _csv | _tsv | _lines)

# For a header field, the pattern alone is not heeded. Most tags let the request through.
_tags = st.sampled_from(["*", "*", "*", "*", '"1"', '"2", "3"'])
schemathesis.openapi.format("entity-tags", _tags)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Do not call a good file by the name of another format."""
    if case.path == "/genedb/import" and case.meta and case.meta.generation.mode.is_positive:
        case.query.pop("format", None)
