"""``netsuite serve``: the whole suite, here and now, on the fastest reactor that this machine has.

It is ``twistd --nodaemon --reactor=… netsuite``. Of the words behind ``serve``, those up to the
first option that is none of twistd's are for twistd, and the rest for the suite.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import sys
from collections.abc import Sequence
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NamedTuple

from netsuite.client.arguments import is_option

#: The reactors, the fastest first. What a machine does not have, its module refuses to be.
FASTEST = (
    ("libuv", "netsuite.libuv.reactor"),
    ("epoll", "twisted.internet.epollreactor"),
    ("kqueue", "twisted.internet.kqreactor"),
    ("poll", "twisted.internet.pollreactor"),
)

#: Options upon which twistd tells something, and runs nothing.
_ONLY_TELLING = frozenset({"--help", "--help-reactors", "--version"})


class Choice(NamedTuple):
    """A reactor.

    :param name: what twistd calls it.
    :param why: why it is none that is faster, if there is one.
    """

    name: str
    why: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = "netsuite serve [twistd's options] [the suite's options]"
    parser.epilog = "twistd --help and twistd netsuite --help list the options."


def run(words: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    from twisted.scripts import twistd
    from twisted.scripts._twistd_unix import ServerOptions

    theirs, names, rest = split(words, ServerOptions())
    if not names & {"-r", "--reactor", *_ONLY_TELLING}:
        choice = fastest()
        print(f"netsuite: on the reactor {choice.name}{choice.why}", flush=True)
        theirs = [f"--reactor={choice.name}", *theirs]
    find_plugins()
    sys.argv = ["netsuite serve", "--nodaemon", "--pidfile=", *theirs, "netsuite", *rest]
    twistd.run()
    return 0


def find_plugins() -> None:
    """Show twistd the plugins of a checkout that is not installed."""
    from twisted import plugins

    if importlib.util.find_spec("twisted.plugins.netsuite_plugins") is None:
        plugins.__path__.append(str(Path(__file__).parents[2] / "twisted_plugins"))


def fastest() -> Choice:
    """Find the fastest reactor that this machine has."""
    why = ""
    for name, module in FASTEST:
        try:
            importlib.import_module(module)
        except ImportError as error:
            why = why or f" ({error})"
        else:
            return Choice(name, why)
    return Choice("default", why)


def split(words: Sequence[str], options: object) -> tuple[list[str], set[str], list[str]]:
    """Part what is for twistd from what is for the suite.

    :param words: what was typed behind the command.
    :param options: twistd's; :class:`twisted.python.usage.Options`.
    :returns: the words for twistd, the options that these are, and the other words.
    """
    short: str = options.shortOpt  # type: ignore[attr-defined]
    long: list[str] = options.longOpt  # type: ignore[attr-defined]
    names: set[str] = set()
    at = 0
    while at < len(words) and is_option(words[at]):
        # An option, or one and what it is given.
        for size in (1, 2):
            with contextlib.suppress(GetoptError):
                found, _ = getopt(words[at : at + size], short, long)
                names.update(name for name, _ in found)
                at += size
                break
        else:
            break
    return list(words[:at]), names, list(words[at:])
