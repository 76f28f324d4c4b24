"""The command line of ``netsuite cars``."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from netsuite.client.address import choose
from netsuite.client.arguments import add_connection
from netsuite.client.cars.actions import Actions
from netsuite.client.cars.console import Console, PipeConsole
from netsuite.client.cars.dialogue import Dialogue
from netsuite.client.cars.registry import SERVICE, Registry
from netsuite.client.cars.rows import text, whole_number
from netsuite.client.problems import WrongUsage
from netsuite.client.terminal import Output, on_terminal, stdout

#: The arguments of each command, and what it does. One in brackets may be missing.
COMMANDS = {
    "get": ("LICENSE", "show a car"),
    "list": ("[PREFIX]", "print the licenses that begin with PREFIX, one a line"),
    "mileage": ("LICENSE MILES", "change a car's mileage; it can only grow"),
    "owner": ("LICENSE OWNER", "change a car's owner"),
    "add": ("LICENSE SEATS MILES OWNER", "register a car"),
    "import": ("FILE", "register the cars of a CSV file, or of a car_registrations.dat"),
    "export": ("[FILE]", "write all cars as CSV, into FILE or to standard output"),
    "stop": ("", "stop the server"),
}

_NOTES = """
Licenses are turned into upper case; one with a space in it goes in quotes. The
first line of a CSV file names its columns: license,seats,mileage,owner. The file
called - is standard input or output. An import can be repeated."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    usages = {_usage(name): about for name, (_, about) in COMMANDS.items()}
    width = max(map(len, usages))
    lines = [f"  {usage:{width}}  {about}" for usage, about in usages.items()]
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(["commands:", *lines, _NOTES])
    parser.add_argument(
        "words", nargs="*", metavar="COMMAND", help="one of those below; a menu if none is given"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--force", action="store_true", help="let export replace a file")
    add_connection(parser, SERVICE)


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    target = choose(options, SERVICE)
    name, arguments = read(options)
    output = stdout()
    editing = not name and output.terminal and on_terminal(sys.stdin)
    if editing:
        # The line editor lives on asyncio. This comes before anything imports the reactor.
        from twisted.internet import asyncioreactor

        asyncioreactor.install()

    async def main(reactor: Any) -> int:
        registry = Registry(reactor, target, options.timeout)
        if not name:
            console = _editing(registry, output) if editing else PipeConsole(reactor, output)
            return await Dialogue(console, registry).run()
        return await _commands(reactor, registry, output, options)[name](*arguments) or 0

    return run_reactor(main)


def read(options: argparse.Namespace) -> tuple[str, list[str | int]]:
    """Read which command is to be run.

    :returns: its name, which is empty if there is none, and its arguments.
    :raises WrongUsage: for what makes no sense.
    """
    name, *words = options.words or [""]
    if name and name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise WrongUsage(f"there is no command {name!r}; {meant}(netsuite cars --help lists them)")
    if options.json and name in {"", "export"}:
        raise WrongUsage(f"--json is not for {name or 'the menu'}")
    if options.force and name != "export":
        raise WrongUsage("--force is for export")
    if not name:
        return "", []
    names = COMMANDS[name][0].split()
    needed = [name for name in names if not name.startswith("[")]
    if not len(needed) <= len(words) <= len(names):
        quotes = "; what has a space in it goes in quotes" if len(words) > len(names) else ""
        raise WrongUsage(f"type: netsuite cars {_usage(name)}{quotes}")
    try:
        pairs = zip(names, words, strict=False)
        return name, [_argument(name.strip("[]"), word) for name, word in pairs]
    except ValueError as error:
        raise WrongUsage(str(error)) from error


def _argument(name: str, word: str) -> str | int:
    """Read one argument.

    :raises ValueError: when it is none such.
    """
    match name:
        case "FILE":
            return word
        case "SEATS" | "MILES":
            return whole_number(word, "mileage" if name == "MILES" else "seats")
        case "OWNER":
            return text(word, "owner")
        case _:
            return text(word, name.lower()).upper()


def _usage(name: str) -> str:
    return f"{name} {COMMANDS[name][0]}".rstrip()


def _editing(registry: Registry, output: Output) -> Console:
    from netsuite.client.cars.editing import EditingConsole

    return EditingConsole(registry, output)


def _commands(
    reactor: Any, registry: Registry, output: Output, options: argparse.Namespace
) -> dict[str, Callable[..., Awaitable[int | None]]]:
    """Return what carries out each command; an exit status of None is 0."""
    actions = Actions(registry, output, options.json)

    async def import_file(name: str) -> int:
        from netsuite.client.cars.importing import import_cars

        return await import_cars(reactor, registry, name, output, options.json)

    async def export_file(name: str = "-") -> None:
        from netsuite.client.cars.exporting import export_cars

        path = None if name == "-" else Path(name)
        await export_cars(registry, output, path, options.force)

    return {
        "get": actions.get,
        "list": actions.licenses,
        "mileage": actions.mileage,
        "owner": actions.owner,
        "add": actions.add,
        "import": import_file,
        "export": export_file,
        "stop": actions.stop,
    }
