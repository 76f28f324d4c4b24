"""``netsuite blackjack verify``: check saved sessions, whether the shoes were tampered with.

No server is asked, and none is needed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from netsuite.blackjack.checking import Checker, Outcome, TranscriptTooLongError, Verdict
from netsuite.blackjack.transcript import Transcript
from netsuite.client.problems import ClientError
from netsuite.client.terminal import stdout
from netsuite.text import printable

__all__ = ["configure", "run"]

#: How much of a file is read at once, in bytes.
_CHUNK: Final = 1 << 16


def configure(parser: argparse.ArgumentParser) -> None:
    """Add nothing: ``verify`` has no options of its own."""


def run(options: argparse.Namespace) -> int:
    """Check each of the files ``options.words``, by itself; standard input if there is none, or
    for one that is called ``-``.

    :returns: the exit status: 0 if a shoe could be checked in each, and nothing is wrong.
    :raises ClientError: when a file cannot be read.
    :raises OSError: likewise.
    """
    output = stdout()
    names = options.words or ["-"]
    checked = {name: check(_chunks(name)) for name in names}
    if options.json:
        output.text(json.dumps([_plain(name, each) for name, each in checked.items()], indent=2))
    for name, verdicts in checked.items():
        if not options.json:
            if len(names) > 1:
                output.text(f"{printable(name)}:")
            for line in _report(verdicts):
                output.text(line)
    return max(map(_status, checked.values()))


def check(chunks: Iterable[bytes]) -> list[Verdict]:
    """Check a saved session.

    :param chunks: its bytes, cut anywhere.
    :returns: what can be said of each shoe.
    :raises ClientError: when there is too much in it.
    """
    transcript, checker = Transcript(), Checker()
    try:
        for chunk in chunks:
            for statement in transcript.feed(chunk):
                checker.take(statement)
    except TranscriptTooLongError as error:
        raise ClientError(str(error)) from error
    return checker.verdicts()


def _chunks(name: str) -> Iterator[bytes]:
    if name != "-":
        with Path(name).open("rb") as file:
            yield from _pieces(file)
    elif sys.stdin is None:
        raise ClientError("standard input is closed")
    else:
        yield from _pieces(sys.stdin.buffer)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(partial(file.read, _CHUNK), b"")


def _status(verdicts: list[Verdict]) -> int:
    outcomes = {verdict.outcome for verdict in verdicts}
    return 0 if Outcome.RIGHT in outcomes and Outcome.WRONG not in outcomes else 1


def _plain(name: str, verdicts: list[Verdict]) -> dict[str, object]:
    """What is printed as JSON for a file."""
    return {
        "file": name,
        "shoes": [{**attrs.asdict(each), "outcome": each.outcome.value} for each in verdicts],
    }


def _report(verdicts: list[Verdict]) -> Iterator[str]:
    """What is printed for a file, line by line."""
    last = 0
    for verdict in verdicts:
        if verdict.shoe is not None:
            if last and verdict.shoe > last + 1:
                yield _left_out(last + 1, verdict.shoe - 1)
            last = verdict.shoe
        yield from _lines(verdict)
    if not verdicts:
        yield "Nothing to check: no commitment, round or reveal of a shoe is in it."
    elif all(verdict.outcome is Outcome.OPEN for verdict in verdicts):
        yield (
            "Nothing could be checked: it takes the commitment before a shoe and its reveal, which"
            " comes when it is over."
        )


def _lines(verdict: Verdict) -> list[str]:
    head = "Besides" if verdict.shoe is None else f"Shoe {verdict.shoe}"
    if verdict.outcome is Outcome.WRONG:
        return [f"{head}: WRONG.", *(f"  {_sentence(problem)}" for problem in verdict.problems)]
    return [f"{head}: {verdict.outcome.value}: {'; '.join(verdict.notes)}."]


def _sentence(problem: str) -> str:
    return f"{problem[0].upper()}{problem[1:]}."


def _left_out(first: int, last: int) -> str:
    which = f"Shoe {first} is" if first == last else f"Shoes {first} to {last} are"
    return f"{which} not told here."
