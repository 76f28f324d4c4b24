"""The rules of the small services, and their factories."""

from __future__ import annotations

import re
import time

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite import clock, dialogue, upper
from netsuite.exchange import Exchange, ExchangeFactory
from netsuite.greeting import HelloFactory, greeter_factory
from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from tests.transports import CLIENT, Transport


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.connections = Connections("test", Limits(), reactor=self.clock)

    def connect(
        self, factory: ExchangeFactory, address: IAddress = CLIENT
    ) -> tuple[Exchange, Transport]:
        exchange = factory.buildProtocol(address)
        assert exchange is not None
        transport = Transport()
        exchange.makeConnection(transport)
        return exchange, transport


class GreetingTests(Case):
    """Greet and close."""

    def test_greeter(self) -> None:
        _exchange, transport = self.connect(greeter_factory(self.connections))
        self.assertEqual(transport.value(), b"Thank you for connecting")
        self.assertTrue(transport.write_closed)

    def test_hello(self) -> None:
        for address, greeting in (
            (CLIENT, b"Hello 127.0.0.1"),
            (IPv4Address("TCP", "192.0.2.7", 1), b"Hello 192.0.2.7"),
            (IPv6Address("TCP", "2001:db8::7", 1), b"Hello 2001:db8::7"),
            (UNIXAddress(None), b"Hello you"),
        ):
            _exchange, transport = self.connect(HelloFactory(self.connections), address)
            self.assertEqual(transport.value(), greeting)
            self.assertTrue(transport.write_closed)

    def test_delay(self) -> None:
        for factory in (
            greeter_factory(self.connections, delay=5),
            HelloFactory(self.connections, delay=5),
        ):
            _exchange, transport = self.connect(factory)
            self.clock.advance(4.9)
            self.assertEqual(transport.value(), b"")
            self.clock.advance(0.1)
            self.assertTrue(transport.value())
            self.assertTrue(transport.write_closed)

    def test_what_the_client_sends_is_not_looked_at(self) -> None:
        exchange, transport = self.connect(greeter_factory(self.connections, delay=5))
        exchange.dataReceived(b"\0hello\r\n" * 1000)
        self.clock.advance(5)
        self.assertEqual(transport.value(), b"Thank you for connecting")


class DialogueTests(SynchronousTestCase):
    """The time, Klingon, an echo."""

    def test_time(self) -> None:
        before = time.strftime("%H:%M:%S").encode()
        answer = dialogue.answer(b"time")
        after = time.strftime("%H:%M:%S").encode()
        self.assertRegex(answer.decode(), re.compile(r"\A\d\d:\d\d:\d\d\Z"))
        self.assertIn(answer, (before, after))

    def test_klingon(self) -> None:
        self.assertEqual(dialogue.answer(b"nuqneH?"), b"Qapla'!")

    def test_echo(self) -> None:
        for request in (b"", b"TIME", b" time", b"time is precious", bytes(range(1, 256))):
            self.assertEqual(dialogue.answer(request), request)


class ClockTests(Case):
    """25 bytes in, 24 bytes out."""

    def test_answer(self) -> None:
        before = time.ctime().encode()
        answer = clock.answer(b"What is the time?        ")
        self.assertEqual(len(answer), 24)
        self.assertIn(answer, (before, time.ctime().encode()))

    def test_every_cut(self) -> None:
        requests = b"What is the time?        " * 3
        for cut in range(len(requests)):
            factory = ExchangeFactory(lambda r: r[:24], clock.new_framing, self.connections)
            exchange, transport = self.connect(factory)
            exchange.dataReceived(requests[:cut])
            exchange.dataReceived(requests[cut:] + b"incomplete")
            self.assertEqual(transport.value(), b"What is the time?       " * 3)


class UpperTests(SynchronousTestCase):
    """ASCII letters only."""

    def test_answer(self) -> None:
        self.assertEqual(upper.answer(b"MixedCaseString 1"), b"MIXEDCASESTRING 1")
        self.assertIsNone(upper.answer(b""))

    def test_other_bytes_stay(self) -> None:
        everything = bytes(range(256))
        answer = upper.answer(everything)
        assert answer is not None
        self.assertEqual(len(answer), len(everything))
        changed = [a for a, b in zip(everything, answer, strict=True) if a != b]
        self.assertEqual(bytes(changed), b"abcdefghijklmnopqrstuvwxyz")
