"""Endpoint strings: from the catalogue, and from users."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IReactorCore
from twisted.internet.protocol import ServerFactory
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import Endpoint
from netsuite.serving.endpoints import (
    BACKLOG,
    DatagramPort,
    describe,
    is_datagram,
    parse_datagram,
    parse_stream,
)
from netsuite.serving.proxied import ProxiedEndpoint, ProxiedFactory

TCP, UDP = Endpoint("tcp", 2345), Endpoint("udp", 11111)


class DescribeTests(SynchronousTestCase):
    """From the catalogue's endpoints to strings."""

    def test_each(self) -> None:
        for endpoint, interface, ephemeral, expected in (
            (TCP, "127.0.0.1", False, "tcp:2345:interface=127.0.0.1"),
            (TCP, "0.0.0.0", True, "tcp:0:interface=0.0.0.0"),
            (TCP, "::1", False, r"tcp6:2345:interface=\:\:1"),
            (UDP, "127.0.0.1", False, "udp:11111:interface=127.0.0.1"),
            (UDP, "::", True, r"udp:0:interface=\:\:"),
        ):
            self.assertEqual(describe(endpoint, interface, ephemeral=ephemeral), expected)

    def test_they_can_be_parsed(self) -> None:
        for interface in ("127.0.0.1", "0.0.0.0", "::", "::1", "2001:db8::7"):
            text = describe(UDP, interface, ephemeral=False)
            self.assertEqual(parse_datagram(text), DatagramPort(11111, interface))
            reactor = listening(describe(TCP, interface, ephemeral=False))
            ((port, _factory, _backlog, bound),) = reactor.tcpServers
            self.assertEqual((port, bound), (2345, interface))


class DatagramTests(SynchronousTestCase):
    """``udp:`` strings."""

    def test_which_they_are(self) -> None:
        self.assertTrue(is_datagram("udp:1"))
        self.assertTrue(is_datagram("udp:"))
        for text in ("tcp:1", "udp", "unix:/udp:", "haproxy:udp:1", "UDP:1", ""):
            self.assertFalse(is_datagram(text), text)

    def test_good(self) -> None:
        for text, expected in (
            ("udp:0", DatagramPort(0)),
            ("udp:65535", DatagramPort(65535, "127.0.0.1")),
            ("udp:53:interface=0.0.0.0", DatagramPort(53, "0.0.0.0")),
            (r"udp:53:interface=\:\:1", DatagramPort(53, "::1")),
            ("udp:53:interface=::1", DatagramPort(53, "::1")),
            ("udp:53:", DatagramPort(53)),
        ):
            self.assertEqual(parse_datagram(text), expected)

    def test_bad(self) -> None:
        for text in (
            "udp:",
            "udp:x",
            "udp:-1",
            "udp:+1",
            "udp: 1",
            "udp:1.0",
            "udp:²",
            "udp:65536",
            "udp::interface=127.0.0.1",
            "udp:1:127.0.0.1",
            "udp:1:interface",
            "udp:1:interface=",
            "udp:1:interface=localhost",
            "udp:1:address=127.0.0.1",
            "udp:1:interface=127.0.0.1:backlog=5",
            "udp:interface=127.0.0.1:1",
        ):
            error = self.assertRaises(ValueError, parse_datagram, text)
            self.assertEqual(
                str(error),
                f"{text!r}: expected udp:PORT or udp:PORT:interface=ADDRESS",
            )


def listening(description: str, factory: Any = None) -> MemoryReactor:
    """Return a reactor that listens as an endpoint string says."""
    reactor = MemoryReactor()
    listen = parse_stream(IReactorCore(reactor), description).listen(factory or ServerFactory())
    assert listen.called
    return reactor


