"""A secret that all clients guess at, and one of them finds: ``secret`` and ``secretword``."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import Enum

from netsuite.exchange import Last, Rule, complaint
from netsuite.serving.kept import Kept
from netsuite.storage import StoreError, Transaction, settled

#: The secret number is drawn from 1 to this.
HIGHEST = 1000
#: A guess with more characters than this is no number.
_DIGITS = 20


class Verdict(Enum):
    """What a guess is answered with."""

    WRONG = b"wrong"
    RIGHT = b"right"
    FOUND = b"secret found"


class Secret(Kept):
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
        super().__init__(service, store_url)
        self._draw = draw
        self._preset = preset
        self._renew = renew

    def prepare(self, transaction: Transaction) -> None:
        """See to it that there is a secret."""
        kept = transaction.execute("SELECT secret FROM secrets WHERE service = ?", self._service)
        if kept and not self._renew and self._preset in (None, kept[0][0]):
            return
        transaction.execute(
            """
            INSERT INTO secrets (service, secret, found) VALUES (?, ?, 0)
            ON CONFLICT (service) DO UPDATE SET secret = excluded.secret, found = 0
            """,
            self._service,
            self._preset if self._preset is not None else self._draw(),
        )

    async def look(self, guess: str) -> Verdict:
        """Return what a guess would be answered with, and leave everything as it is.

        :raises netsuite.storage.StoreError: when the store cannot be read.
        """
        ((secret, found),) = await settled(
            self.store.read("SELECT secret, found FROM secrets WHERE service = ?", self._service)
        )
        if found:
            return Verdict.FOUND
        return Verdict.RIGHT if guess == secret else Verdict.WRONG

    async def claim(self, guess: str) -> Verdict:
        """Return the answer to a guess, once it is recorded if it was the first right one.

        :raises netsuite.storage.StoreError: when the store cannot be used.
        """
        verdict = await self.look(guess)
        if verdict is not Verdict.RIGHT:
            return verdict
        first = await self.store.write(
            """
            UPDATE secrets SET found = 1 WHERE service = ? AND secret = ? AND found = 0
            RETURNING service
            """,
            self._service,
            guess,
        )
        return Verdict.RIGHT if first else await self.look(guess)


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

    async def rule(request: bytes) -> bytes:
        try:
            verdict = await secret.claim(number(request.decode("ascii", "replace")) or "")
        except StoreError:
            return Last(complaint("the secret is out of reach just now; try again later"))
        return verdict.value

    return rule
