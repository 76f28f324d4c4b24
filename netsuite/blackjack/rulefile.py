"""Rules in a TOML file.

Each key is a setting of :class:`~netsuite.blackjack.rules.Rules`. What the file does not say is as
in ``vegas``, or in the preset that the key ``base`` names::

    base = "european"
    name = "our club"
    decks = 8
    surrender = "early"
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from netsuite.blackjack.rules import PRESETS, Rules, RulesError, settings

__all__ = ["MAX_SIZE", "RuleFileError", "find_rules", "parse_rules", "read_rules"]

#: How large a file of rules may be, in bytes.
MAX_SIZE: Final = 64 * 1024

_BASE = "base"
_DEFAULT = "vegas"
# Whatever a game without bets has for these, means nothing.
_OF_BETS: Final = ("min_bet", "max_bet", "bankroll")


class RuleFileError(ValueError):
    """There are no such rules; the message says what is wrong, and what to do."""


def find_rules(choice: str) -> Rules:
    """The rules that somebody chose on a command line.

    :param choice: the name of a preset, or the path of a TOML file.
    :raises RuleFileError: when there are no such rules, or the file is wrong.
    """
    if choice in PRESETS:
        return PRESETS[choice]
    return read_rules(Path(choice))


def read_rules(path: Path) -> Rules:
    """Read a file of rules.

    :param path: the file.
    :raises RuleFileError: when it cannot be read, is not TOML, or its rules make no sense.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise ValueError(f"larger than {MAX_SIZE} bytes: no file of rules")
        return parse_rules(content.decode("utf-8"), path.stem)
    except FileNotFoundError as error:
        raise RuleFileError(f"neither a file nor one of the rules {', '.join(PRESETS)}") from error
    except OSError as error:
        raise RuleFileError(error.strerror) from error
    except UnicodeDecodeError as error:
        raise RuleFileError(f"not UTF-8: {error.reason}") from error
    except RecursionError as error:
        raise RuleFileError("nested too deeply: no file of rules") from error
    # Rules that make no sense, what is no TOML, or a number of too many digits for Python.
    except ValueError as error:
        raise RuleFileError(str(error)) from error


def parse_rules(text: str, name: str = "custom") -> Rules:
    """Read rules.

    :param text: TOML.
    :param name: what to call them if the text does not say.
    :raises RulesError: when they make no sense, or a key is no setting.
    :raises ValueError: when it is not TOML, or a number has thousands of digits.
    :raises RecursionError: when it is nested too deeply.
    """
    table: dict[str, Any] = tomllib.loads(text)
    base = table.pop(_BASE, _DEFAULT)
    if not isinstance(base, str) or base not in PRESETS:
        raise RulesError(_BASE, f"expected one of {', '.join(PRESETS)}, not {base!r:.40}")
    known = settings()
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key.lower(), [*known, _BASE], n=1, cutoff=0)
            raise RulesError(f"{key!r:.40}", f"no such setting; did you mean {near[0]!r}?")
    rules = evolve(PRESETS[base], **{"name": name, **table})
    if not rules.bets:
        for key in _OF_BETS:
            if key in table:
                raise RulesError(key, "must be left out: there are no bets")
    return rules
