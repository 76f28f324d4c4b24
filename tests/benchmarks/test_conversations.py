"""What the Python peers share gives the same replies however the requests are cut."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.peers.services import (
    LARGE_LIMIT,
    LIMIT,
    Clock,
    Conversation,
    Dialogue,
    LargeDialogue,
    TooLongError,
    Upper,
)


class ConversationTests(SynchronousTestCase):
    def fed(self, conversation: Conversation, *pieces: bytes) -> bytes:
        return b"".join(map(conversation.feed, pieces))

    def test_cut_at_every_byte(self) -> None:
        for kind, requests, replies in (
            (Dialogue, b"hi\0nuqneH?\0\0a", b"hi\0Qapla'!\0\0"),
            (Upper, b"one\r\ntwo\nthree", b"ONE\r\nTWO\n"),
        ):
            for cut in range(len(requests) + 1):
                got = self.fed(kind(), requests[:cut], requests[cut:])
                self.assertEqual(got, replies, (kind, cut))

    def test_clock(self) -> None:
        for cut in range(51):
            got = self.fed(Clock(), b"?" * cut, b"?" * (51 - cut))
            self.assertEqual(len(got), 2 * 24)
        self.assertRegex(Clock().feed(b"?" * 25), rb"^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$")

    def test_time(self) -> None:
        self.assertRegex(Dialogue().feed(b"time\0"), rb"^\d\d:\d\d:\d\d\0$")

    def test_an_endless_request(self) -> None:
        for conversation, limit in ((Dialogue(), LIMIT), (LargeDialogue(), LARGE_LIMIT)):
            conversation.feed(b"a\0" + b"x" * limit)
            with self.assertRaises(TooLongError):
                conversation.feed(b"x")

    def test_the_longest_request(self) -> None:
        conversation, request = LargeDialogue(), b"x" * LARGE_LIMIT + b"\0"
        for _ in range(2):
            pieces = [request[at : at + 60_000] for at in range(0, len(request), 60_000)]
            self.assertEqual(self.fed(conversation, *pieces), request)
