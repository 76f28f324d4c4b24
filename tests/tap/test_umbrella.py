"""``twistd netsuite``: which services, set how, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE
from netsuite.serving.limits import Limits
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite
from netsuite.tap.netsuite import Options, makeService


class Case(SynchronousTestCase):
    """Parses command lines and configuration files."""

    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute()

    def parse(self, *arguments: str) -> Options:
        options = Options()
        options.parseOptions(arguments)
        return options

    def configured(self, text: str, *arguments: str) -> Options:
        self.path.write_text(dedent(text), encoding="utf-8")
        return self.parse("--config", str(self.path), *arguments)

    def chosen(self, *arguments: str) -> list[str]:
        return list(self.parse(*arguments).services)

    def refused(self, *arguments: str) -> str:
        return str(self.assertRaises(usage.UsageError, self.parse, *arguments))

    def refused_file(self, text: str, *arguments: str) -> str:
        """Return what is said of a file, without the file's name, with which it must begin."""
        error = str(self.assertRaises(usage.UsageError, self.configured, text, *arguments))
        start = f"{self.path}: "
        self.assertTrue(error.startswith(start), error)
        return error.removeprefix(start)


class ChoiceTests(Case):
    """``--only`` and ``--without``."""

    def test_all(self) -> None:
        self.assertEqual(self.chosen(), list(CATALOGUE))

    def test_only(self) -> None:
        self.assertEqual(self.chosen("--only=clock"), ["clock"])
        self.assertEqual(self.chosen("--only", "swap,clock"), ["clock", "swap"])
        self.assertEqual(self.chosen("--only=swap", "--only=clock,swap"), ["clock", "swap"])
        self.assertEqual(self.chosen("--only=dialogue-sized"), ["dialogue-sized"])

    def test_without(self) -> None:
        rest = [name for name in CATALOGUE if name not in ("clock", "swap")]
        self.assertEqual(self.chosen("--without=clock,swap"), rest)
        self.assertEqual(self.chosen("--without=swap", "--without", "clock"), rest)

    def test_both(self) -> None:
        self.assertEqual(self.chosen("--only=clock,swap", "--without=swap"), ["clock"])

    def test_a_comma_too_many(self) -> None:
        self.assertEqual(self.chosen("--only=,clock,,swap,"), ["clock", "swap"])

    def test_no_such_service(self) -> None:
        for option in ("--only", "--without"):
            for value in ("dialog", "clock,dialog"):
                self.assertEqual(
                    self.refused(option, value),
                    "unknown service 'dialog'; did you mean 'dialogue'?",
                )

    def test_none_left(self) -> None:
        for arguments in (
            ("--without", ",".join(CATALOGUE)),
            ("--only=clock", "--without=clock"),
        ):
            self.assertEqual(
                self.refused(*arguments),
                "no service is left to run; see --only and --without",
            )

    def test_twice_parsed_is_not_twice_meant(self) -> None:
        """The command line is read again when there is a file."""
        options = self.configured("", "--only=clock")
        self.assertEqual(list(options.services), ["clock"])


class HandedOnTests(Case):
    """What is said of all services reaches each."""

    def test_nothing(self) -> None:
        """Each service has its own defaults; not all of them are the same."""
        services = self.parse().services
        self.assertEqual(services["clock"].limits, Limits())
        self.assertGreater(services["files"].limits.max_message, Limits().max_message)

    def test_limits(self) -> None:
        options = self.parse(
            "--max-message=7",
            "--max-connections=8",
            "--max-per-peer=9",
            "--idle-timeout=0.5",
            "--request-timeout=1.5",
            "--grace=0",
        )
        limits = Limits(
            max_message=7,
            max_connections=8,
            max_per_peer=9,
            idle_timeout=0.5,
            request_timeout=1.5,
            grace=0.0,
        )
        for name, service in options.services.items():
            self.assertEqual(service.limits, limits, name)

    def test_delay(self) -> None:
        for text, delay in (("5", 5.0), ("1e-7", 1e-7), ("0", 0.0)):
            for service in self.parse("--delay", text).services.values():
                self.assertEqual(service.delay, delay)

    def test_where(self) -> None:
        for name, service in self.parse("--ephemeral", "--interface=::1").services.items():
            self.assertEqual(
                service.endpoints,
                [
                    rf"{each.transport.replace('tcp', 'tcp6')}:0:interface=\:\:1"
                    for each in CATALOGUE[name].endpoints
                ],
            )

    def test_flags(self) -> None:
        for service in self.parse("--log-connections").services.values():
            self.assertTrue(service["log-connections"])
            self.assertFalse(service["ephemeral"])

    def test_the_store_goes_to_those_that_have_one(self) -> None:
        options = self.parse("--store=sqlite:state")
        stores = {
            name: service["store"]
            for name, service in options.services.items()
            if "store" in service
        }
        url = f"sqlite:{Path.cwd() / 'state'}"
        names = ("secret", "secretword", "genes", "cars", "blackjack")
        self.assertEqual(stores, dict.fromkeys(names, url))

    def test_the_ready_file_is_the_suites(self) -> None:
        options = self.parse("--ready-file=ready.json")
        self.assertEqual(options.ready_file, Path.cwd() / "ready.json")
        for service in options.services.values():
            self.assertIs(service.ready_file, None)

    def test_mistakes(self) -> None:
        self.assertEqual(
            self.refused("--delay=long"),
            "--delay long: expected a number of seconds, such as 5 or 0.5",
        )
        self.refused("clock")  # --only is what is meant
        self.refused("--listen=tcp:0")  # of which service?


