"""Tables, figures and help texts that are taken from the code, so that they cannot drift from it.

``.. twistd-options:: netsuite.tap.dialogue``
    the options of a plugin: its own first, then those that all plugins share.
``.. netsuite-services::``
    the services, their default endpoints, and links to their pages.
``.. client-help:: say``
    the help text of a command of the client program.
``:value:`netsuite.exchange.MAX_IN_HAND```
    a figure. A class on the way stands for an instance with its defaults.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import attrs
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from netsuite import __version__
from netsuite.catalogue import CATALOGUE
from netsuite.client.main import COMMANDS
from netsuite.serving.limits import Limits

#: Limits, under the names of their options.
_LIMITS = {field.name.replace("_", "-"): field.name for field in attrs.fields(Limits)}
#: Options that every ``usage.Options`` has, and no page need name.
_USUAL = {"help", "version"}


class TwistdOptions(Directive):
    """The options of a plugin as tables."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        options = import_module(self.arguments[0]).Options()
        if hasattr(options, "postOptions"):
            options.postOptions()  # some plugins know their defaults only then
        takes_value = {name.rstrip("="): name.endswith("=") for name in options.longOpt}
        names = sorted(takes_value.keys() - _USUAL)
        shared = _shared_names()
        groups = (
            ("Its own", [name for name in names if name not in shared]),
            ("Shared by all services", [name for name in names if name in shared]),
        )
        result: list[nodes.Node] = []
        for title, group in groups:
            if group:
                rows = [
                    (
                        [nodes.literal(text=f"--{name}" + ("=" if takes_value[name] else ""))],
                        [nodes.Text(_meaning(options, name))],
                    )
                    for name in group
                ]
                result.append(_table((title, "Meaning (default)"), rows, (26, 74)))
        return result


def _shared_names() -> set[str]:
    from netsuite.tap.greeter import Options  # the service that has no options of its own

    return {name.rstrip("=") for name in Options().longOpt}


def _meaning(options: Any, name: str) -> str:
    text = " ".join(str(options.docs[name]).split()).rstrip(".")
    if name in _LIMITS and hasattr(options, "limits"):
        return f"{text} ({_shown(getattr(options.limits, _LIMITS[name]))})"
    if name == "framing":
        return f"{text} ({options.framing})"
    return text


class Services(SphinxDirective):
    """The catalogue as a table."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        lines = [".. list-table::", "   :header-rows: 1", "", "   * - service", "     - endpoints"]
        lines += ["     - what it does", "     - started alone with"]
        for name, entry in CATALOGUE.items():
            endpoints = ", ".join(f"``{endpoint}``" for endpoint in entry.endpoints)
            command = " ".join(("twistd -n", entry.plugin, *entry.arguments))
            lines += [f"   * - :doc:`{name} </services/{entry.plugin}>`", f"     - {endpoints}"]
            lines += [f"     - {entry.summary}", f"     - ``{command}``"]
        return self.parse_text_to_nodes(StringList(lines, source="netsuite.catalogue"))


class ClientHelp(Directive):
    """What ``netsuite COMMAND --help`` prints."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the text."""
        name = self.arguments[0]
        summary = COMMANDS[name]
        parser = argparse.ArgumentParser(
            prog=f"netsuite {name}",
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=partial(argparse.HelpFormatter, width=88),
        )
        import_module(f"netsuite.client.{name}").configure(parser)
        text = parser.format_help()
        return [nodes.literal_block(text, text, language="none")]


def value_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, *_: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Return a figure that the code defines."""
    try:
        return [nodes.Text(_shown(_resolve(text)))], []
    except (ImportError, AttributeError) as error:
        message = inliner.reporter.error(f"no such value: {error}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]


def _resolve(path: str) -> object:
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found() if isinstance(found, type) else found, part)
        return found
    raise ImportError(path)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Sequence[nodes.Node]]],
    widths: Sequence[int],
) -> nodes.table:
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _row([[nodes.Text(head)] for head in heads]))
    group += nodes.tbody("", *[_row(row) for row in rows])
    return nodes.table("", group)


def _row(cells: Iterable[Sequence[nodes.Node]]) -> nodes.row:
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells])


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives and the role."""
    app.add_directive("twistd-options", TwistdOptions)
    app.add_directive("netsuite-services", Services)
    app.add_directive("client-help", ClientHelp)
    app.add_role("value", value_role)
    return {"version": __version__, "parallel_read_safe": True}
