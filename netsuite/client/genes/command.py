"""The command line of ``netsuite genes``."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from hyperlink import DecodedURL, EncodedURL

from netsuite.client.address import Target, choose
from netsuite.client.arguments import TIMEOUT, add_connection, count
from netsuite.client.genes.editing import Editor, asker
from netsuite.client.genes.files import IMPORTED, MEDIA_TYPES, format_of
from netsuite.client.genes.finding import FOUND, Finder
from netsuite.client.genes.service import SERVICE, Record, Service
from netsuite.client.problems import WrongUsage
from netsuite.client.terminal import Output, stdout
from netsuite.client.web import new_agent, origin, parse_url
from netsuite.genes.records import FIELDS, LIST_FIELDS, OPTIONAL_FIELDS, SEED_FIELDS
from netsuite.text import printable

#: The arguments of each command, and what it does. One in brackets may be missing, and one
#: with dots may be repeated.
COMMANDS = {
    "list": ("", "print all genes, or some"),
    "get": ("ID…", "show genes"),
    "search": ("WORD…", "print the genes that fit some words, and why they do"),
    "resolve": ("[SYMBOL…]", "print the genes that are, were or may be called so"),
    "add": ("ID SYMBOL NAME", "add a gene"),
    "update": ("ID", "change a gene"),
    "delete": ("ID…", "delete genes"),
    "clear": ("", "delete all genes"),
    "import": ("FILE", "add and update the genes of a file, all of it or nothing"),
    "export": ("[FILE]", "write all genes, into FILE or to standard output"),
}

#: The options that are not for every command, and which commands they are for.
_FOR = {
    "limit": ("list", "search"),
    "sort": ("list", "search"),
    "fields": ("list", "get", "search", "export"),
    "symbol": ("list", "update"),
    "name": ("update",),
    **dict.fromkeys((*OPTIONAL_FIELDS, *LIST_FIELDS), ("add", "update")),
    "clear": ("update",),
    "file": ("resolve",),
    "yes": ("delete", "clear"),
    "force": ("update", "delete", "export"),
    "format": ("import", "export"),
    "source": ("import",),
    "data_version": ("import",),
    "replace": ("import",),
}

_NOTES = f"""
The file called - is standard input or output. A gene's fields are
{", ".join(FIELDS[:5])},
{", ".join(FIELDS[5:])}.
An update is refused if somebody else changes the gene at the same time. What
resolve reads from a file is a symbol on each line; its exit status is 1 if one
of them is not found or is ambiguous. Files are TSV (such as HGNC's complete
set), CSV, NDJSON or JSON; JSON cannot be imported. An import can be repeated;
it may take 300 s in all, unless --timeout says otherwise."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options and arguments."""
    usages = {_usage(name): about for name, (_, about) in COMMANDS.items()}
    width = max(map(len, usages))
    lines = [f"  {usage:{width}}  {about}" for usage, about in usages.items()]
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(["commands:", *lines, _NOTES])
    parser.usage = f"{parser.prog} COMMAND [options] [arguments]"
    parser.add_argument("words", nargs="*", metavar="COMMAND", help="one of those below")
    parser.add_argument(
        "--json", action="store_true", help="print JSON: an array of what there may be several of"
    )
    _add_choices(parser)
    _add_changes(parser)
    _add_transfers(parser)
    add_connection(parser, SERVICE)
    # An import takes longer than anything else.
    parser.set_defaults(timeout=None)
    parser.add_argument("--url", help="the URL of the service instead: http://localhost:5000")


