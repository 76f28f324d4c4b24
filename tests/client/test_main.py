from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.arguments import add_connection, add_words, parse, pause, port, seconds
from netsuite.client.main import COMMANDS, run, split
from netsuite.client.problems import WrongUsage
from tests.client.support import CHECKOUT, environment


def output_of(*arguments: str) -> tuple[int, str, str]:
    """Run the program in this process; return its status, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(arguments)
    return status, out.getvalue(), err.getvalue()


class SplitTests(SynchronousTestCase):
    def test_command_first(self) -> None:
        self.assertEqual(split(["say", "--port", "5", "hi"]), ([], "say", ["--port", "5", "hi"]))

    def test_common_options_before_the_command(self) -> None:
        self.assertEqual(
            split(["--port", "5", "--host=h", "--json", "say", "hi"]),
            (["--port", "5", "--host=h", "--json"], "say", ["hi"]),
        )

    def test_no_command(self) -> None:
        self.assertEqual(split(["--port", "5"])[1], None)
        self.assertEqual(split(["--port"])[1], None)

    def test_unknown_option_before_the_command(self) -> None:
        with self.assertRaises(WrongUsage) as caught:
            split(["--prot", "5", "say"])
        self.assertIn("--prot", str(caught.exception))


class ParseTests(SynchronousTestCase):
    def parse(self, *arguments: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser(prog="netsuite say", allow_abbrev=False)
        add_words(parser, "WORD", "what to say")
        add_connection(parser, "dialogue")
        return parse(parser, arguments)

    def test_options_anywhere(self) -> None:
        for arguments in (
            ("--port", "5", "time", "is", "precious"),
            ("time", "--port", "5", "is", "precious"),
            ("time", "is", "precious", "--port=5"),
        ):
            options = self.parse(*arguments)
            self.assertEqual((options.port, options.words), (5, ["time", "is", "precious"]))

    def test_everything_behind_two_dashes_is_literal(self) -> None:
        options = self.parse("a", "--port=5", "--", "--not-an-option", "--", "-x")
        self.assertEqual((options.port, options.words), (5, ["a", "--not-an-option", "--", "-x"]))

    def test_negative_numbers_and_empty_words_are_words(self) -> None:
        self.assertEqual(self.parse("-5", "").words, ["-5", ""])

    def test_unknown_option(self) -> None:
        err = io.StringIO()
        with contextlib.redirect_stderr(err), self.assertRaises(SystemExit) as caught:
            self.parse("a", "--loud")
        self.assertEqual(caught.exception.code, 2)
        self.assertIn("--loud", err.getvalue())
        self.assertIn("behind --", err.getvalue())

    def test_values(self) -> None:
        self.assertEqual(pause("3-10"), (3.0, 10.0))
        self.assertEqual(pause("0.5"), (0.5, 0.5))
        for convert, bad in (
            (port, ["0", "65536", "-1", "x", "", "٣"]),
            (seconds, ["0", "-1", "nan", "inf", "x"]),
            (pause, ["10-3", "x", "-1", "1-inf", "nan", "1-"]),
        ):
            for text in bad:
                with self.assertRaises(argparse.ArgumentTypeError, msg=text):
                    convert(text)


class RunTests(SynchronousTestCase):
    def test_help_names_every_command(self) -> None:
        status, out, _ = output_of("--help")
        self.assertEqual(status, 0)
        for name, summary in COMMANDS.items():
            self.assertRegex(out, rf"(?m)^  {name} +{summary}$")

    def test_help_of_each_command(self) -> None:
        for name in COMMANDS:
            status, out, _ = output_of(name, "--help")
            self.assertEqual(status, 0)
            self.assertIn(f"usage: netsuite {name}", out)

    def test_version(self) -> None:
        self.assertRegex(output_of("--version")[1], r"^netsuite \d+\.\d+")

    def test_nothing(self) -> None:
        status, out, err = output_of()
        self.assertEqual((status, out), (2, ""))
        self.assertIn("usage: netsuite COMMAND", err)

    def test_unknown_command(self) -> None:
        status, _, err = output_of("sya", "hi")
        self.assertEqual(status, 2)
        self.assertIn("did you mean 'say'?", err)
        self.assertNotIn("did you mean", output_of("qqqqqq")[2])

    def test_wrong_usage(self) -> None:
        for arguments, words in (
            (["say", "--port", "0", "hi"], "'0' is not a port"),
            (["say", "--framing", "loose", "hi"], "invalid choice"),
            (["say", "hi", "--connect", "tcp:h:1", "--port", "5"], "exclude each other"),
            (["say", "hi", "--connect", "udp:h:1"], "is not TCP"),
            (["upper", "hi", "--udp", "--connect", "tcp:h:1"], "is not UDP"),
            (["clock", "--duration", "5"], "need --follow"),
            (["clock", "--json"], "needs --clients"),
            (["fetch"], "give one URL"),
            (["fetch", "a", "b"], "only one"),
            (["fetch", "ftp://h/x"], "neither an http nor an https"),
            (["fetch", "http://h/", "-H", "no colon"], "is not a header"),
            (["fetch", "http://h/", "-O"], "-o FILE"),
            (["fetch", "http://h/", "-I", "-d", "x"], "-I sends HEAD"),
            (["list", "--port", "5"], "unknown argument --port"),
            (["list", "--", "x"], "unknown argument x"),
        ):
            status, out, err = output_of(*arguments)
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertIn(words, err, arguments)

    def test_help_starts_quickly(self) -> None:
        """The help must not import Twisted, let alone its reactor."""
        code = (
            "import sys; from netsuite.client.main import run; run(['--help']);"
            "sys.exit(any(name.startswith(('twisted', 'rich', 'treq')) for name in sys.modules))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            cwd=CHECKOUT,
            env=environment(),
            capture_output=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_no_command_imports_a_reactor_before_it_runs(self) -> None:
        code = (
            "import importlib, sys; from netsuite.client.main import COMMANDS;"
            "[importlib.import_module(f'netsuite.client.{name}') for name in COMMANDS];"
            "sys.exit('twisted.internet.reactor' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, cwd=CHECKOUT, env=environment(), timeout=60
        )
        self.assertEqual(done.returncode, 0)
