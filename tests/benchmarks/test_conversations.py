"""What the Python peers share gives the same replies however the requests are cut."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.peers.services import (
    LIMIT,
    Clock,
    Conversation,
    Dialogue,
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
        conversation = Dialogue()
        conversation.feed(b"x" * LIMIT)
        with self.assertRaises(TooLongError):
            conversation.feed(b"x")
