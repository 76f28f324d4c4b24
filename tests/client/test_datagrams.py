from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.protocol import DatagramProtocol

from netsuite.client.conversation import given
from netsuite.client.datagrams import MAX_DATAGRAM, ask, resolve
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.upper import upper_udp
from tests.client.support import NetworkTestCase, Printed, netsuite, reactor, target


class Upper(DatagramProtocol):
    """Answers in capitals, but not the first *deaf* datagrams."""

    def __init__(self, deaf: int = 0) -> None:
        self.deaf = deaf
        self.heard: list[bytes] = []
        self.stranger: Any = None

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        transport: Any = self.transport
        self.heard.append(datagram)
        if self.stranger is not None:
            self.stranger.write(b"from somebody else", addr)
        if len(self.heard) > self.deaf:
            transport.write(datagram.upper(), addr)


class DatagramTests(NetworkTestCase):
    def serve_udp(self, protocol: DatagramProtocol) -> int:
        port = reactor.listenUDP(0, protocol, "127.0.0.1", maxPacketSize=1 << 16)
        self.addCleanup(port.stopListening)
        number: int = port.getHost().port
        return number

    async def closed_udp_port(self) -> int:
        """Return a port on which nobody listens."""
        port = reactor.listenUDP(0, DatagramProtocol(), "127.0.0.1")
        number: int = port.getHost().port
        await port.stopListening()
        return number

    async def test_each_line_is_a_datagram(self) -> None:
        server = Upper()
        port = self.serve_udp(server)
        output = Printed()
        lines = given([b"one", b"", b"two"])
        self.assertEqual(await upper_udp(reactor, target(port, "udp"), lines, output, 5), 0)
        self.assertEqual((server.heard, output.bytes), ([b"one", b"two"], b"ONE\n\nTWO\n"))

    async def test_a_lost_datagram_is_sent_again(self) -> None:
        server = Upper(deaf=1)
        port = self.serve_udp(server)
        output = Printed()
        await upper_udp(reactor, target(port, "udp"), given([b"one"]), output, 2)
        self.assertEqual((server.heard, output.bytes), ([b"one", b"one"], b"ONE\n"))

    async def test_no_answer(self) -> None:
        server = Upper(deaf=9)
        port = self.serve_udp(server)
        with self.assertRaises(ClientError) as caught:
            await upper_udp(reactor, target(port, "udp"), given([b"one"]), Printed(), 0.2)
        self.assertIn(f"no answer from udp:127.0.0.1:{port} within 0.2 s", str(caught.exception))
        self.assertEqual(server.heard, [b"one", b"one"])

    async def test_only_the_address_asked_is_listened_to(self) -> None:
        server = Upper()
        port = self.serve_udp(server)
        server.stranger = reactor.listenUDP(0, DatagramProtocol(), interface="127.0.0.1")
        self.addCleanup(server.stranger.stopListening)
        output = Printed()
        await upper_udp(reactor, target(port, "udp"), given([b"one"]), output, 5)
        self.assertEqual(output.bytes, b"ONE\n")

    async def test_refused(self) -> None:
        port = await self.closed_udp_port()
        with self.assertRaises(ClientError) as caught:
            await upper_udp(reactor, target(port, "udp"), given([b"one"]), Printed(), 5)
        self.assertIn("connection refused", str(caught.exception))

    async def test_an_address_that_refuses_is_followed_by_the_next(self) -> None:
        port = self.serve_udp(Upper())
        closed = await self.closed_udp_port()
        addresses: list[Any] = [
            IPv4Address("UDP", "127.0.0.1", number) for number in (closed, port)
        ]
        answer = await ask(reactor, target(port, "udp"), addresses, b"x", 5)
        self.assertEqual((answer, len(addresses)), (b"X", 1))

    async def test_too_long(self) -> None:
        port = self.serve_udp(Upper())
        lines = given([b"x" * MAX_DATAGRAM, b"x" * (MAX_DATAGRAM + 1)])
        output = Printed()
        with self.assertRaises(WrongUsage):
            await upper_udp(reactor, target(port, "udp"), lines, output, 5)
        self.assertEqual(output.bytes, b"X" * MAX_DATAGRAM + b"\n")

    async def test_resolve(self) -> None:
        addresses = await resolve(reactor, target(5, "udp"), 5)
        self.assertEqual([(found.host, found.port) for found in addresses], [("127.0.0.1", 5)])

    async def test_command(self) -> None:
        port = str(self.serve_udp(Upper()))
        done = await netsuite("upper", "--udp", "ab", "--port", port, "cd")
        self.assertEqual(done, (b"AB CD\n", b"", 0))
        done = await netsuite("upper", "--udp", f"--connect=udp:127.0.0.1:{port}", stdin=b"x\ny\n")
        self.assertEqual(done, (b"X\nY\n", b"", 0))
