"""``twistd netsuite``: the whole suite in one process."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from twisted.application.service import IService
from twisted.python import usage

from netsuite.catalogue import CATALOGUE, Entry
from netsuite.serving import configuration
from netsuite.serving.options import CommonOptions, ServiceOptions, StoreOptions
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in CATALOGUE:
            raise usage.UsageError(str(configuration.unknown(name, CATALOGUE, "service")))
    return names


class Options(CommonOptions, StoreOptions):
    """The command line. What it says of all services, a service's own table may say otherwise."""

    optParameters = [["config", None, None, "TOML file of settings, for all services or each"]]

    def __init__(self) -> None:
        super().__init__()
        self._only: list[str] = []
        self._without: list[str] = []
        #: The options of each service that is to run, by its name.
        self.services: dict[str, ServiceOptions] = {}

    def opt_only(self, names: str) -> None:
        """Run these services only (a,b,c; may be repeated)."""
        self._only += _names(names)

    def opt_without(self, names: str) -> None:
        """Run all services but these (a,b,c; may be repeated)."""
        self._without += _names(names)

    def parseOptions(self, options: Any = None) -> None:
        """Parse the command line, on top of the configuration file that it may name."""
        given: Sequence[str] = sys.argv[1:] if options is None else options
        super().parseOptions(given)
        if self["config"] is None:
            self._configure({})
            return
        path = Path(self["config"])
        settings = configuration.read(path)
        for name, chosen in (("only", self._only), ("without", self._without)):
            if chosen:
                settings.pop(name, None)  # the command line has the last word
                chosen.clear()
        try:
            tables = settings.pop("services", {})
            super().parseOptions([*configuration.arguments(settings, self, ["config"]), *given])
            self._configure(tables)
        except usage.UsageError as error:
            raise usage.UsageError(f"{path}: {error}") from error

    def _configure(self, tables: object) -> None:
        """Parse the options of each service."""
        if not isinstance(tables, Mapping):
            raise usage.UsageError("services must be a table of tables, such as [services.clock]")
        for name, table in tables.items():
            if name not in CATALOGUE:
                raise configuration.unknown(f"services.{name}", CATALOGUE, "service")
            if not isinstance(table, Mapping):
                raise usage.UsageError(f"services.{name} must be a table")
        configured = {
            name: self._service_options(entry, tables.get(name, {}))
            for name, entry in CATALOGUE.items()
        }
        self.services = {
            name: options
            for name, options in configured.items()
            if name not in self._without and (not self._only or name in self._only)
        }
        if not self.services:
            raise usage.UsageError("no service is left to run; see --only and --without")

    def _service_options(self, entry: Entry, table: Mapping[str, object]) -> ServiceOptions:
        prefix = f"services.{entry.name}."
        options: ServiceOptions = import_module(entry.tap).Options()
        own = configuration.arguments(table, options, ["ready-file"], prefix)
        try:
            options.parseOptions([*self._common(options), *entry.arguments, *own])
        except configuration.ConfigurationError:
            raise
        except usage.UsageError as error:
            raise usage.UsageError(f"[{prefix.rstrip('.')}] {error}") from error
        if options.service != entry.name:
            raise usage.UsageError(f"that would make {options.service} of {entry.name}")
        return options

    def _common(self, options: ServiceOptions) -> Iterator[str]:
        """Yield what was said of all services, as the command line of one of them."""
        for name, value in self.items():
            if name in _OWN or value is None or name not in options:
                continue
            if name in _FLAGS:
                if value:
                    yield f"--{name}"
            else:
                yield f"--{name}={value}"


#: Options that concern the umbrella itself.
_OWN = ("config", "ready-file")
_FLAGS = [flag[0] for flag in CommonOptions.optFlags]


def makeService(options: Options) -> IService:
    """Return the suite that the options describe."""
    services: list[ListeningService] = [
        import_module(each.entry.tap).service(each) for each in options.services.values()
    ]
    return Suite(services, ready_file=options.ready_file)
