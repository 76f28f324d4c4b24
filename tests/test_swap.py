"""Swapping: who gets whose string."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from netsuite.exchange import Exchange
from netsuite.framing import Line
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.swap import SwapExchange, SwapFactory
from tests.transports import CLIENT, Transport


class TriedExchange(SwapExchange):
    """An exchange of which the test says whether its client has left."""

    async def confirm(self, reply: bytes, like: bytes) -> bool:
        self.transport.write(reply + b"\n")
        self._tried: Deferred[bool] = Deferred()
        return await self._tried

    def there(self, answer: bool) -> None:
        self._tried.callback(answer)


class SwapTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.new_factory()

    def new_factory(self, delay: float = 0.0) -> None:
        connections = Connections("swap", Limits(), reactor=self.clock)
        self.factory = SwapFactory(Line, connections, delay=delay)
        self.factory.exchange = TriedExchange

    def client(self, *pieces: bytes) -> tuple[TriedExchange, Transport]:
        exchange = self.factory.buildProtocol(CLIENT)
        assert isinstance(exchange, TriedExchange)
        transport = Transport()
        exchange.makeConnection(transport)
        for piece in pieces:
            exchange.dataReceived(piece)
        return exchange, transport

    def lose(self, exchange: Exchange) -> None:
        exchange.connectionLost(Failure(ConnectionDone()))

    def test_two_clients(self) -> None:
        _first, one = self.client(b"from A\r\n")
        self.assertEqual(one.value(), b"")
        _second, other = self.client(b"from B\n")
        self.assertEqual((one.value(), other.value()), (b"from B\r\n", b"from A\n"))
        self.assertTrue(one.write_closed)
        self.assertTrue(other.write_closed)

    def test_the_third_waits_for_the_fourth(self) -> None:
        transports = [self.client(b"%d\n" % number)[1] for number in range(5)]
        self.assertEqual(
            [transport.value() for transport in transports], [b"1\n", b"0\n", b"3\n", b"2\n", b""]
        )

    def test_every_cut(self) -> None:
        string = b"a string\r\n"
        for cut in range(len(string)):
            _first, one = self.client(string[:cut], string[cut:])
            _second, other = self.client(b"other\r\n")
            self.assertEqual((one.value(), other.value()), (b"other\r\n", string))

    def test_a_client_that_leaves_is_forgotten(self) -> None:
        gone, _transport = self.client(b"gone\n")
        self.lose(gone)
        _first, one = self.client(b"A\n")
        self.assertEqual(one.value(), b"")
        _second, other = self.client(b"B\n")
        self.assertEqual((one.value(), other.value()), (b"B\n", b"A\n"))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_only_the_first_string_of_a_client_counts(self) -> None:
        """Above all, nobody gets a string of its own."""
        _first, one = self.client(b"first\nsecond\nthird\n")
        self.assertEqual(one.value(), b"")
        _second, other = self.client(b"B\n")
        self.assertEqual((one.value(), other.value()), (b"B\n", b"first\n"))
        _third, third = self.client(b"C\n")
        self.assertEqual(third.value(), b"")

    def test_empty_strings_can_be_swapped(self) -> None:
        _first, one = self.client(b"\n")
        _second, other = self.client(b"B\n")
        self.assertEqual((one.value(), other.value()), (b"B\n", b"\n"))

    def test_half_closed_clients_are_served(self) -> None:
        first, one = self.client(b"A\n")
        first.readConnectionLost()
        second, other = self.client(b"B\n")
        second.readConnectionLost()
        self.assertEqual((one.value(), other.value()), (b"B\n", b""))
        first.there(True)
        self.assertEqual((one.value(), other.value()), (b"B\n", b"A\n"))
        self.assertTrue(one.disconnecting)
        self.assertTrue(other.disconnecting)

    def test_a_half_closed_client_that_has_left_costs_nobody_a_string(self) -> None:
        first, one = self.client(b"A\n")
        first.readConnectionLost()
        _second, other = self.client(b"B\n")
        first.there(False)
        self.assertTrue(one.disconnected)
        self.lose(first)
        self.assertEqual(other.value(), b"")
        _third, third = self.client(b"C\n")
        self.assertEqual((other.value(), third.value()), (b"C\n", b"B\n"))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_the_same_of_one_that_comes_second(self) -> None:
        self.new_factory(delay=5)
        _first, one = self.client(b"A\n")
        gone, transport = self.client(b"gone\n")
        gone.readConnectionLost()
        self.clock.advance(5)
        gone.there(False)
        self.assertTrue(transport.disconnected)
        self.assertEqual(one.value(), b"")
        self.client(b"C\n")
        self.clock.advance(5)
        self.assertEqual(one.value(), b"C\n")

    def test_the_partner_may_leave_while_a_half_closed_client_is_tried(self) -> None:
        first, one = self.client(b"A\n")
        first.readConnectionLost()
        second, _transport = self.client(b"B\n")
        self.lose(second)
        first.there(True)
        self.assertEqual(one.value(), b"B\n")
        self.assertTrue(one.disconnecting)
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_both_may_leave(self) -> None:
        first, _transport = self.client(b"A\n")
        first.readConnectionLost()
        second, _transport = self.client(b"B\n")
        self.lose(first)
        self.lose(second)
        first.there(False)
        _third, third = self.client(b"C\n")
        self.assertEqual(third.value(), b"")
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_others_swap_while_a_half_closed_client_is_tried(self) -> None:
        first, one = self.client(b"A\n")
        first.readConnectionLost()
        _second, second = self.client(b"B\n")
        _third, third = self.client(b"C\n")
        _fourth, fourth = self.client(b"D\n")
        self.assertEqual((third.value(), fourth.value()), (b"D\n", b"C\n"))
        first.there(True)
        self.assertEqual((one.value(), second.value()), (b"B\n", b"A\n"))

    def test_who_waits_does_not_hold_up_the_end(self) -> None:
        self.new_factory(delay=5)
        _first, one = self.client(b"A\n")
        self.clock.advance(5)
        _second, other = self.client(b"B\n")
        self.factory.connections.drain()
        self.assertTrue(one.write_closed)
        self.assertFalse(other.write_closed, "its time has not come")
        self.clock.advance(5)
        self.assertTrue(other.write_closed)
        self.assertEqual((one.value(), other.value()), (b"", b""))

    def test_delay(self) -> None:
        self.new_factory(delay=5)
        _first, one = self.client(b"A\n")
        self.clock.advance(4)
        _second, other = self.client(b"B\n")
        self.clock.advance(4)
        self.assertEqual((one.value(), other.value()), (b"", b""))
        self.clock.advance(1)
        self.assertEqual((one.value(), other.value()), (b"B\n", b"A\n"))

    def test_a_delayed_client_may_leave(self) -> None:
        self.new_factory(delay=5)
        gone, _transport = self.client(b"gone\n")
        self.lose(gone)
        self.clock.advance(5)
        _first, one = self.client(b"A\n")
        self.clock.advance(5)
        self.assertEqual(one.value(), b"")