class ConfigurationTests(Case):
    """``--config``: the file, and who has the last word."""

    def test_the_same_settings(self) -> None:
        text = """
            without = ["files", "home"]
            interface = "127.0.0.2"
            ephemeral = true
            delay = 0.5
            max-message = 10
            ready-file = "/run/ready.json"
            store = "sqlite:/var/lib/state"
        """
        options = self.configured(text)
        self.assertEqual(
            list(options.services), [name for name in CATALOGUE if name not in ("files", "home")]
        )
        self.assertEqual(options.ready_file, Path("/run/ready.json"))
        for service in options.services.values():
            self.assertEqual(service.delay, 0.5)
            self.assertEqual(service.limits, Limits(max_message=10))
            for endpoint in service.endpoints:
                self.assertRegex(endpoint, r"\A(tcp|udp):0:interface=127\.0\.0\.2\Z")
        self.assertEqual(options.services["secret"]["store"], "sqlite:/var/lib/state")

    def test_a_service_of_its_own(self) -> None:
        """A service's table goes before what is said of all, wherever that is said."""
        text = """
            delay = 1
            max-message = 10

            [services.dialogue]
            delay = 2
            framing = "line"
            listen = ["tcp:4000", "unix:/run/dialogue"]

            [services.secret]
            secret = 7
            new = true
        """
        for arguments, delay in (((), 1.0), (("--delay=3",), 3.0)):
            services = self.configured(text, *arguments).services
            self.assertEqual(services["clock"].delay, delay)
            dialogue = services["dialogue"]
            self.assertEqual((dialogue.delay, dialogue["framing"]), (2.0, "line"))
            self.assertEqual(dialogue.limits, Limits(max_message=10))
            self.assertEqual(dialogue.endpoints, ["tcp:4000", "unix:/run/dialogue"])
            self.assertEqual(services["dialogue-sized"].delay, delay)
            self.assertEqual(services["dialogue-sized"]["framing"], "sized")
            self.assertEqual(services["secret"]["secret"], "7")
            self.assertTrue(services["secret"]["new"])

    def test_the_command_line_has_the_last_word(self) -> None:
        text = """
            only = "clock,swap"
            delay = 1
            interface = "127.0.0.2"
            max-message = 10
        """
        options = self.configured(text, "--only=dialogue", "--delay=2", "--interface=127.0.0.3")
        (dialogue,) = options.services.values()
        self.assertEqual(dialogue.service, "dialogue")
        self.assertEqual(dialogue.delay, 2.0)
        self.assertEqual(dialogue.endpoints, ["tcp:12345:interface=127.0.0.3"])
        self.assertEqual(dialogue.limits.max_message, 10)

    def test_only_and_without_are_replaced_each_for_itself(self) -> None:
        text = 'only = ["clock", "swap", "hello"]\nwithout = "swap"\n'
        self.assertEqual(list(self.configured(text).services), ["hello", "clock"])
        options = self.configured(text, "--without=clock")
        self.assertEqual(list(options.services), ["hello", "swap"])
        options = self.configured(text, "--only=swap,clock")
        self.assertEqual(list(options.services), ["clock"])

    def test_an_empty_file(self) -> None:
        self.assertEqual(list(self.configured("").services), list(CATALOGUE))

    def test_an_empty_table(self) -> None:
        options = self.configured("[services]\n[services.clock]")
        self.assertEqual(list(options.services), list(CATALOGUE))

    def test_a_table_of_a_service_that_does_not_run_is_checked_too(self) -> None:
        said = self.refused_file("[services.clock]\ndelay = 'long'\n", "--only=swap")
        self.assertIn("--delay long: expected", said)

    def test_no_such_file(self) -> None:
        self.assertEqual(
            self.refused("--config", str(self.path)), f"{self.path}: No such file or directory"
        )

    def test_no_toml(self) -> None:
        self.assertIn("line 2", self.refused_file("delay = 1\ndelay == 2\n"))


