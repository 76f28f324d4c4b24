"""``netsuite cars import``: register the cars of a file, over one connection, without waiting.

A registration that is refused as a duplicate is looked up: a car that is registered as it
stands in the file is no fault. So an import can be repeated, whatever became of it.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from typing import Any

import attrs
from twisted.internet.defer import Deferred

from netsuite.cars.rules import DUPLICATE
from netsuite.client.cars.background import InBackground
from netsuite.client.cars.registry import Answers, Car, Refused, Registry, lookup, registration
from netsuite.client.cars.rows import Row, Rows
from netsuite.client.conversation import exchange
from netsuite.client.problems import ClientError
from netsuite.client.terminal import Output, on_terminal
from netsuite.text import printable

#: As many rows that were refused are named.
MAX_REASONS = 20


@attrs.define
class Tally:
    """What became of the rows of an import.

    :param registered: how many were registered.
    :param there: how many were registered already, exactly so.
    :param refused: how many were not registered.
    :param reasons: where the first of those stand, and why they were not.
    """

    registered: int = 0
    there: int = 0
    refused: int = 0
    reasons: list[tuple[str, str]] = attrs.Factory(list)

    @property
    def rows(self) -> int:
        """How many there were."""
        return self.registered + self.there + self.refused

    def refuse(self, row: Row, reason: str) -> None:
        """Note that a row was not registered."""
        self.refused += 1
        if len(self.reasons) < MAX_REASONS:
            which = f" ({printable(row.car.license)})" if row.car is not None else ""
            self.reasons.append((f"{row.where}{which}", reason))

    def __str__(self) -> str:
        return f"registered {self.registered}, already there {self.there}, refused {self.refused}"


class Import:
    """One import.

    :param answers: reads the server's answers.
    :param rows: what to register.
    """

    def __init__(self, answers: Answers, rows: AsyncIterator[Row]) -> None:
        self.tally = Tally()
        self._answers = answers
        self._rows = rows
        # What was asked and is not answered yet, with what takes the answer; and what has to
        # be looked up. Neither is longer than the window of the exchange.
        self._asked: deque[tuple[Row, Car, Callable[[Row, Car, bytes], None]]] = deque()
        self._duplicates: deque[tuple[Row, Car]] = deque()
        self._waiting: Deferred[None] | None = None

    async def requests(self) -> AsyncIterator[bytes]:
        """Yield what to ask the server; each answer must be given to :meth:`answered`."""
        async for row in self._rows:
            for message in self._lookups():
                yield message
            if row.car is None:
                self.tally.refuse(row, row.fault)
                continue
            try:
                message = registration(row.car)
            except Refused as refused:
                self.tally.refuse(row, str(refused))
                continue
            self._asked.append((row, row.car, self._registered))
            yield message
        while self._asked or self._duplicates:
            for message in self._lookups():
                yield message
            if self._asked:
                self._waiting = Deferred()
                await self._waiting

    def answered(self, payload: bytes) -> None:
        """Take the next answer."""
        row, car, take = self._asked.popleft()
        take(row, car, payload)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.called:
            waiting.callback(None)

    def _lookups(self) -> Iterator[bytes]:
        while self._duplicates:
            row, car = self._duplicates.popleft()
            self._asked.append((row, car, self._looked_up))
            yield lookup(car.license)

    def _registered(self, row: Row, car: Car, payload: bytes) -> None:
        try:
            self._answers.done(payload)
        except Refused as refused:
            if str(refused) == DUPLICATE:
                self._duplicates.append((row, car))
            else:
                self.tally.refuse(row, str(refused))
        else:
            self.tally.registered += 1

    def _looked_up(self, row: Row, car: Car, payload: bytes) -> None:
        try:
            found = self._answers.car(car.license, payload)
        except Refused as refused:
            self.tally.refuse(row, str(refused))
            return
        if found == car:
            self.tally.there += 1
        else:
            self.tally.refuse(
                row,
                f"it is registered already, and differs: {found.seats} seats, "
                f"mileage {found.mileage}, owner {printable(found.owner)}",
            )


async def import_cars(
    reactor: Any, registry: Registry, name: str, output: Output, as_json: bool
) -> int:
    """Register the cars of a file, and say what became of them.

    :param name: the file's name, or ``-`` for standard input.
    :param as_json: print a JSON object.
    :returns: the exit status.
    :raises ClientError: when the file cannot be read, or the server does not answer.
    """
    from netsuite.client.cars.progress import ImportBar

    conversation = await registry.open()
    try:
        rows = Rows(name)
        work = Import(registry.answers, InBackground(reactor, rows))
        watched = on_terminal(sys.stderr)
        with ImportBar(reactor, rows, work.tally) if watched else nullcontext():
            await exchange(conversation, work.requests(), work.answered, registry.timeout)
    except ClientError as error:
        so_far = f" (so far: {work.tally}; the import can be repeated)" if work.tally.rows else ""
        raise type(error)(f"{error}{so_far}") from error
    finally:
        await conversation.close()
    _report(work.tally, rows, output, as_json)
    return 1 if work.tally.refused else 0


def _report(tally: Tally, rows: Rows, output: Output, as_json: bool) -> None:
    """Say what became of the rows."""
    if as_json:
        report = {
            "registered": tally.registered,
            "already_there": tally.there,
            "refused": tally.refused,
            "reasons": [{"where": where, "reason": reason} for where, reason in tally.reasons],
        }
        output.text(json.dumps(report, indent=2))
        return
    if sys.stderr is not None:
        for where, reason in tally.reasons:
            print(f"{rows.name}: {where}: {reason}", file=sys.stderr)
        if tally.refused > len(tally.reasons):
            print(f"{rows.name}: and {tally.refused - len(tally.reasons)} more", file=sys.stderr)
    output.text(str(tally))
