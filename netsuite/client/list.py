"""``netsuite list``: the services, one line each."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from netsuite.catalogue import CATALOGUE
from netsuite.client.address import read_ready_file
from netsuite.client.terminal import Output, stdout


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="PATH",
        help="list the running services that wrote this file, with their real addresses",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list")


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    return list_services(stdout(), options.ready_file, options.json)


def list_services(output: Output, ready_file: Path | None, as_json: bool) -> int:
    """Print the services' names, endpoints and summaries.

    :param ready_file: list those that it names, at their real addresses; None lists all, at
        their default endpoints.
    :param as_json: print a JSON list of objects.
    :returns: the exit status.
    :raises ClientError: when the ready file cannot be read.
    """
    if ready_file is None:
        endpoints = {
            name: [str(endpoint) for endpoint in entry.endpoints]
            for name, entry in CATALOGUE.items()
        }
    else:
        endpoints = read_ready_file(ready_file)
    summaries = {name: CATALOGUE[name].summary if name in CATALOGUE else "" for name in endpoints}
    if as_json:
        output.text(
            json.dumps(
                [
                    {"name": name, "endpoints": where, "summary": summaries[name]}
                    for name, where in endpoints.items()
                ],
                indent=2,
            )
        )
        return 0
    rows = [(name, ", ".join(where)) for name, where in endpoints.items()]
    first = max((len(name) for name, _ in rows), default=0)
    second = max((len(where) for _, where in rows), default=0)
    for name, where in rows:
        row = f"{name:{first}}  {where:{second}}  {summaries[name]}".rstrip()
        output.line(row.encode("utf-8", "replace"))
    return 0
