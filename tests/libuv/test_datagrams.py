"""UDP ports that libuv watches."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from twisted.internet.error import InvalidAddressError, MessageLengthError
from twisted.internet.protocol import DatagramProtocol

from netsuite.libuv.reactor import LibuvReactor
from tests.libuv.conversations import ConversationTestCase, turn, until

Address = tuple[str, int]


class Heard(DatagramProtocol):
    """Keeps what it is told.

    :param upon: is called with each datagram, after it was kept.
    """

    transport: Any

    def __init__(self, upon: Callable[[bytes, Address], object] | None = None) -> None:
        self.received: list[tuple[bytes, Any]] = []
        self.refused = 0
        self.stopped = False
        self._upon = upon

    @property
    def data(self) -> list[bytes]:
        """What was received."""
        return [data for data, _ in self.received]

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """Keep it."""
        self.received.append((datagram, addr))
        if self._upon is not None:
            self._upon(datagram, addr)

    def connectionRefused(self) -> None:
        """Keep that nobody is there."""
        self.refused += 1

    def stopProtocol(self) -> None:
        """Keep that it is over."""
        self.stopped = True


class DatagramTests(ConversationTestCase):
    """A port, and sockets that send to it."""

    def listen(self, reactor: LibuvReactor, heard: Heard, interface: str = "127.0.0.1") -> Any:
        return reactor.listenUDP(0, heard, interface=interface)

    def sender(self, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
        made = self.a_socket(family, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        return made

    async def answer(self, reactor: LibuvReactor, client: socket.socket) -> tuple[bytes, Any]:
        """Wait for a datagram."""
        found: list[tuple[bytes, Any]] = []

        def look() -> bool:
            try:
                found.append(client.recvfrom(70000))
            except BlockingIOError:
                return False
            return True

        await until(reactor, look)
        return found[0]

    def test_empty_ones(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            heard = Heard(lambda data, address: heard.transport.write(data, address))
            port = self.listen(reactor, heard)
            address = ("127.0.0.1", port.getHost().port)
            client = self.sender()
            client.sendto(b"", address)
            self.assertEqual(await self.answer(reactor, client), (b"", address))
            client.sendto(b"more", address)
            self.assertEqual(await self.answer(reactor, client), (b"more", address))
            self.assertEqual(heard.data, [b"", b"more"])
            heard.transport.write(b"", client.getsockname())  # not as a reply
            self.assertEqual(await self.answer(reactor, client), (b"", address))

        self.converse(talk)

    def test_who_raises_goes_on(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            def upon(data: bytes, _: Address) -> None:
                if data == b"wrong":
                    raise ZeroDivisionError

            heard = Heard(upon)
            port = self.listen(reactor, heard)
            client = self.sender()
            for data in (b"wrong", b"right", b"wrong", b"last"):
                client.sendto(data, ("127.0.0.1", port.getHost().port))
            await until(reactor, lambda: len(heard.data) == 4)
            self.assertFalse(heard.stopped)

        self.converse(talk)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)

    def test_replies_and_others(self) -> None:
        """A reply goes to whoever asked, and what is for others, to them."""
        errors: list[Any] = []

        async def talk(reactor: LibuvReactor) -> None:
            one, two = self.sender(), self.sender()

            def upon(data: bytes, address: Address) -> None:
                heard.transport.write(b"reply", address)
                heard.transport.write(b"told", two.getsockname())
                for nobody in (("localhost", 9), ("::1", 9)):
                    try:
                        heard.transport.write(b"x", nobody)
                    except InvalidAddressError as error:
                        errors.append(error.address)
                try:
                    heard.transport.write(bytes(70000), address)
                except MessageLengthError as error:
                    errors.append(type(error))

            heard = Heard(upon)
            port = self.listen(reactor, heard)
            one.sendto(b"x", ("127.0.0.1", port.getHost().port))
            self.assertEqual((await self.answer(reactor, one))[0], b"reply")
            self.assertEqual((await self.answer(reactor, two))[0], b"told")
            heard.transport.write(b"later", heard.received[0][1])
            self.assertEqual((await self.answer(reactor, one))[0], b"later")
            with self.assertRaises(InvalidAddressError):
                heard.transport.write(b"x", ("localhost", one.getsockname()[1]))

        self.converse(talk)
        self.assertEqual(errors, ["localhost", "::1", MessageLengthError])

    def test_a_reply_through_another_port(self) -> None:
        """That port looks at the address for itself."""

        async def talk(reactor: LibuvReactor) -> None:
            def upon(data: bytes, address: Address) -> None:
                four.transport.write(b"from there", address)
                with self.assertRaises(InvalidAddressError):
                    six.transport.write(b"x", address)

            heard, four, six = Heard(upon), Heard(), Heard()
            port = self.listen(reactor, heard)
            there = self.listen(reactor, four)
            self.listen(reactor, six, "::1")
            client = self.sender()
            client.sendto(b"x", ("127.0.0.1", port.getHost().port))
            expected = (b"from there", ("127.0.0.1", there.getHost().port))
            self.assertEqual(await self.answer(reactor, client), expected)

        self.converse(talk)

    def test_to_stop_upon_a_datagram(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            stopped: list[None] = []
            heard = Heard(lambda *_: port.stopListening().addCallback(stopped.append))
            port = self.listen(reactor, heard)
            client = self.sender()
            client.connect(("127.0.0.1", port.getHost().port))
            for data in (b"first", b"second"):
                client.send(data)
            await until(reactor, lambda: stopped)
            self.assertEqual(heard.data, [b"first"])
            self.assertTrue(heard.stopped)
            self.assertNotIn(port, reactor.getReaders())
            with self.assertRaises(ConnectionRefusedError):  # nobody has the port any more
                client.send(b"third")
                client.send(b"fourth")

        self.converse(talk)

    def test_nobody_is_there(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            gone = self.sender()
            address = gone.getsockname()
            gone.close()
            heard = Heard()
            self.listen(reactor, heard)
            heard.transport.connect(*address)
            heard.transport.write(b"anybody?")
            await until(reactor, lambda: heard.refused)
            # Somebody may come later.
            with socket.socket(type=socket.SOCK_DGRAM) as there:
                there.setblocking(False)
                there.bind(address)
                heard.transport.write(b"somebody?")
                self.assertEqual((await self.answer(reactor, there))[0], b"somebody?")
                there.sendto(b"yes", ("127.0.0.1", heard.transport.getHost().port))
                await until(reactor, lambda: heard.received)
            self.assertEqual(heard.received, [(b"yes", address)])
            self.assertEqual(heard.refused, 1)

        self.converse(talk)

    def test_who_is_not_connected_is_not_told_of_that(self) -> None:
        async def talk(reactor: LibuvReactor) -> None:
            gone = self.sender()
            address = gone.getsockname()
            gone.close()
            heard = Heard()
            port = self.listen(reactor, heard)
            heard.transport.write(b"anybody?", address)
            self.sender().sendto(b"here", ("127.0.0.1", port.getHost().port))
            await until(reactor, lambda: heard.received)
            self.assertEqual(heard.refused, 0)

        self.converse(talk)

    def test_ipv6(self) -> None:
        """A sender has an address and a port, as elsewhere in Twisted, and can be answered."""

        async def talk(reactor: LibuvReactor) -> None:
            heard = Heard(lambda data, address: heard.transport.write(data.upper(), address))
            port = self.listen(reactor, heard, "::1")
            client = self.sender(socket.AF_INET6)
            client.sendto(b"hello", ("::1", port.getHost().port))
            self.assertEqual((await self.answer(reactor, client))[0], b"HELLO")
            self.assertEqual(heard.received, [(b"hello", client.getsockname()[:2])])

        self.converse(talk)

    def flooded(self, datagram: bytes, most: int) -> int:
        """Fill a port's buffer, and return how many it reads before it is another one's turn.

        :param most: the port's ``maxThroughput``.
        """
        order: list[str] = []

        async def talk(reactor: LibuvReactor) -> None:
            busy, other = (
                Heard(lambda *_: order.append("busy")),
                Heard(lambda *_: order.append("other")),
            )
            ports = [self.listen(reactor, each) for each in (busy, other)]
            ports[0].maxThroughput = most
            client = self.sender()
            # All in one turn: when the reactor looks, there are all of them.
            for _ in range(50):
                client.sendto(datagram, ("127.0.0.1", ports[0].getHost().port))
            client.sendto(b"x", ("127.0.0.1", ports[1].getHost().port))
            await until(reactor, lambda: len(order) == 51)

        self.converse(talk)
        return order.index("other")

    def test_a_flood_leaves_others_their_turn(self) -> None:
        self.assertLessEqual(self.flooded(bytes(1000), 5000), 6)
        self.assertLessEqual(self.flooded(b"", 5), 6)

    def test_to_pause(self) -> None:
        """What comes meanwhile is read later."""

        async def talk(reactor: LibuvReactor) -> None:
            heard = Heard(lambda *_: port.stopReading())
            port = self.listen(reactor, heard)
            client = self.sender()
            for data in (b"first", b"second", b"third"):
                client.sendto(data, ("127.0.0.1", port.getHost().port))
            for expected in ([b"first"], [b"first", b"second"]):
                await until(reactor, lambda expected: heard.data == expected, expected)
                self.assertNotIn(port, reactor.getReaders())
                for _ in range(5):
                    await turn(reactor)
                self.assertEqual(heard.data, expected)
                port.startReading()
            await until(reactor, lambda: len(heard.data) == 3)

        self.converse(talk)
