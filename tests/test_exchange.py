"""The exchange: order, half-close, backpressure, deadlines and the end."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from netsuite.exchange import (
    MAX_IN_HAND,
    Exchange,
    ExchangeFactory,
    Last,
    Reply,
    Rule,
    complaint,
    delayed,
)
from netsuite.framing import FRAMINGS, Framing, Line, Nul, Unframed
from netsuite.serving.connections import Connections
from netsuite.serving.limits import LINGER, Limits
from tests.transports import CLIENT, Transport

LIMITS = Limits(idle_timeout=300.0, request_timeout=60.0, grace=10.0)


class Case(SynchronousTestCase):
    """Makes exchanges on fake transports and a fake clock."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.connections = Connections("test", LIMITS, reactor=self.clock)

    def connect(
        self,
        rule: Rule,
        new_framing: Callable[[int], Framing] = Nul,
        *,
        limit: int | None = None,
        complain: Callable[[str], bytes] | None = None,
        speaks_first: bool = False,
    ) -> tuple[Exchange, Transport]:
        factory = ExchangeFactory(
            rule, new_framing, self.connections, complain=complain, speaks_first=speaks_first
        )
        exchange = factory.buildProtocol(CLIENT)
        assert exchange is not None
        transport = Transport(limit)
        exchange.makeConnection(transport)
        return exchange, transport

    def lose(self, exchange: Exchange) -> None:
        exchange.connectionLost(Failure(ConnectionDone()))