class MistakesTests(Case):
    """Mistakes in the file: each is told with the file, the key and the mend."""

    def test_settings_of_all(self) -> None:
        for text, said in (
            ("dealy = 5", "unknown setting 'dealy'; did you mean 'delay'?"),
            ("max_message = 5", "unknown setting 'max_message'; did you mean 'max-message'?"),
            ("[service.clock]", "unknown setting 'service'; did you mean "),
            ("delay = true", "delay must be a string or a number"),
            ("ephemeral = 1", "ephemeral must be true or false"),
            ("delay = -1", "--delay -1: expected a number of seconds, such as 5 or 0.5"),
            ("interface = 'lo'", "--interface lo: expected an IP address, such as "),
            ("only = 'dialog'", "unknown service 'dialog'; did you mean 'dialogue'?"),
            ("only = ['clock', 5]", "unknown service '5'; did you mean "),
            ("only = 'clock'\nwithout = 'clock'", "no service is left to run; see --only and "),
            ("listen = 'tcp:1'", "unknown setting 'listen'; did you mean "),
            ("framing = 'line'", "unknown setting 'framing'; did you mean "),
        ):
            self.assertSubstring(said, self.refused_file(text))

    def test_the_tables(self) -> None:
        expected = "services must be a table of tables, such as [services.clock]"
        for text in ("services = 3", "services = 'clock'", "[[services]]\nclock = 1"):
            self.assertEqual(self.refused_file(text), expected)
        for text in ("services.clock = 5", "[[services.clock]]\ndelay = 5"):
            self.assertEqual(self.refused_file(text), "services.clock must be a table")

    def test_no_such_service(self) -> None:
        self.assertEqual(
            self.refused_file("[services.dialog]\ndelay = 5"),
            "unknown service 'services.dialog'; did you mean 'dialogue'?",
        )

    def test_settings_of_a_service(self) -> None:
        for name, text, said in (
            ("clock", "dealy = 5", "unknown setting 'services.clock.dealy'; did you mean 'delay'?"),
            ("clock", "framing = 'line'", "unknown setting 'services.clock.framing'; did you "),
            ("swap", "store = 'sqlite:x'", "unknown setting 'services.swap.store'; did you mean "),
            ("clock", "delay = true", "services.clock.delay must be a string or a number"),
            ("clock", "ephemeral = 'no'", "services.clock.ephemeral must be true or false"),
            ("clock", "delay = 'x'", "[services.clock] --delay x: expected a number of seconds"),
            ("swap", "framing = 'x'", "[services.swap] --framing x: expected one of nul, sized"),
            ("clock", "listen = 'udp:1'", "[services.clock] --listen udp:1: clock has no datagr"),
            ("upper", "listen = 'udp:x'", "[services.upper] --listen 'udp:x': expected udp:PORT"),
            ("files", "root = '/nowhere'", "[services.files] --root /nowhere: expected a folder"),
            ("secret", "secret = 'x'", "[services.secret] --secret x: expected a whole number"),
        ):
            self.assertSubstring(said, self.refused_file(f"[services.{name}]\n{text}\n"))

    def test_settings_that_would_have_no_effect(self) -> None:
        """A file names no other file; and it is the suite that has a ready file."""
        said = self.refused_file("config = 'other.toml'")
        self.assertSubstring("config", said)
        said = self.refused_file("[services.clock]\nready-file = 'ready.json'\n")
        self.assertSubstring("services.clock.ready-file", said)

    def test_one_of_the_two_dialogues_cannot_become_the_other(self) -> None:
        """They differ in name and in default port, by their framing."""
        for name, framing, other in (
            ("dialogue", "sized", "dialogue-sized"),
            ("dialogue-sized", "nul", "dialogue"),
        ):
            said = self.refused_file(f"[services.{name}]\nframing = '{framing}'\n")
            self.assertIn(f"make {other} of {name}", said)


class ServiceTests(Case):
    """What twistd gets."""

    def suite(self, *arguments: str) -> dict[str, ListeningService]:
        suite = makeService(self.parse(*arguments))
        assert isinstance(suite, Suite)
        services = list(suite)
        assert all(isinstance(each, ListeningService) for each in services)
        return {each.name: each for each in services}

    def test_all(self) -> None:
        self.assertEqual(list(self.suite()), list(CATALOGUE))

    def test_some(self) -> None:
        services = self.suite("--only=swap,dialogue-sized", "--max-connections=3")
        self.assertEqual(list(services), ["dialogue-sized", "swap"])
        for name, service in services.items():
            self.assertEqual(service.connections.service, name)
            self.assertEqual(service.connections.limits.max_connections, 3)

    def test_making_it_listens_nowhere_and_leaves_nothing(self) -> None:
        here = set(Path.cwd().iterdir())
        services = self.suite("--store=sqlite:state")
        self.assertEqual([each.addresses for each in services.values()], [[]] * len(CATALOGUE))
        self.assertEqual(set(Path.cwd().iterdir()), here)
