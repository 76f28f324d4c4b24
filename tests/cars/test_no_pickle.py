"""Nothing in the package can unpickle what comes from the network, or anything else.

Python's ``pickle`` and its kin run what their input says. The source is searched for any way to
them: there is one import, of the function that writes; and a program that no server is made of has
processes of its own, with which it talks by pipes that nobody else has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

CHECKOUT = Path(__file__).parents[2]
FOLDERS = ["netsuite", "tap", "twisted_plugins"]

#: The one module that may import something, and what.
WRITER = "netsuite/cars/notation.py"
ALLOWED = "from pickle import dumps"

#: The module that has processes, and the only one that imports it.
SIMULATION = "netsuite/blackjack/simulation.py"
SIMULATOR = "netsuite/client/blackjack/simulate.py"

PROCESSES = [
    "import multiprocessing",
    "from multiprocessing import connection, resource_tracker",
    "from multiprocessing.connection import Connection",
]

#: Modules that make objects, or code, of bytes.
PICKLES = {
    *("pickle", "_pickle", "cPickle", "cloudpickle", "dill", "jsonpickle", "joblib", "copyreg"),
    *("marshal", "shelve", "yaml"),
}
#: Modules that unpickle what they receive; their names have other meanings elsewhere.
USERS = {"multiprocessing", "spread", "persisted"}

#: Functions that import what a string names.
IMPORTERS = {
    *("__import__", "import_module", "find_spec", "resolve_name", "run_module"),
    *("namedAny", "namedModule", "namedObject", "namedClass"),
}


def called(node: ast.Call) -> str:
    """Return the last name of what is called, if it has one."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def strings(nodes: list[ast.expr]) -> list[str]:
    """Return the strings that are written out anywhere within expressions."""
    inside = [part for node in nodes for part in ast.walk(node)]
    return [
        node.value
        for node in inside
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def names(node: ast.AST) -> tuple[list[str], set[str]]:
    """Return the modules that a piece of source reaches for, and which are not to be had there."""
    match node:
        case ast.Import(names=aliases):
            return [alias.name for alias in aliases], PICKLES | USERS
        case ast.ImportFrom(module=module, names=aliases):
            return [f"{module}.{alias.name}" for alias in aliases], PICKLES | USERS
        case ast.Call() if called(node) in IMPORTERS:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            return strings(arguments), PICKLES | USERS
        case ast.Subscript(slice=index):  # sys.modules["pickle"]
            return strings([index]), PICKLES
        case ast.Attribute(attr=attribute):  # logging.handlers.pickle
            return [attribute], PICKLES
        case _:
            return [], set()


def offences(source: str) -> Iterator[str]:
    """Yield the pieces of a module's source that reach for a forbidden module."""
    for node in ast.walk(ast.parse(source)):
        found, forbidden = names(node)
        if any(forbidden.intersection(name.split(".")) for name in found):
            yield ast.unparse(node)


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (CHECKOUT / folder).rglob("*.py")


class NoPickleTests(SynchronousTestCase):
    """The package's source."""

    def test_nothing_can_unpickle(self) -> None:
        found = {}
        for path in sources():
            if offending := list(offences(path.read_text("utf-8"))):
                found[path.relative_to(CHECKOUT).as_posix()] = offending
        self.assertEqual(found.pop(SIMULATION), PROCESSES)
        self.assertEqual(found, {WRITER: [ALLOWED]})

    def test_no_server_has_processes(self) -> None:
        module = "netsuite.blackjack.simulation"
        importers = [
            path.relative_to(CHECKOUT).as_posix()
            for path in sources()
            if any(
                name == module or name.startswith(f"{module}.")
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                for name in names(node)[0]
            )
        ]
        self.assertEqual(importers, [SIMULATOR])

    def test_the_source_is_all_there(self) -> None:
        paths = {path.relative_to(CHECKOUT).as_posix() for path in sources()}
        for path in (
            *("netsuite/__init__.py", "netsuite/cars/pickles.py", "netsuite/client/main.py"),
            *("tap/cars.py", "twisted_plugins/netsuite_plugins.py"),
        ):
            self.assertIn(path, paths)


class SearchTests(SynchronousTestCase):
    """The search itself."""

    def test_offenders_are_found(self) -> None:
        for source in (
            "import pickle",
            "import pickle as harmless",
            "import json, pickle",
            "from pickle import loads",
            "from pickle import *",
            "from pickle import dumps, loads",
            "from pickle import dumps as write",
            "from pickle import Unpickler",
            "import _pickle",
            "from _pickle import dumps",
            "import cPickle",
            "import shelve",
            "import marshal",
            "import dill",
            "import cloudpickle.compat",
            "import copyreg",
            "from joblib import load",
            "import multiprocessing.connection",
            "from multiprocessing import Pool",
            "from twisted.spread import pb",
            "from twisted.spread.jelly import unjelly",
            "import twisted.persisted.sob",
            "from logging.handlers import pickle",
            "import logging.handlers\nlogging.handlers.pickle.loads(b'')",
            "import sys\nsys.modules['pickle'].loads(b'')",
            "__import__('pickle').loads(b'')",
            "import importlib\nimportlib.import_module('pickle')",
            "from importlib import import_module\nimport_module(name='_pickle')",
            "from twisted.python.reflect import namedAny\nnamedAny('pickle.loads')",
            "def f():\n    if True:\n        import pickle",
            "class A:\n    from pickle import loads",
            "try:\n    import cPickle as p\nexcept ImportError:\n    p = None",
            "f = lambda: __import__('shelve')",
            "async def f():\n    __import__('pickle' if f else 'json')",
        ):
            self.assertEqual(len(list(offences(source))), 1, source)

    def test_nothing_else_is(self) -> None:
        for source in (
            "import json\nfrom netsuite.cars.pickles import loads",
            "from netsuite.cars import pickles\npickles.loads(b'')",
            "NAME = 'pickle'",
            "Notation('pickle', read, write)",
            "'''import pickle'''  # import pickle",
            "spread = 5\nself.spread = spread",
            "import importlib\nimportlib.import_module('json')",
            "from . import cards",
            "(lambda: 1)()",
            "names[0]",
        ):
            self.assertEqual(list(offences(source)), [], source)

    def test_the_exception_is_of_the_writer_and_exact(self) -> None:
        self.assertEqual(list(offences(ALLOWED)), [ALLOWED])
        for source in ("from pickle import dumps as d", "from pickle import dumps, loads"):
            self.assertNotEqual(list(offences(source)), [ALLOWED])
