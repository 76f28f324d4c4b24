"""The Host field, and the hosts that a service answers for."""

from __future__ import annotations

import socket

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from netsuite.web.hosts import AllowedHosts, Host, allowed_host, host_of, machine_names
from netsuite.web.responses import BadRequest, HTTPError

LOOPBACK = IPv4Address("TCP", "127.0.0.1", 5000)
LOOPBACK6 = IPv6Address("TCP", "::1", 5000)
MAPPED = IPv6Address("TCP", "::ffff:127.0.0.1", 5000)
OUTSIDE = IPv4Address("TCP", "192.0.2.1", 5000)
UNIX = UNIXAddress("/run/genes")


class ParseTests(SynchronousTestCase):
    def test_hosts(self) -> None:
        for value, host in (
            (b"h", Host("h")),
            (b"Genes.Example.ORG.:8080", Host("genes.example.org", 8080)),
            (b"h:", Host("h")),
            (b"h:0", Host("h", 0)),
            (b"h:65535", Host("h", 65535)),
            (b"127.0.0.1:80", Host("127.0.0.1", 80, True)),
            (b"[::1]", Host("::1", None, True)),
            (b"[0:0:0:0:0:0:0:1]:80", Host("::1", 80, True)),
            (b"a_b", Host("a_b")),
            (b"%41", Host("%41")),
            (b"127.1", Host("127.1")),  # a name: only browsers take it for an address
            (b"x" * 253, Host("x" * 253)),
        ):
            self.assertEqual(Host.parse(value), host)

    def test_malformed(self) -> None:
        for value in (
            b"",
            b".",
            b":80",
            b"h:x",
            b"h:-1",
            b"h:65536",
            b"h:000080",
            b"h:80:80",
            b"h i",
            b"h/",
            b"h?",
            b"h#",
            b"user@h",
            b"h\\i",
            b"h\xe9",
            b"h%",
            b"h%4",
            b"[",
            b"[]",
            b"[::1",
            b"::1",
            b"[::1]x",
            b"[::g]",
            b"[1.2.3.4]",
            b"[fe80::1%eth0]",
            b"h,h\t",
            b"x" * 254,
        ):
            self.assertRaises(ValueError, Host.parse, value)

    def test_of_a_request(self) -> None:
        self.assertEqual(host_of([b"h"], None, b"HTTP/1.1"), Host("h"))
        self.assertEqual(host_of([b"h"], b"i:1", b"HTTP/1.1"), Host("i", 1))
        self.assertEqual(host_of([], b"i", b"HTTP/1.0"), Host("i"))
        self.assertIsNone(host_of([], None, b"HTTP/1.0"))
        for fields, authority, version in (
            ([], None, b"HTTP/1.1"),
            ([], b"i", b"HTTP/1.1"),
            ([b""], None, b"HTTP/1.1"),
            ([b"h", b"h"], None, b"HTTP/1.1"),
            ([b"h", b"h"], None, b"HTTP/1.0"),
            ([b"h i"], b"i", b"HTTP/1.1"),
            ([b"h"], b"", b"HTTP/1.1"),
            ([b"h"], b"user@h", b"HTTP/1.1"),
        ):
            error = self.assertRaises(BadRequest, host_of, fields, authority, version)
            self.assertIn("ost", error.message)


class AllowedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.hosts = AllowedHosts(frozenset({"genes.example"}), frozenset({"box", "box.lan"}))

    def allowed(self, value: bytes) -> list[bool]:
        """Tell whether a host is allowed on loopback (in three forms), outside, and on Unix."""
        arrived = (LOOPBACK, LOOPBACK6, MAPPED, OUTSIDE, UNIX)
        return [self.hosts.allows(Host.parse(value), each) for each in arrived]

    def test_names(self) -> None:
        for name in (
            b"localhost",
            b"LOCALHOST.:5000",
            b"a.b.localhost",
            b"genes.example",
            b"Genes.example:1",
            b"box",
            b"box.lan",
        ):
            self.assertEqual(self.allowed(name), [True] * 5, name)
        for name in (
            b"evil.example",
            b"notlocalhost",
            b"localhost.evil.example",
            b"a.genes.example",
            b"127.0.0.1.evil.example",
            b"127.1",
            b"0x7f.1",
        ):
            self.assertEqual(self.allowed(name), [False] * 4 + [True], name)

    def test_addresses(self) -> None:
        for address in (b"127.0.0.1", b"127.9.9.9:1", b"[::1]", b"[::ffff:127.0.0.1]"):
            self.assertEqual(self.allowed(address), [True] * 5, address)
        for address in (b"192.0.2.1", b"198.51.100.7", b"[2001:db8::1]", b"0.0.0.0"):
            self.assertEqual(self.allowed(address), [False] * 3 + [True] * 2, address)

    def test_the_refusal_says_what_to_do(self) -> None:
        evil = Host.parse(b"Evil.example:80")
        error = self.assertRaises(HTTPError, self.hosts.check, evil, LOOPBACK)
        self.assertEqual(error.status, 421)
        self.assertIn("--allow-host evil.example", error.message)
        self.hosts.check(None, LOOPBACK)
        self.hosts.check(Host("box"), LOOPBACK)

    def test_given_names(self) -> None:
        for text, name in (
            ("Genes.Example.", "genes.example"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ):
            self.assertEqual(allowed_host(text), name)
        for text in ("", "h:80", "h:", "[::1]:80", "http://h", "h/", "*", "*.h", "häuser", "::g"):
            self.assertIn("expected", str(self.assertRaises(ValueError, allowed_host, text)))
        self.assertTrue(AllowedHosts.of(["a", "B"]).allows(Host("b"), OUTSIDE))
        self.assertRaises(ValueError, AllowedHosts.of, ["a:1"])

    def test_machine_names(self) -> None:
        self.assertIn(socket.gethostname().lower().removesuffix("."), machine_names())
        self.assertEqual(AllowedHosts().own, machine_names())
