"""A secret word to guess, over HTTP: the guess is the path."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import ClassVar

from twisted.web.iweb import IRequest

from netsuite.secret import Secret, Verdict
from netsuite.web.responses import Response
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
        verdict = self._secret.look(guess)
        if verdict is Verdict.RIGHT:
            verdict = await self._secret.claim(guess)
        return _page(verdict.value.decode("ascii"))

    @router.route("/<path:guess>", methods=("HEAD",))
    def look(self, _request: IRequest, guess: str) -> Response:
        """Answer as GET would, but leave the secret where it is: HEAD changes nothing."""
        return _page(self._secret.look(guess).value.decode("ascii"))


def _page(text: str) -> Response:
    # A verdict holds for the moment only.
    return Response.html(_PAGE.format(text), headers={"Cache-Control": "no-store"})
