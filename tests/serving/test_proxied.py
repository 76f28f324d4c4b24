"""The PROXY protocol: headers of both versions in pieces, and what is none."""

from __future__ import annotations

import socket
import struct

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Protocol, ServerFactory
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactor
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from netsuite.serving.endpoints import parse_stream
from netsuite.serving.proxied import HEADER_TIMEOUT, ProxiedFactory, ProxiedProtocol
from tests.transports import CLIENT, Transport

FAR = IPv4Address("TCP", "192.0.2.7", 40000)
FAR_6 = IPv6Address("TCP", "2001:db8::7", 40000)

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_2(command: int, family: int, body: bytes) -> bytes:
    """Return a header of version 2."""
    return SIGNATURE + bytes([command, family]) + struct.pack("!H", len(body)) + body


def addresses(family: socket.AddressFamily, source: str, destination: str) -> bytes:
    """Return the addresses of a header of version 2; the ports are 40000 and 8999."""
    packed = socket.inet_pton(family, source) + socket.inet_pton(family, destination)
    return packed + struct.pack("!2H", 40000, 8999)


V4 = addresses(socket.AF_INET, "192.0.2.7", "127.0.0.1")
V6 = addresses(socket.AF_INET6, "2001:db8::7", "::1")

#: Headers, and the client that they name; the proxy itself where they name none.
VERSION_1: dict[bytes, IAddress] = {
    b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 8999\r\n": FAR,
    b"PROXY TCP6 2001:db8::7 ::1 40000 8999\r\n": FAR_6,
    b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n": CLIENT,
}
SHORTEST: dict[bytes, IAddress] = {b"PROXY UNKNOWN\r\n": CLIENT}
VERSION_2: dict[bytes, IAddress] = {
    version_2(0x21, 0x11, V4): FAR,
    version_2(0x21, 0x11, V4 + b"\x04\0\x02ab"): FAR,  # with an extension (a TLV)
    version_2(0x20, 0x00, b""): CLIENT,  # LOCAL: a health check
    version_2(0x20, 0x11, V4): CLIENT,
    version_2(0x21, 0x00, b""): CLIENT,  # of no family
    version_2(0x21, 0x21, V6): FAR_6,
}


@implementer(IHalfCloseableProtocol)
class Service(Protocol):
    """Notes what happens to it."""

    def __init__(self, address: IAddress) -> None:
        self.address = address
        self.received = b""
        self.calls: list[str] = []

    def connectionMade(self) -> None:
        self.calls.append("made")

    def dataReceived(self, data: bytes) -> None:
        assert data, "nothing is no data"
        self.received += data

    def readConnectionLost(self) -> None:
        self.calls.append("read lost")

    def writeConnectionLost(self) -> None:
        self.calls.append("write lost")

    def connectionLost(self, reason: object = None) -> None:
        self.calls.append("lost")


class Factory(ServerFactory):
    """Makes services, and remembers them; or refuses."""

    refuses = False
    noisy = False

    def __init__(self) -> None:
        self.built: list[Service] = []
        self.asked: list[IAddress] = []
        self.calls: list[str] = []

    def startFactory(self) -> None:
        self.calls.append("started")

    def stopFactory(self) -> None:
        self.calls.append("stopped")

    def buildProtocol(self, addr: IAddress | None) -> Service | None:
        assert addr is not None
        self.asked.append(addr)
        if self.refuses:
            return None
        self.built.append(Service(addr))
        return self.built[-1]


class FullTransport(Transport):
    """A fake transport that takes note of being aborted."""

    aborted = False

    def abortConnection(self) -> None:
        self.aborted = self.disconnecting = True


