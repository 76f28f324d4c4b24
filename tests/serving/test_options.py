"""The command line that every plugin understands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.framing import FRAMINGS, Line, Sized
from netsuite.serving.limits import Limits
from netsuite.serving.options import (
    CommonOptions,
    MessageOptions,
    Parser,
    ServiceOptions,
    StoreOptions,
    at_least,
    ip_address,
    one_of,
    parameter,
    positive_seconds,
    seconds,
)
from tests.serving.test_connections import Entered
from tests.transports import CLIENT


class Swap(MessageOptions):
    """A service for streams only, with messages."""

    service = "swap"
    framing_by_default = "line"


class Upper(ServiceOptions):
    """A service for streams and datagrams, with limits of its own."""

    service = "upper"
    limits_by_default = Limits(max_message=512, grace=3.0)


class Kept(ServiceOptions, StoreOptions):
    """A service with a store."""

    service = "secret"


class ParserTests(SynchronousTestCase):
    """From text to value, or a complaint."""

    def accepts(self, parse: Parser, **values: object) -> None:
        for text, expected in values.items():
            value = parse(text)
            self.assertEqual((value, type(value)), (expected, type(expected)), text)

    def refuses(self, parse: Parser, *texts: str, expected: str) -> None:
        for text in texts:
            error = self.assertRaises(ValueError, parse, text)
            self.assertEqual(str(error), expected)

    def test_seconds(self) -> None:
        self.accepts(seconds, **{"0": 0.0, "5": 5.0, "0.5": 0.5, "1e-3": 0.001, " 7 ": 7.0})
        self.refuses(
            seconds,
            *("", "long", "-1", "-0.001", "inf", "nan", "-inf", "5s", "1,5", "0x10"),
            expected="expected a number of seconds, such as 5 or 0.5",
        )

    def test_positive_seconds(self) -> None:
        self.accepts(positive_seconds, **{"0.001": 0.001, "300": 300.0})
        self.refuses(positive_seconds, "0", "0.0", "-0", expected="expected more than 0 seconds")
        self.refuses(
            positive_seconds,
            *("-1", "soon"),
            expected="expected a number of seconds, such as 5 or 0.5",
        )

    def test_at_least(self) -> None:
        self.accepts(at_least(1), **{"1": 1, "65536": 65536})
        self.accepts(at_least(-2), **{"-2": -2, "0": 0})
        self.refuses(
            at_least(1),
            *("", "0", "-1", "1.0", "ten", "1e3", "inf", "0x10"),
            expected="expected a whole number, at least 1",
        )

    def test_ip_address(self) -> None:
        self.accepts(
            ip_address,
            **{"127.0.0.1": "127.0.0.1", "0.0.0.0": "0.0.0.0", "0:0::1": "::1", "::": "::"},
        )
        self.refuses(
            ip_address,
            *("", "localhost", "127.0.0.1:80", "[::1]", "127.0.0", "256.0.0.1", "1", "::1::"),
            expected="expected an IP address, such as 127.0.0.1, 0.0.0.0 or ::1",
        )

    def test_one_of(self) -> None:
        parse = one_of(["red", "green"])
        self.accepts(parse, red="red", green="green")
        self.refuses(parse, "", "Red", "re", "red,green", expected="expected one of red, green")

    def test_a_parameter_names_its_option(self) -> None:
        class Options(usage.Options):
            optParameters: ClassVar[list[list[object]]] = [
                parameter("colour", one_of(["red"]), "What colour")
            ]

        options = Options()
        options.parseOptions([])
        self.assertIs(options["colour"], None)
        options.parseOptions(["--colour", "red"])
        self.assertEqual(options["colour"], "red")
        error = self.assertRaises(usage.UsageError, options.parseOptions, ["--colour=blue"])
        self.assertEqual(str(error), "--colour blue: expected one of red")


class CommonTests(SynchronousTestCase):
    """What the umbrella and the services understand alike."""

    def parse(self, *arguments: str) -> CommonOptions:
        options = CommonOptions()
        options.parseOptions(arguments)
        return options

    def test_nothing_given(self) -> None:
        options = self.parse()
        self.assertEqual(options.limits, Limits())
        self.assertEqual(options.delay, 0.0)
        self.assertIs(options.ready_file, None)
        self.assertFalse(options["ephemeral"])
        self.assertFalse(options["log-connections"])
        given = [name for name, value in options.items() if value]
        self.assertEqual(given, [])

    def test_each_limit_by_itself(self) -> None:
        for option, given, field, value in (
            ("max-message", "7", "max_message", 7),
            ("max-connections", "8", "max_connections", 8),
            ("max-per-peer", "9", "max_per_peer", 9),
            ("idle-timeout", "0.5", "idle_timeout", 0.5),
            ("request-timeout", "1.5", "request_timeout", 1.5),
            ("grace", "2.5", "grace", 2.5),
        ):
            limits = self.parse(f"--{option}", given).limits
            self.assertEqual(limits, Limits(**{field: value}))  # type: ignore[arg-type]

    def test_no_grace_is_a_grace(self) -> None:
        """What is given counts, also if it is zero."""
        self.assertEqual(self.parse("--grace=0").limits.grace, 0.0)

    def test_limits_of_a_service_of_its_own(self) -> None:
        options = Upper()
        options.parseOptions([])
        self.assertEqual(options.limits, Limits(max_message=512, grace=3.0))
        options.parseOptions(["--grace=5"])
        self.assertEqual(options.limits, Limits(max_message=512, grace=5.0))

    def test_the_help_tells_the_bounds(self) -> None:
        text = str(Upper())
        self.assertIn("--listen=", text)
        self.assertIn("Bounds by default: --max-message 512, --max-connections 20000", text)
        self.assertIn("--idle-timeout 300, --request-timeout 60, --grace 3\n", text)

    def test_mistakes_name_the_option(self) -> None:
        for option, value, expected in (
            ("interface", "localhost", "an IP address"),
            ("delay", "-1", "a number of seconds"),
            ("max-message", "0", "a whole number, at least 1"),
            ("max-connections", "many", "a whole number, at least 1"),
            ("max-per-peer", "0.5", "a whole number, at least 1"),
            ("idle-timeout", "0", "more than 0 seconds"),
            ("request-timeout", "inf", "a number of seconds"),
            ("grace", "-1", "a number of seconds"),
        ):
            error = self.assertRaises(usage.UsageError, self.parse, f"--{option}={value}")
            self.assertSubstring(f"--{option} {value}: expected {expected}", str(error))

    def test_what_there_is_not(self) -> None:
        self.assertRaises(usage.UsageError, self.parse, "--dealy=5")
        self.assertRaises(usage.UsageError, self.parse, "dialogue")

    def test_the_ready_file_is_absolute(self) -> None:
        options = self.parse("--ready-file", "ready.json")
        self.assertEqual(options.ready_file, Path(os.getcwd(), "ready.json"))  # noqa: PTH109
        options = self.parse("--ready-file", "/run/ready.json")
        self.assertEqual(options.ready_file, Path("/run/ready.json"))


class EndpointTests(SynchronousTestCase):
    """Where to listen."""

    def endpoints(self, *arguments: str) -> list[str]:
        options = Upper()
        options.parseOptions(arguments)
        return options.endpoints

    def refused(self, options: ServiceOptions, listen: str) -> str:
        error = self.assertRaises(usage.UsageError, options.parseOptions, ["--listen", listen])
        return str(error)

    def test_by_default(self) -> None:
        self.assertEqual(
            self.endpoints(),
            [
                "tcp:2345:interface=127.0.0.1",
                "udp:2345:interface=127.0.0.1",
                "udp:11111:interface=127.0.0.1",
            ],
        )

    def test_interface(self) -> None:
        self.assertEqual(
            self.endpoints("--interface=0.0.0.0"),
            [
                "tcp:2345:interface=0.0.0.0",
                "udp:2345:interface=0.0.0.0",
                "udp:11111:interface=0.0.0.0",
            ],
        )
        self.assertEqual(
            self.endpoints("--interface", "0::1"),
            [
                r"tcp6:2345:interface=\:\:1",
                r"udp:2345:interface=\:\:1",
                r"udp:11111:interface=\:\:1",
            ],
        )

    def test_ephemeral(self) -> None:
        self.assertEqual(
            self.endpoints("--ephemeral"),
            ["tcp:0:interface=127.0.0.1", *["udp:0:interface=127.0.0.1"] * 2],
        )

    def test_listen_replaces_the_defaults(self) -> None:
        given = ["tcp:4000", "unix:/run/upper", r"udp:4000:interface=\:\:1", "systemd:name=x"]
        arguments = [f"--listen={each}" for each in given]
        self.assertEqual(self.endpoints(*arguments), given)
        self.assertEqual(self.endpoints(*arguments, "--ephemeral", "--interface=::1"), given)

    def test_two_command_lines_share_nothing(self) -> None:
        self.endpoints("--listen=tcp:4000")
        self.assertEqual(len(self.endpoints()), 3)

    def test_a_malformed_datagram_endpoint(self) -> None:
        for listen in ("udp:", "udp:x", "udp:65536", "udp:1:interface=here"):
            self.assertEqual(
                self.refused(Upper(), listen),
                f"--listen {listen!r}: expected udp:PORT or udp:PORT:interface=ADDRESS",
            )

    def test_datagrams_for_a_service_without(self) -> None:
        self.assertEqual(
            self.refused(Swap(), "udp:4000"), "--listen udp:4000: swap has no datagrams"
        )

    def test_the_books(self) -> None:
        """They have the service's name and the limits, and log as they are told to."""
        options = Upper()
        options.parseOptions(["--max-connections=1", "--log-connections"])
        books = options.connections(Clock())
        self.assertEqual((books.service, books.limits), ("upper", options.limits))
        connection = Entered()
        with capturedLogs() as events:
            books.enter(connection, CLIENT)
            self.assertFalse(books.admits(CLIENT))
            books.leave(connection)
        self.assertEqual([event.get("reason") for event in events][::2], ["connected", "closed"])


