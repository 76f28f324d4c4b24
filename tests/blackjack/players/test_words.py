"""Secret words: what is kept of them, and how many are worked on at once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, execute
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.blackjack.players.words import (
    MAX_WAITING,
    Words,
    WordsBusyError,
    check_length,
    check_word,
    keep_word,
)


class KeepingTests(SynchronousTestCase):
    def test_what_is_kept(self) -> None:
        kept = keep_word("open sesame")
        name, log_n, r, p, salt, hashed = kept.split("$")
        self.assertEqual((name, log_n, r, p), ("scrypt", "15", "8", "3"))
        self.assertEqual(len(base64.b64decode(salt)), 16)
        self.assertEqual(
            base64.b64decode(hashed),
            hashlib.scrypt(
                b"open sesame",
                salt=base64.b64decode(salt),
                n=2**15,
                r=8,
                p=3,
                maxmem=2**26,
                dklen=32,
            ),
        )
        self.assertNotIn("sesame", kept)
        self.assertNotEqual(keep_word("open sesame"), kept)
        self.assertTrue(check_word("open sesame", kept))
        self.assertFalse(check_word("open sesame ", kept))

    def test_other_parameters(self) -> None:
        """RFC 7914's own test vector, cut to our length: the parameters are those in the text."""
        salt = base64.b64encode(b"SodiumChloride").decode()
        hashed = bytes.fromhex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
        kept = f"scrypt$14$8$1${salt}${base64.b64encode(hashed).decode()}"
        self.assertTrue(check_word("pleaseletmein", kept))
        self.assertFalse(check_word("pleaseletmeout", kept))

    def test_words_of_every_script(self) -> None:
        for word in ("Ωμέγα", "\U0001f0a1" * 128, "a\x00bc", "\ud800abc", " ab "):
            kept = keep_word(word)
            self.assertTrue(kept.isascii())
            self.assertTrue(check_word(word, kept), ascii(word))
        self.assertTrue(check_word("Zoe\u0308", keep_word("Zo\u00eb")))

    def test_lengths(self) -> None:
        for word in ("", "abc", "x" * 129):
            with self.assertRaisesRegex(ValueError, "a secret word has 4 to 128 characters"):
                check_length(word)
        for word in ("abcd", "x" * 128):
            check_length(word)


class Pool:
    """A thread pool that works when it is told to."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Callable[..., Any], tuple[str, ...], Deferred[Any]]] = []

    def __call__(self, function: Callable[..., Any], /, *arguments: str) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()
        self.jobs.append((function, arguments, done))
        return done

    def work(self, result: Any) -> tuple[str, ...]:
        """End the first job; return its arguments."""
        _, arguments, done = self.jobs.pop(0)
        done.callback(result)
        return arguments


class QueueTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.pool = Pool()
        self.words = Words(self.pool)

    def test_two_at_once(self) -> None:
        waiting = [self.words.check(f"word{n}", "kept") for n in range(5)]
        for left in (3, 2, 1, 0):
            self.assertEqual(len(self.pool.jobs), min(2, left + 2))
            self.assertEqual(self.pool.work(left % 2 == 0), (f"word{3 - left}", "kept"))
            self.assertEqual(self.successResultOf(waiting.pop(0)), left % 2 == 0)
        self.pool.work(True)
        self.assertEqual(self.pool.jobs, [])

    def test_too_many(self) -> None:
        waiting = [self.words.keep("word") for _ in range(MAX_WAITING + 2)]
        with self.assertRaisesRegex(WordsBusyError, "try again in a few seconds"):
            self.words.keep("word")
        self.pool.work("kept")
        waiting.append(self.words.keep("word"))
        for each in waiting:
            if self.pool.jobs:
                self.pool.work("kept")
            self.assertEqual(self.successResultOf(each), "kept")

    def test_what_fails(self) -> None:
        waiting = [self.words.keep("word") for _ in range(3)]
        self.pool.jobs.pop(0)[2].errback(MemoryError())
        self.failureResultOf(waiting[0], MemoryError)
        self.assertEqual(len(self.pool.jobs), 2)

    def test_whoever_goes_away(self) -> None:
        """Their word is not worked on, unless it already is: then the thread is still busy."""
        waiting = [self.words.keep(f"word{n}") for n in range(5)]
        for each in (waiting[0], waiting[3]):
            each.cancel()
            self.failureResultOf(each, CancelledError)
        self.assertEqual(len(self.pool.jobs), 2)
        done = [self.pool.work("kept")[0]]
        self.assertEqual(len(self.pool.jobs), 2)
        done += [self.pool.work("kept")[0] for _ in range(3)]
        self.assertEqual(done, ["word0", "word1", "word2", "word4"])
        self.assertEqual(self.successResultOf(waiting[4]), "kept")

    def test_work_that_is_done_at_once(self) -> None:
        words = Words(execute)
        kept = self.successResultOf(words.keep("word"))
        self.assertTrue(self.successResultOf(words.check("word", kept)))


class ThreadTests(TestCase):
    async def test_the_threads_of_the_reactor(self) -> None:
        words = Words()
        kept = await words.keep("word")
        self.assertEqual(
            [await each for each in [words.check(word, kept) for word in ("word", "Word", "word")]],
            [True, False, True],
        )
