"""``netsuite genes export``: all genes, as a file that appears complete or not at all."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

from netsuite.client.download import Saved, length_of, receive
from netsuite.client.genes.files import MEDIA_TYPES
from netsuite.client.genes.service import GENES, Service
from netsuite.client.progress import DownloadBar
from netsuite.client.terminal import Output, on_terminal


async def export_genes(
    service: Service,
    output: Output,
    path: Path | None,
    file_format: str,
    fields: str,
    force: bool = False,
) -> None:
    """Write all genes, byte for byte as the service sends them.

    :param path: the file to write; None prints it.
    :param file_format: one of :data:`netsuite.client.genes.files.MEDIA_TYPES`.
    :param fields: which fields.
    :param force: replace a file that exists.
    :raises ClientError: when not all come, or the file cannot be written.
    """
    with ExitStack() as closing:
        write = output.piece
        if path is not None:
            # Opened first: if it cannot be written, nothing need be fetched.
            write = closing.enter_context(Saved(path, force)).write
        response = await service.send("GET", GENES, {"format": file_format, "fields": fields})
        service.check_type(response, MEDIA_TYPES[file_format])
        bar: DownloadBar | None = None
        if on_terminal(sys.stderr) and not (path is None and output.terminal):
            name = "export" if path is None else path.name
            bar = closing.enter_context(DownloadBar(service.reactor, name, length_of(response)))

        def take(data: bytes) -> None:
            write(data)
            if bar is not None:
                bar.add(len(data))

        await receive(service.reactor, response, take, service.timeout)
    if path is None:
        output.finish()
