"""Secret words, as they are kept and checked.

What is kept of a word is what scrypt (RFC 7914) makes of it, with a salt of its own::

    scrypt$15$8$3$SALT$HASH

The numbers are the binary logarithm of scrypt's N, its r and its p; salt and hash are in base64.
The parameters are one of the settings that the OWASP Password Storage Cheat Sheet gives as equally
strong (2025: "N=2^15 (32 MiB), r=8 (1024 bytes), p=3"). A word kept with others is still checked
with these.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure

__all__ = [
    "MAX_WAITING",
    "MAX_WORD",
    "MIN_WORD",
    "Words",
    "WordsBusyError",
    "check_length",
    "check_word",
    "keep_word",
]

_T = TypeVar("_T")

#: The fewest and the most characters of a secret word.
MIN_WORD: Final = 4
MAX_WORD: Final = 128

#: How many words are worked on at the same time, each in 32 MiB of memory.
_AT_ONCE: Final = 2
#: How many more may wait for that: some four seconds' work.
MAX_WAITING: Final = 40

_LOG_N: Final = 15
_R: Final = 8
_P: Final = 3
_SALT: Final = 16
_HASH: Final = 32


class WordsBusyError(Exception):
    """Too many words wait to be worked on; the message says so."""


def check_length(word: str) -> None:
    """See to it that something can be a secret word.

    :raises ValueError: when it is too short or too long; the message says what is expected.
    """
    if not MIN_WORD <= len(word) <= MAX_WORD:
        raise ValueError(f"a secret word has {MIN_WORD} to {MAX_WORD} characters")


def keep_word(word: str) -> str:
    """Return what is to be kept of a word. It takes some 0.2 s, and 32 MiB."""
    salt = secrets.token_bytes(_SALT)
    hashed = _scrypt(word, salt, _LOG_N, _R, _P)
    parts = (_LOG_N, _R, _P, b64encode(salt).decode(), b64encode(hashed).decode())
    return "$".join(["scrypt", *map(str, parts)])


def check_word(word: str, kept: str) -> bool:
    """Return whether a word is the one of which something was kept. It takes as long.

    :param kept: what :func:`keep_word` returned.
    """
    _, log_n, r, p, salt, hashed = kept.split("$")
    found = _scrypt(word, b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(found, b64decode(hashed))


def _scrypt(word: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    # However a keyboard composes its accents (RFC 8265, section 4.2.2).
    text = unicodedata.normalize("NFC", word).encode("utf-8", "surrogatepass")
    needed = 128 * r * ((1 << log_n) + p + 2)
    return hashlib.scrypt(
        text, salt=salt, n=1 << log_n, r=r, p=p, maxmem=needed + (1 << 20), dklen=_HASH
    )


class InThread(Protocol):
    """What carries out a function elsewhere, as a thread pool does."""

    def __call__(self, function: Callable[..., _T], /, *arguments: str) -> Deferred[_T]:
        """Return a Deferred of the function's result."""


def in_thread_pool(function: Callable[..., _T], /, *arguments: str) -> Deferred[_T]:
    """Carry out a function in the reactor's thread pool."""
    from twisted.internet import reactor as installed

    reactor: Any = installed
    return deferToThreadPool(reactor, reactor.getThreadPool(), function, *arguments)


@attrs.define
class _Job:
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    done: Deferred[Any]


class Words:
    """Works on secret words without holding up the reactor: on two at a time, the others wait.

    :param in_thread: carries out what takes its time; the reactor's thread pool does by default.
    """

    def __init__(self, in_thread: InThread = in_thread_pool) -> None:
        self._in_thread = in_thread
        self._waiting: deque[_Job] = deque()
        self._working = 0

    def keep(self, word: str) -> Deferred[str]:
        """Do :func:`keep_word`.

        :raises WordsBusyError: when too many wait.
        """
        return self._do(keep_word, word)

    def check(self, word: str, kept: str) -> Deferred[bool]:
        """Do :func:`check_word`.

        :raises WordsBusyError: when too many wait.
        """
        return self._do(check_word, word, kept)

    def _do(self, function: Callable[..., _T], *arguments: str) -> Deferred[_T]:
        if len(self._waiting) >= MAX_WAITING:
            raise WordsBusyError("too many are signing in just now; try again in a few seconds")
        done: Deferred[_T] = Deferred(self._forget)
        self._waiting.append(_Job(function, arguments, done))
        self._next()
        return done

    def _next(self) -> None:
        while self._waiting and self._working < _AT_ONCE:
            job = self._waiting.popleft()
            self._working += 1
            self._in_thread(job.function, *job.arguments).addBoth(self._did, job)

    def _did(self, result: Any | Failure, job: _Job) -> None:
        self._working -= 1
        # Whoever has gone away is not told, though the thread was busy with it until now.
        if not job.done.called:
            job.done.callback(result)
        self._next()

    def _forget(self, done: Deferred[Any]) -> None:
        """Do nothing for somebody who has gone away, if it has not begun."""
        self._waiting = deque(job for job in self._waiting if job.done is not done)
