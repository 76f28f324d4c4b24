"""``netsuite cars export``: all cars, as a CSV file that ``import`` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from netsuite.client.cars.registry import Answers, Registry, lookup
from netsuite.client.cars.rows import COLUMNS
from netsuite.client.conversation import exchange, given
from netsuite.client.download import Saved
from netsuite.client.terminal import Output


async def export_cars(registry: Registry, output: Output, path: Path | None, force: bool) -> None:
    """Write all cars, in the order of their licenses; no more than a page of them is held.

    :param path: the file to write, which appears complete or not at all; None prints it.
    :param force: replace a file that exists.
    :raises ClientError: when the server does not answer.
    """
    with ExitStack() as closing:
        write = output.piece
        if path is not None:
            write = closing.enter_context(Saved(path, force)).write
        conversation = await registry.open()
        try:
            write(f"{','.join(COLUMNS)}\n".encode())
            async for page in registry.pages(""):
                await exchange(
                    conversation,
                    given([lookup(license) for license in page]),
                    _writer(write, registry.answers, iter(page)),
                    registry.timeout,
                )
        finally:
            await conversation.close()
    if path is None:
        output.finish()


def _writer(
    write: Callable[[bytes], None], answers: Answers, licenses: Iterator[str]
) -> Callable[[bytes], None]:
    """Return a function that writes the details which are given to it.

    :param licenses: whose details these are, one after the other.
    """
    buffer = io.StringIO()
    # Texts always in quotes: Python would not quote a lone CR where lines end in LF.
    rows = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)

    def take(payload: bytes) -> None:
        car = answers.car(next(licenses), payload)
        rows.writerow((car.license, car.seats, car.mileage, car.owner))
        write(buffer.getvalue().encode())
        buffer.seek(0)
        buffer.truncate()

    return take
