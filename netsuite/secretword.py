"""A secret word to guess, over HTTP: the guess is the path."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from twisted.web.iweb import IRequest

from netsuite.secret import Secret, Verdict
from netsuite.storage import StoreError
from netsuite.web.responses import HTTPError, Response
from netsuite.web.router import Router

_INVITATION = "Guess the secret word: put it after the slash in the address."
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Secret word</title></head>
<body><p>{}</p></body>
</html>
"""


def draw_word() -> str:
    """Draw one of the words in ``words.txt``, from the operating system's entropy."""
    words = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
    return secrets.choice(words)


class SecretWord:
    """The pages of ``secretword``.

    :param secret: the secret, which all clients share.
    """

    router: ClassVar[Router] = Router()

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    @router.get("/")
    def invitation(self, _request: IRequest) -> Response:
        """Say how to guess."""
        return _page(_INVITATION)

    @router.get("/<path:guess>")
    async def guess(self, _request: IRequest, guess: str) -> Response:
        """Answer a guess."""
        return await _answer(self._secret.claim(guess))

    @router.route("/<path:guess>", methods=("HEAD",))
    async def look(self, _request: IRequest, guess: str) -> Response:
        """Answer as GET would, but leave the secret where it is: HEAD changes nothing."""
        return await _answer(self._secret.look(guess))


async def _answer(judging: Awaitable[Verdict]) -> Response:
    try:
        return _page((await judging).value.decode("ascii"))
    except StoreError as error:
        raise HTTPError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "the secret word is out of reach just now; try again later",
            headers={"Retry-After": "1"},
        ) from error


def _page(text: str) -> Response:
    # A verdict holds for the moment only.
    return Response.html(_PAGE.format(text), headers={"Cache-Control": "no-store"})
