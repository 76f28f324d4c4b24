"""``netsuite genes resolve``: which genes are known by some symbols."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import attrs

from netsuite.client.genes.printing import JSONArray, Table
from netsuite.client.genes.service import MAX_BATCH, Record, Service
from netsuite.client.problems import ClientError
from netsuite.client.terminal import Lines, Output
from netsuite.genes.records import MAX_TEXT
from netsuite.text import printable

COLUMNS = ("query", "match", "id", "symbol", "name")

#: A symbol that several genes are known by.
_AMBIGUOUS = "ambiguous"


@attrs.define
class Tally:
    """What became of symbols.

    :param symbols: how many there were.
    :param not_found: how many of them no gene is known by.
    :param ambiguous: how many of them several genes are known by.
    """

    symbols: int = 0
    not_found: int = 0
    ambiguous: int = 0

    def add(self, match_type: object) -> None:
        """Count a symbol."""
        self.symbols += 1
        self.not_found += match_type is None
        self.ambiguous += match_type == _AMBIGUOUS

    def __str__(self) -> str:
        return (
            f"of {self.symbols:,} symbols: {self.not_found:,} not found, "
            f"{self.ambiguous:,} ambiguous"
        )


async def resolve(
    service: Service, output: Output, as_json: bool, symbols: AsyncIterable[str]
) -> None:
    """Print which genes are known by some symbols; no more than a batch is held.

    :param as_json: print an array of what the service answers.
    :raises ClientError: at the end, when a symbol was not found or is ambiguous.
    """
    array = JSONArray(output) if as_json else None
    table = Table(output, COLUMNS)
    tally = Tally()
    async for batch in batches(symbols):
        for result in await service.resolve(batch):
            tally.add(result.get("match_type"))
            if array is not None:
                array.add(result)
                continue
            for row in _rows(result):
                table.add(row)
        if array is None:
            table.flush()
    if array is not None:
        array.end()
    if tally.not_found or tally.ambiguous:
        raise ClientError(str(tally))


async def batches(symbols: AsyncIterable[str]) -> AsyncIterator[list[str]]:
    """Yield symbols, as many at a time as the service takes; empty ones are left out."""
    batch = []
    async for symbol in symbols:
        if symbol := symbol.strip():
            batch.append(symbol)
        if len(batch) == MAX_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def given(symbols: Iterable[str]) -> AsyncIterator[str]:
    """Yield symbols that are there already."""
    for symbol in symbols:
        yield symbol


async def read_symbols(reactor: Any, name: str) -> AsyncIterator[str]:
    """Yield the symbols of a file, which stand in a line each.

    :param name: the file's name, or ``-`` for standard input.
    :raises ClientError: when it cannot be read, or a line is too long or not UTF-8.
    """
    shown = "standard input" if name == "-" else printable(name)
    number = 0
    try:
        with nullcontext() if name == "-" else Path(name).open("rb") as file:
            async for line in Lines(reactor, 0 if file is None else file.fileno()):
                number += 1
                # A spreadsheet begins its files with a byte order mark.
                symbol = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if len(symbol) > MAX_TEXT:
                    # The service would refuse all that is asked together with it.
                    raise ClientError(
                        f"{shown}: line {number} is longer than {MAX_TEXT} characters, "
                        "which no symbol is"
                    )
                yield symbol
    except OSError as error:
        raise ClientError(f"cannot read {shown}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ClientError(f"{shown}: line {number} is not UTF-8 text") from error


def _rows(result: Record) -> list[tuple[Any, ...]]:
    """Return the rows of a table that show what one symbol means."""
    query, match = result.get("query"), result.get("match_type")
    if match is None:
        return [(query, "not found", "", "", "")]
    if match != _AMBIGUOUS:
        return [(query, match, *_shown(result))]
    candidates = result.get("candidates")
    return [
        (query, match, "", "", ""),
        *(
            ("", candidate.get("match_type"), *_shown(candidate))
            for candidate in (candidates if isinstance(candidates, list) else [])
            if isinstance(candidate, dict)
        ),
    ]


def _shown(result: Record) -> tuple[Any, ...]:
    gene = result.get("gene")
    if not isinstance(gene, dict):
        gene = {}
    return gene.get("id"), gene.get("symbol"), gene.get("name")
