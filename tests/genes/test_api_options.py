"""The options of ``twistd genes``."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.address import IPv4Address
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.api import MAX_IMPORT
from netsuite.genes.schemas import MAX_QUERIES
from netsuite.tap.genes import Options, service
from netsuite.web.hosts import Host
from netsuite.web.site import Site

LOOPBACK = IPv4Address("TCP", "127.0.0.1", 5000)


def parsed(*arguments: str) -> Options:
    """Return the options of a command line."""
    options = Options()
    options.parseOptions(arguments)
    return options


class OptionsTests(SynchronousTestCase):
    def test_by_default(self) -> None:
        options = parsed()
        self.assertEqual(options.endpoints, ["tcp:5000:interface=127.0.0.1"])
        self.assertFalse(options["no-samples"])
        self.assertEqual(options.cross_origin.origins, frozenset())
        self.assertFalse(options.hosts.allows(Host.parse(b"genes.example.org"), LOOPBACK))
        # A thousand symbols fit, however they are written.
        self.assertGreater(options.limits.max_message, MAX_QUERIES * 1000)

    def test_hosts(self) -> None:
        options = parsed("--allow-host", "Genes.example.org", "--allow-host=192.0.2.1")
        for host in (b"genes.example.org:80", b"192.0.2.1", b"localhost"):
            self.assertTrue(options.hosts.allows(Host.parse(host), LOOPBACK))
        for bad in ("", "a b", "a:80", "http://a", "*"):
            error = self.assertRaises(usage.UsageError, parsed, "--allow-host", bad)
            self.assertIn(f"--allow-host {bad}: expected", str(error))

    def test_origins(self) -> None:
        options = parsed("--cors-origin", "https://Lab.example:443", "--cors-origin=http://b:81")
        self.assertEqual(options.cross_origin.origins, {"https://lab.example", "http://b:81"})
        for bad in ("", "*", "null", "lab.example", "https://lab.example/path"):
            error = self.assertRaises(usage.UsageError, parsed, "--cors-origin", bad)
            self.assertIn("expected SCHEME://HOST", str(error))

    def test_the_longest_import(self) -> None:
        for arguments, most in (((), MAX_IMPORT), (("--max-import", "7"), 7)):
            made = service(parsed("--store", f"sqlite:{self.mktemp()}", *arguments))
            site = made._factory
            assert isinstance(site, Site)
            self.assertEqual(site.max_body(b"POST", b"/genedb/import"), most)
            self.assertEqual(site.max_body(b"POST", b"/genedb/gene"), 1024 * 1024)
        for bad in ("0", "-1", "x", "1e3"):
            self.assertRaises(usage.UsageError, parsed, "--max-import", bad)

    def test_nothing_is_opened_before_the_start(self) -> None:
        path = Path(self.mktemp())
        service(parsed("--store", f"sqlite:{path}"))
        self.assertFalse(path.exists())
