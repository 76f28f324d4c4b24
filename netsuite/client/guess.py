"""``netsuite guess [NUMBER…]``: guess the secret number, or with ``--word`` the secret word.

Each guess is answered ``wrong``, ``right`` or ``secret found``; without arguments each line of
standard input is a guess. The exit status is 0 if the secret is known to be found: an answer
was ``right`` or ``secret found``. It is 1 if all guesses were wrong.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from hyperlink import DecodedURL, EncodedURL
from twisted.internet.defer import Deferred
from twisted.web.iweb import IAgent

from netsuite.client.address import Target, choose
from netsuite.client.arguments import add_connection, add_words, default_endpoint
from netsuite.client.conversation import WINDOW, Conversation, exchange, given
from netsuite.client.download import receive
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.terminal import MAX_MESSAGE, Output, stdin, stdout
from netsuite.client.web import Request, new_agent, send
from netsuite.framing import Line

NUMBER, WORD = "secret", "secretword"

#: The answers; the last two say that the secret is found.
VERDICTS = (b"wrong", b"right", b"secret found")

#: A page longer than this is none of secretword's, in bytes.
MAX_PAGE = 1 << 16

_TAG = re.compile(rb"<(head|style|script|title)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)

_VERDICT = re.compile(rb"\b(%b)\b" % b"|".join(VERDICTS))


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    add_words(parser, "NUMBER", "the guesses; each line of standard input, if nothing is given")
    parser.add_argument(
        "--word", action="store_true", help="guess the secret word, over HTTP: each argument is one"
    )
    ports = [default_endpoint(service, "tcp").port for service in (NUMBER, WORD)]
    add_connection(parser, NUMBER, default_port=f"{ports[0]}; {ports[1]} with --word")


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    target = choose(options, WORD if options.word else NUMBER)
    output = stdout()

    async def main(reactor: Any) -> int:
        window = WINDOW
        guesses: AsyncIterator[bytes]
        if options.words:
            guesses = given([word.encode("utf-8", "surrogateescape") for word in options.words])
        else:
            guesses = stdin(reactor)
            window = 1 if guesses.interactive else WINDOW
        if options.word:
            agent = new_agent(reactor, options.timeout, target)
            return await guess_words(reactor, agent, target, guesses, output, options.timeout)
        return await guess_numbers(reactor, target, guesses, output, options.timeout, window)

    return run_reactor(main)


async def guess_numbers(
    reactor: Any,
    target: Target,
    guesses: AsyncIterator[bytes],
    output: Output,
    timeout: float,
    window: int = WINDOW,
) -> int:
    """Send guesses over one connection and print the answers.

    :param timeout: how long each answer may take, in seconds.
    :param window: how many answers may be outstanding.
    :returns: the exit status.
    :raises ClientError: when an answer does not come.
    """
    verdicts: set[bytes] = set()
    conversation = await Conversation.open(reactor, target, Line(MAX_MESSAGE), timeout)
    try:
        await exchange(
            conversation,
            (_single_line(guess) async for guess in guesses),
            _printing(output, verdicts),
            timeout,
            window=window,
        )
    finally:
        await conversation.close()
    return _status(verdicts)


async def guess_words(
    reactor: Any,
    agent: IAgent,
    target: Target,
    guesses: AsyncIterator[bytes],
    output: Output,
    timeout: float,
) -> int:
    """Ask for the page of each guess, and print what it says.

    The parameters are those of :func:`guess_numbers`.
    """
    verdicts: set[bytes] = set()
    show = _printing(output, verdicts)
    base = EncodedURL(scheme="http", host=target.host or "localhost", port=target.port or 80)
    url = DecodedURL(base)
    async for guess in guesses:
        try:
            word = guess.decode()
        except UnicodeDecodeError as error:
            raise WrongUsage("a word to guess must be UTF-8 text") from error
        request = Request(url.replace(path=(word,)))
        response = await send(reactor, agent, request, timeout)
        page = bytearray()

        def keep(data: bytes, page: bytearray = page) -> None:
            if len(page) + len(data) > MAX_PAGE:
                raise ClientError(f"{target} sent a page of more than {MAX_PAGE} bytes")
            page.extend(data)

        reading: Deferred[int] = receive(reactor, response, keep, timeout)
        await reading
        found = _VERDICT.search(_TAG.sub(b" ", bytes(page)))
        if response.code != 200 or found is None:
            raise ClientError(
                f"{target} does not say whether the word is right (status {response.code}); "
                "is another service listening there?"
            )
        show(found[1])
    return _status(verdicts)


def _printing(output: Output, verdicts: set[bytes]) -> Callable[[bytes], None]:
    """Return a function that prints an answer and keeps it in mind."""

    def show(answer: bytes) -> None:
        output.line(answer)
        if answer in VERDICTS:
            verdicts.add(answer)

    return show


def _status(verdicts: set[bytes]) -> int:
    return 0 if verdicts.intersection(VERDICTS[1:]) else 1


def _single_line(guess: bytes) -> bytes:
    if b"\n" in guess:
        raise WrongUsage("a guess must be a single line")
    return guess
