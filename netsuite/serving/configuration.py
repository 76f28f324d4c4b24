"""The configuration file: the umbrella's options, and each service's, in TOML.

A setting has the name of the option that it stands for, without the dashes in front, and goes
through that option's own checks::

    interface = "0.0.0.0"
    without = ["files"]

    [services.dialogue]
    delay = 5
    listen = ["tcp:12345:interface=127.0.0.1", "unix:/run/dialogue.sock"]
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from twisted.python import usage


class ConfigurationError(usage.UsageError):
    """A configuration file cannot be used; the message names the file, the key and the mend."""


def read(path: Path) -> dict[str, object]:
    """Read a configuration file.

    :raises ConfigurationError: when it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise ConfigurationError(f"{path}: {error}") from error


def unknown(name: str, among: Collection[str], what: str) -> ConfigurationError:
    """Return the error for a name that there is not; it names the nearest that there is."""
    near = difflib.get_close_matches(name.rpartition(".")[2].lower(), among, n=1, cutoff=0)
    return ConfigurationError(f"unknown {what} {name!r}; did you mean {near[0]!r}?")


def arguments(
    table: Mapping[str, object],
    options: usage.Options,
    without: Collection[str] = (),
    prefix: str = "",
) -> Iterator[str]:
    """Turn settings into the command line that says the same.

    :param table: the settings, by their names.
    :param options: whose options they must be.
    :param without: options that are no settings.
    :param prefix: where in the file the table stands, such as ``services.dialogue.``.
    :raises ConfigurationError: for a name that is no option, or a value of the wrong kind.
    """
    takes_value = {name.rstrip("="): name.endswith("=") for name in options.longOpt}
    for name in ("help", "version", *without):
        takes_value.pop(name, None)
    for key, value in table.items():
        where = prefix + key
        if key not in takes_value:
            raise unknown(where, takes_value, "setting")
        if not takes_value[key]:
            if not isinstance(value, bool):
                raise ConfigurationError(f"{where} must be true or false")
            if value:
                yield f"--{key}"
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, bool) or not isinstance(each, (str, int, float)):
                raise ConfigurationError(f"{where} must be a string or a number")
            yield f"--{key}={each}"