class StreamTests(SynchronousTestCase):
    """Twisted's strings, and what we add."""

    def test_tcp(self) -> None:
        factory = ServerFactory()
        reactor = listening("tcp:4000:interface=127.0.0.1", factory)
        self.assertEqual(reactor.tcpServers, [(4000, factory, BACKLOG, "127.0.0.1")])

    def test_ipv6(self) -> None:
        factory = ServerFactory()
        reactor = listening(r"tcp6:4000:interface=\:\:1", factory)
        self.assertEqual(reactor.tcpServers, [(4000, factory, BACKLOG, "::1")])

    def test_unix(self) -> None:
        reactor = listening("unix:/run/upper:mode=660")
        ((path, _factory, backlog, mode, _lock),) = reactor.unixServers
        self.assertEqual((path, backlog, mode), ("/run/upper", BACKLOG, 0o660))

    def test_a_backlog_that_is_given_is_kept(self) -> None:
        for text in ("tcp:4000:backlog=5", "tcp:4000:backlog=5:interface=127.0.0.1"):
            ((_port, _factory, backlog, _interface),) = listening(text).tcpServers
            self.assertEqual(backlog, 5)

    def test_loopback_unless_told_otherwise(self) -> None:
        for text, interface in (
            ("tcp:4000", "127.0.0.1"),
            ("tcp:port=4000", "127.0.0.1"),
            ("tcp:4000:backlog=5", "127.0.0.1"),
            ("haproxy:tcp:4000", "127.0.0.1"),
            ("tcp6:4000", "::1"),
            ("tcp6:4000:5", "::1"),
            ("tcp:4000:interface=0.0.0.0", "0.0.0.0"),
            ("tcp:4000:interface=", ""),
            ("tcp:4000:192.0.2.1", "192.0.2.1"),
            (r"tcp6:4000:5:\:\:", "::"),
        ):
            ((_port, _factory, _backlog, bound),) = listening(text).tcpServers
            self.assertEqual(bound, interface, text)

    def test_parts_without_a_name(self) -> None:
        ((port, _factory, backlog, bound),) = listening("tcp:4000:127.0.0.2:7").tcpServers
        self.assertEqual((port, backlog, bound), (4000, 7, "127.0.0.2"))
        ((path, _factory, backlog, mode, _lock),) = listening("unix:/run/upper:660:7").unixServers
        self.assertEqual((path, backlog, mode), ("/run/upper", 7, 0o660))

    def test_none_where_there_is_none(self) -> None:
        """``stdio:`` and ``systemd:`` know of no backlog."""
        parse_stream(IReactorCore(MemoryReactor()), "stdio:")
        error = self.assertRaises(
            ValueError, parse_stream, MemoryReactor(), "systemd:domain=INET:index=0"
        )
        self.assertNotIn("backlog", str(error))

    def test_proxied(self) -> None:
        factory = ServerFactory()
        ((port, wrapper, backlog, interface),) = listening(
            "haproxy:tcp:4000:interface=127.0.0.1", factory
        ).tcpServers
        self.assertEqual((port, backlog, interface), (4000, BACKLOG, "127.0.0.1"))
        assert isinstance(wrapper, ProxiedFactory)
        self.assertIs(wrapper.wrapped, factory)

    def test_a_proxy_before_a_proxy(self) -> None:
        """Each header is taken off in turn."""
        factory = ServerFactory()
        ((_port, outer, _backlog, _interface),) = listening(
            "haproxy:haproxy:tcp:4000", factory
        ).tcpServers
        assert isinstance(outer, ProxiedFactory)
        assert isinstance(outer.wrapped, ProxiedFactory)
        self.assertIs(outer.wrapped.wrapped, factory)

    def test_a_proxied_unix_socket(self) -> None:
        endpoint = parse_stream(IReactorCore(MemoryReactor()), "haproxy:unix:/run/upper")
        self.assertIsInstance(endpoint, ProxiedEndpoint)

    def test_bad(self) -> None:
        for text in (
            "",
            "4000",
            ":",
            "tcp:",
            "tcp:x",
            "tcp:4000:colour=red",
            "tcp6:",
            "tpc:4000",
            "haproxy:",
            "haproxy:udp:4000",
            "ssl:4000:privateKey=/nonexistent.pem",
        ):
            error = self.assertRaises(ValueError, parse_stream, MemoryReactor(), text)
            said, _, why = str(error).partition(" is no endpoint to listen on: ")
            self.assertSubstring(text.removeprefix("haproxy:"), said)
            self.assertTrue(why)
