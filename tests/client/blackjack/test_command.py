"""Which command of ``netsuite blackjack`` is run."""

from __future__ import annotations

import argparse

from twisted.trial.unittest import SynchronousTestCase

from netsuite.client.arguments import parse
from netsuite.client.blackjack import configure, run
from netsuite.client.problems import WrongUsage


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="netsuite blackjack", allow_abbrev=False)
    configure(parser)
    return parse(parser, arguments)


class RunTests(SynchronousTestCase):
    def test_wrong_usage(self) -> None:
        for arguments, words in (
            ((), "type a command"),
            (("simulat",), "did you mean 'simulate'?"),
            (("qqq",), "there is no command 'qqq'; (netsuite blackjack --help lists them)"),
            (("\x1b[2J",), r"no command '\\x1b[2J'"),
            (("verify", "--rounds", "5"), "--rounds is for simulate"),
            (("verify", "--processes=2", "x"), "--processes is for simulate"),
            (("simulate", "vegas"), "simulate takes options only"),
        ):
            with self.assertRaises(WrongUsage, msg=arguments) as caught:
                run(parsed(*arguments))
            self.assertIn(words, str(caught.exception))
