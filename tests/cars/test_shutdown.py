"""SHUTDOWN: who may stop the server, and what becomes of those who are connected."""

from __future__ import annotations

import signal

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress

from netsuite.cars.notation import JSON, PICKLE
from netsuite.cars.service import CarsFactory, stop_process
from tests.cars.connected import ADD, CAR, DONE, GET, Case, answers, framed, pickled
from tests.cars.stores import InstantStore, LaterStore, RegistryOn
from tests.transports import CLIENT, REMOTE

ELSEWHERE = "This server is stopped by clients on its own machine only"


class ShutdownTests(Case):
    """It stops the process as its signal would."""

    def test_from_this_machine(self) -> None:
        for address in (
            CLIENT,
            IPv4Address("TCP", "127.8.9.10", 1),
            IPv6Address("TCP", "::1", 1),
            IPv6Address("TCP", "::ffff:127.0.0.1", 1),
            UNIXAddress("/some/path"),
            UNIXAddress(None),
        ):
            for notation in (PICKLE, JSON):
                self.setUp()
                exchange, transport = self.connect(address)
                exchange.dataReceived(framed(("SHUTDOWN",), notation=notation))
                self.assertEqual(self.stopped, 1)
                self.assertEqual(transport.value(), b"")
                self.assertTrue(transport.write_closed)

    def test_from_elsewhere(self) -> None:
        for address in (
            REMOTE,
            IPv4Address("TCP", "0.0.0.0", 1),
            IPv6Address("TCP", "2001:db8::7", 1),
            IPv6Address("TCP", "::ffff:192.0.2.7", 1),
            IPv6Address("TCP", "fe80::1%lo", 1),
        ):
            exchange, transport = self.connect(address)
            exchange.dataReceived(framed(("SHUTDOWN",), GET))
            self.assertEqual(
                answers(transport.value()),
                pickled((False, ELSEWHERE), (False, "This license is not registered")),
            )
            self.assertFalse(transport.write_closed)
        self.assertEqual(self.stopped, 0)

    def test_not_at_all(self) -> None:
        self.factory = CarsFactory(RegistryOn(InstantStore()), self.connections, stop=None)
        for address in (CLIENT, REMOTE):
            exchange, transport = self.connect(address)
            exchange.dataReceived(framed(("SHUTDOWN",), notation=JSON))
            reply = (False, "This server is not stopped by clients")
            self.assertEqual(answers(transport.value()), [("JSON", reply)])
            self.assertFalse(transport.write_closed)

    def test_a_wrong_number_of_arguments(self) -> None:
        exchange, transport = self.connect()
        exchange.dataReceived(framed(("SHUTDOWN", None)))
        reason = 'Wrong number of arguments; expected ("SHUTDOWN",)'
        self.assertEqual(answers(transport.value()), pickled((False, reason)))
        self.assertEqual(self.stopped, 0)

    def test_nothing_after_it_is_answered(self) -> None:
        exchange, transport = self.connect()
        exchange.dataReceived(framed(ADD, ("SHUTDOWN",), GET, ("SHUTDOWN",)))
        exchange.dataReceived(framed(GET))
        self.assertEqual(answers(transport.value()), pickled(DONE))
        self.assertEqual(self.stopped, 1)

    def test_what_came_before_it_is_answered(self) -> None:
        store = LaterStore()
        self.factory = self.build(store, stop=self.drain)
        exchange, transport = self.connect()
        other, other_transport = self.connect()
        _idle, idle_transport = self.connect()
        other.dataReceived(framed(GET))
        exchange.dataReceived(framed(ADD, ("SHUTDOWN",)))
        self.assertTrue(idle_transport.write_closed)
        self.assertFalse(transport.write_closed)
        store.answer(1, ("024 HYR",))
        self.assertEqual(answers(transport.value()), pickled(DONE))
        self.assertTrue(transport.write_closed)
        store.answer(0, CAR[1:])
        self.assertEqual(answers(other_transport.value()), pickled(CAR))
        self.assertTrue(other_transport.write_closed)

    def drain(self) -> None:
        self.stop()
        self.connections.drain()

    def test_the_second_is_no_hurry(self) -> None:
        """A process that is told a second time to stop would cut off the requests in hand."""
        for _ in range(2):
            exchange, transport = self.connect()
            exchange.dataReceived(framed(("SHUTDOWN",)))
            self.assertTrue(transport.write_closed)
        self.assertEqual(self.stopped, 1)

    def test_nor_is_one_while_the_process_stops(self) -> None:
        self.factory = self.build(InstantStore(), delay=1)
        exchange, transport = self.connect()
        exchange.dataReceived(framed(("SHUTDOWN",)))
        self.connections.drain()
        self.clock.advance(1)
        self.assertTrue(transport.write_closed)
        self.assertEqual(self.stopped, 0)

    def test_it_is_the_signal_that_stops_any_service(self) -> None:
        received: list[int] = []
        before = signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
        self.addCleanup(signal.signal, signal.SIGTERM, before)
        stop_process()
        self.assertEqual(received, [signal.SIGTERM])
