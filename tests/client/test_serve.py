"""``netsuite serve``: what is for twistd, and what for the suite."""

from __future__ import annotations

from unittest.mock import patch

from twisted.scripts._twistd_unix import ServerOptions
from twisted.trial.unittest import SynchronousTestCase

from netsuite.client import serve


class SplitTests(SynchronousTestCase):
    def test_split(self) -> None:
        for words, theirs, names, rest in (
            ("", "", "", ""),
            ("--only dialogue", "", "", "--only dialogue"),
            ("--logfile x --only dialogue", "--logfile x", "--logfile", "--only dialogue"),
            ("--logfile=x --only dialogue", "--logfile=x", "--logfile", "--only dialogue"),
            ("-l x -n --only x -l y", "-l x -n", "-l -n", "--only x -l y"),
            ("-lx --grace 3", "-lx", "-l", "--grace 3"),
            ("-r poll", "-r poll", "-r", ""),
            ("-nrpoll -b", "-nrpoll -b", "-n -r -b", ""),
            ("--reac=poll", "--reac=poll", "--reactor", ""),
            ("--reactor", "", "", "--reactor"),
            ("dialogue", "", "", "dialogue"),
        ):
            found = serve.split(words.split(), ServerOptions())
            self.assertEqual(found, (theirs.split(), set(names.split()), rest.split()), words)


class FastestTests(SynchronousTestCase):
    def test_what_is_there(self) -> None:
        choice = serve.fastest()
        self.assertEqual((choice.name, choice.why), ("libuv", ""))

    def test_without_uvloop(self) -> None:
        modules = {"netsuite.libuv.reactor": None}
        with patch.dict("sys.modules", modules):
            choice = serve.fastest()
        self.assertEqual(choice.name, "epoll")
        self.assertIn("netsuite.libuv.reactor", choice.why)
