"""The catalogue agrees with the contract, with the taps, and with itself."""

from __future__ import annotations

from importlib import import_module

from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE, Endpoint, udp_ports
from netsuite.serving.options import ServiceOptions

#: Where the services are promised to listen.
PROMISED = {
    "greeter": ["tcp:12344"],
    "hello": ["tcp:8999"],
    "dialogue": ["tcp:12345"],
    "dialogue-sized": ["tcp:12346"],
    "clock": ["tcp:12091"],
    "upper": ["tcp:2345", "udp:2345", "udp:11111"],
    "swap": ["tcp:12092"],
    "secret": ["tcp:12093"],
    "home": ["tcp:8000"],
    "secretword": ["tcp:8001"],
    "files": ["tcp:8888"],
    "genes": ["tcp:5000"],
    "cars": ["tcp:9653"],
    "blackjack": ["tcp:9000"],
}


class CatalogueTests(SynchronousTestCase):
    """Every entry."""

    def test_endpoints(self) -> None:
        listed = {name: list(map(str, entry.endpoints)) for name, entry in CATALOGUE.items()}
        self.assertEqual(listed, PROMISED)
        self.assertEqual(list(listed), list(PROMISED))

    def test_names(self) -> None:
        for name, entry in CATALOGUE.items():
            self.assertEqual(entry.name, name)
            self.assertRegex(name, r"\A[a-z]+(-[a-z]+)*\Z")
            self.assertTrue(entry.summary)

    def test_no_endpoint_twice(self) -> None:
        endpoints = [each for entry in CATALOGUE.values() for each in entry.endpoints]
        self.assertEqual(len(endpoints), len(set(endpoints)))
        self.assertEqual({each.transport for each in endpoints}, {"tcp", "udp"})

    def test_udp_ports(self) -> None:
        self.assertEqual(list(udp_ports()), [2345, 11111])

    def test_an_endpoint_in_words(self) -> None:
        self.assertEqual(str(Endpoint("udp", 53)), "udp:53")

    def test_taps(self) -> None:
        for entry in CATALOGUE.values():
            tap = import_module(entry.tap)
            self.assertTrue(issubclass(tap.Options, ServiceOptions), entry.tap)
            self.assertTrue(callable(tap.service), entry.tap)
            self.assertTrue(callable(tap.makeService), entry.tap)

    def test_the_arguments_make_the_service(self) -> None:
        for entry in CATALOGUE.values():
            options: ServiceOptions = import_module(entry.tap).Options()
            options.parseOptions(list(entry.arguments))
            self.assertEqual(options.service, entry.name)
            self.assertIs(options.entry, entry)
            self.assertEqual(len(options.endpoints), len(entry.endpoints))

    def test_no_service_takes_what_it_does_not_know(self) -> None:
        for entry in CATALOGUE.values():
            for argument in ("--no-such-option", "no-such-argument"):
                options: ServiceOptions = import_module(entry.tap).Options()
                self.assertRaises(usage.UsageError, options.parseOptions, [argument])
