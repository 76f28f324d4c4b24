"""The secret, and the word: who was first, and what survives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from treq.testing import StubTreq
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from netsuite.exchange import Reply
from netsuite.secret import HIGHEST, Secret, Verdict, draw_number, number, number_rule
from netsuite.secretword import SecretWord, draw_word
from netsuite.serving.service import CannotStart


class Case(TestCase):
    def setUp(self) -> None:
        self.url = f"sqlite:{self.mktemp()}/store.sqlite3"

    def open(self, preset: str | None = "42", **options: Any) -> Secret:
        secret = Secret(
            "secret", draw_number, **{"store_url": self.url, "preset": preset, **options}
        )
        secret.open()
        self.addCleanup(lambda: Deferred.fromCoroutine(secret.close()))
        return secret


class SecretTests(Case):
    async def test_the_first_right_guess(self) -> None:
        secret = self.open()
        self.assertIs(await secret.look("41"), Verdict.WRONG)
        self.assertIs(await secret.look("42"), Verdict.RIGHT)
        self.assertIs(await secret.look("42"), Verdict.RIGHT, "a look changes nothing")
        self.assertIs(await secret.claim("42"), Verdict.RIGHT)
        for guess in ("42", "41", ""):
            self.assertIs(await secret.look(guess), Verdict.FOUND)
        self.assertIs(await secret.claim("42"), Verdict.FOUND)

    async def test_only_one_is_first(self) -> None:
        """Even of those who guess right at the same moment, in two processes."""
        secrets = self.open(), self.open()
        claims = [Deferred.fromCoroutine(secrets[number % 2].claim("42")) for number in range(100)]
        verdicts = [await claim for claim in claims]
        self.assertEqual(verdicts.count(Verdict.RIGHT), 1)
        self.assertEqual(verdicts.count(Verdict.FOUND), 99)

    async def test_restarts(self) -> None:
        first = self.open()
        await first.claim("42")
        await first.close()
        self.assertIs(await self.open().look("1"), Verdict.FOUND)
        self.assertIs(await self.open(preset=None).look("1"), Verdict.FOUND)
        self.assertIs(await self.open(preset="7").look("42"), Verdict.WRONG)
        self.assertIs(await self.open(preset=None).look("7"), Verdict.RIGHT)

    async def test_drawing_again(self) -> None:
        await self.open().claim("42")
        secret = self.open(preset=None, renew=True)
        verdicts = [await secret.look(str(guess)) for guess in range(HIGHEST + 2)]
        self.assertEqual(verdicts.count(Verdict.RIGHT), 1)
        self.assertEqual(verdicts[0], Verdict.WRONG)
        self.assertEqual(verdicts[-1], Verdict.WRONG)

    async def test_two_services_have_two_secrets(self) -> None:
        number_secret = self.open(preset="1")
        word_secret = Secret("secretword", draw_word, store_url=self.url, preset="word")
        word_secret.open()
        self.addCleanup(lambda: Deferred.fromCoroutine(word_secret.close()))
        self.assertIs(await number_secret.look("1"), Verdict.RIGHT)
        self.assertIs(await word_secret.look("word"), Verdict.RIGHT)

    def test_a_store_that_cannot_be_used(self) -> None:
        Path("file").write_bytes(b"this is no database, but more than a hundred bytes" * 10)
        for url, reason in (
            ("sqlite:file", "secret: the store sqlite:.*file cannot be used: file is not a data"),
            ("sqlite:file/store", "cannot be used: .*; mend that, or name another with --store"),
        ):
            with self.assertRaisesRegex(CannotStart, reason):
                self.open(store_url=url)


class NumberTests(Case):
    def test_numbers(self) -> None:
        for text, expected in (
            ("42", "42"),
            (" 42\t", "42"),
            ("+42", "42"),
            ("0042", "42"),
            ("-1", "-1"),
            ("", None),
            ("4 2", None),
            ("4.2", None),
            ("0x2a", None),
            ("٤٢", None),
            ("9" * 10_000, None),
        ):
            self.assertEqual(number(text), expected)

    def test_drawn_numbers(self) -> None:
        self.assertTrue(all(1 <= int(draw_number()) <= HIGHEST for _ in range(1000)))

    async def test_rule(self) -> None:
        rule = number_rule(self.open())

        async def ask(request: bytes) -> Reply:
            answer = rule(request)
            assert not isinstance(answer, bytes)
            assert answer is not None
            return await answer

        for request in (b"41", b"", b"forty-two", b"\xff", b"9" * 60_000):
            self.assertEqual(await ask(request), b"wrong")
        self.assertEqual(await ask(b" 42 "), b"right")
        self.assertEqual(await ask(b"nonsense"), b"secret found")


class WordTests(Case):
    """``GET /WORD``."""

    def setUp(self) -> None:
        super().setUp()
        self.client: Any = StubTreq(SecretWord.router.resource(SecretWord(self.open("b\u00e4r"))))

    async def ask(self, path: str, method: str = "GET") -> tuple[int, str]:
        asking = Deferred.fromCoroutine(self.fetch(path, method))
        while not asking.called:  # the store answers from a thread
            await deferLater(IReactorTime(reactor), 0)
            self.client.flush()
        return await asking

    async def fetch(self, path: str, method: str) -> tuple[int, str]:
        response = await self.client.request(method, f"http://localhost{path}")
        self.assertEqual(response.headers.getRawHeaders("cache-control"), ["no-store"])
        page = await self.client.text_content(response)
        found = re.search("<p>(.*)</p>", page)
        return response.code, found[1] if found else page

    async def test_guesses(self) -> None:
        self.assertEqual(await self.ask("/wrong"), (200, "wrong"))
        self.assertEqual(await self.ask("/a/path"), (200, "wrong"))
        self.assertEqual(await self.ask("/b%C3%A4r", "HEAD"), (200, ""))
        self.assertEqual(await self.ask("/b%C3%A4r"), (200, "right"))
        self.assertEqual(await self.ask("/b%C3%A4r"), (200, "secret found"))
        self.assertEqual(await self.ask("/anything"), (200, "secret found"))

    async def test_the_invitation(self) -> None:
        code, text = await self.ask("/")
        self.assertEqual(code, 200)
        self.assertIn("Guess", text)

    def test_words(self) -> None:
        self.assertTrue(all(draw_word().isalpha() for _ in range(100)))
