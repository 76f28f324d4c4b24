"""``netsuite doctor``: check the installation and the machine, and say how to mend them.

One line for each check, ``ok`` or ``problem``; the line after a problem says what to do. The
exit status is 0 when all is well, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from netsuite.client.checks import Finding, check_all
from netsuite.client.terminal import Output, stdout


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--store", metavar="URL", help="the store to check (default: the one used by default)"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list")


def run(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    return report(stdout(), check_all(options.store), options.json)


def report(output: Output, findings: Iterator[Finding], as_json: bool) -> int:
    """Print findings as they are made.

    :param as_json: print a JSON list of objects once all are made.
    :returns: the exit status.
    """
    made = []
    for finding in findings:
        made.append(finding)
        if not as_json:
            state = "ok     " if finding.ok else "problem"
            _print(output, f"{state}  {finding.check}: {finding.detail}")
            if finding.mend:
                _print(output, f"         {finding.mend}")
    if as_json:
        output.text(
            json.dumps(
                [
                    {
                        "check": finding.check,
                        "ok": finding.ok,
                        "detail": finding.detail,
                        "mend": finding.mend,
                    }
                    for finding in made
                ],
                indent=2,
            )
        )
    return 0 if all(finding.ok for finding in made) else 1


def _print(output: Output, text: str) -> None:
    output.line(text.encode("utf-8", "replace"))
