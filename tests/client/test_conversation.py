from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.conversation import MAX_HELD, Connection, Conversation, exchange, given
from netsuite.client.problems import ClientError
from netsuite.framing import FRAMINGS, Framing
from tests.client.support import NetworkTestCase, new_folder, reactor, target


class Fixture(SynchronousTestCase):
    def start(self, framing: Framing) -> None:
        self.clock = Clock()
        self.transport = StringTransport()
        self.connection = Connection()
        self.connection.makeConnection(self.transport)
        self.conversation = Conversation(self.connection, framing, target(5), self.clock)

    def reply(self, timeout: float | None = None) -> Deferred[bytes]:
        return Deferred.fromCoroutine(self.conversation.reply(timeout))

    def error(self, waiting: Deferred[Any]) -> str:
        return str(self.failureResultOf(waiting, ClientError).value)


class ReplyTests(Fixture):
    def test_replies_cut_at_every_byte(self) -> None:
        messages = [b"Qapla'!", b"", b"12:34:56", b"x" * 300]
        for name, framing in FRAMINGS.items():
            stream = b"".join(framing().encode(message) for message in messages)
            for cut in range(len(stream) + 1):
                self.start(framing())
                for part in (stream[:cut], stream[cut:]):
                    if part:
                        self.connection.dataReceived(part)
                got = [self.successResultOf(self.reply()) for _ in messages]
                self.assertEqual(got, messages, (name, cut))

    def test_replies_byte_by_byte(self) -> None:
        for framing in FRAMINGS.values():
            self.start(framing())
            waiting = self.reply()
            for byte in framing().encode(b"Hello world!"):
                self.assertNoResult(waiting)
                self.connection.dataReceived(bytes([byte]))
            self.assertEqual(self.successResultOf(waiting), b"Hello world!")

    def test_deadline_is_not_put_off_by_a_byte_now_and_then(self) -> None:
        self.start(FRAMINGS["nul"]())
        waiting = self.reply(10)
        for _ in range(9):
            self.clock.advance(1)
            self.connection.dataReceived(b"x")
        self.assertNoResult(waiting)
        self.clock.advance(1)
        self.assertIn("no answer from tcp:127.0.0.1:5 within 10 s", self.error(waiting))

    def test_closed_early(self) -> None:
        for sent, words in ((b"", "before an answer"), (b"x", "in the middle of an answer")):
            self.start(FRAMINGS["nul"]())
            waiting = self.reply()
            if sent:
                self.connection.dataReceived(sent)
            self.connection.connectionLost(Failure(ConnectionDone()))
            self.assertIn(words, self.error(waiting))

    def test_answers_before_the_end_are_not_lost(self) -> None:
        self.start(FRAMINGS["nul"]())
        self.connection.dataReceived(b"one\0two\0")
        self.connection.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.successResultOf(self.reply()), b"one")
        self.assertEqual(self.successResultOf(self.reply()), b"two")
        self.assertIn("closed", self.error(self.reply()))

    def test_lost(self) -> None:
        self.start(FRAMINGS["nul"]())
        waiting = self.reply()
        self.connection.connectionLost(Failure(ConnectionLost()))
        self.assertIn("was lost", self.error(waiting))

    def test_garbage(self) -> None:
        self.start(FRAMINGS["sized"]())
        self.connection.dataReceived(b"2;hiSSH-2.0")
        self.assertEqual(self.successResultOf(self.reply()), b"hi")
        error = self.error(self.reply())
        self.assertIn("not a decimal number", error)
        self.assertIn("--framing", error)

    def test_what_nobody_reads_is_bounded(self) -> None:
        self.start(FRAMINGS["nul"]())
        while self.transport.producerState == "producing":
            self.connection.dataReceived(b"hello\0" * 1000)
            self.assertLess(self.connection._size, MAX_HELD + 10_000)
        self.assertEqual(self.successResultOf(self.reply()), b"hello")
        self.assertEqual(self.transport.producerState, "producing")


class ExchangeTests(Fixture):
    def begin(self, messages: AsyncIterator[bytes], **settings: Any) -> Deferred[None]:
        self.start(FRAMINGS["line"]())
        self.shown: list[bytes] = []
        return Deferred.fromCoroutine(
            exchange(self.conversation, messages, self.shown.append, 10, **settings)
        )

    def test_pipelined(self) -> None:
        done = self.begin(given([b"a", b"b", b"c"]))
        self.assertEqual(self.transport.value(), b"a\r\nb\r\nc\r\n")
        self.connection.dataReceived(b"A\r\nB\r\nC")
        self.assertNoResult(done)
        self.connection.dataReceived(b"\r\n")
        self.successResultOf(done)
        self.assertEqual(self.shown, [b"A", b"B", b"C"])

    def test_window(self) -> None:
        done = self.begin(given([b"%d" % number for number in range(10)]), window=3)
        for number in range(10):
            sent = self.transport.value().count(b"\r\n")
            self.assertEqual(sent, min(number + 3, 10))
            self.connection.dataReceived(b"x\r\n")
        self.successResultOf(done)

    def test_empty_messages_can_be_answered_here(self) -> None:
        done = self.begin(given([b"", b"a", b"", b"b"]), ask_empty=False)
        self.assertEqual(self.transport.value(), b"a\r\nb\r\n")
        self.connection.dataReceived(b"A\r\nB\r\n")
        self.successResultOf(done)
        self.assertEqual(self.shown, [b"", b"A", b"", b"B"])

    def test_each_answer_has_its_own_deadline(self) -> None:
        done = self.begin(given([b"a", b"b"]))
        self.clock.advance(9)
        self.connection.dataReceived(b"A\r\n")
        self.clock.advance(9)
        self.assertNoResult(done)
        self.clock.advance(1)
        self.assertIn("within 10 s", self.error(done))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failing_source_ends_it(self) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"a"
            raise ClientError("no more")

        self.assertEqual(self.error(self.begin(broken())), "no more")

    def test_server_that_goes_away_ends_it_while_the_source_is_waited_for(self) -> None:
        never: Deferred[bytes] = Deferred()

        async def slow() -> AsyncIterator[bytes]:
            yield b"a"
            yield await never

        done = self.begin(slow())
        self.connection.connectionLost(Failure(ConnectionDone()))
        self.assertIn("closed the connection", self.error(done))
        self.assertTrue(never.called)


class ConnectTests(NetworkTestCase):
    async def test_refused(self) -> None:
        port = await self.closed_port()
        with self.assertRaises(ClientError) as caught:
            await Conversation.open(reactor, target(port), FRAMINGS["nul"](), 5)
        self.assertEqual(
            str(caught.exception),
            f"cannot reach tcp:127.0.0.1:{port}: connection refused; "
            "is the service running? (twistd -n it)",
        )

    async def test_no_such_socket(self) -> None:
        from netsuite.client.address import Target

        path = new_folder(self) / "socket"
        with self.assertRaises(ClientError) as caught:
            await Conversation.open(reactor, Target(f"unix:{path}", ""), FRAMINGS["nul"](), 5)
        self.assertIn("no such file or directory", str(caught.exception))

    async def test_close_waits_for_the_end(self) -> None:
        port = self.serve()
        conversation = await Conversation.open(reactor, target(port), FRAMINGS["nul"](), 5)
        await conversation.close()
        await conversation.close()
