"""Upper-casing over UDP: whom to answer, and whom not."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.upper import ADDRESSES, BURST, MAX_WAITING, RATE, RateLimit, Siblings, UpperDatagrams

LOCAL = ("127.0.0.1", 40000)
REMOTE = ("192.0.2.7", 40000)


class DatagramTransport:
    """Notes what is sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: list[tuple[bytes, Any]] = []

    def write(self, data: bytes, address: Any) -> None:
        if address[0] == "255.255.255.255":
            raise PermissionError
        self.sent.append((data, address))

    def getHost(self) -> IPv4Address:
        return IPv4Address("UDP", "127.0.0.1", self.port)


class NoSiblings(Siblings):
    """Knows the ports that the test says."""

    def __init__(self, *ports: int) -> None:
        super().__init__(ports)

    def announce(self, port: int) -> None:
        pass


class DatagramTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()

    def listen(self, *siblings: int, **options: Any) -> tuple[UpperDatagrams, DatagramTransport]:
        protocol = UpperDatagrams(reactor=self.clock, siblings=NoSiblings(*siblings), **options)
        transport = DatagramTransport(2345)
        protocol.transport = cast(Any, transport)
        protocol.startProtocol()
        self.addCleanup(protocol.stopProtocol)
        return protocol, transport

    def test_answers_go_to_the_sender(self) -> None:
        protocol, transport = self.listen()
        protocol.datagramReceived(b"MixedCaseString", LOCAL)
        protocol.datagramReceived(b"", REMOTE)
        self.assertEqual(transport.sent, [(b"MIXEDCASESTRING", LOCAL), (b"", REMOTE)])

    def test_system_ports_get_no_answer(self) -> None:
        protocol, transport = self.listen()
        for port in (0, 7, 19, 53, 1023):
            protocol.datagramReceived(b"hello", ("127.0.0.1", port))
        self.assertEqual(transport.sent, [])
        protocol.datagramReceived(b"hello", ("127.0.0.1", 1024))
        self.assertEqual(len(transport.sent), 1)

    def test_services_of_the_same_kind_get_no_answer(self) -> None:
        protocol, transport = self.listen(2345, 11111)
        for host in ("127.0.0.1", "192.0.2.7"):
            for port in (2345, 11111):
                protocol.datagramReceived(b"hello", (host, port))
        self.assertEqual(transport.sent, [])

    def test_rate_limit(self) -> None:
        protocol, transport = self.listen()
        for _ in range(1000):
            protocol.datagramReceived(b"x", REMOTE)
        self.assertEqual(len(transport.sent), BURST)
        self.clock.advance(1)
        for _ in range(1000):
            protocol.datagramReceived(b"x", REMOTE)
        self.assertEqual(len(transport.sent), BURST + RATE)

    def test_the_rate_is_the_address_s_whatever_the_port(self) -> None:
        protocol, transport = self.listen()
        for port in range(40000, 41000):
            protocol.datagramReceived(b"x", (REMOTE[0], port))
        self.assertEqual(len(transport.sent), BURST)

    def test_loopback_has_no_rate_limit(self) -> None:
        protocol, transport = self.listen()
        for _ in range(1000):
            protocol.datagramReceived(b"x", LOCAL)
        self.assertEqual(len(transport.sent), 1000)

    def test_long_datagrams(self) -> None:
        protocol, transport = self.listen(max_message=4)
        protocol.datagramReceived(b"12345", LOCAL)
        protocol.datagramReceived(b"1234", LOCAL)
        self.assertEqual(transport.sent, [(b"1234", LOCAL)])

    def test_addresses_that_nothing_can_be_sent_to(self) -> None:
        protocol, transport = self.listen()
        protocol.datagramReceived(b"x", ("255.255.255.255", 40000))
        protocol.datagramReceived(b"x", LOCAL)
        self.assertEqual(len(transport.sent), 1)

    def test_delay(self) -> None:
        protocol, transport = self.listen(delay=5.0)
        for _ in range(MAX_WAITING + 1):
            protocol.datagramReceived(b"x", LOCAL)
        self.clock.advance(4.9)
        self.assertEqual(transport.sent, [])
        self.clock.advance(0.1)
        self.assertEqual(len(transport.sent), MAX_WAITING)
        protocol.datagramReceived(b"late", LOCAL)
        protocol.transport = None
        self.clock.advance(5)
        self.assertEqual(len(transport.sent), MAX_WAITING)


class RateLimitTests(SynchronousTestCase):
    def test_memory_is_bounded(self) -> None:
        limit = RateLimit()
        for number in range(2 * ADDRESSES):
            self.assertTrue(limit.allows(str(number), 0.0))
        self.assertEqual(len(limit), ADDRESSES)

    def test_a_bucket_holds_no_more_than_a_burst(self) -> None:
        limit = RateLimit(rate=1, burst=2)
        self.assertEqual([limit.allows("a", 0) for _ in range(3)], [True, True, False])
        self.assertEqual([limit.allows("a", 100) for _ in range(3)], [True, True, False])
        self.assertEqual(limit.allows("a", 100.9), False)
        self.assertEqual(limit.allows("a", 101), True)


def known(siblings: Siblings, port: int, now: float) -> bool:
    """Return whether a port is taken for a sibling's."""
    return siblings.stranger_until(port, now) == now


class SiblingTests(SynchronousTestCase):
    """What is known of others, through the operating system."""

    def test_announcements(self) -> None:
        one, other = Siblings(()), Siblings(())
        self.assertFalse(known(other, 64999, 0.0))
        one.announce(64999)
        self.addCleanup(one.withdraw)
        self.assertFalse(known(other, 64999, 0.5), "what was found out is believed for a while")
        self.assertTrue(known(other, 64999, 2.0))
        one.withdraw()
        self.assertFalse(known(other, 64999, 4.0))

    def test_nobody_is_believed_for_longer(self) -> None:
        """A client of this machine may be a service a second later; whoever asked, and when."""
        clock, one, other = Clock(), Siblings(()), Siblings(())
        client = ("127.0.0.1", 64999)
        protocol, transport = UpperDatagrams(reactor=clock, siblings=other), DatagramTransport(2345)
        protocol.transport = cast(Any, transport)
        other.stranger_until(client[1], clock.seconds())
        clock.advance(0.9 * Siblings.BELIEVED)
        protocol.datagramReceived(b"hello", client)
        self.assertEqual(len(transport.sent), 1)
        one.announce(client[1])
        self.addCleanup(one.withdraw)
        clock.advance(0.1 * Siblings.BELIEVED)
        protocol.datagramReceived(b"hello", client)
        self.assertEqual(len(transport.sent), 1)

    def test_two_addresses_may_share_a_port(self) -> None:
        one = Siblings(())
        self.addCleanup(one.withdraw)
        one.announce(64999)
        one.announce(64999)
        self.assertTrue(known(Siblings(()), 64999, 0.0))

    def test_memory_is_bounded(self) -> None:
        siblings = Siblings(())
        for port in range(1024, 1024 + 2 * ADDRESSES):
            known(siblings, port, 0.0)
        self.assertLessEqual(len(siblings._known), ADDRESSES)