class Case(SynchronousTestCase):
    """Connects proxies to a service."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.factory = Factory()

    def connect(self, *, read: bytes = b"") -> tuple[ProxiedProtocol, FullTransport]:
        proxied = ProxiedFactory(self.factory, IReactorTime(self.clock)).buildProtocol(CLIENT)
        transport = FullTransport()
        transport.peerAddr = CLIENT
        proxied.makeConnection(transport)
        if read:
            proxied.dataReceived(read)
        return proxied, transport

    def assert_aborted(self, transport: FullTransport) -> None:
        self.assertTrue(transport.aborted)
        self.assertEqual(self.factory.asked, [])
        self.assertEqual(self.clock.getDelayedCalls(), [])


class HeaderTests(Case):
    """Well-formed headers."""

    def assert_understood(self, headers: dict[bytes, IAddress]) -> None:
        """The service is made once the header is complete, and gets all that follows it."""
        for header, client in headers.items():
            for data in (b"", b"GET", b"\r\n", b"PROXY UNKNOWN\r\n"):
                stream = header + data
                for cut in range(1, len(stream) + 1):
                    self.setUp()
                    told = f"{stream!r}, cut after {cut} bytes"
                    proxied, transport = self.connect(read=stream[:cut])
                    self.assertFalse(transport.disconnecting, told)
                    complete = cut >= len(header)
                    self.assertEqual(self.factory.asked, [client] if complete else [], told)
                    if stream[cut:]:
                        proxied.dataReceived(stream[cut:])
                    self.assertEqual(self.factory.asked, [client], told)
                    (service,) = self.factory.built
                    self.assertEqual(service.received, data, told)
                    self.assertEqual(service.calls, ["made"], told)
                    self.assertFalse(transport.disconnecting, told)
                    self.assertEqual(self.clock.getDelayedCalls(), [], told)
            self.setUp()
            proxied, _transport = self.connect()
            for number in range(len(header)):
                self.assertEqual(self.factory.asked, [])
                proxied.dataReceived(header[number : number + 1])
            self.assertEqual(self.factory.asked, [client], f"{header!r}, byte by byte")

    def test_version_1_cut_anywhere(self) -> None:
        self.assert_understood(VERSION_1)

    def test_version_1_at_its_shortest(self) -> None:
        """The specification, 2.1: what follows ``UNKNOWN`` may be missing."""
        self.assert_understood(SHORTEST)

    def test_version_2_cut_anywhere(self) -> None:
        self.assert_understood(VERSION_2)

    def test_one_address_has_one_spelling(self) -> None:
        """Connections are counted, and searched for in the log, by it."""
        for header in (
            b"PROXY TCP6 2001:db8:0:0:0:0:0:7 ::1 40000 8999\r\n",
            b"PROXY TCP6 2001:DB8::0007 ::1 40000 8999\r\n",
            version_2(0x21, 0x21, V6),
        ):
            self.setUp()
            self.connect(read=header)
            self.assertEqual(self.factory.asked, [FAR_6])

    def test_the_service_has_the_transport(self) -> None:
        _proxied, transport = self.connect(read=b"PROXY UNKNOWN x x 1 1\r\nhi")
        (service,) = self.factory.built
        self.assertIs(service.transport, transport)
        self.assertEqual(service.received, b"hi")

    def test_a_proxy_before_a_proxy(self) -> None:
        """The header nearest to the service names the client."""
        reactor = MemoryReactor()
        parse_stream(reactor, "haproxy:haproxy:tcp:4000").listen(self.factory)
        ((_port, outer, _backlog, _interface),) = reactor.tcpServers
        proxied = outer.buildProtocol(CLIENT)
        assert proxied is not None
        proxied.makeConnection(FullTransport())
        proxied.dataReceived(
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nPROXY TCP4 192.0.2.7 10.0.0.1 40000 80\r\nhi"
        )
        (service,) = self.factory.built
        self.assertEqual((service.address, service.received), (FAR, b"hi"))


class MalformedTests(Case):
    """What is no header. The connection is aborted: whoever sent it is no proxy."""

    def assert_malformed(self, *texts: bytes) -> None:
        for text in texts:
            for piece in (len(text), 1):
                self.setUp()
                proxied, transport = self.connect()
                try:
                    for start in range(0, len(text), piece):
                        proxied.dataReceived(text[start : start + piece])
                    proxied.dataReceived(b"what follows")
                except Exception as error:
                    self.fail(f"{text!r} raises {error!r}")
                self.assertEqual(self.factory.asked, [], text)
                self.assert_aborted(transport)

    def test_version_1(self) -> None:
        self.assert_malformed(
            b"GET / HTTP/1.1\r\n\r\n",
            b"PROXY TCP5 192.0.2.7 127.0.0.1 40000 8999\r\n",
            b"PROXY  TCP4 192.0.2.7 127.0.0.1 40000 8999\r\n",
            b"proxy tcp4 192.0.2.7 127.0.0.1 40000 8999\r\n",
            b"PROXY TCP4 192.0.2.7\r\n",
            b"PROXY TCP4 192.0.2.7 127.0.0.1 40000\r\n",
            b"\r\n\r\n" * 30,
        )

    def test_version_1_longer_than_it_may_be(self) -> None:
        """The specification, 2.1: 107 bytes with the CRLF."""
        self.assert_malformed(b"PROXY UNKNOWN " + b"x" * 94)

    def test_version_1_with_ports_that_are_none(self) -> None:
        self.assert_malformed(
            b"PROXY TCP4 192.0.2.7 127.0.0.1 port 8999\r\n",
            b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 \r\n",
            b"PROXY TCP4 192.0.2.7 127.0.0.1 -1 8999\r\n",
            b"PROXY TCP4 192.0.2.7 127.0.0.1 65536 8999\r\n",
        )

    def test_version_1_with_addresses_that_are_none(self) -> None:
        self.assert_malformed(
            b"PROXY TCP4 somewhere 127.0.0.1 40000 8999\r\n",
            b"PROXY TCP4 192.0.2.7\x1b[31m 127.0.0.1 40000 8999\r\n",
            b"PROXY TCP4 192.0.2.\xff 127.0.0.1 40000 8999\r\n",
            b"PROXY TCP4 2001:db8::7 127.0.0.1 40000 8999\r\n",
            b"PROXY TCP6 192.0.2.7 ::1 40000 8999\r\n",
            b"PROXY TCP6 fe80::7%\x1b[31m ::1 40000 8999\r\n",  # a zone means nothing far away
        )

    def test_version_2(self) -> None:
        self.assert_malformed(
            SIGNATURE + b"\x11\x11\0\0",
            SIGNATURE + b"\x22\x11\0\0",
            SIGNATURE + b"\x21\x41\0\0",
            SIGNATURE + b"\x21\x13\0\0",
            version_2(0x21, 0x11, V4[:-1]),
            version_2(0x21, 0x21, V4),
            SIGNATURE[:-1] + b"!",
        )

    def test_the_log_names_the_peer_and_quotes_nothing(self) -> None:
        with capturedLogs() as events:
            proxied, _transport = self.connect(read=b"GET /\x1b[31m{log_source} HTTP/1.1\r\n\r\n")
            proxied.dataReceived(b"more")
        (event,) = events
        self.assertEqual(
            event["log_format"].format(**event),
            "tcp:127.0.0.1:50544 sent no PROXY header",
        )


class TimeoutTests(Case):
    """A proxy speaks first, and soon."""

    def test_silence(self) -> None:
        _proxied, transport = self.connect()
        self.clock.advance(HEADER_TIMEOUT - 0.1)
        self.assertFalse(transport.aborted)
        with capturedLogs() as events:
            self.clock.advance(0.1)
        self.assert_aborted(transport)
        (event,) = events
        self.assertEqual(
            event["log_format"].format(**event), "tcp:127.0.0.1:50544 sent no PROXY header"
        )

    def test_a_byte_now_and_then_puts_nothing_off(self) -> None:
        proxied, transport = self.connect()
        for byte in b"PROXY TC":
            proxied.dataReceived(bytes([byte]))
            self.clock.advance(HEADER_TIMEOUT / 8)
        self.assert_aborted(transport)
        proxied.dataReceived(b"P4 192.0.2.7 127.0.0.1 40000 8999\r\n")
        self.assertEqual(self.factory.asked, [])

    def test_none_after_the_header(self) -> None:
        _proxied, transport = self.connect(read=b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 8999\r\n")
        self.clock.advance(HEADER_TIMEOUT)
        self.assertFalse(transport.disconnecting)

    def test_none_after_the_end(self) -> None:
        proxied, transport = self.connect(read=b"PROXY")
        proxied.connectionLost()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertFalse(transport.disconnecting)


class PassingTests(Case):
    """What else a service gets to know."""

    header = b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 8999\r\n"

    def test_half_closes_and_the_end(self) -> None:
        proxied, transport = self.connect(read=self.header)
        proxied.readConnectionLost()
        proxied.writeConnectionLost()
        proxied.connectionLost()
        (service,) = self.factory.built
        self.assertEqual(service.calls, ["made", "read lost", "write lost", "lost"])
        self.assertFalse(transport.disconnecting)

    def test_a_half_close_instead_of_a_header(self) -> None:
        proxied, transport = self.connect(read=b"PROXY")
        proxied.readConnectionLost()
        proxied.writeConnectionLost()
        self.assertTrue(transport.disconnecting)
        self.assertEqual(self.factory.asked, [])

    def test_a_service_that_knows_no_half_closes(self) -> None:
        proxied = ProxiedFactory(ServerFactory.forProtocol(Protocol)).buildProtocol(CLIENT)
        transport = FullTransport()
        proxied.makeConnection(transport)
        proxied.dataReceived(self.header)
        self.assertFalse(transport.disconnecting)
        proxied.readConnectionLost()
        self.assertTrue(transport.disconnecting)

    def test_a_refusal(self) -> None:
        """What a refused client still sends goes nowhere."""
        self.factory.refuses = True
        proxied, transport = self.connect(read=self.header + b"hello?")
        self.assertEqual(self.factory.asked, [FAR])
        self.assertTrue(transport.disconnecting)
        proxied.dataReceived(self.header)
        self.assertEqual(self.factory.asked, [FAR])
        proxied.connectionLost()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_service_starts_and_stops_with_its_port(self) -> None:
        proxied = ProxiedFactory(self.factory)
        proxied.doStart()
        proxied.doStop()
        self.assertEqual(self.factory.calls, ["started", "stopped"])
