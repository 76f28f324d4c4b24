"""Datagrams with somebody else's address on them: CVE-1999-0103 and its like."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.end_to_end.daemon import Daemon, Daemons
from tests.end_to_end.wire import Address

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="raw sockets need root"
)

#: What a naive server would send back as it is, so that two of them never come to an end.
UPPER = b"THERE AND BACK AGAIN"


class Wire:
    """Puts any datagram on the loopback interface, and sees all that pass."""

    def __init__(self) -> None:
        self._seeing = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        self._seeing.bind(("127.0.0.1", 0))
        self._seeing.setblocking(False)
        self._sending = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        self._sending.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)

    def close(self) -> None:
        """Close the sockets."""
        self._seeing.close()
        self._sending.close()

    def send(self, source: Address, target: Address, payload: bytes) -> None:
        """Send a datagram that claims to come from *source*."""
        datagram = struct.pack("!4H", source[1], target[1], 8 + len(payload), 0) + payload
        header = struct.pack(
            "!2B3H2BH4s4s",
            *(0x45, 0, 20 + len(datagram), 0, 0, 64, socket.IPPROTO_UDP, 0),
            socket.inet_aton(source[0]),
            socket.inet_aton(target[0]),
        )
        self._sending.sendto(header + datagram, (target[0], 0))

    def seen(self, *ports: int) -> list[bytes]:
        """Return the payloads that passed between these ports since this was last asked."""
        payloads: list[bytes] = []
        while True:
            try:
                packet = self._seeing.recv(65536)
            except BlockingIOError:
                return payloads
            datagram = packet[4 * (packet[0] & 15) :]
            source, target = struct.unpack("!2H", datagram[:4])
            if source in ports and target in ports:
                payloads.append(datagram[8:])


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Open a wire for a test."""
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def daemons(start_once: Daemons) -> list[Daemon]:
    """Run two processes with a service each."""
    return [start_once("upper") for _ in range(2)]


def ask(*addresses: Address) -> None:
    """Have each service answer a datagram of an honest client, in this order, and once more.

    Datagrams are answered in the order of their arrival: what had to be said before has been said.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        for address in addresses * 3:
            client.sendto(b"honest", address)
            assert client.recvfrom(100) == (b"HONEST", address)


@pytest.mark.parametrize("payload", [b"there and back again", UPPER, b"", b"\xff" * 1400])
@pytest.mark.parametrize("number", [0, 1])
def test_two_services_do_not_talk_to_each_other(
    payload: bytes, number: int, daemons: list[Daemon], wire: Wire
) -> None:
    one, other = (daemon.address("upper", "udp", number) for daemon in daemons)
    ask(one, other)
    wire.seen()
    wire.send(one, other, payload)
    ask(other, one)
    datagrams = wire.seen(one[1], other[1])
    assert datagrams[0] == payload
    assert len(datagrams) <= 2


@pytest.mark.parametrize("payload", [b"there and back again", UPPER])
def test_nor_do_two_ports_of_one_service(payload: bytes, daemons: list[Daemon], wire: Wire) -> None:
    one, other = (daemons[0].address("upper", "udp", number) for number in (0, 1))
    for source, target in [(one, other), (other, one), (one, one)]:
        wire.seen()
        wire.send(source, target, payload)
        ask(target, source)
        assert len(wire.seen(one[1], other[1])) <= 2


def test_one_that_has_just_started_is_known(
    daemons: list[Daemon], start: Daemons, wire: Wire
) -> None:
    one = daemons[0].address("upper", "udp")
    other = start("upper").address("upper", "udp")
    wire.send(other, one, UPPER)
    ask(one, other)
    assert len(wire.seen(one[1], other[1])) <= 2


@pytest.mark.parametrize("port", [7, 19, 53, 123, 1023, 2345, 11111])
def test_ports_that_may_answer_get_no_answer(port: int, daemons: list[Daemon], wire: Wire) -> None:
    target = daemons[0].address("upper", "udp")
    wire.send(("127.0.0.1", port), target, b"echo?")
    ask(target)
    assert wire.seen(port, target[1]) == [b"echo?"]


def test_an_answer_is_as_long_as_its_question_and_goes_to_the_sender_only(
    daemons: list[Daemon], wire: Wire
) -> None:
    target = daemons[0].address("upper", "udp")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.1", 0))
        client.settimeout(10)
        for payload in (b"", "größe µ".encode(), bytes(range(256)), b"x" * 9000):
            wire.seen()
            client.sendto(payload, target)
            assert client.recv(65536) == payload.upper()
            ask(target)
            here = client.getsockname()[1]
            assert wire.seen(here, target[1]) == [payload, payload.upper()]