def _add_choices(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("list, search, get and resolve")
    group.add_argument("--limit", type=count, metavar="N", help=f"how many; search has {FOUND}")
    group.add_argument("--sort", metavar="FIELD", help="id, symbol or name; --sort=-id is reverse")
    group.add_argument(
        "--symbol", help="list: the genes that are called so now; update: the new symbol"
    )
    group.add_argument("--fields", metavar="FIELD,…", help="print these fields; or all")
    group.add_argument("--file", help="resolve: read symbols from this file")


def _add_changes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("add, update, delete and clear")
    group.add_argument("--name", help="update: the new name")
    for field in OPTIONAL_FIELDS:
        group.add_argument(_option(field), metavar="TEXT")
    for field in LIST_FIELDS:
        group.add_argument(
            _option(field),
            dest=field,
            action="append",
            metavar="SYMBOL",
            help="may be repeated; replaces all that there were",
        )
    group.add_argument(
        "--clear",
        action="append",
        choices=(*OPTIONAL_FIELDS, *LIST_FIELDS),
        metavar="FIELD",
        help="update: remove what stands in this field; may be repeated",
    )
    group.add_argument("--yes", action="store_true", help="delete and clear: do not ask")
    group.add_argument(
        "--force",
        action="store_true",
        help="update, delete: even if it changed meanwhile; export: replace a file that exists",
    )


def _add_transfers(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("import and export")
    group.add_argument(
        "--format",
        choices=MEDIA_TYPES,
        help="the file's format, if its suffix does not tell; standard output gets tsv",
    )
    group.add_argument("--source", help="import: where the data is from (the file's name)")
    group.add_argument("--data-version", metavar="TEXT", help="import: which version of it this is")
    group.add_argument(
        "--replace", action="store_true", help="import: delete the genes that are not in the file"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from netsuite.client.running import run as run_reactor

    name, arguments = read(options)
    base, target = server(options)
    output = stdout()

    async def main(reactor: Any) -> int:
        timeout = options.timeout or TIMEOUT
        agent = new_agent(reactor, timeout, target if options.url is None else None)
        service = Service(reactor, agent, base, target, timeout)
        return await _commands(service, output, options)[name](arguments) or 0

    return run_reactor(main)


def read(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Read which command is to be run.

    :returns: its name and its arguments.
    :raises WrongUsage: for what makes no sense.
    """
    name, *words = options.words or [""]
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        wrong = f"there is no command {printable(name)!r}" if name else "type a command"
        raise WrongUsage(f"{wrong}; {meant}(netsuite genes --help lists them)")
    for option, names in _FOR.items():
        if getattr(options, option) not in (None, False) and name not in names:
            raise WrongUsage(f"{_option(option)} is for {' and '.join(names)}")
    _check(name, words, options)
    _check_texts(options)
    return name, words


def server(options: argparse.Namespace) -> tuple[DecodedURL, Target]:
    """Return the service's URL, and the server that the options name.

    :raises WrongUsage: when the options contradict each other.
    """
    target = choose(options, SERVICE)
    if options.url is None:
        host, port = target.host or "localhost", target.port or 80
        return DecodedURL(EncodedURL(scheme="http", host=host, port=port)), target
    if any((options.connect, options.ready_file, options.host, options.port)):
        raise WrongUsage("--url says where the server is; leave the other options out")
    url = parse_url(options.url)
    if url.query or url.fragment:
        raise WrongUsage(f"{printable(options.url)!r} has a query or a fragment; leave it out")
    return url, Target(origin(url), "", start=target.start)


Run = Callable[[list[str]], Awaitable[int | None]]


def _commands(service: Service, output: Output, options: argparse.Namespace) -> dict[str, Run]:
    """Return what carries out each command; an exit status of None is 0."""
    find = Finder(service, output, options.json)
    fields = options.fields or ""

    def editor() -> Editor:
        ask = None if options.yes else asker(service.reactor)
        return Editor(service, output, options.json, ask)

    def resolving(symbols: list[str]) -> Awaitable[None]:
        from netsuite.client.genes.resolving import resolve

        return resolve(service, output, options.json, _symbols(service.reactor, symbols, options))

    def importing(files: list[str]) -> Awaitable[None]:
        from netsuite.client.genes.importing import TIMEOUT, import_genes

        file_format = options.format or format_of(files[0])
        if file_format not in IMPORTED:
            raise WrongUsage(f"{file_format} cannot be imported; {', '.join(IMPORTED)} can")
        own_name = Path(files[0]).name if files[0] != "-" else None
        query = _query(source=options.source or own_name, version=options.data_version)
        if options.replace:
            query["replace"] = "true"
        timeout = options.timeout or TIMEOUT
        return import_genes(service, output, options.json, files[0], file_format, query, timeout)

    def exporting(files: list[str]) -> Awaitable[None]:
        from netsuite.client.genes.exporting import export_genes

        (name,) = files or ["-"]
        file_format = options.format or ("tsv" if name == "-" else format_of(name))
        path = None if name == "-" else Path(name)
        return export_genes(service, output, path, file_format, fields or "all", options.force)

    return {
        "list": lambda _: find.list(
            _query(symbol=options.symbol, sort=options.sort, fields=options.fields), options.limit
        ),
        "get": lambda ids: find.get(ids, fields),
        "search": lambda words: find.search(
            _query(q=" ".join(words), sort=options.sort), options.limit or FOUND, fields
        ),
        "resolve": resolving,
        "add": lambda words: Editor(service, output, options.json).add(
            {**dict(zip(SEED_FIELDS, words, strict=True)), **_changes(options)}
        ),
        "update": lambda ids: Editor(service, output, options.json).update(
            ids[0], _changes(options), options.force
        ),
        "delete": lambda ids: editor().delete(ids, options.force),
        "clear": lambda _: editor().clear(),
        "import": importing,
        "export": exporting,
    }


def _query(**parameters: str | None) -> dict[str, str]:
    """Return query parameters, without those that are not given."""
    return {name: value for name, value in parameters.items() if value is not None}


def _changes(options: argparse.Namespace) -> Record:
    """Return the values that the options give to fields."""
    fields = ("symbol", "name", *OPTIONAL_FIELDS, *LIST_FIELDS)
    changes: Record = {
        field: value for field in fields if (value := getattr(options, field)) is not None
    }
    return {**changes, **dict.fromkeys(options.clear or [])}


def _symbols(reactor: Any, symbols: list[str], options: argparse.Namespace) -> AsyncIterator[str]:
    """Return the symbols to resolve, from the arguments or from a file."""
    from netsuite.client.genes.resolving import given, read_symbols

    name = "-" if symbols == ["-"] else options.file
    if name is None:
        return given(symbols)
    return read_symbols(reactor, name)


def _check(name: str, words: Sequence[str], options: argparse.Namespace) -> None:
    """Check that a command has the arguments and options that it needs.

    :raises WrongUsage: when it has not.
    """
    names = COMMANDS[name][0].split()
    least = sum(not argument.startswith("[") for argument in names)
    most = None if names and "…" in names[-1] else len(names)
    if len(words) < least or (most is not None and len(words) > most):
        quotes = "; what has a space in it goes in quotes" if len(words) > least > 0 else ""
        raise WrongUsage(f"type: netsuite genes {_usage(name)}{quotes}")
    if name == "resolve" and bool(words) == bool(options.file):
        raise WrongUsage("type symbols, or --file FILE, or - to read them from standard input")
    if name == "update":
        changes = _changes(options)
        if not changes:
            raise WrongUsage("say what to change, such as --symbol A2M, or --clear location")
        for field in options.clear or []:
            if getattr(options, field) is not None:
                raise WrongUsage(f"{_option(field)} and --clear {field} exclude each other")
    if options.json and name == "export":
        raise WrongUsage("--json is not for export; --format json writes JSON")


def _check_texts(options: argparse.Namespace) -> None:
    """Check that all arguments and options are UTF-8."""
    for value in vars(options).values():
        for text in value if isinstance(value, list) else [value]:
            try:
                if isinstance(text, str):
                    text.encode()
            except UnicodeEncodeError:
                shown = printable(text.encode("utf-8", "surrogateescape"), 60)
                raise WrongUsage(f"{shown!r} is not UTF-8 text") from None


def _usage(name: str) -> str:
    return f"{name} {COMMANDS[name][0]}".rstrip()


def _option(name: str) -> str:
    """Return the option that gives a value to a field, or is called so otherwise."""
    if name in LIST_FIELDS:
        # Each gives one of them.
        name = name.removesuffix("s")
    return f"--{name.replace('_', '-')}"
