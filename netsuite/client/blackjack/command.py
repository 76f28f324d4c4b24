"""The command line of ``netsuite blackjack``."""

from __future__ import annotations

import argparse
import difflib
from types import ModuleType
from typing import Final

from netsuite.client.blackjack import simulate, verify
from netsuite.client.problems import WrongUsage
from netsuite.text import printable

#: The module of each command, its arguments, and what it does. A module has ``configure``, which
#: adds its options, and ``run``, which finds its arguments in ``options.words``.
COMMANDS: Final[dict[str, tuple[ModuleType, str, str]]] = {
    "simulate": (simulate, "", "play by the basic strategy, and say what the house wins"),
    "verify": (verify, "[FILE…]", "check in a saved session that no shoe was tampered with"),
}

_NOTES = """
What the house wins is given in percent of the first bet, with its standard error.
A session is saved by telnet or nc through tee; without a FILE, or for the one
called -, it is read from standard input."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    usages = {f"{name} {words}".rstrip(): about for name, (_, words, about) in COMMANDS.items()}
    width = max(map(len, usages))
    lines = [f"  {usage:{width}}  {about}" for usage, about in usages.items()]
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(["commands:", *lines, _NOTES])
    parser.usage = f"{parser.prog} COMMAND [options] [arguments]"
    parser.add_argument("words", nargs="*", metavar="COMMAND", help="one of those below")
    parser.add_argument("--json", action="store_true", help="print JSON")
    for module, _, _ in COMMANDS.values():
        module.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status.

    :raises WrongUsage: for what makes no sense.
    """
    name, *options.words = options.words or [""]
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        wrong = f"there is no command {printable(name)!r}" if name else "type a command"
        raise WrongUsage(f"{wrong}; {meant}(netsuite blackjack --help lists them)")
    for option in simulate.OPTIONS:
        if name != "simulate" and getattr(options, option) is not None:
            raise WrongUsage(f"--{option} is for simulate")
    module, _, _ = COMMANDS[name]
    status: int = module.run(options)
    return status
