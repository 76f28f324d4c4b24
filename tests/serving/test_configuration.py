"""The configuration file: what becomes of settings, and what is said of mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import ClassVar

from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase

from netsuite.serving.configuration import ConfigurationError, arguments, read, unknown


class Options(usage.Options):
    """Some options of each kind."""

    optParameters: ClassVar[list[list[object]]] = [
        ["delay", "d", None, "A number"],
        ["interface", None, None, "A string"],
    ]
    optFlags: ClassVar[list[list[object]]] = [["ephemeral", "e", "A flag"]]

    def __init__(self) -> None:
        super().__init__()
        self.listened: list[str] = []

    def opt_listen(self, endpoint: str) -> None:
        """May be repeated."""
        self.listened.append(endpoint)


class ReadTests(SynchronousTestCase):
    """From a file to settings."""

    def setUp(self) -> None:
        self.path = Path(self.mktemp())

    def error(self) -> str:
        return str(self.assertRaises(ConfigurationError, read, self.path))

    def test_settings(self) -> None:
        self.path.write_text(
            'interface = "::1" # grüß\nlisten = ["a", "b"]\n[services.clock]\ndelay = 0.5\n',
            encoding="utf-8",
        )
        self.assertEqual(
            read(self.path),
            {"interface": "::1", "listen": ["a", "b"], "services": {"clock": {"delay": 0.5}}},
        )

    def test_an_empty_file(self) -> None:
        self.path.touch()
        self.assertEqual(read(self.path), {})

    def test_a_missing_file(self) -> None:
        self.assertEqual(self.error(), f"{self.path}: No such file or directory")

    def test_a_folder(self) -> None:
        self.path.mkdir()
        self.assertEqual(self.error(), f"{self.path}: Is a directory")

    def test_no_toml(self) -> None:
        for text in ("delay == 5", "delay = ", "[services", "delay = 1\ndelay = 2", "a = '\n'"):
            self.path.write_text(text)
            error = self.error()
            self.assertTrue(error.startswith(f"{self.path}: "), error)
            self.assertRegex(error, r"\(at (line \d+, column \d+|end of document)\)$")

    def test_no_text(self) -> None:
        self.path.write_bytes(b"interface = '\xff'")
        error = self.error()
        self.assertTrue(error.startswith(f"{self.path}: "), error)
        self.assertSubstring("utf-8", error)


class UnknownTests(SynchronousTestCase):
    """Names that there are not."""

    def test_the_nearest_is_named(self) -> None:
        for name, nearest in (("dialog", "dialogue"), ("clocks", "clock"), ("lock", "clock")):
            error = unknown(name, ["clock", "dialogue"], "service")
            self.assertEqual(str(error), f"unknown service {name!r}; did you mean {nearest!r}?")

    def test_capitals_are_no_distance(self) -> None:
        error = unknown("CLOCK", ["clock", "dialogue"], "service")
        self.assertEqual(str(error), "unknown service 'CLOCK'; did you mean 'clock'?")

    def test_there_is_always_one(self) -> None:
        for name in ("zzz", "", "ärger", "x" * 1000):
            self.assertIn("; did you mean 'dialogue'?", str(unknown(name, ["dialogue"], "it")))

    def test_where_it_stands_is_shown_and_not_compared(self) -> None:
        error = unknown("services.clock.dealy", ["services.clock", "delay"], "setting")
        self.assertEqual(
            str(error), "unknown setting 'services.clock.dealy'; did you mean 'delay'?"
        )

    def test_control_characters_are_escaped(self) -> None:
        self.assertIn(r"'\x1b[31m'", str(unknown("\x1b[31m", ["a"], "setting")))

    def test_it_is_a_mistake_in_usage(self) -> None:
        self.assertIsInstance(unknown("a", ["b"], "setting"), usage.UsageError)


class ArgumentsTests(SynchronousTestCase):
    """From settings to a command line."""

    def arguments(self, **table: object) -> list[str]:
        return list(arguments(table, Options()))

    def error(self, prefix: str = "", **table: object) -> str:
        made = arguments(table, Options(), prefix=prefix)
        return str(self.assertRaises(ConfigurationError, list, made))

    def test_each_kind_of_value(self) -> None:
        for value, argument in (
            ("text", "--delay=text"),
            ("", "--delay="),
            ("--help", "--delay=--help"),
            ("a = b", "--delay=a = b"),
            (5, "--delay=5"),
            (-1, "--delay=-1"),
            (0.5, "--delay=0.5"),
        ):
            self.assertEqual(self.arguments(delay=value), [argument])

    def test_flags(self) -> None:
        self.assertEqual(self.arguments(ephemeral=True), ["--ephemeral"])
        self.assertEqual(self.arguments(ephemeral=False), [])

    def test_a_list_repeats_the_option(self) -> None:
        self.assertEqual(self.arguments(listen=["a", "b"]), ["--listen=a", "--listen=b"])
        self.assertEqual(self.arguments(listen="a"), ["--listen=a"])
        self.assertEqual(self.arguments(listen=[]), [])

    def test_the_options_understand_it(self) -> None:
        options = Options()
        table = {"listen": ["a", "b"], "delay": 5, "ephemeral": True, "interface": "::1"}
        options.parseOptions(list(arguments(table, options)))
        self.assertEqual(options.listened, ["a", "b"])
        self.assertEqual(dict(options), {"delay": "5", "ephemeral": 1, "interface": "::1"})

    def test_the_wrong_kind_of_value(self) -> None:
        """A date, a table, a list of lists, or a truth value where there is none."""
        value: object
        for value in (True, False, {}, {"a": 1}, [["a"]], [True], ["a", {}], date(2026, 11, 21)):
            self.assertEqual(self.error(delay=value), "delay must be a string or a number")
        for value in ("yes", "true", 1, 0, [], [True], {}):
            self.assertEqual(self.error(ephemeral=value), "ephemeral must be true or false")

    def test_the_place_is_named(self) -> None:
        prefix = "services.clock."
        self.assertEqual(
            self.error(prefix, ephemeral=1), "services.clock.ephemeral must be true or false"
        )
        self.assertEqual(
            self.error(prefix, delay=True), "services.clock.delay must be a string or a number"
        )
        self.assertEqual(
            self.error(prefix, lisen="a"),
            "unknown setting 'services.clock.lisen'; did you mean 'listen'?",
        )

    def test_what_is_no_setting(self) -> None:
        """Neither short names, nor what only a command line can do, nor Python's spelling."""
        for key in ("d", "e", "help", "version", "listen=", "--delay", "Delay", "opt_listen"):
            error = self.error(**{key: "x"})
            self.assertSubstring(f"unknown setting {key!r}; did you mean '", error)
            for name in ("help'", "version'", "="):
                self.assertNotIn(name, error.partition("; ")[2])