class MessageTests(SynchronousTestCase):
    """The framing."""

    def test_framing(self) -> None:
        options = Swap()
        options.parseOptions([])
        self.assertEqual((options.framing, options.new_framing), ("line", Line))
        options.parseOptions(["--framing=sized"])
        self.assertEqual((options.framing, options.new_framing), ("sized", Sized))

    def test_every_framing_by_its_name(self) -> None:
        for name, framing in FRAMINGS.items():
            options = Swap()
            options.parseOptions(["--framing", name])
            self.assertIs(options.new_framing, framing)

    def test_no_such_framing(self) -> None:
        error = self.assertRaises(usage.UsageError, Swap().parseOptions, ["--framing=lines"])
        self.assertEqual(
            str(error), "--framing lines: expected one of nul, sized, line, int32, netstring"
        )


class StoreTests(SynchronousTestCase):
    """The store."""

    def test_store(self) -> None:
        options = Kept()
        options.parseOptions([])
        self.assertIs(options["store"], None)
        options.parseOptions(["--store=sqlite:state"])
        self.assertEqual(options["store"], f"sqlite:{Path.cwd() / 'state'}")
        options.parseOptions(["--store=postgresql://host/base"])
        self.assertEqual(options["store"], "postgresql://host/base")

    def test_no_store(self) -> None:
        error = self.assertRaises(usage.UsageError, Kept().parseOptions, ["--store", "state"])
        self.assertEqual(
            str(error),
            "--store state: 'state' names no store: "
            "expected sqlite:PATH or postgresql://USER@HOST/DATABASE",
        )

    def test_passwords_are_not_shown(self) -> None:
        error = self.assertRaises(
            usage.UsageError, Kept().parseOptions, ["--store", "mysql://me:pass@host/x"]
        )
        self.assertIn("--store mysql://me:***@host/x: ", str(error))
        self.assertNotIn("pass@", str(error))

    def test_only_for_those_that_keep_something(self) -> None:
        self.assertRaises(usage.UsageError, Swap().parseOptions, ["--store=sqlite:state"])
