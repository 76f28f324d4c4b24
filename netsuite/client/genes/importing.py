"""``netsuite genes import``: send a file to the service, which takes all of it or nothing."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext

from netsuite.client.genes.files import MEDIA_TYPES
from netsuite.client.genes.printing import cell
from netsuite.client.genes.service import Query, Record, Refused, Service
from netsuite.client.genes.upload import Upload, UploadBar
from netsuite.client.problems import ClientError
from netsuite.client.terminal import Output, on_terminal

#: How long an import may take unless told otherwise, in seconds.
TIMEOUT = 300.0

#: What the service counts, in the order in which it is told.
_COUNTED = ("added", "updated", "unchanged", "removed")


async def import_genes(
    service: Service,
    output: Output,
    as_json: bool,
    name: str,
    file_format: str,
    query: Query,
    timeout: float = TIMEOUT,
) -> None:
    """Import a file, and say what became of its rows.

    :param name: the file's name, or ``-`` for standard input.
    :param file_format: one of :data:`netsuite.client.genes.files.IMPORTED`.
    :param query: what else the service is to know of it.
    :param timeout: how long all of it may take, in seconds.
    :raises ClientError: when nothing was imported; the rows that are to blame have been named.
    """
    with Upload(service.reactor, name) as upload:
        watched = on_terminal(sys.stderr)
        try:
            with UploadBar(service.reactor, upload) if watched else nullcontext():
                counts = await service.load(upload, MEDIA_TYPES[file_format], query, timeout)
        except Refused as refused:
            if "rows" in refused.details and as_json:
                output.text(json.dumps({"error": refused.details}))
            elif "rows" in refused.details:
                _blame(upload.name, refused.details)
            raise
        except ClientError as error:
            if not upload.ended:
                raise
            raise ClientError(
                f"{error}; it may have been imported nevertheless (an import can be repeated)"
            ) from error
    if as_json:
        output.text(json.dumps(counts))
        return
    told = ", ".join(f"{_number(counts, what)} {what}" for what in _COUNTED)
    output.text(f"{_number(counts, 'rows')} rows: {told}")


def _blame(name: str, details: Record) -> None:
    """Name the rows that cannot be imported, and say why; the service names the first ones."""
    rows = details["rows"]
    if sys.stderr is None or not isinstance(rows, list):
        return
    for row in rows:
        if isinstance(row, dict):
            where = f"line {cell(row.get('line'))}"
            print(f"{name}: {where}: {cell(row.get('message'))}", file=sys.stderr)
    bad = details.get("bad_rows")
    if isinstance(bad, int) and bad > len(rows):
        print(f"{name}: and {bad - len(rows):,} more", file=sys.stderr)


def _number(counts: Record, what: str) -> str:
    """Return one of the service's figures, which may be anything."""
    value = counts.get(what)
    return f"{value:,}" if isinstance(value, int) else cell(value) or "?"