class LaterRule:
    """A rule whose replies the test gives, when it likes."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, Deferred[Reply]]] = []
        self.cancelled: list[bytes] = []

    def __call__(self, request: bytes) -> Awaitable[Reply]:
        waiting: Deferred[Reply] = Deferred(lambda _: self.cancelled.append(request))
        self.asked.append((request, waiting))
        return waiting

    def reply(self, index: int, reply: Reply) -> None:
        self.asked[index][1].callback(reply)


class OrderTests(Case):
    """Replies come in the order of the requests, however long each takes."""

    def test_ready_replies_leave_in_one_write(self) -> None:
        exchange, transport = self.connect(bytes.upper)
        exchange.dataReceived(b"a\0b\0c\0d")
        self.assertEqual(transport.writes, [b"A\0B\0C\0"])
        exchange.dataReceived(b"\0")
        self.assertEqual(transport.writes, [b"A\0B\0C\0", b"D\0"])

    @given(st.permutations(range(6)))
    def test_late_replies_wait_for_earlier_ones(self, order: list[int]) -> None:
        self.setUp()
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"".join(b"%d\0" % n for n in range(6)))
        given_so_far: set[int] = set()
        for index in order:
            rule.reply(index, b"r%d" % index)
            given_so_far.add(index)
            complete = next((n for n in range(6) if n not in given_so_far), 6)
            self.assertEqual(transport.value(), b"".join(b"r%d\0" % n for n in range(complete)))
        self.lose(exchange)

    def test_ready_and_late_replies_mix(self) -> None:
        later = LaterRule()
        exchange, transport = self.connect(lambda r: later(r) if r == b"late" else r)
        exchange.dataReceived(b"a\0late\0b\0")
        self.assertEqual(transport.value(), b"a\0")
        later.reply(0, b"LATE")
        self.assertEqual(transport.value(), b"a\0LATE\0b\0")

    def test_a_rule_that_answers_an_earlier_request(self) -> None:
        """A reply given while another request is begun does not jump the queue."""
        waiting: list[Deferred[Reply]] = []

        def rule(request: bytes) -> Reply | Awaitable[Reply]:
            if request == b"wait":
                waiting.append(Deferred())
                return waiting[-1]
            waiting.pop().callback(b"first")
            return b"second"

        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"wait\0go\0")
        self.assertEqual(transport.value(), b"first\0second\0")

    def test_coroutines_are_rules_too(self) -> None:
        async def rule(request: bytes) -> bytes:
            return request * 2

        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0b\0")
        self.assertEqual(transport.value(), b"aa\0bb\0")

    def test_delay(self) -> None:
        """Delayed requests wait side by side."""
        exchange, transport = self.connect(delayed(bytes.upper, 5, self.clock))
        exchange.dataReceived(b"a\0b\0")
        self.clock.advance(4.9)
        self.assertEqual(transport.value(), b"")
        self.clock.advance(0.1)
        self.assertEqual(transport.value(), b"A\0B\0")

    def test_no_delay_is_no_wrapper(self) -> None:
        self.assertIs(delayed(bytes.upper, 0), bytes.upper)

    def test_a_delayed_rule_may_be_asynchronous(self) -> None:
        later = LaterRule()
        exchange, transport = self.connect(delayed(later, 1, self.clock))
        exchange.dataReceived(b"a\0")
        self.clock.advance(1)
        later.reply(0, b"A")
        self.assertEqual(transport.value(), b"A\0")

    def test_requests_under_way_are_bounded(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"x\0" * (MAX_IN_HAND + 10))
        self.assertEqual(len(rule.asked), MAX_IN_HAND)
        self.assertEqual(transport.producerState, "paused")
        rule.reply(0, b"0")
        self.assertEqual(len(rule.asked), MAX_IN_HAND + 1)
        self.assertEqual(transport.producerState, "paused")
        for index in range(1, MAX_IN_HAND + 10):
            rule.reply(index, b"0")
        self.assertEqual(transport.value(), b"0\0" * (MAX_IN_HAND + 10))
        self.assertEqual(transport.producerState, "producing")


class CutTests(Case):
    """The output does not depend on how the input is cut."""

    def outcome(self, name: str, pieces: list[bytes]) -> tuple[bytes, bool]:
        exchange, transport = self.connect(
            lambda request: None if request == b"bye" else request.upper(),
            lambda _limit: FRAMINGS[name](8),
            complain=complaint,
        )
        for piece in pieces:
            exchange.dataReceived(piece)
        exchange.readConnectionLost()
        result = transport.value(), transport.disconnecting
        self.lose(exchange)
        return result

    def test_every_cut(self) -> None:
        for name, framing in FRAMINGS.items():
            for messages in (
                [b"a", b"", b"bc", b"12345678"],
                [b"a", b"bye", b"never answered"[:8]],
                [b"a", b"too long a message", b"never answered"[:8]],
            ):
                stream = b"".join(map(framing().encode, messages))
                whole = self.outcome(name, [stream])
                self.assertTrue(whole[0].startswith(framing().encode(b"A")), whole)
                self.assertTrue(whole[1])
                for cut in range(len(stream) + 1):
                    self.assertEqual(self.outcome(name, [stream[:cut], stream[cut:]]), whole)
                bytewise = [stream[at : at + 1] for at in range(len(stream))]
                self.assertEqual(self.outcome(name, bytewise), whole)


class EndTests(Case):
    """How sessions end."""

    def test_half_close_without_requests_in_hand(self) -> None:
        exchange, transport = self.connect(bytes.upper)
        exchange.dataReceived(b"a\0")
        exchange.readConnectionLost()
        self.assertEqual(transport.value(), b"A\0")
        self.assertTrue(transport.disconnecting)

    def test_half_close_with_requests_in_hand(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0b\0c")
        exchange.readConnectionLost()
        self.assertTrue(exchange.half_closed)
        rule.reply(1, b"B")
        self.assertFalse(transport.disconnecting)
        rule.reply(0, b"A")
        self.assertEqual(transport.value(), b"A\0B\0")
        self.assertTrue(transport.disconnecting)

    def test_none_ends_the_session(self) -> None:
        exchange, transport = self.connect(lambda r: r or None)
        exchange.dataReceived(b"a\0\0b\0")
        self.assertEqual(transport.value(), b"a\0")
        self.assertTrue(transport.write_closed)

    def test_a_last_reply_ends_the_session(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0b\0")
        rule.reply(0, Last(b"A"))
        self.assertEqual(transport.value(), b"A\0")
        self.assertTrue(transport.write_closed)
        self.assertEqual(rule.cancelled, [b"b"])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_the_client_is_given_time_to_read(self) -> None:
        """First only the sending side is closed; input is dropped; then everything is."""
        exchange, transport = self.connect(lambda _: None)
        exchange.dataReceived(b"a\0")
        self.assertTrue(transport.write_closed)
        self.assertFalse(transport.disconnecting)
        exchange.writeConnectionLost()
        exchange.dataReceived(b"more\0" * 10)
        self.assertEqual(transport.producerState, "producing")
        exchange.readConnectionLost()
        self.assertTrue(transport.disconnecting)

    def test_but_not_for_ever(self) -> None:
        exchange, transport = self.connect(lambda _: None)
        exchange.dataReceived(b"a\0")
        exchange.writeConnectionLost()
        self.clock.advance(LINGER + 1)
        self.assertEqual(transport.disconnected, True)

    def test_speaking_first(self) -> None:
        _exchange, transport = self.connect(
            lambda request: Last(b"hello" + request), Unframed, speaks_first=True
        )
        self.assertEqual(transport.value(), b"hello")
        self.assertTrue(transport.write_closed)

    def test_pending_requests_are_cancelled_when_the_client_is_lost(self) -> None:
        rule = LaterRule()
        exchange, _transport = self.connect(rule)
        exchange.dataReceived(b"a\0b\0")
        self.lose(exchange)
        self.assertEqual(rule.cancelled, [b"a", b"b"])
        self.assertEqual(self.flushLoggedErrors(), [])
        self.assertEqual(len(self.connections), 0)

    def test_a_delayed_request_is_dropped_when_the_client_is_lost(self) -> None:
        asked: list[bytes] = []
        exchange, _transport = self.connect(
            delayed(lambda request: asked.append(request), 5, self.clock)
        )
        exchange.dataReceived(b"a\0")
        self.lose(exchange)
        self.clock.advance(10)
        self.assertEqual(asked, [])


class FaultTests(Case):
    """Rules that fail, and clients that send what they must not."""

    def test_a_rule_that_raises_costs_its_connection(self) -> None:
        exchange, transport = self.connect(lambda r: b"%d" % (1 // len(r)))
        exchange.dataReceived(b"a\0\0b\0")
        self.assertEqual(transport.value(), b"1\0")
        self.assertTrue(transport.write_closed)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_it_does_so_in_its_turn(self) -> None:
        later = LaterRule()

        def rule(request: bytes) -> Awaitable[Reply]:
            if request == b"fail":
                raise ZeroDivisionError
            return later(request)

        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0fail\0")
        self.assertFalse(transport.write_closed)
        later.reply(0, b"A")
        self.assertEqual(transport.value(), b"A\0")
        self.assertTrue(transport.write_closed)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_rule_that_fails_later(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0b\0")
        rule.asked[0][1].errback(ZeroDivisionError())
        self.assertEqual(transport.value(), b"")
        self.assertTrue(transport.write_closed)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_the_client_is_told_where_the_protocol_can(self) -> None:
        exchange, transport = self.connect(bytes.upper, lambda _limit: Line(4), complain=complaint)
        exchange.dataReceived(b"a\nhello")
        self.assertEqual(transport.value(), b"A\nerror: a message is longer than 4 bytes\r\n")
        self.assertTrue(transport.write_closed)

    def test_and_only_after_its_earlier_replies(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule, lambda _limit: Line(4), complain=complaint)
        exchange.dataReceived(b"a\r\nhello")
        self.assertEqual(transport.value(), b"")
        rule.reply(0, b"A")
        self.assertTrue(transport.value().startswith(b"A\r\nerror: "))

    def test_elsewhere_the_connection_just_ends(self) -> None:
        exchange, transport = self.connect(bytes.upper, lambda _limit: Nul(4))
        exchange.dataReceived(b"a\0hello\0")
        self.assertEqual(transport.value(), b"A\0")
        self.assertTrue(transport.write_closed)


class BackpressureTests(Case):
    """A client that does not read is not read from, and its requests wait."""

    def test_requests_wait_while_replies_are_unread(self) -> None:
        asked: list[bytes] = []

        def rule(request: bytes) -> bytes:
            asked.append(request)
            return b"r" * 50_000

        exchange, transport = self.connect(rule, limit=100_000)
        exchange.dataReceived(b"a\0" * 20)
        # Replies are handed over in pieces of 64 KiB or a little more: two of 50,000 bytes.
        self.assertEqual(len(asked), 2)
        self.assertEqual(transport.producerState, "paused")
        while len(asked) < 20:
            before = len(asked)
            transport.read()
            self.assertGreater(len(asked), before)
        while transport.read():
            pass
        self.assertEqual(transport.producerState, "producing")

    def test_a_client_that_never_reads_is_dropped(self) -> None:
        exchange, transport = self.connect(lambda _: b"r" * 100, limit=10)
        exchange.dataReceived(b"a\0")
        self.clock.advance(LIMITS.idle_timeout - 1)
        self.assertFalse(transport.disconnected)
        self.clock.pump([1, 1])
        self.assertTrue(transport.disconnected)


class DeadlineTests(Case):
    """Nobody holds a connection for ever."""

    def test_idle(self) -> None:
        exchange, transport = self.connect(bytes.upper)
        for _ in range(5):
            self.clock.advance(LIMITS.idle_timeout - 2)
            exchange.dataReceived(b"a\0")
        self.assertFalse(transport.write_closed)
        self.clock.pump([1] * int(LIMITS.idle_timeout - 1))
        self.assertFalse(transport.write_closed)
        self.clock.pump([1, 1])
        self.assertTrue(transport.write_closed)

    def test_a_request_in_hand_is_not_idle(self) -> None:
        rule = LaterRule()
        exchange, transport = self.connect(rule)
        exchange.dataReceived(b"a\0")
        self.assertEqual(exchange.deadline, math.inf)
        self.clock.advance(10 * LIMITS.idle_timeout)
        self.assertFalse(transport.write_closed)

    def test_a_request_must_arrive_in_time(self) -> None:
        """A byte now and then puts nothing off."""
        exchange, transport = self.connect(bytes.upper, Line, complain=complaint)
        exchange.dataReceived(b"one\r\n")
        for _ in range(int(LIMITS.request_timeout)):
            exchange.dataReceived(b"x")
            self.assertFalse(transport.write_closed)
            self.clock.advance(1)
        self.clock.advance(1)
        self.assertEqual(
            transport.value(),
            b"ONE\r\nerror: a request took longer than 60 s to arrive\r\n",
        )
        self.assertTrue(transport.write_closed)

    def test_each_request_has_its_own_time(self) -> None:
        exchange, transport = self.connect(bytes.upper)
        for _ in range(4):
            exchange.dataReceived(b"x")
            self.clock.advance(LIMITS.request_timeout - 2)
            exchange.dataReceived(b"\0y")
            self.clock.advance(LIMITS.request_timeout - 2)
            exchange.dataReceived(b"\0")
        self.assertFalse(transport.write_closed)
        self.assertEqual(transport.value(), b"X\0Y\0" * 4)


class DrainTests(Case):
    """What becomes of connections when the service stops."""

    def test_idle_connections_close_and_busy_ones_finish(self) -> None:
        rule = LaterRule()
        idle, idle_transport = self.connect(rule)
        busy, busy_transport = self.connect(rule)
        busy.dataReceived(b"a\0")
        drained = self.connections.drain()
        self.assertTrue(idle_transport.write_closed)
        self.assertFalse(busy_transport.write_closed)
        busy.dataReceived(b"b\0")
        rule.reply(0, b"A")
        self.assertEqual(busy_transport.value(), b"A\0")
        self.assertTrue(busy_transport.write_closed)
        self.assertEqual(len(rule.asked), 1)
        self.assertNoResult(drained)
        self.lose(idle)
        self.lose(busy)
        self.successResultOf(drained)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_grace(self) -> None:
        exchange, transport = self.connect(LaterRule())
        exchange.dataReceived(b"a\0")
        drained = self.connections.drain()
        self.clock.advance(LIMITS.grace)
        self.assertTrue(transport.disconnected)
        self.lose(exchange)
        self.successResultOf(drained)

    def test_hurry(self) -> None:
        exchange, transport = self.connect(LaterRule())
        exchange.dataReceived(b"a\0")
        self.connections.drain()
        self.assertFalse(transport.disconnected)
        self.connections.drain()
        self.assertTrue(transport.disconnected)
        self.lose(exchange)

    def test_nobody_is_let_in(self) -> None:
        self.connections.drain()
        factory = ExchangeFactory(bytes.upper, Nul, self.connections)
        self.assertIsNone(factory.buildProtocol(CLIENT))
