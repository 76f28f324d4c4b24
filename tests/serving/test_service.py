"""A listening service: real ports of the loopback interface, and a fake clock."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import DatagramProtocol, Protocol, ServerFactory
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.serving.connections import Connections
from netsuite.serving.limits import Limits
from netsuite.serving.service import CannotStart, ListeningService
from tests.serving.test_connections import Entered
from tests.transports import CLIENT

LOOPBACK = "tcp:0:interface=127.0.0.1"


class Store:
    """Something that a service needs; it notes when.

    :param diary: where all that happens is written.
    """

    def __init__(self, name: str, diary: list[str], *, fails: bool = False) -> None:
        self.name = name
        self.diary = diary
        self.fails = fails
        self.closing: Deferred[None] = Deferred()

    def open(self) -> None:
        if self.fails:
            raise CannotStart(f"{self.name} is not to be had")
        self.diary.append(f"{self.name} opens")

    def close(self) -> Deferred[None]:
        self.diary.append(f"{self.name} closes")
        return self.closing


class Case(TestCase):
    """Makes services named ``test``."""

    timeout = 30

    def setUp(self) -> None:
        self.clock = Clock()
        self.connections = Connections("test", Limits(grace=10), reactor=self.clock)

    def service(self, *endpoints: str, **options: Any) -> ListeningService:
        factory = options.pop("factory", None) or ServerFactory.forProtocol(Protocol)
        factory.noisy = False
        return ListeningService(self.connections, endpoints, factory, **options)

    def start(self, service: IService) -> None:
        service.privilegedStartService()
        service.startService()
        self.addCleanup(service.stopService)

    def refused(self, service: ListeningService) -> str:
        self.addCleanup(service.stopService)
        error = self.assertRaises(CannotStart, service.privilegedStartService)
        self.assertEqual(error.code, str(error))
        return str(error)


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def takes_connections(address: str) -> bool:
    """Return whether somebody listens on an address of this machine, such as tcp:127.0.0.1:80."""
    try:
        socket.create_connection(("127.0.0.1", port_of(address)), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


class CannotStartTests(SynchronousTestCase):
    """twistd tidies up after the one, and exits with status 1 by the other."""

    def test_what_it_is(self) -> None:
        error = CannotStart("no; do this")
        self.assertIsInstance(error, Exception)
        self.assertIsInstance(error, SystemExit)
        self.assertEqual((error.code, str(error)), ("no; do this", "no; do this"))


class ListeningTests(Case):
    """From start to stop."""

    def test_addresses(self) -> None:
        path = Path(self.mktemp()).name  # the path of a UNIX socket must be short
        service = self.service(LOOPBACK, LOOPBACK, f"unix:{path}")
        self.assertEqual(service.name, "test")
        self.assertEqual(service.addresses, [])
        self.start(service)
        first, second, third = service.addresses
        self.assertRegex(first, r"\Atcp:127\.0\.0\.1:[1-9]\d*\Z")
        self.assertNotEqual(first, second)
        self.assertEqual(third, f"unix:{path}")
        for address in (first, second):
            self.assertTrue(takes_connections(address))

    def test_ipv6(self) -> None:
        service = self.service(r"tcp6:0:interface=\:\:1")
        self.start(service)
        (address,) = service.addresses
        self.assertRegex(address, r"\Atcp:\[::1\]:[1-9]\d*\Z")

    def test_a_start_without_privileges_listens_too(self) -> None:
        service = self.service(LOOPBACK)
        service.startService()
        self.addCleanup(service.stopService)
        self.assertTrue(service.running)
        self.assertEqual(len(service.addresses), 1)

    def test_starting_after_the_privileged_start_listens_once(self) -> None:
        service = self.service(LOOPBACK)
        service.privilegedStartService()
        addresses = service.addresses
        service.startService()
        self.addCleanup(service.stopService)
        self.assertEqual(service.addresses, addresses)

    async def test_after_the_stop_nobody_listens(self) -> None:
        service = self.service(LOOPBACK)
        service.startService()
        (address,) = service.addresses
        await service.stopService()
        self.assertFalse(service.running)
        self.assertEqual(service.addresses, [])
        self.assertFalse(takes_connections(address))

    def test_a_stop_before_the_start(self) -> None:
        self.successResultOf(self.service(LOOPBACK).stopService())

    def test_a_parent_finds_it_by_its_name(self) -> None:
        parent = MultiService()
        service = self.service(LOOPBACK)
        service.setServiceParent(parent)
        self.assertIs(parent.getServiceNamed("test"), service)


class DatagramTests(Case):
    """``udp:`` endpoints."""

    def test_datagrams(self) -> None:
        """Each endpoint has a protocol of its own; streams and datagrams go together."""
        made: list[DatagramProtocol] = []

        def make() -> DatagramProtocol:
            made.append(DatagramProtocol())
            made[-1].noisy = False
            return made[-1]

        service = self.service(
            LOOPBACK,
            "udp:0",
            "udp:0:interface=127.0.0.1",
            r"udp:0:interface=\:\:1",
            new_datagram_protocol=make,
        )
        self.start(service)
        stream, first, second, third = service.addresses
        self.assertTrue(stream.startswith("tcp:"))
        for address in (first, second):
            self.assertRegex(address, r"\Audp:127\.0\.0\.1:[1-9]\d*\Z")
        self.assertRegex(third, r"\Audp:\[::1\]:[1-9]\d*\Z")
        self.assertEqual(len(made), 3)

    async def test_a_datagram_arrives_whole(self) -> None:
        """Twisted's own limit would cut it at 8 KiB."""
        arrived: Deferred[bytes] = Deferred()

        class Receiver(DatagramProtocol):
            noisy = False

            def datagramReceived(self, data: bytes, address: object) -> None:
                arrived.callback(data)

        service = self.service("udp:0", new_datagram_protocol=Receiver)
        self.start(service)
        (address,) = service.addresses
        largest = bytes(65_507)  # of IPv4
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(largest, ("127.0.0.1", port_of(address)))
        self.assertEqual(len(await arrived.addTimeout(10, reactor)), len(largest))

    async def test_after_the_stop_the_port_is_free(self) -> None:
        service = self.service("udp:0", new_datagram_protocol=DatagramProtocol)
        service.startService()
        (address,) = service.addresses
        await service.stopService()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", port_of(address)))

    def test_a_service_without_datagrams(self) -> None:
        said = self.refused(self.service("udp:0"))
        self.assertSubstring("netsuite: test cannot listen: 'udp:0': this service has", said)
        self.assertSubstring("--listen", said)

    def test_a_busy_port(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            endpoint = f"udp:{taken.getsockname()[1]}"
            said = self.refused(self.service(endpoint, new_datagram_protocol=DatagramProtocol))
        self.assertSubstring(
            f"netsuite: test cannot listen on {endpoint}: Address already in use. ", said
        )


class RefusalTests(Case):
    """What cannot be listened on: the error names the service and the endpoint."""

    def test_a_busy_port(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            endpoint = f"tcp:{taken.getsockname()[1]}:interface=127.0.0.1"
            said = self.refused(self.service(LOOPBACK, endpoint))
        self.assertEqual(
            said,
            f"netsuite: test cannot listen on {endpoint}: Address already in use. "
            "Stop the program that has it, or choose another with --listen or --ephemeral.",
        )

    def test_an_interface_that_there_is_not(self) -> None:
        endpoint = "tcp:0:interface=192.0.2.1"  # reserved for documentation
        said = self.refused(self.service(endpoint))
        self.assertSubstring(f"netsuite: test cannot listen on {endpoint}: Cannot assign", said)

    def test_a_unix_socket_in_no_folder(self) -> None:
        endpoint = "unix:nowhere/socket"
        said = self.refused(self.service(endpoint))
        self.assertSubstring(f"test cannot listen on {endpoint}: No such file or dir", said)

    def test_behind_a_proxy(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            endpoint = f"haproxy:tcp:{taken.getsockname()[1]}:interface=127.0.0.1"
            said = self.refused(self.service(endpoint))
        self.assertSubstring(f"test cannot listen on {endpoint}: Address already in use", said)

    def test_what_is_no_endpoint(self) -> None:
        for endpoint in ("tpc:4000", "4000", "udp:x", ""):
            said = self.refused(self.service(endpoint, new_datagram_protocol=DatagramProtocol))
            self.assertSubstring(f"netsuite: test cannot listen: {endpoint!r}", said)
            self.assertSubstring("--listen", said)

    def test_a_need_that_is_not_to_be_had(self) -> None:
        fake = MemoryReactor()
        diary: list[str] = []
        needs = [Store("log", diary), Store("store", diary, fails=True)]
        service = self.service("tcp:4000", needs=needs, reactor=fake)
        error = self.assertRaises(CannotStart, service.privilegedStartService)
        self.assertEqual(str(error), "store is not to be had")
        self.assertEqual(fake.tcpServers, [])


class Diarist(ServerFactory):
    """A factory that notes when its port is opened and closed."""

    noisy = False

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary

    def startFactory(self) -> None:
        self.diary.append("listens")

    def stopFactory(self) -> None:
        self.diary.append("is deaf")


class OrderTests(Case):
    """What is needed is there before the first client, and until the last has gone."""

    def begin(self, needs: Sequence[Store], diary: list[str]) -> ListeningService:
        service = self.service(LOOPBACK, needs=needs, factory=Diarist(diary))
        service.privilegedStartService()
        service.startService()
        return service

    async def test_needs(self) -> None:
        diary: list[str] = []
        log, store = needs = [Store(name, diary) for name in ("log", "store")]
        service = self.begin(needs, diary)
        self.assertEqual(diary, ["log opens", "store opens", "listens"])
        connection = Entered()
        self.connections.enter(connection, CLIENT)
        diary.clear()
        (address,) = service.addresses
        stopped = service.stopService()
        self.assertEqual(connection.calls, ["drain"])
        while "is deaf" not in diary:  # a port closes in the reactor's next turn
            await turn()
        self.assertFalse(takes_connections(address))
        await turn()
        self.assertEqual(diary, ["is deaf"])
        self.connections.leave(connection)
        self.assertEqual(diary, ["is deaf", "store closes"])
        store.closing.callback(None)
        self.assertEqual(diary, ["is deaf", "store closes", "log closes"])
        self.assertNoResult(stopped)
        log.closing.callback(None)
        self.successResultOf(stopped)

    async def test_the_grace_period_ends_the_wait(self) -> None:
        diary: list[str] = []
        store = Store("store", diary)
        store.closing.callback(None)
        service = self.begin([store], diary)
        connection = Entered()
        self.connections.enter(connection, CLIENT)
        stopped = service.stopService()
        while "is deaf" not in diary:
            await turn()
        self.clock.advance(9.9)
        self.assertEqual(connection.calls, ["drain"])
        self.clock.advance(0.1)
        self.assertEqual(connection.calls, ["drain", "abort"])
        self.assertNoResult(stopped)
        self.connections.leave(connection)
        await stopped
        self.assertEqual(diary[-1], "store closes")

    async def test_hurry(self) -> None:
        service = self.begin([], [])
        connection = Entered()
        self.connections.enter(connection, CLIENT)
        stopped = service.stopService()
        service.hurry()
        self.assertEqual(connection.calls, ["drain", "abort"])
        self.connections.leave(connection)
        await stopped


def turn() -> Deferred[None]:
    """Return a Deferred that fires in the reactor's next turn."""
    later: Deferred[None] = Deferred()
    reactor.callLater(0, later.callback, None)
    return later
