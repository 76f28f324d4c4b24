"""Admission, numbering and the log lines."""

from __future__ import annotations

import math

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from netsuite.serving.addresses import address_text, is_loopback, remote_host
from netsuite.serving.connections import Connection, Connections
from netsuite.serving.limits import Limits
from tests.transports import CLIENT, REMOTE


def tcp(host: str, port: int = 1) -> IPv4Address:
    return IPv4Address("TCP", host, port)


class Entered(Connection):
    """A connection that notes what is asked of it."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def expired(self) -> None:
        self.calls.append("expired")

    def drain(self) -> None:
        self.calls.append("drain")

    def abort(self) -> None:
        self.calls.append("abort")


class Case(SynchronousTestCase):
    def books(self, *, log_all: bool = False, **limits: float) -> Connections:
        self.clock = Clock()
        return Connections(
            "test",
            Limits(**limits),  # type: ignore[arg-type]
            log_all=log_all,
            reactor=self.clock,
        )

    def enter(self, books: Connections, address: IAddress = CLIENT) -> Entered:
        self.assertTrue(books.admits(address))
        connection = Entered()
        books.enter(connection, address)
        self.addCleanup(books.leave, connection)
        return connection


class AdmissionTests(Case):
    """Limits in all and per address."""

    def test_in_all(self) -> None:
        books = self.books(max_connections=2)
        first = self.enter(books)
        self.enter(books)
        self.assertFalse(books.admits(CLIENT))
        books.leave(first)
        self.assertTrue(books.admits(CLIENT))
        self.assertEqual(len(books), 1)

    def test_per_address(self) -> None:
        books = self.books(max_per_peer=2)
        first = self.enter(books, REMOTE)
        self.enter(books, REMOTE)
        self.assertFalse(books.admits(REMOTE))
        self.assertTrue(books.admits(tcp("192.0.2.8")))
        books.leave(first)
        self.assertTrue(books.admits(REMOTE))

    def test_loopback_is_exempt(self) -> None:
        books = self.books(max_per_peer=1)
        for address in (
            CLIENT,
            tcp("127.8.8.8"),
            IPv6Address("TCP", "::1", 1),
            IPv6Address("TCP", "::ffff:127.0.0.1", 1),
            UNIXAddress(b"/run/x"),
        ):
            self.enter(books, address)
            self.assertTrue(books.admits(address), address)

    def test_leaving_twice_counts_once(self) -> None:
        books = self.books(max_per_peer=2)
        first = self.enter(books, REMOTE)
        self.enter(books, REMOTE)
        books.leave(first)
        books.leave(first)
        self.enter(books, REMOTE)
        self.assertFalse(books.admits(REMOTE))

    def test_numbers_are_unique(self) -> None:
        one, other = self.books(), self.books()
        numbers = {self.enter(books).number for books in (one, other, one, other)}
        self.assertEqual(len(numbers), 4)


class DeadlineTests(Case):
    """The sweep."""

    def test_only_those_whose_time_is_over(self) -> None:
        books = self.books()
        early, late, never = (self.enter(books) for _ in range(3))
        early.deadline, late.deadline = 5, 10
        self.assertEqual(never.deadline, math.inf)
        self.clock.pump([1] * 5)
        self.assertEqual((early.calls, late.calls, never.calls), (["expired"], [], []))

    def test_short_timeouts_are_looked_at_more_often(self) -> None:
        books = self.books(idle_timeout=0.4)
        connection = self.enter(books)
        connection.deadline = 0.1
        self.clock.advance(0.1)
        self.assertEqual(connection.calls, ["expired"])

    def test_no_connections_no_sweep(self) -> None:
        books = self.books()
        books.leave(self.enter(books))
        self.clock.advance(1)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class LogTests(Case):
    """Who did what, on one line."""

    def test_reason(self) -> None:
        books = self.books()
        connection = self.enter(books, REMOTE)
        with capturedLogs() as events:
            books.log(connection, "a message is {too.__class__} long")
        (event,) = events
        self.assertEqual(
            event["log_format"].format(**event),
            f"test #{connection.number} tcp:192.0.2.7:50544: a message is {{too.__class__}} long",
        )

    def test_refusals_are_logged_once_a_second(self) -> None:
        books = self.books(max_connections=1)
        self.enter(books)
        with capturedLogs() as events:
            for _ in range(5):
                books.admits(REMOTE)
            self.clock.advance(1)
            books.admits(REMOTE)
        lines = [event["log_format"].format(**event) for event in events]
        self.assertEqual(
            lines,
            [
                "test: tcp:192.0.2.7:50544 is refused: 1 connections are open already; "
                f"{count} refused since the last such line"
                for count in (1, 5)
            ],
        )
        self.assertEqual({event["log_level"] for event in events}, {LogLevel.warn})

    def test_every_connection_if_asked_for(self) -> None:
        books = self.books(log_all=True)
        with capturedLogs() as events:
            books.leave(self.enter(books))
        self.assertEqual([event["reason"] for event in events], ["connected", "closed"])
        quiet = self.books()
        with capturedLogs() as events:
            quiet.leave(self.enter(quiet))
        self.assertEqual(events, [])


class AddressTests(SynchronousTestCase):
    """Addresses in words."""

    def test_text(self) -> None:
        for address, text in (
            (tcp("127.0.0.1", 80), "tcp:127.0.0.1:80"),
            (IPv4Address("UDP", "10.0.0.1", 53), "udp:10.0.0.1:53"),
            (IPv6Address("TCP", "::1", 80), "tcp:[::1]:80"),
            (UNIXAddress(b"/run/x"), "unix:/run/x"),
            (UNIXAddress(b"/run/\x1b[31m"), "unix:/run/\\x1b[31m"),
            (UNIXAddress(None), "unix:"),
        ):
            self.assertEqual(address_text(address), text)

    def test_loopback(self) -> None:
        for host, expected in (
            ("127.0.0.1", True),
            ("128.0.0.1", False),
            ("12.7.0.1", False),
            ("0.0.0.0", False),
        ):
            self.assertIs(is_loopback(tcp(host)), expected)
        self.assertIs(is_loopback(IPv6Address("TCP", "fe80::1%eth0", 1)), False)
        self.assertIsNone(remote_host(CLIENT))
        self.assertEqual(remote_host(REMOTE), "192.0.2.7")
