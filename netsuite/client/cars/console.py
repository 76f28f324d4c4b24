"""Where the dialogue asks its questions: what a console is, and the one of pipes."""

from __future__ import annotations

import sys
from typing import Any, Protocol

from netsuite.client.problems import ClientError
from netsuite.client.terminal import Lines, Output
from netsuite.text import printable

#: As much of one line is shown, in characters.
MOST = 1000


class Interrupted(Exception):  # noqa: N818 - it names what happened, as EOFError does
    """Somebody pressed Ctrl-C instead of answering."""


class Console(Protocol):
    """Asks questions and shows what comes of the answers."""

    async def ask(self, question: str, *, license: bool = False) -> str:
        """Ask for a line.

        :param question: is shown as it is.
        :param license: it is a license that is asked for.
        :returns: the answer, without spaces around it.
        :raises EOFError: when there are no more answers.
        :raises Interrupted: when there are no more answers, at Ctrl-C.
        """

    def show(self, text: str) -> None:
        """Show a line, whatever it holds."""

    def close(self) -> None:
        """End the last line, if it has not ended."""


class PipeConsole:
    """Takes its answers from standard input; shows questions and all else on standard output.

    :param reactor: the reactor.
    :param output: standard output.
    :raises ClientError: when standard input is closed.
    """

    def __init__(self, reactor: Any, output: Output) -> None:
        if sys.stdin is None:
            raise ClientError("standard input is closed")
        self._lines = Lines(reactor, sys.stdin.fileno())
        self._output = output

    async def ask(self, question: str, *, license: bool = False) -> str:
        """Ask for a line; see :meth:`Console.ask`."""
        while True:
            self._output.piece(question.encode())
            try:
                line = await anext(self._lines)
            except StopAsyncIteration:
                raise EOFError from None
            try:
                return line.decode().strip()
            except UnicodeDecodeError:
                self.show("expected UTF-8 text")

    def show(self, text: str) -> None:
        """Show a line."""
        self._output.line(printable(text, MOST).encode())

    def close(self) -> None:
        """End the last line."""
        self._output.finish()
