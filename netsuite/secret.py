"""A secret that all clients guess at, and one of them finds: ``secret`` and ``secretword``."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from enum import Enum

from netsuite.exchange import Rule
from netsuite.serving.service import CannotStart
from netsuite.storage import SqliteStore, StoreError, open_store

#: The secret number is drawn from 1 to this.
HIGHEST = 1000
#: A guess with more characters than this is no number.
_DIGITS = 20


class Verdict(Enum):
    """What a guess is answered with."""

    WRONG = b"wrong"
    RIGHT = b"right"
    FOUND = b"secret found"


class Secret:
    """One secret, and whether it has been found; both survive a restart.

    The first right guess ever is :attr:`Verdict.RIGHT`; after it everything is
    :attr:`Verdict.FOUND`. Who was first is decided by the store, in one statement, so that it is
    exact even when several processes share the store.

    :param service: whose secret it is.
    :param draw: draws a new one.
    :param store_url: the store's URL; None for the default store.
    :param preset: the secret to use instead of a drawn one.
    :param renew: whether to draw again although there is one.
    """

    def __init__(
        self,
        service: str,
        draw: Callable[[], str],
        *,
        store_url: str | None = None,
        preset: str | None = None,
        renew: bool = False,
    ) -> None:
        self._service = service
        self._draw = draw
        self._store_url = store_url
        self._preset = preset
        self._renew = renew
        self._store: SqliteStore | None = None

    def open(self) -> None:
        """Open the store, and see to it that there is a secret.

        :raises CannotStart: when the store cannot be used.
        """
        try:
            self._store = open_store(self._store_url)
        except (StoreError, ValueError) as error:
            raise CannotStart(f"netsuite: {self._service}: {error}") from error
        kept = self._store.read("SELECT secret FROM secrets WHERE service = ?", self._service)
        if kept and not self._renew and self._preset in (None, kept[0][0]):
            return
        secret = self._preset if self._preset is not None else self._draw()
        self._store.write_now(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO secrets (service, secret, found) VALUES (?, ?, 0)",
                (self._service, secret),
            )
        )

    async def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            await self._store.close()

    def look(self, guess: str) -> Verdict:
        """Return what a guess would be answered with, and leave everything as it is."""
        assert self._store is not None
        ((secret, found),) = self._store.read(
            "SELECT secret, found FROM secrets WHERE service = ?", self._service
        )
        if found:
            return Verdict.FOUND
        return Verdict.RIGHT if guess == secret else Verdict.WRONG

    async def claim(self, guess: str) -> Verdict:
        """Return the answer to a guess that looked right, once it is recorded who was first."""

        def mark_found(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "UPDATE secrets SET found = 1 WHERE service = ? AND secret = ? AND NOT found",
                (self._service, guess),
            ).rowcount

        assert self._store is not None
        return Verdict.RIGHT if await self._store.write(mark_found) else self.look(guess)


def draw_number() -> str:
    """Draw a number from 1 to :data:`HIGHEST`, from the operating system's entropy."""
    return str(1 + secrets.randbelow(HIGHEST))


def number(text: str) -> str | None:
    """Return a number in its shortest decimal form, or None for what is not a number."""
    text = text.strip()
    if len(text) > _DIGITS or not text.isascii():
        return None
    try:
        return str(int(text))
    except ValueError:
        return None


def number_rule(secret: Secret) -> Rule:
    """Return the rule of ``secret``: whatever is no number is simply wrong."""

    def rule(request: bytes) -> bytes | Awaitable[bytes]:
        guess = number(request.decode("ascii", "replace"))
        verdict = secret.look(guess or "")
        if guess is not None and verdict is Verdict.RIGHT:
            return _claim(guess)
        return verdict.value

    async def _claim(guess: str) -> bytes:
        return (await secret.claim(guess)).value

    return rule
