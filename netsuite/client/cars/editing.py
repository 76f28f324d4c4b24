"""A console with line editing, and with history and completion where a license is asked for.

It needs Twisted's asyncio reactor: then prompt_toolkit, which lives on asyncio, shares one loop
with the rest of the client, and there are no threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from twisted.internet.defer import Deferred

from netsuite.client.cars.console import MOST, Interrupted
from netsuite.client.cars.history import LicenseFile
from netsuite.client.cars.registry import Registry
from netsuite.client.problems import ClientError
from netsuite.client.terminal import Output
from netsuite.text import printable


class EditingConsole:
    """Takes its answers from a terminal.

    :param registry: completes licenses.
    :param output: the terminal.
    """

    def __init__(self, registry: Registry, output: Output) -> None:
        self._output = output
        self._licenses: PromptSession[str] = PromptSession(
            history=LicenseHistory(LicenseFile()),
            completer=LicenseCompleter(registry),
            complete_while_typing=False,
            key_bindings=_bindings(),
            interrupt_exception=Interrupted,
            enable_suspend=True,
        )
        self._others: PromptSession[str] = PromptSession(
            history=DummyHistory(), interrupt_exception=Interrupted, enable_suspend=True
        )

    async def ask(self, question: str, *, license: bool = False) -> str:
        """Ask for a line; see :meth:`netsuite.client.cars.console.Console.ask`."""
        session = self._licenses if license else self._others
        # Ctrl-C is a key while somebody types. The signal is for who runs the reactor.
        asking = asyncio.ensure_future(session.prompt_async(question, handle_sigint=False))
        answer: str = await Deferred.fromFuture(asking)
        return answer.strip()

    def show(self, text: str) -> None:
        """Show a line."""
        self._output.line(printable(text, MOST).encode())

    def close(self) -> None:
        """Do nothing: each question ends its line."""


class LicenseHistory(History):
    """The licenses that were typed, in upper case.

    :param file: where they are kept.
    """

    def __init__(self, file: LicenseFile) -> None:
        super().__init__()
        self._file = file

    def append_string(self, string: str) -> None:
        """Add a license; what is not one line is none."""
        license = string.strip().upper()
        if license.isprintable() and self._loaded_strings[:1] != [license]:
            super().append_string(license)

    def load_history_strings(self) -> Iterable[str]:
        """Return what is kept, the latest first."""
        return reversed(self._file.load())

    def store_string(self, string: str) -> None:
        """Keep a license."""
        self._file.add(string)


class LicenseCompleter(Completer):
    """Asks the server which licenses begin with what is typed.

    :param registry: the server.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Return none: that takes time."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield some of the licenses; none when the server does not answer."""
        typed = document.text_before_cursor
        asking = Deferred.fromCoroutine(self._registry.page(typed.upper(), ""))
        try:
            licenses = await asking.asFuture(asyncio.get_running_loop())
        except ClientError:
            return
        for license in licenses:
            if license.isprintable():
                yield Completion(license, start_position=-len(typed))


def _bindings() -> KeyBindings:
    """Return what the Tab key does: it completes, and what was typed becomes upper case."""
    bindings = KeyBindings()

    @bindings.add("tab")
    def complete(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
            return
        before = buffer.document.text_before_cursor.upper()
        after = buffer.document.text_after_cursor.upper()
        buffer.document = Document(before + after, len(before))
        buffer.start_completion(insert_common_part=True)

    return bindings
