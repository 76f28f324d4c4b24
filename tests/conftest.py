"""What holds for every test run by pytest."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from twisted.application.reactors import installReactor
from twisted.trial.unittest import SynchronousTestCase as TestCase

from netsuite.client.serve import find_plugins

IN_CI = "NETSUITE_CI" in os.environ

if "NETSUITE_OWN_REACTOR" in os.environ:
    # That of this process, before anything else is imported that installs the default.
    find_plugins()
    installReactor(os.environ["NETSUITE_OWN_REACTOR"])

#: What takes long, by the beginnings of the tests' names. It is marked ``slow``, and left out where
#: no test is named, unless with ``--all``, and in CI.
SLOW = (
    "tests/benchmarks/",
    "tests/docs/test_pages.py::PageTests::test_build",
    "tests/end_to_end/test_blackjack_kills.py",
    "tests/end_to_end/test_delay.py::test_five_seconds",
    "tests/end_to_end/test_genes_api.py::TestAllGenes",
    "tests/end_to_end/test_genes_api.py::TestImporting::test_memory",
    "tests/end_to_end/test_genes_browser",
    "tests/end_to_end/test_genes_client.py::TestAllGenes",
    "tests/end_to_end/test_genes_docs_page.py",
    "tests/end_to_end/test_genes_kills.py",
    "tests/end_to_end/test_genes_schemathesis.py",
    "tests/end_to_end/test_kills.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--all``, and ``--kills``, which :mod:`tests.end_to_end.test_kills` looks at."""
    parser.addoption("--all", action="store_true", help="run the slow tests, too, as CI does")
    usual = 50 if IN_CI else 5
    parser.addoption(
        "--kills",
        type=int,
        default=usual,
        metavar="N",
        help=f"how often a registry is killed under load (default: {usual})",
    )


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, as trial does: whatever it leaves behind is tidied up."""
    monkeypatch.chdir(tmp_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of a skipped test where everything is installed: CI skips nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and IN_CI:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"NETSUITE_CI is set, and nothing may be skipped: {reason}"
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, and run trial's test cases first.

    pytest-twisted keeps the reactor running from its first test on, and test cases that run it
    themselves cannot be run any more.
    """
    slow = [
        item for item in items if item.nodeid.startswith(SLOW) or item.get_closest_marker("slow")
    ]
    for item in slow:
        item.add_marker(pytest.mark.slow)
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if not (IN_CI or named or config.option.all or config.option.markexpr):
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]
    items.sort(key=lambda item: not issubclass(getattr(item, "cls", None) or object, TestCase))
