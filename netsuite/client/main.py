"""The ``netsuite`` program: finds the command, runs it, and turns the outcome into a status.

==== ==========================================================================
0    success
1    the server refused, cannot be reached, or went away
2    wrong usage
130  interrupted with Ctrl-C
141  standard output was closed, as by ``| head -1``
==== ==========================================================================
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from netsuite import __version__
from netsuite.client.arguments import VALUED, is_option, parse
from netsuite.client.problems import ClientError, WrongUsage

#: Every command, which is the name of its module here, and what it does. The module is
#: imported only when its command is given.
COMMANDS = {
    "greet": "print what the greeter says",
    "hello": "print how the hello service greets this machine",
    "say": "say something to the dialogue service and print its reply",
    "clock": "ask for the time, once or again and again, as one client or thousands",
    "upper": "have text turned into upper case, over TCP or UDP",
    "swap": "swap a string with somebody else",
    "guess": "guess the secret number, or the secret word",
    "cars": "look up, change and register cars: one by one, from files, or in a menu",
    "blackjack": "simulate a game's rules, and check that a shoe was not tampered with",
    "genes": "look up, search, resolve, edit, import and export genes",
    "fetch": "print or save what a URL holds",
    "serve": "run all services, on the fastest reactor that this machine has",
    "list": "list the services and their endpoints",
    "doctor": "check this installation, and say how to mend what is wrong",
}


#: Those that pass their words on to somebody else, who reads them.
PASSING_ON = frozenset({"serve"})


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    :param arguments: the command line without the program's name; ``sys.argv[1:]`` if None.
    :returns: the exit status.
    """
    try:
        try:
            status = _dispatch(list(sys.argv[1:] if arguments is None else arguments))
        except SystemExit as leaving:  # argparse: --help, --version, wrong usage
            status = leaving.code if isinstance(leaving.code, int) else 1
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Python flushes standard output once more as it exits: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return status


def split(arguments: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """Find the command among the arguments; common options may come before it.

    :returns: what stands before the command, the command (None if there is none), and what
        stands behind it.
    :raises WrongUsage: for an unknown option before the command.
    """
    words = iter(enumerate(arguments))
    for index, word in words:
        if not is_option(word):
            return list(arguments[:index]), word, list(arguments[index + 1 :])
        if word in VALUED:
            next(words, None)
        elif word.partition("=")[0] not in {*VALUED, "--json"}:
            raise WrongUsage(f"unknown option {word}; a command's own options come after it")
    return list(arguments), None, []


def _dispatch(arguments: list[str]) -> int:
    """Run the command that the arguments name; problems become a line on standard error."""
    program = "netsuite"
    try:
        if arguments and arguments[0] in {"-h", "--help", "--version"}:
            _overview().parse_args(arguments[:1])
        before, name, after = split(arguments)
        if name is None:
            _overview().print_help(sys.stderr)
            return WrongUsage.status
        if name not in COMMANDS:
            raise WrongUsage(_unknown(name))
        program = f"netsuite {name}"
        module = importlib.import_module(f"netsuite.client.{name}")
        parser = argparse.ArgumentParser(
            prog=program, description=_sentence(COMMANDS[name]), allow_abbrev=False
        )
        module.configure(parser)
        words = [*before, *after]
        passed_on = name in PASSING_ON and words[:1] not in (["-h"], ["--help"])
        status: int = module.run(words if passed_on else parse(parser, words))
        return status
    except BrokenPipeError:
        raise
    except ClientError as problem:
        _complain(program, str(problem))
        return problem.status
    except OSError as error:
        _complain(program, str(error))
        return ClientError.status


def _complain(program: str, text: str) -> None:
    """Write one line to standard error, which may be closed."""
    if sys.stderr is not None:
        print(f"{program}: {text}", file=sys.stderr)


def _unknown(name: str) -> str:
    """Say that there is no such command, and which one may be meant."""
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no command {name!r}; {meant}(netsuite --help lists them)"


def _overview() -> argparse.ArgumentParser:
    """Return the parser whose only purpose is the program's own help."""
    width = max(map(len, COMMANDS))
    parser = argparse.ArgumentParser(
        prog="netsuite",
        usage="netsuite COMMAND [options] [arguments]",
        description="Talk to the services of the netsuite.\n\ncommands:\n"
        + "\n".join(f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items()),
        epilog="netsuite COMMAND --help describes a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"netsuite {__version__}")
    return parser


def _sentence(summary: str) -> str:
    return f"{summary[0].upper()}{summary[1:]}."
