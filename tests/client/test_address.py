from __future__ import annotations

import argparse
import json
from pathlib import Path

from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    UNIXClientEndpoint,
)
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.address import choose, parse_address
from netsuite.client.problems import ClientError, WrongUsage
from tests.client.support import new_folder


def options(
    connect: str | None = None,
    ready_file: Path | None = None,
    host: str | None = None,
    port: int | None = None,
) -> argparse.Namespace:
    return argparse.Namespace(connect=connect, ready_file=ready_file, host=host, port=port)


class ChooseTests(SynchronousTestCase):
    def test_default(self) -> None:
        target = choose(options(), "dialogue-sized")
        self.assertEqual(
            (target.text, target.host, target.port), ("tcp:localhost:12346", "localhost", 12346)
        )
        self.assertEqual(target.start, "twistd -n dialogue --framing sized")

    def test_host_and_port(self) -> None:
        for host in ("::1", "[::1]"):
            target = choose(options(host=host, port=7), "dialogue")
            self.assertEqual((target.text, target.host), ("tcp:[::1]:7", "::1"))

    def test_udp(self) -> None:
        target = choose(options(), "upper", "udp")
        self.assertEqual((target.transport, target.port), ("udp", 2345))
        with self.assertRaises(WrongUsage):
            choose(options(connect="tcp:h:1"), "upper", "udp")
        with self.assertRaises(WrongUsage):
            choose(options(connect="unix:/x"), "upper", "udp")

    def test_contradictions(self) -> None:
        for bad in (
            options(connect="tcp:h:1", host="h"),
            options(connect="tcp:h:1", port=5),
            options(connect="tcp:h:1", ready_file=Path("x")),
            options(ready_file=Path("x"), port=5),
        ):
            with self.assertRaises(WrongUsage):
                choose(bad, "dialogue")


class ReadyFileTests(SynchronousTestCase):
    def file(self, content: object) -> Path:
        path = new_folder(self) / "file"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def test_first_usable_address(self) -> None:
        path = self.file({"upper": ["udp:127.0.0.1:9", "tcp:[::1]:8", "tcp:127.0.0.1:7"]})
        self.assertEqual(choose(options(ready_file=path), "upper").port, 8)
        self.assertEqual(choose(options(ready_file=path), "upper", "udp").port, 9)

    def test_service_that_does_not_run(self) -> None:
        path = self.file({"upper": ["tcp:127.0.0.1:7"], "home\x1b": []})
        with self.assertRaises(ClientError) as caught:
            choose(options(ready_file=path), "dialogue")
        self.assertIn("running: upper, home\\x1b", str(caught.exception))

    def test_no_ready_file(self) -> None:
        for content in ("{", "[]", '{"upper": 5}', '{"upper": [5]}'):
            with self.assertRaises(ClientError) as caught:
                choose(options(ready_file=self.file(content)), "upper")
            self.assertIn("is not a ready file", str(caught.exception))
        with self.assertRaises(ClientError) as caught:
            choose(options(ready_file=new_folder(self) / "file"), "upper")
        self.assertIn("--ready-file", str(caught.exception))


class EndpointTests(SynchronousTestCase):
    def endpoint(self, text: str) -> object:
        return parse_address(text).endpoint(MemoryReactorClock(), 5)

    def test_plain_addresses(self) -> None:
        for text, kind in (
            ("tcp:h:5", HostnameEndpoint),
            ("tcp:[::1]:4000", TCP6ClientEndpoint),
            ("tcp:127.0.0.1:4000", TCP4ClientEndpoint),
        ):
            self.assertIsInstance(self.endpoint(text), kind)

    def test_endpoint_strings(self) -> None:
        self.assertIsInstance(self.endpoint("unix:/tmp/[x]"), UNIXClientEndpoint)
        self.endpoint("tcp:host=h:port=5")
        self.endpoint("tls:h:443")
        self.endpoint("tcp:[::1]:4000:timeout=5")

    def test_others_are_refused(self) -> None:
        for text in ("localhost:80", "tcp", "tcp:h", "tcp:h:x", "unix", "", "tcp:h:5:a=b"):
            with self.assertRaises(WrongUsage, msg=text) as caught:
                parse_address(text).endpoint(MemoryReactorClock(), 5)
            self.assertIn("tcp:HOST:PORT", str(caught.exception))
        with self.assertRaises(WrongUsage):
            parse_address("tcp:h:65536")
