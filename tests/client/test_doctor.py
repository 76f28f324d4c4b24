from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE, Endpoint, Entry
from netsuite.client import checks
from netsuite.client.checks import Finding
from netsuite.client.doctor import report
from netsuite.client.ports import Port, look_at
from tests.client.support import NetworkTestCase, Piecemeal, Printed, netsuite, new_folder


class ReportTests(SynchronousTestCase):
    findings = (Finding("Python", True, "3.13"), Finding("port", False, "taken\x1b", "stop it"))

    def test_lines(self) -> None:
        output = Printed(terminal=True)
        self.assertEqual(report(output, iter(self.findings), as_json=False), 1)
        self.assertEqual(
            output.bytes.decode().splitlines(),
            ["ok       Python: 3.13", "problem  port: taken\\x1b", "         stop it"],
        )

    def test_all_is_well(self) -> None:
        self.assertEqual(report(Printed(), iter(self.findings[:1]), as_json=False), 0)

    def test_json(self) -> None:
        output = Printed()
        self.assertEqual(report(output, iter(self.findings), as_json=True), 1)
        self.assertEqual(json.loads(output.bytes), [attrs.asdict(it) for it in self.findings])


class CheckTests(SynchronousTestCase):
    def test_this_python_and_this_twisted(self) -> None:
        self.assertTrue(checks.check_python().ok)
        self.assertTrue(checks.check_twisted().ok)

    def test_module_that_cannot_be_imported(self) -> None:
        entry = Entry("x", "x", (), "no_such_plugin")
        (finding,) = checks.check_taps([entry])
        self.assertFalse(finding.ok)
        self.assertIn("netsuite.tap.no_such_plugin", finding.detail)
        self.assertIn("pip install", finding.mend)

    def test_plugins_that_are_not_listed(self) -> None:
        finding = checks.check_plugins({"no-such-plugin"})
        self.assertFalse(finding.ok)
        self.assertIn("none of them", finding.detail)
        self.assertIn("pip install .", finding.mend)
        finding = checks.check_plugins({"no-such-plugin", "web"})
        self.assertIn("does not list no-such-plugin", finding.detail)
        self.assertTrue(checks.check_plugins({"web"}).ok)

    def test_open_files(self) -> None:
        self.assertTrue(checks.check_files(1024, 4096).ok)
        self.assertTrue(checks.check_files(-1, -1).ok)
        finding = checks.check_files(256, -1)
        self.assertFalse(finding.ok)
        self.assertIn("ulimit -n", finding.mend)

    def test_store(self) -> None:
        folder = new_folder(self)
        finding = checks.check_store(f"sqlite:{folder}/store.sqlite3")
        self.assertTrue(finding.ok, finding)
        (folder / "file").write_text("no folder")
        for url in ("no-store", f"sqlite:{folder}/file"):
            finding = checks.check_store(url)
            self.assertFalse(finding.ok, finding)
            self.assertTrue(finding.mend)


class TwistdTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = new_folder(self)
        self.python = self.folder / "ours" / "python"
        (self.folder / "ours").mkdir(parents=True)
        (self.folder / "other").mkdir()

    def script(self, where: str, start: str) -> None:
        path = self.folder / where / "twistd"
        path.write_text(start)
        path.chmod(0o755)

    def check(self, where: str) -> Finding:
        return checks.check_twistd(str(self.folder / where), self.python)

    def test_beside_this_python(self) -> None:
        self.script("ours", "#!/bin/sh\n")
        self.assertTrue(self.check("ours").ok)

    def test_elsewhere_with_this_python(self) -> None:
        self.script("other", f"#!{self.python}3.11\n")
        self.assertTrue(self.check("other").ok)
        self.script("other", f'#!/bin/sh\n\'\'\'exec\' "{self.python}" "$0" "$@"\n')
        self.assertTrue(self.check("other").ok)

    def test_another_python(self) -> None:
        for start in ("#!/usr/bin/python3\n", "#!/usr/bin/env python3\n", "", "\x7fELF\xff"):
            self.script("other", start)
            finding = self.check("other")
            self.assertFalse(finding.ok)
            self.assertIn("belongs to another Python", finding.detail)
            self.assertIn(str(self.folder / "ours" / "twistd"), finding.mend)

    def test_none(self) -> None:
        self.assertIn("pip install", self.check("other").mend)
        self.script("ours", "#!/bin/sh\n")
        self.assertIn("activate", self.check("other").mend)


class PortTests(NetworkTestCase):
    def look(self, service: str, transport: str, port: int) -> Any:
        return deferToThread(look_at, service, Endpoint(transport, port))

    async def test_free(self) -> None:
        port = await self.closed_port()
        for transport in ("tcp", "udp"):
            self.assertIs(await self.look("upper", transport, port), Port.FREE)

    async def test_taken(self) -> None:
        port = self.serve(lambda transport, data: transport.write(b"no!"))
        for service in ("dialogue", "clock"):
            self.assertIs(await self.look(service, "tcp", port), Port.TAKEN)

    async def test_ours(self) -> None:
        answers: dict[str, Callable[[bytes], bytes]] = {
            "dialogue": lambda data: data.replace(b"nuqneH?", b"Qapla'!"),
            "upper": bytes.upper,
            "home": lambda data: b"HTTP/1.1 200 OK\r\n\r\n<h1>hello client</h1>",
        }
        for service, answer in answers.items():
            port = self.serve_protocol(partial(Piecemeal, answer))
            self.assertIs(await self.look(service, "tcp", port), Port.OURS)

    async def test_udp(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            self.assertIs(await self.look("upper", "udp", port), Port.TAKEN)

    def test_findings(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            endpoint = Endpoint("tcp", taken.getsockname()[1])
            finding = checks.check_port(CATALOGUE["clock"], endpoint)
        self.assertFalse(finding.ok)
        self.assertEqual(finding.check, f"clock on {endpoint}")
        self.assertIn(str(endpoint.port), finding.detail)
        for words in ("stop what listens there", "--listen", "--ephemeral"):
            self.assertIn(words, finding.mend)
        self.assertTrue(checks.check_port(CATALOGUE["clock"], endpoint).ok)


class CommandTests(NetworkTestCase):
    async def test_json(self) -> None:
        out, err, status = await netsuite("doctor", "--json", "--store", "no-store")
        found = {finding["check"]: finding for finding in json.loads(out)}
        self.assertEqual((err, status), (b"", 1))
        self.assertFalse(found["store"]["ok"])
        self.assertIn(sys.executable, found["Python"]["detail"])
        for check in ("Twisted", "plugins", "twistd", "open files", "upper on udp:11111"):
            self.assertIn(check, found)
