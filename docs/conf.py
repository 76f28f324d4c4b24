"""How Sphinx builds these pages: ``sphinx-build -W -n docs docs/_build/html``."""

from __future__ import annotations

import sys
from pathlib import Path

_DOCS = Path(__file__).parent
# The pages are made from the code beside them, not from an installed one.
sys.path[:0] = [str(_DOCS / "_ext"), str(_DOCS.parent)]

import netsuite  # noqa: E402 - only now can it be found

project = "netsuite"
author = "The netsuite developers"
copyright = author  # noqa: A001 - Sphinx wants this name
release = version = netsuite.__version__

extensions = ["sphinx.ext.autodoc", "from_code"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"netsuite {version}"
highlight_language = "none"

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
nitpick_ignore_regex = [
    # Other projects' names: their documentation is not at hand when these pages are built.
    (
        "py:.*",
        r"(twisted|zope|attr|attrs|abc|enum|ipaddress|collections|random|tomllib|typing)\b.*",
    ),
    # Private bases and type variables, which autodoc names in headings.
    ("py:.*", r"netsuite\..*\.(_\w+|[A-Z])"),
    # Sphinx makes a reference of an enumeration's member in a type.
    ("py:attr", r"netsuite\.web\.conditions\.Wildcard\.ANY"),
    # Docstrings call these by the name under which their module imports them.
    ("py:class", r"Response|HTTPError"),
]
